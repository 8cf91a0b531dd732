//! A run of fixes without another record between them, judged together.

use crate::fix::{Fix, Marks};
use crate::ids::VehicleKey;

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

/// Fixes that follow each other without another record between them, spread over the shards.
pub struct Run {
    /// Those of each shard.
    pub parts: Vec<Part>,
    /// In the order in which they were given, the place of each among the records given and its shard.
    pub order: Vec<(usize, u32)>,
    /// The vehicle and the group of the last one.
    last: Option<(VehicleKey, u32)>,
}

/// One shard's fixes, in the order in which they were given.
pub struct Part {
    pub fixes: Vec<Fix>,
    /// The same number for fixes of one vehicle that follow each other: they came together.
    pub groups: Vec<u32>,
}

impl Run {
    /// None yet, with room for so many, spread over so many shards.
    pub fn with_room(fixes: usize, shards: usize) -> Run {
        let room = fixes.min(MOST_ROOM);
        let part = || Part { fixes: Vec::with_capacity(room / shards), groups: Vec::with_capacity(room / shards) };
        Run { parts: (0..shards).map(|_| part()).collect(), order: Vec::with_capacity(room), last: None }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Adds one that stands at a place among the records given.
    pub fn push(&mut self, index: usize, mut fix: Fix, grouping: Grouping) {
        let last = self.last.filter(|(vehicle, _)| *vehicle == fix.vehicle);
        let together = last.is_some()
            && match grouping {
                Grouping::Arrival => true,
                Grouping::Journal => fix.marks.contains(Marks::TOGETHER),
            };
        // What the engine found the first time it finds again.
        fix.marks &= Marks::GATEWAY | Marks::AWAITS_HISTORY;
        let group = self.last.map_or(0, |(_, group)| group + u32::from(!together));
        self.last = Some((fix.vehicle, group));
        let shard = fix.vehicle.0 as usize % self.parts.len();
        self.order.push((index, shard as u32));
        let part = &mut self.parts[shard];
        part.groups.push(group);
        part.fixes.push(fix);
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.order.clear();
        self.last = None;
        for part in &mut self.parts {
            part.fixes.clear();
            part.groups.clear();
        }
    }
}
