//! From what was found to events: one for each rule that it concerns, with ids, evidence and ends.

use super::leg::Leg;
use super::state::{Edge, EdgeKind, Visit};
use crate::event::{
    Certainty, Crossing, EventCore, EventKind, Evidence, FixRef, PathReading, RuleRef, Subject, Thresholds, ZoneChange,
    event_id,
};
use crate::fix::Fix;
use crate::ids::{Revision, VehicleKey, ZoneKey};
use crate::index::Slot;
use crate::onemap::OneMap;
use crate::position::Position;
use crate::units::{DeciKph, SpanMs, UnixMs};
use crate::vehicle::Vehicle;
use crate::zone::{Rule, RuleWhen, Zone};
use std::sync::Arc;

/// Something that happened in a zone, before it is known which rules it concerns.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub kind: EventKind,
    pub at: UnixMs,
    pub ended_at: Option<UnixMs>,
    pub position: Position,
    pub certainty: Certainty,
    pub evidence: Evidence,
}

impl Found {
    /// The event of an edge.
    pub fn edge(kind: EventKind, edge: &Edge, thresholds: Thresholds) -> Found {
        let crossed = edge.kind == EdgeKind::Crossed;
        Found {
            kind,
            at: edge.at,
            ended_at: None,
            position: edge.position,
            certainty: edge.certainty,
            evidence: Evidence {
                before: edge.before,
                after: edge.after,
                crossing: crossed.then_some(Crossing { at: edge.at, position: edge.position, margin: edge.margin }),
                path: match edge.kind {
                    EdgeKind::Crossed => PathReading::Straight,
                    EdgeKind::AfterGap | EdgeKind::AtStart => PathReading::Unknown,
                    EdgeKind::ZoneChanged => PathReading::Standing,
                },
                thresholds,
                change: None,
                peak: None,
            },
        }
    }
}

/// Makes a vehicle's events and keeps those of the current step.
pub struct Emitter<'a> {
    pub map: &'a OneMap,
    pub vehicle: VehicleKey,
    /// The vehicle's attributes, by the journal time from which they hold, oldest first.
    pub attributes: &'a [(UnixMs, Arc<Vehicle>)],
    /// Journal time of what is judged: attributes recorded later do not judge it.
    pub known: UnixMs,
    /// The events of this step; a later one of the same id replaces an earlier.
    pub events: Vec<Arc<EventCore>>,
}

impl<'a> Emitter<'a> {
    /// One event for each rule that is about this vehicle and passes the test. Returned are those that have not ended.
    pub fn open_for(
        &mut self,
        slot: Slot,
        wanted: impl Fn(&Rule) -> bool,
        visit: &Visit,
        found: Found,
    ) -> Vec<Arc<EventCore>> {
        let mut opened = Vec::new();
        let Some(zone) = self.zone(slot) else { return opened };
        for rule in zone.rules.iter().filter(|rule| wanted(rule)) {
            if self.concerns(rule, found.at) {
                let event = self.emit((zone.key, zone.revision), Some(rule), visit.entered.at, found);
                if event.ended_at.is_none() {
                    opened.push(event);
                }
            }
        }
        opened
    }

    /// One event for the most urgent of the rules that pass the test.
    pub fn open_for_first(&mut self, slot: Slot, wanted: impl Fn(&RuleWhen) -> bool, visit: &Visit, found: Found) {
        let Some(zone) = self.zone(slot) else { return };
        let concerned = zone.rules.iter().filter(|rule| wanted(&rule.when) && self.concerns(rule, found.at));
        if let Some(rule) = concerned.min_by_key(|rule| rule.priority) {
            self.emit((zone.key, zone.revision), Some(rule), visit.entered.at, found);
        }
    }

    /// Ends every open event of a visit.
    pub fn end_all(&mut self, visit: &Visit, at: UnixMs) {
        for event in &visit.open {
            self.events.push(Arc::new(EventCore { ended_at: Some(at.max(event.at)), ..EventCore::clone(event) }));
        }
    }

    /// Opens the dwell events whose limit was reached by `until`.
    pub fn dwell(&mut self, slot: Slot, mut visit: Visit, until: UnixMs, last: &Fix, certainty: Certainty) -> Visit {
        let Some(zone) = self.zone(slot) else { return visit };
        for rule in &zone.rules {
            let RuleWhen::Dwell { limit_s } = rule.when else { continue };
            let due = visit.entered.at + SpanMs::seconds(limit_s.into());
            if due > until || has_open(&visit, rule) || !self.concerns(rule, due) {
                continue;
            }
            let thresholds = Thresholds { limit_s: Some(limit_s), ..Thresholds::default() };
            let entered = &visit.entered;
            let found = Found {
                kind: EventKind::Dwell,
                at: due,
                ended_at: None,
                position: last.position,
                certainty: entered.certainty.max(certainty),
                evidence: Evidence {
                    before: Some(entered.after),
                    after: fix_ref(last),
                    crossing: None,
                    path: PathReading::Standing,
                    thresholds,
                    change: None,
                    peak: None,
                },
            };
            let event = self.emit((zone.key, zone.revision), Some(rule), visit.entered.at, found);
            visit.open.push(event);
        }
        visit
    }

