//! Split messages put together again.
//!
//! Bounded in messages and bytes: a peer that never finishes costs nothing more. The session does not use it: over TCP
//! split messages are answered as unsupported.

use super::header::{Header, Version};
use super::phone::Phone;
use std::collections::VecDeque;

/// How many unfinished messages are held.
const MAX_MESSAGES: usize = 16;
/// How many parts a message may have, some 260 kB.
const MAX_PARTS: u16 = 256;

/// Unfinished messages.
#[derive(Debug, Default)]
pub struct Parts {
    messages: VecDeque<Message>,
}

#[derive(Debug)]
struct Message {
    msg_id: u16,
    version: Version,
    phone: Phone,
    first_serial: u16,
    parts: Vec<Option<Vec<u8>>>,
}

/// What a part brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The whole body.
    Whole(Vec<u8>),
    /// Parts with these numbers have not come.
    Missing(Vec<u16>),
    /// More parts than are put together.
    TooMany {
        /// How many there may be.
        limit: u16,
    },
}

impl Parts {
    /// Takes one frame of a split message; `None` when the message is not split. Parts belong together by phone, message
    /// id, number of parts and consecutive serial numbers. A part that comes twice begins its message anew.
    pub fn join(&mut self, header: &Header, body: &[u8]) -> Option<Joined> {
        let part = header.part?;
        if part.total > MAX_PARTS {
            return Some(Joined::TooMany { limit: MAX_PARTS });
        }
        let slot = usize::from(part.index - 1);
        let first_serial = header.serial.wrapping_sub(part.index - 1);
        let same = |message: &Message| {
            message.phone == header.phone
                && message.msg_id == header.msg_id
                && message.version == header.version
                && message.first_serial == first_serial
                && message.parts.len() == usize::from(part.total)
        };
        let known = self.messages.iter().position(same).and_then(|at| self.messages.remove(at));
        let mut message = known.filter(|message| message.parts[slot].is_none()).unwrap_or_else(|| Message {
            msg_id: header.msg_id,
            version: header.version,
            phone: header.phone,
            first_serial,
            parts: vec![None; usize::from(part.total)],
        });
        message.parts[slot] = Some(body.to_vec());
        let missing: Vec<u16> =
            (1..=part.total).zip(&message.parts).filter(|(_, part)| part.is_none()).map(|(index, _)| index).collect();
        if missing.is_empty() {
            return Some(Joined::Whole(message.parts.into_iter().flatten().flatten().collect()));
        }
        if self.messages.len() == MAX_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
        Some(Joined::Missing(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::Part;
    use super::*;

    fn part(serial: u16, index: u16, total: u16) -> Header {
        let phone = Phone::parse("139").expect("digits");
        Header { part: Some(Part { total, index }), ..Header::plain(0x0704, Version::V2013, phone, serial) }
    }

    #[test]
    fn joins_parts_across_the_end_of_the_serials_and_in_any_order() {
        let mut parts = Parts::default();
        assert_eq!(parts.join(&part(65_535, 1, 3), b"a"), Some(Joined::Missing(vec![2, 3])));
        assert_eq!(parts.join(&part(1, 3, 3), b"c"), Some(Joined::Missing(vec![2])));
        assert_eq!(parts.join(&part(0, 2, 3), b"b"), Some(Joined::Whole(b"abc".to_vec())));
    }

    #[test]
    fn parts_of_two_messages_are_not_mixed() {
        let mut parts = Parts::default();
        parts.join(&part(1, 1, 2), b"a");
        assert_eq!(parts.join(&part(9, 2, 2), b"y"), Some(Joined::Missing(vec![1])));
        assert_eq!(parts.join(&part(8, 1, 2), b"x"), Some(Joined::Whole(b"xy".to_vec())));
        assert_eq!(parts.join(&part(2, 2, 2), b"b"), Some(Joined::Whole(b"ab".to_vec())));
    }

    #[test]
    fn the_unfinished_are_bounded() {
        let mut parts = Parts::default();
        for serial in 0..1000 {
            parts.join(&part(serial * 3, 1, 2), &[0; 1023]);
        }
        assert_eq!(parts.messages.len(), MAX_MESSAGES);
        assert_eq!(parts.join(&part(0, 1, 60_000), b"a"), Some(Joined::TooMany { limit: MAX_PARTS }));
    }

    #[test]
    fn whole_messages_are_not_touched() {
        let header = Header { part: None, ..part(1, 1, 1) };
        assert_eq!(Parts::default().join(&header, b"a"), None);
        assert_eq!(Parts::default().join(&part(1, 1, 1), b"a"), Some(Joined::Whole(b"a".to_vec())));
    }
}
