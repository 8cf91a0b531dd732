//! Vehicles that must be inside a zone and are not: an interval for each time that the rule is watched, the zone in force and
//! the vehicle certainly elsewhere.
//!
//! An absence begins where a visit ends and ends where the next confirmed one begins. Passing through without a confirmed
//! place inside does not end it.

use super::emit::{Emitter, Found, MAX_CHANGES, has_open, standing};
use super::state::{Open, Phase, State, Turn};
use super::step::Context;
use crate::event::{Certainty, EventKind};
use crate::fix::Fix;
use crate::ids::ZoneKey;
use crate::index::Slot;
use crate::onemap::ZoneInForce;
use crate::units::UnixMs;
use crate::zone::{Rule, RuleWhen};
use serde::{Deserialize, Serialize};

/// A vehicle's stay outside a zone in which somebody must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    /// Which zone.
    pub zone: ZoneKey,
    /// The revision that judges.
    pub slot: Slot,
    /// Since when it is elsewhere.
    since: UnixMs,
    /// Up to when its rules were followed.
    followed: UnixMs,
    /// Its events that have not ended.
    pub open: Open,
}

impl Context<'_> {
    /// Brings the absences of a vehicle, whose last fix before was `last`, in line with where it is at `at`, as far as
    /// what was received by `known` says.
    pub fn mind_absences(&self, turn: &mut Turn<'_>, last: &Fix, at: UnixMs, known: UnixMs, emitter: &mut Emitter<'_>) {
        if self.map.guards().is_empty() && turn.state().absences.is_empty() {
            return;
        }
        let mut absences = turn.state().absences.to_vec();
        // Revisions that came and went before `at` are followed too, one after the other.
        let guards = self.map.guards().iter().flat_map(|zone| self.map.revisions(*zone));
        let mut instants: Vec<UnixMs> = guards.map(ZoneInForce::begins_at).collect();
        instants.retain(|begins| last.fixed_at < *begins && *begins < at);
        instants.sort_unstable();
        instants.dedup();
        for t in instants {
            self.mind_at(turn.state(), &mut absences, last, t, known.min(t), emitter);
        }
        self.mind_at(turn.state(), &mut absences, last, at, known, emitter);
        turn.set_absences(absences);
    }

    /// One instant of [`Context::mind_absences`].
    fn mind_at(
        &self,
        state: &State,
        absences: &mut Vec<Absence>,
        last: &Fix,
        at: UnixMs,
        known: UnixMs,
        emitter: &mut Emitter<'_>,
    ) {
        // Zones that nobody must be in any more.
        absences.retain_mut(|absence| {
            let stays = self.map.guards().contains(&absence.zone);
            if !stays {
                let ends = self.map.zone(absence.slot).map_or(at, |entry| entry.ends_at().clamp(last.fixed_at, at));
                end(&mut absence.open, ends, emitter);
            }
            stays
        });
        for &zone in self.map.guards() {
            let place = absences.binary_search_by_key(&zone, |absence| absence.zone);
            let visit = state.visit(zone).filter(|visit| !matches!(visit.phase, Phase::Entering { .. }));
            let came = visit.map(|visit| visit.entered.at).filter(|came| *came <= at);
            let left = emitter.left.iter().rev().find(|(of, _)| *of == zone).map(|(_, left)| *left);
            if came.is_some() || left.is_some_and(|left| left > at) {
                if let Ok(place) = place {
                    let mut absence = absences.remove(place);
                    let came = came.unwrap_or(at);
                    if let Some(entry) = self.map.zone(absence.slot) {
                        self.follow(&mut absence, entry, last, UnixMs(came.0 - 1), emitter);
                    }
                    end(&mut absence.open, came, emitter);
                }
                continue;
            }
            let Some(slot) = self.map.judging(zone, at, known).or_else(|| Some(absences[place.ok()?].slot)) else {
                continue;
            };
            let Some(entry) = self.map.zone(slot) else { continue };
            let place = place.unwrap_or_else(|place| {
                let since = left.unwrap_or_else(|| entry.begins_at().clamp(last.fixed_at, at));
                absences.insert(place, Absence { zone, slot, since, followed: UnixMs::MIN, open: Open::new() });
                place
            });
            let absence = &mut absences[place];
            if absence.slot != slot {
                // Another revision, with rules of its own.
                let begins = entry.begins_at().clamp(absence.followed.min(at), at);
                if let Some(before) = self.map.zone(absence.slot) {
                    self.follow(absence, before, last, UnixMs(begins.0 - 1), emitter);
                }
                end(&mut absence.open, begins, emitter);
                (absence.slot, absence.followed) = (slot, UnixMs::MIN);
                absence.since = absence.since.max(begins);
            }
            self.follow(absence, entry, last, at, emitter);
        }
    }

    /// When time may bring an absence something next after `now`.
    pub fn absence_due(&self, absence: &Absence, now: UnixMs, emitter: &Emitter<'_>) -> Option<UnixMs> {
        let entry = self.map.zone(absence.slot)?;
        guarding(entry).filter_map(|rule| next_turn(entry, rule, now, emitter)).min()
    }

    /// Follows the rules of an absence from where they were followed to.
    fn follow(&self, absence: &mut Absence, entry: &ZoneInForce, last: &Fix, at: UnixMs, emitter: &mut Emitter<'_>) {
        let from = absence.followed.max(absence.since);
        let begins = absence.followed < absence.since;
        if at < from {
            return;
        }
        for rule in guarding(entry) {
            if begins && is_on(entry, rule, from, emitter) {
                self.open(absence, entry, rule, from, last, emitter);
            }
            let mut t = from;
            for _ in 0..MAX_CHANGES {
                let Some(next) = next_turn(entry, rule, t, emitter).filter(|next| *next <= at) else { break };
                t = next;
                match (has_open(&absence.open, rule), is_on(entry, rule, t, emitter)) {
                    (false, true) => self.open(absence, entry, rule, t, last, emitter),
                    (true, false) => emitter.end_rule(&mut absence.open, rule, t),
                    _ => {}
                }
            }
        }
        absence.followed = at;
    }

    fn open(
        &self,
        absence: &mut Absence,
        entry: &ZoneInForce,
        rule: &Rule,
        at: UnixMs,
        last: &Fix,
        emitter: &mut Emitter<'_>,
    ) {
        let silent = at - last.fixed_at > self.settings.gap;
        let certainty = if silent { Certainty::Unknown } else { Certainty::Certain };
        let found = Found { kind: EventKind::MustBeInside, certainty, ..standing(at, last) };
        let event = emitter.emit((entry.zone.key, entry.zone.revision), Some(rule.reference()), absence.since, &found);
        absence.open.push(event.clone());
    }
}

