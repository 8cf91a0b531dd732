//! Split messages put together again.
//!
//! Parts belong together by phone, message id, number of parts and consecutive serial numbers: the serial of the first
//! part, which is serial - index + 1, names the message. Bounded in messages, bytes and time, for each holder and, by a
//! [`Budget`], for all of them together: a peer that never finishes costs nothing more. There is no clock here: the time
//! is an argument.

use super::header::{Header, Version};
use super::phone::Phone;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many unfinished messages one holder keeps: a terminal sends one message after the other, so that more than a few
/// means that it gave up the older ones.
const MAX_MESSAGES: usize = 16;
/// How many parts a message may have, some 260 kB: more than two hours of reports of 28 bytes at one a second.
pub const MAX_PARTS: u16 = 256;
/// How many bytes of unfinished messages one holder keeps: two of the largest.
const MAX_BYTES: usize = 512 * 1024;
/// What a part costs beside its bytes.
const SLOT_BYTES: usize = size_of::<Option<Box<[u8]>>>();
/// How often missing parts are asked for before the message is given up; the terminal then sends it anew.
const MAX_ASKS: u8 = 3;

/// Bytes that all holders together may keep.
#[derive(Debug)]
pub struct Budget {
    left: AtomicUsize,
}

impl Budget {
    /// So many bytes.
    pub fn new(bytes: usize) -> Arc<Budget> {
        Arc::new(Budget { left: AtomicUsize::new(bytes) })
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Unfinished messages.
#[derive(Debug)]
pub struct Parts {
    messages: VecDeque<Message>,
    patience: Duration,
    budget: Arc<Budget>,
    given_up: u32,
}

#[derive(Debug)]
struct Message {
    msg_id: u16,
    version: Version,
    phone: Phone,
    first_serial: u16,
    parts: Vec<Option<Box<[u8]>>>,
    bytes: usize,
    due: Instant,
    asks: u8,
    budget: Arc<Budget>,
}

impl Drop for Message {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

/// What a part brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The whole message.
    Whole {
        /// Its body.
        body: Vec<u8>,
        /// Serial of its first part.
        first_serial: u16,
    },
    /// Parts with these numbers have not come.
    Missing(Vec<u16>),
    /// More parts than are put together.
    TooMany {
        /// How many there may be.
        limit: u16,
    },
    /// All holders together keep as much as they may; the part is not kept.
    NoRoom,
}

/// Parts that are to be asked for again (0x8003).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Serial of the message's first part.
    pub first_serial: u16,
    /// The header to ask with.
    pub version: Version,
    /// Which parts, from 1; at most 255.
    pub parts: Vec<u16>,
}

impl Parts {
    /// Holds nothing yet. Missing parts are asked for when none came for `patience`.
    pub fn new(budget: Arc<Budget>, patience: Duration) -> Parts {
        Parts { messages: VecDeque::new(), patience, budget, given_up: 0 }
    }

    /// Takes one frame of a split message; `None` when the message is not split. The same part again changes nothing;
    /// another part in its place begins its message anew.
    pub fn join(&mut self, header: &Header, body: &[u8], now: Instant) -> Option<Joined> {
        let part = header.part?;
        if part.total > MAX_PARTS {
            return Some(Joined::TooMany { limit: MAX_PARTS });
        }
        let slot = usize::from(part.index - 1);
        let first_serial = header.serial.wrapping_sub(part.index - 1);
        let known = self.messages.iter().position(|message| message.is(header, first_serial, part.total));
        let known = known.and_then(|at| self.messages.remove(at));
        let is_other = |there: &Option<Box<[u8]>>| there.as_ref().is_some_and(|there| **there != *body);
        let known = known.filter(|message| !is_other(&message.parts[slot]));
        let mut message = match known {
            Some(message) => message,
            None => self.begin(header, first_serial, part.total, now),
        };
        message.due = now + self.patience;
        if message.parts[slot].is_none() {
            let costs = if message.bytes == 0 { message.parts.len() * SLOT_BYTES } else { 0 } + body.len();
            if !self.make_room(message.bytes + costs, costs) {
                self.given_up += u32::from(message.bytes > 0);
                return Some(Joined::NoRoom);
            }
            message.bytes += costs;
            message.parts[slot] = Some(body.into());
        }
        let missing = message.missing();
        if missing.is_empty() {
            let parts = std::mem::take(&mut message.parts);
            let body = parts.into_iter().flatten().flat_map(<[u8]>::into_vec).collect();
            return Some(Joined::Whole { body, first_serial });
        }
        self.messages.push_back(message);
        Some(Joined::Missing(missing))
    }

