//! The visits of one vehicle that go on, by zone: a line of each in one short table, all of it in another.
//!
//! A step that touches two of a dozen visits reads the short table and those two.

use super::state::{Open, Phase};
use crate::event::{Certainty, FixRef};
use crate::ids::ZoneKey;
use crate::index::{Slot, hint};
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One stay of a vehicle in a zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Which zone.
    pub zone: ZoneKey,
    /// The revision that judged it last.
    pub slot: Slot,
    /// Inside, and no rule of the zone can fire without a crossing: a quiet step changes nothing.
    pub calm: bool,
    /// From when on its zone changes nothing by time while the map stays the same; `UnixMs::MAX` when it may.
    pub steady_from: UnixMs,
    /// Where it stands.
    pub phase: Phase,
    /// How it began.
    pub entered: Edge,
    /// Its events that have not ended.
    pub open: Open,
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

/// A visit in half a line: derived from it.
#[derive(Clone, Copy, Debug)]
pub struct Brief {
    pub zone: ZoneKey,
    pub slot: Slot,
    place: u32,
    pub calm: bool,
    /// How sure it is that the vehicle is inside.
    pub certainty: Certainty,
    pub steady_from: UnixMs,
    /// When it began.
    pub since: UnixMs,
    /// The first fix inside, while it is on its way in; else `UnixMs::MAX`.
    pub entering_since: UnixMs,
}

impl Brief {
    fn of(visit: &Visit, place: u32) -> Brief {
        let (entering_since, certainty) = match visit.phase {
            Phase::Inside => (UnixMs::MAX, visit.entered.certainty),
            Phase::Entering { since } => (since, Certainty::Uncertain),
            Phase::Leaving { .. } => (UnixMs::MAX, Certainty::Uncertain),
        };
        Brief {
            zone: visit.zone,
            slot: visit.slot,
            place,
            calm: visit.calm,
            certainty,
            steady_from: visit.steady_from,
            since: visit.entered.at,
            entering_since,
        }
    }
}

/// Visits by zone.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    /// By zone.
    briefs: Vec<Brief>,
    /// In no order.
    rows: Vec<Visit>,
}

impl Visits {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.briefs.is_empty()
    }

    /// What is asked of most of them, by zone.
    pub fn briefs(&self) -> &[Brief] {
        &self.briefs
    }

    /// All of them, by zone.
    pub fn iter(&self) -> impl Iterator<Item = &Visit> {
        self.briefs.iter().map(|brief| &self.rows[brief.place as usize])
    }

    /// The visit to a zone.
    pub fn get(&self, zone: ZoneKey) -> Option<&Visit> {
        let place = self.briefs.binary_search_by_key(&zone, |brief| brief.zone).ok()?;
        Some(&self.rows[self.briefs[place].place as usize])
    }

    /// Puts a visit in the place of the one to the same zone; returns what was there.
    pub fn put(&mut self, zone: ZoneKey, visit: Option<Visit>) -> Option<Visit> {
        match (self.briefs.binary_search_by_key(&zone, |brief| brief.zone), visit) {
            (Ok(nth), Some(visit)) => {
                let place = self.briefs[nth].place;
                self.briefs[nth] = Brief::of(&visit, place);
                Some(std::mem::replace(&mut self.rows[place as usize], visit))
            }
            (Ok(nth), None) => {
                let place = self.briefs.remove(nth).place;
                let last = self.rows.len() as u32 - 1;
                // The last row moves into the gap.
                if let Some(moved) = self.briefs.iter_mut().find(|brief| brief.place == last) {
                    moved.place = place;
                }
                Some(self.rows.swap_remove(place as usize))
            }
            (Err(nth), Some(visit)) => {
                self.briefs.insert(nth, Brief::of(&visit, self.rows.len() as u32));
                self.rows.push(visit);
                None
            }
            (Err(_), None) => None,
        }
    }

    /// Gives every slot its number in another map; visits without one are left out.
    pub fn renumber(&mut self, slot: &impl Fn(Slot) -> Option<Slot>) {
        let mut visits = std::mem::take(self).into_sorted();
        visits.retain_mut(|visit| {
            slot(visit.slot).is_some_and(|slot| {
                visit.slot = slot;
                true
            })
        });
        *self = visits.into();
    }

    fn into_sorted(self) -> Vec<Visit> {
        let mut visits = self.rows;
        visits.sort_unstable_by_key(|visit| visit.zone);
        visits
    }

    /// Asks for the memory of the short table. Changes nothing.
    pub fn bring_near(&self) {
        self.briefs.iter().step_by(2).for_each(hint);
    }

    /// Where the visits under these revisions stand, for [`Visits::at`], while no visit comes or goes.
    pub fn places_of(&self, slots: impl Iterator<Item = Slot>) -> impl Iterator<Item = u32> {
        slots.filter_map(|slot| Some(self.briefs.iter().find(|brief| brief.slot == slot)?.place))
    }

    /// The visit at a place.
    pub fn at(&self, place: u32) -> &Visit {
        &self.rows[place as usize]
    }
}

impl From<Vec<Visit>> for Visits {
    fn from(mut rows: Vec<Visit>) -> Visits {
        rows.sort_by_key(|visit| visit.zone);
        let briefs = rows.iter().enumerate().map(|(place, visit)| Brief::of(visit, place as u32)).collect();
        Visits { briefs, rows }
    }
}

impl PartialEq for Visits {
    fn eq(&self, other: &Visits) -> bool {
        self.briefs.len() == other.briefs.len() && self.iter().eq(other.iter())
    }
}

impl Serialize for Visits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().collect::<Vec<_>>())
    }
}

impl<'de> Deserialize<'de> for Visits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Visits, D::Error> {
        Vec::deserialize(deserializer).map(Visits::from)
    }
}
