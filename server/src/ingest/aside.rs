//! The side queue: intakes some of whose fixes are older than their vehicle's window, until what was before is read.
//!
//! A plain structure that the engine's thread owns. Fixes wait by vehicle, vehicles in the order in which they arrived; one
//! history is read for all that wait of a vehicle. An intake is answered when the last of its fixes is judged. It must never
//! hold up what is not late, and never forget whom it owes an answer.

use super::waiter::{Fate, Waiter};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::{History, NeedsHistory};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::mem::size_of;
use std::sync::Arc;

/// It is full from so many fixes on: what looks late is then held up at the door. Twice as many are never held.
pub const FULL_FIXES: usize = 150_000;
/// The same in bytes: a fix takes about 150, an intake 500.
pub const FULL_BYTES: usize = 48 * 1024 * 1024;
/// What an intake takes beside its fixes, bytes: its place here and a gateway's acknowledgement (messages, connection).
const INTAKE_BYTES: usize = size_of::<Held>() + 384;
/// How many vehicles' histories may be asked for or lie ready at once: they must not grow old before they are used.
const AHEAD: usize = 32;
/// A history is used for so long after it was read, journal time; later it is read again. Zone revisions that were replaced
/// since are in the one-map for five minutes and more (the engine's window and gap).
const FRESH: SpanMs = SpanMs::seconds(60);

/// Names an intake that was put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct IntakeId(u64);

/// A fix that waits, with whose intake it came.
#[derive(Clone, Copy, Debug)]
pub struct LateFix {
    /// As it arrived.
    pub fix: Fix,
    intake: IntakeId,
}

/// What is to be read of a vehicle's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whose.
    pub vehicle: VehicleKey,
    /// From here on: the earliest fix that waits.
    pub from: UnixMs,
    /// Not before the journal was committed up to here.
    pub at_least: JournalPosition,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// From here on.
    pub from: UnixMs,
    /// What is known.
    pub history: Arc<History>,
    /// Journal time when it was read.
    pub read_at: UnixMs,
}

impl Read {
    /// Whether it answers the engine's question.
    pub fn answers(&self, need: &NeedsHistory, now: UnixMs) -> bool {
        let begins = self.history.checkpoint.as_ref().map_or(self.from, |checkpoint| checkpoint.at);
        let knows = (need.at_least..=need.at_most).contains(&self.history.as_of);
        begins <= need.from && knows && now - self.read_at <= FRESH
    }
}

/// Fixes of one vehicle that can be judged now.
#[derive(Debug)]
pub struct Ready {
    /// In the order of their arrival.
    pub fixes: Vec<LateFix>,
    /// By this.
    pub read: Read,
}

/// An intake of which some fixes wait.
struct Held {
    waiter: Waiter,
    /// How many of its fixes are not judged.
    left: usize,
    /// Journal time when it was put aside.
    since: UnixMs,
}

/// The fixes of one vehicle.
struct Queue {
    fixes: Vec<LateFix>,
    from: UnixMs,
    at_least: JournalPosition,
    stage: Stage,
}

enum Stage {
    /// To be asked for, in its turn.
    Queued,
    /// Being read.
    Asked { from: UnixMs },
    /// To be judged, in its turn.
    Ready(Read),
}

/// See the module.
#[derive(Default)]
pub struct Aside {
    intakes: BTreeMap<IntakeId, Held>,
    next_intake: u64,
    vehicles: HashMap<VehicleKey, Queue>,
    /// Vehicles that are queued, the next one first.
    queued: VecDeque<VehicleKey>,
    /// Vehicles that are ready, the next one first.
    ready: VecDeque<VehicleKey>,
    asked: usize,
    fixes: usize,
}

impl Aside {
    /// Puts an intake aside until its late fixes are judged; gives the waiter back when twice as much as fills it would wait.
    pub fn put(&mut self, waiter: Waiter, late: &[(Fix, NeedsHistory)], now: UnixMs) -> Result<(), Waiter> {
        let bytes = self.bytes() + INTAKE_BYTES + size_of_val(late);
        if self.fixes + late.len() > 2 * FULL_FIXES || bytes > 2 * FULL_BYTES {
            return Err(waiter);
        }
        let intake = IntakeId(self.next_intake);
        self.next_intake += 1;
        self.intakes.insert(intake, Held { waiter, left: late.len(), since: now });
        for (fix, need) in late {
            self.queue(LateFix { fix: *fix, intake }, need);
        }
        Ok(())
    }

    /// Puts a fix back that was given to the engine and asked again.
    pub fn put_back(&mut self, late: LateFix, need: &NeedsHistory) {
        self.queue(late, need);
    }

    /// Notes what became of a fix that was given to the engine; when it was the last of its intake, the one who waits.
    pub fn judged(&mut self, late: &LateFix, fate: Fate) -> Option<Waiter> {
        let held = self.intakes.get_mut(&late.intake)?;
        held.waiter.note(fate);
        held.left -= 1;
        if held.left > 0 { None } else { self.intakes.remove(&late.intake).map(|held| held.waiter) }
    }

