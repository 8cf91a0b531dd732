//! The binary frames of `/live`, little endian: a header of 16 bytes and records of 20 bytes (INTERFACES, "/live").

use super::sorts::{Count, Hidden};
use cordon_spatial::fix::Fix;
use cordon_spatial::position::Position;
use cordon_spatial::units::UnixMs;

/// First two bytes of every frame.
pub const MAGIC: u16 = 0x4356;
/// Version of the layout.
pub const VERSION: u8 = 1;
/// Bytes of a header.
pub const HEADER_LEN: usize = 16;
/// Bytes of a record.
pub const RECORD_LEN: usize = 20;

/// What a frame says about its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum FrameKind {
    /// All vehicles of the view; replaces what was shown.
    Snapshot = 1,
    /// Vehicles that changed.
    Delta = 2,
    /// Vehicles that left the view or are gone.
    Gone = 3,
    /// The vehicles of the view, counted by cell; replaces what was shown.
    Counts = 4,
}

/// The last fix is old.
pub const STALE: u8 = 1;
/// The vehicle has an open alarm.
pub const IN_ALARM: u8 = 2;
/// Nothing was heard from the vehicle for long.
pub const SILENT: u8 = 4;
/// The terminal's clock is ahead of ours.
pub const CLOCK_WRONG: u8 = 8;
/// Registered itself and was checked by nobody yet.
pub const UNCHECKED: u8 = 16;

/// A frame in the making.
pub struct Frame {
    bytes: Vec<u8>,
    count: u32,
    base: UnixMs,
}

impl Frame {
    /// An empty frame; ages are counted back from `base`.
    pub fn new(kind: FrameKind, base: UnixMs) -> Frame {
        let mut bytes = Vec::with_capacity(HEADER_LEN + 64 * RECORD_LEN);
        bytes.extend_from_slice(&MAGIC.to_le_bytes());
        bytes.push(VERSION);
        bytes.push(kind as u8);
        bytes.extend_from_slice(&0u32.to_le_bytes());
        bytes.extend_from_slice(&base.0.to_le_bytes());
        Frame { bytes, count: 0, base }
    }

    /// Adds a vehicle. The age is at least 0 and at most what 32 bits hold (49 days).
    pub fn push(&mut self, fix: &Fix, flags: u8) {
        let age = (self.base - fix.fixed_at).0.clamp(0, i64::from(u32::MAX)) as u32;
        let speed = fix.speed.map_or(0xFFFF, |speed| speed.0.min(0xFFFE));
        let heading = fix.heading_deg.map_or(255, |degrees| (degrees % 360 / 2) as u8);
        self.bytes.extend_from_slice(&fix.vehicle.0.to_le_bytes());
        self.bytes.extend_from_slice(&fix.position.lon_e7.to_le_bytes());
        self.bytes.extend_from_slice(&fix.position.lat_e7.to_le_bytes());
        self.bytes.extend_from_slice(&age.to_le_bytes());
        self.bytes.extend_from_slice(&speed.to_le_bytes());
        self.bytes.push(heading);
        self.bytes.push(flags);
        self.count += 1;
    }

    /// Adds a cell: `key` is how many vehicles of it are shown, the place its middle, the age how many are hidden; in alarm if
    /// one of them is.
    pub fn push_count(&mut self, middle: Position, count: Count, hidden: Hidden) {
        let shown = count.shown(hidden);
        self.bytes.extend_from_slice(&shown.to_le_bytes());
        self.bytes.extend_from_slice(&middle.lon_e7.to_le_bytes());
        self.bytes.extend_from_slice(&middle.lat_e7.to_le_bytes());
        self.bytes.extend_from_slice(&(count.all() - shown).to_le_bytes());
        self.bytes.extend_from_slice(&0xFFFFu16.to_le_bytes());
        self.bytes.push(255);
        self.bytes.push(if count.alarmed > 0 { IN_ALARM } else { 0 });
        self.count += 1;
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The bytes to send.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes[4..8].copy_from_slice(&self.count.to_le_bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::super::sorts::Layer;
    use super::super::sorts::tests::any;
    use super::*;
    use cordon_spatial::fix::{Marks, Source};
    use cordon_spatial::ids::VehicleKey;
    use cordon_spatial::position::Position;
    use cordon_spatial::units::DeciKph;

    fn fix(speed: Option<u16>, heading_deg: Option<u16>, fixed_at: i64) -> Fix {
        Fix {
            vehicle: VehicleKey(0x0102_0304),
            fixed_at: UnixMs(fixed_at),
            received_at: UnixMs(fixed_at),
            position: Position { lon_e7: 1_210_500_000, lat_e7: -306_000_000 },
            speed: speed.map(DeciKph),
            heading_deg,
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks: Marks::empty(),
        }
    }

    fn hex(frame: Frame) -> String {
        frame.finish().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn golden_bytes_of_counts() {
        let mut frame = Frame::new(FrameKind::Counts, UnixMs(0x0000_0191_0203_0405));
        let middle = Position { lon_e7: 1_210_500_000, lat_e7: -306_000_000 };
        let counted = |calm: u32, alarmed: u32| {
            let mut count = Count::default();
            (0..calm).for_each(|_| count.add(any(false)));
            (0..alarmed).for_each(|_| count.add(any(true)));
            count
        };
        frame.push_count(middle, counted(0x0101, 1), Hidden::default());
        frame.push_count(middle, counted(3, 0), Hidden::default());
        frame.push_count(middle, counted(5, 2), Hidden::these(&[Layer::Unknown]));
        let expected = [
            "56430104 03000000 0504030291010000",
            "02010000 a0c32648 80cfc2ed 00000000 ffff ff 02",
            "03000000 a0c32648 80cfc2ed 00000000 ffff ff 00",
            "02000000 a0c32648 80cfc2ed 05000000 ffff ff 02",
        ];
        assert_eq!(hex(frame), expected.concat().replace(' ', ""));
    }

    #[test]
    fn golden_bytes() {
        let mut frame = Frame::new(FrameKind::Delta, UnixMs(0x0000_0191_0203_0405));
        frame.push(&fix(Some(605), Some(359), 0x0000_0191_0203_0405 - 1_500), IN_ALARM | UNCHECKED);
        frame.push(&fix(None, None, 0x0000_0191_0203_0405 + 9), 0);
        let expected = [
            "56430102 02000000 0504030291010000",
            "04030201 a0c32648 80cfc2ed dc050000 5d02 b3 12",
            "04030201 a0c32648 80cfc2ed 00000000 ffff ff 00",
        ];
        let expected: String = expected.concat().replace(' ', "");
        assert_eq!(hex(frame), expected);
    }
}
