//! One vehicle's recent fixes in event-time order, and the going back and forth that late ones cause.
//!
//! The window keeps, with each fix, the state before it and the events of its step. A late fix is inserted at its place,
//! the steps from there on are run again, and only the difference to what stood before is told.

use super::settings::Settings;
use super::state::{State, Visit};
use super::step::{Context, joins_path, waits};
use crate::event::EventCore;
use crate::fix::{Fix, Marks};
use crate::ids::{EventId, VehicleKey};
use crate::index::Slot;
use crate::onemap::OneMap;
use crate::units::UnixMs;
use crate::vehicle::Vehicle;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// What a record changed about a vehicle's events.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The event stands, as this says.
    Stands(Arc<EventCore>),
    /// The event did not happen.
    Retracted(EventId),
}

/// What became of a fix.
#[derive(Debug)]
pub enum Taken {
    /// Kept, with these marks in all.
    Kept(Marks),
    /// The same as a kept one.
    Duplicate,
}

#[derive(Clone, Debug)]
struct Held {
    fix: Fix,
    before: State,
    events: Vec<Arc<EventCore>>,
}

/// A vehicle as the engine holds it.
#[derive(Clone, Debug, Default)]
pub struct Track {
    attributes: Vec<(UnixMs, Arc<Vehicle>)>,
    window: VecDeque<Held>,
    state: State,
    /// Events that time brought after the last fix.
    tail: Vec<Arc<EventCore>>,
    /// Fixes of the future, by (fixed_at, source), until journal time reaches them.
    ahead: Vec<Fix>,
    /// The newest fix that left the window.
    left: Option<UnixMs>,
    /// The visits that go on by the revisions in force now.
    visits: Option<Arc<Vec<Visit>>>,
    /// When time may bring something next.
    due: Option<UnixMs>,
}

/// A track as a snapshot keeps it: without the states and events that running the window again gives back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrackSnapshot {
    attributes: Vec<(UnixMs, Arc<Vehicle>)>,
    /// The state before the first fix of the window.
    base: State,
    /// The state after the last: kept, because a revision that judged inside the window may be forgotten since.
    state: State,
    fixes: Vec<Fix>,
    ahead: Vec<Fix>,
    left: Option<UnixMs>,
}

/// How many fixes of the future one vehicle may have waiting.
const MAX_AHEAD: usize = 64;

/// What a track reads besides itself.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub map: &'a OneMap,
    pub settings: &'a Settings,
    pub vehicle: VehicleKey,
    /// Journal time now.
    pub now: UnixMs,
    /// Journal time of the last tick: what time brought by then stands.
    pub horizon: UnixMs,
}

impl Track {
    /// Takes a fix that arrived now.
    pub fn take(&mut self, around: Surroundings<'_>, fix: &mut Fix, changes: &mut Vec<Change>) -> Taken {
        let settings = around.settings;
        if self.ahead.iter().any(|held| is_same(held, fix)) {
            return Taken::Duplicate;
        }
        if waits(fix.fixed_at, around.now, settings).is_some() {
            fix.marks |= Marks::CLOCK_AHEAD;
            if self.ahead.len() < MAX_AHEAD {
                let place = self.ahead.partition_point(|held| order(held) <= order(fix));
                self.ahead.insert(place, *fix);
                self.due = Some(self.due.map_or(fix.fixed_at, |due| due.min(fix.fixed_at)));
            }
            return Taken::Kept(fix.marks);
        }
        self.join(around, fix, changes)
    }

    /// What time brought since: fixes of the future whose time came, limits that were reached.
    pub fn time_passes(&mut self, around: Surroundings<'_>, changes: &mut Vec<Change>) {
        let ripe = self.ahead.partition_point(|fix| fix.fixed_at <= around.now);
        let ripe: Vec<Fix> = self.ahead.drain(..ripe).collect();
        for mut fix in ripe {
            fix.marks.remove(Marks::CLOCK_AHEAD);
            self.join(around, &mut fix, changes);
        }
        self.renew_tail(around, changes);
    }

    /// A revision of the vehicle's attributes from `at` on.
    pub fn set_attributes(&mut self, at: UnixMs, vehicle: Arc<Vehicle>) {
        let from = if self.attributes.is_empty() { UnixMs::MIN } else { at };
        self.attributes.push((from, vehicle));
    }

    /// When time may bring something next.
    pub fn due(&self) -> Option<UnixMs> {
        self.due
    }

