//! What people ask of a terminal, and what a terminal answers.
//!
//! A command is one message of the platform. The terminal answers by the command's serial: with its position (0x0201), its
//! parameters (0x0104) or, to everything else and to what it will not do, with the general answer (0x0001).

use super::bad::Bad;
use super::header::Version;
use super::id;
use super::location::Location;
use super::parameter::{self, Parameter};
use super::text;
use super::wire::Reader;

/// The alarms that hold until a person confirms them: emergency, danger, area, route, segment time, illegal ignition and
/// illegal move (0x8203).
pub const CONFIRMABLE_ALARMS: u32 = 1 | 1 << 3 | 1 << 20 | 1 << 21 | 1 << 22 | 1 << 27 | 1 << 28;
/// Longest text, bytes of GBK: fits one frame with its flags; the standard allows 1,024.
pub const MAX_TEXT_BYTES: usize = 1000;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// 0x8201: where are you?
    Locate,
    /// 0x8202: report at this interval for a while.
    Track {
        /// Seconds between two reports; 0 = stop tracking.
        interval_s: u16,
        /// For how many seconds; not sent when tracking stops.
        validity_s: u32,
    },
    /// 0x8203: a person has confirmed alarms.
    ConfirmAlarm {
        /// Serial of the report that carried the alarm; 0 = all of these alarms.
        serial: u16,
        /// Which, bits of the alarm word.
        bits: u32,
    },
    /// 0x8300: a text for the driver.
    Text(Text),
    /// 0x8103: use these parameters from now on.
    SetParameters(Vec<Parameter>),
    /// 0x8104, or 0x8106 for some: tell your parameters.
    QueryParameters {
        /// Their numbers, at most 200; none = all.
        ids: Vec<u32>,
    },
}

/// A text for the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// It is urgent.
    pub urgent: bool,
    /// Show it on the terminal's display.
    pub show: bool,
    /// Read it aloud.
    pub speak: bool,
    /// What it is; only 2019 sends it.
    pub kind: TextKind,
    /// At most [`MAX_TEXT_BYTES`] of GBK; what is longer is cut.
    pub text: String,
}

/// What a text is, in 2019.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TextKind {
    /// A notice.
    Notice = 1,
    /// A service.
    Service = 2,
}

/// Flag bit 2 of a text: on the display.
const SHOW: u8 = 1 << 2;
/// Flag bit 3 of a text: read aloud.
const SPEAK: u8 = 1 << 3;

impl Text {
    /// The flag byte. Until 2013 bit 0 is urgent; in 2019 bits 0 and 1 are 1 service, 2 urgent, 3 notice.
    fn flags(&self, version: Version) -> u8 {
        let low = match (version, self.urgent, self.kind) {
            (Version::V2013, urgent, _) => u8::from(urgent),
            (Version::V2019, true, _) => 2,
            (Version::V2019, false, TextKind::Service) => 1,
            (Version::V2019, false, TextKind::Notice) => 3,
        };
        low | if self.show { SHOW } else { 0 } | if self.speak { SPEAK } else { 0 }
    }
}

/// The length of a text in GBK; `None` when a character has no place there.
pub fn gbk_len(shown: &str) -> Option<usize> {
    text::gbk_len(shown)
}

/// What a terminal answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 0x0001: 0 done, 1 failed, 2 bad message, 3 unsupported.
    Result(u8),
    /// 0x0201: where it is.
    Location(Box<Location>),
    /// 0x0104: its parameters.
    Parameters(Vec<Parameter>),
}

impl Reply {
    /// Whether the command is answered by it for good. A good general answer to a question only announces the answer.
    pub fn settles(&self, asked: u16) -> bool {
        let has_answer = matches!(asked, id::ASK_LOCATION | id::QUERY_PARAMETERS | id::QUERY_SOME_PARAMETERS);
        !(has_answer && *self == Reply::Result(0))
    }
}

impl Command {
    /// Its message id.
    pub fn msg_id(&self) -> u16 {
        match self {
            Command::Locate => id::ASK_LOCATION,
            Command::Track { .. } => id::TRACK,
            Command::ConfirmAlarm { .. } => id::CONFIRM_ALARM,
            Command::Text(_) => id::TEXT,
            Command::SetParameters(_) => id::SET_PARAMETERS,
            Command::QueryParameters { ids } if ids.is_empty() => id::QUERY_PARAMETERS,
            Command::QueryParameters { .. } => id::QUERY_SOME_PARAMETERS,
        }
    }

