//! One id type per kind of thing, so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a feature to the outside: 1-64 characters of `[A-Za-z0-9_-]`, unique in its collection, never reused.
///
/// A clone copies no text: every event carries its rule's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct FeatureId(Arc<str>);

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
        if fits { Ok(FeatureId(text.into())) } else { Err(FeatureIdError) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
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
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
