//! New features, checked before they have keys, and the ids that they come with.

use super::EditError;
use crate::auth::secret;
use crate::desk::catalog::Catalog;
use cordon_data::feature::{Collection, Draft, FieldError, Prepared, prepare, wholes};
use cordon_spatial::ids::{FeatureId, FeatureKey};
use serde_json::Value;
use std::collections::HashMap;

pub(super) fn check_new(
    collection: Collection,
    features: &[Value],
    catalog: &Catalog,
) -> Vec<Result<Prepared, FieldError>> {
    let mut beside = Beside::default();
    if collection.refers_to_itself() {
        features.iter().for_each(|feature| beside.take(collection, feature));
    }
    let check = |feature| check_one(collection, &new_id(feature)?, feature, &beside, catalog);
    features.iter().map(check).collect()
}

/// Features that come in the same request into the same collection, and what each of them is part of.
#[derive(Default)]
pub struct Beside(HashMap<FeatureId, Vec<FeatureId>>);

impl Beside {
    /// Takes a feature in; one without an id of its own can be named by nobody.
    pub fn take(&mut self, collection: Collection, feature: &Value) {
        if feature["id"].is_null() {
            return;
        }
        let Ok(id) = new_id(feature) else { return };
        let above =
            feature["properties"].as_object().map_or_else(Vec::new, |properties| wholes(collection, properties));
        self.0.insert(id, above);
    }
}

/// Checks a new feature. One that comes beside it has no key yet, and any will do: what is asked of it is whether it is there.
pub(super) fn check_one(
    collection: Collection,
    id: &FeatureId,
    feature: &Value,
    beside: &Beside,
    catalog: &Catalog,
) -> Result<Prepared, FieldError> {
    let comes = |of: Collection, id: &FeatureId| of == collection && beside.0.contains_key(id);
    let find = |of, id: &FeatureId| catalog.living(of, id).or_else(|| comes(of, id).then_some(FeatureKey(u32::MAX)));
    let wholes = |id: &FeatureId| beside.0.get(id).cloned().unwrap_or_else(|| catalog.wholes(collection, id));
    prepare(&Draft { collection, id, feature, previous: None, find: &find, wholes: &wholes })
}

/// The id that a new feature names, else a random one.
pub(super) fn new_id(feature: &Value) -> Result<FeatureId, FieldError> {
    let text = match &feature["id"] {
        Value::Null => secret::new_code()[..16].to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return Err(FieldError::new("id", "id", other, ID_LIMIT)),
    };
    named(text)
}

/// What an id may be.
const ID_LIMIT: &str = "1 to 64 characters of A-Z, a-z, 0-9, _ and -";

pub(super) fn named(text: String) -> Result<FeatureId, FieldError> {
    FeatureId::new(text.clone()).map_err(|_| FieldError::new("id", "id", text, ID_LIMIT))
}

pub(super) fn check_id(feature: &Value, id: &FeatureId) -> Result<(), EditError> {
    match new_id(feature) {
        Ok(given) if given == *id => Ok(()),
        Ok(given) => {
            Err(EditError::Invalid { index: None, error: Box::new(FieldError::new("id", "id", given, id.as_str())) })
        }
        Err(error) => Err(EditError::Invalid { index: None, error: Box::new(error) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_is_taken_from_the_feature_or_made() {
        assert_eq!(new_id(&json!({"id": "gate-1"})).map(|id| id.to_string()), Ok("gate-1".to_owned()));
        assert_eq!(new_id(&json!({"id": 7})).map(|id| id.to_string()), Ok("7".to_owned()));
        assert_eq!(new_id(&json!({})).map(|id| id.as_str().len()), Ok(16));
        assert!(new_id(&json!({"id": "a b"})).is_err());
    }
}
