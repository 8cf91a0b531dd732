//! One fix after another: the state after a fix from the state before it, and what time alone brings.
//!
//! Pure: the same state, fix and one-map give the same events. Late fixes rely on it: the engine goes back to an earlier
//! state and steps forward again.

use super::emit::{Emitter, Found, fix_ref, standing};
use super::foreseen::Foreseen;
use super::leg::{Leg, Passage, implied_speed};
use super::settings::Settings;
use super::state::{Events, Open, Phase, Quiet, State, Turn};
use super::undo::Pile;
use super::visits::{Edge, EdgeKind, Visit, Visits};
use crate::event::{Certainty, EventKind, Thresholds, ZoneChange};
use crate::exemption::ExemptionBook;
use crate::fix::{Fix, Marks};
use crate::geodesy::distance;
use crate::ids::VehicleKey;
use crate::index::{Hit, Slot, Way};
use crate::onemap::{OneMap, ZoneInForce};
use crate::position::Position;
use crate::units::{Millimetres, SpanMs, UnixMs};
use crate::vehicle::Vehicle;
use crate::zone::RuleWhen;
use smallvec::SmallVec;
use std::sync::Arc;

/// What a step reads besides the state and the fix.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub map: &'a OneMap,
    pub settings: &'a Settings,
    pub vehicle: VehicleKey,
    pub attributes: &'a [(UnixMs, Arc<Vehicle>)],
    pub exemptions: &'a ExemptionBook,
}

/// Room that steps work in: what is in it between steps means nothing.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Ways that were looked up before they are asked for.
    pub foreseen: Foreseen,
    way: Way,
    after: Vec<Slot>,
    slots: Vec<Slot>,
    /// Empty, with the room of earlier steps.
    pub events: Events,
}

/// What a step made: events, and what it found doubtful about the fix.
#[derive(Default)]
pub struct Stepped {
    pub events: Events,
    pub marks: Marks,
    /// Whether the path now goes to the fix.
    pub arrived: bool,
}

/// What time alone brought after a vehicle's last fix.
pub struct Passed {
    pub events: Events,
    /// When to look again.
    pub due: Option<UnixMs>,
    /// The visits that go on by the revisions in force now.
    pub visits: Visits,
}

/// Whether a fix with these marks is judged at all.
pub fn joins_path(marks: Marks) -> bool {
    !marks.intersects(
        Marks::NO_FIX
            | Marks::NULL_ISLAND
            | Marks::ENCRYPTED
            | Marks::CLOCK_AHEAD
            | Marks::AWAITS_HISTORY
            | Marks::TOO_LATE,
    )
}

impl<'a> Context<'a> {
    /// Steps over one fix, which must not be older than the state's last.
    pub fn step(&self, turn: &mut Turn<'_>, fix: &Fix, scratch: &mut Scratch) -> Stepped {
        if !self.is_news_of_terminal(turn.state().terminal.bits, fix) {
            return self.step_on(turn, fix, scratch);
        }
        // A person who calls for help is heard though the position is not known.
        let heard = self.hear_terminal(turn, fix);
        let mut stepped = self.step_on(turn, fix, scratch);
        stepped.events.splice(0..0, heard);
        stepped
    }

    fn step_on(&self, turn: &mut Turn<'_>, fix: &Fix, scratch: &mut Scratch) -> Stepped {
        if !joins_path(fix.marks) {
            return Stepped::default();
        }
        if let Some(last) = &turn.state().last
            && self.is_impossible(last, fix)
        {
            return self.suspect(turn, fix, scratch);
        }
        if !turn.state().suspects.is_empty() {
            turn.set_suspects(Vec::new());
        }
        let events = std::mem::take(&mut scratch.events);
        let mut emitter = Emitter { events, ..self.emitter(fix.received_at) };
        let marks = self.arrive(turn, fix, true, scratch, &mut emitter);
        Stepped { events: emitter.events, marks, arrived: true }
    }

