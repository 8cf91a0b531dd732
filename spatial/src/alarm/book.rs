//! One subject's alarms: raised by its events, changed by what became of them and by people.

use super::sheet::{AlarmSheet, body_of, cause_of, priority_of};
use super::suppression::SharedCause;
use super::{AlarmAct, AlarmBody, AlarmEvents, AlarmLine, AlarmStep, LONGEST_SHELF, Shelf, alarm_id};
use crate::event::{EventCore, EventKind};
use crate::ids::{AlarmId, EventId, RuleId, ZoneKey};
use crate::index::{hint, hint_all};
use crate::sieve::Sieve;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};

/// Where an alarm stood in its book when it was seen last: a hint, which says nothing of its own, so that all are equal.
#[derive(Clone, Copy, Debug)]
pub struct Place(u32);

impl Default for Place {
    fn default() -> Place {
        Place(u32::MAX)
    }
}

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

/// What is sure to be new of an event that stands, so that it need not be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Perhaps nothing.
    Unknown,
    /// It was told of never before.
    Event,
    /// And none that belongs to its visit was.
    Visit,
}

/// An alarm that changed.
pub struct Changed {
    /// Which.
    pub id: AlarmId,
    /// Where it stands in the book.
    pub place: Place,
    /// As it is now.
    pub alarm: AlarmSheet,
}

/// The alarms about one subject that are open or were closed lately: one per cause (zone, rule) and visit.
///
/// A handful each, so they are found by looking through them, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmBook {
    /// The low halves of their ids, the oldest first.
    ids: Vec<u64>,
    /// The hashes of their causes, in the same order.
    causes: Vec<u64>,
    alarms: Vec<AlarmSheet>,
    /// Of ids and causes.
    #[serde(skip)]
    sieve: Sieve,
    /// No alarm that is put aside comes back before this.
    unshelve_at: UnixMs,
    /// Whether it may hold alarms of the terminal itself.
    terminal: bool,
}

impl Default for AlarmBook {
    fn default() -> AlarmBook {
        AlarmBook {
            ids: Vec::new(),
            causes: Vec::new(),
            alarms: Vec::new(),
            sieve: Sieve::default(),
            unshelve_at: UnixMs::MAX,
            terminal: false,
        }
    }
}

