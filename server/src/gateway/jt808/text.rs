//! Text on the wire is GBK, padded with zeros or spaces in fields of fixed width.

use encoding_rs::GBK;

/// Decodes GBK without its padding; bytes that are no GBK become U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> String {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| *byte != 0 && *byte != b' ').map_or(start, |last| last + 1);
    GBK.decode_without_bom_handling(&bytes[start..end.max(start)]).0.into_owned()
}

/// Bytes of a text in GBK; `None` when a character is not in it.
pub(super) fn gbk_len(text: &str) -> Option<usize> {
    let (bytes, _, unmappable) = GBK.encode(text);
    (!unmappable).then_some(bytes.len())
}

/// Appends a text as GBK; characters outside of GBK become `?`.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    for character in text.chars() {
        let mut utf8 = [0; 4];
        let (bytes, _, unmappable) = GBK.encode(character.encode_utf8(&mut utf8));
        if unmappable { out.push(b'?') } else { out.extend_from_slice(&bytes) }
    }
}

/// Appends a text as GBK in a field of `width` bytes, zeros after it; what does not fit is cut off.
pub(super) fn encode_fixed(text: &str, width: usize, out: &mut Vec<u8>) {
    let start = out.len();
    encode(text, out);
    out.resize(start + width, 0);
}
