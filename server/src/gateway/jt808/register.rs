//! 0x0100, a terminal asks to be registered, and 0x8100, the answer.

use super::bad::Bad;
use super::header::Version;
use super::text;
use super::wire::Reader;

/// Which edition's layout a registration has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Manufacturer 5, model 8, terminal 7 bytes.
    V2011,
    /// Manufacturer 5, model 20, terminal 7 bytes.
    V2013,
    /// Manufacturer 11, model 30, terminal 30 bytes.
    V2019,
}

impl Layout {
    const fn widths(self) -> (usize, usize, usize) {
        match self {
            Layout::V2011 => (5, 8, 7),
            Layout::V2013 => (5, 20, 7),
            Layout::V2019 => (11, 30, 30),
        }
    }

    /// Where the plate's colour stands.
    const fn colour_at(self) -> usize {
        let (manufacturer, model, terminal) = self.widths();
        4 + manufacturer + model + terminal
    }
}

/// What a terminal says of itself and its vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Which layout it was sent in.
    pub layout: Layout,
    /// First two digits of the division code (GB/T 2260); 0 = left to the platform.
    pub province: u16,
    /// Last four digits of the division code.
    pub city: u16,
    /// Maker of the terminal.
    pub manufacturer_id: String,
    /// Model of the terminal.
    pub model: String,
    /// The maker's id of the terminal.
    pub terminal_id: String,
    /// Plate colour by JT/T 415 or 697.7: 1 blue, 2 yellow, 3 black, 4 white, 9 other; 0 = no plate yet.
    pub plate_colour: u8,
    /// The plate, or the vehicle's identification number when the colour is 0.
    pub plate: String,
}

impl Registration {
    /// Reads a body. The header tells 2019 from the older editions; 2011 and 2013 share one, and the body's length and
    /// the place of a plausible colour tell them apart.
    pub fn parse(version: Version, body: &[u8]) -> Result<Registration, Bad> {
        let layout = layout(version, body);
        let (manufacturer, model, terminal) = layout.widths();
        let mut reader = Reader::new(body);
        Ok(Registration {
            layout,
            province: reader.u16("province")?,
            city: reader.u16("city")?,
            manufacturer_id: text::decode(reader.bytes(manufacturer, "manufacturer_id")?),
            model: text::decode(reader.bytes(model, "model")?),
            terminal_id: text::decode(reader.bytes(terminal, "terminal_id")?),
            plate_colour: reader.u8("plate_colour")?,
            plate: text::decode(reader.rest()),
        })
    }

    /// Appends the body in `layout`; texts that are too long are cut.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (manufacturer, model, terminal) = self.layout.widths();
        out.extend_from_slice(&self.province.to_be_bytes());
        out.extend_from_slice(&self.city.to_be_bytes());
        text::encode_fixed(&self.manufacturer_id, manufacturer, out);
        text::encode_fixed(&self.model, model, out);
        text::encode_fixed(&self.terminal_id, terminal, out);
        out.push(self.plate_colour);
        text::encode(&self.plate, out);
    }
}

fn layout(version: Version, body: &[u8]) -> Layout {
    let plausible =
        |layout: Layout| body.get(layout.colour_at()).is_some_and(|colour| matches!(colour, 0..=5 | 9 | 91..=94));
    let fits_2019 = body.len() > Layout::V2019.colour_at();
    if fits_2019 && (version == Version::V2019 || plausible(Layout::V2019) && !plausible(Layout::V2013)) {
        return Layout::V2019;
    }
    // No text has control characters, so that one at the colour's place is a colour, whatever pads the plate after it.
    let colour = |layout: Layout| matches!(body.get(layout.colour_at()), Some(1..=5 | 9));
    let padded = colour(Layout::V2011) && !colour(Layout::V2013);
    if body.len() <= Layout::V2013.colour_at() || is_2011_with_vin(body) || padded {
        return Layout::V2011;
    }
    if !plausible(Layout::V2013) && plausible(Layout::V2011) { Layout::V2011 } else { Layout::V2013 }
}

/// Colour 0 and 17 letters and digits at the place of 2011: as long as a 2013 body with a plate of 5 bytes.
fn is_2011_with_vin(body: &[u8]) -> bool {
    let at = Layout::V2011.colour_at();
    body.len() == at + 18 && body[at] == 0 && body[at + 1..].iter().all(u8::is_ascii_alphanumeric)
}

/// What the platform answers to a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterAnswer {
    /// Registered; the code is to be sent by 0x0102 from now on.
    Accepted {
        /// Authentication code.
        code: String,
    },
    /// Not registered.
    Refused(Refusal),
}

