//! A vehicle's recent fixes in event-time order, and what takes the steps over them back.
//!
//! Most steps only move the last place: of those the fix alone is kept. The others stand in a pile beside the fixes, by the
//! number of their fix, the newest on top: going back takes them off, going forward puts them on.

use super::super::state::{Events, Undo};
use crate::event::EventCore;
use crate::fix::Fix;
use crate::index::hint_all;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Recent fixes, as they were received, with the gateway's marks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    fixes: VecDeque<Fix>,
    /// By the numbers of their fixes, ascending.
    steps: VecDeque<(i64, Step)>,
    /// The number of the first fix.
    first: i64,
    /// The numbers of the first and the last of the steps, so that a plain one need not be looked for; when there is none,
    /// beyond every number.
    oldest_step: i64,
    newest_step: i64,
}

impl Default for Window {
    fn default() -> Window {
        let (fixes, steps) = (VecDeque::new(), VecDeque::new());
        Window { fixes, steps, first: 0, oldest_step: i64::MAX, newest_step: i64::MIN }
    }
}

/// What a step did that was not plain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub path: Path,
    pub undo: Option<Box<Undo>>,
    pub events: Events,
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
            // Few, then all that it will ever hold: each step up copies.
            let room = if self.fixes.is_empty() { FEW } else { limit + 1 };
            self.fixes.reserve_exact(room.min(limit + 1).saturating_sub(self.fixes.len()).max(1));
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
        self.mark_ends();
        self.first -= fixes.len() as i64;
        fixes.into_iter().rev().for_each(|fix| self.fixes.push_front(fix));
    }

    /// Takes the oldest fix away. Returns it and whether it had events.
    pub fn pop(&mut self) -> Option<(Fix, bool)> {
        let fix = self.fixes.pop_front()?;
        let mut had_events = false;
        if self.oldest_step == self.first {
            had_events = self.steps.pop_front().is_some_and(|(_, step)| !step.events.is_empty());
            self.mark_ends();
        }
        self.first += 1;
        Some((fix, had_events))
    }

    /// Notes what the step over the fix at a place did, later ones not being done yet.
    pub fn did(&mut self, place: usize, step: Step) {
        let number = self.first + place as i64;
        debug_assert!(self.steps.back().is_none_or(|(last, _)| *last < number));
        if step.path != Path::Plain || step.undo.is_some() || !step.events.is_empty() {
            self.steps.push_back((number, step));
            self.newest_step = number;
            self.oldest_step = self.oldest_step.min(number);
        }
    }

    /// Takes the step over the fix at a place off the pile, later ones being off it already; `None` when it was plain.
    pub fn take_back(&mut self, place: usize) -> Option<Step> {
        if self.newest_step != self.first + place as i64 {
            return None;
        }
        let step = self.steps.pop_back();
        self.mark_ends();
        step.map(|(_, step)| step)
    }

    /// What the step over the fix at a place did; `None` when it was plain.
    pub fn step(&self, place: usize) -> Option<&Step> {
        let number = self.first + place as i64;
        if !(self.oldest_step..=self.newest_step).contains(&number) {
            return None;
        }
        // Mostly the ends are asked for.
        if number == self.newest_step {
            return self.steps.back().map(|(_, step)| step);
        }
        if number - self.first <= 1 {
            return self.steps.iter().take(2).find(|(known, _)| *known == number).map(|(_, step)| step);
        }
        let place = self.steps.binary_search_by_key(&number, |(known, _)| *known).ok()?;
        Some(&self.steps[place].1)
    }

    /// What the steps from a place on did that were not plain, oldest first.
    pub fn steps_from(&self, place: usize) -> impl DoubleEndedIterator<Item = &Step> {
        let number = self.first + place as i64;
        let from = match number > self.newest_step {
            true => self.steps.len(),
            false => self.steps.partition_point(|(known, _)| *known < number),
        };
        self.steps.range(from..).map(|(_, step)| step)
    }

    /// The same for those before a place.
    pub fn steps_before(&self, place: usize) -> impl DoubleEndedIterator<Item = &Step> {
        let number = self.first + place as i64;
        self.steps.range(..self.steps.partition_point(|(known, _)| *known < number)).map(|(_, step)| step)
    }

    /// Every event of the steps from a place on.
    pub fn events_from(&self, place: usize) -> impl Iterator<Item = &EventCore> {
        self.steps_from(place).flat_map(|step| &step.events)
    }

    /// Asks for the memory of its ends. Changes nothing.
    pub fn bring_near(&self) {
        self.fixes.front().into_iter().for_each(hint_all);
        self.fixes.back().into_iter().for_each(hint_all);
        if self.oldest_step - self.first <= 1 {
            self.steps.iter().take(2).for_each(hint_all);
        }
        if self.newest_step >= self.first + self.fixes.len() as i64 - 1 {
            self.steps.back().into_iter().for_each(hint_all);
        }
    }

    fn mark_ends(&mut self) {
        self.oldest_step = self.steps.front().map_or(i64::MAX, |(number, _)| *number);
        self.newest_step = self.steps.back().map_or(i64::MIN, |(number, _)| *number);
    }

    /// What takes its steps back, to be renumbered.
    pub fn undos_mut(&mut self) -> impl Iterator<Item = &mut Undo> {
        self.steps.iter_mut().filter_map(|(_, step)| step.undo.as_deref_mut())
    }
}