    /// When the next dwell limit of a visit will be reached after `now`.
    pub fn next_dwell(&self, visit: &Visit, now: UnixMs) -> Option<UnixMs> {
        let zone = &self.map.zone(visit.slot)?.zone;
        let dues = zone.rules.iter().filter_map(|rule| match rule.when {
            RuleWhen::Dwell { limit_s } => Some(visit.entered.at + SpanMs::seconds(limit_s.into())),
            _ => None,
        });
        dues.filter(|due| *due > now).min()
    }

    /// Opens and ends speed events by the speed at the end of a leg.
    pub fn speed(&mut self, slot: Slot, mut visit: Visit, speed: DeciKph, leg: &Leg) -> Visit {
        let Some(zone) = self.zone(slot) else { return visit };
        for rule in &zone.rules {
            let RuleWhen::Speed { limit } = rule.when else { continue };
            let open = visit.open.iter().position(|event| is_of(event, rule));
            match open {
                Some(place) if speed > limit => {
                    let event = Arc::make_mut(&mut visit.open[place]);
                    event.evidence.peak = event.evidence.peak.max(Some(speed));
                }
                Some(place) => {
                    let event = visit.open.remove(place);
                    let ended_at = Some(leg.after.fixed_at);
                    self.events.push(Arc::new(EventCore { ended_at, ..EventCore::clone(&event) }));
                }
                None if speed > limit && self.concerns(rule, leg.after.fixed_at) => {
                    let found = Found {
                        kind: EventKind::Speed,
                        at: leg.after.fixed_at,
                        ended_at: None,
                        position: leg.after.position,
                        certainty: visit.entered.certainty,
                        evidence: Evidence {
                            before: Some(leg.before_ref),
                            after: leg.after_ref,
                            crossing: None,
                            path: if leg.path_known { PathReading::Straight } else { PathReading::Unknown },
                            thresholds: Thresholds { limit_kph: Some(limit), ..Thresholds::default() },
                            change: None,
                            peak: Some(speed),
                        },
                    };
                    let event = self.emit((zone.key, zone.revision), Some(rule), visit.entered.at, found);
                    visit.open.push(event);
                }
                None => {}
            }
        }
        visit
    }

    /// Says that a zone came to, moved away from or ended around the vehicle.
    pub fn zone_changed(
        &mut self,
        zone: (ZoneKey, Revision),
        change: ZoneChange,
        at: UnixMs,
        visit_at: UnixMs,
        last: &Fix,
    ) {
        let found = Found {
            kind: EventKind::ZoneChanged,
            at,
            ended_at: Some(at),
            position: last.position,
            certainty: Certainty::Certain,
            evidence: Evidence {
                before: None,
                after: fix_ref(last),
                crossing: None,
                path: PathReading::Standing,
                thresholds: Thresholds::default(),
                change: Some(change),
                peak: None,
            },
        };
        self.emit(zone, None, visit_at, found);
    }

    fn emit(
        &mut self,
        zone: (ZoneKey, Revision),
        rule: Option<&Rule>,
        visit_at: UnixMs,
        found: Found,
    ) -> Arc<EventCore> {
        let rule = rule.map(|r| RuleRef { id: r.id.clone(), revision: r.revision, priority: r.priority });
        let subject = Subject::Vehicle(self.vehicle);
        let mut ordinal = 0;
        let id = loop {
            let id = event_id(Some(zone.0), rule.as_ref(), subject, found.kind, found.at, ordinal);
            // The same instant twice within one step: a visit that ended and began again.
            let taken = self.events.iter().any(|event| event.id == id && event.visit_at != visit_at);
            if !taken {
                break id;
            }
            ordinal += 1;
        };
        let event = Arc::new(EventCore {
            id,
            kind: found.kind,
            subject,
            zone: Some(zone),
            rule,
            visit_at,
            at: found.at,
            ended_at: found.ended_at,
            position: found.position,
            certainty: found.certainty,
            evidence: found.evidence,
        });
        self.events.push(Arc::clone(&event));
        event
    }

    fn zone(&self, slot: Slot) -> Option<&'a Zone> {
        self.map.zone(slot).map(|entry| &*entry.zone)
    }

    /// Whether the rule is about this vehicle as it was at an event time. Unknown attributes match no subject list.
    fn concerns(&self, rule: &Rule, at: UnixMs) -> bool {
        let at = at.min(self.known);
        let in_force = self.attributes.iter().rev().find(|(from, _)| *from <= at).or(self.attributes.first());
        match in_force {
            Some((_, vehicle)) => rule.concerns(vehicle),
            None => rule.subjects.is_empty(),
        }
    }
}

/// The evidence of a fix.
pub fn fix_ref(fix: &Fix) -> FixRef {
    FixRef { fixed_at: fix.fixed_at, position: fix.position, speed: fix.speed, marks: fix.marks }
}

fn is_of(event: &EventCore, rule: &Rule) -> bool {
    event.rule.as_ref().is_some_and(|r| r.id == rule.id)
}

fn has_open(visit: &Visit, rule: &Rule) -> bool {
    visit.open.iter().any(|event| is_of(event, rule))
}
