//! What the engine remembers of one vehicle after a fix, and how a step is taken back.
//!
//! A step changes a [`State`] in place and leaves an [`Undo`] when it changed more than the last fix: a late fix goes back
//! by undoing, and forward again by stepping. Nothing is shared between states, so a quiet step costs no allocation.

use super::absence::Absence;
use super::frozen::Still;
use super::terminal::Terminal;
use crate::event::{Certainty, EventCore, FixRef};
use crate::fix::Fix;
use crate::ids::ZoneKey;
use crate::index::Slot;
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// The events of one step.
pub type Events = SmallVec<[EventCore; 2]>;

/// The events of a visit that go on: mostly one.
pub type Open = SmallVec<[EventCore; 1]>;

/// Everything that the next fix is judged against.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last fix on the path; its position is the one that was judged.
    pub last: Option<Fix>,
    /// Where the vehicle parked, while its ignition is off.
    pub parked: Option<Position>,
    /// The version of the one-map that `inside` was found with.
    pub map_version: u64,
    /// How much the next step need not ask.
    pub quiet: Quiet,
    /// Fixes that may be a teleport, until enough of them agree.
    pub suspects: Vec<Fix>,
    /// The zone revisions whose ground holds the last position, whether in force or not; sorted.
    pub inside: Vec<Slot>,
    /// Visits that go on, by zone.
    pub visits: Vec<Visit>,
    /// Its absences from zones in which somebody must be, by zone.
    pub absences: Vec<Absence>,
    /// What the terminal said last of its own alarms.
    #[serde(default)]
    pub terminal: Terminal,
    /// While it says that it moves and its position stands still.
    #[serde(default)]
    pub still: Option<Box<Still>>,
}

/// What a step noted of its end for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From this instant on (event and journal time) the zones around change nothing by time while the map stays the same;
    /// `UnixMs::MAX` when they may.
    pub steady_from: UnixMs,
    /// When the first of the visits that wait for a second fix settles without one; `UnixMs::MAX` when none waits.
    pub settles_at: UnixMs,
    /// Whether every visit is calm.
    pub calm: bool,
}

impl Default for Quiet {
    fn default() -> Quiet {
        Quiet { steady_from: UnixMs::MIN, settles_at: UnixMs::MAX, calm: true }
    }
}

impl State {
    /// Every event that goes on.
    pub fn open(&self) -> impl Iterator<Item = &EventCore> {
        let visits = self.visits.iter().flat_map(|visit| &visit.open);
        let absences = self.absences.iter().flat_map(|absence| &absence.open);
        let terminal = self.terminal.open.iter().map(|(_, event)| event);
        visits.chain(absences).chain(terminal).chain(self.still.iter().filter_map(|still| still.open.as_ref()))
    }

    /// The zone revisions under which its visits and absences go on.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.visits.iter().map(|visit| visit.slot).chain(self.absences.iter().map(|absence| absence.slot))
    }

    /// The visit to a zone.
    pub fn visit(&self, zone: ZoneKey) -> Option<&Visit> {
        self.visits.binary_search_by_key(&zone, |visit| visit.zone).ok().map(|place| &self.visits[place])
    }

    /// Puts a visit in the place of the one to the same zone; returns what was there.
    fn put(&mut self, zone: ZoneKey, visit: Option<Visit>) -> Option<Visit> {
        match (self.visits.binary_search_by_key(&zone, |visit| visit.zone), visit) {
            (Ok(place), Some(visit)) => Some(std::mem::replace(&mut self.visits[place], visit)),
            (Ok(place), None) => Some(self.visits.remove(place)),
            (Err(place), Some(visit)) => {
                self.visits.insert(place, visit);
                None
            }
            (Err(_), None) => None,
        }
    }
}

/// What a step changed besides the last fix, as it was before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The last fix before, when the window does not hold it as the fix before.
    last: Option<Box<Option<Fix>>>,
    parked: Option<Position>,
    map_version: u64,
    quiet: Quiet,
    suspects: Option<Vec<Fix>>,
    inside: Option<SmallVec<[Slot; 4]>>,
    visits: SmallVec<[(ZoneKey, Option<Visit>); 1]>,
    absences: Option<Vec<Absence>>,
    terminal: Option<Box<Terminal>>,
    still: Option<Option<Box<Still>>>,
}

