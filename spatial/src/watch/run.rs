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

/// Fixes that follow each other without another record between them, and their places among the records given.
#[derive(Default)]
pub struct Run {
    pub fixes: Vec<Fix>,
    pub indices: Vec<usize>,
    /// The same number for fixes of one vehicle that follow each other: they came together.
    pub groups: Vec<u32>,
}

impl Run {
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
