//! Rules with delays: an alarm is raised when its condition has held for the on-delay, dated by its event, and returns when
//! the condition has been away for the off-delay; an event that begins before that joins it, though it be another visit.
//!
//! What the alarms ought to be is derived anew from the spells (the standing events of such rules) whenever one changes
//! or time passes, so that the order in which they were learned of does not matter. What a person closed stays closed: an
//! event that began after it stands for itself.

use super::book::{AlarmBook, Stretch};
use super::{AlarmEvents, AlarmSheet, alarm_id};
use crate::event::{EventCore, RuleRef};
use crate::ids::{AlarmId, EventId, RuleId, ZoneKey};
use crate::units::{SpanMs, UnixMs};
use serde::{Deserialize, Serialize};

/// One vehicle's spells under rules with delays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delayed {
    /// By cause, then by time.
    spells: Vec<Spell>,
    /// Events that were retracted since the spells were followed last, with their alarms.
    lost: Vec<(AlarmId, EventId)>,
    /// Alarms that began with events that are not among the spells: the past was recalled in part.
    partial: Vec<AlarmId>,
    changed: bool,
    /// Time brings nothing before this.
    due: UnixMs,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Spell {
    core: EventCore,
    late: bool,
    alarm: Option<AlarmId>,
}

/// What came of following the spells.
#[derive(Debug, Default)]
pub struct Followed {
    /// Events that belong to another alarm than before, or to none.
    pub moved: Vec<(EventId, Option<AlarmId>)>,
    /// Alarms that changed, and whether each was not there before.
    pub alarms: Vec<(AlarmSheet, bool)>,
}

/// Spells that make one alarm: places among all of them.
struct Run {
    members: Vec<usize>,
    /// When the last of them ended; `None` while one lasts.
    end: Option<UnixMs>,
}

/// What was before the spells are followed.
struct Was<'a> {
    /// The alarms that had spells, sorted.
    owners: &'a [AlarmId],
    /// The events that were retracted, with their alarms.
    lost: &'a [(AlarmId, EventId)],
}

impl Default for Delayed {
    fn default() -> Delayed {
        Delayed { spells: Vec::new(), lost: Vec::new(), partial: Vec::new(), changed: false, due: UnixMs::MAX }
    }
}

impl Delayed {
    /// Whether events of a rule are followed here.
    pub fn concerns(rule: &RuleRef) -> bool {
        rule.on_delay_s > 0 || rule.off_delay_s > 0
    }

    /// An event stands as given; `alarm` is what it belonged to when it was told last.
    pub fn stands(&mut self, core: &EventCore, late: bool, alarm: Option<AlarmId>) {
        self.changed = true;
        match self.spells.iter_mut().find(|spell| spell.core.id() == core.id) {
            Some(spell) => spell.core = core.clone(),
            None => {
                let place = self.spells.partition_point(|spell| key(&spell.core) < key(core));
                self.spells.insert(place, Spell { core: core.clone(), late, alarm });
            }
        }
    }

    /// Whether an event is among the spells.
    pub fn knows(&self, event: EventId) -> bool {
        self.spells.iter().any(|spell| spell.core.id() == event)
    }

    /// An event did not happen after all.
    pub fn retracted(&mut self, event: EventId) {
        let Some(place) = self.spells.iter().position(|spell| spell.core.id() == event) else { return };
        self.lost.extend(self.spells.remove(place).alarm.map(|alarm| (alarm, event)));
        self.changed = true;
    }

    /// The past was recalled: notes which alarms are known here in part only.
    pub fn recalled(&mut self, book: &AlarmBook) {
        for alarm in self.spells.iter().filter_map(|spell| book.get(spell.alarm?)) {
            let begins_earlier = alarm.events.first().is_some_and(|first| !self.knows(*first));
            if begins_earlier && !self.partial.contains(&alarm.id) {
                self.partial.push(alarm.id);
            }
        }
    }

    /// When time may bring something next; `None` when it brings nothing.
    pub fn due(&self) -> Option<UnixMs> {
        (self.due < UnixMs::MAX).then_some(self.due)
    }

