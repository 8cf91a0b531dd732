//! What one alarm says, held as small as it can be: most alarms are made by one event and touched by nobody.

use super::{AlarmBody, AlarmEvents, AlarmLine, AlarmLines, AlarmStep, alarm_id};
use crate::event::{Condition, EventCore, EventKind};
use crate::ids::{EventId, RuleId, ZoneKey};
use crate::units::UnixMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// An [`AlarmBody`] that is written when it is first read: until then the event that made it stands for it.
#[derive(Clone, Debug)]
pub struct AlarmSheet {
    /// What made it; `None` when more than this one event speaks for it.
    made_by: Option<Origin>,
    body: OnceLock<Arc<AlarmBody>>,
}

/// The one event that speaks for an alarm: as it was when it made the alarm, but for its end.
#[derive(Clone, Debug)]
struct Origin {
    event: EventCore,
    /// Whether it was known too late.
    late: bool,
}

impl AlarmSheet {
    /// Of an alarm that an event raises.
    pub(super) fn raised(event: &EventCore, late: bool) -> AlarmSheet {
        AlarmSheet { made_by: Some(Origin { event: event.clone(), late }), body: OnceLock::new() }
    }

    /// The body, to change it.
    pub fn body_mut(&mut self) -> &mut AlarmBody {
        self.read();
        self.made_by = None;
        Arc::make_mut(self.body.get_mut().expect("it was just read"))
    }

    /// Takes in that the one event that made it has ended; false when that is not the whole of what is new.
    pub(super) fn ends_with(&mut self, event: &EventCore) -> bool {
        match &mut self.made_by {
            Some(Origin { event: known, .. }) if known.id() == event.id() && known.ended_at.is_none() => {
                known.ended_at = event.ended_at;
                self.body.take();
                true
            }
            _ => false,
        }
    }

    /// The last of its events.
    pub(super) fn last_event(&self) -> Option<EventId> {
        match &self.made_by {
            Some(origin) => Some(origin.event.id()),
            None => self.read().events.last().copied(),
        }
    }

    /// The kind of the event that raised it.
    pub(super) fn kind(&self) -> EventKind {
        self.made_by.as_ref().map_or_else(|| self.read().kind, |origin| origin.event.kind())
    }

    /// When its condition ended.
    pub(super) fn returned_at(&self) -> Option<UnixMs> {
        self.made_by.as_ref().map_or_else(|| self.read().returned_at, |origin| origin.event.ended_at)
    }

    /// Whether its event did not happen, by what was known last.
    pub(super) fn was_retracted(&self) -> bool {
        self.made_by.is_none() && self.read().history.last().is_some_and(|line| line.step == AlarmStep::Retracted)
    }

    /// When it was done.
    pub(super) fn closed_at(&self) -> Option<UnixMs> {
        if self.made_by.is_some() { None } else { self.read().closed_at }
    }

    /// Until when it is put aside.
    pub(super) fn shelved_until(&self) -> Option<UnixMs> {
        if self.made_by.is_some() { None } else { self.read().shelved.as_ref().map(|shelf| shelf.until) }
    }

    /// Its zone, its rule and when its visit began.
    pub(super) fn cause(&self) -> (Option<ZoneKey>, Option<&RuleId>, UnixMs) {
        match &self.made_by {
            Some(origin) => cause_of(&origin.event),
            None => {
                let body = self.read();
                (body.zone, body.rule.as_ref(), body.visit_at)
            }
        }
    }

    fn read(&self) -> &Arc<AlarmBody> {
        self.body.get_or_init(|| {
            let Origin { event, late } = self.made_by.as_ref().expect("a sheet has a body or an event");
            Arc::new(body_of(event, *late, AlarmEvents::from_slice(&[event.id()]), event.ended_at))
        })
    }
}

/// The body of an alarm that nobody has touched, which an event raised.
pub(super) fn body_of(event: &EventCore, late: bool, events: AlarmEvents, returned_at: Option<UnixMs>) -> AlarmBody {
    let (zone, rule, visit_at) = cause_of(event);
    let at = event.at();
    let mut history = AlarmLines::new();
    history.push(AlarmLine { at, step: AlarmStep::Raised, who: None, note: None });
    if let Some(at) = returned_at {
        history.push(AlarmLine { at, step: AlarmStep::Returned, who: None, note: None });
    }
    AlarmBody {
        id: alarm_id(zone, rule, event.subject(), event.id()),
        priority: priority_of(event).unwrap_or(LOWEST_PRIORITY),
        kind: event.kind(),
        subject: event.subject(),
        zone,
        rule: rule.cloned(),
        visit_at,
        late,
        raised_at: at,
        returned_at,
        acknowledged: None,
        shelved: None,
        suppressed_by: None,
        closed_at: None,
        result: None,
        events,
        history,
    }
}

/// What makes an event's alarm one with those of other events: its zone, its rule and when its visit began.
pub(super) fn cause_of(event: &EventCore) -> (Option<ZoneKey>, Option<&RuleId>, UnixMs) {
    (event.zone().map(|(key, _)| key), event.rule().map(|rule| &rule.id), event.visit_at())
}

/// The priority of an event's alarm: the rule's, or that of what it says about Cordon itself; `None` when it raises none.
pub(super) fn priority_of(event: &EventCore) -> Option<u8> {
    event.rule().map(|rule| rule.priority).or_else(|| event.condition().map(Condition::priority))
}

/// Of an alarm that no rule raised.
const LOWEST_PRIORITY: u8 = 4;

impl From<AlarmBody> for AlarmSheet {
    fn from(body: AlarmBody) -> AlarmSheet {
        Arc::new(body).into()
    }
}

impl From<Arc<AlarmBody>> for AlarmSheet {
    fn from(body: Arc<AlarmBody>) -> AlarmSheet {
        AlarmSheet { made_by: None, body: OnceLock::from(body) }
    }
}

impl Deref for AlarmSheet {
    type Target = AlarmBody;
    fn deref(&self) -> &AlarmBody {
        self.read()
    }
}

impl PartialEq for AlarmSheet {
    fn eq(&self, other: &AlarmSheet) -> bool {
        self.read() == other.read()
    }
}

impl Eq for AlarmSheet {}

impl Serialize for AlarmSheet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.read().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AlarmSheet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AlarmSheet, D::Error> {
        AlarmBody::deserialize(deserializer).map(AlarmSheet::from)
    }
}
