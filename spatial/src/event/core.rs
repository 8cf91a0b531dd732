//! What an event says about the world, held as small as it can be: most events are told once and read by nobody soon.

use super::edge::EdgeEvent;
use super::{Condition, EventFacts, EventKind, RuleRef, Subject};
use crate::ids::{EventId, Revision, ZoneKey};
use crate::units::UnixMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// What an event says about the world: a pure function of fixes and revisions, whatever their order of arrival.
///
/// What came of a boundary, as most events do, stands in place and is written out as [`EventFacts`] when it is first read.
#[derive(Clone)]
pub struct EventCore {
    said: Said,
    /// When it ended: for intervals; `None` while it lasts.
    pub ended_at: Option<UnixMs>,
}

/// What is said but for the end.
enum Said {
    Edge { edge: EdgeEvent, written: OnceLock<Box<EventFacts>> },
    Any(Arc<EventFacts>),
}

impl Clone for Said {
    fn clone(&self) -> Said {
        match self {
            Said::Edge { edge, .. } => Said::Edge { edge: edge.clone(), written: OnceLock::new() },
            Said::Any(facts) => Said::Any(Arc::clone(facts)),
        }
    }
}

impl EventCore {
    /// Of what happened; for an interval that is over, when.
    pub fn new(facts: EventFacts, ended_at: Option<UnixMs>) -> EventCore {
        let said = match EdgeEvent::of(&facts) {
            Some(edge) => Said::Edge { edge, written: OnceLock::new() },
            None => Said::Any(Arc::new(facts)),
        };
        EventCore { said, ended_at }
    }

    /// Of what came of a boundary.
    pub(crate) fn of_edge(edge: EdgeEvent, ended_at: Option<UnixMs>) -> EventCore {
        EventCore { said: Said::Edge { edge, written: OnceLock::new() }, ended_at }
    }

    /// The same, ended at `at`, but not before it began.
    pub fn ended(&self, at: UnixMs) -> EventCore {
        EventCore { said: self.said.clone(), ended_at: Some(at.max(self.at())) }
    }

    /// Its facts, to change them in this version alone.
    pub fn facts_mut(&mut self) -> &mut EventFacts {
        if let Said::Edge { edge, .. } = &self.said {
            self.said = Said::Any(Arc::new(edge.facts()));
        }
        let Said::Any(facts) = &mut self.said else { unreachable!("it was just written out") };
        Arc::make_mut(facts)
    }

    /// Whether it says the same as another, whenever each ended.
    pub(crate) fn is_alike(&self, other: &EventCore) -> bool {
        match (&self.said, &other.said) {
            (Said::Edge { edge: one, .. }, Said::Edge { edge: two, .. }) => one == two,
            _ => **self == **other,
        }
    }

    fn facts(&self) -> &EventFacts {
        match &self.said {
            Said::Edge { edge, written } => written.get_or_init(|| Box::new(edge.facts())),
            Said::Any(facts) => facts,
        }
    }
}

/// What the engine asks of many events, answered without writing them out.
impl EventCore {
    /// [`EventFacts::id`].
    #[inline]
    pub(crate) fn id(&self) -> EventId {
        match &self.said {
            Said::Edge { edge, .. } => edge.id,
            Said::Any(facts) => facts.id,
        }
    }

    /// [`EventFacts::kind`].
    #[inline]
    pub(crate) fn kind(&self) -> EventKind {
        match &self.said {
            Said::Edge { edge, .. } => edge.kind,
            Said::Any(facts) => facts.kind,
        }
    }

    /// [`EventFacts::at`].
    #[inline]
    pub(crate) fn at(&self) -> UnixMs {
        match &self.said {
            Said::Edge { edge, .. } => edge.at,
            Said::Any(facts) => facts.at,
        }
    }

    /// [`EventFacts::visit_at`].
    #[inline]
    pub(crate) fn visit_at(&self) -> UnixMs {
        match &self.said {
            Said::Edge { edge, .. } => edge.visit_at,
            Said::Any(facts) => facts.visit_at,
        }
    }

    /// [`EventFacts::subject`].
    #[inline]
    pub(crate) fn subject(&self) -> Subject {
        match &self.said {
            Said::Edge { edge, .. } => Subject::Vehicle(edge.vehicle),
            Said::Any(facts) => facts.subject,
        }
    }

    /// [`EventFacts::zone`].
    #[inline]
    pub(crate) fn zone(&self) -> Option<(ZoneKey, Revision)> {
        match &self.said {
            Said::Edge { edge, .. } => Some(edge.zone),
            Said::Any(facts) => facts.zone,
        }
    }

    /// [`EventFacts::rule`].
    #[inline]
    pub(crate) fn rule(&self) -> Option<&RuleRef> {
        match &self.said {
            Said::Edge { edge, .. } => Some(&edge.rule),
            Said::Any(facts) => facts.rule.as_ref(),
        }
    }

    /// What it says about Cordon itself.
    #[inline]
    pub(crate) fn condition(&self) -> Option<Condition> {
        match &self.said {
            Said::Edge { .. } => None,
            Said::Any(facts) => facts.evidence.condition,
        }
    }
}

impl PartialEq for EventCore {
    fn eq(&self, other: &EventCore) -> bool {
        self.ended_at == other.ended_at && self.is_alike(other)
    }
}

impl Eq for EventCore {}

impl fmt::Debug for EventCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventCore").field("facts", self.facts()).field("ended_at", &self.ended_at).finish()
    }
}

impl Deref for EventCore {
    type Target = EventFacts;
    fn deref(&self) -> &EventFacts {
        self.facts()
    }
}

/// An event as it is written for people: its end among its facts.
#[derive(Serialize, Deserialize)]
struct Readable<Facts> {
    #[serde(flatten)]
    facts: Facts,
    ended_at: Option<UnixMs>,
}

impl Serialize for EventCore {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written;
        let facts = match &self.said {
            Said::Edge { edge, .. } => {
                written = edge.facts();
                &written
            }
            Said::Any(facts) => &**facts,
        };
        if serializer.is_human_readable() {
            Readable { facts, ended_at: self.ended_at }.serialize(serializer)
        } else {
            (facts, self.ended_at).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for EventCore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EventCore, D::Error> {
        let (facts, ended_at) = if deserializer.is_human_readable() {
            Readable::deserialize(deserializer).map(|read| (read.facts, read.ended_at))?
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Ok(EventCore::new(facts, ended_at))
    }
}
