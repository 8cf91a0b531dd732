//! Edits of map features: checked, kept in order, each revision after the one that its editor saw.
//!
//! A new feature only reserves its names, so that many can be made at once; a change of an existing one holds the edit
//! lock over its commit, so that revisions follow each other. Ids are never used twice.

mod checking;
mod names;

pub use checking::Beside;
pub use names::TriedNames;

use super::catalog::Catalog;
use super::readers::Readers;
use crate::ingest::{NewEdit, Pipeline, Refused};
use crate::roads::desk::Roads;
use checking::{check_id, check_new, check_one, named, new_id};
use cordon_data::feature::{
    Collection, Draft, FieldError, Prepared, StoredFeature, deletion, no_wholes, prepare, zone_of,
};
use cordon_data::store::{AuditLine, StoreError};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision};
use cordon_spatial::record::Edited;
use cordon_spatial::units::UnixMs;
use cordon_spatial::zone::Zone;
use names::{Name, Reservation, claim};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// Why an edit was not made. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The feature is wrong.
    #[error("{error}")]
    Invalid {
        /// Its place in a collection of features.
        index: Option<usize>,
        /// What is wrong.
        error: Box<FieldError>,
    },
    /// There is no such feature.
    #[error("there is no such feature")]
    NotFound,
    /// The id stands for a feature that was deleted, and is never given again.
    #[error("the id {0} was used by a deleted feature and is never given again")]
    Gone(FeatureId),
    /// A name that must be unique is taken.
    #[error("{field} {value} is taken")]
    Taken {
        /// Which member.
        field: &'static str,
        /// The name.
        value: String,
    },
    /// The feature is not as its editor saw it.
    #[error("the feature has changed: it has revision {}", current.0)]
    Changed {
        /// Its revision now.
        current: Revision,
    },
    /// One of many features is not as it was seen, so that none was deleted.
    #[error("{id} has changed since, so that nothing was deleted")]
    OneChanged {
        /// Its place among them.
        index: usize,
        /// Which.
        id: FeatureId,
    },
    /// It stands: there is nothing to bring back.
    #[error("the feature {0} was not deleted")]
    Stands(FeatureId),
    /// The pipeline did not take it.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The desk where features are edited. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Features {
    inner: Arc<Inner>,
}

struct Inner {
    pipeline: Pipeline,
    readers: Readers,
    catalog: Catalog,
    roads: Roads,
    /// Held over every change of an existing feature.
    changing: tokio::sync::Mutex<()>,
    /// Names of features that are being committed.
    reserved: Arc<Mutex<HashSet<Name>>>,
}

/// Checked features with their keys, whose names nobody else can have until they are kept or dropped.
pub struct Claimed {
    edits: Vec<NewEdit>,
    _reservation: Reservation,
}

/// A zone that somebody means.
#[derive(Clone, Debug)]
pub enum Drawn {
    /// One that is kept, as it is now.
    Stored(FeatureId),
    /// A GeoJSON feature as an edit would bring it.
    Feature(Value),
}

/// A feature after an edit.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its new revision.
    pub feature: StoredFeature,
    /// Whether the edit made it.
    pub created: bool,
}

impl Features {
    /// The desk over a pipeline.
    pub fn new(pipeline: Pipeline, readers: Readers, catalog: Catalog, roads: Roads) -> Features {
        let inner = Inner {
            pipeline,
            readers,
            catalog,
            roads,
            changing: tokio::sync::Mutex::new(()),
            reserved: Arc::default(),
        };
        Features { inner: Arc::new(inner) }
    }

    /// Journal time.
    pub fn now(&self) -> UnixMs {
        self.inner.pipeline.now()
    }

    /// Makes features in one transaction: all or none. Ids come from the features, else they are made.
    pub async fn create(
        &self,
        who: &str,
        collection: Collection,
        features: Vec<Value>,
    ) -> Result<Vec<StoredFeature>, EditError> {
        let single = features.len() == 1;
        let place = |index: usize| (!single).then_some(index);
        let mut reservation = self.reservation();
        let mut prepared = Vec::with_capacity(features.len());
        let catalog = self.inner.catalog.clone();
        let checked = tokio::task::spawn_blocking(move || check_new(collection, &features, &catalog)).await;
        let checked = checked.expect("checking a feature does not panic");
        for (index, checked) in checked.into_iter().enumerate() {
            let checked =
                checked.map_err(|error| EditError::Invalid { index: place(index), error: Box::new(error) })?;
            self.reserve(&mut reservation, &checked, None)?;
            prepared.push(checked);
        }
        let edits = prepared
            .into_iter()
            .map(|prepared| {
                let (feature, now) = prepared.under(self.inner.pipeline.next_key(), who);
                NewEdit { feature, now }
            })
            .collect();
        self.commit(who, "feature.create", edits).await
    }

