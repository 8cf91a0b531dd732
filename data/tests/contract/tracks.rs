//! A track holds every committed fix, wherever it is kept.

use super::given::{at, commit, fix, fixes};
use super::{Open, Sites};
use cordon_spatial::fix::{Fix, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::units::UnixMs;

fn track(open: &Open, vehicle: u32) -> Vec<Fix> {
    open.reader().track(VehicleKey(vehicle), UnixMs::MIN, UnixMs::MAX, 10_000).unwrap()
}

/// Cuts everything.
fn cut(open: &mut Open) {
    while open.writer.cut_tracks(0).unwrap() {}
}

pub fn a_fix_is_on_its_track_as_soon_as_it_is_committed(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let reader = open.reader();
    commit(&mut open, 0, fixes([fix(7, 2_000), fix(8, 0), fix(7, 0)]));
    let read = reader.track(VehicleKey(7), at(0), at(2_001), 10).unwrap();
    assert_eq!(read, [fix(7, 0), fix(7, 2_000)]);
    assert_eq!(reader.track(VehicleKey(7), at(0), at(2_000), 10).unwrap(), [fix(7, 0)]);
    assert_eq!(reader.track(VehicleKey(9), at(0), at(9_000), 10).unwrap(), []);
}

pub fn cutting_changes_no_track(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    // Two hours, their border, a fix from far in the past, and what comes after the cut began.
    let taken = [-90_000_000, 0, 3_599_999, 3_600_000, 5_000_000];
    commit(&mut open, 0, fixes(taken.into_iter().flat_map(|ms| (1..=20).map(move |vehicle| fix(vehicle, ms)))));
    let before: Vec<_> = (1..=20).map(|vehicle| track(&open, vehicle)).collect();
    assert_eq!(before[0].len(), taken.len());
    let _more = open.writer.cut_tracks(0).unwrap();
    let halfway: Vec<_> = (1..=20).map(|vehicle| track(&open, vehicle)).collect();
    assert_eq!(halfway, before);
    commit(&mut open, 1, fixes([fix(1, 6_000_000), fix(20, 3_000)]));
    cut(&mut open);
    assert_eq!(track(&open, 1), [before[0].clone(), vec![fix(1, 6_000_000)]].concat());
    let mut expected = before[19].clone();
    expected.insert(2, fix(20, 3_000));
    assert_eq!(track(&open, 20), expected);
    for vehicle in 2..=19 {
        assert_eq!(track(&open, vehicle), before[vehicle as usize - 1]);
    }
    cut(&mut open);
    assert_eq!(track(&open, 20), expected);
}

pub fn a_restart_changes_no_track(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    commit(&mut open, 0, fixes((1..=5).flat_map(|vehicle| [fix(vehicle, 0), fix(vehicle, 4_000_000)])));
    let _more = open.writer.cut_tracks(0).unwrap();
    commit(&mut open, 1, fixes([fix(1, 2_000), fix(5, 2_000)]));
    let before: Vec<_> = (1..=5).map(|vehicle| track(&open, vehicle)).collect();
    for _ in 0..3 {
        drop(open);
        open = site.open();
        let after: Vec<_> = (1..=5).map(|vehicle| track(&open, vehicle)).collect();
        assert_eq!(after, before);
        let _more = open.writer.cut_tracks(0).unwrap();
    }
    cut(&mut open);
    drop(open);
    let open = site.open();
    let after: Vec<_> = (1..=5).map(|vehicle| track(&open, vehicle)).collect();
    assert_eq!(after, before);
}

pub fn an_exact_duplicate_is_reported_once(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut elsewhere = fix(7, 0);
    elsewhere.position.lat_e7 += 1;
    elsewhere.source = Source::Http;
    let mut again = fix(7, 0);
    again.received_at = at(9_000_000);
    commit(&mut open, 0, fixes([fix(7, 0), elsewhere, again]));
    assert_eq!(track(&open, 7), [elsewhere, fix(7, 0)], "by source within one instant");
    cut(&mut open);
    commit(&mut open, 1, fixes([fix(7, 0)]));
    assert_eq!(track(&open, 7), [elsewhere, fix(7, 0)]);
}

pub fn a_track_is_limited_from_its_beginning(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let all: Vec<Fix> = (0..50).map(|n| fix(7, n * 600_000)).collect();
    commit(&mut open, 0, fixes(all[..30].iter().copied()));
    cut(&mut open);
    commit(&mut open, 1, fixes(all[30..].iter().copied()));
    let reader = open.reader();
    for limit in [1, 6, 7, 29, 31, 50, 60] {
        let read = reader.track(VehicleKey(7), UnixMs::MIN, UnixMs::MAX, limit).unwrap();
        assert_eq!(read, all[..limit.min(50)], "limit {limit}");
    }
}
