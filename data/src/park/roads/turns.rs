//! Signs that forbid turning at a junction.

use super::draft::Draft;
use super::{NATIONAL, Roads};
use crate::park::plane::{Spot, spot};

/// What a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Not to the left.
    NoLeftTurn,
    /// Not straight on.
    NoStraightOn,
    /// Nowhere but straight on.
    OnlyStraightOn,
}

/// A sign for who comes to a node from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it says.
    pub sign: Sign,
    /// The node before the junction.
    pub from: usize,
    /// The junction.
    pub via: usize,
    /// The node after it that the sign is about.
    pub to: usize,
}

impl Sign {
    /// OpenStreetMap's word for it (Relation:restriction).
    pub fn word(self) -> &'static str {
        match self {
            Sign::NoLeftTurn => "no_left_turn",
            Sign::NoStraightOn => "no_straight_on",
            Sign::OnlyStraightOn => "only_straight_on",
        }
    }
}

impl Turn {
    /// Whether who comes from one node over a second may go on to a third, as far as this sign says.
    pub fn lets(&self, from: usize, via: usize, to: usize) -> bool {
        if (from, via) != (self.from, self.via) {
            return true;
        }
        match self.sign {
            Sign::OnlyStraightOn => to == self.to,
            Sign::NoLeftTurn | Sign::NoStraightOn => to != self.to,
        }
    }
}

impl Roads {
    /// Whether the signs let who comes from one node over a second go on to a third.
    pub fn lets_turn(&self, from: usize, via: usize, to: usize) -> bool {
        self.turns.iter().all(|turn| turn.lets(from, via, to))
    }

    /// The node next to `via` in the direction of a place.
    pub(super) fn next_towards(&self, via: usize, at: Spot) -> usize {
        let here = self.nodes[via];
        let along = |node: usize| {
            let there = self.nodes[node];
            let (dx, dy) = (there.east_m - here.east_m, there.north_m - here.north_m);
            (dx * (at.east_m - here.east_m) + dy * (at.north_m - here.north_m)) / dx.hypot(dy)
        };
        let pieces = self.ways.iter().flat_map(|way| way.nodes.windows(2));
        let next = pieces.filter_map(|ends| match *ends {
            [a, b] if a == via => Some(b),
            [a, b] if b == via => Some(a),
            _ => None,
        });
        next.max_by(|a, b| along(*a).total_cmp(&along(*b))).expect("a junction has roads")
    }
}

/// The signs. Nobody turns left across the national road where a street or a village road meets it; who left the expressway does
/// not drive straight onto it again; who comes through the east gate clears the ring road at once.
pub(super) fn draw(draft: &mut Draft) {
    let hospital = spot(4_900.0, NATIONAL);
    draft.turn(Sign::NoLeftTurn, hospital, (spot(5_100.0, NATIONAL), spot(4_900.0, NATIONAL - 200.0)));
    let park_east = spot(2_000.0, NATIONAL);
    draft.turn(Sign::NoLeftTurn, park_east, (spot(1_800.0, NATIONAL), spot(2_000.0, NATIONAL + 200.0)));
    for (north, side) in [(-3_980.0, 1.0), (-4_420.0, -1.0)] {
        let off = spot(-300.0 + side * 100.0, north - side * 50.0);
        let on = spot(-300.0 - side * 100.0, north - side * 50.0);
        draft.turn(Sign::NoStraightOn, spot(-300.0, north), (off, on));
    }
    let east_gate = spot(1_450.0, -50.0);
    draft.turn(Sign::OnlyStraightOn, east_gate, (spot(1_600.0, -50.0), spot(1_300.0, -50.0)));
}
