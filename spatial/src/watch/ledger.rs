//! What was told of the events and alarms of one subject (a vehicle, a zone, the system), as far as it may still change.

use super::count::is_stay;
use super::settings::Settings;
use super::tells::{Tell, Tells};
use crate::alarm::{AlarmAct, AlarmBody, AlarmBook, AlarmSheet, Changed, Delayed, News, Place, SharedCause, Told};
use crate::event::{Event, EventCore, EventStatus};
use crate::ids::{AlarmId, EventId, Seq};
use crate::index::{hint, hint_all};
use crate::sieve::Sieve;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};

/// An event that may still change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    core: EventCore,
    detected_at: UnixMs,
    status: EventStatus,
    late: bool,
    alarm: Option<AlarmId>,
    /// Where the alarm stands in the book, if it has not moved since.
    #[serde(skip)]
    alarm_place: Place,
}

/// Changes to one subject's events that are told together. No event is told twice among them.
#[derive(Clone, Copy)]
pub struct Telling<'a> {
    /// Journal time of the record that says so.
    pub now: UnixMs,
    pub settings: &'a Settings,
    /// No event that was told before began later than this.
    latest: Option<UnixMs>,
    /// How many alarms were known before.
    alarms: usize,
}

/// One subject's events that may still change, and its alarms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The low halves of the events' ids: what they are looked up by.
    keys: Vec<u64>,
    /// The events, in the order of `keys`.
    rows: Vec<Row>,
    /// Of `keys`.
    #[serde(skip)]
    sieve: Sieve,
    /// No event began later than this.
    latest: Option<UnixMs>,
    /// How many events became final since the last sweep.
    settled: usize,
    book: AlarmBook,
    /// What rules with delays wait for.
    delayed: Delayed,
}

/// The part of an event's id that it is looked up by.
pub fn key_of(id: EventId) -> u64 {
    id.0 as u64
}

impl Ledger {
    /// The vehicle's alarms.
    pub fn alarms(&self) -> &AlarmBook {
        &self.book
    }

    /// Asks for the memory of what the next event will ask of it. Changes nothing.
    pub fn bring_near(&self) {
        self.keys.last().into_iter().for_each(hint);
        self.rows.last().into_iter().for_each(hint);
        self.book.bring_near();
    }

    /// The same for what was told of an event.
    pub fn bring_row_near(&self, event: EventId) {
        self.place(event).into_iter().for_each(|place| hint_all(&self.rows[place]));
    }