    /// The state after its last fix.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The zone revisions under which its visits go on or went on in its window.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let states = self.window.iter().map(|held| &held.before).chain([&self.state]);
        states.flat_map(|state| state.visits()).map(|visit| visit.slot)
    }

    /// The oldest instant that judging its window again asks about.
    pub fn oldest(&self) -> UnixMs {
        let base = self.window.front().and_then(|held| held.before.last);
        let first = base.or_else(|| self.window.front().map(|held| held.fix));
        first.map_or(UnixMs::MAX, |fix| fix.fixed_at)
    }

    /// The visits that go on: those after the last fix, by the zones as they are in force now.
    pub fn visits(&self) -> &[Visit] {
        self.visits.as_ref().map_or(&[], |list| list)
    }

    /// What a snapshot keeps of it.
    pub fn snapshot(&self) -> TrackSnapshot {
        TrackSnapshot {
            attributes: self.attributes.clone(),
            base: self.window.front().map_or_else(|| self.state.clone(), |held| held.before.clone()),
            state: self.state.clone(),
            fixes: self.window.iter().map(|held| held.fix).collect(),
            ahead: self.ahead.clone(),
            left: self.left,
        }
    }

    /// The track of a snapshot, by running its window again. Slots are found anew: the map may number them otherwise.
    pub fn restored(snapshot: TrackSnapshot, around: Surroundings<'_>) -> Track {
        let mut base = snapshot.base;
        renumber(&mut base, around.map);
        let mut track = Track {
            attributes: snapshot.attributes,
            state: base,
            ahead: snapshot.ahead,
            left: snapshot.left,
            ..Track::default()
        };
        for fix in snapshot.fixes {
            track.window.push_back(Held { fix, before: State::default(), events: Vec::new() });
        }
        if let Some(front) = track.window.front_mut() {
            front.before = track.state.clone();
            track.run_from(around, 0);
        }
        track.state = snapshot.state;
        renumber(&mut track.state, around.map);
        track.look_ahead(around);
        track
    }

    fn context<'a>(&'a self, around: Surroundings<'a>) -> Context<'a> {
        Context { map: around.map, settings: around.settings, vehicle: around.vehicle, attributes: &self.attributes }
    }

    /// Puts a fix at its place in the window and runs the steps from there.
    fn join(&mut self, around: Surroundings<'_>, fix: &mut Fix, changes: &mut Vec<Change>) -> Taken {
        let settings = around.settings;
        if around.now - fix.fixed_at > settings.too_late {
            fix.marks |= Marks::TOO_LATE;
            return Taken::Kept(fix.marks);
        }
        let newest = self.window.back().map(|held| held.fix.fixed_at);
        let too_old = newest.is_some_and(|newest| newest - fix.fixed_at > settings.window)
            || self.left.is_some_and(|left| fix.fixed_at <= left);
        if too_old {
            fix.marks |= Marks::AWAITS_HISTORY;
            return Taken::Kept(fix.marks);
        }
        let place = self.window.partition_point(|held| order(&held.fix) <= order(fix));
        let same_instant = |held: &&Held| held.fix.fixed_at == fix.fixed_at;
        let mut before = self.window.range(..place).rev().take_while(same_instant);
        let mut after = self.window.range(place..).take_while(same_instant);
        if before.any(|held| is_same(&held.fix, fix)) || after.any(|held| is_same(&held.fix, fix)) {
            return Taken::Duplicate;
        }
        let same_instant_later = self.window.get(place).is_some_and(|held| held.fix.fixed_at == fix.fixed_at);
        let same_instant_before = place > 0 && self.window[place - 1].fix.fixed_at == fix.fixed_at;
        if place == self.window.len() && !same_instant_before && self.tail.is_empty() {
            self.append(around, fix, changes);
            return Taken::Kept(fix.marks);
        }
        let from = if same_instant_before {
            self.window.partition_point(|held| held.fix.fixed_at < fix.fixed_at)
        } else {
            place
        };
        let old = self.standing_from(from);
        let before = self.window.get(from).map_or_else(|| self.state.clone(), |held| held.before.clone());
        self.window.insert(place, Held { fix: *fix, before: State::default(), events: Vec::new() });
        self.window[from].before = before;
        let marks = self.run_from(around, from);
        let of_fix = marks.get(place - from).copied().unwrap_or_default();
        fix.marks |= of_fix;
        if same_instant_later {
            fix.marks |= Marks::SAME_INSTANT;
        }
        self.look_ahead(around);
        self.tell(from, old, changes);
        self.trim(settings);
        Taken::Kept(fix.marks)
    }

    /// The usual case of [`Track::join`]: the newest fix, and nothing that time brought before it.
    fn append(&mut self, around: Surroundings<'_>, fix: &mut Fix, changes: &mut Vec<Change>) {
        let mut state = std::mem::take(&mut self.state);
        let before = state.clone();
        let stepped = self.context(around).step(&mut state, fix);
        self.state = state;
        self.window.push_back(Held { fix: *fix, before, events: stepped.events });
        fix.marks |= stepped.marks;
        self.look_ahead(around);
        let last = self.window.len() - 1;
        if !self.window[last].events.is_empty() || !self.tail.is_empty() {
            self.tell(last, Vec::new(), changes);
        }
        self.trim(around.settings);
    }

    /// Runs the steps of the window from a place on; returns the marks that each step found.
    fn run_from(&mut self, around: Surroundings<'_>, from: usize) -> Vec<Marks> {
        let mut marks = Vec::with_capacity(self.window.len() - from);
        let mut state = self.window[from].before.clone();
        for i in from..self.window.len() {
            let fix = self.window[i].fix;
            let replaced = joins_path(fix.marks)
                && self
                    .window
                    .range(i + 1..)
                    .take_while(|held| held.fix.fixed_at == fix.fixed_at)
                    .any(|held| joins_path(held.fix.marks));
            self.window[i].before = state.clone();
            if replaced {
                marks.push(Marks::SAME_INSTANT);
                self.window[i].events = Vec::new();
                continue;
            }
            let stepped = self.context(around).step(&mut state, &fix);
            marks.push(stepped.marks);
            self.window[i].events = stepped.events;
        }
        self.state = state;
        marks
    }

    fn renew_tail(&mut self, around: Surroundings<'_>, changes: &mut Vec<Change>) {
        let old = self.look_ahead(around);
        if !old.is_empty() || !self.tail.is_empty() {
            self.tell(self.window.len(), old, changes);
        }
    }

    /// Derives anew what time brought after the last fix; returns the events that it had brought before.
    fn look_ahead(&mut self, around: Surroundings<'_>) -> Vec<Arc<EventCore>> {
        let passed = self.context(around).time_passes(&self.state, around.horizon);
        self.visits = passed.visits;
        self.set_due(passed.due);
        std::mem::replace(&mut self.tail, passed.events)
    }

    fn set_due(&mut self, due: Option<UnixMs>) {
        let ahead = self.ahead.first().map(|fix| fix.fixed_at);
        self.due = [due, ahead].into_iter().flatten().min();
    }

    /// Every event of the window from a place on, and of the tail.
    fn standing_from(&self, from: usize) -> Vec<Arc<EventCore>> {
        if from == self.window.len() && self.tail.is_empty() {
            return Vec::new();
        }
        self.window.range(from..).flat_map(|held| &held.events).chain(&self.tail).cloned().collect()
    }

    /// Tells what stands now from a place on, and what stood before and stands no more.
    fn tell(&self, from: usize, old: Vec<Arc<EventCore>>, changes: &mut Vec<Change>) {
        let new = self.standing_from(from);
        let first_of = |list: &[Arc<EventCore>], i: usize| list[..i].iter().all(|event| event.id != list[i].id);
        for (i, event) in old.iter().enumerate() {
            if !first_of(&old, i) || new.iter().any(|other| other.id == event.id) {
                continue;
            }
            changes.push(match self.version_before(from, event.id) {
                Some(earlier) => Change::Stands(earlier),
                None => Change::Retracted(event.id),
            });
        }
        for (i, event) in new.iter().enumerate() {
            if new[i + 1..].iter().all(|later| later.id != event.id) {
                changes.push(Change::Stands(Arc::clone(event)));
            }
        }
    }

    /// An event as it stood before a place of the window, if it did.
    fn version_before(&self, from: usize, id: EventId) -> Option<Arc<EventCore>> {
        let told = self.window.range(..from).rev().flat_map(|held| held.events.iter().rev());
        let open = match self.window.get(from) {
            Some(held) => held.before.visits(),
            None => self.state.visits(),
        };
        told.chain(open.iter().flat_map(|visit| &visit.open)).find(|event| event.id == id).cloned()
    }

    fn trim(&mut self, settings: &Settings) {
        let Some(newest) = self.window.back().map(|held| held.fix.fixed_at) else { return };
        while self.window.len() > settings.window_fixes
            || self.window.front().is_some_and(|held| newest - held.fix.fixed_at > settings.window)
        {
            let Some(held) = self.window.pop_front() else { return };
            self.left = self.left.max(Some(held.fix.fixed_at));
        }
        // Attributes that no step of the window can ask for any more: the first begins at the fix before it.
        let oldest =
            self.window.front().map_or(newest, |held| held.before.last.map_or(held.fix.fixed_at, |last| last.fixed_at));
        let stale = self.attributes.iter().skip(1).take_while(|(from, _)| *from <= oldest).count();
        self.attributes.drain(..stale);
    }
}

fn order(fix: &Fix) -> (UnixMs, crate::fix::Source, crate::position::Position, Option<crate::units::DeciKph>) {
    (fix.fixed_at, fix.source, fix.position, fix.speed)
}

fn is_same(a: &Fix, b: &Fix) -> bool {
    a.fixed_at == b.fixed_at && a.position == b.position
}

/// Finds the slots of a state's visits in a map that numbers them anew.
fn renumber(state: &mut State, map: &OneMap) {
    state.map_version = 0;
    let Some(last) = state.last else { return };
    let visits = state.visits.take().map_or_else(Vec::new, Arc::unwrap_or_clone);
    let found = visits.into_iter().filter_map(|mut visit| {
        visit.slot = map.judging(visit.zone, last.fixed_at, last.received_at)?;
        Some(visit)
    });
    state.set_visits(found.collect());
}
