//! The names of things: which feature a key stands for, and which vehicle a phone, a device or an id stands for.
//!
//! In memory, filled at the start and fed by every commit, so that a fix, an event and an alarm can be named without
//! asking the store. Deleted features keep their names: old events still speak of them.

use super::bindings::{Bindings, Span};
use super::finder::Finder;
use super::inventory::{Figures, Inventory, Sourced};
use super::readers::Readers;
use super::said::Said;
use cordon_data::feature::{Collection, Derived, StoredFeature, exemption_of, vehicle_of};
use cordon_data::store::{FeatureQuery, Reader, StoreError};
use cordon_spatial::exemption::{Exemption, ExemptionSubject};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, VehicleKey};
use cordon_spatial::units::UnixMs;
use cordon_spatial::vehicle::Vehicle;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};

/// What the catalogue knows of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub id: FeatureId,
    /// Its current revision.
    pub revision: Revision,
    /// Whether that revision deleted it.
    pub deleted: bool,
    /// For a vehicle: what lists show of it.
    pub vehicle: Option<VehicleFace>,
    /// For a vehicle: what rules ask of it.
    pub attributes: Option<Arc<Vehicle>>,
    /// For an exemption that was not withdrawn: what it grants.
    pub exemption: Option<Arc<Exemption>>,
}

/// What lists show of a vehicle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VehicleFace {
    /// Number plate.
    pub plate: Option<String>,
    /// Class, as the API spells it.
    pub class: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Phone of its terminal: digits without leading zeros.
    pub terminal_phone: Option<String>,
    /// Secret id of its tracking app.
    pub device_id: Option<String>,
    /// Made by an open registration and checked by nobody yet.
    pub unchecked: bool,
}

/// The catalogue. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Catalog {
    inner: Arc<RwLock<Inner>>,
    /// Held while a revision is taken in, which several do: the first reads it, and nobody who asks waits for that.
    taking: Arc<Mutex<()>>,
    finder: Finder,
    inventory: Inventory,
    /// How often a phone came to another vehicle, or to none.
    rebound: Arc<AtomicU64>,
}

#[derive(Default)]
struct Inner {
    by_key: BTreeMap<u32, Arc<Entry>>,
    /// The vehicles that exist.
    vehicles: BTreeSet<u32>,
    by_id: HashMap<(Collection, FeatureId), u32>,
    by_phone: HashMap<String, Bindings>,
    by_device: HashMap<String, u32>,
    /// How many features of each collection exist.
    living: HashMap<Collection, u64>,
    /// The exemptions that were ever given to a vehicle, whatever became of them.
    exemptions: HashMap<VehicleKey, BTreeSet<u32>>,
}

impl Catalog {
    /// Reads every feature that the store ever held. Blocks; for the start only.
    pub fn load(readers: &Readers) -> Result<Catalog, StoreError> {
        let catalog = Catalog::default();
        readers.read_here(|reader| {
            for collection in Collection::ALL {
                catalog.load_collection(reader, *collection)?;
            }
            for key in 1..=reader.head()?.last_key {
                if catalog.entry(FeatureKey(key)).is_none()
                    && let Some(feature) = reader.feature_by_key(FeatureKey(key))?
                {
                    catalog.apply(&feature);
                }
            }
            catalog.load_earlier_exemptions(reader)?;
            catalog.load_earlier_phones(reader)
        })?;
        Ok(catalog)
    }

    /// Whom exemptions were given to before they were changed or deleted.
    fn load_earlier_exemptions(&self, reader: &dyn Reader) -> Result<(), StoreError> {
        for key in self.changed(Collection::Exemptions) {
            let revisions = reader.revisions(FeatureKey(key), UnixMs::MIN, UnixMs::MAX)?;
            let mut inner = self.inner.write().expect("no holder panics");
            revisions.iter().for_each(|revision| inner.note_exemption(revision));
        }
        Ok(())
    }

    /// Which phones vehicles carried before they were changed or deleted.
    fn load_earlier_phones(&self, reader: &dyn Reader) -> Result<(), StoreError> {
        for key in self.changed(Collection::Vehicles) {
            let revisions = reader.revisions(FeatureKey(key), UnixMs::MIN, UnixMs::MAX)?;
            let mut inner = self.inner.write().expect("no holder panics");
            for (nth, revision) in revisions.iter().enumerate() {
                let to = revisions.get(nth + 1).map_or(UnixMs::MAX, |next| next.at);
                if let Some(phone) = revision.body.as_deref().and_then(|body| face(body).terminal_phone) {
                    let span = Span { vehicle: VehicleKey(key), from: revision.at, to };
                    inner.by_phone.entry(phone).or_default().note(span);
                }
            }
        }
        Ok(())
    }

