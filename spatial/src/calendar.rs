//! Weekly windows: when a zone is open and when a rule is watched, on the clock of one fixed offset.
//!
//! The core reads no time zone files (ENGINE, "Records and order"): local time is UTC plus a [`UtcOffset`], a setting.
//! Everything is integer arithmetic on minutes of the week, so that every build and every replay agrees.
//!
//! Words: *window* (open from one time of day to another on some days of the week), *schedule* (the union of windows).

use crate::units::{SpanMs, UnixMs};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const MINUTE_MS: i64 = 60_000;
const DAY_MIN: i64 = 1_440;
const WEEK_MIN: i64 = 7 * DAY_MIN;
/// 1970-01-01 was a Thursday: minutes from the Monday before it.
const EPOCH_MIN: i64 = 3 * DAY_MIN;

/// How far local time is ahead of UTC, whole minutes from -14:00 to +14:00; +08:00 (China) unless set.
///
/// Read and written as `+08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UtcOffset {
    minutes: i16,
}

/// Why a text is not a [`UtcOffset`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an offset is written +HH:MM or -HH:MM, at most 14:00")]
pub struct UtcOffsetError;

impl UtcOffset {
    /// An offset of -840 to 840 minutes; `None` beyond.
    pub fn minutes(minutes: i16) -> Option<UtcOffset> {
        (-840..=840).contains(&minutes).then_some(UtcOffset { minutes })
    }

    /// How far ahead of UTC, in milliseconds.
    pub fn as_ms(self) -> i64 {
        i64::from(self.minutes) * MINUTE_MS
    }
}

impl Default for UtcOffset {
    fn default() -> UtcOffset {
        UtcOffset { minutes: 480 }
    }
}

impl FromStr for UtcOffset {
    type Err = UtcOffsetError;
    fn from_str(text: &str) -> Result<UtcOffset, UtcOffsetError> {
        let (sign, clock) = match text.split_at_checked(1) {
            Some(("+", clock)) => (1, clock),
            Some(("-", clock)) => (-1, clock),
            _ => return Err(UtcOffsetError),
        };
        let clock: TimeOfDay = clock.parse().map_err(|_| UtcOffsetError)?;
        UtcOffset::minutes(sign * clock.minutes as i16).ok_or(UtcOffsetError)
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { '-' } else { '+' };
        write!(f, "{sign}{}", TimeOfDay { minutes: self.minutes.unsigned_abs() })
    }
}

impl TryFrom<String> for UtcOffset {
    type Error = UtcOffsetError;
    fn try_from(text: String) -> Result<UtcOffset, UtcOffsetError> {
        text.parse()
    }
}

impl From<UtcOffset> for String {
    fn from(offset: UtcOffset) -> String {
        offset.to_string()
    }
}

/// A time of day in whole minutes, 00:00 to 24:00 (the end of the day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeOfDay {
    minutes: u16,
}

/// Why a text is not a [`TimeOfDay`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written HH:MM, from 00:00 to 24:00")]
pub struct TimeOfDayError;

impl TimeOfDay {
    /// The first instant of a day.
    pub const MIDNIGHT: TimeOfDay = TimeOfDay { minutes: 0 };
    /// The end of a day.
    pub const END_OF_DAY: TimeOfDay = TimeOfDay { minutes: DAY_MIN as u16 };
}

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;
    fn from_str(text: &str) -> Result<TimeOfDay, TimeOfDayError> {
        let [h1, h2, b':', m1, m2] = *text.as_bytes() else { return Err(TimeOfDayError) };
        let digit = |byte: u8| if byte.is_ascii_digit() { Ok(u16::from(byte - b'0')) } else { Err(TimeOfDayError) };
        let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
        let of_day = hours * 60 + minutes;
        if minutes < 60 && of_day <= DAY_MIN as u16 { Ok(TimeOfDay { minutes: of_day }) } else { Err(TimeOfDayError) }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

/// Days of the week, at least one: 1 = Monday to 7 = Sunday (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays {
    /// Bit 0 = Monday.
    bits: u8,
}

impl Weekdays {
    /// Monday to Sunday.
    pub const ALL: Weekdays = Weekdays { bits: 0x7f };

    /// These days, 1 to 7 each, in any order; `None` for none of them or another number.
    pub fn of(days: &[u8]) -> Option<Weekdays> {
        let bits = days.iter().try_fold(0u8, |bits, day| (1..=7).contains(day).then(|| bits | 1 << (day - 1)))?;
        (bits != 0).then_some(Weekdays { bits })
    }

    /// The days, 1 to 7, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..=7).filter(move |day| self.bits & 1 << (day - 1) != 0)
    }
}

/// Open from one time of day (inclusive) to another (exclusive) on some days of the week.
///
/// One whose end is before its start runs over midnight and belongs to the day on which it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    days: Weekdays,
    from: TimeOfDay,
    to: TimeOfDay,
}

/// Why there is no such window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It would last no time, or a day: nobody can tell which was meant.
    #[error("a window ends at another time than it starts; a whole day is 00:00 to 24:00")]
    Empty,
    /// It starts at 24:00, which is the next day's 00:00.
    #[error("a window starts at 23:59 at the latest; 24:00 is an end")]
    StartsAtEnd,
}

impl Window {
    /// A window; refused when it starts and ends at the same time or starts at 24:00.
    pub fn new(days: Weekdays, from: TimeOfDay, to: TimeOfDay) -> Result<Window, WindowError> {
        if from == TimeOfDay::END_OF_DAY {
            return Err(WindowError::StartsAtEnd);
        }
        if from == to { Err(WindowError::Empty) } else { Ok(Window { days, from, to }) }
    }