/// The rules of a zone that ask vehicles to be inside.
fn guarding(entry: &ZoneInForce) -> impl Iterator<Item = &Rule> {
    entry.zone.rules.iter().filter(|rule| matches!(rule.when, RuleWhen::MustBeInside))
}

/// Whether a rule asks the vehicle to be inside at an instant.
fn is_on(entry: &ZoneInForce, rule: &Rule, at: UnixMs, emitter: &Emitter<'_>) -> bool {
    entry.term.from <= at
        && at < entry.term.to
        && entry.zone.is_in_force(at, entry.offset)
        && emitter.concerns(rule, at)
        && emitter.is_watched(entry.zone.key, rule, at)
}

/// The next instant after `at` at which that may change.
fn next_turn(entry: &ZoneInForce, rule: &Rule, at: UnixMs, emitter: &Emitter<'_>) -> Option<UnixMs> {
    let watch = emitter.next_change(entry.zone.key, rule, at);
    let vehicle = emitter.attributes.iter().map(|(from, _)| *from).find(|from| *from > at);
    [entry.next_change(at), watch, vehicle].into_iter().flatten().min()
}

fn end(open: &mut Open, at: UnixMs, emitter: &mut Emitter<'_>) {
    for event in open.drain(..) {
        emitter.events.push(event.ended(at));
    }
}
