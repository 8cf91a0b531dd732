//! What the engine writes down so that a restart need not read the whole journal.
//!
//! Geometry is not in it: zones come back by key and revision. Of a vehicle's window it holds the fixes and the states
//! before the first and after the last; running the window again gives back the states between and the events.

use super::settings::Settings;
use super::track::{Track, TrackSnapshot};
use super::{Surroundings, Watch};
use crate::alarm::{Alarm, AlarmBook};
use crate::event::Event;
use crate::ids::{EventId, JournalPosition, Revision, Seq, VehicleKey, ZoneKey};
use crate::onemap::{MapEntry, OneMap};
use crate::units::UnixMs;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that the engine knows at a place of the journal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WatchSnapshot {
    settings: Settings,
    map: Vec<MapEntry>,
    tracks: Vec<(VehicleKey, TrackSnapshot)>,
    known: Vec<Event>,
    finals: Vec<(UnixMs, EventId)>,
    alarms: Vec<Alarm>,
    position: JournalPosition,
    seq: Seq,
    now: UnixMs,
    horizon: UnixMs,
    forgot_at: UnixMs,
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
        let mut tracks: Vec<(VehicleKey, TrackSnapshot)> =
            self.tracks.iter().map(|(key, track)| (*key, track.snapshot())).collect();
        tracks.sort_by_key(|(key, _)| *key);
        let mut known: Vec<Event> = self.known.values().cloned().collect();
        known.sort_by_key(|event| event.core.id);
        WatchSnapshot {
            settings: self.settings,
            map: self.map.table(),
            tracks,
            known,
            finals: self.finals.iter().copied().collect(),
            alarms: self.alarms.snapshot(),
            position: self.position,
            seq: self.seq,
            now: self.now,
            horizon: self.horizon,
            forgot_at: self.forgot_at,
        }
    }

    /// The engine of a snapshot. `zone` finds what was drawn by key and revision.
    pub fn restored(snapshot: WatchSnapshot, zone: impl FnMut(ZoneKey, Revision) -> Option<Arc<Zone>>) -> Watch {
        let map = OneMap::restored(&snapshot.map, zone);
        let mut watch = Watch {
            settings: snapshot.settings,
            alarms: AlarmBook::restored(snapshot.alarms),
            known: snapshot.known.into_iter().map(|event| (event.core.id, event)).collect(),
            finals: snapshot.finals.into_iter().collect(),
            position: snapshot.position,
            seq: snapshot.seq,
            now: snapshot.now,
            horizon: snapshot.horizon,
            forgot_at: snapshot.forgot_at,
            ..Watch::default()
        };
        for (key, track) in snapshot.tracks {
            let around = Surroundings {
                map: &map,
                settings: &watch.settings,
                vehicle: key,
                now: watch.now,
                horizon: watch.horizon,
            };
            let track = Track::restored(track, around);
            watch.due.extend(track.due().map(|at| (at, key)));
            watch.tracks.insert(key, Box::new(track));
        }
        watch.map = Arc::new(map);
        watch
    }
}