    /// The next vehicles to ask for.
    pub fn questions(&mut self) -> Vec<Question> {
        let room = AHEAD.saturating_sub(self.asked + self.ready.len()).min(self.queued.len());
        let mut questions = Vec::with_capacity(room);
        for vehicle in self.queued.drain(..room) {
            let Some(queue) = self.vehicles.get_mut(&vehicle) else { continue };
            queue.stage = Stage::Asked { from: queue.from };
            questions.push(Question { vehicle, from: queue.from, at_least: queue.at_least });
        }
        self.asked += questions.len();
        questions
    }

    /// A history that was asked for. One for a question that was given up meanwhile is passed over.
    pub fn answered(&mut self, question: Question, history: Arc<History>, read_at: UnixMs) {
        let Some(queue) = self.vehicles.get_mut(&question.vehicle) else { return };
        if matches!(queue.stage, Stage::Asked { from } if from == question.from) {
            self.asked -= 1;
            queue.stage = Stage::Ready(Read { from: question.from, history, read_at });
            self.ready.push_back(question.vehicle);
        }
    }

    /// A history that was asked for cannot be read: gives back everybody who waits for it, to be refused.
    pub fn unreadable(&mut self, vehicle: VehicleKey) -> Vec<Waiter> {
        let Some(queue) = self.vehicles.remove(&vehicle) else { return Vec::new() };
        self.fixes -= queue.fixes.len();
        self.asked -= usize::from(matches!(queue.stage, Stage::Asked { .. }));
        let gone: HashSet<IntakeId> = queue.fixes.iter().map(|late| late.intake).collect();
        // Their fixes of other vehicles are given up too: nobody waits for them any more.
        let mut emptied: Vec<VehicleKey> = Vec::new();
        for (vehicle, queue) in &mut self.vehicles {
            let before = queue.fixes.len();
            queue.fixes.retain(|late| !gone.contains(&late.intake));
            self.fixes -= before - queue.fixes.len();
            if queue.fixes.is_empty() {
                emptied.push(*vehicle);
            }
        }
        for vehicle in emptied {
            if let Some(Queue { stage: Stage::Asked { .. }, .. }) = self.vehicles.remove(&vehicle) {
                self.asked -= 1;
            }
        }
        self.queued.retain(|vehicle| self.vehicles.contains_key(vehicle));
        self.ready.retain(|vehicle| self.vehicles.contains_key(vehicle));
        gone.iter().filter_map(|intake| self.intakes.remove(intake)).map(|held| held.waiter).collect()
    }

    /// Takes what can be judged now: at most `fixes` late fixes and about `history_fixes` fixes of histories, of one vehicle at
    /// least. What of a vehicle is over `fixes` is asked for anew: the first ones belong to its history then.
    pub fn take_ready(&mut self, fixes: usize, history_fixes: usize) -> Vec<Ready> {
        let mut taken = Vec::new();
        let (mut late, mut read_fixes) = (0, 0);
        while late < fixes && read_fixes < history_fixes {
            let Some(vehicle) = self.ready.pop_front() else { break };
            let Some(mut queue) = self.vehicles.remove(&vehicle) else { continue };
            let Stage::Ready(read) = queue.stage else { continue };
            let over = queue.fixes.split_off(queue.fixes.len().min(fixes - late));
            if !over.is_empty() {
                let (from, at_least) = (queue.from, queue.at_least);
                self.queued.push_back(vehicle);
                self.vehicles.insert(vehicle, Queue { fixes: over, from, at_least, stage: Stage::Queued });
            }
            late += queue.fixes.len();
            read_fixes += read.history.fixes.len();
            self.fixes -= queue.fixes.len();
            taken.push(Ready { fixes: queue.fixes, read });
        }
        taken
    }

    /// Gives back everybody who waits, to be refused; nothing waits any more.
    pub fn clear(&mut self) -> Vec<Waiter> {
        let cleared = std::mem::take(self);
        self.next_intake = cleared.next_intake;
        cleared.intakes.into_values().map(|held| held.waiter).collect()
    }

    /// Whether something can be judged now.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Whether what looks late must be held up at the door.
    pub fn is_full(&self) -> bool {
        self.fixes >= FULL_FIXES || self.bytes() >= FULL_BYTES
    }

    /// How many fixes wait.
    pub fn fixes(&self) -> usize {
        self.fixes
    }

    /// About how much memory all that takes, the histories aside.
    pub fn bytes(&self) -> usize {
        self.fixes * size_of::<LateFix>() + self.intakes.len() * INTAKE_BYTES
    }

    /// Since when the oldest intake waits, journal time.
    pub fn oldest(&self) -> Option<UnixMs> {
        self.intakes.first_key_value().map(|(_, held)| held.since)
    }

    fn queue(&mut self, late: LateFix, need: &NeedsHistory) {
        self.fixes += 1;
        let queued = &mut self.queued;
        let queue = self.vehicles.entry(need.vehicle).or_insert_with(|| {
            queued.push_back(need.vehicle);
            Queue { fixes: Vec::new(), from: UnixMs::MAX, at_least: JournalPosition(0), stage: Stage::Queued }
        });
        queue.from = queue.from.min(need.from);
        queue.at_least = queue.at_least.max(need.at_least);
        queue.fixes.push(late);
    }
}
