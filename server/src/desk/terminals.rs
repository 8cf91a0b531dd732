//! Terminals: who may register, which vehicle a terminal speaks for, and the codes by which it is known again.
//!
//! A terminal is approved when a vehicle carries its phone as `terminal_phone`. The code is random, kept as a hash, and
//! outlives restarts, because many terminals register once in their life. A phone number alone proves nothing: only the
//! code lets a terminal speak for its vehicle.

use super::catalog::{Catalog, canonical_phone};
use super::features::{EditError, Features};
use crate::auth::secret;
use crate::config::Registration;
use crate::ingest::Pipeline;
use cordon_data::feature::Collection;
use cordon_data::store::{AuditLine, StoreError, Terminal};
use cordon_spatial::ids::{FeatureId, FeatureKey, VehicleKey};
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
}

/// What a terminal is answered (JT/T 808 0x8100).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// Result 0: the code by which it is known from then on.
    Code(String),
    /// Result 4: nobody knows it yet.
    Unknown,
    /// It cannot be kept at the moment: no answer, so that it tries again.
    Unavailable,
}

/// The terminals of a site.
pub struct Terminals {
    pipeline: Pipeline,
    catalog: Catalog,
    features: Features,
    mode: Registration,
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
}

impl Terminals {
    /// The terminals that the store holds.
    pub fn new(
        pipeline: Pipeline,
        catalog: Catalog,
        features: Features,
        mode: Registration,
        stored: Vec<Terminal>,
    ) -> Terminals {
        let known =
            stored.into_iter().map(|terminal| (terminal.phone.clone(), Known { terminal, previous: None })).collect();
        Terminals { pipeline, catalog, features, mode, known: Mutex::new(known), leaving: Arc::default() }
    }

    /// Answers a registration, after what it changes was committed.
    pub async fn register(&self, registering: Registering) -> Registered {
        let phone = canonical_phone(&registering.phone);
        if phone.is_empty() {
            return Registered::Unknown;
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
    pub fn authenticate(&self, phone: &str, code: &str) -> Option<VehicleKey> {
        let phone = canonical_phone(phone);
        let given = secret::hash(code.trim_matches(['\0', ' ']));
        let is = |hash: &Option<[u8; 32]>| hash.as_ref().is_some_and(|hash| secret::same(hash, &given));
        {
            let mut known = self.known.lock().expect("no holder panics");
            let known = known.get_mut(&phone)?;
            if is(&known.terminal.code_hash) {
                known.previous = None;
            } else if !is(&known.previous) {
                return None;
            }
        }
        self.vehicle_of(&phone)
    }

    /// The vehicle that this phone is bound to.
    pub fn vehicle_of(&self, phone: &str) -> Option<VehicleKey> {
        self.catalog.vehicle_of_phone(phone)
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
        known.insert(terminal.phone.clone(), Known { terminal, previous });
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
    use cordon_spatial::units::UnixMs;

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
