//! The only door for live data: records in, events and alarms out.
//!
//! A [`Watch`] is a pure function of the records that it was given, in their order. It never reads a clock: journal time
//! is an argument. No result depends on where the journal was cut into batches.

mod settings;
mod lanes;
mod history;
mod few;
mod visits;
mod undo;
mod state;
mod leg;
mod whereabouts;
mod foreseen;
mod emit;
mod step;
mod absence;
mod count;
mod terminal;
mod silence;
mod clock;
mod frozen;
mod unknown;
mod tells;
mod ledger;
mod track;
mod shard;
mod system;
mod edits;
mod owners;
mod run;
mod snapshot;

pub use history::{Answer, CHECKPOINT_EVERY, Checkpoint, History, NeedsHistory, NoPast, Past};
pub use lanes::{Job, Lanes, OneLane};
pub use settings::Settings;
pub use snapshot::WatchSnapshot;
pub use terminal::TerminalBits;
pub use whereabouts::{Ruler, Whereabouts};

use crate::alarm::Alarm;
use crate::event::{Certainty, Condition, Event, EventKind, Subject};
use crate::exemption::ExemptionBook;
use crate::figures::SiteFigures;
use crate::fix::{Fix, Marks};
use crate::ids::{JournalPosition, Seq, VehicleKey, ZoneKey};
use crate::onemap::{OneMap, ZoneEdit};
use crate::record::{Act, Record, RecordBody};
use crate::units::{SpanMs, UnixMs};
use count::CountBook;
use ledger::Ledger;
use owners::AlarmOwners;
use run::{Grouping, Run};
use shard::{Ground, Law, Shard};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};
use std::ops::RangeInclusive;
use std::sync::Arc;
use system::SystemBook;
use tells::{Tell, Tells, Walk};
use track::{Outbox, Taken};

/// What one call of [`Watch::evaluate`] made of its records.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    /// The records to journal, numbered, in order, the fixes with their marks. Duplicates are not among them.
    pub records: Vec<Record>,
    /// Which of the given records were fixes that repeat kept ones exactly: their indices, ascending.
    pub duplicates: Vec<usize>,
    /// Every change to an event, in `seq` order; the same event may stand several times, the last one counts.
    pub events: Vec<Event>,
    /// Every change to an alarm, in `seq` order; the same alarm may stand several times, the last one counts.
    pub alarms: Vec<Alarm>,
    /// The vehicles whose last position or zones may have changed, each once, in no particular order.
    pub moved: Vec<VehicleNow>,
    /// Fixes that were not taken because the past is not at hand: their indices among the given records, ascending, and
    /// what they ask for.
    pub waiting: Vec<(usize, NeedsHistory)>,
    /// New or changed checkpoints, to be kept with the batch.
    pub checkpoints: Vec<Checkpoint>,
}

/// Where a vehicle is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VehicleNow {
    /// Which vehicle.
    pub key: VehicleKey,
    /// Its latest fix by event time that is on its path, at the place where it was judged; `None` before the first.
    pub last: Option<Fix>,
    /// The zones that it is in, by key.
    pub zones: Arc<[ZoneNow]>,
}

/// A zone that a vehicle is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneNow {
    /// Which zone.
    pub zone: ZoneKey,
    /// Since when.
    pub since: UnixMs,
    /// How sure: `Uncertain` while it may be on its way in or out.
    pub certainty: Certainty,
}

/// The version of what [`Watch::snapshot`] writes and of what the engine makes of records.
pub const ENGINE_VERSION: u32 = 10;

/// The versions whose snapshots and checkpoints this one goes on from: they are written in the same form. A version that writes
/// another one brings what reads the older, so that a site whose journal was cut can be brought up to date.
pub const READABLE_VERSIONS: RangeInclusive<u32> = 9..=ENGINE_VERSION;

/// As many fixes take about as long as it takes to wake another thread, 50 µs.
const WORTH_A_WAKING: usize = 128;

/// How long after it closed and returned the engine still knows an alarm by itself.
const REMEMBER: SpanMs = SpanMs::seconds(1_800);

