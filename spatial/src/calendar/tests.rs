//! Windows against a model that looks at every minute, and the borders that people get wrong.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// Monday 2026-11-23 00:00 at +08:00.
const MONDAY: UnixMs = UnixMs(1_795_363_200_000);

fn time(text: &str) -> TimeOfDay {
    text.parse().expect("a time of day")
}

fn window(days: &[u8], from: &str, to: &str) -> Window {
    Window::new(Weekdays::of(days).expect("days"), time(from), time(to)).expect("a window")
}

/// The instant "day HH:MM" of the week of [`MONDAY`]; day 8 is the next Monday.
fn instant(text: &str) -> UnixMs {
    let (day, clock) = text.split_once(' ').expect("a day and a time");
    let days: i64 = day.parse::<i64>().expect("a day") - 1;
    MONDAY + SpanMs((days * DAY_MIN + i64::from(time(clock).minutes)) * MINUTE_MS)
}

/// The openings of one week as "day HH:MM-day HH:MM".
fn shown(schedule: &Schedule) -> Vec<String> {
    let spans = schedule.open_spans(MONDAY, instant("8 00:00"), UtcOffset::default());
    let name = |at: UnixMs| {
        let minutes = (at - MONDAY).0 / MINUTE_MS;
        format!("{} {}", minutes / DAY_MIN + 1, TimeOfDay { minutes: (minutes % DAY_MIN) as u16 })
    };
    spans.map(|(from, to)| format!("{}-{}", name(from), name(to))).collect()
}

#[track_caller]
fn check(windows: &[Window], expected: &[&str]) {
    assert_eq!(shown(&Schedule::from(windows.to_vec())), expected);
}

