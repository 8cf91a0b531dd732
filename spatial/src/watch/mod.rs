//! The only door for live data: records in, events and alarms out.
//!
//! A [`Watch`] is a pure function of the records that it was given, in their order. It never reads a clock: journal time
//! is an argument. No result depends on where the journal was cut into batches.

mod history;
mod emit;
mod leg;
mod settings;
mod snapshot;
mod state;
mod step;
mod track;

pub use history::{CHECKPOINT_EVERY, Checkpoint, History, NeedsHistory, NoPast, Past};
pub use settings::Settings;
pub use snapshot::WatchSnapshot;

use crate::alarm::{Alarm, AlarmBook};
use crate::event::{Certainty, Event, EventStatus};
use crate::fix::Fix;
use crate::ids::{AlarmId, EventId, JournalPosition, Seq, VehicleKey, ZoneKey};
use crate::onemap::{OneMap, ZoneEdit};
use crate::record::{Edited, Record, RecordBody};
use crate::units::{SpanMs, UnixMs};
use crate::zone::Ground;
use rustc_hash::{FxHashMap, FxHashSet};
use state::Phase;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use track::{Change, Surroundings, Taken, Track};

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
    /// The vehicles whose last position or zones may have changed, each once.
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
    /// The zones that it is in.
    pub zones: Vec<ZoneNow>,
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
pub const ENGINE_VERSION: u32 = 1;

/// How long after an event ended and became final the engine still knows it by itself.
const REMEMBER: SpanMs = SpanMs::seconds(1_800);

/// The engine: the one-map, every vehicle's state, the alarms, and how far it has come.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    settings: Settings,
    map: Arc<OneMap>,
    tracks: FxHashMap<VehicleKey, Box<Track>>,
    due: BTreeSet<(UnixMs, VehicleKey)>,
    known: FxHashMap<EventId, Event>,
    /// Events to become final, then to be forgotten, by when.
    finals: VecDeque<(UnixMs, EventId)>,
    alarms: AlarmBook,
    position: JournalPosition,
    seq: Seq,
    now: UnixMs,
    horizon: UnixMs,
    forgot_at: UnixMs,
}

impl Watch {
    /// An engine that knows nothing yet.
    pub fn new(settings: Settings) -> Watch {
        Watch { settings, ..Watch::default() }
    }

    /// Judges records that arrived at journal time `at`, in the order given, and numbers them.
    ///
    /// `at` must not be before that of the last call, and must be after it when there are edits: what came before an edit
    /// and what came after it are told apart by their times. Cost: about a microsecond a fix far from boundaries.
    pub fn evaluate(&mut self, at: UnixMs, bodies: impl IntoIterator<Item = RecordBody>) -> Evaluated {
        self.evaluate_knowing(at, bodies, &mut NoPast)
    }

    /// The same with a past to ask about fixes that are older than their vehicle's window.
    pub fn evaluate_knowing(
        &mut self,
        at: UnixMs,
        bodies: impl IntoIterator<Item = RecordBody>,
        _past: &mut dyn Past,
    ) -> Evaluated {
        let mut out = Evaluated::default();
        let mut moved: Vec<VehicleKey> = Vec::new();
        let mut seen: FxHashSet<VehicleKey> = FxHashSet::default();
        let mut edits: Vec<ZoneEdit> = Vec::new();
        self.now = self.now.max(at);
        for (index, body) in bodies.into_iter().enumerate() {
            if !matches!(body, RecordBody::Edit(_)) {
                self.apply_edits(&mut edits, &mut out, &mut moved);
            }
            let body = match body {
                RecordBody::Fix(fix) => {
                    if seen.insert(fix.vehicle) {
                        moved.push(fix.vehicle);
                    }
                    match self.fix(fix, &mut out) {
                        Some(fix) => RecordBody::Fix(fix),
                        None => {
                            out.duplicates.push(index);
                            continue;
                        }
                    }
                }
                RecordBody::Edit(edit) => {
                    match &edit.now {
                        Edited::Zone(zone) => edits.push((zone.key, Some(Arc::clone(zone)))),
                        Edited::ZoneDeleted(key) => edits.push((*key, None)),
                        Edited::Vehicle(key, vehicle) => {
                            self.tracks.entry(*key).or_default().set_attributes(at, Arc::clone(vehicle));
                        }
                        Edited::VehicleDeleted(_) | Edited::Other => {}
                    }
                    RecordBody::Edit(edit)
                }
                RecordBody::Act(act) => {
                    if let Some(id) = self.alarms.act(act.alarm, at, &act.who, &act.act) {
                        self.tell_alarm(id, &mut out);
                    }
                    RecordBody::Act(act)
                }
                RecordBody::Tick => {
                    self.tick(at, &mut out, &mut moved);
                    RecordBody::Tick
                }
                start @ RecordBody::Start { .. } => start,
            };
            self.position.0 += 1;
            out.records.push(Record { position: self.position, at, body });
        }
        self.apply_edits(&mut edits, &mut out, &mut moved);
        moved.sort_unstable();
        moved.dedup();
        out.moved = moved.into_iter().filter_map(|key| self.vehicle(key)).collect();
        out
    }

