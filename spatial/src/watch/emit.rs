//! From what was found to events: one for each rule that it concerns, with ids, evidence and ends.

use super::count::is_stay;
use super::leg::Leg;
use super::state::{Events, Open};
use super::visits::{Edge, EdgeKind, Visit};
use crate::calendar::UtcOffset;
use crate::event::{
    Certainty, Crossing, EdgeEvent, EventCore, EventFacts, EventKind, Evidence, FixRef, PathReading, RuleRef, Small,
    Subject, Thresholds, ZoneChange, event_id,
};
use crate::exemption::ExemptionBook;
use crate::fix::Fix;
use crate::ids::{EventId, Revision, VehicleKey, ZoneKey};
use crate::onemap::{OneMap, ZoneInForce};
use crate::position::Position;
use crate::units::{DeciKph, SpanMs, UnixMs};
use crate::vehicle::Vehicle;
use crate::zone::{Rule, RuleWhen, Zone};
use smallvec::SmallVec;
use std::mem;
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
    /// Whether an edge is all of it.
    pub is_edge: bool,
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
                after: Some(edge.after),
                crossing: crossed.then_some(Crossing { at: edge.at, position: edge.position, margin: edge.margin }),
                path: match edge.kind {
                    EdgeKind::Crossed => PathReading::Straight,
                    EdgeKind::AfterGap | EdgeKind::AtStart => PathReading::Unknown,
                    EdgeKind::ZoneChanged => PathReading::Standing,
                },
                thresholds,
                ..Evidence::default()
            },
            is_edge: true,
        }
    }
}

/// Makes a vehicle's events and keeps those of the current step.
pub struct Emitter<'a> {
    pub map: &'a OneMap,
    pub exemptions: &'a ExemptionBook,
    pub vehicle: VehicleKey,
    /// The vehicle's attributes, by the journal time from which they hold, oldest first.
    pub attributes: &'a [(UnixMs, Arc<Vehicle>)],
    /// Journal time of what is judged: attributes recorded later do not judge it.
    pub known: UnixMs,
    /// The events of this step; a later one of the same id replaces an earlier.
    pub events: Events,
    /// The visits that ended in this step: of which zone, and when.
    pub left: SmallVec<[(ZoneKey, UnixMs); 2]>,
}

