//! The pipeline: from what arrived to what is acknowledged.
//!
//! One engine thread gathers whatever arrived while the last commit ran, evaluates it and hands it to one commit thread;
//! the next batch is evaluated while that one commits. Nothing of a batch is acknowledged or shown before its commit
//! returned. The pipeline must never wait for a client, a console or a terminal.
//!
//! A fix that is older than its vehicle's window waits aside until a third thread has read what was before; whoever brought
//! it is answered when it is judged and kept.

mod aside;
mod clock;
mod commit;
mod contacts;
mod engine;
mod gather;
mod handoff;
mod historian;
mod history;
mod inbox;
mod lanes;
mod pulse;
mod recover;
mod retention;
mod waiter;

#[cfg(test)]
mod late_tests;

pub use clock::wall_now;
pub use inbox::Acknowledge;
pub use lanes::{lanes, threads_of_machine};
pub use pulse::Figures;
pub use retention::{Forgetting, Retention};

use crate::database::DatabaseState;
use aside::Aside;
use commit::Committer;
use contacts::Contacts;
use cordon_data::feature::StoredFeature;
use cordon_data::store::{AuditLine, Reader, StoreError, Writer};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::contact::{Contact, ContactKind};
use cordon_spatial::event::{Condition, Event};
use cordon_spatial::figures::SiteFigures;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, Seq};
use cordon_spatial::record::RecordBody;
use cordon_spatial::record::{Act, Edited};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::{Lanes, Settings, VehicleNow};
use engine::Engine;
use handoff::Handoff;
use historian::Desk;
use inbox::{Inbox, Intake};
use pulse::Pulse;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::{Notify, broadcast, oneshot};

/// The figures by which every server judges, with the defaults of those that a site sets for itself.
pub fn settings() -> Settings {
    Settings::default()
}

/// What one commit changed, for whoever shows it. Sent in commit order.
#[derive(Debug)]
pub struct Committed {
    /// Journal time of the batch.
    pub at: UnixMs,
    /// The last `seq` given so far.
    pub seq: Seq,
    /// Changed events in `seq` order.
    pub events: Vec<Event>,
    /// Changed alarms in `seq` order.
    pub alarms: Vec<Alarm>,
    /// Vehicles that moved or whose zones changed.
    pub moved: Vec<VehicleNow>,
    /// New feature revisions.
    pub features: Vec<StoredFeature>,
}

/// Why the pipeline did not take something. Nothing of it was kept, or, of fixes some of which are late, not everything:
/// bringing all of it again is right in any case, what was kept counts as repeated then.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The disk is full: try again later.
    #[error("storage is full; nothing was stored")]
    StorageFull,
    /// More is waiting than may wait: try again later.
    #[error("too much is waiting; not everything was stored")]
    Busy,
    /// Cordon is stopping.
    #[error("the server is stopping; nothing was stored")]
    Stopping,
    /// The alarm is not known.
    #[error("no such alarm")]
    UnknownAlarm,
}

/// What became of posted fixes, after the commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Journalled.
    pub accepted: u64,
    /// Already known.
    pub duplicates: u64,
}

/// An edit as the desk checked it: the revision to keep, and what the engine is to judge by.
#[derive(Clone, Debug)]
pub struct NewEdit {
    /// To be stored; `at` is set by the pipeline.
    pub feature: StoredFeature,
    /// To be judged by.
    pub now: Edited,
}

/// How the pipeline reads what is stored.
#[derive(Clone)]
pub struct StoreAccess {
    /// The data folder: snapshots lie beside the store.
    pub folder: PathBuf,
    /// Opens a reader.
    pub open: Arc<dyn Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync>,
}

impl StoreAccess {
    /// A reader of its own.
    pub fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        (self.open)()
    }
}

