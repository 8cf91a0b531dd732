//! Terminals: who may register, which vehicle a terminal speaks for, and the codes by which it is known again.
//!
//! A terminal is approved when a vehicle carries its phone as `terminal_phone`. The code is random, kept as a hash, and
//! outlives restarts, because many terminals register once in their life. A phone number alone proves nothing: only the
//! code lets a terminal speak for its vehicle.
//!
//! What a terminal says of its device (IMEI, its maker's id) and of the driver's card in it is known from its sign-on and
//! its reports since the server started; the store has no place for it. A driver's card stands in the audit trail before it
//! is acknowledged.

use super::bindings::Bindings;
use super::catalog::{Catalog, canonical_phone};
use super::features::{EditError, Features};
use crate::auth::secret;
use crate::config::{DeviceCheck, Registration};
use crate::gateway::jt808::driver::{CardState, DriverCard};
use crate::ingest::Pipeline;
use cordon_data::feature::Collection;
use cordon_data::store::{AuditLine, StoreError, Terminal};
use cordon_spatial::ids::{FeatureId, FeatureKey, VehicleKey};
use cordon_spatial::units::UnixMs;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// Most terminals that may wait for approval; more are turned away without being listed.
const MAX_WAITING: usize = 10_000;
/// Longest text of a registration that is kept, characters.
const MAX_TEXT: usize = 64;

/// What a terminal says when it registers (JT/T 808 0x0100).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registering {
    /// Its phone, in any form.
    pub phone: String,
    /// Its vehicle's plate, decoded.
    pub plate: Option<String>,
    /// Its vehicle's plate colour (JT/T 697.7).
    pub plate_colour: Option<u8>,
    /// Maker and model.
    pub model: Option<String>,
    /// The maker's id of the device.
    pub terminal_id: Option<String>,
}

/// What a terminal that authenticates says of its device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The modem's IMEI (JT/T 808 0x0102 of 2019).
    pub imei: Option<String>,
    /// The maker's id, when it registered on the same connection (0x0100).
    pub terminal_id: Option<String>,
    /// Software version (0x0102 of 2019).
    pub software_version: Option<String>,
}

/// What is known of the device behind a phone since the server started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceSeen {
    /// The IMEI that came first.
    pub imei: Option<String>,
    /// The maker's id that came first.
    pub terminal_id: Option<String>,
    /// The software version that came last.
    pub software_version: Option<String>,
    /// Whether the last sign-on named another device than the first one.
    pub differs: bool,
}

/// The driver's card in a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSeen {
    /// What the terminal said last.
    pub card: DriverCard,
    /// When it said so, journal time.
    pub received_at: UnixMs,
}

/// Whether a terminal may speak for a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// For this one.
    Vehicle(VehicleKey),
    /// It shows a wrong code, or no vehicle carries it.
    WrongCode,
    /// The code is right and the device is another one, which the settings refuse.
    OtherDevice,
}

/// What a terminal is answered (JT/T 808 0x8100).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// Result 0: the code by which it is known from then on.
    Code(String),
    /// Result 4: nobody knows it yet.
    Unknown,
    /// Result 1: its vehicle has another terminal, and the settings refuse a second device under one phone.
    OtherDevice,
    /// It cannot be kept at the moment: no answer, so that it tries again.
    Unavailable,
}

/// The terminals of a site.
pub struct Terminals {
    pipeline: Pipeline,
    catalog: Catalog,
    features: Features,
    mode: Registration,
    device_check: DeviceCheck,
    known: Mutex<HashMap<String, Known>>,
    /// Terminals on their way to the store: whoever finds the list empty carries it, so that a storm of registrations
    /// costs a few transactions.
    leaving: Arc<Mutex<Vec<Leaving>>>,
}

/// A terminal on its way to the store, and who waits for it.
struct Leaving {
    terminal: Terminal,
    audit: AuditLine,
    done: oneshot::Sender<Result<(), String>>,
}

#[derive(Clone)]
struct Known {
    terminal: Terminal,
    /// The code before the last registration: valid until the new one was used, so that a stranger who registers under a
    /// known phone does not lock the terminal out.
    previous: Option<[u8; 32]>,
    device: Option<Box<DeviceSeen>>,
    card: Option<Box<CardSeen>>,
}

