//! One moment of the roads: a network and what is closed on it; what every question is asked of, and what may be wrong with one.

use super::approach::NoUpwind;
use super::route::RefusedJson;
use super::town::Town;
use cordon_spatial::position::Position;
use cordon_spatial::road::{
    Audience, Closure, ClosureEpoch, ClosureId, Closures, Fast, Metric, ProfileId, Scratch, Stop, StopError, View,
};
use cordon_spatial::units::{Millimetres, UnixMs};
use cordon_spatial::zone::Ground;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use utoipa::ToSchema;

/// How far a place may be from a road.
pub const REACH: Millimetres = Millimetres::metres(1_000);
/// The number of the first ground that a question itself avoids.
const FIRST_AVOIDED: u64 = 1 << 63;

/// A network with what is closed on it.
#[derive(Clone)]
pub struct Moment {
    /// The network.
    pub town: Arc<Town>,
    /// What is closed.
    pub closures: Closures,
    /// The features that close it, by [`ClosureId`].
    pub faces: Arc<BTreeMap<ClosureId, Arc<ClosureFace>>>,
    /// Which change of the closures it is.
    pub epoch: ClosureEpoch,
}

/// What a feature is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeatureFace {
    /// Its collection.
    pub collection: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
}

/// The feature that closes roads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClosureFace {
    /// Which.
    #[serde(flatten)]
    pub feature: FeatureFace,
    /// Why roads are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What closes a road.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ClosedBy {
    /// A feature.
    Feature(ClosureFace),
    /// An area that the question avoids, by its place in it.
    Avoided {
        /// From 0.
        avoid: u64,
    },
    /// The circle that the question approaches.
    Circle {
        /// Its radius.
        circle_m: f64,
    },
    /// An area of a file, from 1.
    Number(u64),
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Who drives.
    pub profile: ProfileId,
    /// What to make little of.
    pub metric: Metric,
    /// When they depart.
    pub depart: UnixMs,
}

/// Which place of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The start.
    From,
    /// The end.
    To,
    /// One on the way, from 0.
    Via(usize),
    /// One of several starts, from 0.
    FromOf(usize),
}

impl Place {
    /// The member of the question that it is.
    pub fn field(self) -> String {
        match self {
            Place::From => "from".to_owned(),
            Place::To => "to".to_owned(),
            Place::Via(index) => format!("via[{index}]"),
            Place::FromOf(index) => format!("from[{index}]"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::From => f.write_str("the start"),
            Place::To => f.write_str("the end"),
            Place::Via(index) => write!(f, "place {} on the way", index + 1),
            Place::FromOf(index) => write!(f, "start {}", index + 1),
        }
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// A place lies in what is closed.
    #[error("{place} {:.7},{:.7} lies in what is closed", at.lon(), at.lat())]
    Closed {
        /// Which.
        place: Place,
        /// Where.
        at: Position,
        /// By what.
        by: Vec<ClosedBy>,
    },
    /// A place is too far from any road that is open to the profile.
    #[error("{place} {:.7},{:.7} has no road within 1 km that is open to this profile", at.lon(), at.lat())]
    NoRoad {
        /// Which.
        place: Place,
        /// Where.
        at: Position,
    },
    /// No way leads there.
    #[error("no way leads there")]
    NoWay {
        /// To which place.
        place: Place,
        /// What the profile is kept from.
        refused: Vec<RefusedJson>,
    },
    /// No road leads to a ring on the side that the wind comes from.
    #[error("no road leads to the ring from upwind without passing through the circle; {0}")]
    NoUpwind(Box<NoUpwind>),
    /// It took too long.
    #[error("it took longer than a question may")]
    TooLong,
}

/// A question as it is worked on.
pub struct Question<'a> {
    /// The moment.
    pub moment: &'a Moment,
    /// Who asks.
    pub asker: Asker,
    /// What they see.
    pub view: View<'a>,
}

impl Moment {
    /// A network on which nothing is closed.
    pub fn open(town: Town) -> Moment {
        let closures = Closures::none(&town.network, UnixMs(0));
        Moment { town: Arc::new(town), epoch: closures.epoch(), closures, faces: Arc::default() }
    }

    /// The same with some more grounds closed for everybody; its epoch is that of the closures without them.
    pub fn avoiding(&self, grounds: Vec<Ground>) -> Moment {
        let mut moment = self.clone();
        for (ground, id) in grounds.into_iter().zip(FIRST_AVOIDED..) {
            let closure = Closure { id: ClosureId(id), ground, audience: Audience::all(), from: None, to: None };
            moment.closures.close(&self.town.network, &self.town.grid, closure);
        }
        moment
    }

    /// Works on a question.
    pub fn ask<T>(&self, asker: Asker, work: impl FnOnce(&Question<'_>, &mut Scratch) -> T) -> T {
        let town = &*self.town;
        let shortcuts = town.shortcuts(asker.profile, asker.metric);
        // Who avoids more than is closed asks the exact layer.
        let followed = shortcuts.as_deref().filter(|_| self.epoch == self.closures.epoch());
        let fast = followed.map(|shortcuts| Fast { skeleton: &town.skeleton, shortcuts });
        let graph = town.graph(asker.profile, asker.metric);
        let view = View { network: &town.network, grid: &town.grid, graph, closures: &self.closures, fast };
        let asker = Asker { depart: view.departure(Some(asker.depart)), ..asker };
        let question = Question { moment: self, asker, view };
        town.with_scratch(|scratch| work(&question, scratch))
    }

    /// What closure numbers stand for.
    pub fn closed_by(&self, closures: &[ClosureId]) -> Vec<ClosedBy> {
        let mut by: Vec<ClosedBy> = Vec::with_capacity(closures.len());
        for id in closures {
            match self.faces.get(id) {
                // One of several spans of a schedule: the feature is named once.
                Some(face) if by.iter().any(|known| matches!(known, ClosedBy::Feature(f) if *f == **face)) => {}
                Some(face) => by.push(ClosedBy::Feature(ClosureFace::clone(face))),
                None if id.0 >= FIRST_AVOIDED => by.push(ClosedBy::Avoided { avoid: id.0 - FIRST_AVOIDED }),
                None => by.push(ClosedBy::Number(id.0)),
            }
        }
        by
    }
}

impl<'a> Question<'a> {
    /// What the profile would see of the network if nothing kept it from anything.
    pub fn free(&self) -> View<'a> {
        self.moment.town.free(self.asker.profile, self.asker.metric)
    }

    /// The stop for a place.
    pub fn stop(&self, place: Place, at: Position, depart: UnixMs) -> Result<Stop, AskError> {
        self.view.stop(at, depart, REACH).map_err(|error| match error {
            StopError::Closed(closures) => AskError::Closed { place, at, by: self.moment.closed_by(&closures) },
            StopError::NoRoad => AskError::NoRoad { place, at },
        })
    }
}
