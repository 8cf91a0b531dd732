//! Alarms after ISA-18.2: what a person must look at, from raise to close.
//!
//! One alarm per cause (zone, rule) and visit; an interval, never a row per message; nothing is deletable. The book
//! holds open alarms and recently closed ones; older ones live in the store only.

use crate::event::{EventCore, EventKind, Subject};
use crate::ids::{AlarmId, EventId, RuleId, Seq, ZoneKey};
use crate::units::UnixMs;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Where an alarm stands; derived from its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Holds, nobody has seen it.
    Unacknowledged,
    /// Holds, somebody took note.
    Acknowledged,
    /// Its condition ended, nobody has seen it.
    Returned,
    /// Done.
    Closed,
}

impl AlarmState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            AlarmState::Unacknowledged => "unacknowledged",
            AlarmState::Acknowledged => "acknowledged",
            AlarmState::Returned => "returned",
            AlarmState::Closed => "closed",
        }
    }
}

/// What happened to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmStep {
    /// Its event began.
    Raised,
    /// Its event ended.
    Returned,
    /// Its event did not happen after all.
    Retracted,
    /// Its event stands again.
    Reopened,
    /// A person took note.
    Acknowledged,
    /// A person closed it, or it returned after being acknowledged.
    Closed,
}

impl AlarmStep {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            AlarmStep::Raised => "raised",
            AlarmStep::Returned => "returned",
            AlarmStep::Retracted => "retracted",
            AlarmStep::Reopened => "reopened",
            AlarmStep::Acknowledged => "acknowledged",
            AlarmStep::Closed => "closed",
        }
    }
}

/// One line of an alarm's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmLine {
    /// When, in journal time (a person's act) or event time (what the world did).
    pub at: UnixMs,
    /// What.
    pub step: AlarmStep,
    /// Who, for a person's act: the user's name.
    pub who: Option<String>,
    /// What the person wrote.
    pub note: Option<String>,
}

/// An alarm with its whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Derived by [`alarm_id`].
    pub id: AlarmId,
    /// The number of its last change.
    pub seq: Seq,
    /// 1 (highest) to 4, from the rule.
    pub priority: u8,
    /// The kind of the event that raised it.
    pub kind: EventKind,
    /// Whom it is about.
    pub subject: Subject,
    /// Where.
    pub zone: Option<ZoneKey>,
    /// Under which rule.
    pub rule: Option<RuleId>,
    /// When the visit began that it belongs to.
    pub visit_at: UnixMs,
    /// Known too late to be sirened.
    pub late: bool,
    /// When its event began.
    pub raised_at: UnixMs,
    /// When its event ended.
    pub returned_at: Option<UnixMs>,
    /// When a person took note, and who.
    pub acknowledged: Option<(UnixMs, String)>,
    /// When it was done.
    pub closed_at: Option<UnixMs>,
    /// What the person who closed it found.
    pub result: Option<String>,
    /// Its events, the raising one first.
    pub events: Vec<EventId>,
    /// Everything that happened to it, oldest first.
    pub history: Vec<AlarmLine>,
}

impl Alarm {
    /// Where it stands.
    pub fn state(&self) -> AlarmState {
        match (self.closed_at, self.returned_at, &self.acknowledged) {
            (Some(_), _, _) => AlarmState::Closed,
            (None, _, Some(_)) => AlarmState::Acknowledged,
            (None, Some(_), None) => AlarmState::Returned,
            (None, None, None) => AlarmState::Unacknowledged,
        }
    }
}

/// What a person does to an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmAct {
    /// Takes note.
    Acknowledge {
        /// Free text.
        note: Option<String>,
    },
    /// Ends it with a finding.
    Close {
        /// What was found.
        result: String,
        /// Free text.
        note: Option<String>,
    },
}

