//! What takes steps back: one pile for a vehicle's window, what was before each change on top of the one before it.
//!
//! Nothing is asked of the allocator for a step: the pile is a ring of small rows that grows with the window.

use super::absence::Absence;
use super::few::Few;
use super::frozen::Still;
use super::state::{Quiet, State, renumber_absences};
use super::terminal::Terminal;
use super::visits::Visit;
use crate::event::EventCore;
use crate::fix::Fix;
use crate::ids::ZoneKey;
use crate::index::{Slot, hint, hint_all};
use crate::position::Position;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What was before a change of a [`State`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Was {
    /// The last fix was this. Kept only when the window does not hold it as the fix before.
    Last(Box<Option<Fix>>),
    Parked(Option<Position>),
    MapVersion(u64),
    Quiet(Quiet),
    Suspects(Few<Fix>),
    /// The ground did not hold the place.
    Out(Slot),
    /// The ground held the place.
    In(Slot),
    /// There was no visit to the zone.
    NoVisit(ZoneKey),
    /// There was the visit that is on top of the visits' pile.
    Visit,
    Absences(Few<Absence>),
    Terminal(Box<Terminal>),
    Still(Option<Box<Still>>),
}

/// The changes of the steps of a window, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pile {
    changes: VecDeque<Was>,
    visits: VecDeque<Visit>,
}

impl Pile {
    /// How many changes it holds.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Notes what was before a change.
    pub fn push(&mut self, was: Was) {
        self.changes.push_back(was);
    }

    /// Notes that this visit was before.
    pub fn push_visit(&mut self, visit: Visit) {
        self.changes.push_back(Was::Visit);
        self.visits.push_back(visit);
    }

    /// Takes the last `count` changes back.
    pub fn undo(&mut self, state: &mut State, count: usize) {
        for _ in 0..count {
            let Some(was) = self.changes.pop_back() else { return };
            match was {
                Was::Last(last) => state.last = *last,
                Was::Parked(parked) => state.parked = parked,
                Was::MapVersion(version) => state.map_version = version,
                Was::Quiet(quiet) => state.quiet = quiet,
                Was::Suspects(suspects) => state.suspects = suspects,
                Was::Out(slot) => state.inside.retain(|known| *known != slot),
                Was::In(slot) => {
                    let place = state.inside.partition_point(|known| *known < slot);
                    state.inside.insert(place, slot);
                }
                Was::NoVisit(zone) => drop(state.visits.put(zone, None)),
                Was::Visit => {
                    let visit = self.visits.pop_back();
                    state.visits.put(visit.as_ref().map_or(ZoneKey(0), |visit| visit.zone), visit);
                }
                Was::Absences(absences) => state.absences = absences,
                Was::Terminal(terminal) => state.terminal = *terminal,
                Was::Still(still) => state.still = still,
            }
        }
    }

    /// Forgets the oldest `count` changes.
    pub fn forget(&mut self, count: usize) {
        for was in self.changes.drain(..count) {
            if matches!(was, Was::Visit) {
                self.visits.pop_front();
            }
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.changes.clear();
        self.visits.clear();
    }

    /// The changes of some places.
    pub fn range(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &Was> {
        self.changes.range(range)
    }

    /// The visits that changes from a place on bring back, the oldest first.
    pub fn visits_from(&self, place: usize) -> impl Iterator<Item = &Visit> {
        let later = self.changes.range(place..).filter(|was| matches!(was, Was::Visit)).count();
        self.visits.range(self.visits.len() - later..)
    }

    /// Every event that goes on again with what changes from a place on bring back, the versions of each the oldest first.
    pub fn open_from(&self, place: usize) -> impl Iterator<Item = &EventCore> {
        let others = self.changes.range(place..).flat_map(|was| -> Box<dyn Iterator<Item = &EventCore>> {
            match was {
                Was::Absences(absences) => Box::new(absences.iter().flat_map(|absence| &absence.open)),
                Was::Terminal(terminal) => Box::new(terminal.open.iter().map(|(_, event)| event)),
                Was::Still(still) => Box::new(still.iter().filter_map(|still| still.open.as_ref())),
                _ => Box::new(std::iter::empty()),
            }
        });
        self.visits_from(place).flat_map(|visit| &visit.open).chain(others)
    }

    /// The zone revisions under which the visits and absences went on that it brings back.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let absences = self.changes.iter().filter_map(|was| match was {
            Was::Absences(absences) => Some(absences),
            _ => None,
        });
        let absences = absences.flatten().map(|absence| absence.slot);
        self.visits.iter().map(|visit| visit.slot).chain(absences)
    }

    /// Gives every slot its number in another map; `None` of one that it does not hold.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        let Pile { changes, visits } = self;
        let mut visits_then = std::mem::take(visits).into_iter();
        for was in changes.iter_mut() {
            match was {
                Was::MapVersion(version) => *version = 0,
                Was::Absences(absences) => renumber_absences(absences, slot),
                Was::In(known) | Was::Out(known) => match slot(*known) {
                    Some(slot) => *known = slot,
                    // What holds the place is asked anew.
                    None => *was = Was::MapVersion(0),
                },
                Was::Visit => {
                    let Some(mut visit) = visits_then.next() else { continue };
                    match slot(visit.slot) {
                        Some(slot) => {
                            visit.slot = slot;
                            visits.push_back(visit);
                        }
                        None => *was = Was::NoVisit(visit.zone),
                    }
                }
                _ => {}
            }
        }
    }

    /// Asks for the memory of what is forgotten next. Changes nothing.
    pub fn bring_oldest_near(&self) {
        self.changes.front().into_iter().for_each(hint);
        self.visits.front().into_iter().for_each(hint_all);
    }

    /// The same for its events.
    pub fn bring_oldest_events_near(&self) {
        self.visits.front().into_iter().flat_map(|visit| &visit.open).for_each(EventCore::bring_handle_near);
    }

    /// Asks for the memory of what is noted next. Changes nothing.
    pub fn bring_newest_near(&self) {
        self.changes.back().into_iter().for_each(hint);
        self.visits.back().into_iter().for_each(hint);
    }
}
