//! The parameters of a terminal, in 0x8103 and 0x0104: number, length, value.
//!
//! A parameter is kept as its bytes; those of the table have a name and a meaning. Reading never fails for a parameter that
//! is unknown or has another length than the standard's: it stays as bytes.

use super::bad::Bad;
use super::wire::Reader;

/// One parameter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its number.
    pub id: u32,
    /// Its value, at most 255 bytes.
    pub bytes: Vec<u8>,
}

/// What the bytes of a named parameter mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A whole number in the parameter's unit.
    Number(u32),
    /// A tenth of a number in the parameter's unit.
    Tenths(u16),
    /// A time of day from and to, minutes after midnight.
    Period {
        /// From, 0 to 1,439.
        from_min: u16,
        /// To, 0 to 1,439.
        to_min: u16,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    U32,
    U16,
    Tenths,
    Period,
}

/// Number, name with its unit, kind.
const TABLE: [(u32, &str, Kind); 12] = [
    (0x0001, "heartbeat_interval_s", Kind::U32),
    (0x0029, "report_interval_s", Kind::U32),
    (0x0031, "illegal_move_radius_m", Kind::U16),
    (0x0032, "forbidden_period", Kind::Period),
    (0x0055, "max_speed_kph", Kind::U32),
    (0x0056, "overspeed_duration_s", Kind::U32),
    (0x0057, "continuous_driving_s", Kind::U32),
    (0x0058, "day_driving_s", Kind::U32),
    (0x0059, "min_rest_s", Kind::U32),
    (0x005A, "max_parking_s", Kind::U32),
    (0x005B, "overspeed_warning_kph", Kind::Tenths),
    (0x005C, "fatigue_warning_s", Kind::U16),
];

/// Every name, in the order of the numbers.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(_, name, _)| *name)
}

/// The number of a name.
pub fn id_of(name: &str) -> Option<u32> {
    TABLE.iter().find(|(_, known, _)| *known == name).map(|(id, _, _)| *id)
}

impl Parameter {
    /// The named parameter with this meaning; `None` when the parameter has no such meaning.
    pub fn named(name: &str, meaning: &Meaning) -> Option<Parameter> {
        let (id, _, kind) = TABLE.iter().find(|(_, known, _)| *known == name)?;
        let bytes = match (*kind, meaning) {
            (Kind::U32, Meaning::Number(number)) => number.to_be_bytes().to_vec(),
            (Kind::U16, Meaning::Number(number)) => u16::try_from(*number).ok()?.to_be_bytes().to_vec(),
            (Kind::Tenths, Meaning::Tenths(tenths)) => tenths.to_be_bytes().to_vec(),
            (Kind::Period, Meaning::Period { from_min, to_min }) if *from_min < 1440 && *to_min < 1440 => {
                [from_min / 60, from_min % 60, to_min / 60, to_min % 60].map(|n| (n / 10 * 16 + n % 10) as u8).to_vec()
            }
            _ => return None,
        };
        Some(Parameter { id: *id, bytes })
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&'static str> {
        self.row().map(|(_, name, _)| *name)
    }

    /// What it says; `None` when it has no name or another length than the standard's.
    pub fn meaning(&self) -> Option<Meaning> {
        let (_, _, kind) = self.row()?;
        match (kind, self.bytes.as_slice()) {
            (Kind::U32, &[a, b, c, d]) => Some(Meaning::Number(u32::from_be_bytes([a, b, c, d]))),
            (Kind::U16, &[a, b]) => Some(Meaning::Number(u16::from_be_bytes([a, b]).into())),
            (Kind::Tenths, &[a, b]) => Some(Meaning::Tenths(u16::from_be_bytes([a, b]))),
            (Kind::Period, &[a, b, c, d]) => Some(Meaning::Period { from_min: minutes(a, b)?, to_min: minutes(c, d)? }),
            _ => None,
        }
    }

    fn row(&self) -> Option<&'static (u32, &'static str, Kind)> {
        TABLE.iter().find(|(id, _, _)| *id == self.id)
    }
}

