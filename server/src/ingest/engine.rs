//! The engine's thread: gathers, evaluates, hands over; goes back to the store when a commit was refused.

use super::aside::{Aside, Ready};
use super::clock::{CLOCK_ALARM_MS, JournalClock};
use super::gather::{Gathered, Work};
use super::handoff::{Handoff, ToCommit};
use super::historian::Desk;
use super::inbox::{Inbox, Intake, LONGEST_SLEEP};
use super::recover::recover;
use super::waiter::Waiter;
use super::{Refused, Shared, StoreAccess};
use cordon_spatial::event::{Condition, EventKind};
use cordon_spatial::figures::SiteFigures;
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::{Lanes, Watch};
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
/// Late fixes that are judged in one batch, and fixes of the histories that they are judged from: what arrives meanwhile
/// waits for at most about 20 ms more, or for one vehicle's whole history.
const LATE_FIXES: usize = 2_000;
const HISTORY_FIXES: usize = 20_000;

/// Everything that the engine's thread owns.
pub struct Engine {
    pub watch: Watch,
    /// What it judges on, for the engine that comes after it.
    pub lanes: Arc<dyn Lanes>,
    /// What the site sets for itself, for the same.
    pub figures: SiteFigures,
    pub clock: JournalClock,
    pub inbox: Arc<Inbox>,
    pub handoff: Arc<Handoff>,
    pub shared: Arc<Shared>,
    pub store: StoreAccess,
    pub ticked_at: UnixMs,
    pub snapshot_at: Instant,
    pub snapshot_position: u64,
    /// Late fixes and who waits for them.
    pub aside: Aside,
    pub desk: Arc<Desk>,
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
                    self.desk.close();
                    self.handoff.close();
                    return;
                }
                self.start_over();
                continue;
            }
            let deadline = self.deadline();
            self.inbox.take(deadline, &mut intakes);
            let (now, ahead_ms) = self.clock.read();
            let conditions: Vec<RecordBody> =
                self.clock_condition(ahead_ms).into_iter().chain(self.database_condition()).collect();
            self.shared.now_ms.store(now.0, Ordering::Relaxed);
            let tick_due =
                self.watch.next_due().is_some_and(|due| due <= now) || now - self.ticked_at >= LONGEST_WITHOUT_TICK;
            let stopping = self.inbox.is_closed();
            let ready = if stopping { Vec::new() } else { self.late_ones() };
            let contacts = if stopping { Vec::new() } else { self.shared.contacts.take(Instant::now()) };
            let nothing = intakes.is_empty() && ready.is_empty() && contacts.is_empty() && conditions.is_empty();
            if nothing && !tick_due {
                if stopping {
                    self.stop(now);
                    return;
                }
                continue;
            }
            let intakes = std::mem::take(&mut intakes);
            let batch = self.evaluate(now, Work { own: conditions, tick: tick_due, contacts, intakes, ready });
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

    /// What is to be said of the database: that it is lost, or back again.
    fn database_condition(&self) -> Option<RecordBody> {
        // Whether it is lost shows some seconds after a start; until then nothing new is said.
        let lost = self.shared.database.as_ref().map_or(Some(false), |database| database.is_lost())?;
        let told = self.watch.holds(EventKind::DatabaseLost);
        (lost != told).then_some(RecordBody::Condition { condition: Condition::DatabaseLost, holds: lost })
    }

    /// Late fixes whose history was read since.
    fn late_ones(&mut self) -> Vec<Ready> {
        for answer in self.desk.answers() {
            match answer.history {
                Ok(history) => self.aside.answered(answer.question, history, answer.read_at),
                Err(_) => refuse_late(self.aside.unreadable(answer.question.vehicle), &Refused::Busy),
            }
        }
        let ready = self.aside.take_ready(LATE_FIXES, HISTORY_FIXES);
        self.desk.used(ready.iter().map(|ready| ready.read.history.fixes.len()).sum());
        self.show_late();
        ready
    }

    /// Asks for what late fixes need, and tells how many wait.
    fn tend_late(&mut self) {
        self.desk.ask(self.aside.questions());
        self.show_late();
    }

    fn show_late(&mut self) {
        let full = self.aside.is_full();
        if self.shared.late_full.swap(full, Ordering::AcqRel) && !full {
            self.shared.late_room.notify_waiters();
        }
        let oldest_ms = self.aside.oldest().map_or(0, |since| (self.watch.now() - since).0);
        self.shared.pulse.late_waiting(self.aside.fixes() as u64);
        metrics::gauge!("cordon_late_waiting_fixes").set(self.aside.fixes() as f64);
        metrics::gauge!("cordon_late_waiting_bytes").set(self.aside.bytes() as f64);
        metrics::gauge!("cordon_late_oldest_seconds").set(oldest_ms as f64 / 1e3);
    }

    fn deadline(&mut self) -> Instant {
        if self.aside.has_ready() {
            return Instant::now();
        }
        let (now, _) = self.clock.read();
        let sleep = self.watch.next_due().map_or(LONGEST_SLEEP, |due| {
            Duration::from_millis((due - now).0.clamp(0, LONGEST_SLEEP.as_millis() as i64) as u64)
        });
        Instant::now() + sleep
    }

    fn evaluate(&mut self, now: UnixMs, work: Work) -> ToCommit {
        let started = Instant::now();
        // Never before the last batch; after it when something is edited, so that a replay can tell what came before.
        let edits = work.intakes.iter().any(|intake| matches!(intake, Intake::Edits { .. }));
        let now = now.max(self.watch.now() + SpanMs(edits.into()));
        if work.tick {
            self.ticked_at = now;
        }
        let replays = work.ready.len();
        let mut gathered = Gathered::of(now, work);
        let bodies = std::mem::take(&mut gathered.bodies);
        let features = std::mem::take(&mut gathered.features);
        let audit = std::mem::take(&mut gathered.audit);
        let arrived = gathered.arrived;
        let evaluated = self.watch.evaluate_knowing(now, bodies, &gathered.past(now));
        let settled = gathered.settle(&evaluated, now, &mut self.aside);
        metrics::counter!("cordon_late_replays_total").increment(replays as u64);
        metrics::counter!("cordon_late_fixes_total").increment(settled.judged as u64);
        metrics::counter!("cordon_late_asked_again_total").increment(settled.asked_again as u64);
        refuse_late(settled.refused, &Refused::Busy);
        self.tend_late();
        metrics::counter!("cordon_ingest_fixes_total").increment(arrived as u64);
        metrics::counter!("cordon_ingest_duplicates_total").increment(evaluated.duplicates.len() as u64);
        metrics::histogram!("cordon_engine_step_seconds").record(started.elapsed().as_secs_f64());
        let snapshot = self.snapshot_is_due().then(|| self.watch.snapshot());
        let waiters = settled.with_commit;
        ToCommit { at: now, taken_up: started, evaluated, features, audit, waiters, snapshot }
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
        self.refuse_aside(&Refused::StorageFull);
        match recover(&self.store, &self.shared, Arc::clone(&self.lanes)) {
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
        let figures = (self.watch.figures() != self.figures).then_some(RecordBody::Figures(self.figures));
        let own = figures.into_iter().chain(mismatch).collect();
        let probe = self.evaluate(now, Work { own, tick: true, ..Work::default() });
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

    fn refuse_all(&mut self) {
        while self.inbox.weight() > 0 {
            self.refuse_waiting();
        }
        self.refuse_aside(&Refused::StorageFull);
    }

    /// Nobody waits aside any more: what of theirs was kept counts as repeated when it comes again.
    fn refuse_aside(&mut self, why: &Refused) {
        self.desk.clear();
        refuse_late(self.aside.clear(), why);
        self.show_late();
    }

    fn refuse_waiting(&self) {
        let mut intakes = Vec::new();
        self.inbox.take(Instant::now(), &mut intakes);
        intakes.into_iter().for_each(|intake| intake.refuse(&Refused::StorageFull));
    }

    /// A last batch with a snapshot, so that the next start is quick.
    fn stop(&mut self, now: UnixMs) {
        self.refuse_aside(&Refused::Stopping);
        if !self.shared.storage_full.load(Ordering::Acquire) {
            self.snapshot_at = Instant::now();
            let mut last = self.evaluate(now, Work { tick: true, ..Work::default() });
            last.snapshot = Some(self.watch.snapshot());
            self.handoff.wait_for_room();
            self.handoff.put(last);
        }
        self.handoff.wait_until_idle();
        self.desk.close();
        self.handoff.close();
    }
}

fn refuse_late(waiters: Vec<Waiter>, why: &Refused) {
    metrics::counter!("cordon_late_refused_total").increment(waiters.len() as u64);
    waiters.into_iter().for_each(|waiter| waiter.refuse(why));
}
