//! One vehicle's recent fixes in event-time order, and the going back and forth that late ones cause.
//!
//! The window keeps the fixes and, of each step that did more than move the last place, what takes it back and its events.
//! A late fix is inserted at its place: the steps from there on are taken back and run again, and only the difference to what
//! stood before is told.

mod heard;
mod plain;
mod recall;
mod told;
mod window;

use super::clock::Clock;
use super::few::Few;
use super::history::{Checkpoint, NeedsHistory, NoPast, Past, hour_of};
use super::ledger::Ledger;
use super::settings::Settings;
use super::silence::{Hearing, Sign};
use super::state::{Events, State, Turn};
use super::step::{Context, Scratch, joins_path, waits};
use super::tells::Tells;
use super::visits::{Brief, Visits};
use super::{VehicleNow, ZoneNow};
use crate::event::EventCore;
use crate::exemption::ExemptionBook;
use crate::fix::{Fix, Marks};
use crate::ids::{JournalPosition, VehicleKey};
use crate::index::{Slot, hint, hint_all, hint_up_to};
use crate::onemap::OneMap;
use crate::position::Position;
use crate::units::UnixMs;
use crate::vehicle::Vehicle;
use heard::sign_of;
use recall::Recalled;
use serde::{Deserialize, Serialize};
use std::mem::offset_of;
use std::sync::Arc;
use window::{Path, Window};

/// What became of a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Kept, with these marks in all.
    Kept(Marks),
    /// The same as a kept one.
    Duplicate,
    /// Not taken: the past is not at hand.
    Waiting(NeedsHistory),
}

/// A vehicle as the engine holds it: what every fix asks for first, what only changes ask for last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[repr(C)]
pub struct Track {
    state: State,
    /// The last fix of the path before the window.
    base_last: Option<Fix>,
    /// When time may bring something next.
    due: Option<UnixMs>,
    /// The newest fix that left the window.
    left: Option<UnixMs>,
    /// Events that time brought after the last fix.
    tail: Few<EventCore>,
    /// The visits that go on by the revisions in force now, where they are not those of the state.
    visits: Option<Box<Visits>>,
    /// Fixes of the future, by (fixed_at, source), until journal time reaches them.
    ahead: Few<Fix>,
    attributes: Vec<(UnixMs, Arc<Vehicle>)>,
    hearing: Hearing,
    /// While its reports say another time than that at which they come.
    clock: Option<Box<Clock>>,
    /// Every record of the vehicle up to here may have left the window; later ones are in it.
    left_position: JournalPosition,
    #[serde(skip)]
    zones: Option<Arc<[ZoneNow]>>,
    /// While the window reaches back into the past that was asked for.
    #[serde(skip)]
    recalled: Option<Box<Recalled>>,
    /// The vehicle was deleted: only its alarms matter.
    gone: bool,
    /// Whether a record that is judged now left the window, or never was in it.
    #[serde(skip)]
    left_now: bool,
    window: Window,
    ledger: Ledger,
}

/// How many fixes of the future one vehicle may have waiting: further ones are stored, marked and never judged.
const MAX_AHEAD: usize = 4_096;

/// What a track reads besides itself.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub map: &'a OneMap,
    pub settings: &'a Settings,
    pub exemptions: &'a ExemptionBook,
    pub vehicle: VehicleKey,
    /// Journal time now.
    pub now: UnixMs,
    /// Journal time of the last tick: what time brought by then stands.
    pub horizon: UnixMs,
    /// Journal time of the last start.
    pub up_since: UnixMs,
    /// The last record before those that are judged together.
    pub position: JournalPosition,
    /// Another fix of the vehicle came with this one and is judged next: it, and not the clock, says what came after.
    pub more_follow: bool,
}

impl<'a> Surroundings<'a> {
    fn context(self, attributes: &'a [(UnixMs, Arc<Vehicle>)]) -> Context<'a> {
        let Surroundings { map, settings, exemptions, vehicle, .. } = self;
        Context { map, settings, vehicle, attributes, exemptions }
    }
}

/// Where a track puts what it has to tell, and what it works with.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    pub tells: Tells,
    pub checkpoints: Vec<Checkpoint>,
    pub scratch: Scratch,
    /// What became of the fixes given, in their order.
    pub taken: Vec<Taken>,
    /// Where the vehicles are after their fixes, each once.
    pub moved: Vec<VehicleNow>,
    /// Vehicles whose windows reach back, to be narrowed when the run is over.
    pub recalled: Vec<VehicleKey>,
}