    /// When time alone may bring something to a state to which it has brought nothing by `now`; `Some(None)` when it never
    /// will, `None` when letting it pass must show.
    pub fn next_by_time(&self, state: &State, now: UnixMs) -> Option<Option<UnixMs>> {
        let Some(last) = &state.last else { return Some(None) };
        let Quiet { steady_from, settles_at, .. } = state.quiet;
        let is_known =
            state.map_version == self.map.version() && steady_from < UnixMs::MAX && settles_at > now.max(last.fixed_at);
        is_known.then(|| Some(settles_at).filter(|at| *at < UnixMs::MAX))
    }

    /// What time alone brings to a state by `now`.
    pub fn time_passes(&self, state: &State, now: UnixMs) -> Passed {
        let Some(last) = state.last else {
            return Passed { events: Events::new(), due: None, visits: Visits::default() };
        };
        let mut state = state.clone();
        let now = now.max(last.fixed_at);
        let mut emitter = self.emitter(now);
        let mut pile = Pile::default();
        self.roll(&mut Turn::begin(&mut state, &mut pile, false), &last, now, now, &mut emitter);
        let mut due: Option<UnixMs> = None;
        let mut look_at = |at: UnixMs| {
            if at > now && at < UnixMs::MAX {
                due = Some(due.map_or(at, |d| d.min(at)));
            }
        };
        let silent = now - last.fixed_at > self.settings.gap;
        for visit in state.visits.iter() {
            let mut visit = visit.clone();
            let Some(entry) = self.map.zone(visit.slot) else { continue };
            if let Phase::Entering { since } = visit.phase {
                let settled = since + self.settings.settle;
                look_at(settled);
                if settled > now {
                    continue;
                }
                settle_by_time(entry, &mut visit, &mut emitter);
            }
            if matches!(visit.phase, Phase::Inside) {
                let certainty = if silent { Certainty::Unknown } else { Certainty::Certain };
                emitter.dwell(entry, &mut visit, now, &last, certainty);
                emitter.reconcile(entry, &mut visit, now, &last, certainty);
                emitter.next_due(&entry.zone, &visit, now).into_iter().for_each(&mut look_at);
            }
        }
        self.mind_absences(&mut Turn::begin(&mut state, &mut pile, false), &last, now, now, &mut emitter);
        for absence in &state.absences {
            self.absence_due(absence, now, &emitter).into_iter().for_each(&mut look_at);
        }
        for slot in &state.inside {
            if let Some(entry) = self.map.zone(*slot) {
                entry.next_change(now).into_iter().for_each(&mut look_at);
            }
        }
        Passed { events: emitter.events, due, visits: state.visits }
    }

