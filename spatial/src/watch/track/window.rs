//! A vehicle's recent fixes in event-time order, and what the steps over them did.
//!
//! Most steps only move the last place: of those the fix alone is kept. The others have a row beside the fixes, by the number
//! of their fix, and as many events and changes on piles of their own as the row says: going back takes them off, going
//! forward puts them on. All of it lies in rings, so that a step asks nothing of the allocator.

use super::super::state::State;
use super::super::undo::{Pile, Was};
use crate::event::EventCore;
use crate::fix::Fix;
use crate::index::{hint, hint_all};
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::mem::offset_of;

/// Recent fixes, as they were received, with the gateway's marks. What plain steps ask for comes first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[repr(C)]
pub struct Window {
    fixes: VecDeque<Fix>,
    /// The number of the first fix.
    first: i64,
    /// The numbers of the first and the last of the steps, so that a plain one need not be looked for; when there is none,
    /// beyond every number.
    oldest_step: i64,
    newest_step: i64,
    /// By the numbers of their fixes, ascending.
    steps: VecDeque<Step>,
    /// What they made, the oldest first.
    events: VecDeque<EventCore>,
    /// What they changed.
    pile: Pile,
}

impl Default for Window {
    fn default() -> Window {
        Window {
            fixes: VecDeque::new(),
            steps: VecDeque::new(),
            events: VecDeque::new(),
            pile: Pile::default(),
            first: 0,
            oldest_step: i64::MAX,
            newest_step: i64::MIN,
        }
    }
}

/// What a step did that was not plain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    number: i64,
    path: Path,
    /// How many events it made.
    events: u32,
    /// How many changes it noted on the pile.
    changes: u32,
}

/// What a fix did to the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Path {
    /// It is not on the path.
    Skipped,
    /// The path goes over it, just as it was received.
    Plain,
    /// The path goes over it, moved or marked.
    Marked,
}

/// Room that a window begins with: many a vehicle is seen a few times only.
const FEW: usize = 16;

impl Window {
    /// Plain steps ask for no more of its bytes.
    pub const PLAIN: usize = offset_of!(Window, steps);

    /// How many fixes it holds.
    pub fn len(&self) -> usize {
        self.fixes.len()
    }

    /// The oldest.
    pub fn front(&self) -> Option<&Fix> {
        self.fixes.front()
    }

    /// The newest.
    pub fn back(&self) -> Option<&Fix> {
        self.fixes.back()
    }