    /// Appends its body for a terminal of that edition.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        match self {
            Command::Locate => {}
            Command::Track { interval_s, validity_s } => {
                out.extend_from_slice(&interval_s.to_be_bytes());
                if *interval_s > 0 {
                    out.extend_from_slice(&validity_s.to_be_bytes());
                }
            }
            Command::ConfirmAlarm { serial, bits } => {
                out.extend_from_slice(&serial.to_be_bytes());
                out.extend_from_slice(&bits.to_be_bytes());
            }
            Command::Text(shown) => {
                out.push(shown.flags(version));
                if version == Version::V2019 {
                    out.push(shown.kind as u8);
                }
                let at = out.len();
                text::encode(&shown.text, out);
                out.truncate(at + MAX_TEXT_BYTES);
            }
            Command::SetParameters(parameters) => parameter::encode_list(parameters, out),
            Command::QueryParameters { ids } if ids.is_empty() => {}
            Command::QueryParameters { ids } => {
                out.push(u8::try_from(ids.len()).expect("at most 200 parameters are asked for"));
                ids.iter().for_each(|id| out.extend_from_slice(&id.to_be_bytes()));
            }
        }
    }

    /// Reads the body of such a message; `None` when the message is no command.
    pub fn parse(msg_id: u16, version: Version, body: &[u8]) -> Option<Result<Command, Bad>> {
        let reader = Reader::new(body);
        Some(match msg_id {
            id::ASK_LOCATION => Ok(Command::Locate),
            id::TRACK => track(reader),
            id::CONFIRM_ALARM => confirm(reader),
            id::TEXT => shown(version, reader),
            id::SET_PARAMETERS => parameter::parse_list(reader).map(Command::SetParameters),
            id::QUERY_PARAMETERS => Ok(Command::QueryParameters { ids: Vec::new() }),
            id::QUERY_SOME_PARAMETERS => ids(reader),
            _ => return None,
        })
    }
}

fn track(mut reader: Reader<'_>) -> Result<Command, Bad> {
    let interval_s = reader.u16("interval_s")?;
    let validity_s = if interval_s == 0 { 0 } else { reader.u32("validity_s")? };
    Ok(Command::Track { interval_s, validity_s })
}

fn confirm(mut reader: Reader<'_>) -> Result<Command, Bad> {
    Ok(Command::ConfirmAlarm { serial: reader.u16("serial")?, bits: reader.u32("alarm_bits")? })
}

fn shown(version: Version, mut reader: Reader<'_>) -> Result<Command, Bad> {
    let flags = reader.u8("flags")?;
    let kind = match version {
        Version::V2013 => TextKind::Notice,
        Version::V2019 if reader.u8("text_type")? == TextKind::Service as u8 => TextKind::Service,
        Version::V2019 => TextKind::Notice,
    };
    let urgent = if version == Version::V2013 { flags & 1 != 0 } else { flags & 3 == 2 };
    let text = text::decode(reader.rest());
    Ok(Command::Text(Text { urgent, show: flags & SHOW != 0, speak: flags & SPEAK != 0, kind, text }))
}

fn ids(mut reader: Reader<'_>) -> Result<Command, Bad> {
    let count = reader.u8("parameter_count")?;
    let ids = (0..count).map(|_| reader.u32("parameter_id")).collect::<Result<_, _>>()?;
    Ok(Command::QueryParameters { ids })
}

/// The body of 0x0201: the serial of the message that asked, the position, and the bytes of its items.
pub fn parse_location_answer(body: &[u8]) -> Result<(u16, Location, &[u8]), Bad> {
    let mut reader = Reader::new(body);
    let reply_serial = reader.u16("reply_serial")?;
    let (location, items) = Location::parse(reader.rest())?;
    Ok((reply_serial, location, items))
}