impl Undo {
    /// Takes a step back. `last` is the fix before in the window.
    pub fn apply(self, state: &mut State, last: Option<Fix>) {
        state.last = self.last.map_or(last, |last| *last);
        state.parked = self.parked;
        state.map_version = self.map_version;
        state.quiet = self.quiet;
        if let Some(suspects) = self.suspects {
            state.suspects = suspects;
        }
        if let Some(inside) = self.inside {
            state.inside = inside.into_vec();
        }
        for (zone, visit) in self.visits {
            state.put(zone, visit);
        }
        if let Some(absences) = self.absences {
            state.absences = absences;
        }
        if let Some(terminal) = self.terminal {
            state.terminal = *terminal;
        }
        if let Some(still) = self.still {
            state.still = still;
        }
    }

    /// The last fix before, when it says so itself.
    pub fn last(&self) -> Option<Option<Fix>> {
        self.last.as_deref().copied()
    }

    /// Whether it changes visits.
    pub fn touches_visits(&self) -> bool {
        !self.visits.is_empty()
    }

    /// Every event that goes on again with what it brings back.
    pub fn open(&self) -> impl Iterator<Item = &EventCore> {
        let terminal = self.terminal.iter().flat_map(|terminal| &terminal.open);
        let absences = self.absences.iter().flatten().flat_map(|absence| &absence.open);
        let still = self.still.iter().flatten().filter_map(|still| still.open.as_ref());
        let visits = self.visits().flat_map(|visit| &visit.open);
        visits.chain(absences).chain(terminal.map(|(_, event)| event)).chain(still)
    }

    /// The visits that it brings back.
    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter_map(|(_, visit)| visit.as_ref())
    }

    /// The zone revisions under which the visits and absences went on that it brings back.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let absences = self.absences.iter().flatten().map(|absence| absence.slot);
        self.visits().map(|visit| visit.slot).chain(absences)
    }

    /// Every list of slots that it holds, for renumbering.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        self.map_version = 0;
        if let Some(inside) = &mut self.inside {
            let mut list = std::mem::take(inside).into_vec();
            renumber_list(&mut list, slot);
            *inside = list.into();
        }
        self.absences.iter_mut().for_each(|absences| renumber_absences(absences, slot));
        for (_, visit) in &mut self.visits {
            if let Some(found) = visit {
                match slot(found.slot) {
                    Some(slot) => found.slot = slot,
                    None => *visit = None,
                }
            }
        }
    }
}

impl State {
    /// Gives every slot its number in another map.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        self.map_version = 0;
        renumber_list(&mut self.inside, slot);
        renumber_absences(&mut self.absences, slot);
        self.visits.retain_mut(|visit| {
            slot(visit.slot).is_some_and(|slot| {
                visit.slot = slot;
                true
            })
        });
    }
}

fn renumber_absences(absences: &mut Vec<Absence>, slot: &impl Fn(Slot) -> Option<Slot>) {
    absences.retain_mut(|absence| {
        slot(absence.slot).is_some_and(|slot| {
            absence.slot = slot;
            true
        })
    });
}

fn renumber_list(slots: &mut Vec<Slot>, slot: &impl Fn(Slot) -> Option<Slot>) {
    *slots = slots.iter().filter_map(|&old| slot(old)).collect();
    slots.sort_unstable();
}

/// A step under way: every change of the state goes through it, so that it can be undone.
pub struct Turn<'s> {
    state: &'s mut State,
    undo: Option<Box<Undo>>,
}

