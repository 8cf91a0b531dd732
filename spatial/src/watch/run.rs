//! A run of fixes without another record between them, judged together.

use crate::fix::{Fix, Marks};

/// By what fixes of one vehicle are known to have come together.
#[derive(Clone, Copy)]
pub enum Grouping {
    /// They stand beside each other in what arrived.
    Arrival,
    /// They were marked so when they were journalled.
    Journal,
}

/// Fixes that room is made for at once: what a caller says of how many there are may be a guess.
const MOST_ROOM: usize = 65_536;

/// Fixes that follow each other without another record between them, and their places among the records given.
pub struct Run {
    pub fixes: Vec<Fix>,
    pub indices: Vec<usize>,
    /// The same number for fixes of one vehicle that follow each other: they came together.
    pub groups: Vec<u32>,
}

impl Run {
    /// None yet, with room for so many.
    pub fn with_room(fixes: usize) -> Run {
        let room = fixes.min(MOST_ROOM);
        Run { fixes: Vec::with_capacity(room), indices: Vec::with_capacity(room), groups: Vec::with_capacity(room) }
    }

    pub fn push(&mut self, index: usize, mut fix: Fix, grouping: Grouping) {
        let follows = self.fixes.last().is_some_and(|last| last.vehicle == fix.vehicle);
        let together = follows
            && match grouping {
                Grouping::Arrival => true,
                Grouping::Journal => fix.marks.contains(Marks::TOGETHER),
            };
        // What the engine found the first time it finds again.
        fix.marks &= Marks::GATEWAY | Marks::AWAITS_HISTORY;
        let group = self.groups.last().map_or(0, |group| group + u32::from(!together));
        self.groups.push(group);
        self.indices.push(index);
        self.fixes.push(fix);
    }

    pub fn clear(&mut self) {
        self.fixes.clear();
        self.indices.clear();
        self.groups.clear();
    }
}