/// The body of 0x8003: parts (at most 255) of the message that began with `first_serial` are to be sent again. Their number
/// takes one byte until 2013 and two in 2019.
pub fn encode_resend(version: Version, first_serial: u16, parts: &[u16], out: &mut Vec<u8>) {
    let count = u8::try_from(parts.len()).expect("at most 255 parts are asked for");
    out.extend_from_slice(&first_serial.to_be_bytes());
    if version == Version::V2019 {
        out.push(0);
    }
    out.push(count);
    parts.iter().for_each(|part| out.extend_from_slice(&part.to_be_bytes()));
}

/// Reads the body of 0x8003: serial of the first part and which parts.
pub fn parse_resend(version: Version, body: &[u8]) -> Result<(u16, Vec<u16>), Bad> {
    let mut reader = Reader::new(body);
    let first_serial = reader.u16("first_serial")?;
    let count = match version {
        Version::V2013 => reader.u8("part_count")?.into(),
        Version::V2019 => reader.u16("part_count")?,
    };
    let parts = (0..count).map(|_| reader.u16("part")).collect::<Result<_, _>>()?;
    Ok((first_serial, parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: Command, version: Version, msg_id: u16, body: &[u8]) {
        let mut out = Vec::new();
        command.encode(version, &mut out);
        assert_eq!((command.msg_id(), out.as_slice()), (msg_id, body), "{command:?}");
        assert_eq!(Command::parse(msg_id, version, body), Some(Ok(command)));
    }

    #[test]
    fn every_command_has_the_bytes_of_the_standard() {
        let night = Parameter { id: 0x0032, bytes: vec![0x22, 0, 5, 0] };
        check(Command::Locate, Version::V2013, 0x8201, &[]);
        check(Command::Track { interval_s: 5, validity_s: 600 }, Version::V2013, 0x8202, &[0, 5, 0, 0, 2, 0x58]);
        check(Command::Track { interval_s: 0, validity_s: 0 }, Version::V2013, 0x8202, &[0, 0]);
        check(Command::ConfirmAlarm { serial: 258, bits: 9 }, Version::V2019, 0x8203, &[1, 2, 0, 0, 0, 9]);
        check(Command::SetParameters(vec![night]), Version::V2013, 0x8103, &[1, 0, 0, 0, 0x32, 4, 0x22, 0, 5, 0]);
        check(Command::QueryParameters { ids: vec![] }, Version::V2013, 0x8104, &[]);
        check(Command::QueryParameters { ids: vec![0x55] }, Version::V2013, 0x8106, &[1, 0, 0, 0, 0x55]);
    }

    #[test]
    fn a_text_is_gbk_and_has_a_type_in_2019() {
        let text = |urgent, kind| Command::Text(Text { urgent, show: true, speak: true, kind, text: "停车".into() });
        check(text(true, TextKind::Notice), Version::V2013, 0x8300, &[0x0D, 0xCD, 0xA3, 0xB3, 0xB5]);
        check(text(true, TextKind::Notice), Version::V2019, 0x8300, &[0x0E, 1, 0xCD, 0xA3, 0xB3, 0xB5]);
        check(text(false, TextKind::Notice), Version::V2019, 0x8300, &[0x0F, 1, 0xCD, 0xA3, 0xB3, 0xB5]);
        check(text(false, TextKind::Service), Version::V2019, 0x8300, &[0x0D, 2, 0xCD, 0xA3, 0xB3, 0xB5]);
        assert_eq!((gbk_len("停车a"), gbk_len("🚒")), (Some(5), None));
    }

    #[test]
    fn a_question_is_settled_by_its_answer_or_a_refusal() {
        assert!(!Reply::Result(0).settles(id::ASK_LOCATION));
        assert!(Reply::Result(3).settles(id::ASK_LOCATION));
        assert!(Reply::Parameters(vec![]).settles(id::QUERY_PARAMETERS));
        assert!(Reply::Result(0).settles(id::TEXT));
    }

    #[test]
    fn missing_parts_are_counted_in_one_byte_or_two() {
        for (version, bytes) in
            [(Version::V2013, &[0, 7, 2, 0, 2, 0, 4][..]), (Version::V2019, &[0, 7, 0, 2, 0, 2, 0, 4][..])]
        {
            let mut out = Vec::new();
            encode_resend(version, 7, &[2, 4], &mut out);
            assert_eq!(out, bytes);
            assert_eq!(parse_resend(version, &out), Ok((7, vec![2, 4])));
        }
    }
}
