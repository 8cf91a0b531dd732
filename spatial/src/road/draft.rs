//! Roads as an importer brings them: places, ways along them, barriers and forbidden turns, not yet a network.

use super::kind::{Access, RoadKind, RoadLimits};
use super::profile::Modes;
use crate::position::Position;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What a road is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoadName {
    /// Its name in the local language; empty where it has none.
    pub name: String,
    /// Its name in English; empty where none is known.
    pub name_en: String,
    /// Its number, such as G15; empty where it has none.
    pub number: String,
}

/// One way: a line of places with one set of properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftWay {
    /// Its id in the source.
    pub id: i64,
    /// Indices of [`Draft::places`] in the order of the way.
    pub places: Vec<u32>,
    /// Index of [`Draft::kinds`].
    pub kind: u32,
    /// Index of [`Draft::names`].
    pub name: u32,
}

/// A gate, bollard or the like on a place of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barrier {
    /// Index of [`Draft::places`].
    pub place: u32,
    /// Whom it lets pass.
    pub access: Access,
    /// What it lets pass.
    pub limits: RoadLimits,
}

/// What a turn restriction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RestrictionKind {
    /// Who comes from there may not go on to there.
    No,
    /// Turning back into the road that one came from is forbidden.
    NoUTurn,
    /// Who comes from there must go on to there.
    Only,
}

/// What lies between the two roads of a restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A place.
    Place(u32),
    /// Ways, indices of [`Draft::ways`], in the order in which they are driven.
    Ways(Vec<u32>),
}

/// A turn restriction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRestriction {
    /// Its id in the source.
    pub id: i64,
    /// Indices of the ways that one comes from.
    pub from: Vec<u32>,
    /// What lies between.
    pub via: Via,
    /// Indices of the ways that one goes on to.
    pub to: Vec<u32>,
    /// What it says.
    pub kind: RestrictionKind,
    /// For whom.
    pub modes: Modes,
}

/// Everything that a network is built from.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Places.
    pub places: Vec<Position>,
    /// Ways.
    pub ways: Vec<DraftWay>,
    /// Barriers.
    pub barriers: Vec<Barrier>,
    /// Turn restrictions.
    pub restrictions: Vec<DraftRestriction>,
    /// Places of ways that are junctions though nothing else of the draft meets there.
    pub junctions: Vec<u32>,
    /// Properties, each once.
    pub kinds: Vec<RoadKind>,
    /// Names, each once.
    pub names: Vec<RoadName>,
    kind_numbers: FxHashMap<RoadKind, u32>,
    name_numbers: FxHashMap<RoadName, u32>,
}

impl Draft {
    /// The index of these properties, which are added if they are new.
    pub fn kind(&mut self, kind: RoadKind) -> u32 {
        *self.kind_numbers.entry(kind).or_insert_with(|| {
            self.kinds.push(kind);
            self.kinds.len() as u32 - 1
        })
    }

    /// The index of this name, which is added if it is new.
    pub fn name(&mut self, name: RoadName) -> u32 {
        if let Some(number) = self.name_numbers.get(&name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.clone());
        self.name_numbers.insert(name, number);
        number
    }
}