    fn emitter(&self, known: UnixMs) -> Emitter<'a> {
        Emitter {
            map: self.map,
            exemptions: self.exemptions,
            vehicle: self.vehicle,
            attributes: self.attributes,
            known,
            events: Events::new(),
            left: SmallVec::new(),
        }
    }

    /// Whether no vehicle can have come from one fix to the other in time.
    #[inline]
    pub fn is_impossible(&self, last: &Fix, fix: &Fix) -> bool {
        let span = fix.fixed_at - last.fixed_at;
        // A cheap bound first: a unit of latitude or longitude is at most 11.2 mm.
        let units = i64::from(last.position.lon_e7).abs_diff(fix.position.lon_e7.into())
            + i64::from(last.position.lat_e7).abs_diff(fix.position.lat_e7.into());
        let limit = u64::from(self.settings.max_kph);
        if units.saturating_mul(112).saturating_mul(36) / 10 <= limit * 10 * span.0.unsigned_abs() {
            return false;
        }
        implied_speed(last.position, fix.position, span).is_none_or(|speed| u64::from(speed.0) > limit * 10)
    }

    /// Keeps a doubtful fix aside, or believes it when enough agree.
    fn suspect(&self, turn: &mut Turn<'_>, fix: &Fix, scratch: &mut Scratch) -> Stepped {
        let mut suspects = turn.state().suspects.to_vec();
        if suspects.last().is_some_and(|last| self.is_impossible(last, fix)) {
            suspects.clear();
        }
        suspects.push(*fix);
        if suspects.len() < self.settings.teleport_agree as usize {
            turn.set_suspects(suspects);
            return Stepped { events: Events::new(), marks: Marks::TELEPORT, arrived: false };
        }
        turn.set_suspects(Vec::new());
        let mut emitter = self.emitter(fix.received_at);
        for (i, fix) in suspects.iter().enumerate() {
            self.arrive(turn, fix, i > 0, scratch, &mut emitter);
        }
        Stepped { events: emitter.events, marks: Marks::empty(), arrived: true }
    }

    /// The path goes on to a fix.
    fn arrive(
        &self,
        turn: &mut Turn<'_>,
        fix: &Fix,
        believable: bool,
        scratch: &mut Scratch,
        emitter: &mut Emitter<'a>,
    ) -> Marks {
        let before = if self.may_be_frozen(turn, fix) { turn.state().last } else { None };
        let marks = self.move_to(turn, fix, believable, scratch, emitter);
        if let Some(before) = before {
            self.mind_frozen(turn, &before, fix, emitter);
        }
        marks
    }

    fn move_to(
        &self,
        turn: &mut Turn<'_>,
        fix: &Fix,
        believable: bool,
        scratch: &mut Scratch,
        emitter: &mut Emitter<'a>,
    ) -> Marks {
        let mut marks = Marks::empty();
        let mut here = *fix;
        match (fix.acc_on, turn.state().parked) {
            (Some(false), Some(parked)) if distance(parked, fix.position) < self.settings.drift => {
                if parked != fix.position {
                    marks |= Marks::DRIFT;
                }
                here.position = parked;
            }
            (Some(false), _) => turn.set_parked(Some(fix.position)),
            _ => turn.set_parked(None),
        }
        let Some(last) = turn.state().last else {
            self.start(turn, here, fix, emitter);
            return marks;
        };
        let gap = here.fixed_at - last.fixed_at > self.settings.gap;
        if gap {
            marks |= Marks::AFTER_GAP;
        }
        here.marks |= marks;
        if gap || !believable {
            self.say_unknown(&last, &here, gap, emitter);
        }
        let path_known = believable && !gap && !crosses_date_line(last.position, here.position);
        if self.is_steady(turn.state(), &here) && path_known {
            self.find_way(last.position, here.position, scratch);
            if scratch.way.is_empty() && turn.state().quiet.calm {
                turn.set_last(here);
                return marks;
            }
        } else {
            self.roll(turn, &last, here.fixed_at, here.received_at, emitter);
            scratch.way.clear();
            if path_known {
                self.find_way(last.position, here.position, scratch);
            }
        }
        let leg = Leg {
            before: last,
            after: here,
            before_ref: fix_ref(&last),
            after_ref: fix_ref(&Fix { marks: here.marks, ..*fix }),
            path_known,
        };
        self.travel(turn, &leg, scratch, emitter);
        turn.set_last(here);
        self.mind_absences(turn, &last, here.fixed_at, here.received_at, emitter);
        self.say_how_quiet(turn);
        marks
    }

    /// Whether no zone can have changed anything for a state by the time of a fix.
    pub fn is_steady(&self, state: &State, fix: &Fix) -> bool {
        state.map_version == self.map.version()
            && state.quiet.steady_from <= fix.fixed_at
            && state.quiet.steady_from <= fix.received_at
    }

    fn find_way(&self, a: Position, b: Position, scratch: &mut Scratch) {
        if a == b {
            scratch.way.clear();
        } else if !scratch.foreseen.take(self.map, (a, b), &mut scratch.way) {
            self.map.index().cross(a, b, &mut scratch.way);
        }
    }

    /// Notes for the next step from when on only movement changes the state: every zone that holds its place has a visit,
    /// and there is no zone that somebody must be in.
    fn say_how_quiet(&self, turn: &mut Turn<'_>) {
        let state = turn.state();
        let mut quiet = Quiet::default();
        // Both lists mostly name the same zones in the same order.
        let (inside, mut here) = (&state.inside[..], 0);
        for visit in state.visits.briefs() {
            quiet.steady_from = quiet.steady_from.max(visit.steady_from);
            quiet.calm &= visit.calm;
            if visit.entering_since < UnixMs::MAX {
                quiet.settles_at = quiet.settles_at.min(visit.entering_since + self.settings.settle);
            }
            here += usize::from(inside.get(here) == Some(&visit.slot) || inside.binary_search(&visit.slot).is_ok());
        }
        if here < inside.len() || !self.map.guards().is_empty() {
            quiet.steady_from = UnixMs::MAX;
        }
        turn.set_quiet(quiet);
    }

    /// A vehicle's first fix.
    fn start(&self, turn: &mut Turn<'_>, here: Fix, fix: &Fix, emitter: &mut Emitter<'a>) {
        let inside = self.covering(here.position);
        for &slot in &inside {
            let Some(entry) = self.judging_entry(slot, here.fixed_at, here.received_at) else { continue };
            let edge = Edge {
                at: here.fixed_at,
                position: here.position,
                before: None,
                after: fix_ref(fix),
                segment: (here.position, here.position),
                kind: EdgeKind::AtStart,
                certainty: Certainty::Unknown,
                margin: Millimetres(0),
            };
            let visit = begun(entry, slot, edge, emitter);
            keep(turn, visit, Some(entry));
        }
        turn.set_map_version(self.map.version());
        turn.set_inside(&inside);
        turn.set_last(here);
        self.mind_absences(turn, &here, here.fixed_at, here.received_at, emitter);
        self.say_how_quiet(turn);
    }

    /// Brings the visits at a standing place to the revisions that judge at `at` what is received at `known`.
    fn roll(&self, turn: &mut Turn<'_>, last: &Fix, at: UnixMs, known: UnixMs, emitter: &mut Emitter<'a>) {
        if turn.state().map_version != self.map.version() {
            let inside = self.covering(last.position);
            turn.set_inside(&inside);
            turn.set_map_version(self.map.version());
            // What was said of visits was said by another map.
            for visit in turn.state().visits.iter().cloned().collect::<Vec<_>>() {
                let entry = self.map.zone(visit.slot);
                keep(turn, visit, entry);
            }
        }
        let state = turn.state();
        if state.inside.is_empty() && state.visits.is_empty() {
            return;
        }
        let judges = |slot: Slot| self.judging_entry(slot, at, known).is_some();
        // What came and went before `at` is told too, one instant after the other.
        let mut instants: Vec<UnixMs> = Vec::new();
        let grounds = state.inside.iter().copied().chain(state.visits.briefs().iter().map(|visit| visit.slot));
        for entry in grounds.filter_map(|slot| self.map.zone(slot)) {
            let mut t = last.fixed_at;
            while let Some(next) = entry.next_change(t).filter(|next| *next < at && instants.len() < MAX_INSTANTS) {
                instants.push(next);
                t = next;
            }
        }
        let visited = state.visits.briefs().iter().filter_map(|visit| self.map.zone(visit.slot));
        let mut has_timed = false;
        for entry in visited.filter(|entry| entry.has_timed_rules) {
            has_timed = true;
            emitter.changes_between(&entry.zone, last.fixed_at, at, &mut instants);
        }
        let settled = instants.is_empty()
            && !has_timed
            && state.visits.briefs().iter().all(|visit| judges(visit.slot))
            && state
                .inside
                .iter()
                .filter_map(|&slot| self.judging_entry(slot, at, known))
                .all(|entry| state.visit(entry.zone.key).is_some());
        if settled {
            return;
        }
        instants.sort_unstable();
        instants.dedup();
        for t in instants {
            self.roll_to(turn, last, t, known.min(t), emitter);
        }
        self.roll_to(turn, last, at, known, emitter);
    }

    /// One instant of [`Context::roll`].
    fn roll_to(&self, turn: &mut Turn<'_>, last: &Fix, at: UnixMs, known: UnixMs, emitter: &mut Emitter<'a>) {
        let clamp = |t: UnixMs| t.clamp(last.fixed_at, at);
        let inside = turn.state().inside.clone();
        for mut visit in turn.state().visits.iter().cloned().collect::<Vec<_>>() {
            if let Some(entry) = self.judging_entry(visit.slot, at, known) {
                if entry.has_timed_rules && matches!(visit.phase, Phase::Inside) {
                    let silent = at - last.fixed_at > self.settings.gap;
                    let certainty = if silent { Certainty::Unknown } else { Certainty::Certain };
                    emitter.reconcile(entry, &mut visit, at, last, certainty);
                    keep(turn, visit, Some(entry));
                }
                continue;
            }
            let zone = visit.zone;
            let next = self.map.judging(zone, at, known);
            let until = self.map.zone(visit.slot).map_or(at, |entry| clamp(entry.ends_at()));
            self.stay(&mut visit, last, until, emitter);
            match self.moved(&visit, next, &inside, at, last, emitter) {
                Some(visit) => {
                    let entry = self.map.zone(visit.slot);
                    keep(turn, visit, entry);
                }
                None => turn.put_visit(zone, None),
            }
        }
        for &slot in &inside {
            let Some(entry) = self.judging_entry(slot, at, known) else { continue };
            if turn.state().visit(entry.zone.key).is_some() {
                continue;
            }
            let since = entry.since(last.fixed_at, at);
            let dated = entry.zone.valid_from.is_some_and(|from| from > entry.term.recorded_at);
            let dated = dated || since > entry.begins_at();
            let change = match (dated, entry.term.first) {
                (true, _) => ZoneChange::Opened,
                (false, true) => ZoneChange::Appeared,
                (false, false) => ZoneChange::Moved,
            };
            let edge = Edge {
                at: clamp(since),
                position: last.position,
                before: None,
                after: fix_ref(last),
                segment: (last.position, last.position),
                kind: EdgeKind::ZoneChanged,
                certainty: Certainty::Certain,
                margin: Millimetres(0),
            };
            emitter.zone_changed((entry.zone.key, entry.zone.revision), change, edge.at, edge.at, last);
            let mut visit = Visit {
                zone: entry.zone.key,
                slot,
                calm: false,
                steady_from: UnixMs::MAX,
                phase: Phase::Inside,
                entered: edge,
                open: Open::new(),
            };
            let found = standing(visit.entered.at, last);
            emitter.count(entry, &mut visit, &found);
            keep(turn, visit, Some(entry));
        }
    }

    /// Makes a visit what it is after nothing but time passed under its revision.
    fn stay(&self, visit: &mut Visit, last: &Fix, until: UnixMs, emitter: &mut Emitter<'a>) {
        let Some(entry) = self.map.zone(visit.slot) else { return };
        if let Phase::Entering { since } = visit.phase
            && since + self.settings.settle <= until
        {
            settle_by_time(entry, visit, emitter);
        }
        if !matches!(visit.phase, Phase::Inside) {
            return;
        }
        let silent = until - last.fixed_at > self.settings.gap;
        let certainty = if silent { Certainty::Unknown } else { Certainty::Certain };
        emitter.dwell(entry, visit, until, last, certainty);
    }

    /// A visit whose revision judges no more: it goes on under the next one, or it ends.
    fn moved(
        &self,
        visit: &Visit,
        next: Option<Slot>,
        inside: &[Slot],
        at: UnixMs,
        last: &Fix,
        emitter: &mut Emitter<'a>,
    ) -> Option<Visit> {
        let clamp = |t: UnixMs| t.clamp(last.fixed_at, at);
        let before = self.map.zone(visit.slot);
        let entry = next.and_then(|slot| self.map.zone(slot)).or(before)?;
        let zone = (entry.zone.key, entry.zone.revision);
        let (change, at) = match (next, before) {
            (Some(slot), _) if inside.contains(&slot) => {
                let same_ground = before.is_some_and(|b| b.zone.ground == entry.zone.ground);
                if !same_ground {
                    let at = clamp(entry.begins_at());
                    emitter.zone_changed(zone, ZoneChange::Moved, at, visit.entered.at, last);
                }
                let mut visit = Visit { slot, ..visit.clone() };
                let counts = entry.counts || before.is_some_and(|before| before.counts);
                // One that is still on its way in is counted when it has come.
                if counts && !matches!(visit.phase, Phase::Entering { .. }) {
                    emitter.count_anew(entry, &mut visit, clamp(entry.begins_at()), last);
                }
                return Some(visit);
            }
            (Some(_), _) => (ZoneChange::Moved, entry.begins_at()),
            (None, Some(b)) if b.ends_at() > at => (ZoneChange::Closed, at),
            (None, Some(b)) if b.zone.valid_to.is_some_and(|to| to <= b.term.to) => (ZoneChange::Ended, b.ends_at()),
            (None, _) => (ZoneChange::Deleted, entry.ends_at()),
        };
        let at = clamp(at);
        if !matches!(visit.phase, Phase::Entering { .. }) {
            emitter.zone_changed(zone, change, at, visit.entered.at, last);
        }
        emitter.end_all(visit, at);
        emitter.left.push((visit.zone, at));
        None
    }

    /// Applies a leg: which grounds hold the new place, and what each zone makes of the way.
    fn travel(&self, turn: &mut Turn<'_>, leg: &Leg, scratch: &mut Scratch, emitter: &mut Emitter<'a>) {
        let Scratch { way, after, slots, .. } = scratch;
        let (a, b) = (leg.before.position, leg.after.position);
        // A calm visit whose zone the way does not touch stays as it is.
        slots.clear();
        slots.extend(way.slots());
        let state = turn.state();
        slots.extend(state.visits.briefs().iter().filter(|visit| !visit.calm).map(|visit| visit.slot));
        // What the way crosses says which grounds hold its end, unless an end lies on a boundary or the way is not known.
        let crossings_tell = a == b || (leg.path_known && way.grazed.is_empty());
        if !crossings_tell {
            after.clear();
            self.map.index().covering(b, after);
            after.sort_unstable();
            let before = &state.inside;
            slots.extend(before.iter().filter(|slot| after.binary_search(slot).is_err()));
            slots.extend(after.iter().filter(|slot| before.binary_search(slot).is_err()));
        }
        slots.sort_unstable();
        slots.dedup();
        for &slot in slots.iter() {
            let Some(entry) = self.judging_entry(slot, leg.after.fixed_at, leg.after.received_at) else { continue };
            let zone = entry.key.0;
            let hits = way.hits_of(slot);
            let before = turn.state().inside.binary_search(&slot).is_ok();
            let after = if crossings_tell { before ^ is_odd(hits) } else { after.binary_search(&slot).is_ok() };
            let edges = Edges::of(slot, leg, way, hits, (before, after));
            let visit = turn.state().visit(zone);
            if visit.is_none() && edges.is_empty() {
                continue;
            }
            let mut visit = visit.cloned();
            let mut passage = Passage { index: self.map.index(), settings: self.settings, entry, slot, leg, emitter };
            // A revision that came into force on the way says nothing about what was before.
            let floor = entry.term.from.max(entry.valid_from());
            let edges = edges.map(|edge| Edge { at: edge.at.max(floor.min(leg.after.fixed_at)), ..edge });
            passage.go_on(&mut visit, before, edges);
            match visit {
                Some(visit) => keep(turn, visit, Some(entry)),
                None => turn.put_visit(zone, None),
            }
        }
        if !crossings_tell {
            return turn.set_inside(after);
        }
        for hits in way.hits.chunk_by(|x, y| x.slot == y.slot).filter(|hits| is_odd(hits)) {
            turn.change_sides(hits[0].slot);
        }
    }

    fn judging_entry(&self, slot: Slot, at: UnixMs, known: UnixMs) -> Option<&'a ZoneInForce> {
        self.map.zone(slot).filter(|entry| entry.judges(at, known))
    }

    fn covering(&self, p: Position) -> Vec<Slot> {
        let mut slots = Vec::new();
        self.map.index().covering(p, &mut slots);
        slots.sort_unstable();
        slots
    }
}

