//! The roads as a network, and how to get from one place to another on it while some of them are closed.
//!
//! Two layers, one truth. The exact layer searches the graph itself and reads the closures bit by bit, so that a closure
//! holds in every answer from the moment it is set; the fast layer ([`hierarchy`]) prepares shortcuts and may lag behind,
//! but never answers for an epoch that it does not obey. Words that this room owns: junction, edge (the road between two
//! junctions, with its shape), arc (an edge in one direction), node (a junction, or a copy of it for those who came a way
//! after which a turn is forbidden), profile (who drives), closure, overlay, epoch.
//!
//! Modules in reading order.

#[cfg(test)]
mod tests;

mod kind;
mod profile;
mod draft;
mod turns;
mod renumber;
mod build;
mod network;
mod grid;
mod report;
mod connected;
mod graph;
mod outline;
mod closure;
mod snap;
mod lines;
mod own;
mod stop;
mod search;
pub mod hierarchy;
mod view;
mod route;
mod guide;
mod many;
mod alternative;
mod isochrone;
mod approach;
mod columns;

pub use approach::{Approach, Arrival, NearRing, Ring, RingPlace, Side};
pub use closure::{Closure, ClosureEpoch, ClosureId, Closures, EdgeSet, Overlay};
pub use columns::{Column, ColumnShape, Properties};
pub use draft::{Barrier, Draft, DraftRestriction, DraftWay, RestrictionKind, RoadName, Via};
pub use graph::{Graph, Link, Metric, NEVER, Star};
pub use grid::{EdgeGrid, Extent};
pub use guide::{Instruction, Manoeuvre};
pub use isochrone::{Line, ReachedRoads, area};
pub use kind::{Access, Direction, Heading, Permission, RoadClass, RoadKind, RoadLimits, TunnelCategory};
pub use lines::{JoinedLines, RoadLine, join_lines};
pub use many::{Near, Prepared, Reached};
pub use network::{Arc, Edge, EdgeId, JunctionId, Network, NetworkData, NetworkError};
pub use outline::Outline;
pub use own::{Joined, Own, OwnFinding, OwnFindingKind, OwnGate, OwnReport, OwnRoad, RoadSaid, join};
pub use profile::{Audience, Mode, Modes, Profile, ProfileId, Profiles, Refusal, Vehicle};
pub use report::{Finding, FindingKind, Report};
pub use route::{Refused, Route};
pub use search::{Go, Search};
pub use snap::{Snap, snap};
pub use stop::{Step, Stop};
pub use view::{Fast, Scratch, StopError, View, Way};
