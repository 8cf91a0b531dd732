//! What the engine asks of a vehicle's past when a fix is older than the vehicle's window, and what it is answered.
//!
//! The engine does no I/O: it asks a [`Past`]. Whoever runs it reads the answer from the store, at once (a replay of the
//! journal) or before the record joins a later batch (live). A record whose question has no answer yet is not taken.

use super::state::State;
use crate::alarm::AlarmSheet;
use crate::event::Event;
use crate::fix::Fix;
use crate::ids::{JournalPosition, Revision, VehicleKey, ZoneKey};
use crate::index::Slot;
use crate::onemap::{OneMap, Term};
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
    /// Where the engine was before the records that it is judging: the answer must hold no record after the later of both.
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
    pub alarms: Vec<AlarmSheet>,
}

/// The engine's state of one vehicle just before its first fix of an hour: late replay starts here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose.
    pub vehicle: VehicleKey,
    /// The hour's start: every fix before it is in the state, none at or after it.
    pub at: UnixMs,
    /// What the state's slots stand for.
    zones: Vec<(Slot, ZoneKey, Revision)>,
    state: State,
}

impl Checkpoint {
    /// The checkpoint of a state that was judged by a map.
    pub(super) fn of(vehicle: VehicleKey, at: UnixMs, state: &State, map: &OneMap) -> Checkpoint {
        let mut slots: Vec<Slot> = state.inside.iter().copied().chain(state.slots()).collect();
        slots.sort_unstable();
        slots.dedup();
        let named = |slot: Slot| map.zone(slot).map(|entry| (slot, entry.zone.key, entry.zone.revision));
        Checkpoint { vehicle, at, zones: slots.into_iter().filter_map(named).collect(), state: state.clone() }
    }

    /// The state with the slots of a map.
    pub(super) fn state(&self, map: &OneMap) -> State {
        let mut state = self.state.clone();
        state.renumber(&|slot| {
            let (_, zone, revision) = self.zones.iter().find(|(known, _, _)| *known == slot)?;
            map.slot_of(*zone, *revision)
        });
        state
    }

    /// The zone revisions under which its visits went on.
    pub(super) fn needs(&self, zone: ZoneKey, revision: Revision) -> bool {
        self.zones.iter().any(|(_, known, of)| (*known, *of) == (zone, revision))
    }
}

/// The start of the hour that holds an instant.
pub(super) fn hour_of(at: UnixMs) -> UnixMs {
    UnixMs(at.0.div_euclid(CHECKPOINT_EVERY.0) * CHECKPOINT_EVERY.0)
}

/// The answer to a question about the past.
#[derive(Clone, Debug)]
pub enum Answer {
    /// What is known.
    Known(Arc<History>),
    /// It is not at hand: the record that asked is not taken ([`super::Evaluated::waiting`]) and may be given again later.
    NotYet,
    /// Nobody knows the past: the record is taken without being judged, and marked.
    Never,
}

/// Answers questions about the past.
pub trait Past: Sync {
    /// What is known.
    fn history(&self, need: &NeedsHistory) -> Answer;
}

/// A past that nobody knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPast;

impl Past for NoPast {
    fn history(&self, _: &NeedsHistory) -> Answer {
        Answer::Never
    }
}