/// Puts a visit into the state, with what the next quiet step need not ask; `entry` is the revision that judges it.
fn keep(turn: &mut Turn<'_>, mut visit: Visit, entry: Option<&ZoneInForce>) {
    visit.calm = matches!(visit.phase, Phase::Inside) && entry.is_some_and(|entry| !entry.watches_inside);
    visit.steady_from = match entry {
        // Its zone has no dates or limits of time and no later revision.
        Some(entry) if !entry.watches_time && entry.term.to == UnixMs::MAX => {
            entry.term.from.max(entry.term.recorded_at)
        }
        _ => UnixMs::MAX,
    };
    turn.put_visit(visit.zone, Some(visit));
}

/// A visit of a vehicle whose first fix lies inside.
fn begun(entry: &ZoneInForce, slot: Slot, edge: Edge, emitter: &mut Emitter<'_>) -> Visit {
    let mut visit = Visit {
        zone: entry.zone.key,
        slot,
        calm: false,
        steady_from: UnixMs::MAX,
        phase: Phase::Inside,
        entered: edge,
        open: Open::new(),
    };
    let found = Found::edge(EventKind::InsideAtStart, &visit.entered, Thresholds::default());
    emitter.open_for(entry, |when| matches!(when, RuleWhen::Enter), &mut visit, &found);
    emitter.count(entry, &mut visit, &found);
    visit
}

