//! Rows in the binary form of `COPY … FROM STDIN BINARY`.

/// The first bytes: the form's signature, no flags, no extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Rows that are being written; each column in its binary form, big endian.
#[derive(Debug)]
pub(super) struct Rows {
    bytes: Vec<u8>,
}

impl Rows {
    /// No rows yet, with room for so many bytes.
    pub(super) fn with_room(bytes: usize) -> Rows {
        let mut room = Vec::with_capacity(SIGNATURE.len() + bytes);
        room.extend_from_slice(SIGNATURE);
        Rows { bytes: room }
    }

    /// Begins a row of so many columns.
    pub(super) fn begin(&mut self, columns: i16) {
        self.bytes.extend_from_slice(&columns.to_be_bytes());
    }

    /// The next column; `None` = NULL.
    pub(super) fn put(&mut self, column: Option<&[u8]>) {
        match column {
            None => self.bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            Some(bytes) => {
                self.bytes.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
                self.bytes.extend_from_slice(bytes);
            }
        }
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.len() == SIGNATURE.len()
    }

    /// All of it, with its end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        self.bytes
    }
}