    /// Checks a new feature as [`Features::create`] does; it may name those that come `beside` it, and is called `unnamed` where it
    /// names no id of its own. Cost: that of [`prepare`]; blocks for it.
    pub fn checked(
        &self,
        collection: Collection,
        feature: &Value,
        unnamed: &str,
        beside: &Beside,
    ) -> Result<Prepared, FieldError> {
        let id = if feature["id"].is_null() { named(unnamed.to_owned())? } else { new_id(feature)? };
        check_one(collection, &id, feature, beside, &self.inner.catalog)
    }

    /// Claims names and keys for checked features, in their order. Those whose names are taken are left out and answered, by the
    /// numbers that they came with.
    pub fn claim_import(&self, who: &str, checked: Vec<(u64, Prepared)>) -> (Claimed, Vec<(u64, FieldError)>) {
        let mut reservation = self.reservation();
        let (mut edits, mut refused) = (Vec::with_capacity(checked.len()), Vec::new());
        for (number, prepared) in checked {
            match self.reserve(&mut reservation, &prepared, None) {
                Ok(()) => {
                    let (feature, now) = prepared.under(self.inner.pipeline.next_key(), who);
                    edits.push(NewEdit { feature, now });
                }
                Err(error) => refused.push((number, taken(&prepared, &error))),
            }
        }
        (Claimed { edits, _reservation: reservation }, refused)
    }

    /// Keeps what was claimed in one transaction with one line in the audit trail; answers how many features that are.
    pub async fn keep_import(
        &self,
        who: &str,
        collection: Collection,
        import: &str,
        claimed: Claimed,
    ) -> Result<u64, EditError> {
        let count = claimed.edits.len();
        if count > 0 {
            let detail = json!({"collection": collection.name(), "import": import, "count": count});
            self.commit_told(claimed.edits, vec![line(who, "feature.import", detail)]).await?;
        }
        Ok(count as u64)
    }

    /// Whether the names of a checked feature are free, as [`Features::claim_import`] would find them after those that were `tried`
    /// before it. Holds no name.
    pub fn is_free(&self, prepared: &Prepared, tried: &mut TriedNames) -> Result<(), FieldError> {
        let mut hold = |name: Name| if tried.insert(&name) { Ok(()) } else { Err(name.taken()) };
        claim(&self.inner.catalog, &mut hold, prepared, None).map_err(|error| taken(prepared, &error))
    }

    /// Makes or replaces the feature of this id.
    pub async fn put(
        &self,
        who: &str,
        collection: Collection,
        id: &FeatureId,
        mut feature: Value,
        seen: Option<Revision>,
    ) -> Result<Kept, EditError> {
        let changing = self.inner.changing.lock().await;
        match self.current(collection, id).await {
            Ok(current) => {
                let feature = self.change(who, "feature.put", current, feature, seen).await?;
                Ok(Kept { feature, created: false })
            }
            Err(EditError::NotFound) if seen.is_some() => Err(EditError::NotFound),
            Err(EditError::NotFound) => {
                drop(changing);
                if let Some(members) = feature.as_object_mut() {
                    members.entry("id").or_insert_with(|| id.as_str().into());
                }
                check_id(&feature, id)?;
                let mut made = self.create(who, collection, vec![feature]).await?;
                Ok(Kept { feature: made.pop().expect("one feature was made from one"), created: true })
            }
            Err(error) => Err(error),
        }
    }

    /// Changes the feature of this id by a merge patch (RFC 7396) of its GeoJSON.
    pub async fn patch(
        &self,
        who: &str,
        collection: Collection,
        id: &FeatureId,
        patch: Value,
        seen: Option<Revision>,
    ) -> Result<StoredFeature, EditError> {
        let _changing = self.inner.changing.lock().await;
        let current = self.existing(collection, id).await?;
        let mut feature = body(&current)?;
        merge(&mut feature, patch);
        self.change(who, "feature.patch", current, feature, seen).await
    }

    /// Deletes the feature of this id; its id is never given again.
    pub async fn delete(
        &self,
        who: &str,
        collection: Collection,
        id: &FeatureId,
        seen: Option<Revision>,
    ) -> Result<StoredFeature, EditError> {
        let _changing = self.inner.changing.lock().await;
        let current = self.existing(collection, id).await?;
        unchanged(&current, seen)?;
        let (feature, now) = deletion(&current, who);
        let mut kept = self.commit(who, "feature.delete", vec![NewEdit { feature, now }]).await?;
        Ok(kept.pop().expect("one edit keeps one feature"))
    }

