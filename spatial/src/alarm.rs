//! Alarms after ISA-18.2: what a person must look at, from raise to close.
//!
//! One alarm per cause (zone, rule) and visit; an interval, never a row per message; nothing is deletable. A book
//! holds one subject's open alarms and recently closed ones; older ones live in the store only.

use crate::event::{EventCore, EventKind, HashInput, Subject};
use crate::ids::{AlarmId, EventId, RuleId, Seq, ZoneKey};
use crate::index::hint;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

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

/// An alarm as it is kept and shown: what it says, and the number of its last change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The number of its last change.
    pub seq: Seq,
    /// What it says.
    #[serde(flatten)]
    pub body: Arc<AlarmBody>,
}

impl Deref for Alarm {
    type Target = AlarmBody;
    fn deref(&self) -> &AlarmBody {
        &self.body
    }
}

/// What an alarm says, with its whole history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmBody {
    /// Derived by [`alarm_id`].
    pub id: AlarmId,
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

impl AlarmBody {
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
    let mut bytes = HashInput::default();
    bytes.put(&zone.map_or(u32::MAX, |z| z.0).to_le_bytes());
    let rule = rule.map_or("", |r| r.as_str());
    bytes.put(&[rule.len() as u8]);
    bytes.put(rule.as_bytes());
    let (tag, key) = subject.tag();
    bytes.put(&[tag]);
    bytes.put(&key.to_le_bytes());
    bytes.put(&first.0.to_le_bytes());
    AlarmId(bytes.hash())
}

/// The alarms about one subject that are open or were closed lately: one per cause (zone, rule) and visit.
///
/// A handful each, so they are found by looking through their causes' hashes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmBook {
    /// The causes' hashes, in the order of `alarms`.
    causes: Vec<u64>,
    /// The low halves of the alarms' ids, likewise.
    ids: Vec<u64>,
    alarms: Vec<Arc<AlarmBody>>,
}

impl AlarmBook {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.alarms.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.alarms.is_empty()
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<AlarmBody>> {
        self.alarms.iter()
    }

    /// Asks for the memory of what the next event will ask of it. Changes nothing.
    pub(crate) fn bring_near(&self) {
        self.causes.last().into_iter().for_each(hint);
        self.ids.last().into_iter().for_each(hint);
        self.alarms.last().into_iter().for_each(hint);
    }

    /// Takes in alarms that the store still knew.
    pub fn recall(&mut self, alarms: impl IntoIterator<Item = Arc<AlarmBody>>) {
        for alarm in alarms {
            if self.place(alarm.id).is_none() {
                self.push(cause(alarm.zone, alarm.rule.as_ref(), alarm.visit_at), alarm);
            }
        }
    }

    /// An event stands as given; one without a rule raises nothing unless it is about Cordon itself. `of` is the alarm that it belongs to already.
    /// Returns the alarm if it changed.
    pub fn event_stands(&mut self, event: &EventCore, of: Option<AlarmId>, late: bool) -> Option<Arc<AlarmBody>> {
        let rule = event.rule.as_ref().map(|rule| &rule.id);
        let priority = match (&event.rule, event.evidence.condition) {
            (Some(rule), _) => rule.priority,
            (None, Some(condition)) => condition.priority(),
            (None, None) => return None,
        };
        if let Some(place) = of.and_then(|id| self.place(id)) {
            return self.event_changed(place, event);
        }
        let zone = event.zone.map(|(key, _)| key);
        let cause = cause(zone, rule, event.visit_at);
        if let Some(place) = self.open_of(cause, event) {
            let alarm = Arc::make_mut(&mut self.alarms[place]);
            alarm.events.push(event.id);
            alarm.returned_at = event.ended_at;
            alarm.history.push(AlarmLine { at: event.at, step: AlarmStep::Reopened, who: None, note: None });
            close_if_done(alarm);
            return Some(Arc::clone(&self.alarms[place]));
        }
        let id = alarm_id(zone, rule, event.subject, event.id);
        if let Some(place) = self.place(id) {
            return self.event_changed(place, event);
        }
        let mut history = Vec::with_capacity(2);
        history.push(AlarmLine { at: event.at, step: AlarmStep::Raised, who: None, note: None });
        if let Some(at) = event.ended_at {
            history.push(AlarmLine { at, step: AlarmStep::Returned, who: None, note: None });
        }
        let alarm = Arc::new(AlarmBody {
            id,
            priority,
            kind: event.kind,
            subject: event.subject,
            zone,
            rule: rule.cloned(),
            visit_at: event.visit_at,
            late,
            raised_at: event.at,
            returned_at: event.ended_at,
            acknowledged: None,
            closed_at: None,
            result: None,
            events: vec![event.id],
            history,
        });
        self.push(cause, Arc::clone(&alarm));
        Some(alarm)
    }

    /// An event of an alarm did not happen after all. The alarm stays, returned. Returns it if it changed.
    pub fn event_retracted(&mut self, event: EventId, of: AlarmId, at: UnixMs) -> Option<Arc<AlarmBody>> {
        let place = self.place(of)?;
        let alarm = Arc::make_mut(&mut self.alarms[place]);
        alarm.history.push(AlarmLine { at, step: AlarmStep::Retracted, who: None, note: None });
        if alarm.events.last() == Some(&event) && alarm.returned_at.is_none() {
            alarm.returned_at = Some(at);
        }
        close_if_done(alarm);
        Some(Arc::clone(&self.alarms[place]))
    }