impl<'s> Turn<'s> {
    /// Begins a step. `keep_last`: the window does not hold the state's last fix as the fix before.
    pub fn begin(state: &'s mut State, keep_last: bool) -> Turn<'s> {
        let mut turn = Turn { state, undo: None };
        if keep_last {
            let last = turn.state.last;
            turn.undo().last = Some(Box::new(last));
        }
        turn
    }

    /// What undoes the step; `None` when it changed the last fix at most.
    pub fn finish(self) -> Option<Box<Undo>> {
        self.undo
    }

    /// The state as it is now.
    pub fn state(&self) -> &State {
        self.state
    }

    fn undo(&mut self) -> &mut Undo {
        let state = &self.state;
        self.undo.get_or_insert_with(|| {
            Box::new(Undo {
                last: None,
                parked: state.parked,
                map_version: state.map_version,
                quiet: state.quiet,
                suspects: None,
                inside: None,
                visits: SmallVec::new(),
                absences: None,
                terminal: None,
                still: None,
            })
        })
    }

    /// The path goes on to here. Not recorded: see [`Turn::begin`].
    pub fn set_last(&mut self, last: Fix) {
        self.state.last = Some(last);
    }

    /// Where the vehicle parked.
    pub fn set_parked(&mut self, parked: Option<Position>) {
        if self.state.parked != parked {
            self.undo();
            self.state.parked = parked;
        }
    }

    /// The map that `inside` was found with.
    pub fn set_map_version(&mut self, version: u64) {
        if self.state.map_version != version {
            self.undo();
            self.state.map_version = version;
        }
    }

    /// How much the next step need not ask.
    pub fn set_quiet(&mut self, quiet: Quiet) {
        if self.state.quiet != quiet {
            self.undo();
            self.state.quiet = quiet;
        }
    }

    /// Fixes that may be a teleport.
    pub fn set_suspects(&mut self, suspects: Vec<Fix>) {
        if self.state.suspects != suspects {
            let before = std::mem::replace(&mut self.state.suspects, suspects);
            self.undo().suspects.get_or_insert(before);
        }
    }

    /// The zone revisions whose ground holds the place, sorted.
    pub fn set_inside(&mut self, slots: &[Slot]) {
        if self.state.inside != slots {
            if self.undo().inside.is_none() {
                let before = SmallVec::from_slice(&self.state.inside);
                self.undo().inside = Some(before);
            }
            self.state.inside.clear();
            self.state.inside.extend_from_slice(slots);
        }
    }

    /// Its absences from zones in which somebody must be.
    pub fn set_absences(&mut self, absences: Vec<Absence>) {
        if self.state.absences != absences {
            let before = std::mem::replace(&mut self.state.absences, absences);
            self.undo().absences.get_or_insert(before);
        }
    }

    /// What the terminal said of its own alarms.
    pub fn set_terminal(&mut self, terminal: Terminal) {
        let before = std::mem::replace(&mut self.state.terminal, terminal);
        self.undo().terminal.get_or_insert_with(|| Box::new(before));
    }

    /// While it says that it moves and its position stands still.
    pub fn set_still(&mut self, still: Option<Box<Still>>) {
        let before = std::mem::replace(&mut self.state.still, still);
        self.undo().still.get_or_insert(before);
    }

    /// The visit to a zone: begun, changed or over.
    pub fn put_visit(&mut self, zone: ZoneKey, visit: Option<Visit>) {
        let same = match (self.state.visit(zone), &visit) {
            (Some(before), Some(after)) => before.is_same(after),
            (None, None) => true,
            _ => false,
        };
        if same {
            return;
        }
        let before = self.state.put(zone, visit);
        let undo = self.undo();
        if undo.visits.iter().all(|(known, _)| *known != zone) {
            undo.visits.push((zone, before));
        }
    }
}

/// One stay of a vehicle in a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Which zone.
    pub zone: ZoneKey,
    /// The revision that judged it last.
    pub slot: Slot,
    /// Inside, and no rule of the zone can fire without a crossing: a quiet step changes nothing.
    pub calm: bool,
    /// From when on its zone changes nothing by time while the map stays the same; `UnixMs::MAX` when it may.
    pub steady_from: UnixMs,
    /// Where it stands.
    pub phase: Phase,
    /// How it began.
    pub entered: Arc<Edge>,
    /// Its events that have not ended.
    pub open: Open,
}

impl Visit {
    /// Whether nothing was changed, told by identity where that is cheaper: never true of different visits.
    fn is_same(&self, other: &Visit) -> bool {
        self.slot == other.slot
            && self.calm == other.calm
            && self.steady_from == other.steady_from
            && self.phase == other.phase
            && Arc::ptr_eq(&self.entered, &other.entered)
            && self.open.len() == other.open.len()
            && self.open.iter().zip(&other.open).all(|(one, two)| one.is_same(two))
    }
}

/// Where a visit stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Phase {
    /// Inside, but not yet deep enough or long enough.
    Entering {
        /// The first fix inside.
        since: UnixMs,
    },
    /// Inside.
    Inside,
    /// Outside, but not yet far enough.
    Leaving {
        /// The way out.
        edge: Arc<Edge>,
    },
}

/// How a visit began or ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// When, interpolated.
    pub at: UnixMs,
    /// Where, interpolated.
    pub position: Position,
    /// The fix before.
    pub before: Option<FixRef>,
    /// The fix after.
    pub after: FixRef,
    /// The judged places of both fixes, for the test with the path shifted sideways.
    pub segment: (Position, Position),
    /// What is known of it.
    pub kind: EdgeKind,
    /// How sure; set when the edge is confirmed.
    pub certainty: Certainty,
    /// How far the deciding fix is from the boundary, at most what was needed; set when the edge is confirmed.
    pub margin: Millimetres,
}

/// What is known of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EdgeKind {
    /// The path met the boundary.
    Crossed,
    /// After a gap or a jump.
    AfterGap,
    /// The vehicle's first fix was inside.
    AtStart,
    /// The zone came to the vehicle.
    ZoneChanged,
}