    /// Deletes many features in one transaction, all or none: each must exist in the revision that was seen. Ids must be
    /// different.
    pub async fn delete_many(
        &self,
        who: &str,
        collection: Collection,
        seen: &[(FeatureId, Revision)],
    ) -> Result<Vec<StoredFeature>, EditError> {
        let _changing = self.inner.changing.lock().await;
        let edits = seen.iter().enumerate().map(|(index, (id, revision))| {
            let found = self.inner.catalog.find(collection, id);
            let current = found.filter(|(_, entry)| !entry.deleted && entry.revision == *revision);
            let (key, _) = current.ok_or_else(|| EditError::OneChanged { index, id: id.clone() })?;
            let current = StoredFeature {
                key,
                collection,
                id: id.clone(),
                revision: *revision,
                at: UnixMs(0),
                who: String::new(),
                body: None,
                derived: None,
            };
            let (feature, now) = deletion(&current, who);
            Ok(NewEdit { feature, now })
        });
        let edits = edits.collect::<Result<Vec<_>, EditError>>()?;
        let detail = json!({
            "collection": collection.name(),
            "ids": seen.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        });
        self.commit_told(edits, vec![line(who, "feature.delete_many", detail)]).await
    }

    /// Brings a deleted feature back as it was last, under its id and key, as a revision after the one that deleted it
    /// (`seen`, if given). It is checked as any edit is.
    pub async fn restore(
        &self,
        who: &str,
        collection: Collection,
        id: &FeatureId,
        seen: Option<Revision>,
    ) -> Result<StoredFeature, EditError> {
        let _changing = self.inner.changing.lock().await;
        let (key, entry) = self.inner.catalog.find(collection, id).ok_or(EditError::NotFound)?;
        if !entry.deleted {
            return Err(EditError::Stands(id.clone()));
        }
        let read = self.inner.readers.read(move |reader| reader.revisions_before(key, None, 2)).await?;
        let [gone, last] = <[StoredFeature; 2]>::try_from(read).map_err(|_| EditError::NotFound)?;
        unchanged(&gone, seen)?;
        let feature = body(&last)?;
        self.change(who, "feature.restore", StoredFeature { revision: gone.revision, ..last }, feature, None).await
    }

    /// A zone as it would be judged if it were drawn so, checked as an edit of it is checked; nothing is kept. `rules`
    /// stand in place of its own.
    pub async fn zone_as_drawn(&self, drawn: Drawn, rules: Option<Value>) -> Result<(FeatureId, Arc<Zone>), EditError> {
        let (id, feature, previous) = match drawn {
            Drawn::Stored(id) => {
                let current = self.existing(Collection::Zones, &id).await?;
                if rules.is_none() {
                    let zone = zone_of(&current).map_err(invalid)?;
                    return Ok((id, Arc::new(zone)));
                }
                (id, body(&current)?, Some(current))
            }
            Drawn::Feature(feature) => (new_id(&feature).map_err(invalid)?, feature, None),
        };
        let mut feature = feature;
        if let (Some(rules), Some(members)) = (rules, feature.as_object_mut()) {
            merge(members.entry("properties").or_insert(Value::Null), json!({ "rules": rules }));
        }
        // Under its own key, so that exemptions that name it hold in it; one that is only drawn has none.
        let key = self.inner.catalog.living(Collection::Zones, &id).unwrap_or(FeatureKey(u32::MAX));
        let catalog = self.inner.catalog.clone();
        let checked = tokio::task::spawn_blocking(move || {
            let find = |collection, id: &FeatureId| catalog.living(collection, id);
            let (collection, previous) = (Collection::Zones, previous.as_ref());
            let draft = Draft { collection, id: &id, feature: &feature, previous, find: &find, wholes: &no_wholes };
            prepare(&draft).map(|prepared| (id.clone(), prepared))
        });
        let (id, prepared) = checked.await.expect("checking a feature does not panic").map_err(invalid)?;
        match prepared.under(key, String::new()) {
            (_, Edited::Zone(zone)) => Ok((id, zone)),
            _ => Err(EditError::NotFound),
        }
    }

    /// Makes the next revision of a feature. The caller holds the edit lock.
    async fn change(
        &self,
        who: &str,
        action: &'static str,
        current: StoredFeature,
        feature: Value,
        seen: Option<Revision>,
    ) -> Result<StoredFeature, EditError> {
        unchanged(&current, seen)?;
        let key = current.key;
        let catalog = self.inner.catalog.clone();
        let prepared = tokio::task::spawn_blocking(move || {
            let (collection, id) = (current.collection, &current.id);
            let find = |collection, id: &FeatureId| catalog.living(collection, id);
            let wholes = |id: &FeatureId| catalog.wholes(collection, id);
            let (feature, previous) = (&feature, Some(&current));
            prepare(&Draft { collection, id, feature, previous, find: &find, wholes: &wholes })
        })
        .await
        .expect("checking a feature does not panic")
        .map_err(|error| EditError::Invalid { index: None, error: Box::new(error) })?;
        let mut reservation = self.reservation();
        self.reserve(&mut reservation, &prepared, Some(key))?;
        let (feature, now) = prepared.under(key, who);
        let mut kept = self.commit(who, action, vec![NewEdit { feature, now }]).await?;
        Ok(kept.pop().expect("one edit keeps one feature"))
    }