    /// When [`Parts::overdue`] has something to say; `None` when nothing is unfinished.
    pub fn due(&self) -> Option<Instant> {
        self.messages.iter().map(|message| message.due).min()
    }

    /// What is to be asked for again now. Messages that were asked for often enough are given up.
    pub fn overdue(&mut self, now: Instant) -> Vec<Missing> {
        let before = self.messages.len();
        self.messages.retain(|message| message.due > now || message.asks < MAX_ASKS);
        self.given_up += (before - self.messages.len()) as u32;
        let patience = self.patience;
        let overdue = self.messages.iter_mut().filter(|message| message.due <= now);
        overdue
            .map(|message| {
                message.asks += 1;
                message.due = now + patience;
                Missing { first_serial: message.first_serial, version: message.version, parts: message.missing() }
            })
            .collect()
    }

    /// Whether nothing is unfinished.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// How many messages were given up since the last [`Parts::take_given_up`].
    pub fn given_up(&self) -> u32 {
        self.given_up
    }

    /// How many messages were given up since the last call.
    pub fn take_given_up(&mut self) -> u32 {
        std::mem::take(&mut self.given_up)
    }

    fn begin(&mut self, header: &Header, first_serial: u16, total: u16, now: Instant) -> Message {
        while self.messages.len() >= MAX_MESSAGES {
            self.give_up_oldest();
        }
        Message {
            msg_id: header.msg_id,
            version: header.version,
            phone: header.phone,
            first_serial,
            parts: vec![None; usize::from(total)],
            bytes: 0,
            due: now,
            asks: 0,
            budget: Arc::clone(&self.budget),
        }
    }

    /// Makes room for a message that will have `whole` bytes and needs `more` of them from the budget.
    fn make_room(&mut self, whole: usize, more: usize) -> bool {
        while self.messages.iter().map(|message| message.bytes).sum::<usize>() + whole > MAX_BYTES
            && !self.messages.is_empty()
        {
            self.give_up_oldest();
        }
        self.budget.take(more)
    }

    fn give_up_oldest(&mut self) {
        if self.messages.pop_front().is_some() {
            self.given_up += 1;
        }
    }
}

impl Message {
    fn is(&self, header: &Header, first_serial: u16, total: u16) -> bool {
        self.phone == header.phone
            && self.msg_id == header.msg_id
            && self.version == header.version
            && self.first_serial == first_serial
            && self.parts.len() == usize::from(total)
    }