    /// The features of a collection that have more than one revision.
    fn changed(&self, collection: Collection) -> Vec<u32> {
        let inner = self.inner.read().expect("no holder panics");
        let changed =
            inner.by_key.iter().filter(|(_, entry)| entry.collection == collection && entry.revision > Revision(1));
        changed.map(|(key, _)| *key).collect()
    }

    fn load_collection(&self, reader: &dyn Reader, collection: Collection) -> Result<(), StoreError> {
        let mut query = FeatureQuery { collection, bbox: None, after: None, limit: 1_000 };
        loop {
            let page = reader.features(&query)?;
            let Some(last) = page.last() else { return Ok(()) };
            query.after = Some(last.key);
            page.iter().for_each(|feature| self.apply(feature));
        }
    }

    /// Takes a committed revision in; an older one than the known changes nothing.
    pub fn apply(&self, feature: &StoredFeature) {
        let _taking = self.taking.lock().expect("no holder panics");
        let key = feature.key.0;
        let known = self.entry(feature.key);
        if feature.derived.is_some() {
            self.inner.write().expect("no holder panics").note_exemption(feature);
        }
        if known.as_ref().is_some_and(|known| known.revision >= feature.revision) {
            return;
        }
        let said = Said::of(feature);
        let mut inner = self.inner.write().expect("no holder panics");
        self.finder.apply(feature, said.as_ref());
        self.inventory.apply(feature, said.as_ref());
        let existed = known.as_ref().is_some_and(|known| !known.deleted);
        let living = inner.living.entry(feature.collection).or_default();
        *living = *living + u64::from(feature.body.is_some()) - u64::from(existed);
        if let Some(face) = known.as_ref().and_then(|known| known.vehicle.as_ref()) {
            inner.forget(key, face, feature.at);
        }
        let is_vehicle = feature.collection == Collection::Vehicles;
        let entry = Entry {
            attributes: is_vehicle.then(|| vehicle_of(feature).ok()).flatten().map(|read| Arc::new(read.vehicle)),
            exemption: feature.derived.as_ref().and_then(|_| exemption_of(feature).ok()).map(Arc::new),
            collection: feature.collection,
            id: feature.id.clone(),
            revision: feature.revision,
            deleted: feature.body.is_none(),
            vehicle: match (&feature.body, known) {
                (Some(body), _) if is_vehicle => Some(face(body)),
                (None, Some(known)) => known.vehicle.clone(),
                _ => None,
            },
        };
        if let (false, Some(face)) = (entry.deleted, &entry.vehicle) {
            face.terminal_phone.iter().for_each(|phone| {
                let span = Span { vehicle: VehicleKey(key), from: feature.at, to: UnixMs::MAX };
                inner.by_phone.entry(phone.clone()).or_default().note(span);
            });
            face.device_id.iter().for_each(|device| {
                inner.by_device.insert(device.clone(), key);
            });
        }
        let phone = |entry: &Entry| entry.vehicle.as_ref().filter(|_| !entry.deleted)?.terminal_phone.clone();
        let is_rebound = is_vehicle && inner.by_key.get(&key).and_then(|known| phone(known)) != phone(&entry);
        if is_vehicle && !entry.deleted {
            inner.vehicles.insert(key);
        } else if is_vehicle {
            inner.vehicles.remove(&key);
        }
        inner.by_id.insert((feature.collection, feature.id.clone()), key);
        inner.by_key.insert(key, Arc::new(entry));
        if is_rebound {
            self.rebound.fetch_add(1, Ordering::Release);
        }
    }

    /// What is known of a key.
    pub fn entry(&self, key: FeatureKey) -> Option<Arc<Entry>> {
        self.inner.read().expect("no holder panics").by_key.get(&key.0).cloned()
    }

    /// The id of a key; the key itself for one that is not known, so that nothing is ever unnamed.
    pub fn id(&self, key: u32) -> String {
        self.entry(FeatureKey(key)).map_or_else(|| format!("key-{key}"), |entry| entry.id.to_string())
    }

    /// The key and the entry of an id, deleted ones included.
    pub fn find(&self, collection: Collection, id: &FeatureId) -> Option<(FeatureKey, Arc<Entry>)> {
        let inner = self.inner.read().expect("no holder panics");
        let key = *inner.by_id.get(&(collection, id.clone()))?;
        inner.by_key.get(&key).map(|entry| (FeatureKey(key), entry.clone()))
    }

