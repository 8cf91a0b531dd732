//! Zones and their rules: what a person draws, checked once, ready to judge.
//!
//! A zone's geometry arrives as polygon, multipolygon, circle or corridor and is made into rings of exact integer
//! vertices here; those rings are what is judged and shown. Everything that could be wrong with it is refused here.

use crate::ids::{Revision, RuleId, ZoneKey};
use crate::position::Position;
use crate::units::{DeciKph, UnixMs};
use crate::vehicle::{Vehicle, VehicleClass};
use serde::{Deserialize, Serialize};

/// What a zone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Danger from a hazard source.
    Hazard,
    /// Entry only for some.
    Restricted,
    /// Entry for nobody without a pass.
    Closed,
    /// Passing allowed, stopping not.
    NoStop,
    /// A speed limit.
    Speed,
    /// A parking place.
    Parking,
    /// To be left.
    Evacuation,
    /// Where forces gather.
    Staging,
}

/// Risk level, red highest (红橙黄蓝: I, II, III, IV).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// I, 重大.
    Red,
    /// II, 较大.
    Orange,
    /// III, 一般.
    Yellow,
    /// IV, 低.
    Blue,
}

/// What a rule watches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleWhen {
    /// Coming in.
    Enter,
    /// Going out.
    Exit,
    /// A whole visit: in and out again.
    Cross,
    /// Staying longer than a limit.
    Dwell {
        /// Seconds, at least 1.
        limit_s: u32,
    },
    /// Driving faster than a limit.
    Speed {
        /// Fastest allowed.
        limit: DeciKph,
    },
}

/// Which vehicles a rule is about: each given list must match (an empty list is not given).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subjects {
    /// Any of these classes.
    pub classes: Vec<VehicleClass>,
    /// Any of these goods classes.
    pub goods: Vec<String>,
    /// Any of these companies.
    pub companies: Vec<String>,
    /// Any of these tags.
    pub tags: Vec<String>,
}

impl Subjects {
    /// Whether no list is given.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.goods.is_empty() && self.companies.is_empty() && self.tags.is_empty()
    }

    /// Whether every given list names the vehicle; true when none is given.
    pub fn matches(&self, vehicle: &Vehicle) -> bool {
        (self.classes.is_empty() || self.classes.contains(&vehicle.class))
            && (self.goods.is_empty() || vehicle.goods_class.as_ref().is_some_and(|g| self.goods.contains(g)))
            && (self.companies.is_empty() || vehicle.company.as_ref().is_some_and(|c| self.companies.contains(c)))
            && (self.tags.is_empty() || vehicle.tags.iter().any(|t| self.tags.contains(t)))
    }
}

/// One rule of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique in its zone.
    pub id: RuleId,
    /// Moves only when the rule or the zone's geometry or validity changes.
    pub revision: Revision,
    /// What it watches for.
    pub when: RuleWhen,
    /// Whom it is about; empty = everybody.
    pub subjects: Subjects,
    /// Whom it leaves out; empty = nobody.
    pub except: Subjects,
    /// Alarm priority, 1 (highest) to 4.
    pub priority: u8,
}

impl Rule {
    /// Whether the rule is about this vehicle.
    pub fn concerns(&self, vehicle: &Vehicle) -> bool {
        self.subjects.matches(vehicle) && (self.except.is_empty() || !self.except.matches(vehicle))
    }
}

/// One closed line of exact vertices; the last vertex is not repeated.
pub type Ring = Vec<Position>;

/// The ground that a zone covers: rings under the even-odd rule; the boundary belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// Parts; each a shell and its holes.
    pub parts: Vec<Vec<Ring>>,
}

/// One revision of a zone, checked and ready to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its key.
    pub key: ZoneKey,
    /// The feature's revision.
    pub revision: Revision,
    /// What it is for.
    pub kind: ZoneKind,
    /// Its risk level, if it has one.
    pub level: Option<RiskLevel>,
    /// What it covers.
    pub ground: Ground,
    /// Its validity by its own dates, from inclusive.
    pub valid_from: Option<UnixMs>,
    /// Its validity by its own dates, to exclusive.
    pub valid_to: Option<UnixMs>,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// A box of positions, both ends included, in 1e-7 degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest longitude.
    pub west: i32,
    /// Smallest latitude.
    pub south: i32,
    /// Largest longitude.
    pub east: i32,
    /// Largest latitude.
    pub north: i32,
}

impl Ground {
    /// All rings of all parts: under the even-odd rule, parts need no telling apart.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.parts.iter().flatten()
    }

    /// The box around it; `None` when it has no vertex.
    pub fn bounds(&self) -> Option<Bounds> {
        let mut vertices = self.rings().flatten();
        let first = vertices.next()?;
        let start = Bounds { west: first.lon_e7, south: first.lat_e7, east: first.lon_e7, north: first.lat_e7 };
        Some(vertices.fold(start, |b, v| Bounds {
            west: b.west.min(v.lon_e7),
            south: b.south.min(v.lat_e7),
            east: b.east.max(v.lon_e7),
            north: b.north.max(v.lat_e7),
        }))
    }

    /// Whether it covers a position, its boundary included: every edge is looked at.
    pub fn covers(&self, p: Position) -> bool {
        crate::shape::covers(self.rings(), p)
    }
}
