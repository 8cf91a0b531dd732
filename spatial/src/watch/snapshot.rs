//! What the engine writes down so that a restart need not read the whole journal.
//!
//! Geometry is not in it: zones come back by key and revision, and slots get the numbers of the map made from them.
//! Everything else is in it as it is, the windows with their undos and events too: a revision that judged inside a window
//! may be forgotten by then, and running the window again would judge otherwise.

use super::count::CountBook;
use super::settings::Settings;
use super::shard::Shard;
use super::system::SystemBook;
use super::track::Track;
use super::{AlarmOwners, Watch};
use crate::event::Subject;
use crate::exemption::ExemptionBook;
use crate::ids::{JournalPosition, Revision, Seq, VehicleKey, ZoneKey};
use crate::index::Slot;
use crate::onemap::{MapEntry, OneMap};
use crate::units::UnixMs;
use crate::zone::Zone;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that the engine knows at a place of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WatchSnapshot {
    settings: Settings,
    /// The one-map's revisions, each with the slot that the tracks know it by.
    map: Vec<(Slot, MapEntry)>,
    exemptions: Arc<ExemptionBook>,
    tracks: Vec<(VehicleKey, Track)>,
    system: SystemBook,
    counts: CountBook,
    finals: Vec<(UnixMs, Subject, u64)>,
    position: JournalPosition,
    seq: Seq,
    now: UnixMs,
    horizon: UnixMs,
    forgot_at: UnixMs,
    up_since: UnixMs,
}

impl WatchSnapshot {
    /// The place of the journal that it was taken at.
    pub fn position(&self) -> JournalPosition {
        self.position
    }
}

impl Watch {
    /// What the engine knows now.
    pub fn snapshot(&self) -> WatchSnapshot {
        let tracks = self.shards.iter().flat_map(Shard::tracks);
        let mut tracks: Vec<(VehicleKey, Track)> = tracks.map(|(key, track)| (key, track.clone())).collect();
        tracks.sort_by_key(|(key, _)| *key);
        WatchSnapshot {
            settings: self.settings,
            map: self.map.table(),
            exemptions: Arc::clone(&self.exemptions),
            tracks,
            system: self.system.clone(),
            counts: self.counts.clone(),
            finals: self.finals.iter().copied().collect(),
            position: self.position,
            seq: self.seq,
            now: self.now,
            horizon: self.horizon,
            forgot_at: self.forgot_at,
            up_since: self.up_since,
        }
    }

    /// The engine of a snapshot, on the calling thread alone. `zone` finds what was drawn by key and revision.
    pub fn restored(snapshot: WatchSnapshot, mut zone: impl FnMut(ZoneKey, Revision) -> Option<Arc<Zone>>) -> Watch {
        // Revisions that are not found leave the map, and with them the numbers of those after them move.
        let mut found: FxHashMap<(ZoneKey, Revision), Arc<Zone>> = FxHashMap::default();
        let mut slots: FxHashMap<Slot, Slot> = FxHashMap::default();
        let mut table: Vec<MapEntry> = Vec::with_capacity(snapshot.map.len());
        for (slot, entry) in snapshot.map {
            let Some(zone) = zone(entry.zone, entry.revision) else { continue };
            found.insert((entry.zone, entry.revision), zone);
            slots.insert(slot, table.len() as Slot);
            table.push(entry);
        }
        let map = OneMap::restored(&table, snapshot.settings.offset, |key, revision| {
            found.get(&(key, revision)).map(Arc::clone)
        });
        let mut watch = Watch {
            map: Arc::new(map),
            exemptions: snapshot.exemptions,
            system: snapshot.system,
            counts: snapshot.counts,
            finals: snapshot.finals.into_iter().collect(),
            position: snapshot.position,
            seq: snapshot.seq,
            now: snapshot.now,
            horizon: snapshot.horizon,
            forgot_at: snapshot.forgot_at,
            up_since: snapshot.up_since,
            ..Watch::new(snapshot.settings)
        };
        for (key, mut track) in snapshot.tracks {
            track.renumber(&|slot| slots.get(&slot).copied());
            watch.shards[0].restore(key, track);
        }
        watch.alarm_owners = AlarmOwners::of_all(watch.ledgers());
        let due = watch.ledgers().filter_map(|(owner, ledger)| Some((ledger.alarms_due()?, owner))).collect();
        watch.alarms_due = due;
        watch
    }
}