    /// Begins to tell changes that came of one record.
    pub fn telling<'a>(&self, now: UnixMs, settings: &'a Settings) -> Telling<'a> {
        Telling { now, settings, latest: self.latest, alarms: self.book.len() }
    }

    /// The event stands as given; `now` is the journal time of the record that says so.
    pub fn stands(&mut self, core: &EventCore, now: UnixMs, settings: &Settings, out: &mut Tells) {
        self.stands_among(self.telling(now, settings), core, out);
    }

    /// The event stands as given, among others that are told together.
    pub fn stands_among(&mut self, telling: Telling<'_>, core: &EventCore, out: &mut Tells) {
        if is_stay(core) {
            return out.say(Tell::Stay { stay: core.clone(), stands: true });
        }
        let Telling { now, settings, latest, alarms: alarms_before } = telling;
        let is_later = |at: UnixMs| latest.is_none_or(|latest| at > latest);
        let (id, at) = (core.id(), core.at());
        let news = match (is_later(at), is_later(core.visit_at())) {
            (true, true) => News::Visit,
            (true, false) => News::Event,
            (false, _) => News::Unknown,
        };
        let place = if news == News::Unknown { self.place(id) } else { None };
        let known = place.map(|place| &self.rows[place]);
        if known.is_some_and(|told| told.status != EventStatus::Retracted && told.core == *core) {
            return;
        }
        let detected_at = known.map_or(now, |told| told.detected_at);
        let late = known.map_or(now - at > settings.late, |told| told.late);
        let status = match known.map(|told| told.status) {
            Some(EventStatus::Final) => EventStatus::Final,
            _ => EventStatus::Provisional,
        };
        let of = known.and_then(|told| Some((told.alarm?, told.alarm_place)));
        let alarms = self.book.len();
        let changed = match core.rule() {
            Some(rule) if Delayed::concerns(rule) => {
                self.delayed.stands(core, late, of.map(|(alarm, _)| alarm));
                None
            }
            _ => self.book.event_stands(core, of, late, (news, alarms_before)),
        };
        let (alarm, alarm_place) = match (&changed, of) {
            (Some(Changed { id, place, .. }), _) => (Some(*id), *place),
            (None, Some((id, place))) => (Some(id), place),
            (None, None) => (None, Place::default()),
        };
        let told = Row { core: core.clone(), detected_at, status, late, alarm, alarm_place };
        out.event(told.event(), place.is_none());
        if let Some(Changed { id, alarm, .. }) = changed {
            out.alarm(alarm, (self.book.len() > alarms).then_some(id));
        }
        match place {
            Some(place) => self.rows[place] = told,
            None => self.push(told),
        }
    }

    /// The event did not happen.
    pub fn retracted(&mut self, event: &EventCore, now: UnixMs, out: &mut Tells) {
        if is_stay(event) {
            return out.say(Tell::Stay { stay: event.clone(), stands: false });
        }
        let id = event.id();
        let Some(place) = self.place(id) else { return };
        let told = &mut self.rows[place];
        if told.status == EventStatus::Retracted {
            return;
        }
        told.status = EventStatus::Retracted;
        out.event(told.event(), false);
        if self.delayed.knows(id) {
            return self.delayed.retracted(id);
        }
        let changed = told.alarm.and_then(|of| self.book.event_retracted(id, (of, told.alarm_place), now));
        changed.into_iter().for_each(|alarm| out.alarm(alarm, None));
    }

    /// The event's minute is over: it is final, or forgotten when it was retracted.
    pub fn settle(&mut self, key: u64) -> Option<Event> {
        let place = self.keys.iter().rposition(|known| *known == key)?;
        match self.rows[place].status {
            EventStatus::Provisional => {
                self.settled += 1;
                self.rows[place].status = EventStatus::Final;
                Some(self.rows[place].event())
            }
            EventStatus::Retracted => {
                self.keys.swap_remove(place);
                self.rows.swap_remove(place);
                self.sieve.clear();
                None
            }
            EventStatus::Final => None,
        }
    }

    /// A person's act on one of the alarms.
    pub fn act(&mut self, id: AlarmId, at: UnixMs, who: &str, act: &AlarmAct) -> Option<AlarmSheet> {
        self.book.act(id, at, who, act)
    }

    /// When time may bring its alarms something next; never too late, perhaps too early.
    pub fn alarms_due(&self) -> Option<UnixMs> {
        [self.book.unshelve_at(), self.delayed.due()].into_iter().flatten().min()
    }

    /// After events were told: raises and returns what rules with delays waited for. What lasts has lasted until
    /// `horizon`, journal time is `now`.
    pub fn follow(&mut self, horizon: UnixMs, now: UnixMs, out: &mut Tells) {
        let followed = self.delayed.follow(&mut self.book, horizon, now);
        for (event, alarm) in followed.moved {
            if let Some(place) = self.place(event).filter(|place| self.rows[*place].alarm != alarm) {
                (self.rows[place].alarm, self.rows[place].alarm_place) = (alarm, Place::default());
                out.event(self.rows[place].event(), false);
            }
        }
        for (alarm, fresh) in followed.alarms {
            let fresh = fresh.then(|| alarm.id);
            out.alarm(alarm, fresh);
        }
        self.book.suppress(now, &self.rows).into_iter().for_each(|alarm| out.alarm(alarm, None));
        self.delayed.due().into_iter().for_each(|due| out.say(Tell::Due(due)));
    }

    /// What time brought to its alarms by journal time `by`.
    pub fn time_passes(&mut self, by: UnixMs, out: &mut Tells) {
        self.follow(by, by, out);
        self.book.unshelve(by).into_iter().for_each(|alarm| out.alarm(alarm, None));
    }

    /// Forgets alarms that were done before `before`.
    pub fn forget_alarms(&mut self, before: UnixMs) {
        let mut in_use: Vec<u64> = self.rows.iter().filter_map(|row| Some(row.alarm?.0 as u64)).collect();
        in_use.sort_unstable();
        self.book.forget(before, &in_use);
        self.delayed.forget(&self.book, before);
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.book.is_empty()
    }

    /// Whether so many events became final that [`Ledger::sweep`] is worth its cost.
    pub fn wants_sweep(&self) -> bool {
        self.settled > (self.rows.len() / 2).max(16)
    }

    /// Forgets final events that nothing can change any more: those whose key is not among `in_use` (sorted).
    pub fn sweep(&mut self, in_use: &[u64]) {
        let stays = |key: &u64, told: &Row| told.status != EventStatus::Final || in_use.binary_search(key).is_ok();
        let mut keys = self.keys.iter();
        self.rows.retain(|told| keys.next().is_some_and(|key| stays(key, told)));
        self.keys.clear();
        self.keys.extend(self.rows.iter().map(|told| key_of(told.core.id())));
        self.sieve.clear();
        self.settled = 0;
    }

    /// Takes in what the store still knows of the vehicle's past.
    pub fn recall(&mut self, events: &[Event], alarms: &[AlarmSheet]) {
        self.book.recall(alarms.iter().cloned());
        for event in events {
            if self.place(event.core.id()).is_none() {
                let delayed = event.core.rule().is_some_and(Delayed::concerns);
                if delayed && event.status != EventStatus::Retracted && !self.delayed.knows(event.core.id()) {
                    self.delayed.stands(&event.core, event.late, event.alarm);
                }
                self.push(Row {
                    core: event.core.clone(),
                    detected_at: event.detected_at,
                    status: event.status,
                    late: event.late,
                    alarm: event.alarm,
                    alarm_place: Place::default(),
                });
            }
        }
        self.delayed.recalled(&self.book);
    }

    fn push(&mut self, told: Row) {
        let key = key_of(told.core.id());
        self.latest = self.latest.max(Some(told.core.at()));
        self.keys.push(key);
        self.sieve.put(key, self.keys.len(), self.keys.iter().copied());
        self.rows.push(told);
    }

    fn place(&self, id: EventId) -> Option<usize> {
        let key = key_of(id);
        if !self.sieve.may_hold(key) {
            return None;
        }
        self.keys.iter().rposition(|known| *known == key)
    }
}

impl Told for Vec<Row> {
    fn covering(&self, cause: SharedCause, own: &AlarmBody) -> Option<AlarmId> {
        let ends = |end: Option<UnixMs>| end.unwrap_or(UnixMs::MAX);
        let stands = |row: &&Row| row.status != EventStatus::Retracted && (own.late || !row.late);
        let is_alike = |row: &&Row| {
            let rule = row.core.rule();
            SharedCause::of_rule(row.core.kind()) == Some(cause)
                && rule.is_some_and(|rule| rule.priority <= own.priority)
        };
        let to = ends(own.returned_at);
        let holds = |row: &&Row| row.core.at() <= to && to <= ends(row.core.ended_at);
        self.iter().filter(stands).filter(is_alike).filter(holds).find_map(|row| row.alarm)
    }

    fn remembers(&self, alarm: AlarmId) -> bool {
        self.iter().any(|row| row.alarm == Some(alarm))
    }
}

impl Row {
    fn event(&self) -> Event {
        Event {
            core: self.core.clone(),
            seq: Seq(0),
            detected_at: self.detected_at,
            status: self.status,
            late: self.late,
            alarm: self.alarm,
        }
    }
}