impl Emitter<'_> {
    /// One event for each rule that is about this vehicle and passes the test; those that have not ended go on with the visit.
    pub fn open_for(
        &mut self,
        entry: &ZoneInForce,
        wanted: impl Fn(&RuleWhen) -> bool,
        visit: &mut Visit,
        found: &Found,
    ) {
        for (nth, rule) in entry.rules.iter().enumerate().filter(|(_, rule)| wanted(&rule.when)) {
            if rule.is_plain || self.applies(&entry.zone, &entry.zone.rules[nth], found.at) {
                let event = self.emit(entry.key, Some(rule.reference.clone()), visit.entered.at, found);
                if event.ended_at.is_none() {
                    visit.open.push(event.clone());
                }
            }
        }
    }

    /// One event for the most urgent of the rules that pass the test.
    pub fn open_for_first(
        &mut self,
        entry: &ZoneInForce,
        wanted: impl Fn(&RuleWhen) -> bool,
        visit: &Visit,
        found: &Found,
    ) {
        let concerned = entry.rules.iter().enumerate().filter(|(nth, rule)| {
            wanted(&rule.when) && (rule.is_plain || self.applies(&entry.zone, &entry.zone.rules[*nth], found.at))
        });
        if let Some((_, rule)) = concerned.min_by_key(|(_, rule)| rule.reference.priority) {
            self.emit(entry.key, Some(rule.reference.clone()), visit.entered.at, found);
        }
    }

    /// Ends every open event of a visit.
    pub fn end_all(&mut self, visit: &Visit, at: UnixMs) {
        for event in &visit.open {
            self.events.push(event.ended(at));
        }
    }

    /// Counts a visit, as found, under the rules that count and do not count it yet.
    pub fn count(&mut self, entry: &ZoneInForce, visit: &mut Visit, found: &Found) {
        if !entry.counts {
            return;
        }
        let zone = &*entry.zone;
        for rule in &zone.rules {
            if !has_open(&visit.open, rule) && self.applies(zone, rule, found.at) {
                visit.open.extend(self.stay(entry, rule, visit.entered.at, found));
            }
        }
    }

    /// Counts a visit under the rules of another revision of its zone from `at` on.
    pub fn count_anew(&mut self, entry: &ZoneInForce, visit: &mut Visit, at: UnixMs, last: &Fix) {
        let goes_on = |event: &EventCore| {
            let same = |rule: &Rule| is_of(event, rule) && event.rule().is_some_and(|r| r.revision == rule.revision);
            !is_stay(event) || entry.zone.rules.iter().any(same)
        };
        let (goes_on, ended): (Open, Open) = mem::take(&mut visit.open).into_iter().partition(goes_on);
        self.events.extend(ended.iter().map(|event| event.ended(at)));
        visit.open = goes_on;
        self.count(entry, visit, &standing(at, last));
    }

    /// The stay that a rule counts; `None` if it does not count.
    fn stay(&mut self, entry: &ZoneInForce, rule: &Rule, visit_at: UnixMs, found: &Found) -> Option<EventCore> {
        let RuleWhen::Count { limit_n } = rule.when else { return None };
        let mut found = Found { kind: EventKind::Count, ended_at: None, is_edge: false, ..*found };
        found.evidence.thresholds.limit_n = Some(limit_n);
        Some(self.emit((entry.zone.key, entry.zone.revision), Some(rule.reference()), visit_at, &found).clone())
    }

    /// Opens the dwell events whose limit was reached by `until`. A rule that is watched at some times only counts from when
    /// it began to be.
    pub fn dwell(&mut self, entry: &ZoneInForce, visit: &mut Visit, until: UnixMs, last: &Fix, certainty: Certainty) {
        if !entry.watches_inside {
            return;
        }
        let zone = &*entry.zone;
        for rule in &zone.rules {
            let RuleWhen::Dwell { limit_s } = rule.when else { continue };
            if has_open(&visit.open, rule) {
                continue;
            }
            let Some(since) = self.last_span(zone.key, rule, visit.entered.at, until) else { continue };
            let due = since + SpanMs::seconds(limit_s.into());
            if due > until || !self.concerns(rule, due) {
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
                    after: Some(fix_ref(last)),
                    path: PathReading::Standing,
                    thresholds,
                    ..Evidence::default()
                },
                is_edge: false,
            };
            let event = self.emit((zone.key, zone.revision), Some(rule.reference()), visit.entered.at, &found).clone();
            visit.open.push(event);
        }
    }

    /// When time may bring a visit something next after `now`: a dwell limit, a rule's window, an exemption's border.
    pub fn next_due(&self, zone: &Zone, visit: &Visit, now: UnixMs) -> Option<UnixMs> {
        let dwells = zone.rules.iter().filter_map(|rule| match rule.when {
            RuleWhen::Dwell { limit_s } => {
                let since = self.last_span(zone.key, rule, visit.entered.at, now)?;
                Some(since + SpanMs::seconds(limit_s.into()))
            }
            _ => None,
        });
        let timed = zone.rules.iter().filter(|rule| rule.is_timed());
        let changes = timed.filter_map(|rule| self.next_change(zone.key, rule, now));
        dwells.chain(changes).filter(|due| *due > now).min()
    }

    /// Brings a visit's open events in line with what is watched at `at`: a rule that began to be watched finds the vehicle
    /// inside, one that ceased ends what it had opened.
    pub fn reconcile(&mut self, entry: &ZoneInForce, visit: &mut Visit, at: UnixMs, last: &Fix, certainty: Certainty) {
        if !entry.has_timed_rules {
            return;
        }
        self.dwell(entry, visit, at, last, certainty);
        let zone = &*entry.zone;
        for rule in zone.rules.iter().filter(|rule| rule.is_timed()) {
            let applies = self.concerns(rule, at) && self.is_watched(zone.key, rule, at);
            if !applies && has_open(&visit.open, rule) {
                let ended = self.last_change(zone.key, rule, visit.entered.at, at).unwrap_or(at);
                self.end_rule(&mut visit.open, rule, ended);
                if !matches!(rule.when, RuleWhen::Count { .. }) {
                    let found = Found { kind: EventKind::RuleEnded, ended_at: Some(ended), ..standing(ended, last) };
                    self.emit((zone.key, zone.revision), None, visit.entered.at, &found);
                }
            }
            let began = self.last_change(zone.key, rule, visit.entered.at, at);
            if let (true, false, Some(began)) = (applies, has_open(&visit.open, rule), began) {
                let found = Found { kind: EventKind::InsideAtStart, certainty, ..standing(began, last) };
                let event = match rule.when {
                    RuleWhen::Enter => Some(
                        self.emit((zone.key, zone.revision), Some(rule.reference()), visit.entered.at, &found).clone(),
                    ),
                    _ => self.stay(entry, rule, visit.entered.at, &found),
                };
                visit.open.extend(event);
            }
        }
    }

    /// The instants in a span, its ends left out, at which a timed rule of a zone begins or ceases to be watched.
    pub fn changes_between(&self, zone: &Zone, from: UnixMs, to: UnixMs, instants: &mut Vec<UnixMs>) {
        for rule in zone.rules.iter().filter(|rule| rule.is_timed()) {
            let mut at = from;
            while let Some(next) = self.next_change(zone.key, rule, at).filter(|next| *next < to) {
                instants.push(next);
                at = next;
                if instants.len() >= MAX_CHANGES {
                    return;
                }
            }
        }
    }

    /// Ends the open events of a rule.
    pub fn end_rule(&mut self, open: &mut Open, rule: &Rule, at: UnixMs) {
        let (ended, goes_on): (Open, Open) = mem::take(open).into_iter().partition(|event| is_of(event, rule));
        *open = goes_on;
        for event in ended {
            self.events.push(event.ended(at));
        }
    }

    /// Since when a rule has been applying at the end of a span, not before its start; `None` when it does not. One that
    /// ceased at the very end still counts.
    fn last_span(&self, zone: ZoneKey, rule: &Rule, from: UnixMs, until: UnixMs) -> Option<UnixMs> {
        if !rule.is_timed() {
            return Some(from);
        }
        let mut since = self.is_watched(zone, rule, from).then_some(from);
        let mut at = from;
        while let Some(next) = self.next_change(zone, rule, at).filter(|next| *next < until) {
            since = self.is_watched(zone, rule, next).then_some(next);
            at = next;
        }
        since
    }

    /// The last instant after `from` and not after `to` at which a rule began or ceased to be watched.
    fn last_change(&self, zone: ZoneKey, rule: &Rule, from: UnixMs, to: UnixMs) -> Option<UnixMs> {
        let mut at = from;
        while let Some(next) = self.next_change(zone, rule, at).filter(|next| *next <= to) {
            at = next;
        }
        (at > from).then_some(at)
    }

    /// The next instant after `at` at which a rule begins or ceases to be watched, or an exemption from it to hold.
    pub fn next_change(&self, zone: ZoneKey, rule: &Rule, at: UnixMs) -> Option<UnixMs> {
        let window = rule.next_change(at, self.offset());
        let exemption = match rule.exempt.is_empty() {
            true => None,
            false => self.exemptions.next_change(self.vehicle, zone, &rule.exempt, at, self.known),
        };
        [window, exemption].into_iter().flatten().min()
    }

    /// Whether a rule is watched at an instant and a vehicle that stays inside not exempt from it.
    pub fn is_watched(&self, zone: ZoneKey, rule: &Rule, at: UnixMs) -> bool {
        rule.is_watched(at, self.offset())
            && (rule.exempt.is_empty() || !self.exemptions.shelters(self.vehicle, zone, &rule.exempt, at, self.known))
    }

    /// Whether a rule of a zone is about what this vehicle does at an instant: watched, and not exempted from by what was
    /// known when that was received.
    fn applies(&self, zone: &Zone, rule: &Rule, at: UnixMs) -> bool {
        if !self.concerns(rule, at) {
            return false;
        }
        if !rule.is_timed() {
            return true;
        }
        let exempt = || self.exemptions.exempts(self.vehicle, zone.key, &rule.exempt, at, self.known).is_some();
        rule.is_watched(at, self.offset()) && (rule.exempt.is_empty() || !exempt())
    }

    fn offset(&self) -> UtcOffset {
        self.map.clock()
    }

    /// Opens and ends speed events by the speed at the end of a leg.
    pub fn speed(&mut self, zone: &Zone, visit: &mut Visit, speed: DeciKph, leg: &Leg) {
        for rule in &zone.rules {
            let RuleWhen::Speed { limit } = rule.when else { continue };
            let open = visit.open.iter().position(|event| is_of(event, rule));
            match open {
                Some(place) if speed > limit => {
                    let facts = visit.open[place].facts_mut();
                    facts.evidence.peak = facts.evidence.peak.max(Some(speed));
                }
                Some(place) => {
                    let event = visit.open.remove(place);
                    self.events.push(event.ended(leg.after.fixed_at));
                }
                None if speed > limit && self.applies(zone, rule, leg.after.fixed_at) => {
                    let found = Found {
                        kind: EventKind::Speed,
                        at: leg.after.fixed_at,
                        ended_at: None,
                        position: leg.after.position,
                        certainty: visit.entered.certainty,
                        evidence: Evidence {
                            before: Some(leg.before_ref),
                            after: Some(leg.after_ref),
                            path: if leg.path_known { PathReading::Straight } else { PathReading::Unknown },
                            thresholds: Thresholds { limit_kph: Some(limit), ..Thresholds::default() },
                            peak: Some(speed),
                            ..Evidence::default()
                        },
                        is_edge: false,
                    };
                    let event =
                        self.emit((zone.key, zone.revision), Some(rule.reference()), visit.entered.at, &found).clone();
                    visit.open.push(event);
                }
                None => {}
            }
        }
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
        let mut found = Found { kind: EventKind::ZoneChanged, ended_at: Some(at), ..standing(at, last) };
        found.evidence.change = Some(change);
        self.emit(zone, None, visit_at, &found);
    }

    /// The event of something found: under a rule, or of the zone alone.
    pub fn emit(
        &mut self,
        zone: (ZoneKey, Revision),
        rule: Option<RuleRef>,
        visit_at: UnixMs,
        found: &Found,
    ) -> &EventCore {
        let subject = Subject::Vehicle(self.vehicle);
        let mut ordinal = 0;
        let id = loop {
            let id = event_id(Some(zone.0), rule.as_ref(), subject, found.kind, found.at, ordinal);
            // The same instant twice within one step: a visit that ended and began again.
            let taken = self.events.iter().any(|event| event.id() == id && event.visit_at() != visit_at);
            if !taken {
                break id;
            }
            ordinal += 1;
        };
        let edge =
            rule.as_ref().filter(|_| found.is_edge).and_then(|rule| self.edge_event(id, zone, rule, visit_at, found));
        self.events.push(edge.unwrap_or_else(|| {
            let facts = EventFacts {
                id,
                kind: found.kind,
                subject,
                zone: Some(zone),
                rule,
                visit_at,
                at: found.at,
                position: Some(found.position),
                certainty: found.certainty,
                evidence: found.evidence,
            };
            EventCore::new(facts, found.ended_at)
        }));
        &self.events[self.events.len() - 1]
    }

    /// The event of an edge under a rule, if it fits what is kept of most of them.
    fn edge_event(
        &self,
        id: EventId,
        zone: (ZoneKey, Revision),
        rule: &RuleRef,
        visit_at: UnixMs,
        found: &Found,
    ) -> Option<EventCore> {
        let Evidence { before, after, crossing, path, thresholds, .. } = found.evidence;
        let edge = EdgeEvent {
            id,
            rule: rule.clone(),
            at: found.at,
            visit_at,
            position: found.position,
            zone,
            vehicle: self.vehicle,
            before,
            after: after?,
            margin: Small::of(crossing.map(|met| met.margin))?,
            accuracy: Small::of(thresholds.accuracy)?,
            needed: Small::of(thresholds.needed)?,
            kind: found.kind,
            certainty: found.certainty,
            path,
        };
        Some(EventCore::of_edge(edge, found.ended_at))
    }

    /// Whether the rule is about this vehicle as it was at an event time. Unknown attributes match no subject list.
    pub fn concerns(&self, rule: &Rule, at: UnixMs) -> bool {
        let at = at.min(self.known);
        let in_force = self.attributes.iter().rev().find(|(from, _)| *from <= at).or(self.attributes.first());
        match in_force {
            Some((_, vehicle)) => rule.concerns(vehicle),
            None => rule.subjects.is_empty(),
        }
    }
}

/// Most changes of rules that are looked at one by one between two fixes: years of daily windows.
pub const MAX_CHANGES: usize = 10_000;

/// Something that time or an edit brought to a vehicle at its last place.
pub fn standing(at: UnixMs, last: &Fix) -> Found {
    Found {
        kind: EventKind::ZoneChanged,
        at,
        ended_at: None,
        position: last.position,
        certainty: Certainty::Certain,
        evidence: Evidence {
            before: None,
            after: Some(fix_ref(last)),
            path: PathReading::Standing,
            thresholds: Thresholds::default(),
            ..Evidence::default()
        },
        is_edge: false,
    }
}

/// The evidence of a fix.
pub fn fix_ref(fix: &Fix) -> FixRef {
    FixRef { fixed_at: fix.fixed_at, position: fix.position, speed: fix.speed, marks: fix.marks }
}

fn is_of(event: &EventCore, rule: &Rule) -> bool {
    event.rule().is_some_and(|r| r.id == rule.id)
}

/// Whether one of the events is of a rule.
pub fn has_open(open: &Open, rule: &Rule) -> bool {
    open.iter().any(|event| is_of(event, rule))
}