    /// All of them, oldest first.
    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.fixes.iter()
    }

    /// Those from a place on.
    pub fn fixes_from(&self, place: usize) -> impl Iterator<Item = &Fix> {
        self.fixes.range(place..)
    }

    /// The fix at a place below [`Window::len`].
    pub fn fix(&self, place: usize) -> &Fix {
        &self.fixes[place]
    }

    /// The first place whose fix is not before an instant.
    pub fn place_at(&self, at: UnixMs) -> usize {
        self.fixes.partition_point(|fix| fix.fixed_at < at)
    }

    /// Puts a fix after all others; it holds `limit` of them at most between calls that say so.
    pub fn push(&mut self, fix: Fix, limit: usize) {
        if self.fixes.len() == self.fixes.capacity() {
            // Twice as much each time, but no more than it will ever hold: a ring comes by all of its memory.
            let room = (2 * self.fixes.len()).max(FEW).min(limit + 1);
            self.fixes.reserve_exact(room.saturating_sub(self.fixes.len()).max(1));
        }
        self.fixes.push_back(fix);
    }

    /// Puts a fix at its place among those whose steps were taken back.
    pub fn insert(&mut self, fix: Fix, order: impl Fn(&Fix, &Fix) -> bool) {
        let place = self.fixes.partition_point(|known| order(known, &fix));
        self.fixes.insert(place, fix);
    }

    /// Puts fixes, in their order, before all others; every step is forgotten, to be done again.
    pub fn prepend(&mut self, fixes: Vec<Fix>) {
        self.steps.clear();
        self.events.clear();
        self.pile.clear();
        self.mark_ends();
        self.first -= fixes.len() as i64;
        fixes.into_iter().rev().for_each(|fix| self.fixes.push_front(fix));
    }

    /// Takes the oldest fix away. Returns it and whether it had events.
    pub fn pop(&mut self) -> Option<(Fix, bool)> {
        let fix = self.fixes.pop_front()?;
        let mut had_events = false;
        if self.oldest_step == self.first
            && let Some(step) = self.steps.pop_front()
        {
            had_events = step.events > 0;
            self.events.drain(..step.events as usize);
            self.pile.forget(step.changes as usize);
            self.mark_ends();
        }
        self.first += 1;
        Some((fix, had_events))
    }

    /// Where a step notes what undoes it, later steps not being done yet.
    pub fn pile_mut(&mut self) -> &mut Pile {
        &mut self.pile
    }

    /// How many changes are on the pile.
    pub fn changes(&self) -> usize {
        self.pile.len()
    }

    /// Notes what the step over the fix at a place did, later ones not being done yet: its events are taken, its changes are on
    /// the pile since it held `changes`.
    pub fn did(&mut self, place: usize, path: Path, changes: usize, events: &mut Vec<EventCore>) {
        let number = self.first + place as i64;
        debug_assert!(self.steps.back().is_none_or(|last| last.number < number));
        let step = Step { number, path, events: events.len() as u32, changes: (self.pile.len() - changes) as u32 };
        if path != Path::Plain || step.events > 0 || step.changes > 0 {
            self.events.extend(events.drain(..));
            self.steps.push_back(step);
            self.newest_step = number;
            self.oldest_step = self.oldest_step.min(number);
        }
    }

    /// Takes the step over the fix at a place off, later ones being off already, and what it changed back. `last` is the last
    /// fix of the path before it.
    pub fn take_back(&mut self, place: usize, state: &mut State, last: Option<Fix>) {
        if self.newest_step != self.first + place as i64 {
            state.last = last;
            return;
        }
        let Some(step) = self.steps.pop_back() else { return };
        self.mark_ends();
        self.events.truncate(self.events.len() - step.events as usize);
        if step.path != Path::Skipped || step.changes > 0 {
            state.last = last;
        }
        self.pile.undo(state, step.changes as usize);
    }

    /// Whether the fix at a place is on the path just as it was received.
    pub fn is_plain(&self, place: usize) -> bool {
        self.step(place).is_none_or(|step| step.path == Path::Plain)
    }

    /// The last fix of the path before the step at a place, if the step says so itself.
    pub fn last_before(&self, place: usize) -> Option<Option<Fix>> {
        let number = self.first + place as i64;
        if !(self.oldest_step..=self.newest_step).contains(&number) {
            return None;
        }
        // Mostly one of the first two or the last one is asked for.
        let (mut from, mut step) = (0, None);
        if number == self.newest_step {
            step = self.steps.back().copied();
            from = self.pile.len() - step?.changes as usize;
        } else {
            for known in self.steps.iter().take_while(|known| known.number <= number) {
                if known.number == number {
                    step = Some(*known);
                    break;
                }
                from += known.changes as usize;
            }
        }
        let mut changes = self.pile.range(from..from + step?.changes as usize);
        match changes.next() {
            Some(Was::Last(last)) => Some(**last),
            _ => None,
        }
    }

    fn step(&self, place: usize) -> Option<&Step> {
        let number = self.first + place as i64;
        if !(self.oldest_step..=self.newest_step).contains(&number) {
            return None;
        }
        // Mostly the last one is asked for.
        if number == self.newest_step {
            return self.steps.back();
        }
        let place = self.steps.binary_search_by_key(&number, |step| step.number).ok()?;
        Some(&self.steps[place])
    }

    /// How many events and changes the steps from a place on made.
    fn later(&self, place: usize) -> (usize, usize) {
        let number = self.first + place as i64;
        let later = self.steps.iter().rev().take_while(|step| step.number >= number);
        later.fold((0, 0), |(events, changes), step| (events + step.events as usize, changes + step.changes as usize))
    }

    /// Every event of the steps from a place on, the oldest first.
    pub fn events_from(&self, place: usize) -> impl DoubleEndedIterator<Item = &EventCore> + ExactSizeIterator + Clone {
        self.events.range(self.events.len() - self.later(place).0..)
    }

    /// The same of those before a place.
    pub fn events_before(&self, place: usize) -> impl DoubleEndedIterator<Item = &EventCore> {
        self.events.range(..self.events.len() - self.later(place).0)
    }

    /// Every event that goes on again when the steps from a place on are taken back.
    pub fn open_again(&self, place: usize) -> impl Iterator<Item = &EventCore> {
        self.pile.open_from(self.pile.len() - self.later(place).1)
    }

    /// Asks for the memory of its first and last fix. Changes nothing.
    pub fn bring_fixes_near(&self) {
        self.fixes.front().into_iter().for_each(hint_all);
        self.fixes.back().into_iter().for_each(hint_all);
        if self.oldest_step <= self.first + 1 {
            hint_all(self);
        }
    }

    /// Asks for the memory of the step that the next fix makes it forget, if there is one. Changes nothing.
    pub fn bring_oldest_near(&self) {
        if self.oldest_step <= self.first {
            self.steps.front().into_iter().for_each(hint);
            self.events.front().into_iter().for_each(hint_all);
            self.pile.bring_oldest_near();
        }
    }

    /// The same for its events, when [`Window::bring_oldest_near`] has had its time.
    pub fn bring_oldest_events_near(&self) {
        if self.oldest_step <= self.first {
            let count = self.steps.front().map_or(0, |step| step.events as usize);
            self.events.iter().take(count).for_each(EventCore::bring_handle_near);
            self.pile.bring_oldest_events_near();
        }
    }

    /// Asks for the memory that the next step writes to. Changes nothing.
    pub fn bring_newest_near(&self) {
        self.steps.back().into_iter().for_each(hint);
        self.events.back().into_iter().for_each(hint_all);
        self.pile.bring_newest_near();
    }

    /// What takes its steps back.
    pub fn pile(&self) -> &Pile {
        &self.pile
    }

    fn mark_ends(&mut self) {
        self.oldest_step = self.steps.front().map_or(i64::MAX, |step| step.number);
        self.newest_step = self.steps.back().map_or(i64::MIN, |step| step.number);
    }
}
