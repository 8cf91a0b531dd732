//! The thread that reads histories beside the pipeline, and the desk where the engine asks and finds the answers.
//!
//! It reads one vehicle at a time, and only after the commit that a question asks for. The engine never waits for it.

use super::StoreAccess;
use super::aside::Question;
use super::history::{Asked, Histories};
use cordon_data::store::StoreError;
use cordon_spatial::ids::JournalPosition;
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::History;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Reading pauses while histories with so many fixes (about 90 bytes each) wait for the engine.
const HELD_FIXES: usize = 500_000;

/// What was read for a vehicle.
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// The history, or that it cannot be read.
    pub history: Result<Arc<History>, StoreError>,
    /// Journal time when it was read.
    pub read_at: UnixMs,
}

#[derive(Default)]
struct Papers {
    questions: VecDeque<Question>,
    answers: Vec<Answer>,
    /// Fixes in the histories that the engine has not used yet.
    held: usize,
    committed: JournalPosition,
    /// Grows when everything is thrown away: what was begun before is not wanted any more.
    round: u64,
    closed: bool,
}

/// See the module.
#[derive(Default)]
pub struct Desk {
    papers: Mutex<Papers>,
    changed: Condvar,
}

impl Desk {
    /// Asks; answers come in the order of the questions.
    pub fn ask(&self, questions: Vec<Question>) {
        if !questions.is_empty() {
            self.lock().questions.extend(questions);
            self.changed.notify_all();
        }
    }

    /// Everything up to here is committed.
    pub fn committed(&self, position: JournalPosition) {
        let mut papers = self.lock();
        papers.committed = position;
        let waited_for = !papers.questions.is_empty();
        drop(papers);
        if waited_for {
            self.changed.notify_all();
        }
    }

    /// The answers that lie there.
    pub fn answers(&self) -> Vec<Answer> {
        std::mem::take(&mut self.lock().answers)
    }

    /// Histories with so many fixes were used.
    pub fn used(&self, fixes: usize) {
        if fixes > 0 {
            let mut papers = self.lock();
            papers.held = papers.held.saturating_sub(fixes);
            drop(papers);
            self.changed.notify_all();
        }
    }

    /// Throws away all questions and answers, those under way too.
    pub fn clear(&self) {
        let mut papers = self.lock();
        papers.round += 1;
        papers.questions.clear();
        papers.answers.clear();
        papers.held = 0;
    }

    /// Ends the thread.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// The next question that can be answered now, with its round; `None` when the desk is closed.
    fn next(&self) -> Option<(Question, u64)> {
        let mut papers = self.lock();
        loop {
            if papers.closed {
                return None;
            }
            let committed = papers.committed;
            let can = |question: &&Question| question.at_least <= committed;
            if (papers.held < HELD_FIXES) && papers.questions.front().filter(can).is_some() {
                let question = papers.questions.pop_front()?;
                return Some((question, papers.round));
            }
            papers = self.changed.wait(papers).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lay_down(&self, answer: Answer, round: u64) {
        let mut papers = self.lock();
        if papers.round == round {
            papers.held += answer.history.as_ref().map_or(0, |history| history.fixes.len());
            papers.answers.push(answer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Papers> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers questions until the desk is closed; `now` tells journal time, `answered` is called after each.
pub fn run(desk: &Desk, store: &StoreAccess, now: impl Fn() -> UnixMs, answered: impl Fn()) {
    let mut histories = Histories::default();
    while let Some((question, round)) = desk.next() {
        let (started, read_at) = (Instant::now(), now());
        let history = read(&mut histories, store, question);
        metrics::histogram!("cordon_late_history_seconds").record(started.elapsed().as_secs_f64());
        if let Err(error) = &history {
            tracing::error!(vehicle = question.vehicle.0, %error, "the history for a late fix cannot be read");
        }
        desk.lay_down(Answer { question, history: history.map(Arc::new), read_at }, round);
        answered();
    }
}

fn read(histories: &mut Histories, store: &StoreAccess, question: Question) -> Result<History, StoreError> {
    let reader = store.reader()?;
    let head = reader.head()?;
    let Question { vehicle, from, .. } = question;
    let asked = Asked { vehicle, from, as_of: head.position, upto: head.at, told_upto: head.at };
    histories.read(reader.as_ref(), asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::ids::VehicleKey;

    #[test]
    fn a_question_waits_for_its_commit_and_an_answer_to_a_thrown_away_one_is_lost() {
        let desk = Desk::default();
        let question = |vehicle, at_least| Question {
            vehicle: VehicleKey(vehicle),
            from: UnixMs(0),
            at_least: JournalPosition(at_least),
        };
        let answer = |question| Answer { question, history: Ok(Arc::default()), read_at: UnixMs(0) };
        desk.ask(vec![question(1, 5), question(2, 3)]);
        std::thread::scope(|threads| {
            let first = threads.spawn(|| desk.next());
            desk.committed(JournalPosition(3));
            desk.committed(JournalPosition(5));
            assert_eq!(first.join().expect("no panic"), Some((question(1, 5), 0)));
        });
        desk.lay_down(answer(question(1, 5)), 0);
        assert_eq!(desk.next(), Some((question(2, 3), 0)));
        desk.clear();
        desk.lay_down(answer(question(2, 3)), 0);
        assert!(desk.answers().is_empty());
        desk.ask(vec![question(3, 5)]);
        assert_eq!(desk.next(), Some((question(3, 5), 1)));
        desk.lay_down(answer(question(3, 5)), 1);
        let answers: Vec<u32> = desk.answers().iter().map(|answer| answer.question.vehicle.0).collect();
        assert_eq!(answers, [3]);
        desk.close();
        assert_eq!(desk.next(), None);
    }

    #[test]
    fn reading_pauses_while_much_is_held() {
        let desk = Desk::default();
        let question =
            |vehicle| Question { vehicle: VehicleKey(vehicle), from: UnixMs(0), at_least: JournalPosition(0) };
        desk.ask(vec![question(1)]);
        desk.lock().held = HELD_FIXES;
        std::thread::scope(|threads| {
            let next = threads.spawn(|| desk.next());
            desk.used(1);
            assert_eq!(next.join().expect("no panic"), Some((question(1), 0)));
        });
    }
}
