//! From a stream of bytes to frames: delimiters, escapes, check byte.
//!
//! One bad frame costs one frame: whatever stands between two delimiters is judged alone. Memory is bounded by
//! [`MAX_FRAME`] for each connection, and nothing is held between frames.

use super::bad::Bad;
use super::header::{Header, MAX_BODY};

/// The byte before and after every frame.
pub const DELIMITER: u8 = 0x7E;
/// Begins an escape: 7D 02 stands for 7E, 7D 01 for 7D.
pub const ESCAPE: u8 = 0x7D;
/// How many bytes may stand between two delimiters. The longest frame has 1,045 bytes, twice as many when all are
/// escaped.
pub const MAX_FRAME: usize = 4096;

/// Longest header, longest body, check byte.
const MAX_PLAIN: usize = 21 + MAX_BODY + 1;

/// One frame whose check byte and length are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its header.
    pub header: Header,
    /// Its body, unescaped; still encrypted if the header says so.
    pub body: &'a [u8],
}

/// Where a stream of one connection stands.
#[derive(Debug, Default)]
pub struct Frames {
    /// The beginning of a frame whose end has not come yet; empty most of the time.
    carry: Vec<u8>,
    /// A frame without its escapes, when it has any.
    plain: Vec<u8>,
    /// Bytes since the last delimiter, those thrown away included.
    since_delimiter: usize,
    place: Place,
    /// The frame in `carry` was handed out.
    spent: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// No delimiter has come yet.
    #[default]
    Outside,
    /// After a delimiter.
    Inside,
    /// Too much came without a delimiter; that was said, and everything up to the next one is thrown away.
    Lost,
}

/// Bytes that are being split; see [`Frames::feed`].
#[derive(Debug)]
pub struct Feed<'f, 'b> {
    frames: &'f mut Frames,
    bytes: &'b [u8],
}

impl Frames {
    /// Takes the bytes that came in next. Call [`Feed::next`] until it answers `None`: the beginning of an unfinished
    /// frame is kept then. After [`Bad::TooLong`] the peer is best left.
    pub fn feed<'f, 'b>(&'f mut self, bytes: &'b [u8]) -> Feed<'f, 'b> {
        Feed { frames: self, bytes }
    }

    /// Gives back the memory that no frame to come needs: most connections are silent most of the time.
    pub fn release(&mut self) {
        self.plain = Vec::new();
        if std::mem::take(&mut self.spent) || self.carry.is_empty() {
            self.carry = Vec::new();
        }
    }

    /// How many bytes are kept for a frame to come; at most [`MAX_FRAME`].
    pub fn held(&self) -> usize {
        if self.spent { 0 } else { self.carry.len() }
    }

    /// How many bytes came since the last delimiter.
    pub fn pending(&self) -> usize {
        self.since_delimiter
    }
}

impl Feed<'_, '_> {
    /// The next frame, or what was wrong with it; `None` when the rest is the beginning of a frame to come.
    #[expect(clippy::should_implement_trait, reason = "a frame borrows the splitter, which an Iterator cannot say")]
    pub fn next(&mut self) -> Option<Result<Frame<'_>, Bad>> {
        let frames = &mut *self.frames;
        if std::mem::take(&mut frames.spent) {
            frames.carry.clear();
        }
        loop {
            let Some(end) = memchr::memchr(DELIMITER, self.bytes) else {
                let rest = std::mem::take(&mut self.bytes);
                return frames.keep(rest).map(Err);
            };
            let (piece, rest) = (&self.bytes[..end], &self.bytes[end + 1..]);
            self.bytes = rest;
            let place = std::mem::replace(&mut frames.place, Place::Inside);
            let length = frames.since_delimiter + piece.len();
            frames.since_delimiter = 0;
            if place == Place::Lost || length == 0 {
                continue;
            }
            if length > MAX_FRAME {
                frames.carry.clear();
                return Some(Err(Bad::TooLong { limit: MAX_FRAME }));
            }
            if place == Place::Outside {
                return Some(Err(Bad::Delimiter { found: length }));
            }
            if frames.carry.is_empty() {
                return Some(open(piece, &mut frames.plain));
            }
            frames.carry.extend_from_slice(piece);
            frames.spent = true;
            return Some(open(&frames.carry, &mut frames.plain));
        }
    }
}

impl Frames {
    fn keep(&mut self, rest: &[u8]) -> Option<Bad> {
        self.since_delimiter = self.since_delimiter.saturating_add(rest.len());
        match self.place {
            Place::Lost => None,
            _ if self.since_delimiter > MAX_FRAME => {
                self.place = Place::Lost;
                self.carry = Vec::new();
                Some(Bad::TooLong { limit: MAX_FRAME })
            }
            Place::Outside => None,
            Place::Inside => {
                self.carry.extend_from_slice(rest);
                None
            }
        }
    }
}

/// Opens what stood between two delimiters. `plain` is room for the bytes without escapes, used only when there are any.
///
/// Some terminals forget to escape the check byte. A raw 7D at the very end is taken as the check byte; a raw 7E ended
/// the frame early, so a message whose header is right without any check byte and whose XOR is 7E is whole.
pub fn open<'a>(escaped: &'a [u8], plain: &'a mut Vec<u8>) -> Result<Frame<'a>, Bad> {
    let bytes = match memchr::memchr(ESCAPE, escaped) {
        None => escaped,
        Some(first) => {
            unescape(escaped, first, plain)?;
            plain.as_slice()
        }
    };
    let Some((&found, message)) = bytes.split_last() else {
        return Err(Bad::Length { declared: 0, found: 0 });
    };
    if bytes.len() > MAX_PLAIN {
        return Err(Bad::Length { declared: MAX_BODY, found: bytes.len() });
    }
    let computed = xor(message);
    if computed == found {
        return Header::parse(message).map(|(header, body)| Frame { header, body });
    }
    if computed ^ found == DELIMITER
        && let Ok((header, body)) = Header::parse(bytes)
    {
        return Ok(Frame { header, body });
    }
    Err(Bad::Checksum { computed, found })
}

/// The check byte of header and body.
pub(super) fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

fn unescape(escaped: &[u8], first: usize, plain: &mut Vec<u8>) -> Result<(), Bad> {
    plain.clear();
    plain.reserve(escaped.len());
    plain.extend_from_slice(&escaped[..first]);
    let mut rest = &escaped[first..];
    loop {
        // `rest` begins with 7D.
        match rest.get(1) {
            Some(1) => plain.push(ESCAPE),
            Some(2) => plain.push(DELIMITER),
            Some(&followed_by) => return Err(Bad::Escape { followed_by }),
            None => {
                plain.push(ESCAPE);
                return Ok(());
            }
        }
        rest = &rest[2..];
        let Some(next) = memchr::memchr(ESCAPE, rest) else {
            plain.extend_from_slice(rest);
            return Ok(());
        };
        plain.extend_from_slice(&rest[..next]);
        rest = &rest[next..];
    }
}