    fn reservation(&self) -> Reservation {
        Reservation::among(&self.inner.reserved)
    }

    /// Reserves the names of a feature: refused when another one has them. `own` is the key of an existing feature.
    fn reserve(
        &self,
        reservation: &mut Reservation,
        prepared: &Prepared,
        own: Option<FeatureKey>,
    ) -> Result<(), EditError> {
        claim(&self.inner.catalog, &mut |name| reservation.add(name), prepared, own)
    }

    /// The current revision of an existing feature.
    async fn current(&self, collection: Collection, id: &FeatureId) -> Result<StoredFeature, EditError> {
        let (key, entry) = self.inner.catalog.find(collection, id).ok_or(EditError::NotFound)?;
        if entry.deleted {
            return Err(EditError::Gone(id.clone()));
        }
        let feature = self.inner.readers.read(move |reader| reader.feature_by_key(key)).await?;
        feature.ok_or(EditError::NotFound)
    }

    /// The current revision of a feature that is to be changed, not made: one that was deleted does not exist.
    async fn existing(&self, collection: Collection, id: &FeatureId) -> Result<StoredFeature, EditError> {
        match self.current(collection, id).await {
            Err(EditError::Gone(_)) => Err(EditError::NotFound),
            other => other,
        }
    }

    /// Commits edits together with who did it, and knows them.
    async fn commit(
        &self,
        who: &str,
        action: &'static str,
        edits: Vec<NewEdit>,
    ) -> Result<Vec<StoredFeature>, EditError> {
        let features = edits.iter().map(|edit| &edit.feature);
        // A registration is audited with its terminal; a second line would double the cost of two thousand of them.
        let lines = match who {
            OPEN_REGISTRATION => Vec::new(),
            _ => features.map(|feature| audit_line(feature, who, action)).collect(),
        };
        self.commit_told(edits, lines).await
    }

    /// Commits edits with what the audit trail says of them, and knows them.
    async fn commit_told(&self, edits: Vec<NewEdit>, lines: Vec<AuditLine>) -> Result<Vec<StoredFeature>, EditError> {
        let mut features: Vec<StoredFeature> = edits.iter().map(|edit| edit.feature.clone()).collect();
        let at = self.inner.pipeline.edit(edits, lines).await?;
        for feature in &mut features {
            feature.at = at;
            self.inner.catalog.apply(feature);
        }
        self.inner.roads.take(&features).await;
        Ok(features)
    }
}

/// Who makes the vehicles of an open registration.
pub const OPEN_REGISTRATION: &str = "open registration";

/// Who did what to a feature; `at` is set by the pipeline.
fn audit_line(feature: &StoredFeature, who: &str, action: &str) -> AuditLine {
    let detail = json!({
        "collection": feature.collection.name(),
        "id": feature.id.as_str(),
        "revision": feature.revision.0,
    });
    line(who, action, detail)
}

fn line(who: &str, action: &str, detail: Value) -> AuditLine {
    AuditLine { at: UnixMs(0), who: who.to_owned(), action: action.to_owned(), detail }
}

/// A row of a file whose names are taken.
fn taken(prepared: &Prepared, error: &EditError) -> FieldError {
    FieldError::new("taken", "id", &prepared.id, "a name that nothing else has, or had").saying(error.to_string())
}

fn invalid(error: FieldError) -> EditError {
    EditError::Invalid { index: None, error: Box::new(error) }
}

fn unchanged(current: &StoredFeature, seen: Option<Revision>) -> Result<(), EditError> {
    match seen {
        Some(seen) if seen != current.revision => Err(EditError::Changed { current: current.revision }),
        _ => Ok(()),
    }
}

fn body(feature: &StoredFeature) -> Result<Value, EditError> {
    let text = feature.body.as_deref().ok_or(EditError::NotFound)?;
    serde_json::from_str(text).map_err(|error| {
        let place = format!("feature {}", feature.key);
        EditError::Store(StoreError::Damaged { place, what: error.to_string() })
    })
}

/// JSON merge patch (RFC 7396).
pub fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_patches_of_rfc_7396() {
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ];
        for (mut target, patch, expected) in cases {
            let shown = format!("{target} + {patch}");
            merge(&mut target, patch);
            assert_eq!(target, expected, "{shown}");
        }
    }
}
