//! The commonest event in three lines of the cache: what a rule says of a vehicle that met a zone's boundary.

use super::{Certainty, Crossing, EventFacts, EventKind, Evidence, FixRef, PathReading, RuleRef, Subject, Thresholds};
use crate::ids::{EventId, Revision, VehicleKey, ZoneKey};
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};

/// The facts of an event that a fix decided, of a vehicle, in a zone, under a rule, crossed (if it was) where it began. Two
/// are equal exactly if their facts are.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EdgeEvent {
    pub id: EventId,
    pub rule: RuleRef,
    pub at: UnixMs,
    pub visit_at: UnixMs,
    pub position: Position,
    pub zone: (ZoneKey, Revision),
    pub vehicle: VehicleKey,
    pub before: Option<FixRef>,
    pub after: FixRef,
    /// Where the crossing was met; `None` for no crossing.
    pub margin: Small,
    pub accuracy: Small,
    pub needed: Small,
    pub kind: EventKind,
    pub certainty: Certainty,
    pub path: PathReading,
}

/// A length of at most 2,147 km, or none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Small(i32);

impl Small {
    /// `None` when it does not fit.
    pub fn of(length: Option<Millimetres>) -> Option<Small> {
        match length {
            None => Some(Small(-1)),
            Some(length) => i32::try_from(length.0).ok().filter(|length| *length >= 0).map(Small),
        }
    }

    fn length(self) -> Option<Millimetres> {
        (self.0 >= 0).then(|| Millimetres(self.0.into()))
    }
}

impl EdgeEvent {
    /// `None` when the facts say more than fits.
    pub fn of(facts: &EventFacts) -> Option<EdgeEvent> {
        let Subject::Vehicle(vehicle) = facts.subject else { return None };
        let EventFacts { evidence, .. } = facts;
        let Evidence { before, crossing, path, thresholds, .. } = *evidence;
        let (position, after) = (facts.position?, evidence.after?);
        let is_where_it_began = crossing.is_none_or(|met| met.at == facts.at && met.position == position);
        let edge = Evidence {
            before,
            after: evidence.after,
            crossing,
            path,
            thresholds: Thresholds {
                accuracy: thresholds.accuracy,
                needed: thresholds.needed,
                ..Thresholds::default()
            },
            ..Evidence::default()
        };
        if !is_where_it_began || edge != *evidence {
            return None;
        }
        Some(EdgeEvent {
            id: facts.id,
            rule: facts.rule.clone()?,
            at: facts.at,
            visit_at: facts.visit_at,
            position,
            zone: facts.zone?,
            vehicle,
            before,
            after,
            margin: Small::of(crossing.map(|met| met.margin))?,
            accuracy: Small::of(thresholds.accuracy)?,
            needed: Small::of(thresholds.needed)?,
            kind: facts.kind,
            certainty: facts.certainty,
            path,
        })
    }

    /// All of it, written out.
    pub fn facts(&self) -> EventFacts {
        let (at, position) = (self.at, self.position);
        EventFacts {
            id: self.id,
            kind: self.kind,
            subject: Subject::Vehicle(self.vehicle),
            zone: Some(self.zone),
            rule: Some(self.rule.clone()),
            visit_at: self.visit_at,
            at,
            position: Some(position),
            certainty: self.certainty,
            evidence: Evidence {
                before: self.before,
                after: Some(self.after),
                crossing: self.margin.length().map(|margin| Crossing { at, position, margin }),
                path: self.path,
                thresholds: Thresholds {
                    accuracy: self.accuracy.length(),
                    needed: self.needed.length(),
                    ..Thresholds::default()
                },
                ..Evidence::default()
            },
        }
    }
}