/// An uncertain enter has held for long enough without a second fix.
fn settle_by_time(entry: &ZoneInForce, visit: &mut Visit, emitter: &mut Emitter<'_>) {
    let found = Found::edge(EventKind::Enter, &visit.entered, Thresholds::default());
    emitter.open_for(entry, |when| matches!(when, RuleWhen::Enter), visit, &found);
    emitter.count(entry, visit, &found);
    visit.phase = Phase::Inside;
}

/// The raw crossings of one zone on a leg, in order.
enum Edges<'l> {
    /// Those of the way.
    Of { leg: &'l Leg, hits: &'l [Hit] },
    /// At most one.
    One(Option<Edge>),
}

impl<'l> Edges<'l> {
    /// `hits` are the way's hits of the zone, `before` and `after` whether its ground holds the way's ends.
    fn of(slot: Slot, leg: &'l Leg, way: &Way, hits: &'l [Hit], (before, after): (bool, bool)) -> Edges<'l> {
        if !leg.path_known {
            return Edges::One((before != after).then(|| leg.edge_after_gap()));
        }
        if way.grazed.binary_search(&slot).is_err() {
            return Edges::Of { leg, hits };
        }
        let at_end = |coming_in| hits.last().map_or_else(|| leg.edge_at_end(coming_in), |hit| leg.edge_at(hit));
        Edges::One((before != after).then(|| at_end(after)))
    }

    fn is_empty(&self) -> bool {
        match self {
            Edges::Of { hits, .. } => hits.is_empty(),
            Edges::One(edge) => edge.is_none(),
        }
    }
}

impl Iterator for Edges<'_> {
    type Item = Edge;
    fn next(&mut self) -> Option<Edge> {
        match self {
            Edges::Of { leg, hits } => {
                let (first, rest) = hits.split_first()?;
                let edge = leg.edge_at(first);
                *hits = rest;
                Some(edge)
            }
            Edges::One(edge) => edge.take(),
        }
    }
}

/// Whether the short way between two places leads over 180 degrees: the straight line would lead round the globe.
pub fn crosses_date_line(a: Position, b: Position) -> bool {
    a.lon_e7.abs_diff(b.lon_e7) > 1_800_000_000
}

/// Most changes of zones that are looked at one by one between two fixes: years of a daily schedule.
const MAX_INSTANTS: usize = 10_000;

/// Whether so many crossings of one boundary change sides.
fn is_odd(hits: &[Hit]) -> bool {
    hits.len() % 2 == 1
}

/// How long after `now` a fix with this time waits; `None` when it need not.
pub fn waits(fixed_at: UnixMs, now: UnixMs, settings: &Settings) -> Option<SpanMs> {
    let ahead = fixed_at - now;
    (ahead > settings.ahead).then_some(ahead)
}
