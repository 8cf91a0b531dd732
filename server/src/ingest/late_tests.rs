//! Late fixes from their arrival to their answer, with a small engine that only knows what is late.

use super::aside::{Aside, FULL_FIXES, Question};
use super::gather::{Gathered, Settled, Work};
use super::inbox::{Acknowledge, Intake};
use super::waiter::Waiter;
use super::{Receipt, Refused};
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::position::Position;
use cordon_spatial::record::{Record, RecordBody};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::{Answer, Checkpoint, Evaluated, History, NeedsHistory, Past};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot::{self, Receiver, error::TryRecvError};

const NOW: UnixMs = UnixMs(1_000_000);

fn fix(vehicle: u32, at: i64) -> Fix {
    Fix {
        vehicle: VehicleKey(vehicle),
        fixed_at: UnixMs(at),
        received_at: UnixMs(0),
        position: Position { lon_e7: 0, lat_e7: 0 },
        speed: None,
        heading_deg: None,
        accuracy_dm: None,
        altitude_m: None,
        status_bits: 0,
        alarm_bits: 0,
        acc_on: None,
        source: Source::Http,
        marks: Marks::empty(),
    }
}

/// An engine that journals fixes, knows repeated ones, and needs a history for every fix before time 1,000: one that
/// holds the vehicle's records up to its last late one.
#[derive(Default)]
struct FakeEngine {
    journal: Vec<Fix>,
    last_late: HashMap<VehicleKey, JournalPosition>,
}

impl FakeEngine {
    fn position(&self) -> JournalPosition {
        JournalPosition(self.journal.len() as u64)
    }

    fn evaluate(&mut self, bodies: Vec<RecordBody>, past: &dyn Past) -> Evaluated {
        let mut out = Evaluated::default();
        let known = self.position();
        for (index, body) in bodies.into_iter().enumerate() {
            let RecordBody::Fix(fix) = body else { continue };
            let late = fix.fixed_at < UnixMs(1_000);
            let at_least = self.last_late.get(&fix.vehicle).copied().unwrap_or_default().min(known);
            let need = NeedsHistory { vehicle: fix.vehicle, from: fix.fixed_at, at_least, at_most: self.position() };
            if late && !matches!(past.history(&need), Answer::Known(_)) {
                out.waiting.push((index, need));
            } else if self.journal.contains(&fix) {
                out.duplicates.push(index);
            } else {
                self.journal.push(fix);
                if late {
                    self.last_late.insert(fix.vehicle, self.position());
                }
                out.records.push(Record { position: self.position(), at: NOW, body: RecordBody::Fix(fix) });
            }
        }
        out
    }
}

/// The engine's loop without threads and clocks.
#[derive(Default)]
struct Loop {
    engine: FakeEngine,
    aside: Aside,
    asked: VecDeque<Question>,
}

impl Loop {
    /// One batch of what arrives and of late fixes that are ready, which is committed at once.
    fn batch(&mut self, intakes: Vec<Intake>) -> Settled {
        let ready = self.aside.take_ready(100, 1_000);
        let mut gathered = Gathered::of(NOW, Work { intakes, ready, ..Work::default() });
        let bodies = std::mem::take(&mut gathered.bodies);
        let evaluated = self.engine.evaluate(bodies, &gathered.past(NOW));
        let mut settled = gathered.settle(&evaluated, NOW, &mut self.aside);
        for waiter in settled.with_commit.drain(..) {
            match waiter {
                Waiter::Gateway(ack) => ack.kept(&mut Vec::new()),
                Waiter::Posted(receipt, reply) => reply.send(Ok(receipt)).expect("the test waits"),
                Waiter::Edits(_) | Waiter::Act(..) => panic!("none was given"),
            }
        }
        settled.refused.drain(..).for_each(|waiter| waiter.refuse(&Refused::Busy));
        self.asked.extend(self.aside.questions());
        settled
    }

    /// The next question is answered from what is committed.
    fn read_one(&mut self) -> Option<Question> {
        let question = self.asked.pop_front()?;
        assert!(question.at_least <= self.engine.position());
        self.aside.answered(question, history(self.engine.position()), NOW);
        Some(question)
    }

