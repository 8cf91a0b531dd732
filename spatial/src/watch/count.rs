//! How many vehicles are in a zone at once: a sweep over the stays that a rule counts, in event time.
//!
//! Each vehicle says when it stays in a zone that counts (an event of kind `count` about the vehicle, never told: a stay). The
//! stays of one rule are kept together, and whenever one of them changes, the spans in which they are more than the limit are
//! derived anew from the first changed moment on, so that the order in which fixes come does not matter. What was found is
//! told about the zone.

use super::ledger::{Ledger, key_of};
use super::settings::Settings;
use super::tells::Tells;
use crate::event::{EventCore, EventFacts, EventKind, Evidence, RuleRef, Subject, Thresholds, event_id};
use crate::ids::ZoneKey;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::mem;

/// Whether an event says that a vehicle is counted: kept in the engine, told to nobody.
pub fn is_stay(event: &EventCore) -> bool {
    event.kind() == EventKind::Count && matches!(event.subject(), Subject::Vehicle(_))
}

/// The zones that count, and what was told of them. A stay is kept for as long as a late fix may change it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CountBook {
    /// By zone, rule and the rule's revision.
    tallies: Vec<Tally>,
    /// By zone.
    ledgers: Vec<(ZoneKey, Ledger)>,
    /// Whether a stay was taken in since the last call of [`CountBook::follow`].
    #[serde(skip)]
    changed: bool,
}

/// The stays that one revision of a rule counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Tally {
    zone: ZoneKey,
    rule: RuleRef,
    limit_n: u32,
    /// By (start, id).
    stays: Vec<EventCore>,
    /// What stands, by start.
    told: Vec<EventCore>,
    /// Since when what stands may be wrong.
    #[serde(skip)]
    changed_from: Option<UnixMs>,
}

impl CountBook {
    /// A stay stands as given, or did not happen.
    pub fn take(&mut self, stay: EventCore, stands: bool) {
        let (Some((zone, _)), Some(rule), Some(limit_n)) = (stay.zone, &stay.rule, stay.evidence.thresholds.limit_n)
        else {
            return;
        };
        let place = self.tallies.binary_search_by(|tally| tally.order().cmp(&order(zone, rule)));
        let place = match place {
            Ok(place) => place,
            Err(_) if !stands => return,
            Err(place) => {
                let rule = rule.clone();
                let tally = Tally { zone, rule, limit_n, stays: Vec::new(), told: Vec::new(), changed_from: None };
                self.tallies.insert(place, tally);
                place
            }
        };
        self.tallies[place].take(stay, stands);
        self.changed = true;
    }

    /// Tells what the stays taken in since the last call changed, zone by zone.
    pub fn follow(&mut self, horizon: UnixMs, now: UnixMs, settings: &Settings) -> Vec<(ZoneKey, Tells)> {
        let mut out: Vec<(ZoneKey, Tells)> = Vec::new();
        if !mem::take(&mut self.changed) {
            return out;
        }
        for place in 0..self.tallies.len() {
            let Some(from) = self.tallies[place].changed_from.take() else { continue };
            let zone = self.tallies[place].zone;
            let (gone, standing) = self.tallies[place].derive(from);
            let mut tells = Tells::default();
            let ledger = self.ledger_mut(zone);
            gone.iter().for_each(|event| ledger.retracted(event, now, &mut tells));
            standing.into_iter().for_each(|event| ledger.stands(&event, now, settings, &mut tells));
            ledger.follow(horizon, now, &mut tells);
            out.push((zone, tells));
        }
        out
    }

    /// What was told of a zone.
    pub fn ledger_mut(&mut self, zone: ZoneKey) -> &mut Ledger {
        let place = self.ledgers.binary_search_by_key(&zone, |(known, _)| *known);
        let place = place.unwrap_or_else(|place| {
            self.ledgers.insert(place, (zone, Ledger::default()));
            place
        });
        &mut self.ledgers[place].1
    }

    /// What was told of all zones.
    pub fn ledgers(&self) -> impl Iterator<Item = (ZoneKey, &Ledger)> {
        self.ledgers.iter().map(|(zone, ledger)| (*zone, ledger))
    }

    /// Forgets stays and spans that were over before `before`, and alarms that were done before `alarms_before`.
    pub fn forget(&mut self, before: UnixMs, alarms_before: UnixMs) {
        let ends_after = |event: &EventCore, before: UnixMs| event.ended_at.is_none_or(|ended_at| ended_at >= before);
        for tally in &mut self.tallies {
            tally.told.retain(|span| ends_after(span, before));
            // A span that is kept is derived from its start.
            let needed = tally.told.first().map_or(before, |span| span.at.min(before));
            tally.stays.retain(|stay| ends_after(stay, needed));
        }
        self.tallies.retain(|tally| !tally.stays.is_empty() || !tally.told.is_empty());
        for (zone, ledger) in &mut self.ledgers {
            let told = self.tallies.iter().filter(|tally| tally.zone == *zone).flat_map(|tally| &tally.told);
            let mut in_use: Vec<u64> = told.map(|event| key_of(event.id)).collect();
            in_use.sort_unstable();
            ledger.sweep(&in_use);
            ledger.forget_alarms(alarms_before);
        }
        self.ledgers.retain(|(_, ledger)| !ledger.is_empty());
    }
}

