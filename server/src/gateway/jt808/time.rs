//! Times on the wire: packed decimal YYMMDDhhmmss, always GMT+8, years 2000 to 2099.

use super::bad::Bad;
use cordon_spatial::units::UnixMs;

/// 2000-01-01T00:00:00Z in seconds since 1970.
const YEAR_2000_S: i64 = 946_684_800;
/// Seconds by which the zone of the wire is ahead of UTC.
pub(super) const GMT_8_S: i64 = 8 * 3600;
const DAY_S: i64 = 86_400;
const DAYS_IN_MONTH: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE_MONTH: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// Reads a time; refuses digits that are no decimals and times that no calendar has.
pub fn decode(bcd: &[u8; 6]) -> Result<UnixMs, Bad> {
    let bad = |field, limit| Bad::Time { field, bcd: *bcd, limit };
    let two = |at: usize, field| {
        let (tens, ones) = (bcd[at] >> 4, bcd[at] & 15);
        if tens > 9 || ones > 9 { Err(bad(field, "two decimal digits")) } else { Ok(tens * 10 + ones) }
    };
    let (year, month, day) = (two(0, "year")?, two(1, "month")?, two(2, "day")?);
    let (hour, minute, second) = (two(3, "hour")?, two(4, "minute")?, two(5, "second")?);
    if !(1..=12).contains(&month) {
        return Err(bad("month", "01 to 12"));
    }
    // 2000 was a leap year, and this century has no exception to the rule of four.
    let leap_year = year % 4 == 0;
    let index = usize::from(month - 1);
    if day == 0 || day > DAYS_IN_MONTH[index] + u8::from(leap_year && month == 2) {
        return Err(bad("day", "a day of that month"));
    }
    if hour > 23 {
        return Err(bad("hour", "00 to 23"));
    }
    if minute > 59 {
        return Err(bad("minute", "00 to 59"));
    }
    if second > 59 {
        return Err(bad("second", "00 to 59"));
    }
    let leap_days = (i64::from(year) + 3) / 4 + i64::from(leap_year && month > 2);
    let days = i64::from(year) * 365 + leap_days + i64::from(DAYS_BEFORE_MONTH[index]) + i64::from(day) - 1;
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Ok(UnixMs((YEAR_2000_S - GMT_8_S + days * DAY_S + of_day) * 1000))
}

/// Writes a time, cut to whole seconds. Times outside of 2000 to 2099 (GMT+8) become the nearest that can be written.
pub fn encode(at: UnixMs) -> [u8; 6] {
    let last = 36_525 * DAY_S - 1;
    let seconds = (at.0.div_euclid(1000) + GMT_8_S - YEAR_2000_S).clamp(0, last);
    let (days, of_day) = (seconds / DAY_S, seconds % DAY_S);
    // Four years have 1,461 days and begin with the leap year.
    let (cycle, in_cycle) = (days / 1461, days % 1461);
    let year_of_cycle = if in_cycle < 366 { 0 } else { (in_cycle - 1) / 365 };
    let mut day = if year_of_cycle == 0 { in_cycle } else { in_cycle - 1 - year_of_cycle * 365 };
    let mut month = 0;
    loop {
        let length = i64::from(DAYS_IN_MONTH[month]) + i64::from(year_of_cycle == 0 && month == 1);
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let bcd = |number: i64| (number / 10 * 16 + number % 10) as u8;
    [
        bcd(cycle * 4 + year_of_cycle),
        bcd(month as i64 + 1),
        bcd(day + 1),
        bcd(of_day / 3600),
        bcd(of_day / 60 % 60),
        bcd(of_day % 60),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bcd: [u8; 6], utc: &str) {
        let expected: jiff::Timestamp = utc.parse().expect("a time");
        assert_eq!(decode(&bcd), Ok(UnixMs(expected.as_millisecond())));
        assert_eq!(encode(UnixMs(expected.as_millisecond())), bcd);
    }

    #[test]
    fn is_eight_hours_ahead_of_utc() {
        check([0x26, 0x11, 0x23, 0x19, 0x30, 0x05], "2026-11-23T11:30:05Z");
        check([0x26, 0x01, 0x01, 0x07, 0x59, 0x59], "2025-12-31T23:59:59Z");
        check([0x00, 0x01, 0x01, 0x00, 0x00, 0x00], "1999-12-31T16:00:00Z");
        check([0x24, 0x02, 0x29, 0x12, 0x00, 0x00], "2024-02-29T04:00:00Z");
        check([0x99, 0x12, 0x31, 0x23, 0x59, 0x59], "2099-12-31T15:59:59Z");
    }

    #[test]
    fn names_the_part_that_cannot_be() {
        let cases: [([u8; 6], &str); 9] = [
            ([0x26, 0x13, 0x01, 0, 0, 0], "month"),
            ([0x26, 0x00, 0x01, 0, 0, 0], "month"),
            ([0x25, 0x02, 0x29, 0, 0, 0], "day"),
            ([0x26, 0x04, 0x31, 0, 0, 0], "day"),
            ([0x26, 0x04, 0x00, 0, 0, 0], "day"),
            ([0x26, 0x04, 0x01, 0x24, 0, 0], "hour"),
            ([0x26, 0x04, 0x01, 0, 0x60, 0], "minute"),
            ([0x26, 0x04, 0x01, 0, 0, 0x60], "second"),
            ([0x2A, 0x04, 0x01, 0, 0, 0], "year"),
        ];
        for (bcd, name) in cases {
            assert!(matches!(decode(&bcd), Err(Bad::Time { field, .. }) if field == name), "{bcd:02X?}");
        }
    }

    proptest! {
        #[test]
        fn every_second_of_the_century_comes_back(second in 0..36_525 * DAY_S) {
            let at = UnixMs((YEAR_2000_S - GMT_8_S + second) * 1000);
            prop_assert_eq!(decode(&encode(at)), Ok(at));
        }

        #[test]
        fn agrees_with_the_calendar_of_a_library(bcd: [u8; 6]) {
            let text = super::super::bad::hex(&bcd);
            let (y, mo, d, h, mi, s) = (&text[..2], &text[2..4], &text[4..6], &text[6..8], &text[8..10], &text[10..]);
            let theirs = format!("20{y}-{mo}-{d}T{h}:{mi}:{s}+08:00").parse::<jiff::Timestamp>();
            // The library reads a 60th second as the 59th; a terminal has none.
            if s != "60" {
                prop_assert_eq!(decode(&bcd).ok().map(|at| at.0), theirs.ok().map(|at| at.as_millisecond()));
            }
        }
    }
}
