//! The header of a message: 12 bytes in 2011 and 2013, 17 bytes in 2019, four more when the message is split.

use super::bad::Bad;
use super::phone::Phone;
use super::wire::Reader;

/// The largest body that one frame can hold, in bytes (ten bits of length).
pub const MAX_BODY: usize = 1023;

const LENGTH: u16 = 0x03FF;
const ENCRYPTION: u16 = 0x1C00;
const SPLIT: u16 = 0x2000;
const EDITION_2019: u16 = 0x4000;

/// Which header a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// 2011 and 2013: a phone of 6 bytes.
    V2013,
    /// 2019: a version byte and a phone of 10 bytes.
    V2019,
}

impl Version {
    /// Bytes of the header of an unsplit message.
    pub const fn header_len(self) -> usize {
        match self {
            Version::V2013 => 12,
            Version::V2019 => 17,
        }
    }
}

/// Which part of a split message a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// How many parts there are, at least 1.
    pub total: u16,
    /// Which one this is, from 1 to `total`.
    pub index: u16,
}

/// The header of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Message id.
    pub msg_id: u16,
    /// Its layout.
    pub version: Version,
    /// Who sends it, or for whom it is.
    pub phone: Phone,
    /// Serial number, counted by the sender, running over after 65,535.
    pub serial: u16,
    /// Set when the message is split.
    pub part: Option<Part>,
    /// Attribute bits 10 to 12: 0 = plain, 1 = RSA, others reserved.
    pub encryption: u8,
}

impl Header {
    /// The header of a plain, unsplit message.
    pub fn plain(msg_id: u16, version: Version, phone: Phone, serial: u16) -> Header {
        Header { msg_id, version, phone, serial, part: None, encryption: 0 }
    }

    /// Splits header and body. There are terminals that set the 2019 bit and send a 6-byte phone, and the reverse: the
    /// layout is the one for which header and declared body fill the message; the bit decides when neither does.
    pub fn parse(message: &[u8]) -> Result<(Header, &[u8]), Bad> {
        let mut reader = Reader::new(message);
        let too_short = |_| Bad::Length { declared: Version::V2013.header_len(), found: message.len() };
        let msg_id = reader.u16("msg_id").map_err(too_short)?;
        let attributes = reader.u16("attributes").map_err(too_short)?;
        let declared = usize::from(attributes & LENGTH);
        let part_len = if attributes & SPLIT != 0 { 4 } else { 0 };
        let fits = |version: Version| version.header_len() + part_len + declared == message.len();
        let flagged = if attributes & EDITION_2019 != 0 { Version::V2019 } else { Version::V2013 };
        let Some(version) = [flagged, Version::V2013, Version::V2019].into_iter().find(|version| fits(*version)) else {
            let found = message.len().saturating_sub(flagged.header_len() + part_len);
            return Err(Bad::Length { declared, found });
        };
        let phone = match version {
            Version::V2013 => Phone::from_bcd6(reader.array("phone")?),
            Version::V2019 => {
                reader.u8("protocol_version")?;
                Phone::from_bcd10(reader.array("phone")?)
            }
        };
        let serial = reader.u16("serial")?;
        let part = match part_len {
            0 => None,
            _ => Some(part(reader.u16("part_total")?, reader.u16("part_index")?)?),
        };
        let encryption = ((attributes & ENCRYPTION) >> 10) as u8;
        Ok((Header { msg_id, version, phone, serial, part, encryption }, reader.rest()))
    }

    /// The header's bytes for a body of `body_len` bytes (at most [`MAX_BODY`]): the array and how much of it counts.
    pub(super) fn bytes(&self, body_len: usize) -> ([u8; 21], usize) {
        debug_assert!(body_len <= MAX_BODY, "the caller splits longer bodies");
        let mut attributes = body_len as u16 & LENGTH | u16::from(self.encryption) << 10 & ENCRYPTION;
        if self.part.is_some() {
            attributes |= SPLIT;
        }
        if self.version == Version::V2019 {
            attributes |= EDITION_2019;
        }
        let mut all = [0; 21];
        all[..2].copy_from_slice(&self.msg_id.to_be_bytes());
        all[2..4].copy_from_slice(&attributes.to_be_bytes());
        let at = match self.version {
            Version::V2013 => {
                all[4..10].copy_from_slice(&self.phone.bcd6());
                10
            }
            Version::V2019 => {
                all[4] = 1;
                all[5..15].copy_from_slice(self.phone.bytes());
                15
            }
        };
        all[at..at + 2].copy_from_slice(&self.serial.to_be_bytes());
        let Some(part) = self.part else { return (all, at + 2) };
        all[at + 2..at + 4].copy_from_slice(&part.total.to_be_bytes());
        all[at + 4..at + 6].copy_from_slice(&part.index.to_be_bytes());
        (all, at + 6)
    }
}

fn part(total: u16, index: u16) -> Result<Part, Bad> {
    if index == 0 || index > total {
        return Err(Bad::Part { index, total });
    }
    Ok(Part { total, index })
}