    /// The key of an id that was not deleted.
    pub fn living(&self, collection: Collection, id: &FeatureId) -> Option<FeatureKey> {
        let (key, entry) = self.find(collection, id)?;
        (!entry.deleted).then_some(key)
    }

    /// What the feature of an id is part of: the ids that it names in its own collection; none of one that does not exist.
    pub fn wholes(&self, collection: Collection, id: &FeatureId) -> Vec<FeatureId> {
        self.living(collection, id).map_or_else(Vec::new, |key| self.inventory.wholes(collection, key.0))
    }

    /// The vehicle of this id, if it exists.
    pub fn vehicle(&self, id: &str) -> Option<VehicleKey> {
        let key = self.living(Collection::Vehicles, &FeatureId::new(id).ok()?)?;
        Some(VehicleKey(key.0))
    }

    /// The vehicle that carries the terminal of this phone.
    pub fn vehicle_of_phone(&self, phone: &str) -> Option<VehicleKey> {
        self.inner.read().expect("no holder panics").by_phone.get(phone)?.now()
    }

    /// The vehicles that ever carried the terminal of this phone.
    pub fn bindings(&self, phone: &str) -> Bindings {
        self.inner.read().expect("no holder panics").by_phone.get(phone).cloned().unwrap_or_default()
    }

    /// Another number than before when [`Catalog::bindings`] of any phone may say something else.
    pub fn rebound(&self) -> u64 {
        self.rebound.load(Ordering::Acquire)
    }

    /// The vehicle or responder whose tracking app has this secret id.
    pub fn vehicle_of_device(&self, device_id: &str) -> Option<VehicleKey> {
        self.inner.read().expect("no holder panics").by_device.get(device_id).copied().map(VehicleKey)
    }

    /// Finds features by what they are called.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    /// The figures of a collection, as [`Inventory::figures`].
    pub fn figures(&self, collection: Collection, now: UnixMs, sourced: Sourced) -> Figures {
        // Names first and the inventory then, as a commit takes them.
        let inner = self.inner.read().expect("no holder panics");
        let exists = |collection, id: &FeatureId| {
            let key = inner.by_id.get(&(collection, id.clone()));
            key.and_then(|key| inner.by_key.get(key)).is_some_and(|entry| !entry.deleted)
        };
        self.inventory.figures(collection, now, sourced, &exists)
    }

    /// How many features of a collection exist.
    pub fn count(&self, collection: Collection) -> u64 {
        self.inner.read().expect("no holder panics").living.get(&collection).copied().unwrap_or(0)
    }

    /// The exemptions that were ever given to a vehicle, those that were changed, withdrawn or given to another since too; by
    /// key, the last given last.
    pub fn exemptions_of(&self, vehicle: VehicleKey) -> Vec<FeatureKey> {
        let inner = self.inner.read().expect("no holder panics");
        inner.exemptions.get(&vehicle).into_iter().flatten().map(|key| FeatureKey(*key)).collect()
    }

    /// The exemptions that were given to a vehicle and not withdrawn or given to another since, as they are now.
    pub fn exemptions_now(&self, vehicle: VehicleKey) -> Vec<Arc<Exemption>> {
        let inner = self.inner.read().expect("no holder panics");
        let keys = inner.exemptions.get(&vehicle).into_iter().flatten();
        let given = keys.filter_map(|key| inner.by_key.get(key)?.exemption.clone());
        given.filter(|exemption| exemption.subject == ExemptionSubject::Vehicle(vehicle)).collect()
    }

    /// Up to `limit` existing vehicles with a key above `after`, by key.
    pub fn vehicles(&self, after: u32, limit: usize) -> Vec<(VehicleKey, Arc<Entry>)> {
        let inner = self.inner.read().expect("no holder panics");
        let above = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        let keys = inner.vehicles.range(above).take(limit);
        keys.filter_map(|key| Some((VehicleKey(*key), inner.by_key.get(key)?.clone()))).collect()
    }
}

impl Inner {
    fn note_exemption(&mut self, feature: &StoredFeature) {
        if let Some(Derived::Exemption(keys)) = &feature.derived
            && let Some(vehicle) = keys.vehicle
        {
            self.exemptions.entry(vehicle).or_default().insert(feature.key.0);
        }
    }

    fn forget(&mut self, key: u32, face: &VehicleFace, at: UnixMs) {
        let bindings = face.terminal_phone.as_ref().and_then(|phone| self.by_phone.get_mut(phone));
        bindings.into_iter().for_each(|bindings| bindings.end(VehicleKey(key), at));
        if let Some(device) = &face.device_id
            && self.by_device.get(device) == Some(&key)
        {
            self.by_device.remove(device);
        }
    }
}