    /// When time may bring something next; a tick at or after this journal time may produce events.
    pub fn next_due(&self) -> Option<UnixMs> {
        let vehicle = self.due.first().map(|(at, _)| *at);
        let settled = self.finals.front().map(|(at, _)| *at);
        [vehicle, settled].into_iter().flatten().min()
    }

    /// Where a vehicle is now; `None` when it never reported.
    pub fn vehicle(&self, key: VehicleKey) -> Option<VehicleNow> {
        let track = self.tracks.get(&key)?;
        let state = track.state();
        let zones = track.visits().iter().map(|visit| ZoneNow {
            zone: visit.zone,
            since: visit.entered.at,
            certainty: match visit.phase {
                Phase::Inside => visit.entered.certainty,
                Phase::Entering { .. } | Phase::Leaving { .. } => Certainty::Uncertain,
            },
        });
        Some(VehicleNow { key, last: state.last, zones: zones.collect() })
    }

    /// Every vehicle that ever reported or is described, by key.
    pub fn vehicles(&self) -> Vec<VehicleNow> {
        let mut keys: Vec<VehicleKey> = self.tracks.keys().copied().collect();
        keys.sort_unstable();
        keys.into_iter().filter_map(|key| self.vehicle(key)).collect()
    }

    /// The one-map as it is now.
    pub fn map(&self) -> &Arc<OneMap> {
        &self.map
    }

