//! The engine's thread: gathers, evaluates, hands over; goes back to the store when a commit was refused.

use super::clock::{CLOCK_ALARM_MS, JournalClock};
use super::handoff::{Handoff, ToCommit};
use super::inbox::{Inbox, Intake, LONGEST_SLEEP};
use super::recover::recover;
use super::{Refused, Shared, StoreAccess};
use cordon_data::feature::StoredFeature;
use cordon_data::store::AuditLine;
use cordon_spatial::event::{Condition, EventKind};
use cordon_spatial::record::{Edit, RecordBody};
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::Watch;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A tick is journalled at least this often.
const LONGEST_WITHOUT_TICK: SpanMs = SpanMs::seconds(60);
/// A snapshot is taken at least this often while records come.
const SNAPSHOT_EVERY: Duration = Duration::from_secs(60);
/// A snapshot is taken at the latest after this many records.
const SNAPSHOT_RECORDS: u64 = 500_000;
/// How often a full store is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Everything that the engine's thread owns.
pub struct Engine {
    pub watch: Watch,
    pub clock: JournalClock,
    pub inbox: Arc<Inbox>,
    pub handoff: Arc<Handoff>,
    pub shared: Arc<Shared>,
    pub store: StoreAccess,
    pub ticked_at: UnixMs,
    pub snapshot_at: Instant,
    pub snapshot_position: u64,
}

impl Engine {
    /// Runs until the inbox is closed and empty.
    pub fn run(mut self) {
        let mut intakes = Vec::new();
        loop {
            self.handoff.wait_for_room();
            if self.shared.commit_refused.load(Ordering::Acquire) {
                if self.inbox.is_closed() {
                    // Stopping: what could not be kept was refused, and a full disk is no reason to wait any longer.
                    self.handoff.wait_until_idle();
                    self.refuse_all();
                    self.handoff.close();
                    return;
                }
                self.start_over();
                continue;
            }
            let deadline = self.deadline();
            self.inbox.take(deadline, &mut intakes);
            let (now, ahead_ms) = self.clock.read();
            let condition = self.clock_condition(ahead_ms);
            self.shared.now_ms.store(now.0, Ordering::Relaxed);
            let tick_due =
                self.watch.next_due().is_some_and(|due| due <= now) || now - self.ticked_at >= LONGEST_WITHOUT_TICK;
            if intakes.is_empty() && !tick_due && condition.is_none() {
                if self.inbox.is_closed() {
                    self.stop(now);
                    return;
                }
                continue;
            }
            let batch = self.evaluate(now, tick_due, condition, std::mem::take(&mut intakes));
            self.handoff.put(batch);
        }
    }

    /// What is to be said of the machine's clock: that it is wrong by more than the limit, or right again within half of it.
    fn clock_condition(&self, ahead_ms: i64) -> Option<RecordBody> {
        let told = self.watch.holds(EventKind::ClockWrong);
        let limit = if told { CLOCK_ALARM_MS / 2 } else { CLOCK_ALARM_MS };
        let wrong = ahead_ms.abs() > limit;
        self.shared.clock_wrong.store(wrong, Ordering::Relaxed);
        let condition = Condition::ClockWrong { ahead_ms };
        (wrong != told).then_some(RecordBody::Condition { condition, holds: wrong })
    }

    fn deadline(&mut self) -> Instant {
        let (now, _) = self.clock.read();
        let sleep = self.watch.next_due().map_or(LONGEST_SLEEP, |due| {
            Duration::from_millis((due - now).0.clamp(0, LONGEST_SLEEP.as_millis() as i64) as u64)
        });
        Instant::now() + sleep
    }

