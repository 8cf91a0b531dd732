//! What was told of the events and alarms of one subject (a vehicle, a zone, the system), as far as it may still change.

use super::count::is_stay;
use super::settings::Settings;
use crate::alarm::{AlarmAct, AlarmBody, AlarmBook, AlarmSheet, Delayed, SharedCause, Told};
use crate::event::{Event, EventCore, EventStatus};
use crate::ids::{AlarmId, EventId, Seq};
use crate::index::hint;
use crate::sieve::Sieve;
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};

/// A change to tell; numbered by whoever joins the vehicles' changes.
#[derive(Clone, Debug)]
pub enum Tell {
    /// An event as it is now, without its number; `fresh` when it was not known before.
    Event { event: Event, fresh: bool },
    /// An alarm as it is now; `fresh` is its id when it was not known before.
    Alarm { alarm: AlarmSheet, fresh: Option<AlarmId> },
    /// Not to be told: a stay that a rule counts stands as given, or did not happen.
    Stay { stay: EventCore, stands: bool },
    /// Not a change: what a step changed of the vehicle's stays was said.
    StaysSaid,
    /// Not a change: time may bring the vehicle's alarms something at this journal time.
    Due(UnixMs),
}

/// An event that may still change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    core: EventCore,
    detected_at: UnixMs,
    status: EventStatus,
    late: bool,
    alarm: Option<AlarmId>,
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

    /// The event stands as given; `now` is the journal time of the record that says so.
    pub fn stands(&mut self, core: &EventCore, now: UnixMs, settings: &Settings, out: &mut Vec<Tell>) {
        if is_stay(core) {
            return out.push(Tell::Stay { stay: core.clone(), stands: true });
        }
        let place = if self.latest.is_none_or(|latest| core.at() > latest) { None } else { self.place(core.id()) };
        let known = place.map(|place| &self.rows[place]);
        if known.is_some_and(|told| told.status != EventStatus::Retracted && told.core == *core) {
            return;
        }
        let detected_at = known.map_or(now, |told| told.detected_at);
        let late = known.map_or(now - core.at() > settings.late, |told| told.late);
        let status = match known.map(|told| told.status) {
            Some(EventStatus::Final) => EventStatus::Final,
            _ => EventStatus::Provisional,
        };
        let of = known.and_then(|told| told.alarm);
        let alarms = self.book.len();
        let changed = match core.rule() {
            Some(rule) if Delayed::concerns(rule) => {
                self.delayed.stands(core, late, of);
                None
            }
            _ => self.book.event_stands(core, of, late),
        };
        let alarm = changed.as_ref().map(|(id, _)| *id).or(of);
        let told = Row { core: core.clone(), detected_at, status, late, alarm };
        out.push(Tell::Event { event: told.event(), fresh: place.is_none() });
        if let Some((id, alarm)) = changed {
            out.push(Tell::Alarm { alarm, fresh: (self.book.len() > alarms).then_some(id) });
        }
        match place {
            Some(place) => self.rows[place] = told,
            None => {
                self.push(told);
            }
        }
    }

    /// The event did not happen.
    pub fn retracted(&mut self, event: &EventCore, now: UnixMs, out: &mut Vec<Tell>) {
        if is_stay(event) {
            return out.push(Tell::Stay { stay: event.clone(), stands: false });
        }
        let id = event.id();
        let Some(place) = self.place(id) else { return };
        let told = &mut self.rows[place];
        if told.status == EventStatus::Retracted {
            return;
        }
        told.status = EventStatus::Retracted;
        out.push(Tell::Event { event: told.event(), fresh: false });
        if self.delayed.knows(id) {
            return self.delayed.retracted(id);
        }
        let changed = told.alarm.and_then(|of| self.book.event_retracted(id, of, now));
        out.extend(changed.map(|alarm| Tell::Alarm { alarm, fresh: None }));
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
    pub fn follow(&mut self, horizon: UnixMs, now: UnixMs, out: &mut Vec<Tell>) {
        let followed = self.delayed.follow(&mut self.book, horizon, now);
        for (event, alarm) in followed.moved {
            if let Some(place) = self.place(event).filter(|place| self.rows[*place].alarm != alarm) {
                self.rows[place].alarm = alarm;
                out.push(Tell::Event { event: self.rows[place].event(), fresh: false });
            }
        }
        out.extend(followed.alarms.into_iter().map(|(alarm, fresh)| {
            let fresh = fresh.then(|| alarm.id);
            Tell::Alarm { alarm, fresh }
        }));
        let suppressed = self.book.suppress(now, &self.rows);
        out.extend(suppressed.into_iter().map(|alarm| Tell::Alarm { alarm, fresh: None }));
        out.extend(self.delayed.due().map(Tell::Due));
    }

    /// What time brought to its alarms by journal time `by`.
    pub fn time_passes(&mut self, by: UnixMs, out: &mut Vec<Tell>) {
        self.follow(by, by, out);
        out.extend(self.book.unshelve(by).into_iter().map(|alarm| Tell::Alarm { alarm, fresh: None }));
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
