//! The items after a position report: id, length, value.
//!
//! Reading them never fails: what is unknown, of another length than the standard's, or cut off stays as bytes. There are
//! terminals with repeated ids, two-byte ids and four-byte lengths.

use super::wire::Reader;

/// One item as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawItem<'a> {
    /// Its id.
    pub id: u8,
    /// Its value.
    pub value: &'a [u8],
}

/// The items in the bytes after a report.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// The items in `bytes`.
    pub fn new(bytes: &'a [u8]) -> Items<'a> {
        Items { rest: bytes }
    }

    /// Bytes not read so far; after the last item these are no whole item.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = RawItem<'a>;

    fn next(&mut self) -> Option<RawItem<'a>> {
        let (&[id, length], rest) = self.rest.split_first_chunk()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some(RawItem { id, value })
    }
}

impl RawItem<'_> {
    /// Appends the item. Its value has at most 255 bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let length = u8::try_from(self.value.len()).expect("an item has at most 255 bytes");
        out.extend_from_slice(&[self.id, length]);
        out.extend_from_slice(self.value);
    }
}

/// What a standard item says, in the units of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// 0x01: odometer.
    Mileage {
        /// Tenths of a kilometre.
        tenths_km: u32,
    },
    /// 0x02: fuel in the tank.
    Fuel {
        /// Tenths of a litre.
        tenths_l: u16,
    },
    /// 0x03: speed by the driving recorder.
    RecorderSpeed {
        /// Tenths of a kilometre per hour.
        tenths_kph: u16,
    },
    /// 0x04: id of an alarm that waits for a person's confirmation.
    ManualConfirm {
        /// The id.
        alarm_id: u16,
    },
    /// 0x05 (2019): tyre pressures, one byte a wheel.
    TyrePressure,
    /// 0x06 (2019): temperature of the load compartment.
    CabinTemperature {
        /// Degrees Celsius; the wire has sign and magnitude.
        celsius: i16,
    },
    /// 0x11: overspeed alarm.
    Overspeed {
        /// 0 no area, 1 circle, 2 rectangle, 3 polygon, 4 road segment.
        kind: u8,
        /// Which, unless `kind` is 0.
        area_id: Option<u32>,
    },
    /// 0x12: alarm for going in or out of an area or a route.
    AreaPassage {
        /// 1 circle, 2 rectangle, 3 polygon, 4 route.
        kind: u8,
        /// Which.
        area_id: u32,
        /// 0 in, 1 out.
        direction: u8,
    },
    /// 0x13: too long or too short on a road segment.
    SegmentTime {
        /// Which.
        segment_id: u32,
        /// Seconds on it.
        seconds: u16,
        /// 0 too short, 1 too long.
        result: u8,
    },
    /// 0x14 (JT/T 1078): video alarm bits.
    VideoAlarm {
        /// The bits.
        bits: u32,
    },
    /// 0x15 (JT/T 1078): channels without a picture.
    VideoLoss {
        /// A bit per channel.
        channels: u32,
    },
    /// 0x16 (JT/T 1078): channels that are covered.
    VideoCovered {
        /// A bit per channel.
        channels: u32,
    },
    /// 0x17 (JT/T 1078): storage that failed.
    StorageFault {
        /// A bit per store.
        bits: u16,
    },
    /// 0x18 (JT/T 1078): abnormal driving.
    AbnormalDriving {
        /// Kinds: 0 fatigue, 1 phone, 2 smoking.
        bits: u16,
        /// 0 to 100.
        fatigue: u8,
    },
    /// 0x25: lamps, horn, brakes and other signals.
    Signals {
        /// The bits.
        bits: u32,
    },
    /// 0x2A: inputs and outputs.
    Io {
        /// Bit 0 deep sleep, 1 sleep.
        bits: u16,
    },
    /// 0x2B: analogue inputs.
    Analog {
        /// Input 0.
        ad0: u16,
        /// Input 1.
        ad1: u16,
    },
    /// 0x30: strength of the radio link.
    SignalStrength {
        /// As sent.
        strength: u8,
    },
    /// 0x31: satellites in use.
    Satellites {
        /// How many.
        count: u8,
    },
    /// 0x64 to 0x67 (active safety): what every such alarm begins with; the rest differs by province.
    ActiveSafety {
        /// The terminal's number for this alarm.
        alarm_id: u32,
        /// 0 unknown, 1 begins, 2 ends.
        state: u8,
    },
    /// Anything else.
    Unknown,
}

impl Item {
    /// Understands an item; [`Item::Unknown`] when its id or its length is not the standard's.
    pub fn of(raw: RawItem<'_>) -> Item {
        understand(raw).unwrap_or(Item::Unknown)
    }
}

