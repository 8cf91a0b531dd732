//! What the engine remembers of one vehicle after a fix, and how a step changes it.
//!
//! A step changes a [`State`] in place and notes on a pile what was there before: a late fix goes back by undoing, and
//! forward again by stepping. Nothing is shared between states, so a quiet step costs no allocation.

use super::absence::Absence;
use super::few::Few;
use super::frozen::Still;
use super::terminal::Terminal;
use super::undo::{Pile, Was};
use super::visits::{Edge, Visit, Visits};
use crate::event::EventCore;
use crate::fix::Fix;
use crate::ids::ZoneKey;
use crate::index::Slot;
use crate::position::Position;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// The events of one step.
pub type Events = Vec<EventCore>;

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
    pub suspects: Few<Fix>,
    /// The zone revisions whose ground holds the last position, whether in force or not; sorted.
    pub inside: Vec<Slot>,
    /// Visits that go on, by zone.
    pub visits: Visits,
    /// Its absences from zones in which somebody must be, by zone.
    pub absences: Few<Absence>,
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
        edge: Box<Edge>,
    },
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
        self.visits.briefs().iter().map(|visit| visit.slot).chain(self.absences.iter().map(|absence| absence.slot))
    }

    /// The visit to a zone.
    pub fn visit(&self, zone: ZoneKey) -> Option<&Visit> {
        self.visits.get(zone)
    }

    /// Gives every slot its number in another map.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        self.map_version = 0;
        self.inside = self.inside.iter().filter_map(|&old| slot(old)).collect();
        self.inside.sort_unstable();
        renumber_absences(&mut self.absences, slot);
        self.visits.renumber(slot);
    }
}

/// Gives the slots of absences their numbers in another map.
pub fn renumber_absences(absences: &mut Few<Absence>, slot: &impl Fn(Slot) -> Option<Slot>) {
    let mut list = absences.take();
    list.retain_mut(|absence| {
        slot(absence.slot).is_some_and(|slot| {
            absence.slot = slot;
            true
        })
    });
    *absences = list.into();
}

/// A step under way: every change of the state goes through it, so that it can be undone.
pub struct Turn<'s> {
    state: &'s mut State,
    pile: &'s mut Pile,
    changed_visits: bool,
}

impl<'s> Turn<'s> {
    /// Begins a step; what undoes it goes on the pile. `keep_last`: the window does not hold the state's last fix as the fix
    /// before.
    pub fn begin(state: &'s mut State, pile: &'s mut Pile, keep_last: bool) -> Turn<'s> {
        if keep_last {
            pile.push(Was::Last(Box::new(state.last)));
        }
        Turn { state, pile, changed_visits: false }
    }

    /// Whether it changed visits.
    pub fn changed_visits(&self) -> bool {
        self.changed_visits
    }

    /// The state as it is now.
    pub fn state(&self) -> &State {
        self.state
    }

    /// The path goes on to here. Not recorded: see [`Turn::begin`].
    pub fn set_last(&mut self, last: Fix) {
        self.state.last = Some(last);
    }

    /// Where the vehicle parked.
    pub fn set_parked(&mut self, parked: Option<Position>) {
        if self.state.parked != parked {
            self.pile.push(Was::Parked(self.state.parked));
            self.state.parked = parked;
        }
    }

    /// The map that `inside` was found with.
    pub fn set_map_version(&mut self, version: u64) {
        if self.state.map_version != version {
            self.pile.push(Was::MapVersion(self.state.map_version));
            self.state.map_version = version;
        }
    }

    /// How much the next step need not ask.
    pub fn set_quiet(&mut self, quiet: Quiet) {
        if self.state.quiet != quiet {
            self.pile.push(Was::Quiet(self.state.quiet));
            self.state.quiet = quiet;
        }
    }

    /// Fixes that may be a teleport.
    pub fn set_suspects(&mut self, suspects: Vec<Fix>) {
        if *self.state.suspects != *suspects {
            let before = std::mem::replace(&mut self.state.suspects, suspects.into());
            self.pile.push(Was::Suspects(before));
        }
    }

    /// The zone revisions whose ground holds the place, sorted.
    pub fn set_inside(&mut self, slots: &[Slot]) {
        let (mut before, mut after) = (&self.state.inside[..], slots);
        if before == after {
            return;
        }
        // The lists of before and after, side by side.
        loop {
            match (before.split_first(), after.split_first()) {
                (Some((one, rest)), Some((two, others))) if one == two => (before, after) = (rest, others),
                (Some((one, rest)), two) if two.is_none_or(|(two, _)| one < two) => {
                    self.pile.push(Was::In(*one));
                    before = rest;
                }
                (_, Some((two, others))) => {
                    self.pile.push(Was::Out(*two));
                    after = others;
                }
                _ => break,
            }
        }
        self.state.inside.clear();
        self.state.inside.extend_from_slice(slots);
    }

    /// The ground of a zone revision holds the place if it did not before, and the other way round.
    pub fn change_sides(&mut self, slot: Slot) {
        match self.state.inside.binary_search(&slot) {
            Ok(place) => {
                self.pile.push(Was::In(slot));
                self.state.inside.remove(place);
            }
            Err(place) => {
                self.pile.push(Was::Out(slot));
                self.state.inside.insert(place, slot);
            }
        }
    }

    /// Its absences from zones in which somebody must be.
    pub fn set_absences(&mut self, absences: Vec<Absence>) {
        if *self.state.absences != *absences {
            let before = std::mem::replace(&mut self.state.absences, absences.into());
            self.pile.push(Was::Absences(before));
        }
    }

    /// What the terminal said of its own alarms.
    pub fn set_terminal(&mut self, terminal: Terminal) {
        let before = std::mem::replace(&mut self.state.terminal, terminal);
        self.pile.push(Was::Terminal(Box::new(before)));
    }

    /// While it says that it moves and its position stands still.
    pub fn set_still(&mut self, still: Option<Box<Still>>) {
        let before = std::mem::replace(&mut self.state.still, still);
        self.pile.push(Was::Still(before));
    }

    /// The visit to a zone: begun, changed or over.
    pub fn put_visit(&mut self, zone: ZoneKey, visit: Option<Visit>) {
        if self.state.visits.get(zone) == visit.as_ref() {
            return;
        }
        self.changed_visits = true;
        match self.state.visits.put(zone, visit) {
            Some(before) => self.pile.push_visit(before),
            None => self.pile.push(Was::NoVisit(zone)),
        }
    }
}
