//! The reports of one terminal that are not acknowledged yet.
//!
//! A report leaves only when its acknowledgement came, when the platform says that it makes no sense, or when the box is
//! full and it is the oldest.

use crate::gateway::jt808::batch::{BatchBuilder, BatchKind};
use crate::gateway::jt808::id;
use std::collections::VecDeque;
use tokio::time::Instant;

/// A terminal keeps so many reports; the oldest go when more come.
const CAPACITY: usize = 10_000;
/// Most reports in one batch: fits one frame.
pub(super) const BATCH: usize = 15;
/// Most unanswered messages at once.
const WINDOW: usize = 32;

#[derive(Debug)]
struct Report {
    body: Vec<u8>,
    blind: bool,
    serial: Option<u16>,
    sent_before: bool,
}

/// Unacknowledged reports, oldest first.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    reports: VecDeque<Report>,
    in_flight: VecDeque<(u16, Instant)>,
}

/// A message to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) msg_id: u16,
    pub(super) body: Vec<u8>,
    /// Reports in it that go out for the first time, and again.
    pub(super) fresh: u64,
    pub(super) again: u64,
}

impl Outbox {
    /// Keeps a report; returns how many old ones had to go.
    pub(super) fn push(&mut self, body: Vec<u8>, blind: bool) -> u64 {
        let over = u64::from(self.reports.len() == CAPACITY);
        if over > 0 {
            self.reports.pop_front();
        }
        self.reports.push_back(Report { body, blind, serial: None, sent_before: false });
        over
    }

    pub(super) fn len(&self) -> usize {
        self.reports.len()
    }

    /// The next message, to be sent with `serial`; `None` when there is nothing to send or too much is unanswered. One
    /// report goes alone; several, and those taken without a link, go as a batch.
    pub(super) fn next_message(&mut self, serial: u16, now: Instant) -> Option<Message> {
        if self.in_flight.len() >= WINDOW {
            return None;
        }
        let first = self.reports.iter().position(|report| report.serial.is_none())?;
        let blind = self.reports[first].blind;
        let run = |report: &&mut Report| report.serial.is_none() && report.blind == blind;
        let mut bodies = Vec::new();
        let (mut fresh, mut again) = (0, 0);
        for report in self.reports.range_mut(first..).take_while(run).take(BATCH) {
            report.serial = Some(serial);
            let count = if std::mem::replace(&mut report.sent_before, true) { &mut again } else { &mut fresh };
            *count += 1;
            bodies.push(&report.body);
        }
        self.in_flight.push_back((serial, now));
        if let ([body], false) = (&bodies[..], blind) {
            return Some(Message { msg_id: id::LOCATION, body: body.to_vec(), fresh, again });
        }
        let mut batch = BatchBuilder::new(if blind { BatchKind::BlindArea } else { BatchKind::Normal });
        bodies.into_iter().for_each(|body| batch.push(body));
        Some(Message { msg_id: id::LOCATION_BATCH, body: batch.body().to_vec(), fresh, again })
    }

    /// Forgets the reports that went out with that serial; returns how many and when. `None` when there are none.
    pub(super) fn settle(&mut self, serial: u16) -> Option<(u64, Instant)> {
        let at = self.in_flight.iter().position(|(sent, _)| *sent == serial)?;
        let (_, sent_at) = self.in_flight.remove(at)?;
        let before = self.reports.len();
        self.reports.retain(|report| report.serial != Some(serial));
        Some(((before - self.reports.len()) as u64, sent_at))
    }

    /// The link broke: everything unanswered is to be sent again.
    pub(super) fn link_lost(&mut self) {
        self.in_flight.clear();
        self.reports.iter_mut().for_each(|report| report.serial = None);
    }

    /// When the oldest unanswered message went out.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.in_flight.front().map(|(_, sent_at)| *sent_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(live: usize, blind: usize) -> Outbox {
        let mut outbox = Outbox::default();
        (0..live).for_each(|_| assert_eq!(outbox.push(vec![0; 28], false), 0));
        (0..blind).for_each(|_| assert_eq!(outbox.push(vec![0; 28], true), 0));
        outbox
    }

    fn send(outbox: &mut Outbox, serial: u16) -> Option<(u16, u64, u64, Option<u8>)> {
        let message = outbox.next_message(serial, Instant::now())?;
        let kind = (message.msg_id == id::LOCATION_BATCH).then(|| message.body[2]);
        Some((message.msg_id, message.fresh, message.again, kind))
    }

    #[test]
    fn one_report_goes_alone_and_those_without_a_link_in_batches() {
        let mut outbox = filled(1, 20);
        assert_eq!(send(&mut outbox, 1), Some((id::LOCATION, 1, 0, None)));
        assert_eq!(send(&mut outbox, 2), Some((id::LOCATION_BATCH, 15, 0, Some(1))));
        assert_eq!(send(&mut outbox, 3), Some((id::LOCATION_BATCH, 5, 0, Some(1))));
        assert_eq!(send(&mut outbox, 4), None);
        assert_eq!(outbox.settle(2).map(|(count, _)| count), Some(15));
        assert_eq!(outbox.settle(2).map(|(count, _)| count), None);
        assert_eq!(outbox.len(), 6);
    }

    #[test]
    fn what_was_not_acknowledged_is_sent_again() {
        let mut outbox = filled(2, 0);
        assert_eq!(send(&mut outbox, 1), Some((id::LOCATION_BATCH, 2, 0, Some(0))));
        outbox.link_lost();
        assert_eq!(outbox.push(vec![0; 28], false), 0);
        assert_eq!(send(&mut outbox, 9), Some((id::LOCATION_BATCH, 1, 2, Some(0))));
        assert_eq!(outbox.settle(1).map(|(count, _)| count), None, "an answer on the old link is void");
        assert_eq!(outbox.settle(9).map(|(count, _)| count), Some(3));
        assert_eq!(outbox.len(), 0);
    }

    #[test]
    fn a_full_box_loses_its_oldest_and_says_so() {
        let mut outbox = filled(CAPACITY, 0);
        assert_eq!(outbox.push(vec![1; 28], false), 1);
        assert_eq!(outbox.len(), CAPACITY);
    }

    #[test]
    fn the_window_bounds_what_is_unanswered() {
        let mut outbox = filled(0, 32 * 15 + 1);
        (0..32).for_each(|serial| assert!(send(&mut outbox, serial).is_some()));
        assert_eq!(send(&mut outbox, 32), None);
        outbox.settle(0);
        assert_eq!(send(&mut outbox, 32), Some((id::LOCATION_BATCH, 1, 0, Some(1))));
    }
}
