//! Which features a feature names: by ids in properties that the schema calls references.
//!
//! What it names must exist when it is entered, or come in the same request. What is deleted later leaves the reference behind: a
//! deletion is never held up by it, and the data catalogue counts what names nothing.

use super::Collection;
use super::schema::Kind;
use cordon_spatial::ids::FeatureId;
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

impl Reference<'_> {
    /// Whether another names the same in the same place; in a list, in any entry.
    pub(super) fn is_same(&self, other: &Reference<'_>) -> bool {
        let place = |field: &str| field.split('[').next().map(str::to_owned);
        self.to == other.to && self.id == other.id && place(&self.field) == place(&other.field)
    }
}

/// What a feature's properties name, in the order of the schema, and the substances that a hazard source holds. Texts alone: what is
/// none is refused on entry, and old features that have something else there name nothing.
pub fn references(collection: Collection, properties: &Map<String, Value>) -> Vec<Reference<'_>> {
    let singles = collection.schema().iter().filter_map(|property| {
        let Kind::Reference(to) = property.kind else { return None };
        let id = properties.get(property.name)?.as_str()?;
        Some(Reference { field: property.name.to_owned(), to, id })
    });
    let held = properties.get("substances").filter(|_| collection == Collection::HazardSources);
    let held = held.and_then(Value::as_array).into_iter().flatten().enumerate().filter_map(|(index, entry)| {
        let id = entry.get("substance")?.as_str()?;
        Some(Reference { field: format!("substances[{index}].substance"), to: Collection::Substances, id })
    });
    singles.chain(held).collect()
}

/// Which features of its own collection a feature names: what it is part of.
pub fn wholes(collection: Collection, properties: &Map<String, Value>) -> Vec<FeatureId> {
    let own = references(collection, properties).into_iter().filter(|reference| reference.to == collection);
    own.filter_map(|reference| FeatureId::new(reference.id).ok()).collect()
}