    /// At most 255 numbers: at least one part is there.
    fn missing(&self) -> Vec<u16> {
        (1..).zip(&self.parts).filter(|(_, part)| part.is_none()).map(|(index, _)| index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Part;
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn part(serial: u16, index: u16, total: u16) -> Header {
        let phone = Phone::parse("139").expect("digits");
        Header { part: Some(Part { total, index }), ..Header::plain(0x0704, Version::V2013, phone, serial) }
    }

    /// A holder with a clock that stands until it is moved.
    struct Desk {
        parts: Parts,
        now: Instant,
    }

    impl Desk {
        fn new(bytes: usize) -> Desk {
            Desk { parts: Parts::new(Budget::new(bytes), PATIENCE), now: Instant::now() }
        }

        fn join(&mut self, serial: u16, index: u16, total: u16, body: &[u8]) -> Option<Joined> {
            self.parts.join(&part(serial, index, total), body, self.now)
        }

        fn after(&mut self, seconds: u64) -> Vec<(u16, Vec<u16>)> {
            self.now += Duration::from_secs(seconds);
            self.parts.overdue(self.now).into_iter().map(|missing| (missing.first_serial, missing.parts)).collect()
        }
    }

    fn missing(parts: &[u16]) -> Option<Joined> {
        Some(Joined::Missing(parts.to_vec()))
    }

    fn whole(body: &[u8], first_serial: u16) -> Option<Joined> {
        Some(Joined::Whole { body: body.to_vec(), first_serial })
    }

    #[test]
    fn joins_parts_across_the_end_of_the_serials_and_in_any_order() {
        let mut desk = Desk::new(1 << 20);
        assert_eq!(desk.join(65_535, 1, 3, b"a"), missing(&[2, 3]));
        assert_eq!(desk.join(1, 3, 3, b"c"), missing(&[2]));
        assert_eq!(desk.join(0, 2, 3, b"b"), whole(b"abc", 65_535));
        assert!(desk.parts.is_empty());
    }

    #[test]
    fn parts_of_two_messages_are_not_mixed() {
        let mut desk = Desk::new(1 << 20);
        desk.join(1, 1, 2, b"a");
        assert_eq!(desk.join(9, 2, 2, b"y"), missing(&[1]));
        assert_eq!(desk.join(8, 1, 2, b"x"), whole(b"xy", 8));
        assert_eq!(desk.join(2, 2, 2, b"b"), whole(b"ab", 1));
    }

    #[test]
    fn a_part_that_comes_twice_changes_nothing_and_another_in_its_place_begins_anew() {
        let mut desk = Desk::new(1 << 20);
        desk.join(1, 1, 3, b"a");
        desk.join(2, 2, 3, b"b");
        assert_eq!(desk.join(1, 1, 3, b"a"), missing(&[3]));
        assert_eq!(desk.join(1, 1, 3, b"A"), missing(&[2, 3]));
        assert_eq!(desk.join(2, 2, 3, b"B"), missing(&[3]));
        assert_eq!(desk.join(3, 3, 3, b"C"), whole(b"ABC", 1));
    }

    #[test]
    fn the_unfinished_are_bounded_and_their_room_comes_back() {
        let mut desk = Desk::new(1 << 20);
        for serial in 0..1000 {
            desk.join(serial * 3, 1, 2, &[0; 1023]);
        }
        assert_eq!((desk.parts.messages.len(), desk.parts.take_given_up()), (MAX_MESSAGES, 1000 - MAX_MESSAGES as u32));
        assert_eq!(desk.join(0, 1, 60_000, b"a"), Some(Joined::TooMany { limit: MAX_PARTS }));
        for serial in 0..250 {
            desk.join(9000 + serial, 1 + serial, MAX_PARTS, &[0; 1023]);
            desk.join(20_000 + serial, 1 + serial, MAX_PARTS, &[1; 1023]);
            desk.join(30_000 + serial, 1 + serial, MAX_PARTS, &[2; 1023]);
        }
        let held: usize = desk.parts.messages.iter().map(|message| message.bytes).sum();
        assert!(held <= MAX_BYTES, "{held} bytes are held");
        let budget = Arc::clone(&desk.parts.budget);
        assert_eq!(budget.left(), (1 << 20) - held);
        drop(desk);
        assert_eq!(budget.left(), 1 << 20);
    }

    #[test]
    fn a_part_beyond_what_all_may_keep_is_not_kept() {
        let mut desk = Desk::new(1500);
        assert_eq!(desk.join(1, 1, 2, &[0; 1000]), missing(&[2]));
        assert_eq!(desk.join(50, 1, 2, &[0; 1000]), Some(Joined::NoRoom));
        assert_eq!(desk.join(2, 2, 2, &[0; 100]), whole(&[0; 1100], 1));
        assert_eq!(desk.join(50, 1, 2, &[0; 1000]), missing(&[2]));
    }

    #[test]
    fn missing_parts_are_asked_for_three_times_and_then_given_up() {
        let mut desk = Desk::new(1 << 20);
        assert_eq!(desk.parts.due(), None);
        desk.join(7, 1, 4, b"a");
        desk.join(9, 3, 4, b"c");
        assert_eq!(desk.parts.due(), Some(desk.now + PATIENCE));
        assert_eq!(desk.after(9), []);
        assert_eq!(desk.after(1), [(7, vec![2, 4])]);
        desk.join(8, 2, 4, b"b");
        assert_eq!(desk.after(9), []);
        assert_eq!(desk.after(1), [(7, vec![4])]);
        assert_eq!(desk.after(10), [(7, vec![4])]);
        assert_eq!(desk.parts.take_given_up(), 0);
        assert_eq!(desk.after(10), []);
        assert_eq!((desk.parts.take_given_up(), desk.parts.due()), (1, None));
    }

    #[test]
    fn whole_messages_are_not_touched() {
        let mut desk = Desk::new(1 << 20);
        let header = Header { part: None, ..part(1, 1, 1) };
        assert_eq!(desk.parts.join(&header, b"a", desk.now), None);
        assert_eq!(desk.join(1, 1, 1, b"a"), whole(b"a", 1));
    }
}
