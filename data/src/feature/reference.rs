//! Which features a feature names: by ids in properties that the schema calls references.
//!
//! A deletion is never held up by what names the feature; the data catalogue counts what names nothing.

use super::Collection;
use super::schema::Kind;
use serde_json::{Map, Value};

/// A feature that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Where, as a path from the properties.
    pub field: String,
    /// In which collection.
    pub to: Collection,
    /// By which id.
    pub id: &'a str,
}

/// What a feature's properties name, in the order of the schema. Texts alone: what is none is refused on entry, and old features
/// that have something else there name nothing.
pub fn references(collection: Collection, properties: &Map<String, Value>) -> Vec<Reference<'_>> {
    let singles = collection.schema().iter().filter_map(|property| {
        let Kind::Reference(to) = property.kind else { return None };
        let id = properties.get(property.name)?.as_str()?;
        Some(Reference { field: property.name.to_owned(), to, id })
    });
    singles.collect()
}
