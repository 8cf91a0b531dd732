//! What is wrong with bytes that are no message: one value that names the field, the value and the limit.

/// Why a frame or a message body was refused. Nothing of it was taken.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Bad {
    /// Bytes that do not stand between two delimiters.
    #[error("{found} bytes outside of a frame")]
    Delimiter {
        /// How many.
        found: usize,
    },
    /// More bytes without a delimiter than any frame has: this is no JT/T 808 peer, or one that lost its way.
    #[error("more than {limit} bytes without a delimiter")]
    TooLong {
        /// How many may stand between two delimiters.
        limit: usize,
    },
    /// 0x7D is followed by neither 0x01 nor 0x02.
    #[error("escape byte 7D is followed by {followed_by:02X}, not by 01 or 02")]
    Escape {
        /// The byte after 0x7D.
        followed_by: u8,
    },
    /// The check byte is not the XOR of header and body.
    #[error("check byte is {found:02X}, header and body give {computed:02X}")]
    Checksum {
        /// XOR of header and body.
        computed: u8,
        /// The byte before the closing delimiter.
        found: u8,
    },
    /// The header's length of the body is not what the frame holds.
    #[error("header declares a body of {declared} bytes, the frame holds {found}")]
    Length {
        /// By the header.
        declared: usize,
        /// By counting.
        found: usize,
    },
    /// The body is encrypted by the terminal; Cordon holds no keys.
    #[error("body is encrypted (attribute bits {bits:03b})")]
    Encrypted {
        /// Attribute bits 10 to 12; 1 = RSA.
        bits: u8,
    },
    /// A part's number is 0 or over the number of parts.
    #[error("part {index} of {total} cannot be")]
    Part {
        /// Its number, from 1.
        index: u16,
        /// How many there are.
        total: u16,
    },
    /// The phone is not the one that this connection began with.
    #[error("phone is not that of this connection")]
    Phone,
    /// The body ends before a field does.
    #[error("{field} needs {needs} bytes, {found} are left")]
    Short {
        /// Which field.
        field: &'static str,
        /// Its size in bytes.
        needs: usize,
        /// Bytes left.
        found: usize,
    },
    /// A number beyond what it can mean.
    #[error("{field} {value} is beyond {limit}")]
    Range {
        /// Which field, with its unit unless that is degrees.
        field: &'static str,
        /// As sent, unsigned.
        value: f64,
        /// The largest that is possible.
        limit: f64,
    },
    /// A time that no clock shows.
    #[error("{field} of time {} is not {limit}", hex(bcd))]
    Time {
        /// Which part of it.
        field: &'static str,
        /// The six bytes YYMMDDhhmmss.
        bcd: [u8; 6],
        /// What that part can be.
        limit: &'static str,
    },
    /// A batch holds another number of positions than it says.
    #[error("batch declares {declared} positions and holds {found}")]
    Count {
        /// By its first field.
        declared: u16,
        /// By counting.
        found: u16,
    },
}

impl Bad {
    /// The stable code by which programs know this error.
    pub fn code(&self) -> &'static str {
        match self {
            Bad::Delimiter { .. } => "delimiter",
            Bad::TooLong { .. } => "too_long",
            Bad::Escape { .. } => "escape",
            Bad::Checksum { .. } => "checksum",
            Bad::Length { .. } => "length",
            Bad::Encrypted { .. } => "encrypted",
            Bad::Part { .. } => "part",
            Bad::Phone => "phone",
            Bad::Short { .. } => "short",
            Bad::Range { .. } => "range",
            Bad::Time { .. } => "time",
            Bad::Count { .. } => "count",
        }
    }
}

/// Bytes as upper-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02X}").expect("writing to a String cannot fail");
        text
    })
}