impl AlarmBook {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The low halves of their ids, the oldest first.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.ids.iter().copied()
    }

    /// Asks for the memory of what the next event will ask of it. Changes nothing.
    pub(crate) fn bring_near(&self) {
        self.ids.last().into_iter().for_each(hint);
        self.causes.last().into_iter().for_each(hint);
        self.alarms.last().into_iter().for_each(hint_all);
    }

    /// Takes in alarms that the store still knew.
    pub fn recall(&mut self, alarms: impl IntoIterator<Item = AlarmSheet>) {
        for alarm in alarms {
            if self.place(alarm.id).is_none() {
                if let Some(shelf) = &alarm.shelved {
                    self.unshelve_at = self.unshelve_at.min(shelf.until);
                }
                self.push(cause(alarm.cause()), alarm.id, alarm);
            }
        }
    }

    /// An event stands as given; one without a rule raises nothing unless it is about Cordon itself. `of` is the alarm that it belongs to already.
    /// `news` is what is new of it beside what the first so many alarms were raised by. Returns the alarm if it changed.
    pub fn event_stands(
        &mut self,
        event: &EventCore,
        of: Option<(AlarmId, Place)>,
        late: bool,
        (news, known): (News, usize),
    ) -> Option<Changed> {
        priority_of(event)?;
        if let Some((id, place)) = of.and_then(|(id, near)| Some((id, self.place_near(id, near)?))) {
            return self.event_changed(place, event).map(|alarm| Changed::new(id, place, alarm));
        }
        let (zone, rule, _) = cause_of(event);
        let cause = cause(cause_of(event));
        let unknown = if news == News::Visit { known.min(self.ids.len()) } else { 0 };
        if let Some(place) = self.open_of(cause, event, unknown) {
            let alarm = self.alarms[place].body_mut();
            alarm.events.push(event.id());
            alarm.returned_at = event.ended_at;
            alarm.history.push(AlarmLine { at: event.at(), step: AlarmStep::Reopened, who: None, note: None });
            close_if_done(alarm);
            return Some(Changed::new(alarm.id, place, self.alarms[place].clone()));
        }
        let id = alarm_id(zone, rule, event.subject(), event.id());
        if news == News::Unknown
            && let Some(place) = self.place(id)
        {
            return self.event_changed(place, event).map(|alarm| Changed::new(id, place, alarm));
        }
        let alarm = AlarmSheet::raised(event, late);
        self.push(cause, id, alarm.clone());
        Some(Changed::new(id, self.ids.len() - 1, alarm))
    }

    /// An event of an alarm did not happen after all. The alarm stays, returned. Returns it if it changed.
    pub fn event_retracted(&mut self, event: EventId, (of, near): (AlarmId, Place), at: UnixMs) -> Option<AlarmSheet> {
        let place = self.place_near(of, near)?;
        let alarm = self.alarms[place].body_mut();
        alarm.history.push(AlarmLine { at, step: AlarmStep::Retracted, who: None, note: None });
        if alarm.events.last() == Some(&event) && alarm.returned_at.is_none() {
            alarm.returned_at = Some(at);
        }
        close_if_done(alarm);
        Some(self.alarms[place].clone())
    }

    /// A person's act at journal time `at`. Returns the alarm if it changed; repeating an act changes nothing.
    pub fn act(&mut self, id: AlarmId, at: UnixMs, who: &str, act: &AlarmAct) -> Option<AlarmSheet> {
        let place = self.place(id)?;
        let alarm = &self.alarms[place];
        if alarm.closed_at.is_some() || !changes(alarm, at, act) {
            return None;
        }
        let alarm = self.alarms[place].body_mut();
        let mut line = |step, note| alarm.history.push(AlarmLine { at, step, who: Some(who.to_owned()), note });
        match act {
            AlarmAct::Acknowledge { note } => {
                if alarm.shelved.take().is_some() {
                    line(AlarmStep::Unshelved, None);
                }
                if alarm.acknowledged.is_none() {
                    alarm.acknowledged = Some((at, who.to_owned()));
                    line(AlarmStep::Acknowledged, note.clone());
                }
                close_if_done(alarm);
            }
            AlarmAct::Close { result, note } => {
                alarm.shelved = None;
                alarm.closed_at = Some(at);
                alarm.result = Some(result.clone());
                line(AlarmStep::Closed, note.clone());
            }
            AlarmAct::Shelve { reason, until } => {
                alarm.shelved = Some(Shelf { until: *until, reason: reason.clone() });
                line(AlarmStep::Shelved, Some(reason.clone()));
                self.unshelve_at = self.unshelve_at.min(*until);
            }
        }
        Some(self.alarms[place].clone())
    }

    /// One of the alarms.
    pub fn get(&self, id: AlarmId) -> Option<&AlarmSheet> {
        self.place(id).map(|place| &self.alarms[place])
    }

    /// Brings an alarm of a rule with delays in line with what makes it, or raises it. It began with the events `carried`,
    /// if there are any. Returns which it is, and it with whether it is new if it changed.
    pub(super) fn follow(
        &mut self,
        keeper: Option<AlarmId>,
        stretch: Stretch<'_>,
        carried: AlarmEvents,
    ) -> (AlarmId, Option<(AlarmSheet, bool)>) {
        let Stretch { first, late, events, last_at, returned_at } = stretch;
        let Some(place) = keeper.and_then(|id| self.place(id)) else {
            let mut alarm = body_of(first, late, events, returned_at);
            // The id that its event gives may be an alarm's that an earlier run kept when it was cut in two.
            while self.place(alarm.id).is_some() {
                alarm.id = alarm_id(alarm.zone, alarm.rule.as_ref(), alarm.subject, EventId(alarm.id.0));
            }
            let (id, alarm) = (alarm.id, AlarmSheet::from(alarm));
            self.push(cause(alarm.cause()), id, alarm.clone());
            return (id, Some((alarm, true)));
        };
        let known = &self.alarms[place];
        let goes_on = !carried.is_empty();
        let mut all = carried;
        all.extend(events);
        let raised_at = if goes_on { known.raised_at } else { first.at };
        if (known.raised_at, known.returned_at, &known.events) == (raised_at, returned_at, &all) {
            return (known.id, None);
        }
        let alarm = self.alarms[place].body_mut();
        let mut line = |at, step| alarm.history.push(AlarmLine { at, step, who: None, note: None });
        if alarm.raised_at != raised_at {
            line(raised_at, AlarmStep::Raised);
        }
        match returned_at {
            Some(at) if alarm.returned_at != returned_at => line(at, AlarmStep::Returned),
            None if alarm.returned_at.is_some() => line(last_at, AlarmStep::Reopened),
            _ => {}
        }
        if !goes_on {
            (alarm.kind, alarm.visit_at) = (first.kind, first.visit_at);
        }
        (alarm.raised_at, alarm.returned_at, alarm.events) = (raised_at, returned_at, all);
        // What the world closed it may open again; what a person closed stays closed.
        if alarm.result.is_none() && alarm.closed_at.take().is_some() && returned_at.is_some() {
            alarm.history.push(AlarmLine { at: last_at, step: AlarmStep::Reopened, who: None, note: None });
        }
        close_if_done(alarm);
        (alarm.id, Some((self.alarms[place].clone(), false)))
    }

    /// An alarm has no event any more: they did not happen for long enough, or belong to the alarm `into`. It stays,
    /// returned or closed. Returns it if it changed.
    pub(super) fn gave_up(&mut self, id: AlarmId, into: Option<AlarmId>, now: UnixMs) -> Option<AlarmSheet> {
        let place = self.place(id)?;
        if self.alarms[place].closed_at.is_some() {
            return None;
        }
        let alarm = self.alarms[place].body_mut();
        alarm.returned_at = alarm.returned_at.or(Some(now));
        let (step, note) = match into {
            Some(into) => (AlarmStep::Merged, Some(into.to_string())),
            None => (AlarmStep::Retracted, None),
        };
        alarm.history.push(AlarmLine { at: now, step, who: None, note });
        if into.is_some() {
            alarm.shelved = None;
            alarm.closed_at = Some(now);
        }
        close_if_done(alarm);
        Some(self.alarms[place].clone())
    }

    /// When the first of the alarms that are put aside comes back; never too late, perhaps too early.
    pub fn unshelve_at(&self) -> Option<UnixMs> {
        (self.unshelve_at < UnixMs::MAX).then_some(self.unshelve_at)
    }

    /// Takes alarms back whose time aside was over by journal time `by`, the first to come back first.
    pub fn unshelve(&mut self, by: UnixMs) -> Vec<AlarmSheet> {
        if by < self.unshelve_at {
            return Vec::new();
        }
        let mut over: Vec<(UnixMs, usize)> = Vec::new();
        self.unshelve_at = UnixMs::MAX;
        for (place, alarm) in self.alarms.iter().enumerate() {
            match alarm.shelved_until() {
                Some(until) if until <= by => over.push((until, place)),
                Some(until) => self.unshelve_at = self.unshelve_at.min(until),
                None => {}
            }
        }
        over.sort_unstable();
        let mut back = |(at, place): (UnixMs, usize)| {
            let alarm = self.alarms[place].body_mut();
            alarm.shelved = None;
            alarm.history.push(AlarmLine { at, step: AlarmStep::Unshelved, who: None, note: None });
            self.alarms[place].clone()
        };
        over.into_iter().map(&mut back).collect()
    }

    /// Forgets alarms that closed and returned before `before`; the store keeps them. One whose condition holds still is
    /// remembered, or its end would raise it anew over the one that was closed; so is one whose id's low half is among `in_use`
    /// (sorted): its event may still change.
    pub fn forget(&mut self, before: UnixMs, in_use: &[u64]) {
        let over = |alarm: &AlarmBody| alarm.returned_at.is_some_and(|at| at < before) || never_returns(alarm);
        let done = |alarm: &AlarmSheet| alarm.closed_at().is_some_and(|at| at < before) && over(alarm);
        let stays = |(id, alarm): (&u64, &AlarmSheet)| !done(alarm) || in_use.binary_search(id).is_ok();
        let stay: Vec<bool> = self.ids.iter().zip(&self.alarms).map(stays).collect();
        if !stay.iter().all(|stays| *stays) {
            keep(&mut self.ids, &stay);
            keep(&mut self.causes, &stay);
            keep(&mut self.alarms, &stay);
            self.sieve.clear();
        }
        self.terminal = self.alarms.iter().any(|alarm| alarm.kind() == EventKind::TerminalAlarm);
    }

    /// The terminal's own alarms that have something in common with rules.
    pub(super) fn of_terminal(&mut self) -> impl Iterator<Item = (SharedCause, &mut AlarmSheet)> {
        let alarms = if self.terminal { &mut self.alarms[..] } else { &mut [] };
        let own = alarms.iter_mut().filter(|alarm| alarm.kind() == EventKind::TerminalAlarm);
        own.filter_map(|alarm| Some((SharedCause::of_terminal(alarm.cause().1)?, alarm)))
    }

    /// The alarms that people closed, and when.
    pub(super) fn closed_by_people(&self) -> Vec<(AlarmId, UnixMs)> {
        if !self.terminal {
            return Vec::new();
        }
        let closed = self.alarms.iter().filter_map(|alarm| Some((alarm.closed_at()?, alarm)));
        closed.filter(|(_, alarm)| alarm.result.is_some()).map(|(at, alarm)| (alarm.id, at)).collect()
    }

    /// Where an alarm stands that was seen at a place.
    fn place_near(&self, id: AlarmId, Place(near): Place) -> Option<usize> {
        match self.ids.get(near as usize) {
            Some(known) if *known == id.0 as u64 => Some(near as usize),
            _ => self.place(id),
        }
    }

    fn place(&self, id: AlarmId) -> Option<usize> {
        let low = id.0 as u64;
        if !self.sieve.may_hold(low) {
            return None;
        }
        self.ids.iter().rposition(|known| *known == low)
    }

    fn push(&mut self, cause: u64, id: AlarmId, alarm: AlarmSheet) {
        self.terminal |= alarm.kind() == EventKind::TerminalAlarm;
        let id = id.0 as u64;
        self.ids.push(id);
        self.causes.push(cause);
        self.alarms.push(alarm);
        for key in [id, cause] {
            let all = self.ids.iter().chain(&self.causes).copied();
            self.sieve.put(key, 2 * self.ids.len(), all);
        }
    }

    /// The open alarm of a cause: of several with one cause the last alone can be open. It is not among the first `unknown`.
    fn open_of(&self, hash: u64, event: &EventCore, unknown: usize) -> Option<usize> {
        if unknown == self.ids.len() || !self.sieve.may_hold(hash) {
            return None;
        }
        let is_of = |place: &usize| self.alarms[*place].cause() == cause_of(event);
        let mut of_cause = (unknown..self.causes.len()).rev().filter(|place| self.causes[*place] == hash);
        let place = of_cause.find(is_of)?;
        self.alarms[place].closed_at().is_none().then_some(place)
    }

    fn event_changed(&mut self, place: usize, event: &EventCore) -> Option<AlarmSheet> {
        let alarm = &mut self.alarms[place];
        let is_news = alarm.returned_at() != event.ended_at || alarm.was_retracted();
        if alarm.last_event() != Some(event.id()) || !is_news {
            return None;
        }
        if alarm.ends_with(event) {
            return Some(alarm.clone());
        }
        let (at, step) = match event.ended_at {
            Some(at) => (at, AlarmStep::Returned),
            None => (event.at(), AlarmStep::Reopened),
        };
        let alarm = self.alarms[place].body_mut();
        alarm.returned_at = event.ended_at;
        alarm.history.push(AlarmLine { at, step, who: None, note: None });
        close_if_done(alarm);
        Some(self.alarms[place].clone())
    }
}

