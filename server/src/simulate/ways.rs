//! Where a run's vehicles drive, and who is at the wheel of each.

use super::drive::Drive;
use super::driver::Driver;
use super::lines::Lines;
use super::random::Random;
use super::road::Graph;
use super::story;
use super::traffic::Trip;
use cordon_spatial::units::UnixMs;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where vehicles drive.
#[derive(Debug)]
pub(super) enum Ways {
    /// To and fro on lines.
    Lines(Lines),
    /// On the park's roads; its story begins at `epoch`.
    Park { graph: Arc<Graph>, epoch: UnixMs },
}

impl Ways {
    pub(super) fn park() -> Ways {
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        Ways::Park { graph: Arc::new(Graph::of_the_park()), epoch: UnixMs(now_ms) }
    }

    /// The driver of the vehicle of that number.
    pub(super) fn driver(&self, number: u32, random: &mut Random) -> Driver {
        match self {
            Ways::Lines(lines) => Driver::Line(Drive::begin(lines.pick(random), random.split())),
            Ways::Park { graph, epoch } => match story::part(number) {
                Some(part) => Driver::Actor(story::Actor::new(story::act(graph, part), *epoch)),
                None => Driver::Trip(Box::new(Trip::begin(Arc::clone(graph), number, random.split()))),
            },
        }
    }
}
