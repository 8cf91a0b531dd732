//! The little of protocol buffers and of the OSM PBF container that writing a road net needs.
//!
//! Field numbers stand with their callers; both formats are described in OpenStreetMap's wiki, "PBF Format", and in
//! protobuf's "Encoding".

/// A message that grows field by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Message(Vec<u8>);

/// Wire types.
const VARINT: u64 = 0;
const BYTES: u64 = 2;

impl Message {
    /// An unsigned number, or a signed one that is not negative.
    pub(super) fn number(&mut self, field: u64, value: u64) -> &mut Message {
        varint(field << 3 | VARINT, &mut self.0);
        varint(value, &mut self.0);
        self
    }

    /// A number of the zigzag types `sint32` and `sint64`.
    pub(super) fn signed(&mut self, field: u64, value: i64) -> &mut Message {
        self.number(field, zigzag(value))
    }

    pub(super) fn bytes(&mut self, field: u64, bytes: &[u8]) -> &mut Message {
        varint(field << 3 | BYTES, &mut self.0);
        varint(bytes.len() as u64, &mut self.0);
        self.0.extend(bytes);
        self
    }

    pub(super) fn text(&mut self, field: u64, text: &str) -> &mut Message {
        self.bytes(field, text.as_bytes())
    }

    pub(super) fn message(&mut self, field: u64, message: &Message) -> &mut Message {
        self.bytes(field, &message.0)
    }

    /// A packed list of numbers, by [`deltas`] or [`plain_ids`].
    pub(super) fn packed(&mut self, field: u64, packed: &[u8]) -> &mut Message {
        self.bytes(field, packed)
    }
}

/// Numbers as zigzag differences, each from the one before.
pub(super) fn deltas(values: impl Iterator<Item = i64>) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for value in values {
        varint(zigzag(value - before), &mut bytes);
        before = value;
    }
    bytes
}

/// Numbers as they are.
pub(super) fn plain_ids(values: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    values.into_iter().for_each(|value| varint(value, &mut bytes));
    bytes
}

/// Adds one block to a file, not compressed: its length, its kind, its content.
pub(super) fn blob(kind: &str, content: &Message, file: &mut Vec<u8>) {
    let mut blob = Message::default();
    blob.bytes(1, &content.0).number(2, content.0.len() as u64);
    let mut header = Message::default();
    header.text(1, kind).number(3, blob.0.len() as u64);
    file.extend((header.0.len() as u32).to_be_bytes());
    file.extend(header.0);
    file.extend(blob.0);
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of protobuf's "Encoding": 150 is 96 01, -2 is 3 by zigzag, "testing" in field 2.
    #[test]
    fn numbers_and_texts_are_encoded_as_the_format_says() {
        let mut message = Message::default();
        message.number(1, 150).text(2, "testing").signed(3, -2);
        assert_eq!(message.0, [&[0x08, 0x96, 0x01, 0x12, 0x07][..], b"testing", &[0x18, 0x03]].concat());
        assert_eq!(deltas([5, 3, 3].into_iter()), [10, 3, 0]);
    }
}