/// The id of an alarm: XXH3-128 over its cause, its subject and the first raising event.
pub fn alarm_id(zone: Option<ZoneKey>, rule: Option<&RuleId>, subject: Subject, first: EventId) -> AlarmId {
    let mut bytes = Vec::with_capacity(96);
    bytes.extend_from_slice(&zone.map_or(u32::MAX, |z| z.0).to_le_bytes());
    let rule = rule.map_or("", |r| r.as_str());
    bytes.push(rule.len() as u8);
    bytes.extend_from_slice(rule.as_bytes());
    let (tag, key) = match subject {
        Subject::Vehicle(key) => (1u8, key.0),
        Subject::Zone(key) => (2, key.0),
        Subject::System => (3, 0),
    };
    bytes.push(tag);
    bytes.extend_from_slice(&key.to_le_bytes());
    bytes.extend_from_slice(&first.0.to_le_bytes());
    AlarmId(xxhash_rust::xxh3::xxh3_128(&bytes))
}

/// One alarm's cause: one alarm exists per cause and visit.
type Cause = (Option<ZoneKey>, Option<RuleId>, Subject, UnixMs);

/// The alarms that are open or were closed lately.
#[derive(Clone, Debug, Default)]
pub struct AlarmBook {
    alarms: FxHashMap<AlarmId, Alarm>,
    by_event: FxHashMap<EventId, AlarmId>,
    by_cause: FxHashMap<Cause, AlarmId>,
}

impl AlarmBook {
    /// The book of a snapshot.
    pub fn restored(alarms: Vec<Alarm>) -> AlarmBook {
        let mut book = AlarmBook::default();
        // Of several alarms with one cause only the last can be open, and new events join that one.
        let (closed, open): (Vec<Alarm>, Vec<Alarm>) = alarms.into_iter().partition(|alarm| alarm.closed_at.is_some());
        for alarm in closed.into_iter().chain(open) {
            book.keep(alarm);
        }
        book
    }