impl Known {
    /// Compares a device with the one that came first and remembers it. Whether they differ.
    fn see(&mut self, imei: Option<&str>, terminal_id: Option<&str>) -> bool {
        // Zeros stand for "none".
        let real = |text: &&str| text.chars().any(|c| c != '0') && text.len() <= MAX_TEXT;
        let (imei, terminal_id) = (imei.filter(real), terminal_id.filter(real));
        let first = self.device.get_or_insert_default();
        let differs = |first: &Option<String>, now: Option<&str>| matches!((first, now), (Some(first), Some(now)) if first != now);
        let other = differs(&first.imei, imei) || differs(&first.terminal_id, terminal_id);
        if !other {
            first.imei = first.imei.take().or_else(|| imei.map(str::to_owned));
            first.terminal_id = first.terminal_id.take().or_else(|| terminal_id.map(str::to_owned));
        }
        first.differs = other;
        other
    }
}

impl Terminals {
    /// The terminals that the store holds.
    pub fn new(
        pipeline: Pipeline,
        catalog: Catalog,
        features: Features,
        (mode, device_check): (Registration, DeviceCheck),
        stored: Vec<Terminal>,
    ) -> Terminals {
        let known = stored
            .into_iter()
            .map(|terminal| (terminal.phone.clone(), Known { terminal, previous: None, device: None, card: None }));
        let known = Mutex::new(known.collect());
        Terminals { pipeline, catalog, features, mode, device_check, known, leaving: Arc::default() }
    }

    /// Answers a registration, after what it changes was committed.
    pub async fn register(&self, registering: Registering) -> Registered {
        let phone = canonical_phone(&registering.phone);
        if phone.is_empty() {
            return Registered::Unknown;
        }
        // Nothing is learned from a registration: whoever registers has shown nothing yet.
        let first_id = self.device(&phone).terminal_id;
        let is_other = first_id.is_some() && first_id != registering.terminal_id;
        if is_other && self.device_check == DeviceCheck::Refuse {
            metrics::counter!("cordon_terminal_other_device_total").increment(1);
            return Registered::OtherDevice;
        }
        let terminal = self.seen(&phone, &registering);
        let vehicle = match (self.vehicle_of(&phone), self.mode) {
            (Some(vehicle), _) => vehicle,
            (None, Registration::Approved) => return self.list(terminal).await,
            (None, Registration::Open) => {
                match self.make_vehicle(&terminal, super::features::OPEN_REGISTRATION, true).await {
                    Ok(vehicle) => vehicle,
                    Err(error) => return unavailable(&error),
                }
            }
        };
        let code = secret::new_code();
        let terminal = Terminal { vehicle: Some(vehicle), code_hash: Some(secret::hash(&code)), ..terminal };
        match self.keep(terminal, "terminal.register", "terminal").await {
            Ok(()) => Registered::Code(code),
            Err(error) => unavailable(&error),
        }
    }

    /// The vehicle that a terminal may speak for, if this is its code. Asks memory only.
    pub fn authenticate(&self, phone: &str, code: &str, device: Device) -> Admitted {
        let phone = canonical_phone(phone);
        let given = secret::hash(code.trim_matches(['\0', ' ']));
        let is = |hash: &Option<[u8; 32]>| hash.as_ref().is_some_and(|hash| secret::same(hash, &given));
        let newest = {
            let known = self.known.lock().expect("no holder panics");
            let Some(known) = known.get(&phone) else { return Admitted::WrongCode };
            let newest = is(&known.terminal.code_hash);
            if !newest && !is(&known.previous) {
                return Admitted::WrongCode;
            }
            newest
        };
        if self.is_other_device(&phone, &device) {
            return Admitted::OtherDevice;
        }
        if let Some(known) = self.known.lock().expect("no holder panics").get_mut(&phone) {
            if newest {
                known.previous = None;
            }
            if let Some(seen) = &mut known.device
                && device.software_version.is_some()
            {
                seen.software_version = device.software_version;
            }
        }
        self.vehicle_of(&phone).map_or(Admitted::WrongCode, Admitted::Vehicle)
    }

