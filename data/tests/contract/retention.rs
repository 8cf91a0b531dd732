//! What is old is forgotten, what is needed is not.

use super::given::{alarm, at, commit, commit_with, event, fix, fixes};
use super::{Open, Sites};
use cordon_data::store::{AlarmQuery, EventQuery, Forget};
use cordon_spatial::ids::{AlarmId, JournalPosition, VehicleKey};
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;

/// Forgets nothing.
const NOTHING: Forget = Forget {
    journal_before: UnixMs::MIN,
    journal_upto: JournalPosition(0),
    tracks_before: UnixMs::MIN,
    alarms_before: UnixMs::MIN,
};

fn forget(open: &mut Open, what: Forget) {
    while open.writer.forget(&what, 0).unwrap() {}
}

fn cut(open: &mut Open) {
    while open.writer.cut_tracks(0).unwrap() {}
}

/// Where the journal begins.
fn begins(open: &Open) -> u64 {
    open.reader().journal(JournalPosition(1), 1).unwrap()[0].1[0].position.0
}

fn track(open: &Open) -> Vec<i64> {
    let track = open.reader().track(VehicleKey(7), UnixMs::MIN, UnixMs::MAX, 1_000).unwrap();
    track.iter().map(|fix| (fix.fixed_at - at(0)).0).collect()
}

pub fn the_old_journal_goes_but_nothing_that_is_needed(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    for n in 0..20 {
        commit(&mut open, n * 1_000, fixes([fix(7, n * 1_000), fix(8, n * 1_000)]));
    }
    let whole = track(&open);
    let all = Forget { journal_before: UnixMs::MAX, journal_upto: JournalPosition(u64::MAX), ..NOTHING };
    cut(&mut open);
    forget(&mut open, Forget { journal_upto: JournalPosition(6), ..all });
    assert_eq!(begins(&open), 7, "up to the older snapshot");
    forget(&mut open, Forget { journal_upto: JournalPosition(11), ..all });
    assert_eq!(begins(&open), 11, "a batch that the snapshot ends in stays whole");
    forget(&mut open, Forget { journal_before: at(8_000), ..all });
    assert_eq!(begins(&open), 17, "up to the time");
    let head = open.writer.head();
    forget(&mut open, all);
    assert_eq!(begins(&open), 39, "the newest batch stays");
    drop(open);
    let mut open = site.open();
    assert_eq!(open.writer.head(), head);
    assert_eq!(track(&open), whole);
    commit(&mut open, 30_000, fixes([fix(7, 30_000)]));
    assert_eq!(open.writer.head().position.0, 41);
}

pub fn old_tracks_go_by_when_they_were_received(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut late = fix(7, 0);
    late.received_at = at(50_000_700);
    let mut first = fix(7, 1_000);
    first.received_at = at(1_700);
    for (ms, fix) in [(1_000, first), (10_000_000, fix(7, 10_000_000)), (50_000_000, late)] {
        commit(&mut open, ms, fixes([fix]));
        cut(&mut open);
    }
    forget(&mut open, Forget { tracks_before: at(1_700), ..NOTHING });
    assert_eq!(track(&open), [0, 1_000, 10_000_000]);
    forget(&mut open, Forget { tracks_before: at(20_000_000), ..NOTHING });
    assert_eq!(track(&open), [0], "a late fix is as old as its arrival");
    forget(&mut open, Forget { tracks_before: UnixMs::MAX, ..NOTHING });
    assert!(track(&open).is_empty());
}

pub fn old_alarms_go_when_they_are_closed_and_their_events_with_them(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    // An event n belongs to the alarm n + 1.
    let closed = |id: u128, seq: u64, ms: i64| {
        let mut alarm = alarm(id, seq, 0);
        alarm.body.body_mut().closed_at = Some(at(ms));
        alarm
    };
    let mut alone = event(50, 6, 0);
    alone.alarm = None;
    let events = [event(1, 1, 0), event(11, 2, 0), event(21, 3, 0), alone, event(60, 8, 90_000)];
    let alarms = [alarm(2, 4, 0), closed(12, 5, 1_000), closed(22, 7, 60_000)];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &events, &alarms, &[]);
    forget(&mut open, Forget { alarms_before: at(30_000), ..NOTHING });
    let reader = open.reader();
    let left = reader.alarms(&AlarmQuery { limit: 10, ..AlarmQuery::default() }).unwrap();
    assert_eq!(left.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [AlarmId(2), AlarmId(22)], "open, or young");
    let left = reader.events(&EventQuery { limit: 10, ..EventQuery::default() }).unwrap();
    assert_eq!(left.iter().map(|event| event.core.id.0).collect::<Vec<_>>(), [1, 21, 60], "theirs, or young");
    let head = open.writer.head();
    forget(&mut open, Forget { alarms_before: UnixMs::MAX, ..NOTHING });
    drop((reader, open));
    assert_eq!(site.open().writer.head(), head, "the newest change stays");
}