    /// What a snapshot keeps, by id.
    pub fn snapshot(&self) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = self.alarms.values().cloned().collect();
        alarms.sort_by_key(|alarm| alarm.id);
        alarms
    }

    /// An alarm, if it is open or was closed lately.
    pub fn get(&self, id: AlarmId) -> Option<&Alarm> {
        self.alarms.get(&id)
    }

    /// The alarm that an event belongs to.
    pub fn of_event(&self, event: EventId) -> Option<AlarmId> {
        self.by_event.get(&event).copied()
    }

    /// An event stands as given; events without a rule raise nothing. Returns the alarm's id if it changed.
    pub fn event_stands(&mut self, event: &EventCore, late: bool) -> Option<AlarmId> {
        let rule = event.rule.as_ref()?;
        if let Some(id) = self.by_event.get(&event.id).copied() {
            return self.event_changed(id, event);
        }
        let zone = event.zone.map(|(key, _)| key);
        let cause = (zone, Some(rule.id.clone()), event.subject, event.visit_at);
        let joined = self.by_cause.get(&cause).copied().filter(|id| self.alarms[id].closed_at.is_none());
        if let Some(id) = joined {
            let alarm = self.alarms.get_mut(&id).expect("a cause names a kept alarm");
            alarm.events.push(event.id);
            alarm.returned_at = event.ended_at;
            alarm.history.push(AlarmLine { at: event.at, step: AlarmStep::Reopened, who: None, note: None });
            self.by_event.insert(event.id, id);
            self.close_if_done(id);
            return Some(id);
        }
        let id = alarm_id(zone, Some(&rule.id), event.subject, event.id);
        let mut alarm = Alarm {
            id,
            seq: Seq(0),
            priority: rule.priority,
            kind: event.kind,
            subject: event.subject,
            zone,
            rule: Some(rule.id.clone()),
            visit_at: event.visit_at,
            late,
            raised_at: event.at,
            returned_at: event.ended_at,
            acknowledged: None,
            closed_at: None,
            result: None,
            events: vec![event.id],
            history: vec![AlarmLine { at: event.at, step: AlarmStep::Raised, who: None, note: None }],
        };
        if let Some(at) = event.ended_at {
            alarm.history.push(AlarmLine { at, step: AlarmStep::Returned, who: None, note: None });
        }
        self.keep(alarm);
        Some(id)
    }

    /// An event did not happen after all. The alarm stays, returned. Returns its id if it changed.
    pub fn event_retracted(&mut self, event: EventId, at: UnixMs) -> Option<AlarmId> {
        let id = self.by_event.get(&event).copied()?;
        let alarm = self.alarms.get_mut(&id)?;
        alarm.history.push(AlarmLine { at, step: AlarmStep::Retracted, who: None, note: None });
        if alarm.events.last() == Some(&event) && alarm.returned_at.is_none() {
            alarm.returned_at = Some(at);
        }
        self.close_if_done(id);
        Some(id)
    }

    /// A person's act at journal time `at`. Returns the alarm's id if it changed; repeating an act changes nothing.
    pub fn act(&mut self, id: AlarmId, at: UnixMs, who: &str, act: &AlarmAct) -> Option<AlarmId> {
        let alarm = self.alarms.get_mut(&id)?;
        if alarm.closed_at.is_some() {
            return None;
        }
        match act {
            AlarmAct::Acknowledge { note } => {
                if alarm.acknowledged.is_some() {
                    return None;
                }
                alarm.acknowledged = Some((at, who.to_owned()));
                let who = Some(who.to_owned());
                alarm.history.push(AlarmLine { at, step: AlarmStep::Acknowledged, who, note: note.clone() });
                self.close_if_done(id);
            }
            AlarmAct::Close { result, note } => {
                alarm.closed_at = Some(at);
                alarm.result = Some(result.clone());
                let who = Some(who.to_owned());
                alarm.history.push(AlarmLine { at, step: AlarmStep::Closed, who, note: note.clone() });
            }
        }
        Some(id)
    }

    /// Numbers a changed alarm and returns it.
    pub fn number(&mut self, id: AlarmId, seq: Seq) -> Option<Alarm> {
        let alarm = self.alarms.get_mut(&id)?;
        alarm.seq = seq;
        Some(alarm.clone())
    }

    /// Forgets alarms that closed and returned before `before`; the store keeps them. One whose condition holds still is
    /// remembered, or its end would raise it anew over the one that was closed.
    pub fn forget(&mut self, before: UnixMs) {
        let done: Vec<AlarmId> = self
            .alarms
            .values()
            .filter(|alarm| alarm.closed_at.is_some_and(|at| at < before))
            .filter(|alarm| alarm.returned_at.is_some_and(|at| at < before))
            .map(|alarm| alarm.id)
            .collect();
        for id in done {
            let Some(alarm) = self.alarms.remove(&id) else { continue };
            for event in &alarm.events {
                self.by_event.remove(event);
            }
            let cause = cause_of(&alarm);
            if self.by_cause.get(&cause) == Some(&id) {
                self.by_cause.remove(&cause);
            }
        }
    }

    fn keep(&mut self, alarm: Alarm) {
        for event in &alarm.events {
            self.by_event.insert(*event, alarm.id);
        }
        self.by_cause.insert(cause_of(&alarm), alarm.id);
        self.alarms.insert(alarm.id, alarm);
    }

    fn event_changed(&mut self, id: AlarmId, event: &EventCore) -> Option<AlarmId> {
        let alarm = self.alarms.get_mut(&id)?;
        if alarm.events.last() != Some(&event.id) || alarm.returned_at == event.ended_at {
            return None;
        }
        let (at, step) = match event.ended_at {
            Some(at) => (at, AlarmStep::Returned),
            None => (event.at, AlarmStep::Reopened),
        };
        alarm.returned_at = event.ended_at;
        alarm.history.push(AlarmLine { at, step, who: None, note: None });
        self.close_if_done(id);
        Some(id)
    }

    /// An acknowledged alarm that returned is done.
    fn close_if_done(&mut self, id: AlarmId) {
        let Some(alarm) = self.alarms.get_mut(&id) else { return };
        if let (Some(returned_at), Some((acknowledged_at, _)), None) =
            (alarm.returned_at, &alarm.acknowledged, alarm.closed_at)
        {
            let at = returned_at.max(*acknowledged_at);
            alarm.closed_at = Some(at);
            alarm.history.push(AlarmLine { at, step: AlarmStep::Closed, who: None, note: None });
        }
    }
}

fn cause_of(alarm: &Alarm) -> Cause {
    (alarm.zone, alarm.rule.clone(), alarm.subject, alarm.visit_at)
}