    /// Notes which device a terminal says to be. Whether it is another one than before and is to be refused for that.
    fn is_other_device(&self, phone: &str, device: &Device) -> bool {
        let mut known = self.known.lock().expect("no holder panics");
        let Some(known) = known.get_mut(phone) else { return false };
        if (&device.imei, &device.terminal_id) == (&None, &None)
            || !known.see(device.imei.as_deref(), device.terminal_id.as_deref())
        {
            return false;
        }
        metrics::counter!("cordon_terminal_other_device_total").increment(1);
        self.device_check == DeviceCheck::Refuse
    }

    /// What is known of the device behind a phone.
    pub fn device(&self, phone: &str) -> DeviceSeen {
        let known = self.known.lock().expect("no holder panics");
        known.get(phone).and_then(|known| known.device.as_deref().cloned()).unwrap_or_default()
    }

    /// The driver's card that a terminal told last.
    pub fn card(&self, phone: &str) -> Option<CardSeen> {
        let known = self.known.lock().expect("no holder panics");
        known.get(phone).and_then(|known| known.card.as_deref().cloned())
    }

    /// Keeps a driver's card: in the audit trail, then in memory. The same once more is kept already.
    pub async fn keep_card(&self, phone: &str, card: DriverCard) -> Result<(), StoreError> {
        let phone = canonical_phone(phone);
        if self.card(&phone).is_some_and(|seen| seen.card == card) {
            return Ok(());
        }
        let vehicle = self.vehicle_of(&phone).map(|key| self.catalog.id(key.0));
        let received_at = self.pipeline.now();
        let driver = card.driver.as_ref();
        let line = AuditLine {
            at: received_at,
            who: "terminal".to_owned(),
            action: "driver.card".to_owned(),
            detail: json!({
                "phone": phone,
                "vehicle": vehicle,
                "state": card.state.map(CardState::name),
                "at_ms": card.at.map(|at| at.0),
                "read_result": card.read_result,
                "name": driver.map(|driver| &driver.name),
                "licence": driver.map(|driver| &driver.licence),
                "agency": driver.map(|driver| &driver.agency),
                "valid_to": driver.and_then(|driver| driver.valid_to.as_ref()),
            }),
        };
        self.pipeline.write(move |writer| writer.audit(&line)).await?;
        if let Some(known) = self.known.lock().expect("no holder panics").get_mut(&phone) {
            known.card = Some(Box::new(CardSeen { card, received_at }));
        }
        Ok(())
    }

    /// One terminal that ever showed up.
    pub fn one(&self, phone: &str) -> Option<Terminal> {
        let known = self.known.lock().expect("no holder panics");
        known.get(phone).map(|known| known.terminal.clone())
    }

    /// The vehicle that this phone is bound to.
    pub fn vehicle_of(&self, phone: &str) -> Option<VehicleKey> {
        self.catalog.vehicle_of_phone(phone)
    }

    /// The vehicles that ever carried this phone.
    pub fn bindings(&self, phone: &str) -> Bindings {
        self.catalog.bindings(&canonical_phone(phone))
    }

    /// Another number than before when [`Terminals::bindings`] may say something else.
    pub fn rebound(&self) -> u64 {
        self.catalog.rebound()
    }

    /// All terminals that ever showed up, by phone.
    pub fn all(&self) -> Vec<Terminal> {
        let known = self.known.lock().expect("no holder panics");
        let mut all: Vec<Terminal> = known.values().map(|known| known.terminal.clone()).collect();
        all.sort_by(|a, b| a.phone.cmp(&b.phone));
        all
    }

    /// Binds a terminal to a vehicle: to the given one, else to a new one made from its registration.
    pub async fn approve(&self, who: &str, phone: &str, vehicle: Option<&FeatureId>) -> Result<Terminal, EditError> {
        let phone = canonical_phone(phone);
        let terminal = self.known.lock().expect("no holder panics").get(&phone).map(|known| known.terminal.clone());
        let terminal = terminal.ok_or(EditError::NotFound)?;
        let key = match (vehicle, self.vehicle_of(&phone)) {
            (None, Some(bound)) => bound,
            (None, None) => self.make_vehicle(&terminal, who, false).await?,
            (Some(id), _) => {
                let patch = json!({"properties": {"terminal_phone": phone}});
                let feature = self.features.patch(who, Collection::Vehicles, id, patch, None).await?;
                VehicleKey(feature.key.0)
            }
        };
        let terminal = Terminal { vehicle: Some(key), ..terminal };
        self.keep(terminal.clone(), "terminal.approve", who).await.map_err(EditError::Store)?;
        // Whoever approves a terminal again accepts the device that comes next.
        if let Some(known) = self.known.lock().expect("no holder panics").get_mut(&phone) {
            known.device = None;
        }
        Ok(terminal)
    }

