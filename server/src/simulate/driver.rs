//! Who is at the wheel: along a line, in the park's traffic, or in its story.

use super::drive::Drive;
use super::lines::Place;
use super::outage::Reach;
use super::story::Actor;
use super::traffic::Trip;
use cordon_spatial::units::UnixMs;

/// So much of the park's traffic is there to be played back, and for rules to be tried on, at once, seconds.
const TRAFFIC_BEFORE_S: u32 = 2_700;

/// Where a vehicle is and how it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Motion {
    pub(super) place: Place,
    pub(super) speed_kph: f64,
    /// Metres since it began.
    pub(super) driven_m: f64,
    pub(super) ignition: Ignition,
    pub(super) receiver: Receiver,
}

/// Whether the ignition is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignition {
    On,
    Off,
}

/// How well the receiver finds its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    /// Some metres off.
    Usual,
    /// Stuck: exactly at the place that it found last.
    Stuck,
}

/// A vehicle's driver.
#[derive(Debug)]
pub(super) enum Driver {
    /// To and fro on a line.
    Line(Drive),
    /// From one errand to the next on the park's roads.
    Trip(Box<Trip>),
    /// By the script.
    Actor(Actor),
}

impl Driver {
    /// How many seconds of its way before the first report there are to deliver. Those of the story have no past: what went
    /// wrong before anybody looked would be a heap of late alarms.
    pub(super) fn drove_before_s(&self) -> u32 {
        match self {
            Driver::Trip(_) => TRAFFIC_BEFORE_S,
            Driver::Line(_) | Driver::Actor(_) => 0,
        }
    }

    /// Drives on to `at`, `seconds` after the last time.
    pub(super) fn go_on(&mut self, at: UnixMs, seconds: f64) {
        match self {
            Driver::Line(drive) => drive.advance(seconds),
            Driver::Trip(trip) => trip.advance(seconds),
            Driver::Actor(actor) => actor.go_on(at),
        }
    }

    /// What there is to report; `None` when the terminal takes no fix this time.
    pub(super) fn report(&self) -> Option<Motion> {
        match self {
            Driver::Line(drive) => Some(drive.motion()),
            Driver::Trip(trip) => trip.reports().then(|| trip.motion()),
            Driver::Actor(actor) => actor.report(),
        }
    }

    /// Where it is, reported or not.
    pub(super) fn motion(&self) -> Motion {
        match self {
            Driver::Line(drive) => drive.motion(),
            Driver::Trip(trip) => trip.motion(),
            Driver::Actor(actor) => actor.motion(),
        }
    }

    /// What the script says that the terminal can do at a moment; `None` when no script says.
    pub(super) fn scripted_reach(&self, at: UnixMs) -> Option<Reach> {
        match self {
            Driver::Actor(actor) => Some(actor.reach(at)),
            Driver::Line(_) | Driver::Trip(_) => None,
        }
    }

    /// When the script changes that next after `at`; `None` when it never does.
    pub(super) fn reach_changes_at(&self, at: UnixMs) -> Option<UnixMs> {
        match self {
            Driver::Actor(actor) => actor.reach_changes_at(at),
            Driver::Line(_) | Driver::Trip(_) => None,
        }
    }
}