    /// The alarms that are open or were closed lately.
    pub fn alarms(&self) -> &AlarmBook {
        &self.alarms
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

    fn surroundings<'a>(
        map: &'a OneMap,
        settings: &'a Settings,
        vehicle: VehicleKey,
        now: UnixMs,
        horizon: UnixMs,
    ) -> Surroundings<'a> {
        Surroundings { map, settings, vehicle, now, horizon }
    }

    fn fix(&mut self, mut fix: Fix, out: &mut Evaluated) -> Option<Fix> {
        fix.received_at = self.now;
        let mut changes = Vec::new();
        let around = Watch::surroundings(&self.map, &self.settings, fix.vehicle, self.now, self.horizon);
        let track = self.tracks.entry(fix.vehicle).or_default();
        let due = track.due();
        let taken = track.take(around, &mut fix, &mut changes);
        self.move_due(fix.vehicle, due);
        match taken {
            Taken::Duplicate => None,
            Taken::Kept(marks) => {
                fix.marks = marks;
                self.tell(changes, out);
                Some(fix)
            }
        }
    }

    fn tick(&mut self, at: UnixMs, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        self.horizon = self.horizon.max(at);
        while let Some(&(due, key)) = self.due.first() {
            if due > at {
                break;
            }
            self.due.pop_first();
            self.time_passes(key, Some(due), out);
            moved.push(key);
        }
        self.settle_events(at, out);
        if at - self.forgot_at > REMEMBER {
            self.alarms.forget(at - REMEMBER);
            self.forgot_at = at;
        }
    }

    fn time_passes(&mut self, key: VehicleKey, due: Option<UnixMs>, out: &mut Evaluated) {
        let around = Watch::surroundings(&self.map, &self.settings, key, self.now, self.horizon);
        let Some(track) = self.tracks.get_mut(&key) else { return };
        let mut changes = Vec::new();
        track.time_passes(around, &mut changes);
        self.move_due(key, due);
        self.tell(changes, out);
    }

    /// Keeps the queue of due times in step with a track's; `before` is what the queue holds for it.
    fn move_due(&mut self, key: VehicleKey, before: Option<UnixMs>) {
        let due = self.tracks.get(&key).and_then(|track| track.due());
        if due == before {
            // A tick took it out of the queue: it is put back, later than the tick.
            if let Some(at) = due {
                self.due.insert((at, key));
            }
            return;
        }
        if let Some(at) = before {
            self.due.remove(&(at, key));
        }
        if let Some(at) = due {
            self.due.insert((at, key));
        }
    }

    /// Lays edits on the map and says so to every vehicle that stands in an edited zone, before or after.
    fn apply_edits(&mut self, edits: &mut Vec<ZoneEdit>, out: &mut Evaluated, moved: &mut Vec<VehicleKey>) {
        if edits.is_empty() {
            return;
        }
        let edits = std::mem::take(edits);
        let keys: FxHashSet<ZoneKey> = edits.iter().map(|(key, _)| *key).collect();
        let mut boxes: Vec<_> = keys.iter().flat_map(|key| self.map.grounds(*key)).filter_map(Ground::bounds).collect();
        boxes.extend(edits.iter().filter_map(|(_, zone)| zone.as_ref()?.ground.bounds()));
        // Whoever is near keeps the revisions of its window: a late fix or a restart judges that window again.
        let mut forget_before = self.now - self.settings.window - self.settings.gap;
        let mut touched: Vec<VehicleKey> = Vec::new();
        for (key, track) in &self.tracks {
            let state = track.state();
            let visits = state.visits().iter().any(|visit| keys.contains(&visit.zone));
            let within = state.last.is_some_and(|last| {
                let p = last.position;
                boxes.iter().any(|b| (b.west..=b.east).contains(&p.lon_e7) && (b.south..=b.north).contains(&p.lat_e7))
            });
            if visits || within {
                touched.push(*key);
                forget_before = forget_before.min(track.oldest());
            }
        }
        let in_use = || self.tracks.values().flat_map(|track| track.slots()).collect();
        self.map = Arc::new(self.map.edited(&edits, self.now, forget_before, in_use));
        self.horizon = self.horizon.max(self.now);
        // What came due by now counts as passed from here on, so it is told here too.
        touched.extend(self.due.iter().take_while(|(at, _)| *at <= self.now).map(|(_, key)| *key));
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            let due = self.tracks.get(&key).and_then(|track| track.due());
            self.time_passes(key, due, out);
            moved.push(key);
        }
    }

    fn tell(&mut self, changes: Vec<Change>, out: &mut Evaluated) {
        for change in changes {
            match change {
                Change::Stands(core) => {
                    let known = self.known.get(&core.id);
                    let unchanged =
                        known.is_some_and(|event| event.status != EventStatus::Retracted && event.core == *core);
                    if unchanged {
                        continue;
                    }
                    let detected_at = known.map_or(self.now, |event| event.detected_at);
                    let late = known.map_or(self.now - core.at > self.settings.late, |event| event.late);
                    let status = match known.map(|event| event.status) {
                        Some(EventStatus::Final) => EventStatus::Final,
                        _ => EventStatus::Provisional,
                    };
                    let alarm = self.alarms.event_stands(&core, late);
                    let id = core.id;
                    self.seq.0 += 1;
                    let event = Event {
                        alarm: alarm.or_else(|| self.alarms.of_event(id)),
                        core: Arc::unwrap_or_clone(core),
                        seq: self.seq,
                        detected_at,
                        status,
                        late,
                    };
                    out.events.push(event.clone());
                    if self.known.insert(id, event).is_none() {
                        self.settle_at(detected_at + self.settings.finalise, id);
                    }
                    if let Some(alarm) = alarm {
                        self.tell_alarm(alarm, out);
                    }
                }
                Change::Retracted(id) => {
                    let Some(event) = self.known.get_mut(&id) else { continue };
                    if event.status == EventStatus::Retracted {
                        continue;
                    }
                    self.seq.0 += 1;
                    event.status = EventStatus::Retracted;
                    event.seq = self.seq;
                    out.events.push(event.clone());
                    if let Some(alarm) = self.alarms.event_retracted(id, self.now) {
                        self.tell_alarm(alarm, out);
                    }
                }
            }
        }
    }

    fn tell_alarm(&mut self, id: AlarmId, out: &mut Evaluated) {
        self.seq.0 += 1;
        out.alarms.extend(self.alarms.number(id, self.seq));
    }

    /// Makes events final when their minute is over, and forgets them when nothing can change them any more.
    fn settle_events(&mut self, at: UnixMs, out: &mut Evaluated) {
        while self.finals.front().is_some_and(|(when, _)| *when <= at) {
            let Some((when, id)) = self.finals.pop_front() else { break };
            let Some(event) = self.known.get_mut(&id) else { continue };
            if event.status == EventStatus::Provisional {
                event.status = EventStatus::Final;
                self.seq.0 += 1;
                event.seq = self.seq;
                out.events.push(event.clone());
            } else if event.status == EventStatus::Retracted
                || event.core.ended_at.is_some_and(|ended| at - ended > REMEMBER)
            {
                self.known.remove(&id);
                continue;
            }
            self.settle_at(when.max(at) + REMEMBER, id);
        }
    }

    /// Puts an event where its time is in the queue: what is to be forgotten waits longer than what becomes final.
    fn settle_at(&mut self, when: UnixMs, id: EventId) {
        let place = self.finals.partition_point(|entry| entry.0 <= when);
        self.finals.insert(place, (when, id));
    }
}

#[cfg(test)]
mod tests;