    /// Brings the alarms in line with the spells; what lasts has lasted until `horizon`, journal time is `now`.
    pub fn follow(&mut self, book: &mut AlarmBook, horizon: UnixMs, now: UnixMs) -> Followed {
        let mut out = Followed::default();
        if !self.changed && horizon < self.due {
            return out;
        }
        self.changed = false;
        self.due = UnixMs::MAX;
        let lost = std::mem::take(&mut self.lost);
        let owners = self.spells.iter().filter_map(|spell| spell.alarm);
        let mut before: Vec<AlarmId> = owners.chain(lost.iter().map(|(alarm, _)| *alarm)).collect();
        before.sort_unstable();
        before.dedup();
        let mut taken: Vec<AlarmId> = Vec::new();
        let mut from = 0;
        while from < self.spells.len() {
            let cause = cause(&self.spells[from].core);
            let to = from + self.spells[from..].iter().take_while(|spell| self::cause(&spell.core) == cause).count();
            self.follow_cause(from..to, book, horizon, &Was { owners: &before, lost: &lost }, &mut taken, &mut out);
            from = to;
        }
        self.partial.retain(|id| !before.contains(id) || taken.contains(id));
        for gone in before.into_iter().filter(|id| !taken.contains(id)) {
            let events = book.get(gone).map(|alarm| alarm.events.clone()).unwrap_or_default();
            let into = self.spells.iter().find(|spell| events.contains(&spell.core.id)).and_then(|spell| spell.alarm);
            out.alarms.extend(book.gave_up(gone, into, now).map(|alarm| (alarm, false)));
        }
        out
    }

    /// Forgets spells of alarms that the book has forgotten, and those that raised none and ended before `before`.
    pub fn forget(&mut self, book: &AlarmBook, before: UnixMs) {
        self.partial.retain(|alarm| book.get(*alarm).is_some());
        self.spells.retain(|spell| match spell.alarm {
            Some(alarm) => book.get(alarm).is_some(),
            None => spell.core.ended_at.is_none_or(|ended_at| ended_at + off_delay(spell) >= before),
        });
    }

    fn follow_cause(
        &mut self,
        places: std::ops::Range<usize>,
        book: &mut AlarmBook,
        horizon: UnixMs,
        was: &Was<'_>,
        taken: &mut Vec<AlarmId>,
        out: &mut Followed,
    ) {
        let mut runs: Vec<Run> = Vec::new();
        let mut belongs: Vec<Option<AlarmId>> = vec![None; places.len()];
        for place in places.clone() {
            let spell = &self.spells[place];
            let ended_at = spell.core.ended_at;
            if let Some(run) = runs.last_mut().filter(|run| self.joins(run, spell, book, horizon)) {
                run.members.push(place);
                run.end = run.end.zip(ended_at).map(|(one, other)| one.max(other));
            } else if holds(spell, horizon) || spell.alarm.is_some_and(|alarm| self.partial.contains(&alarm)) {
                runs.push(Run { members: vec![place], end: ended_at });
            } else if ended_at.is_none() {
                self.due = self.due.min(spell.core.at + on_delay(spell));
            }
        }
        // Event time has come as far as the spells tell, whether a tick said so or not.
        let told = self.spells[places.clone()].iter().map(|spell| spell.core.ended_at.unwrap_or(spell.core.at));
        let passed = told.fold(horizon, UnixMs::max);
        for run in &runs {
            let first = &self.spells[run.members[0]];
            let away = off_delay(&self.spells[run.members[run.members.len() - 1]]);
            let returned_at = run.end.filter(|end| *end + away <= passed);
            if let (Some(end), None) = (run.end, returned_at) {
                self.due = self.due.min(end + away);
            }
            let keeper = self.keeper(run, book, was.owners, taken);
            let stretch = Stretch {
                first: &first.core,
                late: first.late,
                events: run.members.iter().map(|place| self.spells[*place].core.id).collect(),
                last_at: self.spells[run.members[run.members.len() - 1]].core.at,
                returned_at,
            };
            let partial = keeper.filter(|id| self.partial.contains(id)).and_then(|id| book.get(id));
            let known = partial.map_or(&[][..], |alarm| &alarm.events).iter().copied();
            let carried = known.filter(|event| !self.knows(*event) && was.lost.iter().all(|(_, lost)| lost != event));
            let carried: AlarmEvents = carried.collect();
            let (id, changed) = book.follow(keeper, stretch, carried);
            taken.push(id);
            out.alarms.extend(changed);
            run.members.iter().for_each(|place| belongs[place - places.start] = Some(id));
        }
        for (place, alarm) in places.zip(belongs) {
            let spell = &mut self.spells[place];
            if spell.alarm != alarm {
                spell.alarm = alarm;
                out.moved.push((spell.core.id, alarm));
            }
        }
    }