/// The engine: the one-map, every vehicle's state, the alarms, and how far it has come.
#[derive(Clone, Debug)]
pub struct Watch {
    settings: Settings,
    map: Arc<OneMap>,
    exemptions: Arc<ExemptionBook>,
    lanes: Arc<dyn Lanes>,
    /// As many as there are lanes; a vehicle is in the one of its key's remainder.
    shards: Vec<Shard>,
    outboxes: Vec<Outbox>,
    /// Events to become final, in the order in which they were told: when, whose, which.
    finals: VecDeque<(UnixMs, Subject, u64)>,
    alarm_owners: AlarmOwners,
    system: SystemBook,
    counts: CountBook,
    /// When time may bring something to whose alarms; one that was overtaken brings nothing.
    alarms_due: BTreeSet<(UnixMs, Subject)>,
    position: JournalPosition,
    seq: Seq,
    now: UnixMs,
    horizon: UnixMs,
    forgot_at: UnixMs,
    /// Journal time of the last start: what was sent before it, while Cordon was down, was heard by nobody.
    up_since: UnixMs,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch::new(Settings::default())
    }
}

impl Watch {
    /// An engine that knows nothing yet and works on the calling thread.
    pub fn new(settings: Settings) -> Watch {
        Watch {
            settings,
            map: Arc::new(OneMap::with_clock(settings.offset)),
            exemptions: Arc::default(),
            lanes: Arc::new(OneLane),
            shards: vec![Shard::default()],
            outboxes: vec![Outbox::default()],
            finals: VecDeque::new(),
            alarm_owners: AlarmOwners::default(),
            system: SystemBook::default(),
            counts: CountBook::default(),
            alarms_due: BTreeSet::new(),
            position: JournalPosition::default(),
            seq: Seq::default(),
            now: UnixMs::default(),
            horizon: UnixMs::default(),
            forgot_at: UnixMs::default(),
            up_since: UnixMs::MIN,
        }
    }

    /// Spreads the vehicles over lanes from now on. The number of lanes changes no result.
    pub fn set_lanes(&mut self, lanes: Arc<dyn Lanes>) {
        let count = lanes.count().max(1);
        let mut shards: Vec<Shard> = (0..count).map(|_| Shard::default()).collect();
        for shard in std::mem::take(&mut self.shards) {
            for (key, track) in shard.into_tracks() {
                shards[key.0 as usize % count].restore(key, track);
            }
        }
        self.shards = shards;
        self.outboxes = (0..count).map(|_| Outbox::default()).collect();
        self.lanes = lanes;
    }

    /// Judges records that arrived at journal time `at`, in the order given, and numbers them.
    ///
    /// `at` must not be before that of the last call, and must be after it when there are edits: what came before an edit
    /// and what came after it are told apart by their times. Fixes that are older than their vehicle's window are kept and
    /// marked, not judged. Cost: some hundred nanoseconds a fix far from boundaries (README, "How fast").
    pub fn evaluate(&mut self, at: UnixMs, bodies: impl IntoIterator<Item = RecordBody>) -> Evaluated {
        self.evaluate_knowing(at, bodies, &NoPast)
    }

    /// The same with a past to ask about fixes that are older than their vehicle's window.
    pub fn evaluate_knowing(
        &mut self,
        at: UnixMs,
        bodies: impl IntoIterator<Item = RecordBody>,
        past: &dyn Past,
    ) -> Evaluated {
        self.evaluate_as(at, bodies, past, Grouping::Arrival)
    }

    /// The same for the records of a journalled batch: what was judged together then is judged together again.
    pub fn replay(&mut self, at: UnixMs, bodies: impl IntoIterator<Item = RecordBody>, past: &dyn Past) -> Evaluated {
        self.evaluate_as(at, bodies, past, Grouping::Journal)
    }