impl Changed {
    fn new(id: AlarmId, place: usize, alarm: AlarmSheet) -> Changed {
        Changed { id, place: Place(place as u32), alarm }
    }
}

/// Keeps the values that stay.
fn keep<T>(values: &mut Vec<T>, stay: &[bool]) {
    let mut stay = stay.iter();
    values.retain(|_| stay.next().is_some_and(|stays| *stays));
}

/// What makes an alarm of a rule with delays.
pub(super) struct Stretch<'a> {
    /// The event that raised it.
    pub first: &'a EventCore,
    /// Whether that one was known too late.
    pub late: bool,
    /// All of its events, in their order.
    pub events: AlarmEvents,
    /// When the last of them began.
    pub last_at: UnixMs,
    /// When the last of them ended, if it is over.
    pub returned_at: Option<UnixMs>,
}

/// Whether no report ends the condition of an alarm: the terminal clears the bit when it was answered. Nothing can raise it
/// anew when it is closed.
fn never_returns(alarm: &AlarmBody) -> bool {
    let rule = alarm.rule.as_ref().map(|rule| rule.as_str());
    alarm.kind == EventKind::TerminalAlarm
        && matches!(rule, Some("terminal-0" | "terminal-27" | "terminal-28" | "terminal-31"))
}

/// Whether an act at journal time `at` says anything that an open alarm does not say yet.
fn changes(alarm: &AlarmBody, at: UnixMs, act: &AlarmAct) -> bool {
    match act {
        AlarmAct::Acknowledge { .. } => alarm.acknowledged.is_none() || alarm.shelved.is_some(),
        AlarmAct::Close { .. } => true,
        AlarmAct::Shelve { reason, until } => {
            let asked = Shelf { until: *until, reason: reason.clone() };
            at < *until && *until - at <= LONGEST_SHELF && alarm.shelved.as_ref() != Some(&asked)
        }
    }
}

/// An acknowledged alarm that returned is done.
fn close_if_done(alarm: &mut AlarmBody) {
    if let (Some(returned_at), Some((acknowledged_at, _)), None) =
        (alarm.returned_at, &alarm.acknowledged, alarm.closed_at)
    {
        let at = returned_at.max(*acknowledged_at);
        alarm.shelved = None;
        alarm.closed_at = Some(at);
        alarm.history.push(AlarmLine { at, step: AlarmStep::Closed, who: None, note: None });
    }
}

/// A hash of what makes alarms of one subject one: zone, rule and visit.
fn cause((zone, rule, visit_at): (Option<ZoneKey>, Option<&RuleId>, UnixMs)) -> u64 {
    let rule = rule.map_or(&[][..], |rule| rule.as_bytes());
    let mut bytes = [0_u8; 80];
    bytes[..4].copy_from_slice(&zone.map_or(u32::MAX, |zone| zone.0).to_le_bytes());
    bytes[4..12].copy_from_slice(&visit_at.0.to_le_bytes());
    bytes[12..12 + rule.len()].copy_from_slice(rule);
    xxhash_rust::xxh3::xxh3_64(&bytes[..12 + rule.len()])
}