    /// A person's act at journal time `at`. Returns the alarm if it changed; repeating an act changes nothing.
    pub fn act(&mut self, id: AlarmId, at: UnixMs, who: &str, act: &AlarmAct) -> Option<Arc<AlarmBody>> {
        let place = self.place(id)?;
        if self.alarms[place].closed_at.is_some() {
            return None;
        }
        match act {
            AlarmAct::Acknowledge { note } => {
                if self.alarms[place].acknowledged.is_some() {
                    return None;
                }
                let alarm = Arc::make_mut(&mut self.alarms[place]);
                alarm.acknowledged = Some((at, who.to_owned()));
                let who = Some(who.to_owned());
                alarm.history.push(AlarmLine { at, step: AlarmStep::Acknowledged, who, note: note.clone() });
                close_if_done(alarm);
            }
            AlarmAct::Close { result, note } => {
                let alarm = Arc::make_mut(&mut self.alarms[place]);
                alarm.closed_at = Some(at);
                alarm.result = Some(result.clone());
                let who = Some(who.to_owned());
                alarm.history.push(AlarmLine { at, step: AlarmStep::Closed, who, note: note.clone() });
            }
        }
        Some(Arc::clone(&self.alarms[place]))
    }

    /// Forgets alarms that closed and returned before `before`; the store keeps them. One whose condition holds still is
    /// remembered, or its end would raise it anew over the one that was closed.
    pub fn forget(&mut self, before: UnixMs) {
        let done = |alarm: &AlarmBody| {
            alarm.closed_at.is_some_and(|at| at < before) && alarm.returned_at.is_some_and(|at| at < before)
        };
        if !self.alarms.iter().any(|alarm| done(alarm)) {
            return;
        }
        let mut kept = AlarmBook::default();
        for (cause, alarm) in self.causes.drain(..).zip(self.alarms.drain(..)) {
            if !done(&alarm) {
                kept.push(cause, alarm);
            }
        }
        *self = kept;
    }

    fn place(&self, id: AlarmId) -> Option<usize> {
        let low = id.0 as u64;
        self.ids.iter().rposition(|known| *known == low)
    }

    fn push(&mut self, cause: u64, alarm: Arc<AlarmBody>) {
        self.causes.push(cause);
        self.ids.push(alarm.id.0 as u64);
        self.alarms.push(alarm);
    }

    /// The open alarm of a cause: of several with one cause the last alone can be open.
    fn open_of(&self, hash: u64, event: &EventCore) -> Option<usize> {
        let rule = event.rule.as_ref().map(|rule| &rule.id);
        let zone = event.zone.map(|(key, _)| key);
        let mut places = self.causes.iter().enumerate().rev().filter(|(_, cause)| **cause == hash);
        let (place, _) = places.find(|(place, _)| {
            let alarm = &self.alarms[*place];
            alarm.zone == zone && alarm.rule.as_ref() == rule && alarm.visit_at == event.visit_at
        })?;
        self.alarms[place].closed_at.is_none().then_some(place)
    }

    fn event_changed(&mut self, place: usize, event: &EventCore) -> Option<Arc<AlarmBody>> {
        let alarm = &self.alarms[place];
        if alarm.events.last() != Some(&event.id) || alarm.returned_at == event.ended_at {
            return None;
        }
        let (at, step) = match event.ended_at {
            Some(at) => (at, AlarmStep::Returned),
            None => (event.at, AlarmStep::Reopened),
        };
        let alarm = Arc::make_mut(&mut self.alarms[place]);
        alarm.returned_at = event.ended_at;
        alarm.history.push(AlarmLine { at, step, who: None, note: None });
        close_if_done(alarm);
        Some(Arc::clone(&self.alarms[place]))
    }
}

/// An acknowledged alarm that returned is done.
fn close_if_done(alarm: &mut AlarmBody) {
    if let (Some(returned_at), Some((acknowledged_at, _)), None) =
        (alarm.returned_at, &alarm.acknowledged, alarm.closed_at)
    {
        let at = returned_at.max(*acknowledged_at);
        alarm.closed_at = Some(at);
        alarm.history.push(AlarmLine { at, step: AlarmStep::Closed, who: None, note: None });
    }
}

/// A hash of what makes alarms of one subject one: zone, rule and visit.
fn cause(zone: Option<ZoneKey>, rule: Option<&RuleId>, visit_at: UnixMs) -> u64 {
    let rule = rule.map_or("", |rule| rule.as_str());
    let mut bytes = [0_u8; 80];
    bytes[..4].copy_from_slice(&zone.map_or(u32::MAX, |zone| zone.0).to_le_bytes());
    bytes[4..12].copy_from_slice(&visit_at.0.to_le_bytes());
    bytes[12..12 + rule.len()].copy_from_slice(rule.as_bytes());
    xxhash_rust::xxh3::xxh3_64(&bytes[..12 + rule.len()])
}