impl Track {
    /// Takes fixes that arrived together now, and says of each what became of it, in their order.
    ///
    /// They are judged together: what one of them would make believe and the next one refutes is never told.
    pub fn take(&mut self, around: Surroundings<'_>, fixes: &mut [Fix], past: &dyn Past, out: &mut Outbox) {
        if let [fix] = fixes
            && self.is_next(around, fix)
        {
            let marks = self.append(around, fix, out);
            out.taken.push(Taken::Kept(marks));
            self.receive(around, sign_of(marks), out);
            self.mind_clock(around, fix, marks, out);
            return;
        }
        let first = out.taken.len();
        let mut for_window: Vec<usize> = Vec::with_capacity(fixes.len());
        for (i, fix) in fixes.iter_mut().enumerate() {
            let fate = self.set_aside(around, fix);
            if fate.is_none() {
                for_window.push(i);
            }
            out.taken.push(fate.unwrap_or(Taken::Duplicate));
        }
        self.ask_past(around, fixes, &mut for_window, first, past, out);
        // Repetitions leave before it is decided how the others are judged: they are not journalled, and a replay must decide
        // alike.
        let mut fresh: Vec<usize> = Vec::with_capacity(for_window.len());
        for &i in &for_window {
            let repeats = fresh.iter().any(|&j| is_same(&fixes[j], &fixes[i]));
            if !repeats && self.place_of(&fixes[i]).is_none() {
                fresh.push(i);
            }
        }
        let newest = self.window.back().map_or(UnixMs::MIN, |newest| newest.fixed_at);
        let in_order = fresh.is_sorted_by_key(|&i| fixes[i].fixed_at)
            && fresh.first().is_none_or(|&i| fixes[i].fixed_at >= newest);
        if in_order {
            for (nth, one) in fresh.chunks(1).enumerate() {
                let around = Surroundings { more_follow: nth + 1 < fresh.len(), ..around };
                self.join(around, fixes, one, first, out);
            }
        } else {
            self.join(around, fixes, &fresh, first, out);
        }
        let kept = |taken: &Taken| match taken {
            Taken::Kept(marks) => Some(sign_of(*marks)),
            _ => None,
        };
        let signs = || out.taken[first..].iter().filter_map(kept);
        if let Some(sign) = signs().find(|sign| *sign == Sign::Fix).or_else(|| signs().next()) {
            self.receive(around, sign, out);
        }
        // Of those that came together the newest is the one of now.
        let newest = (first..out.taken.len()).filter_map(|at| match out.taken[at] {
            Taken::Kept(marks) if sign_of(marks) == Sign::Fix => Some((fixes[at - first].fixed_at, at - first, marks)),
            _ => None,
        });
        if let Some((_, at, marks)) = newest.max_by_key(|(fixed_at, at, _)| (*fixed_at, *at)) {
            self.mind_clock(around, &fixes[at], marks, out);
        }
    }

    /// Whether a fix comes after all others and simply continues the path.
    fn is_next(&self, around: Surroundings<'_>, fix: &Fix) -> bool {
        !self.gone
            && self.ahead.is_empty()
            && self.tail.is_empty()
            && self.recalled.is_none()
            && waits(fix.fixed_at, around.now, around.settings).is_none()
            && around.now - fix.fixed_at <= around.settings.too_late
            && self.window.back().is_none_or(|newest| newest.fixed_at < fix.fixed_at)
    }

    /// What becomes of a fix that is not for the window now; `None` when it is.
    fn set_aside(&mut self, around: Surroundings<'_>, fix: &mut Fix) -> Option<Taken> {
        if self.gone {
            return Some(Taken::Kept(fix.marks));
        }
        if self.ahead.iter().any(|held| is_same(held, fix)) {
            return Some(Taken::Duplicate);
        }
        if waits(fix.fixed_at, around.now, around.settings).is_some() {
            fix.marks |= Marks::CLOCK_AHEAD;
            if self.ahead.len() < MAX_AHEAD {
                let mut ahead = self.ahead.take();
                ahead.insert(ahead.partition_point(|held| order(held) <= order(fix)), *fix);
                self.ahead = ahead.into();
                self.due = Some(self.due.map_or(fix.fixed_at, |due| due.min(fix.fixed_at)));
            }
            return Some(Taken::Kept(fix.marks));
        }
        if around.now - fix.fixed_at > around.settings.too_late {
            fix.marks |= Marks::TOO_LATE;
            return Some(Taken::Kept(fix.marks));
        }
        None
    }

