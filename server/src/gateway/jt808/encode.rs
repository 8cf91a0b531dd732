//! From messages to bytes on the wire: check byte, escapes, delimiters; longer bodies are split.
//!
//! Everything appends to a buffer that the caller owns, so that one write carries many messages.

use super::frame::{DELIMITER, ESCAPE};
use super::header::{Header, MAX_BODY, Part};

/// Appends one message, split into parts when the body is longer than [`MAX_BODY`]. Returns how many frames, and so how
/// many serial numbers from `header.serial` on, it took. `header.part` is not looked at.
///
/// A body over 65,535 parts (67 MB) cannot be sent and panics: no message of this protocol comes near.
pub fn encode(header: &Header, body: &[u8], out: &mut Vec<u8>) -> u16 {
    if body.len() <= MAX_BODY {
        encode_frame(&Header { part: None, ..*header }, body, out);
        return 1;
    }
    let pieces = body.chunks(MAX_BODY);
    let total = u16::try_from(pieces.len()).expect("a body has at most 65,535 parts");
    for (index, piece) in (1..=total).zip(pieces) {
        let serial = header.serial.wrapping_add(index - 1);
        encode_frame(&Header { serial, part: Some(Part { total, index }), ..*header }, piece, out);
    }
    total
}

/// Appends one frame as its header says. The body has at most [`MAX_BODY`] bytes.
pub(super) fn encode_frame(header: &Header, body: &[u8], out: &mut Vec<u8>) {
    let (head, head_len) = header.bytes(body.len());
    let head = &head[..head_len];
    out.reserve(head.len() + body.len() + 16);
    out.push(DELIMITER);
    let mut check = 0;
    for &byte in head.iter().chain(body) {
        check ^= byte;
        push_escaped(byte, out);
    }
    push_escaped(check, out);
    out.push(DELIMITER);
}

fn push_escaped(byte: u8, out: &mut Vec<u8>) {
    match byte {
        DELIMITER => out.extend_from_slice(&[ESCAPE, 0x02]),
        ESCAPE => out.extend_from_slice(&[ESCAPE, 0x01]),
        _ => out.push(byte),
    }
}