/// What the threads tell each other and the world.
#[derive(Default)]
struct Shared {
    now_ms: AtomicI64,
    last_key: AtomicU32,
    commit_refused: AtomicBool,
    storage_full: AtomicBool,
    clock_wrong: AtomicBool,
    engine_mismatch: AtomicBool,
    /// So many late fixes wait that what looks late must wait at the door.
    late_full: AtomicBool,
    /// Told when that is over.
    late_room: Notify,
    /// The database beside the data folder, when there is one.
    database: Option<Arc<DatabaseState>>,
    /// What terminals say besides fixes.
    contacts: Contacts,
    /// How the pipeline is.
    pulse: Pulse,
    /// When the newest snapshot was written since the start, ms; 0 = none yet.
    snapshot_at_ms: AtomicI64,
}

/// The pipeline as it starts.
pub struct Started {
    /// The way in.
    pub pipeline: Pipeline,
    /// Every vehicle where it was.
    pub vehicles: Vec<VehicleNow>,
    /// How many records were replayed.
    pub replayed: u64,
}

/// What the settings ask of the pipeline.
pub struct Conduct {
    /// How long things are kept.
    pub retention: Retention,
    /// What vehicles are judged on.
    pub lanes: Arc<dyn Lanes>,
    /// By what they are judged.
    pub figures: SiteFigures,
    /// The database beside the data folder, when there is one.
    pub database: Option<Arc<DatabaseState>>,
}

/// Recovers the engine and starts the threads. Returns when the site is where the store left it.
pub fn start(mut writer: Box<dyn Writer>, store: StoreAccess, conduct: Conduct) -> Result<Started, StoreError> {
    let Conduct { retention, lanes, figures, database } = conduct;
    let shared = Arc::new(Shared { database, ..Shared::default() });
    let recovered = recover::recover(&store, &shared, Arc::clone(&lanes))?;
    let head = writer.head();
    shared.last_key.store(head.last_key, Ordering::Relaxed);
    let mut clock = clock::JournalClock::start(head.at);
    let (now, _) = clock.read();
    shared.now_ms.store(now.0, Ordering::Relaxed);
    let mut watch = recovered.watch;
    let down_since = (head.position.0 > 0).then_some(head.at);
    let mismatch = recovered.differing.map(|differing| Condition::EngineMismatch { differing });
    let mismatch = mismatch.map(|condition| RecordBody::Condition { condition, holds: true });
    let figures_now = (watch.figures() != figures).then_some(RecordBody::Figures(figures));
    let start = [RecordBody::Start { down_since }].into_iter().chain(figures_now).chain(mismatch);
    let start = watch.evaluate(now, start);
    let kept = writer.commit(&cordon_data::store::Batch {
        at: now,
        records: &start.records,
        events: &start.events,
        alarms: &start.alarms,
        features: &[],
        audit: &[],
        checkpoints: &start.checkpoints,
    });
    match kept {
        Ok(()) => {}
        Err(StoreError::NoRoom) => {
            // What is stored can be read all the same; the engine goes on when there is room.
            tracing::error!("no room on the disk: nothing is stored or acknowledged until there is");
            shared.storage_full.store(true, Ordering::Release);
            shared.commit_refused.store(true, Ordering::Release);
        }
        Err(error) => return Err(error),
    }
    let vehicles = watch.vehicles();
    let (committed, _) = broadcast::channel(1_024);
    let (inbox, handoff) = (Arc::new(Inbox::default()), Arc::new(Handoff::default()));
    let desk = Arc::new(Desk::default());
    desk.committed(writer.head().position);
    let committer = Committer {
        writer,
        handoff: Arc::clone(&handoff),
        shared: Arc::clone(&shared),
        store: store.clone(),
        committed: committed.clone(),
        ack_room: Vec::new(),
        cut_at: Instant::now(),
        forgetting: Forgetting::new(retention),
        desk: Arc::clone(&desk),
        snapshotting: None,
    };
    let engine = Engine {
        snapshot_position: watch.position().0 - recovered.replayed.min(watch.position().0),
        watch,
        lanes,
        figures,
        clock,
        inbox: Arc::clone(&inbox),
        handoff: Arc::clone(&handoff),
        shared: Arc::clone(&shared),
        store: store.clone(),
        ticked_at: now,
        snapshot_at: Instant::now(),
        aside: Aside::default(),
        desk: Arc::clone(&desk),
    };
    let (nudged, clock) = (Arc::clone(&inbox), Arc::clone(&shared));
    let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
        let guarded = move || {
            let _guard = StopOnPanic;
            run();
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(guarded).map_err(|e| StoreError::Failed(e.to_string()))
    };
    let threads = vec![
        spawn("cordon-commit", Box::new(move || committer.run()))?,
        spawn("cordon-engine", Box::new(move || engine.run()))?,
        spawn(
            "cordon-history",
            Box::new(move || {
                historian::run(&desk, &store, || UnixMs(clock.now_ms.load(Ordering::Relaxed)), || nudged.nudge())
            }),
        )?,
    ];
    let pipeline = Pipeline { inbox, handoff, shared, committed, threads: Arc::new(Mutex::new(threads)) };
    Ok(Started { pipeline, vehicles, replayed: recovered.replayed })
}

