//! Which subject an alarm is about, by its id.

use super::ledger::Ledger;
use crate::event::Subject;
use crate::ids::AlarmId;

/// Whose an alarm is. Adding is a push; looking up, which only a person's act asks for, sorts what was added since.
#[derive(Clone, Debug, Default)]
pub struct AlarmOwners {
    sorted: Vec<(u64, Subject)>,
    added: Vec<(u64, Subject)>,
}

impl AlarmOwners {
    pub fn of_all<'l>(ledgers: impl Iterator<Item = (Subject, &'l Ledger)>) -> AlarmOwners {
        let mut owners = AlarmOwners::default();
        for (owner, ledger) in ledgers {
            ledger.alarms().keys().for_each(|alarm| owners.add(alarm, owner));
        }
        owners
    }

    pub fn add(&mut self, key: u64, owner: Subject) {
        self.added.push((key, owner));
    }

    pub fn of(&mut self, id: AlarmId) -> Option<Subject> {
        if !self.added.is_empty() {
            self.sorted.append(&mut self.added);
            self.sorted.sort_unstable();
        }
        let place = self.sorted.binary_search_by_key(&(id.0 as u64), |(key, _)| *key).ok()?;
        Some(self.sorted[place].1)
    }
}