    /// Reads and judges until nobody waits; how many batches that took.
    fn run_dry(&mut self) -> usize {
        let mut batches = 0;
        while self.aside.fixes() > 0 {
            self.read_one();
            self.batch(Vec::new());
            batches += 1;
            assert!(batches < 10_000, "it comes to an end");
        }
        batches
    }
}

fn history(as_of: JournalPosition) -> Arc<History> {
    Arc::new(History { as_of, ..History::default() })
}

fn posted(fixes: Vec<Fix>) -> (Intake, Receiver<Result<Receipt, Refused>>) {
    let (reply, answer) = oneshot::channel();
    (Intake::Posted { fixes, reply }, answer)
}

fn receipt(answer: &mut Receiver<Result<Receipt, Refused>>) -> (u64, u64) {
    let receipt = answer.try_recv().expect("answered").expect("kept");
    (receipt.accepted, receipt.duplicates)
}

fn waits(answer: &mut Receiver<Result<Receipt, Refused>>) -> bool {
    matches!(answer.try_recv(), Err(TryRecvError::Empty))
}

/// A gateway's acknowledgement that writes its name and its fate down.
struct Named(&'static str, Arc<Mutex<Vec<String>>>);

impl Acknowledge for Named {
    fn kept(self: Box<Self>, _: &mut Vec<u8>) {
        self.1.lock().expect("no panic").push(format!("{} kept", self.0));
    }

    fn not_kept(self: Box<Self>) {
        self.1.lock().expect("no panic").push(format!("{} not kept", self.0));
    }
}

#[test]
fn an_intake_is_answered_when_the_last_of_its_fixes_is_kept() {
    let mut site = Loop::default();
    let (before, mut first) = posted(vec![fix(1, 2_000)]);
    let (mixed, mut answer) = posted(vec![fix(1, 5), fix(1, 2_000), fix(1, 2_001), fix(2, 6)]);
    let (live, mut other) = posted(vec![fix(1, 2_002)]);
    site.batch(vec![before, mixed, live]);
    assert_eq!((receipt(&mut first), receipt(&mut other)), ((1, 0), (1, 0)), "what is not late does not wait");
    assert_eq!(site.engine.journal, [fix(1, 2_000), fix(1, 2_001), fix(1, 2_002)]);
    assert!(waits(&mut answer));
    site.read_one();
    site.batch(Vec::new());
    assert!(waits(&mut answer), "vehicle 2 still waits");
    site.read_one();
    site.batch(Vec::new());
    assert_eq!(receipt(&mut answer), (3, 1));
    assert_eq!((site.aside.fixes(), site.aside.bytes(), site.aside.oldest()), (0, 0, None));
}

#[test]
fn a_gateway_is_acknowledged_only_then_and_twice_gives_nothing_more() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let intake =
        |name| Intake::Gateway { fixes: vec![fix(1, 5), fix(1, 6)], ack: Box::new(Named(name, Arc::clone(&told))) };
    let mut site = Loop::default();
    site.batch(vec![intake("first")]);
    site.batch(vec![intake("again")]);
    assert_eq!(*told.lock().expect("no panic"), [""; 0]);
    site.run_dry();
    assert_eq!(*told.lock().expect("no panic"), ["first kept", "again kept"]);
    assert_eq!(site.engine.journal.len(), 2);
}

#[test]
fn one_history_is_read_for_all_that_waits_of_a_vehicle_and_vehicles_go_in_turn() {
    let mut site = Loop::default();
    // Nothing is asked for before the batch is evaluated: all of it counts.
    let (one, _one) = posted(vec![fix(3, 50), fix(1, 40), fix(3, 20)]);
    let (two, _two) = posted(vec![fix(3, 30), fix(2, 10)]);
    site.batch(vec![one, two]);
    let asked: Vec<_> = site.asked.iter().map(|q| (q.vehicle.0, q.from.0)).collect();
    assert_eq!(asked, [(3, 20), (1, 40), (2, 10)]);
    // An earlier one comes while its history is read: it is read again for it alone.
    let (three, mut answer) = posted(vec![fix(3, 7)]);
    site.batch(vec![three]);
    assert_eq!(site.asked.len(), 3, "the vehicle is asked for already");
    site.read_one();
    let settled = site.batch(Vec::new());
    assert_eq!((settled.judged, settled.asked_again), (3, 1));
    assert!(waits(&mut answer));
    let asked: Vec<_> = site.asked.iter().map(|q| (q.vehicle.0, q.from.0)).collect();
    assert_eq!(asked, [(1, 40), (2, 10), (3, 7)], "behind those who wait already");
    site.run_dry();
    assert_eq!(receipt(&mut answer), (1, 0));
}