/// Minutes after midnight of a time of day in packed decimal.
fn minutes(hour: u8, minute: u8) -> Option<u16> {
    let two = |byte: u8| (byte >> 4 < 10 && byte & 15 < 10).then(|| u16::from(byte >> 4) * 10 + u16::from(byte & 15));
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Appends how many there are and each; at most 255 of at most 255 bytes each.
pub(super) fn encode_list(parameters: &[Parameter], out: &mut Vec<u8>) {
    out.push(u8::try_from(parameters.len()).expect("at most 255 parameters"));
    for parameter in parameters {
        out.extend_from_slice(&parameter.id.to_be_bytes());
        out.push(u8::try_from(parameter.bytes.len()).expect("a parameter has at most 255 bytes"));
        out.extend_from_slice(&parameter.bytes);
    }
}

/// Reads what [`encode_list`] wrote. What is said of how many there are is not believed: whole ones are taken, and an end
/// within one is refused.
pub(super) fn parse_list(mut reader: Reader<'_>) -> Result<Vec<Parameter>, Bad> {
    reader.u8("parameter_count")?;
    let mut parameters = Vec::new();
    while !reader.rest().is_empty() {
        let id = reader.u32("parameter_id")?;
        let length = reader.u8("parameter_length")?;
        parameters.push(Parameter { id, bytes: reader.bytes(usize::from(length), "parameter")?.to_vec() });
    }
    Ok(parameters)
}

/// The body of 0x0104: the serial of the message that asked, and the parameters.
pub fn parse_answer(body: &[u8]) -> Result<(u16, Vec<Parameter>), Bad> {
    let mut reader = Reader::new(body);
    let reply_serial = reader.u16("reply_serial")?;
    Ok((reply_serial, parse_list(reader)?))
}

/// The body of 0x0104, for a terminal; at most 255 parameters.
pub fn encode_answer(reply_serial: u16, parameters: &[Parameter], out: &mut Vec<u8>) {
    out.extend_from_slice(&reply_serial.to_be_bytes());
    encode_list(parameters, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, meaning: Meaning, bytes: &[u8]) {
        let made = Parameter::named(name, &meaning).expect("a parameter of the table");
        assert_eq!(made.bytes, bytes, "{name}");
        assert_eq!((made.name(), made.meaning()), (Some(name), Some(meaning)));
        assert_eq!(id_of(name), Some(made.id));
    }

    #[test]
    fn every_kind_has_the_bytes_of_the_standard() {
        check("report_interval_s", Meaning::Number(30), &[0, 0, 0, 30]);
        check("illegal_move_radius_m", Meaning::Number(500), &[1, 0xF4]);
        check("overspeed_warning_kph", Meaning::Tenths(55), &[0, 55]);
        check("forbidden_period", Meaning::Period { from_min: 22 * 60 + 30, to_min: 5 * 60 }, &[0x22, 0x30, 0x05, 0]);
    }

    #[test]
    fn what_does_not_fit_is_not_made() {
        assert_eq!(Parameter::named("illegal_move_radius_m", &Meaning::Number(70_000)), None);
        assert_eq!(Parameter::named("max_speed_kph", &Meaning::Tenths(800)), None);
        assert_eq!(Parameter::named("forbidden_period", &Meaning::Period { from_min: 1440, to_min: 0 }), None);
        assert_eq!(Parameter::named("speed", &Meaning::Number(1)), None);
    }

    #[test]
    fn what_is_unknown_or_odd_stays_as_bytes() {
        let odd = Parameter { id: 0x0055, bytes: vec![80] };
        assert_eq!((odd.name(), odd.meaning()), (Some("max_speed_kph"), None));
        let night = Parameter { id: 0x0032, bytes: vec![0x25, 0, 0x2A, 0] };
        assert_eq!(night.meaning(), None);
        let unknown = Parameter { id: 0xF364, bytes: vec![1, 2] };
        assert_eq!((unknown.name(), unknown.meaning()), (None, None));
    }

    #[test]
    fn a_wrong_count_loses_nothing_and_a_cut_list_is_refused() {
        let mut body = Vec::new();
        encode_answer(7, &[Parameter { id: 0x0055, bytes: vec![0, 0, 0, 80] }], &mut body);
        body[2] = 9;
        let (serial, parameters) = parse_answer(&body).expect("whole parameters");
        assert_eq!((serial, parameters.len()), (7, 1));
        let cut = parse_answer(&body[..body.len() - 1]);
        assert_eq!(cut, Err(Bad::Short { field: "parameter", needs: 4, found: 3 }));
    }
}
