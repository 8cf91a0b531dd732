//! 0x0200: one position report of 28 bytes, items after it.

use super::bad::Bad;
use super::time;
use super::wire::Reader;
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, UnixMs};

/// Bytes of a report without its items.
pub const BASE_LEN: usize = 28;

/// Status bit 0: ignition on.
pub const ACC_ON: u32 = 1;
/// Status bit 1: the position comes from satellites.
pub const FIXED: u32 = 1 << 1;
/// Status bit 2: southern latitude.
pub const SOUTH: u32 = 1 << 2;
/// Status bit 3: western longitude.
pub const WEST: u32 = 1 << 3;
/// Status bit 5: position encrypted by the map plug-in.
pub const ENCRYPTED: u32 = 1 << 5;

/// Wire units (1e-6 degree) to 1e-7 degree.
const E7_PER_UNIT: i32 = 10;

/// A report as it was sent, its items apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// Alarm word.
    pub alarm_bits: u32,
    /// Status word.
    pub status_bits: u32,
    /// Where; south and west already negative.
    pub position: Position,
    /// Metres above sea level.
    pub altitude_m: i16,
    /// Speed; `None` when the field is all ones.
    pub speed: Option<DeciKph>,
    /// Degrees clockwise from north, 0 to 359; `None` when the field is over 360.
    pub heading_deg: Option<u16>,
    /// When, UTC.
    pub fixed_at: UnixMs,
}

impl Location {
    /// Reads a body; returns the bytes of its items as well, unread.
    ///
    /// Coordinates out of range and times that cannot be are refused by name. A speed or a heading that cannot be is
    /// dropped, since the rest of the report stands without it. An altitude over 32,767 is taken for a negative one, as
    /// terminals below sea level send it.
    pub fn parse(body: &[u8]) -> Result<(Location, &[u8]), Bad> {
        let mut reader = Reader::new(body);
        if body.len() < BASE_LEN {
            return Err(Bad::Short { field: "location", needs: BASE_LEN, found: body.len() });
        }
        let alarm_bits = reader.u32("alarm")?;
        let status_bits = reader.u32("status")?;
        let lat_e7 = degrees(reader.u32("lat")?, status_bits & SOUTH, "lat", 90)?;
        let lon_e7 = degrees(reader.u32("lon")?, status_bits & WEST, "lon", 180)?;
        let altitude_m = reader.u16("altitude")?.cast_signed();
        let speed = reader.u16("speed")?;
        let heading = reader.u16("heading")?;
        let fixed_at = time::decode(reader.array("time")?)?;
        let location = Location {
            alarm_bits,
            status_bits,
            position: Position { lon_e7, lat_e7 },
            altitude_m,
            speed: (speed != u16::MAX).then_some(DeciKph(speed)),
            heading_deg: match heading {
                0..=359 => Some(heading),
                360 => Some(0),
                _ => None,
            },
            fixed_at,
        };
        Ok((location, reader.rest()))
    }

    /// Appends the body without items.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let hemispheres =
            if self.position.lat_e7 < 0 { SOUTH } else { 0 } | if self.position.lon_e7 < 0 { WEST } else { 0 };
        let status = self.status_bits & !(SOUTH | WEST) | hemispheres;
        let units = |e7: i32| e7.unsigned_abs() / E7_PER_UNIT.unsigned_abs();
        out.extend_from_slice(&self.alarm_bits.to_be_bytes());
        out.extend_from_slice(&status.to_be_bytes());
        out.extend_from_slice(&units(self.position.lat_e7).to_be_bytes());
        out.extend_from_slice(&units(self.position.lon_e7).to_be_bytes());
        out.extend_from_slice(&self.altitude_m.to_be_bytes());
        out.extend_from_slice(&self.speed.map_or(u16::MAX, |speed| speed.0).to_be_bytes());
        out.extend_from_slice(&self.heading_deg.unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(&time::encode(self.fixed_at));
    }

    /// The terminal says that the position comes from satellites.
    pub fn is_fixed(&self) -> bool {
        self.status_bits & FIXED != 0
    }

    /// The report as the engine takes it. `received_at` is 0 until the pipeline sets it. `marks` come on top of what the
    /// report itself says.
    pub fn to_fix(&self, vehicle: VehicleKey, mut marks: Marks) -> Fix {
        marks.set(Marks::NO_FIX, !self.is_fixed());
        marks.set(Marks::ENCRYPTED, self.status_bits & ENCRYPTED != 0);
        marks.set(Marks::NULL_ISLAND, self.position.lon_e7 == 0 && self.position.lat_e7 == 0);
        Fix {
            vehicle,
            fixed_at: self.fixed_at,
            received_at: UnixMs(0),
            position: self.position,
            speed: self.speed,
            heading_deg: self.heading_deg,
            accuracy_dm: None,
            altitude_m: Some(self.altitude_m),
            status_bits: self.status_bits,
            alarm_bits: self.alarm_bits,
            acc_on: Some(self.status_bits & ACC_ON != 0),
            source: Source::Jt808,
            marks,
        }
    }
}