fn face(body: &str) -> VehicleFace {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let properties = &body["properties"];
    let text = |name: &str| properties[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    VehicleFace {
        plate: text("plate"),
        class: text("class"),
        company: text("company"),
        terminal_phone: text("terminal_phone").map(|phone| canonical_phone(&phone)),
        device_id: text("device_id"),
        unchecked: properties["unchecked"].as_bool().unwrap_or(false),
    }
}

/// A phone as terminals are known by: digits without leading zeros. Some terminals pack hexadecimal digits into their
/// header; those are kept, in capitals, so that two terminals never become one.
pub fn canonical_phone(phone: &str) -> String {
    let digits = phone.chars().filter(char::is_ascii_hexdigit);
    let digits: String = digits.map(|digit| digit.to_ascii_uppercase()).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::units::UnixMs;

    fn vehicle(key: u32, revision: u32, properties: Option<&str>) -> StoredFeature {
        StoredFeature {
            key: FeatureKey(key),
            collection: Collection::Vehicles,
            id: FeatureId::new(format!("v{key}")).expect("a good id"),
            revision: Revision(revision),
            at: UnixMs(0),
            who: "test".to_owned(),
            body: properties.map(|p| format!(r#"{{"type":"Feature","geometry":null,"properties":{p}}}"#)),
            derived: None,
        }
    }

    #[test]
    fn a_phone_follows_its_vehicle() {
        let catalog = Catalog::default();
        catalog.apply(&vehicle(1, 1, Some(r#"{"plate":"浙B12345","terminal_phone":"013800000001"}"#)));
        assert_eq!(catalog.vehicle_of_phone("13800000001"), Some(VehicleKey(1)));
        catalog.apply(&vehicle(1, 2, Some(r#"{"plate":"浙B12345"}"#)));
        assert_eq!(catalog.vehicle_of_phone("13800000001"), None);
        catalog.apply(&vehicle(2, 1, Some(r#"{"terminal_phone":"13800000001"}"#)));
        assert_eq!(catalog.vehicle_of_phone("13800000001"), Some(VehicleKey(2)));
    }

    #[test]
    fn a_deleted_vehicle_keeps_its_name_but_is_not_found() {
        let catalog = Catalog::default();
        catalog.apply(&vehicle(7, 1, Some(r#"{"plate":"A","device_id":"secret"}"#)));
        assert_eq!((catalog.vehicle("v7"), catalog.count(Collection::Vehicles)), (Some(VehicleKey(7)), 1));
        catalog.apply(&vehicle(7, 2, None));
        assert_eq!((catalog.count(Collection::Vehicles), catalog.count(Collection::Zones)), (0, 0));
        assert_eq!(catalog.vehicle("v7"), None);
        assert_eq!(catalog.vehicle_of_device("secret"), None);
        assert_eq!(catalog.id(7), "v7");
        assert_eq!(catalog.vehicles(0, 10), []);
        assert_eq!(catalog.id(8), "key-8");
    }

    #[test]
    fn an_exemption_stays_with_whoever_ever_had_it() {
        let catalog = Catalog::default();
        let given = |revision: u32, holder: Option<u32>| StoredFeature {
            collection: Collection::Exemptions,
            revision: Revision(revision),
            derived: holder.map(|key| {
                let keys = cordon_data::feature::DerivedExemption { vehicle: Some(VehicleKey(key)), zone: None };
                Derived::Exemption(keys)
            }),
            ..vehicle(9, revision, None)
        };
        catalog.apply(&given(1, Some(1)));
        catalog.apply(&given(2, Some(2)));
        catalog.apply(&given(3, None));
        assert_eq!(catalog.exemptions_of(VehicleKey(1)), [FeatureKey(9)]);
        assert_eq!(catalog.exemptions_of(VehicleKey(2)), [FeatureKey(9)]);
        assert_eq!(catalog.exemptions_of(VehicleKey(3)), []);
    }

    #[test]
    fn an_older_revision_changes_nothing() {
        let catalog = Catalog::default();
        catalog.apply(&vehicle(1, 2, Some(r#"{"plate":"NEW"}"#)));
        catalog.apply(&vehicle(1, 1, Some(r#"{"plate":"OLD"}"#)));
        let entry = catalog.entry(FeatureKey(1)).expect("it is known");
        assert_eq!(entry.vehicle.as_ref().and_then(|v| v.plate.as_deref()), Some("NEW"));
    }
}
