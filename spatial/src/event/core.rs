//! What an event says about the world, held as small as it can be: most events are told once and read by nobody soon.

use super::edge::EdgeEvent;
use super::{Condition, EventFacts, EventKind, RuleRef, Subject};
use crate::ids::{EventId, Revision, ZoneKey};
use crate::index::{hint, hint_all};
use crate::units::UnixMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// What an event says about the world: a pure function of fixes and revisions, whatever their order of arrival.
///
/// A clone copies a handle. What came of a boundary, as most events do, is held in brief and written out as [`EventFacts`] when
/// it is first read.
#[derive(Clone)]
pub struct EventCore {
    said: Said,
    /// When it ended: for intervals; `None` while it lasts.
    pub ended_at: Option<UnixMs>,
}

/// What is said but for the end; the versions of an event that differ in their end alone share it.
#[derive(Clone)]
enum Said {
    Edge(Arc<Edge>),
    Any(Arc<EventFacts>),
}

struct Edge {
    brief: EdgeEvent,
    written: OnceLock<Box<EventFacts>>,
}

impl EventCore {
    /// Of what happened; for an interval that is over, when.
    pub fn new(facts: EventFacts, ended_at: Option<UnixMs>) -> EventCore {
        let said = match EdgeEvent::of(&facts) {
            Some(brief) => return EventCore::of_edge(brief, ended_at),
            None => Said::Any(Arc::new(facts)),
        };
        EventCore { said, ended_at }
    }

    /// Of what came of a boundary.
    pub(crate) fn of_edge(brief: EdgeEvent, ended_at: Option<UnixMs>) -> EventCore {
        EventCore { said: Said::Edge(Arc::new(Edge { brief, written: OnceLock::new() })), ended_at }
    }

    /// The same, ended at `at`, but not before it began.
    pub fn ended(&self, at: UnixMs) -> EventCore {
        EventCore { said: self.said.clone(), ended_at: Some(at.max(self.at())) }
    }

    /// Its facts, to change them in this version alone.
    pub fn facts_mut(&mut self) -> &mut EventFacts {
        if let Said::Edge(edge) = &self.said {
            self.said = Said::Any(Arc::new(edge.brief.facts()));
        }
        let Said::Any(facts) = &mut self.said else { unreachable!("it was just written out") };
        Arc::make_mut(facts)
    }

    /// Whether it says the same as another, whenever each ended.
    pub(crate) fn is_alike(&self, other: &EventCore) -> bool {
        match (&self.said, &other.said) {
            (Said::Edge(one), Said::Edge(two)) => Arc::ptr_eq(one, two) || one.brief == two.brief,
            (Said::Any(one), Said::Any(two)) => Arc::ptr_eq(one, two) || one == two,
            _ => **self == **other,
        }
    }

    fn facts(&self) -> &EventFacts {
        match &self.said {
            Said::Edge(edge) => edge.written.get_or_init(|| Box::new(edge.brief.facts())),
            Said::Any(facts) => facts,
        }
    }

    /// Asks for the memory that its versions share. Changes nothing.
    pub(crate) fn bring_near(&self) {
        match &self.said {
            Said::Edge(edge) => hint_all(&**edge),
            Said::Any(facts) => hint_all(&**facts),
        }
    }

    /// The same for letting it go.
    pub(crate) fn bring_handle_near(&self) {
        match &self.said {
            Said::Edge(edge) => hint(&**edge),
            Said::Any(facts) => hint(&**facts),
        }
    }
}

/// What the engine asks of many events, answered without writing them out.
impl EventCore {
    /// [`EventFacts::id`].
    #[inline]
    pub(crate) fn id(&self) -> EventId {
        match &self.said {
            Said::Edge(edge) => edge.brief.id,
            Said::Any(facts) => facts.id,
        }
    }

    /// [`EventFacts::kind`].
    #[inline]
    pub(crate) fn kind(&self) -> EventKind {
        match &self.said {
            Said::Edge(edge) => edge.brief.kind,
            Said::Any(facts) => facts.kind,
        }
    }

    /// [`EventFacts::at`].
    #[inline]
    pub(crate) fn at(&self) -> UnixMs {
        match &self.said {
            Said::Edge(edge) => edge.brief.at,
            Said::Any(facts) => facts.at,
        }
    }

    /// [`EventFacts::visit_at`].
    #[inline]
    pub(crate) fn visit_at(&self) -> UnixMs {
        match &self.said {
            Said::Edge(edge) => edge.brief.visit_at,
            Said::Any(facts) => facts.visit_at,
        }
    }

    /// [`EventFacts::subject`].
    #[inline]
    pub(crate) fn subject(&self) -> Subject {
        match &self.said {
            Said::Edge(edge) => Subject::Vehicle(edge.brief.vehicle),
            Said::Any(facts) => facts.subject,
        }
    }

    /// [`EventFacts::zone`].
    #[inline]
    pub(crate) fn zone(&self) -> Option<(ZoneKey, Revision)> {
        match &self.said {
            Said::Edge(edge) => Some(edge.brief.zone),
            Said::Any(facts) => facts.zone,
        }
    }

    /// [`EventFacts::rule`].
    #[inline]
    pub(crate) fn rule(&self) -> Option<&RuleRef> {
        match &self.said {
            Said::Edge(edge) => Some(&edge.brief.rule),
            Said::Any(facts) => facts.rule.as_ref(),
        }
    }

    /// What it says about Cordon itself.
    #[inline]
    pub(crate) fn condition(&self) -> Option<Condition> {
        match &self.said {
            Said::Edge(_) => None,
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
            Said::Edge(edge) => {
                written = edge.brief.facts();
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