fn degrees(units: u32, negative: u32, field: &'static str, limit: u32) -> Result<i32, Bad> {
    if units > limit * 1_000_000 {
        return Err(Bad::Range { field, value: f64::from(units) / 1e6, limit: f64::from(limit) });
    }
    let e7 = units.cast_signed() * E7_PER_UNIT;
    Ok(if negative == 0 { e7 } else { -e7 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alarm 0, status 3, 30.6 N 121.05 E, 12 m, 45.6 km/h, 270 degrees, 2026-11-23 19:30:05 GMT+8.
    const PLAIN: [u8; 28] = [
        0, 0, 0, 0, 0, 0, 0, 3, 0x01, 0xD2, 0xEB, 0x40, 0x07, 0x37, 0x13, 0x90, 0, 12, 0x01, 0xC8, 0x01, 0x0E, 0x26,
        0x11, 0x23, 0x19, 0x30, 0x05,
    ];

    fn with(at: usize, bytes: &[u8]) -> [u8; 28] {
        let mut body = PLAIN;
        body[at..at + bytes.len()].copy_from_slice(bytes);
        body
    }

    fn read(body: &[u8]) -> Location {
        Location::parse(body).expect("a good body").0
    }

    #[test]
    fn reads_every_field() {
        let location = read(&PLAIN);
        assert_eq!(location.position, Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 });
        assert_eq!((location.alarm_bits, location.status_bits), (0, 3));
        assert_eq!((location.altitude_m, location.speed, location.heading_deg), (12, Some(DeciKph(456)), Some(270)));
        assert_eq!(location.fixed_at, UnixMs(1_795_433_405_000));
    }

    #[test]
    fn a_fix_says_what_is_doubtful() {
        let fix = read(&PLAIN).to_fix(VehicleKey(7), Marks::empty());
        assert_eq!((fix.vehicle, fix.marks, fix.acc_on), (VehicleKey(7), Marks::empty(), Some(true)));
        let marks = |body: [u8; 28]| read(&body).to_fix(VehicleKey(7), Marks::empty()).marks;
        assert_eq!(marks(with(7, &[0x01])), Marks::NO_FIX);
        assert_eq!(marks(with(7, &[0x23])), Marks::ENCRYPTED);
        assert_eq!(marks(with(8, &[0; 8])), Marks::NULL_ISLAND);
        let late = read(&with(7, &[0x02])).to_fix(VehicleKey(7), Marks::BLIND_AREA);
        assert_eq!((late.marks, late.acc_on), (Marks::BLIND_AREA, Some(false)));
    }

    #[test]
    fn south_and_west_are_negative() {
        let there = read(&with(7, &[0x0F])).position;
        assert_eq!(there, Position { lon_e7: -1_210_500_000, lat_e7: -306_000_000 });
    }

    #[test]
    fn coordinates_out_of_range_are_named() {
        let swapped = with(8, &[0x07, 0x37, 0x13, 0x90, 0x01, 0xD2, 0xEB, 0x40]);
        assert_eq!(Location::parse(&swapped), Err(Bad::Range { field: "lat", value: 121.05, limit: 90.0 }));
        let far = with(12, &180_000_001_u32.to_be_bytes());
        assert_eq!(Location::parse(&far), Err(Bad::Range { field: "lon", value: 180.000001, limit: 180.0 }));
        let huge = with(8, &[0xFF; 4]);
        assert!(matches!(Location::parse(&huge), Err(Bad::Range { field: "lat", .. })));
        read(&with(12, &180_000_000_u32.to_be_bytes()));
    }

    #[test]
    fn odd_speed_heading_and_altitude_lose_no_report() {
        assert_eq!(read(&with(18, &[0xFF; 2])).speed, None);
        assert_eq!(read(&with(20, &[0x01, 0x68])).heading_deg, Some(0));
        assert_eq!(read(&with(20, &[0x01, 0x69])).heading_deg, None);
        assert_eq!(read(&with(16, &[0xFF, 0xF6])).altitude_m, -10);
    }

    #[test]
    fn a_short_body_is_refused() {
        assert_eq!(Location::parse(&PLAIN[..27]), Err(Bad::Short { field: "location", needs: 28, found: 27 }));
    }
}