    /// The days on which it starts.
    pub fn days(&self) -> Weekdays {
        self.days
    }

    /// When it starts.
    pub fn from(&self) -> TimeOfDay {
        self.from
    }

    /// When it ends, on the next day if that is before its start.
    pub fn to(&self) -> TimeOfDay {
        self.to
    }

    /// Whether it is open at an instant. Constant cost.
    pub fn is_open(&self, at: UnixMs, offset: UtcOffset) -> bool {
        self.is_open_in(minute_of_week(at, offset))
    }

    /// The first instant after `at` at which it opens or closes; `None` when it is always open. Constant cost.
    pub fn next_change(&self, at: UnixMs, offset: UtcOffset) -> Option<UnixMs> {
        let now = minute_of_week(at, offset);
        let is_open = self.is_open_in(now);
        let borders = self.borders().flat_map(|(start, end)| [start, end]);
        let changes = borders.filter(|border| self.is_open_in(border.rem_euclid(WEEK_MIN)) != is_open);
        let wait_min = changes.map(|border| (border - now).rem_euclid(WEEK_MIN)).min()?;
        Some(minute_start(at, offset) + SpanMs(wait_min * MINUTE_MS))
    }

    fn is_open_in(&self, minute: i64) -> bool {
        self.borders().any(|(start, end)| (minute - start).rem_euclid(WEEK_MIN) < end - start)
    }

    /// Start and end of each day's opening, minutes of the week; the end is over the week's when it runs over Sunday.
    fn borders(&self) -> impl Iterator<Item = (i64, i64)> + use<> {
        let (from, to) = (i64::from(self.from.minutes), i64::from(self.to.minutes));
        let length = if from < to { to - from } else { to + DAY_MIN - from };
        self.days.iter().map(move |day| {
            let start = (i64::from(day) - 1) * DAY_MIN + from;
            (start, start + length)
        })
    }
}

/// The union of some windows; without any, always open.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Window>", into = "Vec<Window>")]
pub struct Schedule {
    windows: Vec<Window>,
    /// Where the union opens and closes, ascending; none when it is always open.
    changes: Vec<Change>,
}

/// One opening or closing in every week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    /// Minute of the week.
    minute: i64,
    /// Whether it opens then, else closes.
    opens: bool,
}

impl From<Vec<Window>> for Schedule {
    fn from(windows: Vec<Window>) -> Schedule {
        let changes = changes(&windows);
        Schedule { windows, changes }
    }
}

impl From<Schedule> for Vec<Window> {
    fn from(schedule: Schedule) -> Vec<Window> {
        schedule.windows
    }
}

impl Schedule {
    /// Open at any time.
    pub fn always() -> Schedule {
        Schedule::default()
    }

    /// Its windows, as they were given.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Whether it never closes.
    pub fn is_always(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether it is open at an instant. Cost: the logarithm of the number of openings in a week.
    pub fn is_open(&self, at: UnixMs, offset: UtcOffset) -> bool {
        let minute = minute_of_week(at, offset);
        let passed = self.changes.partition_point(|change| change.minute <= minute);
        // Before the week's first change it is as last week's last change left it.
        let last = passed.checked_sub(1).map_or_else(|| self.changes.last(), |last| self.changes.get(last));
        last.is_none_or(|change| change.opens)
    }

    /// The first instant after `at` at which it opens or closes; `None` when it is always open. Cost as `is_open`.
    pub fn next_change(&self, at: UnixMs, offset: UtcOffset) -> Option<UnixMs> {
        let minute = minute_of_week(at, offset);
        let passed = self.changes.partition_point(|change| change.minute <= minute);
        let wait_min = match self.changes.get(passed) {
            Some(next) => next.minute - minute,
            None => self.changes.first()?.minute + WEEK_MIN - minute,
        };
        Some(minute_start(at, offset) + SpanMs(wait_min * MINUTE_MS))
    }

    /// The spans, from inclusive and to exclusive, in which it is open between two instants, ascending and apart.
    pub fn open_spans(&self, from: UnixMs, to: UnixMs, offset: UtcOffset) -> impl Iterator<Item = (UnixMs, UnixMs)> {
        let mut at = from;
        std::iter::from_fn(move || {
            while at < to {
                let (start, is_open) = (at, self.is_open(at, offset));
                at = self.next_change(at, offset).unwrap_or(to).min(to);
                if is_open {
                    return Some((start, at));
                }
            }
            None
        })
    }
}

/// Where the union of windows opens and closes.
fn changes(windows: &[Window]) -> Vec<Change> {
    let is_open = |minute: i64| windows.iter().any(|window| window.is_open_in(minute));
    let mut minutes: Vec<i64> = windows
        .iter()
        .flat_map(Window::borders)
        .flat_map(|(start, end)| [start, end % WEEK_MIN])
        .filter(|minute| is_open(*minute) != is_open((minute - 1).rem_euclid(WEEK_MIN)))
        .collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes.into_iter().map(|minute| Change { minute, opens: is_open(minute) }).collect()
}

/// The minute of the local week, from Monday 00:00 = 0.
fn minute_of_week(at: UnixMs, offset: UtcOffset) -> i64 {
    (at.0.saturating_add(offset.as_ms()).div_euclid(MINUTE_MS) + EPOCH_MIN).rem_euclid(WEEK_MIN)
}

/// The instant at which the minute of `at` began: offsets are whole minutes, so it is the same minute everywhere.
fn minute_start(at: UnixMs, offset: UtcOffset) -> UnixMs {
    let into_minute = at.0.saturating_add(offset.as_ms()).rem_euclid(MINUTE_MS);
    UnixMs(at.0 - into_minute)
}

#[cfg(test)]
mod tests;