    fn evaluate(
        &mut self,
        now: UnixMs,
        tick: bool,
        condition: Option<RecordBody>,
        mut intakes: Vec<Intake>,
    ) -> ToCommit {
        let started = Instant::now();
        // Never before the last batch; after it when something is edited, so that a replay can tell what came before.
        let edits = intakes.iter().any(|intake| matches!(intake, Intake::Edits { .. }));
        let now = now.max(self.watch.now() + SpanMs(edits.into()));
        let mut bodies: Vec<RecordBody> = Vec::new();
        let mut features: Vec<StoredFeature> = Vec::new();
        bodies.extend(condition);
        let mut audit: Vec<AuditLine> = Vec::new();
        // Edits, ticks and acts come before fixes.
        for intake in &mut intakes {
            match intake {
                Intake::Edits { edits, audit: lines, .. } => {
                    audit.extend(lines.drain(..).map(|line| AuditLine { at: now, ..line }));
                    for edit in edits.drain(..) {
                        let mut feature = edit.feature;
                        feature.at = now;
                        let (key, revision) = (feature.key, feature.revision);
                        bodies.push(RecordBody::Edit(Edit { key, revision, now: edit.now }));
                        features.push(feature);
                    }
                }
                Intake::Act { act, .. } => bodies.push(RecordBody::Act(act.clone())),
                Intake::Gateway { .. } | Intake::Posted { .. } => {}
            }
        }
        if tick {
            bodies.push(RecordBody::Tick);
            self.ticked_at = now;
        }
        let first_fix = bodies.len();
        for intake in &mut intakes {
            if let Intake::Gateway { fixes: arrived, .. } | Intake::Posted { fixes: arrived, .. } = intake {
                bodies.extend(arrived.iter().copied().map(RecordBody::Fix));
            }
        }
        let fixes = bodies.len() - first_fix;
        let evaluated = self.watch.evaluate(now, bodies);
        metrics::counter!("cordon_ingest_fixes_total").increment(fixes as u64);
        metrics::counter!("cordon_ingest_duplicates_total").increment(evaluated.duplicates.len() as u64);
        metrics::histogram!("cordon_engine_step_seconds").record(started.elapsed().as_secs_f64());
        let snapshot = self.snapshot_is_due().then(|| self.watch.snapshot());
        ToCommit { at: now, evaluated, features, audit, intakes, first_fix, snapshot }
    }

    fn snapshot_is_due(&mut self) -> bool {
        let records = self.watch.position().0 - self.snapshot_position;
        let due = records >= SNAPSHOT_RECORDS || (records > 0 && self.snapshot_at.elapsed() >= SNAPSHOT_EVERY);
        if due {
            self.snapshot_at = Instant::now();
            self.snapshot_position = self.watch.position().0;
        }
        due
    }

    /// After a refused commit: everything evaluated since is thrown away, the state comes back from the store, and a
    /// small commit is tried until it succeeds.
    fn start_over(&mut self) {
        self.handoff.wait_until_idle();
        self.refuse_waiting();
        let differing;
        match recover(&self.store, &self.shared) {
            Ok(recovered) => {
                self.watch = recovered.watch;
                differing = recovered.differing;
            }
            Err(error) => {
                tracing::error!(%error, "the state could not be read back; trying again");
                self.wait_a_moment();
                return;
            }
        }
        self.snapshot_position = self.watch.position().0;
        self.shared.commit_refused.store(false, Ordering::Release);
        let (now, _) = self.clock.read();
        let mismatch = differing.map(|differing| Condition::EngineMismatch { differing });
        let mismatch = mismatch.map(|condition| RecordBody::Condition { condition, holds: true });
        let probe = self.evaluate(now, true, mismatch, Vec::new());
        self.handoff.put(probe);
        self.handoff.wait_until_idle();
        if self.shared.commit_refused.load(Ordering::Acquire) {
            self.wait_a_moment();
        } else {
            self.shared.storage_full.store(false, Ordering::Release);
            tracing::info!("there is room on the disk again; storing goes on");
        }
    }

    /// Waits for the next try and refuses what arrives meanwhile.
    fn wait_a_moment(&self) {
        let until = Instant::now() + RETRY_EVERY;
        let mut intakes = Vec::new();
        while Instant::now() < until && !self.inbox.is_closed() {
            self.inbox.take(until, &mut intakes);
            intakes.drain(..).for_each(|intake| intake.refuse(&Refused::StorageFull));
        }
    }

    fn refuse_all(&self) {
        while self.inbox.weight() > 0 {
            self.refuse_waiting();
        }
    }

    fn refuse_waiting(&self) {
        let mut intakes = Vec::new();
        self.inbox.take(Instant::now(), &mut intakes);
        intakes.into_iter().for_each(|intake| intake.refuse(&Refused::StorageFull));
    }

    /// A last batch with a snapshot, so that the next start is quick.
    fn stop(&mut self, now: UnixMs) {
        if !self.shared.storage_full.load(Ordering::Acquire) {
            self.snapshot_at = Instant::now();
            let mut last = self.evaluate(now, true, None, Vec::new());
            last.snapshot = Some(self.watch.snapshot());
            self.handoff.wait_for_room();
            self.handoff.put(last);
        }
        self.handoff.wait_until_idle();
        self.handoff.close();
    }
}