    fn evaluate_as(
        &mut self,
        at: UnixMs,
        bodies: impl IntoIterator<Item = RecordBody>,
        past: &dyn Past,
        grouping: Grouping,
    ) -> Evaluated {
        let mut out = Evaluated::default();
        let mut moved: Vec<VehicleKey> = Vec::new();
        let mut edits: Vec<ZoneEdit> = Vec::new();
        let bodies = bodies.into_iter();
        let mut run = Run::with_room(bodies.size_hint().0, self.shards.len());
        let mut runs = 0;
        self.now = self.now.max(at);
        for (index, body) in bodies.enumerate() {
            if !edits.is_empty() && !matches!(body, RecordBody::Edit(_)) {
                self.apply_edits(&mut edits, &mut out, &mut moved);
            }
            let body = match body {
                RecordBody::Fix(fix) => {
                    run.push(index, Fix { received_at: self.now, ..fix }, grouping);
                    continue;
                }
                body => body,
            };
            runs += usize::from(self.take_run(at, &mut run, past, &mut out));
            match &body {
                RecordBody::Edit(edit) => self.edit(at, edit, &mut edits, &mut out, &mut moved),
                RecordBody::Act(act) => self.act(at, act, &mut out),
                RecordBody::Tick => self.tick(at, &mut out, &mut moved),
                RecordBody::Condition { condition, holds } => self.condition(*condition, *holds, &mut out),
                RecordBody::Contact(contact) => {
                    self.for_vehicle(contact.vehicle, &mut out, |shard, ground, _, outbox| {
                        shard.contact(ground, *contact, outbox);
                    });
                }
                RecordBody::Start { .. } => self.start(),
                RecordBody::Figures(figures) => {
                    self.settings.site = *figures;
                    self.shards.iter_mut().for_each(Shard::ask_all);
                }
                RecordBody::Fix(_) => {}
            }
            self.keep(at, body, &mut out);
        }
        runs += usize::from(self.take_run(at, &mut run, past, &mut out));
        self.apply_edits(&mut edits, &mut out, &mut moved);
        // A late fix may write a vehicle's checkpoint more than once: the last one stands.
        out.checkpoints.reverse();
        out.checkpoints.sort_by_key(|checkpoint| (checkpoint.vehicle, checkpoint.at));
        out.checkpoints.dedup_by_key(|checkpoint| (checkpoint.vehicle, checkpoint.at));
        if runs > 1 {
            out.moved = last_of_each(std::mem::take(&mut out.moved));
        }
        if !moved.is_empty() {
            moved.sort_unstable();
            moved.dedup();
            // Of who came up again after its fixes, or is gone, what stood after them is not the last.
            out.moved.retain(|now| moved.binary_search(&now.key).is_err());
            out.moved.extend(moved.into_iter().filter_map(|key| self.vehicle(key)));
        }
        out
    }

    /// When time may bring something next; a tick at or after this journal time may produce events.
    pub fn next_due(&self) -> Option<UnixMs> {
        let vehicle = self.shards.iter().filter_map(Shard::next_due).min();
        let settled = self.finals.front().map(|(at, _, _)| *at);
        let alarms = self.alarms_due.first().map(|(at, _)| *at);
        [vehicle, settled, alarms].into_iter().flatten().min()
    }

    /// Where a vehicle is now; `None` when it never reported, was never described or was deleted.
    pub fn vehicle(&self, key: VehicleKey) -> Option<VehicleNow> {
        self.shards[self.shard_of(key)].vehicle(key)
    }

    /// Every vehicle that ever reported or is described, by key.
    pub fn vehicles(&self) -> Vec<VehicleNow> {
        let mut keys: Vec<VehicleKey> =
            self.shards.iter().flat_map(|shard| shard.tracks().map(|(key, _)| key)).collect();
        keys.sort_unstable();
        keys.into_iter().filter_map(|key| self.vehicle(key)).collect()
    }

    /// Whether a condition of Cordon itself holds that is told by events of this kind.
    pub fn holds(&self, kind: EventKind) -> bool {
        self.system.holds(kind)
    }

    /// What the site set for itself by the records so far.
    pub fn figures(&self) -> SiteFigures {
        self.settings.site
    }

    /// The one-map as it is now.
    pub fn map(&self) -> &Arc<OneMap> {
        &self.map
    }

    /// The last record's place.
    pub fn position(&self) -> JournalPosition {
        self.position
    }

    /// The number of the last change to an event or alarm.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Numbers changes after `seq` from now on: what is stored stands, whatever a replay made of it.
    pub fn continue_from(&mut self, seq: Seq) {
        self.seq = self.seq.max(seq);
    }

    /// The latest journal time.
    pub fn now(&self) -> UnixMs {
        self.now
    }