impl Tally {
    fn order(&self) -> (ZoneKey, &str, u32) {
        order(self.zone, &self.rule)
    }

    fn take(&mut self, stay: EventCore, stands: bool) {
        let place = self.stays.binary_search_by_key(&(stay.at, stay.id), |known| (known.at, known.id));
        let changed = match (place, stands) {
            (Ok(place), true) if self.stays[place] == stay => return,
            (Ok(place), true) => {
                let before = mem::replace(&mut self.stays[place], stay);
                let ends = [before.ended_at, self.stays[place].ended_at];
                // What a stay says but for its end is told of the spans that it begins.
                let same_facts = before.is_alike(&self.stays[place]);
                if same_facts { ends.into_iter().flatten().min() } else { Some(before.at) }
            }
            (Ok(place), false) => Some(self.stays.remove(place).at),
            (Err(place), true) => {
                let at = stay.at;
                self.stays.insert(place, stay);
                Some(at)
            }
            (Err(_), false) => return,
        };
        self.changed_from = [self.changed_from, changed].into_iter().flatten().min();
    }

    /// Derives anew what stands from an instant on. Returns what stands no more, and what stands from there on.
    fn derive(&mut self, changed_from: UnixMs) -> (Vec<EventCore>, Vec<EventCore>) {
        // A span that goes on there is derived from its start.
        let goes_on =
            |event: &&EventCore| event.at <= changed_from && event.ended_at.is_none_or(|end| end >= changed_from);
        let from = self.told.iter().filter(goes_on).map(|event| event.at).min().unwrap_or(changed_from);
        let known = self.told.split_off(self.told.partition_point(|event| event.at < from));
        let spans = self.spans(from);
        let is_gone = |event: &EventCore| spans.iter().all(|span| span.id != event.id);
        let gone = known.into_iter().filter(is_gone).collect();
        self.told.extend(spans.iter().cloned());
        (gone, spans)
    }

    /// The spans from an instant on, at which none goes on, in which the stays are more than the limit.
    fn spans(&self, from: UnixMs) -> Vec<EventCore> {
        // The instants at which stays end and begin; those that end leave first.
        let mut edges: Vec<(UnixMs, Option<usize>)> = Vec::new();
        let mut inside = 0_u32;
        for (place, stay) in self.stays.iter().enumerate() {
            if stay.ended_at.is_some_and(|end| end <= from.max(stay.at)) {
                continue;
            }
            match stay.at < from {
                true => inside += 1,
                false => edges.push((stay.at, Some(place))),
            }
            edges.extend(stay.ended_at.map(|end| (end, None)));
        }
        edges.sort_unstable();
        let mut spans: Vec<EventCore> = Vec::new();
        let mut most = None;
        for instant in edges.chunk_by(|one, next| one.0 == next.0) {
            let mut came = instant.iter().filter_map(|(_, stay)| *stay);
            let left = instant.iter().filter(|(_, stay)| stay.is_none()).count();
            inside = inside + came.clone().count() as u32 - left as u32;
            let at = instant[0].0;
            match (&mut most, inside > self.limit_n) {
                (None, true) => {
                    most = Some(inside);
                    spans.extend(came.next_back().map(|stay| self.span(&self.stays[stay])));
                }
                (Some(most), true) => *most = inside.max(*most),
                (Some(reached), false) => {
                    let reached = *reached;
                    most = None;
                    if let Some(span) = spans.last_mut() {
                        span.facts_mut().evidence.counted = Some(reached);
                        *span = span.ended(at);
                    }
                }
                (None, false) => {}
            }
        }
        if let (Some(reached), Some(span)) = (most, spans.last_mut()) {
            span.facts_mut().evidence.counted = Some(reached);
        }
        spans
    }

    /// The span that begins with a stay.
    fn span(&self, stay: &EventCore) -> EventCore {
        let subject = Subject::Zone(self.zone);
        let thresholds = Thresholds { limit_n: Some(self.limit_n), ..Thresholds::default() };
        let facts = EventFacts {
            id: event_id(Some(self.zone), Some(&self.rule), subject, EventKind::Count, stay.at, 0),
            kind: EventKind::Count,
            subject,
            zone: stay.zone,
            rule: Some(self.rule.clone()),
            visit_at: stay.at,
            at: stay.at,
            position: stay.position,
            certainty: stay.certainty,
            evidence: Evidence { thresholds, ..stay.evidence },
        };
        EventCore::new(facts, None)
    }
}

fn order(zone: ZoneKey, rule: &RuleRef) -> (ZoneKey, &str, u32) {
    (zone, rule.id.as_str(), rule.revision.0)
}
