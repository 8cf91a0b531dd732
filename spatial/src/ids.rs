//! One id type per kind of thing, so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// The name of a feature to the outside: 1-64 characters of `[A-Za-z0-9_-]`, unique in its collection, never reused.
///
/// Most are short and stand in place, so that a clone asks for no memory: every event carries its rule's id.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FeatureId(Text);

/// The characters of an id. One text has one form.
#[derive(Clone, PartialEq, Eq)]
enum Text {
    /// Followed by zeros.
    Short {
        length: u8,
        bytes: [u8; SHORT],
    },
    Long(Arc<str>),
}

/// The longest text that takes no more room than the handle of a long one.
const SHORT: usize = 22;

/// Why a text is not a [`FeatureId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
pub struct FeatureIdError;

impl FeatureId {
    /// Checks length and characters.
    pub fn new(text: impl Into<String>) -> Result<FeatureId, FeatureIdError> {
        let text = text.into();
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if !fits {
            return Err(FeatureIdError);
        }
        let mut bytes = [0; SHORT];
        Ok(FeatureId(match bytes.get_mut(..text.len()) {
            Some(part) => {
                part.copy_from_slice(text.as_bytes());
                Text::Short { length: text.len() as u8, bytes }
            }
            None => Text::Long(text.into()),
        }))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("an id's characters are ASCII")
    }

    /// The same as bytes, unchecked by nature and so cheaper.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short { length, bytes } => &bytes[..usize::from(*length)],
            Text::Long(text) => text.as_bytes(),
        }
    }
}

impl PartialOrd for FeatureId {
    fn partial_cmp(&self, other: &FeatureId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FeatureId {
    fn cmp(&self, other: &FeatureId) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for FeatureId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FeatureId").field(&self.as_str()).finish()
    }
}

impl TryFrom<String> for FeatureId {
    type Error = FeatureIdError;
    fn try_from(text: String) -> Result<FeatureId, FeatureIdError> {
        FeatureId::new(text)
    }
}

impl From<FeatureId> for String {
    fn from(id: FeatureId) -> String {
        id.as_str().to_owned()
    }
}

impl Serialize for FeatureId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The short number of a feature inside Cordon: given once by the store, survives restarts, never reused.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

key!(
    /// Key of any feature; all collections share one range of numbers.
    FeatureKey
);
key!(
    /// Key of a vehicle: its [`FeatureKey`] in the collection `vehicles`.
    VehicleKey
);
key!(
    /// Key of a zone: its [`FeatureKey`] in the collection `zones`.
    ZoneKey
);
key!(
    /// Key of an exemption: its [`FeatureKey`] in the collection `exemptions`.
    ExemptionKey
);

/// The number of a feature's revision: 1 for the first, without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u32);

/// The id of a rule inside its zone; the same characters as a [`FeatureId`].
pub type RuleId = FeatureId;

/// The place of a record in the journal: 1 for the first, without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JournalPosition(pub u64);

/// The number of a change to an event or an alarm: events and alarms share one sequence, without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<$name, Self::Err> {
                u128::from_str_radix(text, 16).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.0.to_be_bytes().serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                if deserializer.is_human_readable() {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    <[u8; 16]>::deserialize(deserializer).map(|bytes| $name(u128::from_be_bytes(bytes)))
                }
            }
        }
    };
}

hash_id!(
    /// The id of an event, derived from its content (see [`crate::event::event_id`]); 32 hexadecimal digits outside.
    EventId
);
hash_id!(
    /// The id of an alarm, derived from its cause (see [`crate::alarm::alarm_id`]); 32 hexadecimal digits outside.
    AlarmId
);