    /// Whether a spell belongs to the alarm of the run before it.
    fn joins(&self, run: &Run, spell: &Spell, book: &AlarmBook, horizon: UnixMs) -> bool {
        let owner = run.members.iter().find_map(|place| self.spells[*place].alarm);
        let alarm = owner.and_then(|id| book.get(id));
        let closed_at = alarm.and_then(|alarm| alarm.closed_at);
        let by_person = alarm.is_some_and(|alarm| alarm.result.is_some());
        let is_its_own = owner.is_some() && spell.alarm == owner;
        if run.end.is_none_or(|end| spell.core.at - end <= off_delay(spell)) {
            return is_its_own || !by_person || closed_at.is_none_or(|closed_at| spell.core.at <= closed_at);
        }
        // One alarm per cause and visit, unless people were done with it before. What the world alone closed, because its
        // event was refuted for a while, it opens again.
        let was_seen_to = alarm.is_some_and(|alarm| by_person || alarm.acknowledged.is_some());
        let last = &self.spells[run.members[run.members.len() - 1]];
        let is_done = closed_at.is_some() && was_seen_to;
        last.core.visit_at == spell.core.visit_at && holds(spell, horizon) && (is_its_own || !is_done)
    }

    /// The alarm that a run has already: the oldest of its events' that no person closed, else one that lost its events.
    fn keeper(&self, run: &Run, book: &AlarmBook, before: &[AlarmId], taken: &[AlarmId]) -> Option<AlarmId> {
        let first = &self.spells[run.members[0]].core;
        let rule = first.rule.as_ref().map(|rule| &rule.id);
        let zone = first.zone.map(|(zone, _)| zone);
        let rank = |alarm: &&AlarmSheet| (alarm.result.is_some(), alarm.raised_at, alarm.id);
        let is_free = |id: &AlarmId| !taken.contains(id);
        let own = run.members.iter().filter_map(|place| self.spells[*place].alarm).filter(is_free);
        let own = own.filter_map(|id| book.get(id)).min_by_key(rank);
        let named = || book.get(alarm_id(zone, rule, first.subject, first.id)).filter(|alarm| is_free(&alarm.id));
        let lost = || {
            let unowned = before.iter().copied().filter(is_free);
            let unowned = unowned.filter(|id| self.spells.iter().all(|spell| spell.alarm != Some(*id)));
            let of_cause = |alarm: &&AlarmSheet| alarm.zone == zone && alarm.rule.as_ref() == rule;
            unowned.filter_map(|id| book.get(id)).filter(of_cause).min_by_key(rank)
        };
        own.or_else(named).or_else(lost).map(|alarm| alarm.id)
    }
}

/// Whether a condition has held for its on-delay.
fn holds(spell: &Spell, horizon: UnixMs) -> bool {
    on_delay(spell) == SpanMs(0) || spell.core.ended_at.unwrap_or(horizon) - spell.core.at >= on_delay(spell)
}

fn on_delay(spell: &Spell) -> SpanMs {
    SpanMs::seconds(spell.core.rule.as_ref().map_or(0, |rule| rule.on_delay_s).into())
}

fn off_delay(spell: &Spell) -> SpanMs {
    SpanMs::seconds(spell.core.rule.as_ref().map_or(0, |rule| rule.off_delay_s).into())
}

fn cause(core: &EventCore) -> (Option<ZoneKey>, Option<&RuleId>) {
    (core.zone().map(|(zone, _)| zone), core.rule().map(|rule| &rule.id))
}

fn key(core: &EventCore) -> (Option<ZoneKey>, Option<&str>, UnixMs, EventId) {
    let (zone, rule) = cause(core);
    (zone, rule.map(|rule| rule.as_str()), core.at(), core.id())
}
