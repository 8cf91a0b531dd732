//! 0x8001 and 0x0001: the general answer of either side.

use super::bad::Bad;
use super::encode::encode_frame;
use super::header::{Header, Version};
use super::id;
use super::phone::Phone;
use super::wire::Reader;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// Taken; of a fix: committed.
    Done = 0,
    /// Not taken; may be sent again.
    Failed = 1,
    /// Makes no sense; sending it again is useless.
    Bad = 2,
    /// Cordon does not take this message.
    Unsupported = 3,
}

/// The body of a general answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Serial of the message that is answered.
    pub reply_serial: u16,
    /// Id of the message that is answered.
    pub reply_id: u16,
    /// 0 done, 1 failed, 2 bad, 3 unsupported, 4 alarm confirmed.
    pub result: u8,
}

impl Answer {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Result<Answer, Bad> {
        let mut reader = Reader::new(body);
        Ok(Answer {
            reply_serial: reader.u16("reply_serial")?,
            reply_id: reader.u16("reply_id")?,
            result: reader.u8("result")?,
        })
    }

    /// The body's bytes.
    pub fn bytes(&self) -> [u8; 5] {
        let ([s0, s1], [i0, i1]) = (self.reply_serial.to_be_bytes(), self.reply_id.to_be_bytes());
        [s0, s1, i0, i1, self.result]
    }
}

/// Which message is to be answered, small enough to travel with its fixes through the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Its serial; of a split message that of its first part.
    pub serial: u16,
    /// In how many parts it came, at least 1. Each is answered, because terminals differ in which answer they wait for.
    pub parts: u16,
    /// Its id.
    pub msg_id: u16,
    /// The header to answer with: some terminals change theirs from message to message.
    pub version: Version,
}

impl Ack {
    /// The message of one frame with this header.
    pub fn of(header: &Header) -> Ack {
        Ack { serial: header.serial, parts: 1, msg_id: header.msg_id, version: header.version }
    }
}

/// The platform's side of one connection: whom to answer, the platform's own serial numbers and the header that the
/// terminal used last. Clones share them, so that any thread can write without the session.
#[derive(Clone, Debug)]
pub struct Link {
    phone: Phone,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    serials: AtomicU16,
    is_2019: AtomicBool,
}

impl Link {
    /// A link whose first message has serial 0.
    pub fn new(phone: Phone, version: Version) -> Link {
        let is_2019 = AtomicBool::new(version == Version::V2019);
        Link { phone, shared: Arc::new(Shared { serials: AtomicU16::new(0), is_2019 }) }
    }

    /// The header that the terminal used last.
    pub fn version(&self) -> Version {
        if self.shared.is_2019.load(Ordering::Relaxed) { Version::V2019 } else { Version::V2013 }
    }

    /// Remembers the header that the terminal used.
    pub(super) fn note_version(&self, version: Version) {
        self.shared.is_2019.store(version == Version::V2019, Ordering::Relaxed);
    }

    /// Whose link it is.
    pub fn phone(&self) -> Phone {
        self.phone
    }

    /// Appends the general answer to one message, for each of its parts.
    pub fn ack_into(&self, ack: Ack, outcome: Outcome, out: &mut Vec<u8>) {
        for part in 0..ack.parts {
            let reply_serial = ack.serial.wrapping_add(part);
            let answer = Answer { reply_serial, reply_id: ack.msg_id, result: outcome as u8 };
            self.send_into(id::PLATFORM_ANSWER, ack.version, &answer.bytes(), out);
        }
    }

    /// Takes the next serial number.
    pub(super) fn next_serial(&self) -> u16 {
        self.shared.serials.fetch_add(1, Ordering::Relaxed)
    }

    /// Appends a message of at most 1,023 bytes with the next serial.
    pub(super) fn send_into(&self, msg_id: u16, version: Version, body: &[u8], out: &mut Vec<u8>) {
        encode_frame(&Header::plain(msg_id, version, self.phone, self.next_serial()), body, out);
    }
}