    /// What vehicles are judged by now.
    fn law(&self) -> Law {
        Law {
            map: Arc::clone(&self.map),
            exemptions: Arc::clone(&self.exemptions),
            settings: self.settings,
            now: self.now,
            horizon: self.horizon,
            up_since: self.up_since,
            position: self.position,
        }
    }

    fn shard_of(&self, key: VehicleKey) -> usize {
        key.0 as usize % self.shards.len()
    }

    fn keep(&mut self, at: UnixMs, body: RecordBody, out: &mut Evaluated) {
        self.position.0 += 1;
        out.records.push(Record { position: self.position, at, body });
    }

    /// Judges a run of fixes, each shard's on its lane, and joins what they made in the records' order. Returns whether there
    /// were any.
    fn take_run(&mut self, at: UnixMs, run: &mut Run, past: &dyn Past, out: &mut Evaluated) -> bool {
        if run.len() == 0 {
            return false;
        }
        let law = self.law();
        let ground = law.ground();
        let mut outcomes: Vec<Vec<shard::Outcome>> = vec![Vec::new(); self.shards.len()];
        let parts = self.shards.iter_mut().zip(&mut self.outboxes).zip(&mut run.parts).zip(&mut outcomes);
        let jobs = parts.map(|(((shard, outbox), part), outcomes)| {
            move || *outcomes = shard.take(ground, &mut part.fixes, &part.groups, past, outbox)
        });
        // A few fixes are judged sooner than other threads are woken.
        if self.lanes.count() == 1 || run.order.len() < WORTH_A_WAKING {
            jobs.for_each(|mut job| job());
        } else {
            self.lanes.run(&mut jobs.map(|job| Box::new(job) as Job<'_>).collect::<Vec<_>>());
        }
        let mut told: Vec<Tells> = self.outboxes.iter_mut().map(|outbox| std::mem::take(&mut outbox.tells)).collect();
        let mut next = vec![0_usize; self.shards.len()];
        out.records.reserve(run.len());
        let mut walks: Vec<Walk<'_>> = told.iter_mut().map(Tells::walk).collect();
        let mut kept_group = None;
        for &(index, shard) in &run.order {
            let shard = shard as usize;
            let nth = next[shard];
            next[shard] += 1;
            let (outcome, fix, group) =
                (outcomes[shard][nth], &run.parts[shard].fixes[nth], run.parts[shard].groups[nth]);
            let key = fix.vehicle;
            match outcome.taken {
                Taken::Kept(marks) => {
                    let mut fix = Fix { marks, ..*fix };
                    if kept_group == Some(group) {
                        fix.marks |= Marks::TOGETHER;
                    }
                    kept_group = Some(group);
                    self.position.0 += 1;
                    out.records.push(Record { position: self.position, at, body: RecordBody::Fix(fix) });
                }
                Taken::Duplicate => out.duplicates.push(index),
                Taken::Waiting(need) => out.waiting.push((index, need)),
            }
            self.tell(Subject::Vehicle(key), &mut walks[shard], outcome.tells as usize, out);
            if outcome.left {
                self.shards[shard].track_mut(key).left_by(self.position);
            }
        }
        run.clear();
        drop(walks);
        let ground = Ground { position: self.position, ..ground };
        for ((shard, outbox), mut told) in self.shards.iter_mut().zip(&mut self.outboxes).zip(told) {
            told.hand_over(&mut out.events, &mut out.alarms);
            outbox.tells = told;
            shard.narrow(ground, outbox);
            out.checkpoints.append(&mut outbox.checkpoints);
            out.moved.append(&mut outbox.moved);
        }
        true
    }

    /// Lets time pass for some vehicles, and for all others to which it has brought something by now: what came due by now
    /// counts as passed from here on.
    fn bring_up_to_now(&mut self, mut keys: Vec<VehicleKey>, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        self.horizon = self.horizon.max(self.now);
        keys.extend(self.due_by(self.now));
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            self.for_vehicle(key, out, Shard::time_passes);
            moved.push(key);
        }
    }

    fn act(&mut self, at: UnixMs, act: &Act, out: &mut Evaluated) {
        let Some(owner) = self.alarm_owners.of(act.alarm) else { return };
        let ledger = self.ledger_mut(owner);
        if let Some(alarm) = ledger.act(act.alarm, at, &act.who, &act.act) {
            let due = ledger.alarms_due();
            self.alarms_due.extend(due.map(|due| (due, owner)));
            let mut tells = Tells::default();
            tells.alarm(alarm, None);
            self.tell_all(owner, tells, out);
        }
    }

    fn tick(&mut self, at: UnixMs, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        self.horizon = self.horizon.max(at);
        for key in self.due_by(at) {
            self.for_vehicle(key, out, Shard::time_passes);
            moved.push(key);
        }
        self.notice_silence(out, moved);
        self.alarms_pass(at, out);
        self.settle_events(at, out);
        if at - self.forgot_at > REMEMBER {
            let tracks = self.shards.iter_mut().flat_map(Shard::tracks_mut);
            tracks.for_each(|track| track.forget_alarms(at - REMEMBER));
            self.system.ledger.forget_alarms(at - REMEMBER);
            // The oldest fix that is still judged may change what ended a gap before it.
            self.counts.forget(at - self.settings.too_late - self.settings.gap, at - REMEMBER);
            self.alarm_owners = AlarmOwners::of_all(self.ledgers());
            self.exemptions = Arc::new(self.exemptions.forgotten(at - self.settings.too_late - REMEMBER));
            self.forgot_at = at;
        }
    }

    /// Cordon started: what it has not heard since is not known.
    fn start(&mut self) {
        self.up_since = self.now;
        let law = self.law();
        self.shards.iter_mut().for_each(|shard| shard.started(law.ground()));
    }

    /// Tells of the vehicles that have fallen silent, and of silent ones whose terminals are out of touch, the longest first.
    fn notice_silence(&mut self, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        let law = self.law();
        loop {
            let shards = self.shards.iter_mut();
            let mut silent: Vec<(UnixMs, VehicleKey)> =
                shards.flat_map(|shard| shard.silent_by_now(law.ground())).collect();
            if silent.is_empty() {
                return;
            }
            silent.sort_unstable();
            for (since, key) in silent {
                self.for_vehicle(key, out, |shard, ground, key, outbox| shard.falls_silent(ground, key, since, outbox));
                moved.push(key);
            }
        }
    }

    /// What time brought to alarms by itself, the longest due first.
    fn alarms_pass(&mut self, at: UnixMs, out: &mut Evaluated) {
        let later = self.alarms_due.split_off(&(UnixMs(at.0 + 1), Subject::FIRST));
        let over = std::mem::replace(&mut self.alarms_due, later);
        let owners: BTreeSet<Subject> = over.into_iter().map(|(_, owner)| owner).collect();
        // When it asked first may be forgotten by a snapshot: what it waits for now decides the order.
        let due = |owner: Subject| Some((self.ledger_mut(owner).alarms_due()?, owner));
        let due: BTreeSet<(UnixMs, Subject)> = owners.into_iter().filter_map(due).collect();
        for (_, owner) in due {
            let ledger = self.ledger_mut(owner);
            let mut tells = Tells::default();
            ledger.time_passes(at, &mut tells);
            ledger.alarms_due().into_iter().for_each(|due| tells.say(Tell::Due(due)));
            self.tell_all(owner, tells, out);
        }
    }

    /// The vehicles to which time may have brought something by `at`, the longest due first.
    fn due_by(&self, at: UnixMs) -> Vec<VehicleKey> {
        let mut due: Vec<(UnixMs, VehicleKey)> = self.shards.iter().flat_map(|shard| shard.due_by(at)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, key)| key).collect()
    }