    /// What is known of a phone, with what it says of itself now.
    fn seen(&self, phone: &str, registering: &Registering) -> Terminal {
        let bounded = |text: &Option<String>| {
            let text: String = text.as_deref()?.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        };
        let before = self.known.lock().expect("no holder panics").get(phone).map(|known| known.terminal.clone());
        let first_seen_at = before.as_ref().map_or_else(|| self.pipeline.now(), |known| known.first_seen_at);
        let said = Terminal {
            phone: phone.to_owned(),
            vehicle: before.as_ref().and_then(|known| known.vehicle),
            code_hash: before.as_ref().and_then(|known| known.code_hash),
            plate: bounded(&registering.plate),
            plate_colour: registering.plate_colour,
            model: bounded(&registering.model),
            first_seen_at,
        };
        let Some(before) = before else { return said };
        Terminal {
            plate: said.plate.or(before.plate),
            plate_colour: said.plate_colour.or(before.plate_colour),
            model: said.model.or(before.model),
            ..said
        }
    }

    /// Keeps an unknown terminal in the list of those that wait for approval.
    async fn list(&self, terminal: Terminal) -> Registered {
        let (same, waiting) = {
            let known = self.known.lock().expect("no holder panics");
            let same = known.get(&terminal.phone).is_some_and(|known| known.terminal == terminal);
            (same, known.values().filter(|known| known.terminal.code_hash.is_none()).count())
        };
        if !same
            && waiting < MAX_WAITING
            && let Err(error) = self.keep(terminal, "terminal.list", "terminal").await
        {
            return unavailable(&error);
        }
        Registered::Unknown
    }

    /// Keeps a terminal, then knows it: in this order, so that no code is given out that a crash would forget.
    async fn keep(&self, terminal: Terminal, action: &str, who: &str) -> Result<(), StoreError> {
        let audit = AuditLine {
            at: self.pipeline.now(),
            who: who.to_owned(),
            action: action.to_owned(),
            detail: json!({"phone": terminal.phone, "vehicle": terminal.vehicle.map(|key| self.catalog.id(key.0))}),
        };
        self.store(terminal.clone(), audit).await?;
        let mut known = self.known.lock().expect("no holder panics");
        let before = known.get(&terminal.phone);
        let previous =
            before.and_then(|before| before.terminal.code_hash.filter(|hash| Some(*hash) != terminal.code_hash));
        let previous = previous.or_else(|| before.and_then(|before| before.previous));
        let (device, card) = before.map_or((None, None), |before| (before.device.clone(), before.card.clone()));
        known.insert(terminal.phone.clone(), Known { terminal, previous, device, card });
        Ok(())
    }

    /// Writes a terminal together with all others that are waiting to be written.
    async fn store(&self, terminal: Terminal, audit: AuditLine) -> Result<(), StoreError> {
        let (done, kept) = oneshot::channel();
        let carries = {
            let mut leaving = self.leaving.lock().expect("no holder panics");
            leaving.push(Leaving { terminal, audit, done });
            leaving.len() == 1
        };
        if carries {
            let leaving = Arc::clone(&self.leaving);
            let written = self.pipeline.write(move |writer| {
                carry(&leaving, |terminals| writer.put_terminals(terminals));
                Ok(())
            });
            if let Err(error) = written.await {
                // The writer never saw the list: nobody on it may wait for ever.
                carry(&self.leaving, |_| Err(StoreError::Failed(error.to_string())));
            }
        }
        let kept = kept.await.unwrap_or_else(|_| Err("the server is stopping".to_owned()));
        kept.map_err(StoreError::Failed)
    }

