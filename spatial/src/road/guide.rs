//! Instructions: what to do where. Words are the console's; here is only what kind of turn into which road.

use super::draft::RoadName;
use super::kind::RoadClass;
use super::network::Network;
use super::route::Piece;
use crate::geodesy::LocalScale;
use crate::position::Position;
use serde::{Deserialize, Serialize};

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manoeuvre {
    /// Set off.
    Depart,
    /// Go on where the road's name changes.
    Continue,
    /// Bear left, up to 45 degrees.
    SlightLeft,
    /// Turn left.
    Left,
    /// Turn left by more than 135 degrees.
    SharpLeft,
    /// Bear right, up to 45 degrees.
    SlightRight,
    /// Turn right.
    Right,
    /// Turn right by more than 135 degrees.
    SharpRight,
    /// Turn back.
    UTurn,
    /// Enter a roundabout.
    Roundabout,
    /// Leave it.
    LeaveRoundabout,
    /// Pass a gate or barrier.
    Barrier,
    /// Be there.
    Arrive,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// What to do.
    pub manoeuvre: Manoeuvre,
    /// Where.
    pub at: Position,
    /// The road that it leads into.
    pub road: RoadName,
    /// How far it is to the next one, mm.
    pub length_mm: u64,
    /// How long it takes to the next one, ms.
    pub duration_ms: u64,
}

/// Below this angle a road that keeps its name is simply followed.
const STRAIGHT_DEG: f64 = 25.0;

/// The instructions along pieces of a route.
pub(super) fn instructions(network: &Network, pieces: &[Piece]) -> Vec<Instruction> {
    let mut told: Vec<Instruction> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let Some(&at) = piece.line.first() else { continue };
        let road = network.name(piece.arc.edge());
        let said = match index.checked_sub(1).map(|before| &pieces[before]) {
            None => Some(Manoeuvre::Depart),
            Some(before) => manoeuvre(network, before, piece),
        };
        match (said, told.last_mut()) {
            (None, Some(last)) => {
                last.length_mm += u64::from(piece.length_mm);
                last.duration_ms += piece.duration_ms;
            }
            (said, _) => told.push(Instruction {
                manoeuvre: said.unwrap_or(Manoeuvre::Depart),
                at,
                road: road.clone(),
                length_mm: u64::from(piece.length_mm),
                duration_ms: piece.duration_ms,
            }),
        }
    }
    let end = pieces.last().and_then(|piece| Some((piece.line.last()?, network.name(piece.arc.edge()))));
    told.extend(end.map(|(at, road)| Instruction {
        manoeuvre: Manoeuvre::Arrive,
        at: *at,
        road: road.clone(),
        length_mm: 0,
        duration_ms: 0,
    }));
    told
}

/// What to do between two pieces, if anything.
fn manoeuvre(network: &Network, before: &Piece, piece: &Piece) -> Option<Manoeuvre> {
    let (was, is) = (network.kind(before.arc.edge()), network.kind(piece.arc.edge()));
    if is.class == RoadClass::Barrier {
        return Some(Manoeuvre::Barrier);
    }
    if is.is_roundabout {
        return (!was.is_roundabout).then_some(Manoeuvre::Roundabout);
    }
    if was.is_roundabout {
        return Some(Manoeuvre::LeaveRoundabout);
    }
    if piece.arc == before.arc.reversed() {
        return Some(Manoeuvre::UTurn);
    }
    let angle = turn_deg(&before.line, &piece.line)?;
    let same_road = network.name(before.arc.edge()) == network.name(piece.arc.edge());
    let has_choice = network.links.range(network.tail(piece.arc).0).len() > 2;
    if angle.abs() < STRAIGHT_DEG || !has_choice {
        return (!same_road).then_some(Manoeuvre::Continue);
    }
    Some(match angle {
        a if a <= -135.0 => Manoeuvre::SharpRight,
        a if a <= -45.0 => Manoeuvre::Right,
        a if a < 0.0 => Manoeuvre::SlightRight,
        a if a < 45.0 => Manoeuvre::SlightLeft,
        a if a < 135.0 => Manoeuvre::Left,
        _ => Manoeuvre::SharpLeft,
    })
}

/// The angle between the end of one line and the beginning of the next, left positive, degrees.
fn turn_deg(before: &[Position], after: &[Position]) -> Option<f64> {
    let heading = |from: Position, to: Position| {
        let scale = LocalScale::at(from.lat_e7);
        let (x, y) = (f64::from(to.lon_e7) - f64::from(from.lon_e7), f64::from(to.lat_e7) - f64::from(from.lat_e7));
        libm::atan2(y * scale.lat_mm, x * scale.lon_mm).to_degrees()
    };
    let [.., a, b] = before else { return None };
    let [c, d, ..] = after else { return None };
    let turn = heading(*c, *d) - heading(*a, *b);
    Some(if turn > 180.0 {
        turn - 360.0
    } else if turn < -180.0 {
        turn + 360.0
    } else {
        turn
    })
}