#[test]
fn a_window_opens_on_its_days() {
    check(&[window(&[1, 5], "08:00", "18:00")], &["1 08:00-1 18:00", "5 08:00-5 18:00"]);
    check(&[window(&[3], "00:00", "24:00")], &["3 00:00-4 00:00"]);
    check(&[window(&[3], "08:00", "00:00")], &["3 08:00-4 00:00"]);
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_starts() {
    check(&[window(&[1], "22:00", "06:00")], &["1 22:00-2 06:00"]);
    check(&[window(&[7], "22:00", "06:00")], &["1 00:00-1 06:00", "7 22:00-8 00:00"]);
}

#[test]
fn windows_that_meet_or_overlap_are_one() {
    check(&[window(&[1, 2], "00:00", "24:00")], &["1 00:00-3 00:00"]);
    check(&[window(&[1], "08:00", "12:00"), window(&[1], "12:00", "18:00")], &["1 08:00-1 18:00"]);
    check(&[window(&[1], "08:00", "18:00"), window(&[1], "09:00", "10:00")], &["1 08:00-1 18:00"]);
    check(&[window(&[1], "08:00", "12:00"), window(&[1], "08:00", "12:00")], &["1 08:00-1 12:00"]);
}

#[test]
fn a_week_without_a_gap_never_changes() {
    let offset = UtcOffset::default();
    let all_day = window(&[1, 2, 3, 4, 5, 6, 7], "00:00", "24:00");
    let day_and_night =
        [window(&[1, 2, 3, 4, 5, 6, 7], "06:00", "22:00"), window(&[1, 2, 3, 4, 5, 6, 7], "22:00", "06:00")];
    assert_eq!(all_day.next_change(MONDAY, offset), None);
    for schedule in [Schedule::always(), Schedule::from(vec![all_day]), Schedule::from(day_and_night.to_vec())] {
        assert!(schedule.is_always() && schedule.is_open(MONDAY, offset));
        assert_eq!(schedule.next_change(MONDAY, offset), None);
        let spans: Vec<_> = schedule.open_spans(MONDAY, instant("2 00:00"), offset).collect();
        assert_eq!(spans, [(MONDAY, instant("2 00:00"))]);
    }
}

#[test]
fn the_first_instant_is_in_and_the_last_is_out() {
    let offset = UtcOffset::default();
    let schedule = Schedule::from(vec![window(&[1], "08:00", "18:00")]);
    let (opens, closes) = (instant("1 08:00"), instant("1 18:00"));
    let before = |at: UnixMs| UnixMs(at.0 - 1);
    assert!(!schedule.is_open(before(opens), offset) && schedule.is_open(opens, offset));
    assert!(schedule.is_open(before(closes), offset) && !schedule.is_open(closes, offset));
    assert_eq!(schedule.next_change(before(opens), offset), Some(opens));
    assert_eq!(schedule.next_change(opens, offset), Some(closes), "strictly after");
    assert_eq!(schedule.next_change(closes, offset), Some(instant("8 08:00")));
    assert_eq!(schedule.open_spans(opens, opens, offset).count(), 0);
    assert_eq!(schedule.open_spans(closes, opens, offset).count(), 0);
}

#[test]
fn the_offset_moves_the_week() {
    let schedule = Schedule::from(vec![window(&[1], "00:00", "01:00")]);
    let utc = UtcOffset::minutes(0).expect("an offset");
    assert!(schedule.is_open(MONDAY, UtcOffset::default()) && !schedule.is_open(MONDAY, utc));
    assert!(schedule.is_open(MONDAY + SpanMs::seconds(8 * 3_600), utc));
}

#[test]
fn an_offset_is_written_with_its_sign() {
    for (text, minutes) in [("+08:00", 480), ("-03:30", -210), ("+00:00", 0), ("+14:00", 840), ("-14:00", -840)] {
        let offset: UtcOffset = text.parse().expect("an offset");
        assert_eq!((offset.minutes, offset.to_string().as_str()), (minutes, text));
    }
    for text in ["", "+", "08:00", "+8:00", "+08:60", "+14:01", "-24:00", "+08:0é", "é08:00", "Z"] {
        assert_eq!(text.parse::<UtcOffset>(), Err(UtcOffsetError), "{text}");
    }
    assert_eq!(UtcOffset::default().to_string(), "+08:00");
    assert_eq!(UtcOffset::minutes(841), None);
}

#[test]
fn what_is_no_window_is_refused() {
    for text in ["", "8:00", "08:60", "24:01", "25:00", "08.00", "08:0", "-8:00", "08:000", "0８:00"] {
        assert_eq!(text.parse::<TimeOfDay>(), Err(TimeOfDayError), "{text}");
    }
    assert_eq!(time("24:00"), TimeOfDay::END_OF_DAY);
    assert_eq!(time("00:00"), TimeOfDay::MIDNIGHT);
    let refused = |from: &str, to: &str| Window::new(Weekdays::ALL, time(from), time(to)).expect_err("no window");
    assert_eq!(refused("08:00", "08:00"), WindowError::Empty);
    assert_eq!(refused("24:00", "08:00"), WindowError::StartsAtEnd);
    assert_eq!(refused("24:00", "24:00"), WindowError::StartsAtEnd);
    for days in [&[][..], &[0], &[8], &[1, 255]] {
        assert_eq!(Weekdays::of(days), None, "{days:?}");
    }
    assert_eq!(Weekdays::of(&[7, 1, 1]).expect("days").iter().collect::<Vec<_>>(), [1, 7]);
}

fn any_window() -> impl Strategy<Value = Window> {
    // Round times meet more often; 1440 is 24:00.
    let minute = |last: u16| prop_oneof![(0..=last), (0..=last / 360).prop_map(|quarter| quarter * 360)];
    (1u8..=127, minute(1_439), minute(1_440)).prop_filter_map("not empty", |(bits, from, to)| {
        Window::new(Weekdays { bits }, TimeOfDay { minutes: from }, TimeOfDay { minutes: to }).ok()
    })
}

fn any_offset() -> impl Strategy<Value = UtcOffset> {
    prop_oneof![Just(480), -840i16..=840].prop_filter_map("within range", UtcOffset::minutes)
}

/// The model: walks a local calendar day by day and minute by minute, with none of the code under test.
fn open_by_the_book(windows: &[Window], at: UnixMs, offset: UtcOffset) -> bool {
    let local_min = (at.0 + i64::from(offset.minutes) * 60_000).div_euclid(60_000);
    let (day, minute) = (local_min.div_euclid(1_440), local_min.rem_euclid(1_440) as u16);
    // Day 0 is Thursday 1970-01-01; Monday = 1.
    let weekday = |day: i64| ((day + 3).rem_euclid(7) + 1) as u8;
    let starts_on = |window: &Window, day: i64| window.days.iter().any(|d| d == weekday(day));
    windows.iter().any(|window| {
        let (from, to) = (window.from.minutes, window.to.minutes);
        if from < to {
            starts_on(window, day) && from <= minute && minute < to
        } else {
            (starts_on(window, day) && from <= minute) || (starts_on(window, day - 1) && minute < to)
        }
    })
}

fn any_instant() -> impl Strategy<Value = UnixMs> {
    prop_oneof![
        (0..WEEK_MIN * MINUTE_MS).prop_map(|ms| MONDAY + SpanMs(ms)),
        (0..WEEK_MIN).prop_map(|minute| MONDAY + SpanMs(minute * MINUTE_MS)),
        (-4_000_000_000_000i64..4_000_000_000_000).prop_map(UnixMs),
    ]
}

proptest! {
    #[test]
    fn open_as_by_the_book(windows in vec(any_window(), 1..5), at in any_instant(), offset in any_offset()) {
        let expected = open_by_the_book(&windows, at, offset);
        prop_assert_eq!(Schedule::from(windows.clone()).is_open(at, offset), expected);
        prop_assert_eq!(windows.iter().any(|window| window.is_open(at, offset)), expected);
    }

    #[test]
    fn the_next_change_is_the_first(windows in vec(any_window(), 1..4), at in any_instant(), offset in any_offset()) {
        let now = open_by_the_book(&windows, at, offset);
        // Offsets are whole minutes: a change falls on a whole minute of UTC, at most a week ahead.
        let first = UnixMs((at.0.div_euclid(MINUTE_MS) + 1) * MINUTE_MS);
        let expected = (0..WEEK_MIN).map(|i| first + SpanMs(i * MINUTE_MS))
            .find(|minute| open_by_the_book(&windows, *minute, offset) != now);
        prop_assert_eq!(Schedule::from(windows.clone()).next_change(at, offset), expected);
        if let [window] = windows[..] {
            prop_assert_eq!(window.next_change(at, offset), expected);
        }
    }

    #[test]
    fn the_spans_are_what_is_open(windows in vec(any_window(), 0..4), from in any_instant(), length_ms in 0..3 * DAY_MIN * MINUTE_MS, offset in any_offset()) {
        let to = from + SpanMs(length_ms);
        let schedule = Schedule::from(windows.clone());
        let spans: Vec<_> = schedule.open_spans(from, to, offset).collect();
        prop_assert!(spans.iter().all(|(start, end)| from <= *start && start < end && *end <= to));
        prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0));
        let mut at = from;
        while at < to {
            let expected = windows.is_empty() || open_by_the_book(&windows, at, offset);
            prop_assert_eq!(spans.iter().any(|(start, end)| *start <= at && at < *end), expected, "at {}", at);
            at = UnixMs((at.0.div_euclid(MINUTE_MS) + 1) * MINUTE_MS);
        }
    }

    #[test]
    fn no_instant_makes_it_panic(window in any_window(), at in any::<i64>(), offset in any_offset()) {
        let at = UnixMs(at.clamp(UnixMs::MIN.0, UnixMs::MAX.0));
        let schedule = Schedule::from(vec![window]);
        prop_assert_eq!(schedule.is_open(at, offset), window.is_open(at, offset));
        prop_assert_eq!(schedule.next_change(at, offset), window.next_change(at, offset));
    }
}
