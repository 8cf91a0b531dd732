//! What the engine remembers of one vehicle after a fix: a value that is cheap to copy, so that it can go back to it.

use crate::event::{Certainty, EventCore, FixRef};
use crate::fix::Fix;
use crate::ids::ZoneKey;
use crate::index::Slot;
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that the next fix is judged against.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The last fix on the path; its position is the one that was judged.
    pub last: Option<Fix>,
    /// Where the vehicle parked, while its ignition is off.
    pub parked: Option<Position>,
    /// Fixes that may be a teleport, until enough of them agree.
    pub suspects: Option<Arc<Vec<Fix>>>,
    /// The version of the one-map that `inside` was found with.
    pub map_version: u64,
    /// The zone revisions whose ground holds the last position, whether in force or not; sorted.
    pub inside: Option<Arc<Vec<Slot>>>,
    /// Visits that go on, by zone.
    pub visits: Option<Arc<Vec<Visit>>>,
}

impl State {
    /// The zone revisions whose ground holds the last position.
    pub fn inside(&self) -> &[Slot] {
        self.inside.as_ref().map_or(&[], |list| list)
    }

    /// The visits that go on.
    pub fn visits(&self) -> &[Visit] {
        self.visits.as_ref().map_or(&[], |list| list)
    }

    /// Keeps a sorted list of zone revisions; nothing is allocated for none.
    pub fn set_inside(&mut self, slots: &[Slot]) {
        if self.inside() != slots {
            self.inside = (!slots.is_empty()).then(|| Arc::new(slots.to_vec()));
        }
    }

    /// Keeps visits; nothing is allocated for none.
    pub fn set_visits(&mut self, visits: Vec<Visit>) {
        self.visits = (!visits.is_empty()).then(|| Arc::new(visits));
    }
}

/// One stay of a vehicle in a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Which zone.
    pub zone: ZoneKey,
    /// The revision that judged it last.
    pub slot: Slot,
    /// How it began.
    pub entered: Edge,
    /// Where it stands.
    pub phase: Phase,
    /// Its events that have not ended.
    pub open: Vec<Arc<EventCore>>,
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
        edge: Edge,
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
