//! From what is stored back to the engine: the newest snapshot, then the journal after it.
//!
//! Stored events are the truth. The replay must agree with them; where it does not, the stored ones stand and it is said.

use super::history::StorePast;
use super::{Shared, StoreAccess};
use cordon_data::feature::zone_of;
use cordon_data::store::{Reader, StoreError};
use cordon_spatial::event::Event;
use cordon_spatial::ids::{EventId, JournalPosition};
use cordon_spatial::watch::{Lanes, READABLE_VERSIONS, Watch, WatchSnapshot};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Batches that are read at a time.
const BATCHES_AT_A_TIME: usize = 256;

/// The engine as the store says it was.
pub struct Recovered {
    /// The engine.
    pub watch: Watch,
    /// How many records were replayed.
    pub replayed: u64,
    /// How many events the replay made otherwise than they are stored; `None` when it agrees.
    pub differing: Option<u64>,
}

/// Loads the newest snapshot that reads back and replays the journal after it, on `lanes`.
pub fn recover(store: &StoreAccess, shared: &Shared, lanes: Arc<dyn Lanes>) -> Result<Recovered, StoreError> {
    let reader = store.reader()?;
    let mut watch = from_snapshot(store, reader.as_ref())?.unwrap_or_else(|| Watch::new(super::settings()));
    watch.set_lanes(lanes);
    let began = Instant::now();
    let mut told: HashMap<EventId, Event> = HashMap::new();
    let head = reader.head()?;
    let past = StorePast::new(store.reader()?);
    let mut replayed = 0;
    while watch.position() < head.position {
        let from = JournalPosition(watch.position().0 + 1);
        let batches = reader.journal(from, BATCHES_AT_A_TIME)?;
        if batches.is_empty() {
            return Err(StoreError::Damaged {
                place: format!("journal at {}", from.0),
                what: format!("nothing, though records up to {} were kept", head.position.0),
            });
        }
        if let Some(first) =
            batches.first().and_then(|(_, records)| records.first()).filter(|first| first.position > from)
        {
            return Err(StoreError::Damaged {
                place: format!("journal at {}", from.0),
                what: format!("it begins at {} and no snapshot from after that reads back", first.position.0),
            });
        }
        for (at, records) in batches {
            let bodies = records.into_iter().filter(|record| record.position >= from).map(|record| record.body);
            past.come_to(at);
            let evaluated = watch.replay(at, bodies, &past);
            if let Some(error) = past.failure() {
                return Err(error);
            }
            if !evaluated.waiting.is_empty() {
                return Err(StoreError::Damaged {
                    place: format!("journal at {}", from.0),
                    what: "a record that was judged by a history is not judged by what is stored of it".to_owned(),
                });
            }
            replayed += evaluated.records.len() as u64;
            told.extend(evaluated.events.into_iter().map(|event| (event.core.id, event)));
        }
    }
    let differing = count_differing(reader.as_ref(), &told)?;
    // A late fix that is replayed finds what it changed already changed, for older rows are not kept: it then tells less than
    // the first time, and less is numbered.
    let fewer = past.was_asked() && watch.seq() < head.seq;
    let differs = differing > 0 || (watch.seq() != head.seq && !fewer);
    if differs {
        shared.engine_mismatch.store(true, Ordering::Relaxed);
        tracing::error!(
            differing,
            replayed_seq = watch.seq().0,
            stored_seq = head.seq.0,
            "the replay of the journal differs from what is stored; the stored events stand"
        );
    }
    watch.continue_from(head.seq);
    tracing::info!(replayed, replay_s = began.elapsed().as_secs_f64(), "the engine is where the store is");
    Ok(Recovered { watch, replayed, differing: differs.then_some(differing) })
}

fn from_snapshot(store: &StoreAccess, reader: &dyn Reader) -> Result<Option<Watch>, StoreError> {
    let began = Instant::now();
    let Some((position, bytes)) = cordon_data::snapshots::load_newest(&store.folder, &READABLE_VERSIONS)? else {
        return Ok(None);
    };
    if position > reader.head()?.position {
        tracing::warn!(position = position.0, "a snapshot from after the end of the journal is left aside");
        return Ok(None);
    }
    let snapshot: WatchSnapshot = match postcard::from_bytes(&bytes) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            tracing::warn!(%error, "a snapshot does not read back and is left aside");
            return Ok(None);
        }
    };
    let (mut missing, mut zones) = (0, 0);
    let snapshot_read = began.elapsed();
    let mut zones_read = snapshot_read;
    let watch = Watch::restored(snapshot, |key, revision| {
        let feature = reader.feature_revision(cordon_spatial::ids::FeatureKey(key.0), revision).ok().flatten();
        let zone = feature.and_then(|feature| zone_of(&feature).ok()).map(Arc::new);
        missing += u32::from(zone.is_none());
        zones += 1;
        zones_read = began.elapsed();
        zone
    });
    tracing::info!(
        zones,
        snapshot_read_s = snapshot_read.as_secs_f64(),
        zones_read_s = (zones_read - snapshot_read).as_secs_f64(),
        index_build_s = (began.elapsed() - zones_read).as_secs_f64(),
        "the engine is where its snapshot is"
    );
    if missing > 0 {
        tracing::warn!(missing, "zones of a snapshot are not in the store; replaying the whole journal");
        return Ok(None);
    }
    Ok(Some(watch))
}

/// How many replayed events differ from the stored ones in anything that they say.
fn count_differing(reader: &dyn Reader, told: &HashMap<EventId, Event>) -> Result<u64, StoreError> {
    let mut differing = 0;
    for (id, event) in told {
        let same = reader.event(*id)?.is_some_and(|stored| stored.core == event.core && stored.status == event.status);
        differing += u64::from(!same);
    }
    Ok(differing)
}
