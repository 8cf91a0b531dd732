//! What arrived and waits for the engine: one bounded list that the engine takes whole.
//!
//! Producers wake the engine only when it sleeps, so that a busy pipeline costs no system call per packet.

use super::waiter::Waiter;
use super::{NewEdit, Receipt, Refused};
use cordon_data::store::AuditLine;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::fix::Fix;
use cordon_spatial::record::Act;
use cordon_spatial::units::UnixMs;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, oneshot};

/// Most fixes that may wait; a terminal's read pauses beyond it, a request is refused.
pub const MAX_WAITING_FIXES: usize = 200_000;
/// Most fixes in one batch: bounds the time of a commit.
pub const MAX_BATCH_FIXES: usize = 20_000;

/// How a gateway answers for fixes, in its own protocol. Called on the committing thread: it must never wait.
pub trait Acknowledge: Send {
    /// Everything is kept. `room` is for the answer's bytes; it is lent from call to call and comes with old ones.
    fn kept(self: Box<Self>, room: &mut Vec<u8>);
    /// Nothing is kept: no answer, so that the sender keeps its fixes and sends them again.
    fn not_kept(self: Box<Self>);
}

/// Something that arrived, with the way back.
pub enum Intake {
    /// A gateway's fixes and how to acknowledge them.
    Gateway { fixes: Vec<Fix>, ack: Box<dyn Acknowledge> },
    /// Posted fixes.
    Posted { fixes: Vec<Fix>, reply: oneshot::Sender<Result<Receipt, Refused>> },
    /// Checked edits and their audit lines, whose `at` is set by the engine.
    Edits { edits: Vec<NewEdit>, audit: Vec<AuditLine>, reply: oneshot::Sender<Result<UnixMs, Refused>> },
    /// What a person did.
    Act { act: Act, reply: oneshot::Sender<Result<Alarm, Refused>> },
}

impl Intake {
    fn weight(&self) -> usize {
        match self {
            Intake::Gateway { fixes, .. } | Intake::Posted { fixes, .. } => fixes.len().max(1),
            Intake::Edits { edits, .. } => edits.len().max(1),
            Intake::Act { .. } => 1,
        }
    }

    /// Tells whoever waits that nothing of it was kept.
    pub fn refuse(self, why: &Refused) {
        Waiter::of(self).0.refuse(why);
    }
}

#[derive(Default)]
struct Waiting {
    items: Vec<Intake>,
    weight: usize,
    engine_sleeps: bool,
    /// There is something to do that did not arrive here.
    nudged: bool,
    closed: bool,
}

/// The list between the producers and the engine.
#[derive(Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
    room: Notify,
}

impl Inbox {
    /// Adds an item, or gives it back when too much is waiting.
    pub fn push(&self, item: Intake) -> Result<(), Intake> {
        let mut waiting = self.lock();
        let weight = item.weight();
        if waiting.closed || (waiting.weight > 0 && waiting.weight + weight > MAX_WAITING_FIXES) {
            return Err(item);
        }
        waiting.weight += weight;
        waiting.items.push(item);
        let wake = std::mem::take(&mut waiting.engine_sleeps);
        drop(waiting);
        if wake {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Resolves when the engine takes something.
    pub fn room(&self) -> Notified<'_> {
        self.room.notified()
    }

    /// Whether nothing more is taken.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Wakes the engine for something that did not arrive here.
    pub fn nudge(&self) {
        let mut waiting = self.lock();
        waiting.nudged = true;
        let wake = std::mem::take(&mut waiting.engine_sleeps);
        drop(waiting);
        if wake {
            self.arrived.notify_one();
        }
    }

    /// Takes what waits, up to a batch; sleeps until something arrives, the deadline passes, somebody nudges or the inbox is
    /// closed.
    pub fn take(&self, deadline: Instant, into: &mut Vec<Intake>) {
        let mut waiting = self.lock();
        while waiting.items.is_empty() && !waiting.closed && !waiting.nudged {
            let now = Instant::now();
            if now >= deadline {
                break;
            }
            waiting.engine_sleeps = true;
            let slept = self.arrived.wait_timeout(waiting, deadline - now);
            waiting = slept.map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard);
        }
        waiting.engine_sleeps = false;
        waiting.nudged = false;
        let mut weight = 0;
        let count = waiting
            .items
            .iter()
            .take_while(|item| {
                let first = weight == 0;
                weight += item.weight();
                first || weight <= MAX_BATCH_FIXES
            })
            .count();
        if count == waiting.items.len() {
            into.append(&mut waiting.items);
            waiting.weight = 0;
        } else {
            into.extend(waiting.items.drain(..count));
            waiting.weight = waiting.items.iter().map(Intake::weight).sum();
        }
        drop(waiting);
        self.room.notify_waiters();
    }

    /// Takes nothing more; what waits can still be taken.
    pub fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_one();
    }

    /// How much is waiting.
    pub fn weight(&self) -> usize {
        self.lock().weight
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The longest sleep of the engine when nothing is due.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(1);
