//! What is told of a vehicle: the difference between what stood and what stands.

use super::super::ledger::key_of;
use super::super::state::Events;
use super::super::tells::Tell;
use super::{Outbox, Surroundings, Track};
use crate::event::EventCore;
use crate::ids::EventId;
use smallvec::SmallVec;

impl Track {
    /// Every event of the window from a place on, and of the tail.
    pub(super) fn standing_from(&self, from: usize) -> Events {
        self.window.events_from(from).chain(&self.tail).cloned().collect()
    }

    /// Tells what stands now from a place on, and what stood before and stands no more.
    pub(super) fn tell(&mut self, around: Surroundings<'_>, from: usize, old: Events, out: &mut Outbox) {
        let told = out.tells.len();
        match old.is_empty() && self.tail.is_empty() && self.window.events_from(from).len() <= FEW {
            true => self.tell_few(around, from, out),
            false => self.tell_difference(around, from, old, out),
        }
        self.ledger.follow(around.horizon, around.now, &mut out.tells);
        if out.tells.since(told).iter().any(|tell| matches!(tell, Tell::Stay { .. })) {
            out.tells.say(Tell::StaysSaid);
        }
    }

    /// A few events of steps from a place on, where none stood before.
    fn tell_few(&mut self, around: Surroundings<'_>, from: usize, out: &mut Outbox) {
        let telling = self.ledger.telling(around.now, around.settings);
        let mut rest = self.window.events_from(from);
        while let Some(event) = rest.next() {
            if rest.clone().all(|later| later.id() != event.id()) {
                self.ledger.stands_among(telling, event, &mut out.tells);
            }
        }
    }

    fn tell_difference(&mut self, around: Surroundings<'_>, from: usize, old: Events, out: &mut Outbox) {
        let Track { window, tail, ledger, state, .. } = self;
        let telling = ledger.telling(around.now, around.settings);
        let new = || window.events_from(from).chain(&*tail);
        let (places, old_places) = (Places::of(new()), Places::of(old.iter()));
        for (event, nth) in old.iter().zip(0..) {
            let id = event.id();
            if old_places.first(id) != Some(nth) || places.first(id).is_some() {
                continue;
            }
            let before = window.events_before(from).rev().find(|event| event.id() == id);
            // Open since before the window: the visits as they were then.
            match before.or_else(|| window.open_again(from).chain(state.open()).find(|event| event.id() == id)) {
                Some(earlier) => ledger.stands_among(telling, earlier, &mut out.tells),
                None => ledger.retracted(event, around.now, &mut out.tells),
            }
        }
        for (event, nth) in new().zip(0..) {
            if places.last(event.id()) == Some(nth) {
                ledger.stands_among(telling, event, &mut out.tells);
            }
        }
    }

    /// Forgets final events that nothing can change any more.
    pub(super) fn sweep(&mut self) {
        let open = self.state.open().chain(self.heard_open());
        let mut in_use: Vec<u64> =
            self.window.events_from(0).chain(&self.tail).chain(open).map(|event| key_of(event.id())).collect();
        in_use.sort_unstable();
        self.ledger.sweep(&in_use);
    }
}

/// So many events are compared each with each.
const FEW: usize = 8;

/// Where ids stand in a list, by the part of them that events are looked up by; sorted.
struct Places(SmallVec<[(u64, u32); 8]>);

impl Places {
    fn of<'e>(events: impl Iterator<Item = &'e EventCore>) -> Places {
        let mut places: SmallVec<_> = events.zip(0..).map(|(event, nth)| (key_of(event.id()), nth)).collect();
        places.sort_unstable();
        Places(places)
    }

    /// Where an id stands, in order.
    fn of_id(&self, id: EventId) -> &[(u64, u32)] {
        let key = key_of(id);
        let from = self.0.partition_point(|(known, _)| *known < key);
        let count = self.0[from..].iter().take_while(|(known, _)| *known == key).count();
        &self.0[from..from + count]
    }

    fn first(&self, id: EventId) -> Option<u32> {
        self.of_id(id).first().map(|(_, nth)| *nth)
    }

    fn last(&self, id: EventId) -> Option<u32> {
        self.of_id(id).last().map(|(_, nth)| *nth)
    }
}
