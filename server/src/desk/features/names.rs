//! Names that stand for at most one feature each: held while a feature is being kept, so that two at once cannot have one.

use super::EditError;
use crate::desk::catalog::Catalog;
use cordon_data::feature::{Collection, Prepared};
use cordon_spatial::ids::{FeatureId, FeatureKey, VehicleKey};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

/// A name that stands for at most one feature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    Id(Collection, FeatureId),
    Phone(String),
    Device(String),
}

impl Name {
    pub(super) fn taken(&self) -> EditError {
        match self {
            Name::Id(_, id) => EditError::Taken { field: "id", value: id.to_string() },
            Name::Phone(phone) => EditError::Taken { field: "properties.terminal_phone", value: phone.clone() },
            // The device id is a secret: it is not repeated.
            Name::Device(_) => EditError::Taken { field: "properties.device_id", value: "…".to_owned() },
        }
    }
}

/// The names of features that were tried and not kept, by their hashes, so that a trial of millions costs little: of five million two
/// share one with a chance of one in a million.
#[derive(Default)]
pub struct TriedNames(HashSet<u64>);

impl TriedNames {
    pub(super) fn insert(&mut self, name: &Name) -> bool {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}

/// Names held until their features are committed or refused.
pub(super) struct Reservation {
    all: Arc<Mutex<HashSet<Name>>>,
    names: Vec<Name>,
}

impl Reservation {
    /// Of no name yet, among all that are held.
    pub(super) fn among(all: &Arc<Mutex<HashSet<Name>>>) -> Reservation {
        Reservation { all: Arc::clone(all), names: Vec::new() }
    }

    pub(super) fn add(&mut self, name: Name) -> Result<(), EditError> {
        if !self.all.lock().expect("no holder panics").insert(name.clone()) {
            return Err(name.taken());
        }
        self.names.push(name);
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut all = self.all.lock().expect("no holder panics");
        self.names.iter().for_each(|name| {
            all.remove(name);
        });
    }
}

/// Claims the names of a feature one by one: refused when another feature has one, or the claim is.
pub(super) fn claim(
    catalog: &Catalog,
    claim: &mut dyn FnMut(Name) -> Result<(), EditError>,
    prepared: &Prepared,
    own: Option<FeatureKey>,
) -> Result<(), EditError> {
    if own.is_none() {
        // Claimed first and looked up then: whoever commits in between is in one of the two.
        claim(Name::Id(prepared.collection, prepared.id.clone()))?;
        if let Some((_, entry)) = catalog.find(prepared.collection, &prepared.id) {
            let gone = EditError::Gone(prepared.id.clone());
            let taken = Name::Id(prepared.collection, prepared.id.clone()).taken();
            return Err(if entry.deleted { gone } else { taken });
        }
    }
    let Some(vehicle) = &prepared.vehicle else { return Ok(()) };
    let is_other = |key: Option<VehicleKey>| key.is_some_and(|key| Some(key.0) != own.map(|own| own.0));
    if let Some(phone) = &vehicle.terminal_phone {
        let name = Name::Phone(phone.clone());
        claim(name.clone())?;
        if is_other(catalog.vehicle_of_phone(phone)) {
            return Err(name.taken());
        }
    }
    if let Some(device) = &vehicle.device_id {
        let name = Name::Device(device.clone());
        claim(name.clone())?;
        if is_other(catalog.vehicle_of_device(device)) {
            return Err(name.taken());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_held_by_one_at_a_time() {
        let all = Arc::default();
        let reservation = || Reservation::among(&all);
        let id = Name::Phone("138".to_owned());
        let mut first = reservation();
        assert!(first.add(id.clone()).is_ok());
        let mut second = reservation();
        assert!(matches!(second.add(id.clone()), Err(EditError::Taken { .. })));
        drop(second);
        assert!(all.lock().expect("no holder panics").contains(&id), "a refusal frees nothing of others");
        drop(first);
        assert!(all.lock().expect("no holder panics").is_empty());
    }
}
