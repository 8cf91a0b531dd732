//! What is told of subjects, in order: it is written once, where the caller of the engine reads it, and numbered there.

use super::ledger::key_of;
use crate::alarm::{Alarm, AlarmSheet};
use crate::event::{Event, EventCore};
use crate::ids::{AlarmId, Seq};
use crate::units::UnixMs;

/// A change to tell; numbered by whoever joins the subjects' changes.
#[derive(Clone, Debug)]
pub enum Tell {
    /// The next of [`Tells::events`]; `fresh` is its key ([`key_of`]) when it was not known before.
    Event { fresh: Option<u64> },
    /// The next of [`Tells::alarms`]; `fresh` is the low half of its id when it was not known before.
    Alarm { fresh: Option<u64> },
    /// Not to be told: a stay that a rule counts stands as given, or did not happen.
    Stay { stay: EventCore, stands: bool },
    /// Not a change: what a step changed of the vehicle's stays was said.
    StaysSaid,
    /// Not a change: time may bring the subject's alarms something at this journal time.
    Due(UnixMs),
}

/// Changes in order, events and alarms without their numbers.
#[derive(Clone, Debug, Default)]
pub struct Tells {
    order: Vec<Tell>,
    pub events: Vec<Event>,
    pub alarms: Vec<Alarm>,
}

impl Tells {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Those from a place on.
    pub fn since(&self, place: usize) -> &[Tell] {
        &self.order[place..]
    }

    /// Tells an event as it is now; `fresh` when it was not known before.
    pub fn event(&mut self, event: Event, fresh: bool) {
        self.order.push(Tell::Event { fresh: fresh.then(|| key_of(event.core.id())) });
        self.events.push(event);
    }

    /// Tells an alarm as it is now; `fresh` is its id when it was not known before.
    pub fn alarm(&mut self, body: AlarmSheet, fresh: Option<AlarmId>) {
        self.order.push(Tell::Alarm { fresh: fresh.map(|id| id.0 as u64) });
        self.alarms.push(Alarm { seq: Seq(0), body });
    }

    /// Says what is neither.
    pub fn say(&mut self, tell: Tell) {
        self.order.push(tell);
    }

    /// All of it, to be gone through in order.
    pub fn walk(&mut self) -> Walk<'_> {
        let Tells { order, events, alarms } = self;
        Walk { order: order.drain(..), events: events.iter_mut(), alarms: alarms.iter_mut() }
    }

    /// Hands events and alarms over behind others, all in the order of their numbers; keeps room for as many.
    pub fn hand_over(&mut self, events: &mut Vec<Event>, alarms: &mut Vec<Alarm>) {
        hand_over(&mut self.events, events, |event| event.seq);
        hand_over(&mut self.alarms, alarms, |alarm| alarm.seq);
    }
}

/// What is left of [`Tells`] to be gone through.
pub struct Walk<'t> {
    pub order: std::vec::Drain<'t, Tell>,
    pub events: std::slice::IterMut<'t, Event>,
    pub alarms: std::slice::IterMut<'t, Alarm>,
}

fn hand_over<T>(from: &mut Vec<T>, to: &mut Vec<T>, seq: fn(&T) -> Seq) {
    let Some(first) = from.first().map(seq) else { return };
    if to.is_empty() {
        let room = Vec::with_capacity(from.len());
        *to = std::mem::replace(from, room);
        return;
    }
    let in_order = to.last().is_none_or(|last| seq(last) < first);
    to.append(from);
    if !in_order {
        // Two lists in order after each other: this merges them.
        to.sort_by_key(seq);
    }
}