/// Why a registration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Refusal {
    /// The vehicle has another terminal.
    VehicleRegistered = 1,
    /// The vehicle is not known.
    UnknownVehicle = 2,
    /// The terminal is in another vehicle.
    TerminalRegistered = 3,
    /// The terminal is not known.
    UnknownTerminal = 4,
}

impl RegisterAnswer {
    /// Appends the body of 0x8100 for the registration with that serial.
    pub fn encode(&self, reply_serial: u16, out: &mut Vec<u8>) {
        out.extend_from_slice(&reply_serial.to_be_bytes());
        match self {
            RegisterAnswer::Accepted { code } => {
                out.push(0);
                text::encode(code, out);
            }
            RegisterAnswer::Refused(refusal) => out.push(*refusal as u8),
        }
    }

    /// Reads the body of 0x8100: the registration's serial and the answer. A result that the standard does not have is
    /// refused with its value.
    pub fn parse(body: &[u8]) -> Result<(u16, RegisterAnswer), Bad> {
        let mut reader = Reader::new(body);
        let reply_serial = reader.u16("reply_serial")?;
        let answer = match reader.u8("result")? {
            0 => RegisterAnswer::Accepted { code: text::decode(reader.rest()) },
            1 => RegisterAnswer::Refused(Refusal::VehicleRegistered),
            2 => RegisterAnswer::Refused(Refusal::UnknownVehicle),
            3 => RegisterAnswer::Refused(Refusal::TerminalRegistered),
            4 => RegisterAnswer::Refused(Refusal::UnknownTerminal),
            other => return Err(Bad::Range { field: "result", value: f64::from(other), limit: 4.0 }),
        };
        Ok((reply_serial, answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(layout: Layout, plate_colour: u8, plate: &str) -> Registration {
        Registration {
            layout,
            province: 33,
            city: 482,
            manufacturer_id: "70111".into(),
            model: "BSJ-A6".into(),
            terminal_id: "T000123".into(),
            plate_colour,
            plate: plate.into(),
        }
    }

    #[test]
    fn every_layout_comes_back_with_its_plate() {
        for (layout, version) in
            [(Layout::V2011, Version::V2013), (Layout::V2013, Version::V2013), (Layout::V2019, Version::V2019)]
        {
            for (colour, plate) in
                [(2, "浙F12345"), (1, "浙FD12345"), (0, ""), (9, "粤Z1234港"), (0, "LZZ5ELND1HA123456")]
            {
                let sent = registration(layout, colour, plate);
                let mut body = Vec::new();
                sent.encode(&mut body);
                assert_eq!(Registration::parse(version, &body).as_ref(), Ok(&sent), "{layout:?} {plate}");
            }
        }
    }

    #[test]
    fn a_plate_may_be_padded_in_every_layout() {
        for layout in [Layout::V2011, Layout::V2013] {
            for (colour, plate) in [(2, "浙F12345"), (4, "浙FD12345")] {
                let sent = registration(layout, colour, plate);
                let mut body = Vec::new();
                sent.encode(&mut body);
                for pad in [0, b' '] {
                    for length in body.len()..body.len() + 20 {
                        let mut padded = body.clone();
                        padded.resize(length, pad);
                        assert_eq!(
                            Registration::parse(Version::V2013, &padded).as_ref(),
                            Ok(&sent),
                            "{layout:?} {length}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_2019_body_under_a_6_byte_phone_is_seen() {
        let sent = registration(Layout::V2019, 2, "浙F12345");
        let mut body = Vec::new();
        sent.encode(&mut body);
        // Colour of 2013 stands inside the 2019 model field here, which is no colour.
        body[36] = b'x';
        assert_eq!(Registration::parse(Version::V2013, &body).map(|read| read.layout), Ok(Layout::V2019));
    }

    #[test]
    fn a_short_body_names_the_field() {
        assert_eq!(
            Registration::parse(Version::V2013, &[0; 20]),
            Err(Bad::Short { field: "terminal_id", needs: 7, found: 3 })
        );
        assert_eq!(Registration::parse(Version::V2013, &[]), Err(Bad::Short { field: "province", needs: 2, found: 0 }));
    }

    #[test]
    fn answers_come_back() {
        for answer in [
            RegisterAnswer::Accepted { code: "0a1b2c".into() },
            RegisterAnswer::Refused(Refusal::UnknownTerminal),
            RegisterAnswer::Refused(Refusal::VehicleRegistered),
        ] {
            let mut body = Vec::new();
            answer.encode(513, &mut body);
            assert_eq!(RegisterAnswer::parse(&body), Ok((513, answer)));
        }
        assert!(RegisterAnswer::parse(&[0, 1, 9]).is_err());
    }
}