/// Ends the process when a thread of the pipeline panics: a server that takes nothing in and raises no alarm must not look
/// alive. A restart recovers from the store.
struct StopOnPanic;

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "cordon: the pipeline met a defect (see above) and stops; nothing after the last acknowledgement was kept"
            );
            std::process::exit(1);
        }
    }
}

/// The way into the pipeline. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    inbox: Arc<Inbox>,
    handoff: Arc<Handoff>,
    shared: Arc<Shared>,
    committed: broadcast::Sender<Arc<Committed>>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Pipeline {
    /// Stores and judges fixes; answers after the commit. `received_at` is set by the pipeline.
    pub async fn fixes(&self, fixes: Vec<Fix>) -> Result<Receipt, Refused> {
        let count = fixes.len() as u64;
        let answer = if self.late_is_full(&fixes) {
            Err(Refused::Busy)
        } else {
            self.ask(|reply| Intake::Posted { fixes, reply }).await
        };
        if answer.is_err() {
            self.refused(count);
        }
        answer
    }

    /// Counts posted fixes that are not taken.
    pub fn refused(&self, fixes: u64) {
        self.shared.pulse.refused(fixes);
    }

    /// How the pipeline was over the last ten seconds.
    pub fn figures(&self) -> Figures {
        self.shared.pulse.figures(Instant::now())
    }

    /// When the newest engine snapshot was written since the start; `None` when none was yet.
    pub fn snapshot_at(&self) -> Option<UnixMs> {
        let at = self.shared.snapshot_at_ms.load(Ordering::Relaxed);
        (at > 0).then_some(UnixMs(at))
    }

    /// Stores and judges a gateway's fixes, which are acknowledged after the commit. Waits while too much is waiting.
    pub async fn gateway_fixes(&self, fixes: Vec<Fix>, ack: Box<dyn Acknowledge>) {
        while self.late_is_full(&fixes) {
            let room = self.shared.late_room.notified();
            tokio::pin!(room);
            room.as_mut().enable();
            if self.inbox.is_closed() {
                return Intake::Gateway { fixes, ack }.refuse(&Refused::Stopping);
            }
            if self.late_is_full(&fixes) {
                room.await;
            }
        }
        let mut item = Intake::Gateway { fixes, ack };
        loop {
            // Registered before the try, so that no wake-up between the two is missed.
            let room = self.inbox.room();
            tokio::pin!(room);
            room.as_mut().enable();
            match self.inbox.push(item) {
                Ok(()) => return,
                Err(back) if self.inbox.is_closed() => return back.refuse(&Refused::Stopping),
                Err(back) => item = back,
            }
            room.await;
        }
    }

    /// Takes a sign of life of a terminal; nobody waits for it, and it may be counted instead of journalled.
    pub fn contact(&self, contact: Contact) {
        self.shared.contacts.add(contact);
        // A heartbeat has time until the engine wakes by itself: thousands of idle terminals must not cost a commit each.
        if contact.kind != ContactKind::Heartbeat {
            self.inbox.nudge();
        }
    }

    /// Stores edits and their audit lines in one transaction; answers after the commit with the journal time that they
    /// carry. The caller holds the desk's edit lock, so that revisions follow each other.
    pub async fn edit(&self, edits: Vec<NewEdit>, audit: Vec<AuditLine>) -> Result<UnixMs, Refused> {
        self.ask(|reply| Intake::Edits { edits, audit, reply }).await
    }

    /// Does what a person asks to an alarm; answers after the commit with the alarm as it is then.
    /// Repeating an act changes nothing and answers the same.
    pub async fn act(&self, act: Act) -> Result<Alarm, Refused> {
        self.ask(|reply| Intake::Act { act, reply }).await
    }

    /// Runs a piece of work on the one writer between two commits: accounts, terminals, audit.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |writer: &mut dyn Writer| {
            // Nobody waits any more when the send fails.
            drop(reply.send(work(writer)));
        });
        if self.handoff.add_job(job).is_err() {
            return Err(StoreError::Failed("too much is waiting for the store".to_owned()));
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Failed("the server is stopping".to_owned())))
    }

    /// The next feature key; given once, never again.
    pub fn next_key(&self) -> FeatureKey {
        FeatureKey(self.shared.last_key.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Journal time now.
    pub fn now(&self) -> UnixMs {
        UnixMs(self.shared.now_ms.load(Ordering::Relaxed))
    }

    /// Every commit from now on. A receiver that falls behind is told so by `Lagged` and must start afresh.
    pub fn committed(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.committed.subscribe()
    }

    /// Whether nothing more is taken.
    pub fn is_stopping(&self) -> bool {
        self.inbox.is_closed()
    }

    /// How many fixes and other things wait for the engine.
    pub fn waiting(&self) -> usize {
        self.inbox.weight()
    }

    /// Why the pipeline is not ready to take anything; empty = ready.
    pub fn not_ready(&self) -> Vec<&'static str> {
        let mut reasons = Vec::new();
        if self.shared.storage_full.load(Ordering::Acquire) {
            reasons.push("storage_full");
        }
        if self.inbox.is_closed() {
            reasons.push("stopping");
        }
        reasons
    }

    /// What a person should know though the pipeline works.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if self.shared.clock_wrong.load(Ordering::Relaxed) {
            warnings.push("clock_wrong");
        }
        if self.shared.engine_mismatch.load(Ordering::Relaxed) {
            warnings.push("engine_mismatch");
        }
        if self.shared.database.as_ref().is_some_and(|database| database.is_lost() == Some(true)) {
            warnings.push("database_lost");
        }
        warnings
    }

    /// Takes nothing more, keeps what was taken, writes a snapshot, and returns when all threads have ended. Blocks.
    pub fn stop(&self) {
        self.inbox.close();
        self.shared.late_room.notify_waiters();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the pipeline ended by a panic");
            }
        }
    }

    /// Whether these look late (the engine alone knows) and so many late ones wait that they must wait at the door.
    fn late_is_full(&self, fixes: &[Fix]) -> bool {
        let limit = self.now() - settings().window;
        self.shared.late_full.load(Ordering::Acquire) && fixes.iter().any(|fix| fix.fixed_at < limit)
    }

    async fn ask<T>(&self, item: impl FnOnce(oneshot::Sender<Result<T, Refused>>) -> Intake) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        if let Err(item) = self.inbox.push(item(reply)) {
            let why = if self.inbox.is_closed() { Refused::Stopping } else { Refused::Busy };
            item.refuse(&why);
            return Err(why);
        }
        answer.await.unwrap_or(Err(Refused::Stopping))
    }
}
