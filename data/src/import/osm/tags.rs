//! Tags of an element, and what the values of rights of way mean.

use cordon_spatial::road::Permission;

/// The tags of an element. Most keys that are asked for are not there: a bit for each that is says so at once.
pub(super) struct Tags<'a> {
    tags: Vec<(&'a str, &'a str)>,
    there: u64,
}

/// The bit of a key: by its length and its first letter.
fn bit(key: &str) -> u64 {
    let first = key.as_bytes().first().copied().unwrap_or_default();
    1 << ((key.len() as u64 * 7 + u64::from(first)) % 64)
}

impl<'a> FromIterator<(&'a str, &'a str)> for Tags<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(tags: I) -> Tags<'a> {
        let tags: Vec<(&str, &str)> = tags.into_iter().collect();
        let there = tags.iter().fold(0, |there, tag| there | bit(tag.0));
        Tags { tags, there }
    }
}

impl<'a> Tags<'a> {
    /// The value of a key.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        if self.there & bit(key) == 0 {
            return None;
        }
        self.tags.iter().find(|tag| tag.0 == key).map(|tag| tag.1)
    }

    /// Whether a key has one of these values.
    pub fn is(&self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|value| values.contains(&value))
    }

    /// All tags.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.tags.iter().copied()
    }

    /// The right of way by the first of these keys that says something: the most special first.
    pub fn permission(&self, keys: &[&str]) -> Permission {
        keys.iter()
            .filter_map(|key| self.get(key))
            .map(permission)
            .find(|p| *p != Permission::Unsaid)
            .unwrap_or_default()
    }
}

/// What a value of `access` or of one of its special keys says (OSM wiki, Key:access).
pub(super) fn permission(value: &str) -> Permission {
    match value {
        "yes" | "designated" | "permissive" | "official" | "public" => Permission::Yes,
        "destination" => Permission::Destination,
        "private"
        | "permit"
        | "residents"
        | "customers"
        | "delivery"
        | "agricultural"
        | "forestry"
        | "agricultural;forestry"
        | "employees"
        | "emergency"
        | "discouraged" => Permission::Private,
        "no" | "use_sidepath" | "dismount" => Permission::No,
        _ => Permission::Unsaid,
    }
}