    /// What time brought since: fixes of the future whose time came, limits that were reached.
    pub fn time_passes(&mut self, around: Surroundings<'_>, out: &mut Outbox) {
        let ripe = self.ahead.partition_point(|fix| fix.fixed_at <= around.now);
        let mut ripe: Vec<Fix> = match ripe {
            0 => Vec::new(),
            _ => {
                let mut ahead = self.ahead.take();
                let ripe = ahead.drain(..ripe).collect();
                self.ahead = ahead.into();
                ripe
            }
        };
        if !ripe.is_empty() {
            ripe.iter_mut().for_each(|fix| fix.marks.remove(Marks::CLOCK_AHEAD));
            let mut for_window: Vec<usize> = (0..ripe.len()).collect();
            let first = out.taken.len();
            out.taken.extend(ripe.iter().map(|_| Taken::Duplicate));
            self.ask_past(around, &mut ripe, &mut for_window, first, &NoPast, out);
            self.join(around, &mut ripe, &for_window, first, out);
            out.taken.truncate(first);
        }
        self.renew_tail(around, out);
    }

    /// Asks for the memory of what the next fix will ask of it. Changes nothing.
    pub fn bring_near(&self) {
        hint_up_to(self, offset_of!(Track, window) + Window::PLAIN);
    }

    /// The same for its fixes and visits, when [`Track::bring_near`] has had its time.
    pub fn bring_fixes_near(&self) {
        self.window.bring_fixes_near();
        self.zones.as_deref().and_then(<[ZoneNow]>::first).into_iter().for_each(hint);
        self.state.visits.bring_near();
        self.state.inside.first().into_iter().for_each(hint);
    }

    /// The same for what its next fix makes it forget.
    pub fn bring_oldest_near(&self) {
        self.window.bring_oldest_near();
    }

    /// The same for the events of that, when [`Track::bring_oldest_near`] has had its time.
    pub fn bring_oldest_events_near(&self) {
        self.window.bring_oldest_events_near();
    }

    /// Whether its next fix asks about zones wherever it is.
    pub fn is_unsettled(&self) -> bool {
        !self.state.quiet.calm
    }