#[test]
fn a_history_that_does_not_answer_is_not_used() {
    let now = UnixMs(500_000);
    let need = |from, at_least| NeedsHistory {
        vehicle: VehicleKey(1),
        from: UnixMs(from),
        at_least: JournalPosition(at_least),
        at_most: JournalPosition(20),
    };
    let read = |checkpoint: Option<i64>, from, as_of, read_at| {
        super::aside::Read {
        from: UnixMs(from),
        history: Arc::new(History {
            as_of: JournalPosition(as_of),
            checkpoint: checkpoint.map(|at| {
                let state = r#"{"map_version": 0, "quiet": {"steady_from": 0, "settles_at": 0, "calm": true}, "suspects": [], "inside": [],
                    "visits": [], "absences": []}"#;
                let checkpoint = format!(r#"{{"vehicle": 1, "at": {at}, "zones": [], "state": {state}}}"#);
                serde_json::from_str::<Checkpoint>(&checkpoint).expect("a state without a fix")
            }),
            ..History::default()
        }),
        read_at: UnixMs(read_at),
    }
    };
    assert!(read(None, 100, 10, 500_000).answers(&need(100, 10), now));
    assert!(!read(None, 100, 10, 500_000).answers(&need(99, 10), now), "it begins too late");
    assert!(read(Some(60), 100, 10, 500_000).answers(&need(60, 10), now), "it begins at the checkpoint");
    assert!(!read(Some(60), 100, 10, 500_000).answers(&need(59, 10), now));
    assert!(!read(None, 100, 9, 500_000).answers(&need(100, 10), now), "it lacks a record");
    assert!(!read(None, 100, 21, 500_000).answers(&need(100, 10), now), "it is ahead of the engine");
    assert!(!read(None, 100, 10, 439_999).answers(&need(100, 10), now), "it is old");
}

#[test]
fn live_fixes_are_judged_and_answered_while_two_thousand_batches_wait() {
    let mut site = Loop::default();
    let mut late = Vec::new();
    let mut intakes = Vec::new();
    for vehicle in 0..2_000 {
        let (intake, answer) = posted((0..50).map(|n| fix(vehicle, n)).collect());
        intakes.push(intake);
        late.push(answer);
    }
    site.batch(intakes);
    assert_eq!(site.aside.fixes(), 100_000);
    let mut live_at = 2_000;
    let mut batches = 0;
    while site.aside.fixes() > 0 {
        let before = site.aside.fixes();
        let (intake, mut answer) = posted(vec![fix(7, live_at)]);
        live_at += 1;
        while site.read_one().is_some() {}
        let settled = site.batch(vec![intake]);
        assert_eq!(receipt(&mut answer), (1, 0), "a live fix is answered with the batch that it came for");
        assert!(settled.judged <= 100, "and its batch is bounded");
        assert!(site.asked.len() <= 32, "histories do not lie about");
        assert!(site.aside.fixes() < before || batches == 0, "it goes on");
        batches += 1;
    }
    assert!(late.iter_mut().all(|answer| receipt(answer) == (50, 0)));
}

#[test]
fn a_vehicle_with_more_than_fits_a_batch_comes_in_portions() {
    let mut site = Loop::default();
    let (intake, mut answer) = posted((0..950).map(|n| fix(1, n)).collect());
    site.batch(vec![intake]);
    assert!(site.run_dry() >= 10);
    assert_eq!(receipt(&mut answer), (950, 0));
}