fn understand(raw: RawItem<'_>) -> Option<Item> {
    let mut reader = Reader::new(raw.value);
    let item = match raw.id {
        0x01 => Item::Mileage { tenths_km: reader.u32("mileage").ok()? },
        0x02 => Item::Fuel { tenths_l: reader.u16("fuel").ok()? },
        0x03 => Item::RecorderSpeed { tenths_kph: reader.u16("speed").ok()? },
        0x04 => Item::ManualConfirm { alarm_id: reader.u16("alarm_id").ok()? },
        0x05 => {
            reader.array::<30>("tyres").ok()?;
            Item::TyrePressure
        }
        0x06 => Item::CabinTemperature { celsius: sign_magnitude(reader.u16("temperature").ok()?) },
        0x11 => {
            let kind = reader.u8("kind").ok()?;
            let area_id = if kind == 0 && reader.rest().is_empty() { None } else { Some(reader.u32("area_id").ok()?) };
            Item::Overspeed { kind, area_id: area_id.filter(|_| kind != 0) }
        }
        0x12 => Item::AreaPassage {
            kind: reader.u8("kind").ok()?,
            area_id: reader.u32("area_id").ok()?,
            direction: reader.u8("direction").ok()?,
        },
        0x13 => Item::SegmentTime {
            segment_id: reader.u32("segment_id").ok()?,
            seconds: reader.u16("seconds").ok()?,
            result: reader.u8("result").ok()?,
        },
        0x14 => Item::VideoAlarm { bits: reader.u32("bits").ok()? },
        0x15 => Item::VideoLoss { channels: reader.u32("channels").ok()? },
        0x16 => Item::VideoCovered { channels: reader.u32("channels").ok()? },
        0x17 => Item::StorageFault { bits: reader.u16("bits").ok()? },
        0x18 => Item::AbnormalDriving { bits: reader.u16("bits").ok()?, fatigue: reader.u8("fatigue").ok()? },
        0x25 => Item::Signals { bits: reader.u32("bits").ok()? },
        0x2A => Item::Io { bits: reader.u16("bits").ok()? },
        0x2B => {
            let both = reader.u32("analog").ok()?;
            Item::Analog { ad0: (both & 0xFFFF) as u16, ad1: (both >> 16) as u16 }
        }
        0x30 => Item::SignalStrength { strength: reader.u8("strength").ok()? },
        0x31 => Item::Satellites { count: reader.u8("count").ok()? },
        0x64..=0x67 => {
            let item = Item::ActiveSafety { alarm_id: reader.u32("alarm_id").ok()?, state: reader.u8("state").ok()? };
            return Some(item);
        }
        _ => return None,
    };
    reader.rest().is_empty().then_some(item)
}

fn sign_magnitude(word: u16) -> i16 {
    let magnitude = (word & 0x7FFF).cast_signed();
    if word & 0x8000 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: u8, value: &[u8], item: Item) {
        assert_eq!(Item::of(RawItem { id, value }), item, "{id:02X} {value:02X?}");
    }

    #[test]
    fn understands_the_standard_items() {
        check(0x01, &[0, 1, 0xE2, 0x40], Item::Mileage { tenths_km: 123_456 });
        check(0x02, &[0x01, 0xF4], Item::Fuel { tenths_l: 500 });
        check(0x03, &[0x02, 0x58], Item::RecorderSpeed { tenths_kph: 600 });
        check(0x04, &[0, 9], Item::ManualConfirm { alarm_id: 9 });
        check(0x05, &[0; 30], Item::TyrePressure);
        check(0x06, &[0x80, 0x05], Item::CabinTemperature { celsius: -5 });
        check(0x11, &[0], Item::Overspeed { kind: 0, area_id: None });
        check(0x11, &[1, 0, 0, 0, 8], Item::Overspeed { kind: 1, area_id: Some(8) });
        check(0x12, &[4, 0, 0, 0, 8, 1], Item::AreaPassage { kind: 4, area_id: 8, direction: 1 });
        check(0x13, &[0, 0, 0, 8, 0, 60, 1], Item::SegmentTime { segment_id: 8, seconds: 60, result: 1 });
        check(0x18, &[0, 1, 50], Item::AbnormalDriving { bits: 1, fatigue: 50 });
        check(0x2B, &[0, 2, 0, 1], Item::Analog { ad0: 1, ad1: 2 });
        check(0x31, &[12], Item::Satellites { count: 12 });
        check(0x64, &[0, 0, 0, 3, 1, 9, 9], Item::ActiveSafety { alarm_id: 3, state: 1 });
    }

    #[test]
    fn another_length_stays_bytes() {
        check(0x01, &[1, 2, 3], Item::Unknown);
        check(0x01, &[1, 2, 3, 4, 5], Item::Unknown);
        check(0x11, &[1], Item::Unknown);
        check(0xE1, &[1], Item::Unknown);
    }

    #[test]
    fn repeated_empty_and_cut_items_harm_nothing() {
        let mut items = Items::new(&[0x31, 1, 9, 0x31, 1, 8, 0xE0, 0, 0x01, 4, 0, 0]);
        let ids: Vec<_> = items.by_ref().map(|item| (item.id, item.value.len())).collect();
        assert_eq!(ids, [(0x31, 1), (0x31, 1), (0xE0, 0)]);
        assert_eq!(items.rest(), [0x01, 4, 0, 0]);
    }
}
