//! The ways of the next fixes, looked up side by side: memory is waited for once and not fix by fix. Changes no result.

use crate::index::{Slot, Way};
use crate::onemap::OneMap;
use crate::position::Position;

/// The straight ways that some fixes will take if each simply continues its vehicle's path.
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    /// The version of the map that they were looked up on.
    map_version: u64,
    ways: Vec<Foresight>,
    count: usize,
    /// Which of them the fix asks for that is judged now.
    turn: usize,
}

#[derive(Clone, Debug, Default)]
struct Foresight {
    ends: Option<(Position, Position)>,
    way: Way,
}

impl Foreseen {
    /// Looks ways up, one for each fix that follows; `None` where none is foreseen.
    pub fn look_up(&mut self, map: &OneMap, ends: impl Iterator<Item = Option<(Position, Position)>>) {
        self.map_version = map.version();
        self.count = 0;
        for ends in ends {
            if self.ways.len() == self.count {
                self.ways.push(Foresight::default());
            }
            self.ways[self.count].ends = ends.filter(|ends| ends.0 != ends.1 && is_short(*ends));
            self.count += 1;
        }
        let ways = &mut self.ways[..self.count];
        map.index().prefetch_ways(ways.iter().filter_map(|foresight| foresight.ends));
        for Foresight { ends, way } in ways {
            match ends {
                Some((a, b)) => map.index().cross(*a, *b, way),
                None => way.clear(),
            }
        }
        map.bring_near(self.ways[..self.count].iter().flat_map(|foresight| foresight.way.slots()));
    }

    /// The zone revisions that the fix at a place among those that were looked up meets on its way.
    pub fn met(&self, place: usize) -> impl Iterator<Item = Slot> + '_ {
        self.ways[..self.count].get(place).into_iter().flat_map(|foresight| foresight.way.slots())
    }

    /// The fix at a place among those that were looked up is judged now.
    pub fn turn_to(&mut self, place: usize) {
        self.turn = place;
    }

    /// Whether the fix at a place among those that were looked up may meet a boundary on its way.
    #[inline]
    pub fn meets_any(&self, place: usize) -> bool {
        !self.ways[place].way.is_empty()
    }

    /// Whether the way between two places on a map was foreseen for the fix that is judged now, and meets no boundary.
    #[inline]
    pub fn is_free(&self, map: &OneMap, ends: (Position, Position)) -> bool {
        let foresight = self.ways[..self.count].get(self.turn);
        self.map_version == map.version()
            && foresight.is_some_and(|foresight| foresight.ends == Some(ends) && foresight.way.is_empty())
    }

    /// Gives the way between two places on a map if it was foreseen for the fix that is judged now.
    pub fn take(&mut self, map: &OneMap, ends: (Position, Position), way: &mut Way) -> bool {
        let foresight = self.ways[..self.count].get_mut(self.turn);
        let Some(foresight) = foresight.filter(|foresight| foresight.ends == Some(ends)) else { return false };
        if self.map_version != map.version() {
            return false;
        }
        std::mem::swap(&mut foresight.way, way);
        foresight.ends = None;
        true
    }
}

/// Whether a vehicle may have driven a way: others would be looked up in vain, they are judged as jumps.
fn is_short((a, b): (Position, Position)) -> bool {
    a.lon_e7.abs_diff(b.lon_e7).max(a.lat_e7.abs_diff(b.lat_e7)) < LONG
}

/// 0.2 degrees, about 20 km: farther than the longest gap at the highest speed (120 s at 200 km/h).
const LONG: u32 = 2_000_000;