    /// Does something to one vehicle and tells what came of it.
    fn for_vehicle(
        &mut self,
        key: VehicleKey,
        out: &mut Evaluated,
        what: impl FnOnce(&mut Shard, Ground<'_>, VehicleKey, &mut Outbox),
    ) {
        let shard = self.shard_of(key);
        let law = self.law();
        let ground = law.ground();
        what(&mut self.shards[shard], ground, key, &mut self.outboxes[shard]);
        let tells = std::mem::take(&mut self.outboxes[shard].tells);
        self.tell_all(Subject::Vehicle(key), tells, out);
        self.count(out);
        out.checkpoints.append(&mut self.outboxes[shard].checkpoints);
    }

    /// Something about Cordon itself began or ceased to hold.
    fn condition(&mut self, condition: Condition, holds: bool, out: &mut Evaluated) {
        let mut tells = Tells::default();
        self.system.take(condition, holds, self.now, &self.settings, &mut tells);
        self.tell_all(Subject::System, tells, out);
    }

    /// Tells what the stays of the last record changed for the zones that count them.
    fn count(&mut self, out: &mut Evaluated) {
        for (zone, tells) in self.counts.follow(self.horizon, self.now, &self.settings) {
            self.tell_all(Subject::Zone(zone), tells, out);
        }
    }

    /// What was told of one subject.
    fn ledger_mut(&mut self, owner: Subject) -> &mut Ledger {
        match owner {
            Subject::Vehicle(key) => {
                let shard = self.shard_of(key);
                self.shards[shard].track_mut(key).ledger_mut()
            }
            Subject::Zone(zone) => self.counts.ledger_mut(zone),
            Subject::System => &mut self.system.ledger,
        }
    }

    /// What was told of every subject.
    fn ledgers(&self) -> impl Iterator<Item = (Subject, &Ledger)> {
        let vehicles = self.shards.iter().flat_map(Shard::tracks);
        let vehicles = vehicles.map(|(key, track)| (Subject::Vehicle(key), track.ledger()));
        let zones = self.counts.ledgers().map(|(zone, ledger)| (Subject::Zone(zone), ledger));
        vehicles.chain(zones).chain([(Subject::System, &self.system.ledger)])
    }

    /// Numbers changes and hands them out.
    fn tell_all(&mut self, owner: Subject, mut tells: Tells, out: &mut Evaluated) {
        let count = tells.len();
        self.tell(owner, &mut tells.walk(), count, out);
        tells.hand_over(&mut out.events, &mut out.alarms);
    }

    /// Numbers the next so many changes where they stand.
    fn tell(&mut self, owner: Subject, walk: &mut Walk<'_>, count: usize, out: &mut Evaluated) {
        for tell in walk.order.by_ref().take(count) {
            match tell {
                Tell::Event { fresh } => {
                    let event = walk.events.next().expect("there is one for each that is told");
                    self.seq.0 += 1;
                    event.seq = self.seq;
                    if let Some(key) = fresh {
                        self.finals.push_back((self.now + self.settings.finalise, owner, key));
                    }
                }
                Tell::Alarm { fresh } => {
                    let alarm = walk.alarms.next().expect("there is one for each that is told");
                    self.seq.0 += 1;
                    alarm.seq = self.seq;
                    fresh.into_iter().for_each(|key| self.alarm_owners.add(key, owner));
                }
                Tell::Stay { stay, stands } => self.counts.take(stay, stands),
                Tell::StaysSaid => self.count(out),
                Tell::Due(at) => {
                    self.alarms_due.insert((at, owner));
                }
            }
        }
    }

    /// Makes events final when their minute is over.
    fn settle_events(&mut self, at: UnixMs, out: &mut Evaluated) {
        while let Some(&(when, owner, event)) = self.finals.front() {
            if when > at {
                break;
            }
            self.finals.pop_front();
            if let Some(event) = self.ledger_mut(owner).settle(event) {
                let mut tells = Tells::default();
                tells.event(event, false);
                self.tell_all(owner, tells, out);
            }
        }
    }
}

/// The last of each vehicle, by key.
fn last_of_each(moved: Vec<VehicleNow>) -> Vec<VehicleNow> {
    // Numbers are sorted sooner than what they stand for, and lists that are sorted are merged sooner than sorted.
    let mut order: Vec<(VehicleKey, Reverse<usize>)> =
        moved.iter().enumerate().map(|(place, now)| (now.key, Reverse(place))).collect();
    order.sort();
    order.dedup_by_key(|(key, _)| *key);
    let mut moved: Vec<Option<VehicleNow>> = moved.into_iter().map(Some).collect();
    order.into_iter().filter_map(|(_, Reverse(place))| moved[place].take()).collect()
}

#[cfg(test)]
mod alarm_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod count_tests;
#[cfg(test)]
mod frozen_tests;
#[cfg(test)]
mod late_tests;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
mod suppression_tests;
#[cfg(test)]
mod terminal_tests;
#[cfg(test)]
mod timed_tests;
#[cfg(test)]
mod tests;