    /// The zone revisions that its next fix asks about wherever it is: those of visits that are not settled.
    pub fn unsettled(&self) -> impl Iterator<Item = Slot> + Clone + '_ {
        let briefs = if self.state.quiet.calm { &[] } else { self.state.visits.briefs() };
        briefs.iter().filter(|visit| !visit.calm).map(|visit| visit.slot)
    }

    /// The same for what a fix changes whose way meets these zone revisions; gives where their visits stand.
    pub fn bring_changing_near(&self, slots: impl Iterator<Item = Slot>) -> impl Iterator<Item = u32> {
        hint_all(&self.window);
        hint_all(&self.ledger);
        let visits = &self.state.visits;
        visits.places_of(slots).inspect(|place| hint_all(visits.at(*place)))
    }

    /// The same again, when [`Track::bring_changing_near`] has had its time.
    pub fn bring_newest_near(&self) {
        self.window.bring_newest_near();
        self.ledger.bring_near();
    }

    /// The same for the events of a visit.
    pub fn bring_events_near(&self, visit: u32) {
        self.state.visits.at(visit).open.iter().for_each(EventCore::bring_near);
    }

    /// The same for what was told of them, when [`Track::bring_events_near`] has had its time.
    pub fn bring_told_near(&self, visit: u32) {
        self.state.visits.at(visit).open.iter().for_each(|event| self.ledger.bring_row_near(event.id()));
    }

    /// A revision of the vehicle's attributes from `at` on. A deleted vehicle that comes back begins anew; what was told of it
    /// stands.
    pub fn set_attributes(&mut self, at: UnixMs, vehicle: Arc<Vehicle>) {
        if self.gone {
            *self = Track { ledger: std::mem::take(&mut self.ledger), ..Track::default() };
        }
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

    /// Where it was last by its path.
    pub fn spot(&self) -> Option<Position> {
        Some(self.state.last?.position)
    }

    /// What was told of its events and alarms.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The same, for acts and for time.
    pub fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// The zone revisions under which its visits go on or went on in its window.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.window.pile().slots().chain(self.state.slots())
    }

    /// The oldest instant that judging its window again asks about.
    pub fn oldest(&self) -> UnixMs {
        let Some(front) = self.window.front() else { return UnixMs::MAX };
        self.last_before(0).map_or(front.fixed_at, |last| last.fixed_at)
    }

    /// The vehicle was deleted: what goes on ends now, and nothing more is judged.
    pub fn end(&mut self, around: Surroundings<'_>, tells: &mut Tells) {
        let mut open: Vec<EventCore> = Vec::new();
        let standing = self.state.open().chain(&self.tail).chain(self.heard_open());
        // What time has ended is over.
        let is_over =
            |event: &EventCore| self.tail.iter().any(|other| other.id() == event.id() && other.ended_at.is_some());
        for event in standing.filter(|event| event.ended_at.is_none() && !is_over(event)) {
            if open.iter().all(|known| known.id() != event.id()) {
                open.push(event.clone());
            }
        }
        for event in open {
            self.ledger.stands(&event.ended(around.now), around.now, around.settings, tells);
        }
        self.ledger.follow(around.horizon, around.now, tells);
        let ledger = std::mem::take(&mut self.ledger);
        *self = Track { ledger, gone: true, ..Track::default() };
    }

    /// Where it is now; `None` when it is gone.
    pub fn now(&self, key: VehicleKey) -> Option<VehicleNow> {
        if self.gone {
            return None;
        }
        let zones = match &self.zones {
            Some(zones) => Arc::clone(zones),
            None => match self.visits_now().briefs() {
                // Most are in no zone: they share one empty list.
                [] => Arc::default(),
                visits => visits.iter().map(zone_now).collect(),
            },
        };
        Some(VehicleNow { key, last: self.state.last, zones })
    }

    /// The same, and remembers the list of zones for the next time.
    pub fn now_again(&mut self, key: VehicleKey) -> Option<VehicleNow> {
        let now = self.now(key)?;
        self.zones.get_or_insert_with(|| Arc::clone(&now.zones));
        Some(now)
    }

    /// Gives every slot its number in another map.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        self.state.renumber(slot);
        self.window.pile_mut().renumber(slot);
        if let Some(visits) = &mut self.visits {
            visits.renumber(slot);
        }
    }

    /// The visits that go on by the revisions in force now.
    fn visits_now(&self) -> &Visits {
        self.visits.as_deref().unwrap_or(&self.state.visits)
    }

    fn context<'a>(&'a self, around: Surroundings<'a>) -> Context<'a> {
        around.context(&self.attributes)
    }

    /// Puts fixes at their places in the window, runs the steps from the first of them on and tells what that changes.
    /// `chosen` are the indices of the fixes to take; what becomes of each is said at `first` and its index.
    fn join(&mut self, around: Surroundings<'_>, fixes: &mut [Fix], chosen: &[usize], first: usize, out: &mut Outbox) {
        let Some(earliest) = chosen.iter().map(|i| fixes[*i].fixed_at).min() else { return };
        let recalled = self.recalled.take();
        let map = recalled.as_ref().and_then(|recalled| recalled.map.as_ref()).unwrap_or(around.map);
        let there = Surroundings { map, ..around };
        let from = self.window.place_at(earliest);
        let old = self.standing_from(from);
        self.rewind(from);
        for &i in chosen {
            let fix = fixes[i];
            if self.place_of(&fix).is_none() {
                self.window.insert(fix, |known, new| order(known) <= order(new));
                out.taken[first + i] = Taken::Kept(fix.marks);
            }
        }
        let marks = self.run_from(there, from, out);
        for &i in chosen {
            let fix = &mut fixes[i];
            if out.taken[first + i] == Taken::Duplicate {
                continue;
            }
            let place = self.place_of(fix).expect("it was just inserted");
            fix.marks |= marks[place - from];
            if self.window.fixes_from(place + 1).next().is_some_and(|later| later.fixed_at == fix.fixed_at) {
                fix.marks |= Marks::SAME_INSTANT;
            }
            out.taken[first + i] = Taken::Kept(fix.marks);
        }
        self.look_ahead(there);
        self.tell(there, from, old, out);
        self.recalled = recalled;
        if self.recalled.is_none() {
            self.trim(around);
        }
    }

    /// Where in the window the same fix is.
    fn place_of(&self, fix: &Fix) -> Option<usize> {
        let from = self.window.place_at(fix.fixed_at);
        let mut same_instant =
            self.window.fixes_from(from).take_while(|held| held.fixed_at == fix.fixed_at).enumerate();
        same_instant.find(|(_, held)| is_same(held, fix)).map(|(nth, _)| from + nth)
    }

    /// Whether a record of those that are judged now is not in the window.
    pub fn has_left_now(&self) -> bool {
        self.left_now
    }

    /// A record of the vehicle at this position is not in the window.
    pub fn left_by(&mut self, position: JournalPosition) {
        self.left_position = self.left_position.max(position);
        self.left_now = false;
    }

    /// The usual case of [`Track::join`]: the newest fix, and nothing that time brought before it. Returns its marks.
    fn append(&mut self, around: Surroundings<'_>, fix: &mut Fix, out: &mut Outbox) -> Marks {
        self.window.push(*fix, around.settings.window_fixes);
        let last = self.window.len() - 1;
        self.mark_hour(around, last, out);
        let did = self.step_at(around, last, out);
        fix.marks |= did.marks;
        self.look_ahead(around);
        if did.has_events || !self.tail.is_empty() {
            self.tell(around, last, Events::new(), out);
        }
        self.trim(around);
        fix.marks
    }

    /// Steps over the fix at a place of the window: the state is the one before it.
    fn step_at(&mut self, around: Surroundings<'_>, place: usize, out: &mut Outbox) -> Did {
        let keep_last = place.checked_sub(1).is_none_or(|before| !self.window.is_plain(before));
        let fix = *self.window.fix(place);
        let changes = self.window.changes();
        let context = around.context(&self.attributes);
        let mut turn = Turn::begin(&mut self.state, self.window.pile_mut(), keep_last);
        let mut stepped = context.step(&mut turn, &fix, &mut out.scratch);
        if turn.changed_visits() {
            self.zones = None;
        }
        let path = match stepped.arrived {
            false => Path::Skipped,
            true if self.state.last.as_ref() == Some(&fix) => Path::Plain,
            true => Path::Marked,
        };
        let has_events = !stepped.events.is_empty();
        self.window.did(place, path, changes, &mut stepped.events);
        out.scratch.events = stepped.events;
        Did { marks: stepped.marks, has_events }
    }

    /// Writes a checkpoint if the fix at a place of the window is the first of its hour: the state is the one before it.
    fn mark_hour(&self, around: Surroundings<'_>, place: usize, out: &mut Outbox) {
        let at = self.window.fix(place).fixed_at;
        let before = place.checked_sub(1).map_or(self.left, |before| Some(self.window.fix(before).fixed_at));
        let Some(before) = before.filter(|_| self.state.last.is_some()) else { return };
        let hour = hour_of(at);
        if before < hour {
            out.checkpoints.push(Checkpoint::of(around.vehicle, hour, &self.state, around.map));
        }
    }

    /// Brings the state back to the one before a place of the window.
    fn rewind(&mut self, to: usize) {
        for place in (to..self.window.len()).rev() {
            let last = self.last_before(place);
            self.window.take_back(place, &mut self.state, last);
        }
        self.zones = None;
    }

    /// The last fix of the path before the step at a place of the window.
    fn last_before(&self, place: usize) -> Option<Fix> {
        match self.window.last_before(place) {
            Some(last) => last,
            None if place == 0 => self.base_last,
            None => Some(*self.window.fix(place - 1)),
        }
    }

    /// Runs the steps of the window from a place on; returns the marks that each step found.
    fn run_from(&mut self, around: Surroundings<'_>, from: usize, out: &mut Outbox) -> Vec<Marks> {
        let mut marks = Vec::with_capacity(self.window.len() - from);
        for place in from..self.window.len() {
            self.mark_hour(around, place, out);
            let fix = self.window.fix(place);
            let replaced = joins_path(fix.marks)
                && self
                    .window
                    .fixes_from(place + 1)
                    .take_while(|later| later.fixed_at == fix.fixed_at)
                    .any(|later| joins_path(later.marks));
            if replaced {
                marks.push(Marks::SAME_INSTANT);
                self.window.did(place, Path::Skipped, self.window.changes(), &mut Events::new());
                continue;
            }
            marks.push(self.step_at(around, place, out).marks);
        }
        marks
    }

    fn renew_tail(&mut self, around: Surroundings<'_>, out: &mut Outbox) {
        let old = self.look_ahead(around);
        if !old.is_empty() || !self.tail.is_empty() {
            self.tell(around, self.window.len(), old, out);
        }
    }

    /// Until when a vehicle that hands in its past is told nothing further that time brought.
    ///
    /// It came with others that are judged next, or it was old when it came, so more of the past is likely to follow in the next
    /// seconds: what would be concluded meanwhile from its not having moved on (a limit that was passed, a post that was left)
    /// is mostly wrong.
    fn catching_up_until(&self, around: Surroundings<'_>) -> Option<UnixMs> {
        if around.more_follow {
            return Some(around.horizon);
        }
        let last = self.state.last.filter(|last| last.received_at - last.fixed_at > around.settings.gap)?;
        Some(last.received_at + around.settings.catch_up).filter(|until| around.horizon < *until)
    }

    /// Derives anew what time brought after the last fix; returns the events that it had brought before.
    fn look_ahead(&mut self, around: Surroundings<'_>) -> Events {
        if let Some(until) = self.catching_up_until(around) {
            let before = self.tail.take();
            // What was told already and is not refuted goes on: taking it back for a minute would be a lie too.
            let mut going_on = Events::new();
            if !before.is_empty() {
                going_on = self.context(around).time_passes(&self.state, around.horizon).events;
                going_on.retain(|event| before.iter().any(|told| told.id() == event.id()));
            }
            self.tail = going_on.into();
            self.visits = None;
            self.zones = None;
            self.set_due(Some(until));
            return before;
        }
        if let Some(due) = self.context(around).next_by_time(&self.state, around.horizon) {
            self.set_due(due);
            if self.visits.take().is_some() {
                self.zones = None;
            }
            return self.tail.take();
        }
        let passed = self.context(around).time_passes(&self.state, around.horizon);
        self.visits = Some(Box::new(passed.visits));
        self.zones = None;
        self.set_due(passed.due);
        std::mem::replace(&mut self.tail, passed.events.into()).take()
    }

    fn set_due(&mut self, due: Option<UnixMs>) {
        let ahead = self.ahead.first().map(|fix| fix.fixed_at);
        self.due = [due, ahead].into_iter().flatten().min();
    }

    fn trim(&mut self, around: Surroundings<'_>) {
        let settings = around.settings;
        let Some(newest) = self.window.back().map(|fix| fix.fixed_at) else { return };
        let mut told = false;
        while self.window.len() > settings.window_fixes
            || self.window.front().is_some_and(|fix| newest - fix.fixed_at > settings.window)
        {
            let goes_on_from_it = self.window.len() > 1 && self.window.last_before(1).is_none();
            let Some((fix, had_events)) = self.window.pop() else { return };
            if goes_on_from_it {
                self.base_last = Some(fix);
            }
            told |= had_events;
            // A record's own position is given after it is judged: one of this very run is told by `left_by`.
            self.left_position = self.left_position.max(around.position);
            self.left_now |= fix.received_at >= around.now;
            self.left = self.left.max(Some(fix.fixed_at));
        }
        if told && self.ledger.wants_sweep() {
            self.sweep();
        }
        if self.attributes.len() > 1 {
            // Attributes that no step of the window can ask for any more: the first begins at the fix before it.
            let oldest = self.oldest().min(newest);
            let stale = self.attributes.iter().skip(1).take_while(|(from, _)| *from <= oldest).count();
            self.attributes.drain(..stale);
        }
    }

    /// Forgets alarms that were done before `before` and that nothing can change any more.
    pub fn forget_alarms(&mut self, before: UnixMs) {
        self.sweep();
        self.ledger.forget_alarms(before);
    }
}

/// What came of a step.
struct Did {
    marks: Marks,
    has_events: bool,
}

fn zone_now(visit: &Brief) -> ZoneNow {
    ZoneNow { zone: visit.zone, since: visit.since, certainty: visit.certainty }
}

fn order(fix: &Fix) -> (UnixMs, crate::fix::Source, Position, Option<crate::units::DeciKph>) {
    (fix.fixed_at, fix.source, fix.position, fix.speed)
}

fn is_same(a: &Fix, b: &Fix) -> bool {
    a.fixed_at == b.fixed_at && a.position == b.position
}