#[test]
fn over_the_bound_it_refuses_and_forgets_nobody() {
    let mut site = Loop::default();
    let mut answers = Vec::new();
    let mut full_at = None;
    let mut refused = 0;
    for vehicle in 0..31 {
        let (intake, answer) = posted((0..10_000).map(|n| fix(vehicle, n % 1_000)).collect());
        site.batch(vec![intake]);
        answers.push(answer);
        if site.aside.is_full() {
            full_at.get_or_insert(site.aside.fixes());
        }
    }
    assert_eq!(full_at, Some(FULL_FIXES));
    assert!(site.aside.fixes() <= 2 * FULL_FIXES);
    for answer in &mut answers {
        match answer.try_recv() {
            Err(TryRecvError::Empty) => {}
            Ok(Err(Refused::Busy)) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 1, "31 times 10,000 is over 300,000");
    let left = site.aside.clear();
    assert_eq!(left.len(), 30);
    assert_eq!((site.aside.fixes(), site.aside.oldest()), (0, None));
    left.into_iter().for_each(|waiter| waiter.refuse(&Refused::StorageFull));
    let told = answers.iter_mut().map(|answer| matches!(answer.try_recv(), Ok(Err(Refused::StorageFull))));
    assert_eq!(told.filter(|refused| *refused).count(), 30);
}

#[test]
fn what_cannot_be_read_is_refused_and_the_others_go_on() {
    let mut site = Loop::default();
    let (both, mut both_answer) = posted(vec![fix(1, 5), fix(2, 5), fix(3, 5)]);
    let (other, mut other_answer) = posted(vec![fix(2, 6)]);
    site.batch(vec![both, other]);
    let question = site.asked.pop_front().expect("vehicle 1 is asked for");
    assert_eq!(question.vehicle, VehicleKey(1));
    let refused = site.aside.unreadable(VehicleKey(1));
    assert_eq!((refused.len(), site.aside.fixes()), (1, 1));
    refused.into_iter().for_each(|waiter| waiter.refuse(&Refused::Busy));
    assert!(matches!(both_answer.try_recv(), Ok(Err(Refused::Busy))));
    site.run_dry();
    assert_eq!(receipt(&mut other_answer), (1, 0));
    assert_eq!(site.engine.journal, [fix(2, 6)]);
}

/// What may happen next.
#[derive(Clone, Debug)]
enum Step {
    Arrive(Vec<(u32, i64)>),
    Read,
    Fail(u32),
    Clear,
    Batch,
}

fn step() -> impl Strategy<Value = Step> {
    let late = || (0..6u32, 0..8i64);
    let live = || (0..6u32, 1_000..1_040i64);
    prop_oneof![
        6 => vec(prop_oneof![late(), live()], 1..8).prop_map(Step::Arrive),
        6 => Just(Step::Read),
        4 => Just(Step::Batch),
        1 => (0..6u32).prop_map(Step::Fail),
        1 => Just(Step::Clear),
    ]
}

proptest! {
    #[test]
    fn everybody_is_answered_once_and_told_the_truth(steps in vec(step(), 1..80)) {
        let mut site = Loop::default();
        let mut answers = Vec::new();
        for step in steps {
            match step {
                Step::Arrive(fixes) => {
                    let fixes: Vec<Fix> = fixes.into_iter().map(|(vehicle, at)| fix(vehicle, at)).collect();
                    let (intake, answer) = posted(fixes.clone());
                    answers.push((fixes, answer));
                    site.batch(vec![intake]);
                }
                Step::Read => drop(site.read_one()),
                Step::Batch => drop(site.batch(Vec::new())),
                Step::Fail(vehicle) => {
                    if site.asked.front().is_some_and(|question| question.vehicle.0 == vehicle) {
                        site.asked.pop_front();
                        let refused = site.aside.unreadable(VehicleKey(vehicle));
                        refused.into_iter().for_each(|waiter| waiter.refuse(&Refused::Busy));
                    }
                }
                Step::Clear => {
                    site.asked.clear();
                    site.aside.clear().into_iter().for_each(|waiter| waiter.refuse(&Refused::StorageFull));
                }
            }
            let waiting = answers.iter_mut().filter(|(_, answer)| answer.is_empty()).count();
            prop_assert_eq!(waiting > 0, site.aside.fixes() > 0);
        }
        site.run_dry();
        for (fixes, mut answer) in answers {
            match answer.try_recv() {
                Ok(Ok(receipt)) => {
                    prop_assert_eq!((receipt.accepted + receipt.duplicates) as usize, fixes.len());
                    prop_assert!(fixes.iter().all(|fix| site.engine.journal.contains(fix)));
                }
                Ok(Err(Refused::Busy | Refused::StorageFull)) => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
