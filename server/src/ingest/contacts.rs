//! Contacts of terminals on their way to the engine: of each vehicle the latest alone waits.
//!
//! Nobody who brings one waits, and none ever holds up a fix. What is not journalled is counted: a contact that a later one
//! replaced, one for which there was no room, one whose batch was not kept. The engine does not rely on any of them: a
//! connection that it takes for open is out of touch after a while, and one that it does not know of is told by the next
//! heartbeat.

use cordon_spatial::contact::{Contact, ContactKind};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::record::{Record, RecordBody};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of a vehicle so many contacts are journalled in [`SPELL`] at most, however often its terminal connects: 12 a minute are some
/// 100 bytes of the journal. The last one of a spell waits for the next spell.
const PER_SPELL: u32 = 4;
const SPELL: Duration = Duration::from_secs(20);
/// Most vehicles whose contacts may wait: far more than a site has.
const MAX_WAITING: usize = 100_000;

/// The contacts that wait.
#[derive(Default)]
pub struct Contacts(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    latest: HashMap<VehicleKey, ContactKind>,
    /// When the spell of each vehicle's contacts began, and how many the engine was given since; none of spells that are over.
    spells: HashMap<VehicleKey, (Instant, u32)>,
}

impl Contacts {
    /// Adds one.
    pub fn add(&self, contact: Contact) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = waiting.latest.len() >= MAX_WAITING;
        let result = match waiting.latest.entry(contact.vehicle) {
            Entry::Occupied(mut known) => {
                // Whoever connected and is there has connected.
                if contact.kind != ContactKind::Heartbeat || *known.get() == ContactKind::Disconnected {
                    known.insert(contact.kind);
                }
                "replaced"
            }
            Entry::Vacant(_) if is_full => "no_room",
            Entry::Vacant(room) => {
                room.insert(contact.kind);
                return;
            }
        };
        drop(waiting);
        count(result, 1);
    }

    /// Takes those that may be journalled at `now`, by vehicle.
    pub fn take(&self, now: Instant) -> Vec<Contact> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Waiting { latest, spells } = &mut *waiting;
        if latest.is_empty() {
            return Vec::new();
        }
        spells.retain(|_, (began, _)| now < *began + SPELL);
        let ripe = latest.extract_if(|vehicle, _| spells.get(vehicle).is_none_or(|(_, given)| *given < PER_SPELL));
        let mut taken: Vec<Contact> = ripe.map(|(vehicle, kind)| Contact { vehicle, kind }).collect();
        for contact in &taken {
            spells.entry(contact.vehicle).or_insert((now, 0)).1 += 1;
        }
        drop(waiting);
        taken.sort_unstable_by_key(|contact| contact.vehicle);
        taken
    }
}

/// Counts the contacts of a batch that was kept, or was not.
pub fn count_of(records: &[Record], kept: bool) {
    let contacts = records.iter().filter(|record| matches!(record.body, RecordBody::Contact(_))).count();
    if contacts > 0 {
        count(if kept { "journalled" } else { "not_kept" }, contacts as u64);
    }
}

fn count(result: &'static str, contacts: u64) {
    metrics::counter!("cordon_contacts_total", "result" => result).increment(contacts);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContactKind::{Connected, Disconnected, Heartbeat};

    fn contact(vehicle: u32, kind: ContactKind) -> Contact {
        Contact { vehicle: VehicleKey(vehicle), kind }
    }

    #[test]
    fn the_latest_of_each_vehicle_waits_and_not_too_often() {
        let contacts = Contacts::default();
        let begin = Instant::now();
        let life = [(2, Connected), (1, Connected), (1, Heartbeat), (2, Disconnected), (3, Heartbeat)];
        life.into_iter().for_each(|(vehicle, kind)| contacts.add(contact(vehicle, kind)));
        let all = [contact(1, Connected), contact(2, Disconnected), contact(3, Heartbeat)];
        assert_eq!(contacts.take(begin), all);
        assert_eq!(contacts.take(begin), []);
        for kind in [Disconnected, Connected, Disconnected] {
            contacts.add(contact(1, kind));
            assert_eq!(contacts.take(begin + SPELL / 2), [contact(1, kind)]);
        }
        for kind in [Connected, Disconnected, Heartbeat, Disconnected] {
            contacts.add(contact(1, kind));
            assert_eq!(contacts.take(begin + SPELL / 2), [], "it waits");
        }
        contacts.add(contact(4, Connected));
        assert_eq!(contacts.take(begin + SPELL / 2), [contact(4, Connected)]);
        assert_eq!(contacts.take(begin + SPELL), [contact(1, Disconnected)], "as it is in the end");
    }

    #[test]
    fn what_may_wait_is_bounded_and_vehicles_that_wait_stay_true() {
        let contacts = Contacts::default();
        (0..=MAX_WAITING as u32).for_each(|vehicle| contacts.add(contact(vehicle, Connected)));
        contacts.add(contact(7, Disconnected));
        let taken = contacts.take(Instant::now());
        assert_eq!((taken.len(), taken[7]), (MAX_WAITING, contact(7, Disconnected)));
    }
}
