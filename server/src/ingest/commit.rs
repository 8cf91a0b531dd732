//! The committing thread: the one writer. Commits, then acknowledges and publishes; between commits it does jobs, cuts
//! tracks and forgets what is old.

use super::contacts;
use super::handoff::{Handoff, Next, ToCommit};
use super::historian::Desk;
use super::pulse::Beat;
use super::retention::Forgetting;
use super::waiter::Waiter;
use super::{Committed, Refused, Shared, StoreAccess};
use cordon_data::store::{Batch, StoreError, Writer};
use cordon_spatial::record::{Record, RecordBody};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::{ENGINE_VERSION, Evaluated, WatchSnapshot};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// How long the thread sleeps when nothing waits.
const IDLE: Duration = Duration::from_millis(200);
/// Longest slice of cutting tracks, milliseconds (ENGINE, "Snapshots and versions").
const CUT_SLICE_MS: u32 = 5;
/// How often tracks are cut when nothing hurries.
const CUT_EVERY: Duration = Duration::from_secs(5);

/// Everything that the committing thread owns.
pub struct Committer {
    pub writer: Box<dyn Writer>,
    pub handoff: Arc<Handoff>,
    pub shared: Arc<Shared>,
    pub store: StoreAccess,
    pub committed: broadcast::Sender<Arc<Committed>>,
    pub ack_room: Vec<u8>,
    pub cut_at: Instant,
    pub forgetting: Forgetting,
    /// Who waits for commits to read what they kept.
    pub desk: Arc<Desk>,
    /// The newest snapshot's thread.
    pub snapshotting: Option<JoinHandle<()>>,
}

impl Committer {
    /// Runs until the hand-over is closed and empty.
    pub fn run(mut self) {
        loop {
            match self.handoff.next(IDLE) {
                Next::Batch(batch) => self.commit(*batch),
                Next::Job(job) => job(self.writer.as_mut()),
                Next::Idle => {}
                Next::Stop => {
                    // The last snapshot makes the next start quick: the process must not end while it is written.
                    if self.snapshotting.take().is_some_and(|thread| thread.join().is_err()) {
                        tracing::warn!("the last engine snapshot could not be written; the next start takes longer");
                    }
                    return;
                }
            }
            if self.cut_at.elapsed() >= CUT_EVERY {
                self.cut_tracks();
            }
            let now = UnixMs(self.shared.now_ms.load(Ordering::Relaxed));
            if let Err(error) = self.forgetting.turn(self.writer.as_mut(), &self.store.folder, now) {
                stop_broken(&error);
            }
        }
    }

    fn commit(&mut self, batch: ToCommit) {
        if self.shared.commit_refused.load(Ordering::Acquire) {
            // Evaluated on top of a batch that was not kept.
            contacts::count_of(&batch.evaluated.records, false);
            refuse(batch.waiters);
            return;
        }
        let ToCommit { at, taken_up, evaluated, features, audit, waiters, snapshot } = batch;
        let started = Instant::now();
        let result = self.writer.commit(&Batch {
            at,
            records: &evaluated.records,
            events: &evaluated.events,
            alarms: &evaluated.alarms,
            features: &features,
            audit: &audit,
            checkpoints: &evaluated.checkpoints,
        });
        let took = started.elapsed();
        metrics::histogram!("cordon_db_tx_seconds", "op" => "commit").record(took.as_secs_f64());
        match result {
            Ok(()) => {
                contacts::count_of(&evaluated.records, true);
                let is_fix = |record: &&Record| matches!(record.body, RecordBody::Fix(_));
                let fixes = evaluated.records.iter().filter(is_fix).count() as u64;
                self.shared.pulse.beat(Beat { at: Instant::now(), fixes, took, lag: taken_up.elapsed() });
            }
            Err(StoreError::NoRoom) => {
                contacts::count_of(&evaluated.records, false);
                if !self.shared.storage_full.swap(true, Ordering::AcqRel) {
                    tracing::error!("no room on the disk: nothing is stored or acknowledged until there is");
                }
                self.shared.commit_refused.store(true, Ordering::Release);
                refuse(waiters);
                return;
            }
            Err(error) => stop_broken(&error),
        }
        let Evaluated { events, alarms, moved, .. } = evaluated;
        let head = self.writer.head();
        let committed = Arc::new(Committed { at, seq: head.seq, events, alarms, moved, features });
        // Shown before it is answered, so that whoever was answered and then asks sees it. Nobody listens when a send fails.
        drop(self.committed.send(Arc::clone(&committed)));
        for waiter in waiters {
            self.answer(waiter, &committed);
        }
        self.desk.committed(head.position);
        if let Some(snapshot) = snapshot {
            self.publish_snapshot(snapshot);
        }
    }

    /// Answers whoever waits.
    fn answer(&mut self, waiter: Waiter, committed: &Committed) {
        // Nobody waits any more when a send fails: the request was given up.
        match waiter {
            Waiter::Gateway(ack) => ack.kept(&mut self.ack_room),
            Waiter::Posted(receipt, reply) => drop(reply.send(Ok(receipt))),
            Waiter::Edits(reply) => drop(reply.send(Ok(committed.at))),
            Waiter::Act(act, reply) => {
                let changed = committed.alarms.iter().rev().find(|alarm| alarm.id == act.alarm).cloned();
                let kept = || self.store.reader().ok()?.alarm(act.alarm).ok()?;
                drop(reply.send(changed.or_else(kept).ok_or(Refused::UnknownAlarm)));
            }
        }
    }

    /// Encodes and writes a snapshot on a thread of its own: it is a cache, and nobody waits for it.
    fn publish_snapshot(&mut self, snapshot: WatchSnapshot) {
        let (folder, shared) = (self.store.folder.clone(), Arc::clone(&self.shared));
        let spawned = std::thread::Builder::new().name("cordon-snapshot".to_owned()).spawn(move || {
            let written = postcard::to_stdvec(&snapshot).map_err(|error| error.to_string()).and_then(|bytes| {
                cordon_data::snapshots::write(&folder, snapshot.position(), ENGINE_VERSION, &bytes)
                    .map_err(|error| error.to_string())
            });
            match written {
                Ok(()) => {
                    let now_ms = shared.now_ms.load(Ordering::Relaxed);
                    shared.snapshot_at_ms.store(now_ms, Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::warn!(%error, "an engine snapshot could not be written; the next start takes longer")
                }
            }
        });
        match spawned {
            Ok(thread) => self.snapshotting = Some(thread),
            Err(error) => tracing::warn!(%error, "no thread for an engine snapshot"),
        }
    }

    fn cut_tracks(&mut self) {
        match self.writer.cut_tracks(CUT_SLICE_MS) {
            Ok(true) => {}
            Ok(false) => self.cut_at = Instant::now(),
            Err(StoreError::NoRoom) => self.cut_at = Instant::now(),
            Err(error) => stop_broken(&error),
        }
    }
}

fn refuse(waiters: Vec<Waiter>) {
    waiters.into_iter().for_each(|waiter| waiter.refuse(&Refused::StorageFull));
}

/// A store that cannot promise anything any more ends the process: whoever waits is not answered.
fn stop_broken(error: &StoreError) -> ! {
    tracing::error!(%error, "the store can keep nothing any more; stopping");
    eprintln!("cordon: {error}; stopping, nothing after the last acknowledgement was kept");
    std::process::exit(1);
}