    /// Makes a vehicle from what its terminal says; one that a person has not checked says so.
    async fn make_vehicle(&self, terminal: &Terminal, who: &str, unchecked: bool) -> Result<VehicleKey, EditError> {
        let wished = FeatureId::new(format!("t{}", terminal.phone)).ok();
        let id = wished.filter(|id| self.catalog.find(Collection::Vehicles, id).is_none());
        let plate = terminal.plate.clone().unwrap_or_else(|| terminal.phone.clone());
        let mut properties = json!({"plate": plate, "class": "ordinary", "terminal_phone": terminal.phone});
        if let Some(colour) = terminal.plate_colour {
            properties["plate_colour"] = colour.into();
        }
        if unchecked {
            properties["unchecked"] = true.into();
        }
        let mut feature = json!({"type": "Feature", "geometry": null, "properties": properties});
        if let Some(id) = id {
            feature["id"] = id.as_str().into();
        }
        match self.features.create(who, Collection::Vehicles, vec![feature]).await {
            Ok(made) => {
                let made = made.first().expect("one feature was made from one");
                Ok(VehicleKey(made.key.0))
            }
            // Two registrations of one phone at once: the other one made the vehicle.
            Err(error) => self.vehicle_of(&terminal.phone).ok_or(error),
        }
    }

    /// The plate of a vehicle, for lists.
    pub fn vehicle_id(&self, key: VehicleKey) -> Option<String> {
        self.catalog.entry(FeatureKey(key.0)).filter(|entry| !entry.deleted).map(|entry| entry.id.to_string())
    }
}

/// Empties the list with one write and tells everybody on it how that went.
fn carry(leaving: &Mutex<Vec<Leaving>>, write: impl FnOnce(&[(Terminal, AuditLine)]) -> Result<(), StoreError>) {
    let all = std::mem::take(&mut *leaving.lock().expect("no holder panics"));
    let (terminals, waiting): (Vec<_>, Vec<_>) =
        all.into_iter().map(|one| ((one.terminal, one.audit), one.done)).unzip();
    let written = write(&terminals).map_err(|error| error.to_string());
    for done in waiting {
        // An error only says that the connection is gone.
        let _ = done.send(written.clone());
    }
}

fn unavailable(error: &dyn std::error::Error) -> Registered {
    tracing::warn!(%error, "a registration cannot be kept");
    Registered::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known { terminal: leaving("1").0.terminal, previous: None, device: None, card: None }
    }

    #[test]
    fn the_device_that_came_first_is_the_one_to_compare_with() {
        let mut known = known();
        assert!(!known.see(Some("862345678901234"), None));
        assert!(!known.see(None, Some("T1")));
        assert!(!known.see(Some("862345678901234"), Some("T1")));
        assert!(known.see(Some("862345678909999"), None));
        assert!(known.see(None, Some("T2")));
        assert!(known.device.as_ref().is_some_and(|seen| seen.differs && seen.terminal_id.as_deref() == Some("T1")));
        assert!(!known.see(Some("862345678901234"), None));
        assert!(known.device.as_ref().is_some_and(|seen| !seen.differs));
    }

    #[test]
    fn zeros_are_no_imei() {
        let mut known = known();
        assert!(!known.see(Some("000000000000000"), Some("0000000")));
        assert!(!known.see(Some("862345678901234"), Some("T1")));
        assert!(!known.see(Some("000000000000000"), None));
    }

    fn leaving(phone: &str) -> (Leaving, oneshot::Receiver<Result<(), String>>) {
        let (done, kept) = oneshot::channel();
        let terminal = Terminal {
            phone: phone.to_owned(),
            vehicle: None,
            code_hash: None,
            plate: None,
            plate_colour: None,
            model: None,
            first_seen_at: UnixMs(0),
        };
        let (who, action) = (String::new(), String::new());
        (Leaving { terminal, audit: AuditLine { at: UnixMs(0), who, action, detail: json!({}) }, done }, kept)
    }

    #[test]
    fn many_terminals_leave_in_one_write_and_each_hears_how_it_went() {
        let (first, mut first_kept) = leaving("1");
        let (second, mut second_kept) = leaving("2");
        let list = Mutex::new(vec![first, second]);
        carry(&list, |terminals| {
            assert_eq!(terminals.iter().map(|(terminal, _)| terminal.phone.as_str()).collect::<Vec<_>>(), ["1", "2"]);
            Err(StoreError::NoRoom)
        });
        assert_eq!(first_kept.try_recv(), Ok(Err(StoreError::NoRoom.to_string())));
        assert_eq!(second_kept.try_recv(), Ok(Err(StoreError::NoRoom.to_string())));
        assert!(list.lock().expect("no holder panics").is_empty());
    }
}
