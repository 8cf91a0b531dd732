//! What the engine asks of a vehicle's past when a fix is older than the vehicle's window, and what it is answered.
//!
//! The engine does no I/O: it asks a [`Past`]. Whoever runs it reads the answer from the store, at once (a replay of the
//! journal) or before the record joins a later batch (live). A record whose question has no answer yet is not taken.

use super::state::State;
use crate::alarm::AlarmBody;
use crate::event::Event;
use crate::fix::Fix;
use crate::ids::{JournalPosition, VehicleKey};
use crate::onemap::Term;
use crate::units::{SpanMs, UnixMs};
use crate::vehicle::Vehicle;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How far apart a vehicle's checkpoints are: an hour, as the track's chunks.
pub const CHECKPOINT_EVERY: SpanMs = SpanMs::seconds(3_600);

/// A question about a vehicle's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedsHistory {
    /// Whose.
    pub vehicle: VehicleKey,
    /// The fix that is late: everything from the newest checkpoint at or before it is asked for.
    pub from: UnixMs,
    /// The answer must hold every record of the vehicle up to here: later ones are in the window.
    pub at_least: JournalPosition,
    /// Where the engine is: the answer must hold no record after it.
    pub at_most: JournalPosition,
}

/// What is known of a vehicle's past.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every fix of the vehicle that was journalled up to here, from the checkpoint on, is in it.
    pub as_of: JournalPosition,
    /// The newest checkpoint at or before the time asked for; `None` when there is none: from the vehicle's first fix then.
    pub checkpoint: Option<Checkpoint>,
    /// Fixes with `fixed_at` not before the checkpoint's time, exact repeats once, in any order.
    pub fixes: Vec<Fix>,
    /// Zone revisions that were replaced or deleted after the checkpoint's time, with their terms: those in force now are
    /// in the one-map.
    pub replaced: Vec<(Arc<Zone>, Term)>,
    /// The vehicle's attributes by the journal time of each revision, oldest first, from the one in force at the checkpoint.
    pub attributes: Vec<(UnixMs, Arc<Vehicle>)>,
    /// The vehicle's stored events that had not ended before the checkpoint's time, as they stand.
    pub events: Vec<Event>,
    /// The stored alarms that those events belong to.
    pub alarms: Vec<Arc<AlarmBody>>,
}

/// The engine's state of one vehicle just before its first fix of an hour: late replay starts here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose.
    pub vehicle: VehicleKey,
    /// The hour's start: every fix before it is in the state, none at or after it.
    pub at: UnixMs,
    pub(super) state: State,
}

/// Answers questions about the past.
pub trait Past: Sync {
    /// What is known; `None` when it is not at hand: the record that asked is then not taken
    /// ([`super::Evaluated::waiting`]) and may be given again later.
    fn history(&self, need: &NeedsHistory) -> Option<Arc<History>>;
}

/// A past that knows nothing: every late record waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPast;

impl Past for NoPast {
    fn history(&self, _: &NeedsHistory) -> Option<Arc<History>> {
        None
    }
}
