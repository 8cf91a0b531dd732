//! What a late fix is judged from is there as it was known at any place of the journal.

use super::given::{
    at, checkpoint, commit, commit_with, deletion, edit, event, fix, fixes, keep_checkpoints, keep_edit, vehicle_json,
    zone_json,
};
use super::{Open, Sites};
use cordon_data::feature::Collection;
use cordon_data::store::{PastFixes, ReplacedZone};
use cordon_spatial::event::{EventCore, Subject};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, Seq, VehicleKey, ZoneKey};
use cordon_spatial::onemap::Term;
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

fn history(open: &Open, from_ms: i64, as_of: u64) -> PastFixes {
    open.reader().history(VehicleKey(7), at(from_ms), JournalPosition(as_of)).unwrap()
}

fn head(open: &Open) -> u64 {
    open.writer.head().position.0
}

fn cut(open: &mut Open) {
    while open.writer.cut_tracks(0).unwrap() {}
}

pub fn a_history_begins_at_the_newest_checkpoint_before_it(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    commit(&mut open, 0, fixes([fix(7, -10 * MINUTE), fix(8, 0)]));
    let kept = [checkpoint(7, 0, 1), checkpoint(7, HOUR, 2), checkpoint(8, HOUR, 3)];
    keep_checkpoints(&mut open, HOUR, fixes([fix(7, 10 * MINUTE), fix(7, HOUR), fix(7, HOUR + MINUTE)]), &kept);
    for restarted in [false, true] {
        if restarted {
            drop(open);
            open = site.open();
        }
        let all = head(&open);
        let stripped = |ms| Fix { marks: Marks::BLIND_AREA, ..fix(7, ms) };
        let late = history(&open, HOUR - 1, all);
        assert_eq!(late.checkpoint, Some(checkpoint(7, 0, 1)));
        assert_eq!(late.fixes, [10 * MINUTE, HOUR, HOUR + MINUTE].map(stripped));
        let later = history(&open, HOUR, all);
        assert_eq!(later.checkpoint, Some(checkpoint(7, HOUR, 2)));
        assert_eq!(later.fixes, [HOUR, HOUR + MINUTE].map(stripped));
        let before_all = history(&open, -HOUR, all);
        assert_eq!(before_all.checkpoint, None);
        assert_eq!(before_all.fixes.len(), 4, "without a checkpoint all there is");
    }
    assert_eq!(open.reader().history(VehicleKey(9), at(0), JournalPosition(9)).unwrap(), PastFixes::default());
}

pub fn a_history_is_what_was_known_at_its_place(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    keep_checkpoints(&mut open, 0, fixes([fix(7, 0), fix(8, 0)]), &[checkpoint(7, 0, 1)]);
    let first = head(&open);
    let late = fixes([fix(7, MINUTE), fix(7, -MINUTE)]);
    keep_checkpoints(&mut open, MINUTE, late, &[checkpoint(7, 0, 2), checkpoint(7, -HOUR, 3)]);
    let second = head(&open);
    for _ in 0..2 {
        let known = history(&open, 0, first);
        assert_eq!((known.checkpoint, known.fixes.len()), (Some(checkpoint(7, 0, 1)), 1));
        assert_eq!(history(&open, -1, first).checkpoint, None, "it was not kept yet");
        let known = history(&open, 0, second - 1);
        assert_eq!((known.checkpoint, known.fixes.len()), (Some(checkpoint(7, 0, 1)), 2), "in the middle of a batch");
        let known = history(&open, 0, second);
        assert_eq!((known.checkpoint, known.fixes.len()), (Some(checkpoint(7, 0, 2)), 2));
        let known = history(&open, -1, second);
        assert_eq!((known.checkpoint, known.fixes.len()), (Some(checkpoint(7, -HOUR, 3)), 3));
        // The same from the tracks: each piece knows the place of every fix.
        cut(&mut open);
    }
}

pub fn a_history_has_each_fix_once_and_as_the_gateway_gave_it(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let marked = |ms, marks| Fix { marks, ..fix(7, ms) };
    let engine = Marks::TELEPORT | Marks::DRIFT | Marks::SAME_INSTANT | Marks::CLOCK_AHEAD | Marks::AFTER_GAP;
    let told = [
        marked(0, Marks::GATEWAY),
        marked(1_000, engine | Marks::AWAITS_HISTORY | Marks::NO_FIX),
        marked(2_000, Marks::TOO_LATE),
    ];
    commit(&mut open, 0, fixes(told));
    let again = Fix { received_at: at(HOUR), ..marked(1_000, Marks::empty()) };
    commit(&mut open, HOUR, fixes([again]));
    for _ in 0..2 {
        let known = history(&open, 0, head(&open));
        assert_eq!(known.fixes, [marked(0, Marks::GATEWAY), marked(1_000, Marks::NO_FIX)]);
        cut(&mut open);
        commit(&mut open, HOUR, fixes([again]));
    }
}

pub fn a_history_is_read_while_it_is_cut(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let taken = (0..30).map(|n| n * 10 * MINUTE);
    commit(&mut open, 0, fixes(taken.clone().flat_map(|ms| (1..=20).map(move |vehicle| fix(vehicle, ms)))));
    let expected: Vec<Fix> = taken.map(|ms| fix(7, ms)).collect();
    loop {
        assert_eq!(history(&open, 0, head(&open)).fixes, expected);
        if !open.writer.cut_tracks(0).unwrap() {
            break;
        }
    }
    assert_eq!(history(&open, 0, head(&open)).fixes, expected);
}

pub fn checkpoints_are_pruned_when_nothing_can_ask_for_them(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let tick = || vec![RecordBody::Tick];
    for (version, hours) in [(1, [1, 2, 3].as_slice()), (2, &[2, 3, 4]), (3, &[3])] {
        let kept: Vec<_> = hours.iter().flat_map(|h| [7, 8].map(|v| checkpoint(v, h * HOUR, version))).collect();
        keep_checkpoints(&mut open, version as i64, tick(), &kept);
    }
    let version = |open: &Open, hour: i64, as_of: u64| history(open, hour * HOUR, as_of).checkpoint;
    let asked = |open: &Open| {
        let ask = |hour: i64| (1..=3).map(move |as_of| (hour, as_of));
        (1..=4).flat_map(ask).map(|(hour, as_of)| version(open, hour, as_of)).collect::<Vec<_>>()
    };
    let prune = |open: &mut Open, hour: i64, position: u64| {
        let mut slices = 1;
        while open.writer.prune_checkpoints(at(hour * HOUR), JournalPosition(position), 0).unwrap() {
            slices += 1;
        }
        slices
    };
    let before = asked(&open);
    assert_eq!(prune(&mut open, 1, 0), 3, "a vehicle a slice, and one that finds no more");
    assert_eq!(asked(&open), before, "nothing is old, nothing was replaced before the start");

    prune(&mut open, 1, 2);
    assert_eq!(version(&open, 2, 1), Some(checkpoint(7, HOUR, 1)), "what was replaced by then cannot be asked for");
    assert_eq!(version(&open, 2, 2), Some(checkpoint(7, 2 * HOUR, 2)));
    assert_eq!(version(&open, 3, 2), Some(checkpoint(7, 3 * HOUR, 2)), "replaced after that place");
    assert_eq!(version(&open, 3, 3), Some(checkpoint(7, 3 * HOUR, 3)));

    prune(&mut open, 3, 2);
    assert_eq!(version(&open, 2, 3), None, "before the newest old one");
    assert_eq!(version(&open, 3, 2), Some(checkpoint(7, 3 * HOUR, 2)), "the newest old one stays");
    assert_eq!(version(&open, 4, 3), Some(checkpoint(7, 4 * HOUR, 2)));
    drop(open);
    let mut open = site.open();
    prune(&mut open, 100, 3);
    assert_eq!(version(&open, 3, 3), None);
    assert_eq!(version(&open, 50, 3), Some(checkpoint(7, 4 * HOUR, 2)), "however long ago it was");
}

pub fn revisions_are_found_with_their_terms(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let zone = |name: &str, key, ms, previous: Option<&_>| {
        edit(Collection::Zones, name, key, ms, &zone_json(&format!("{name} {ms}"), 121.0), previous)
    };
    let first = keep_edit(&mut open, 10, zone("a", 1, 10, None));
    let second = keep_edit(&mut open, 20, zone("a", 1, 20, Some(&first)));
    let other = keep_edit(&mut open, 30, zone("b", 2, 30, None));
    let third = keep_edit(&mut open, 40, zone("a", 1, 40, Some(&second)));
    keep_edit(&mut open, 50, deletion(&other, 50));
    let plain = keep_edit(&mut open, 60, edit(Collection::Vehicles, "v", 3, 60, &vehicle_json("one"), None));
    let plain2 = keep_edit(&mut open, 70, edit(Collection::Vehicles, "v", 3, 70, &vehicle_json("two"), Some(&plain)));
    let gone = keep_edit(&mut open, 80, deletion(&plain2, 80));

    let reader = open.reader();
    let replaced = |since, upto| reader.replaced_zones(at(since), at(upto)).unwrap();
    let term = |from: Option<i64>, recorded: i64, to| Term {
        from: from.map_or(UnixMs::MIN, at),
        to: at(to),
        recorded_at: at(recorded),
        first: from.is_none(),
    };
    let of = |key, revision, term| ReplacedZone { key: FeatureKey(key), revision: Revision(revision), term };
    let all = [of(1, 1, term(None, 10, 20)), of(1, 2, term(Some(20), 20, 40)), of(2, 1, term(None, 30, 50))];
    assert_eq!(replaced(0, 100), all);
    assert_eq!(replaced(20, 49), all[1..2], "after the one, up to the other");
    assert_eq!(replaced(19, 40), all[..2]);
    let read = reader.feature_revision(FeatureKey(1), Revision(2)).unwrap();
    assert_eq!(read, Some(second.clone()));

    let revisions = |key, since, upto| reader.revisions(FeatureKey(key), at(since), at(upto)).unwrap();
    assert_eq!(revisions(3, 0, 100), [plain.clone(), plain2.clone(), gone.clone()], "the first though it came later");
    assert_eq!(revisions(3, 70, 100), [plain2.clone(), gone], "from the one in force");
    assert_eq!(revisions(3, 69, 79), [plain, plain2]);
    assert_eq!(revisions(1, 45, 100), [third]);
    assert_eq!(revisions(9, 0, 100), []);
}

pub fn a_vehicles_events_are_found_by_when_they_held(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let changed = |n: u64, change: &dyn Fn(&mut EventCore)| {
        let mut event = event(n.into(), n, 0);
        change(&mut event.core);
        event
    };
    let holding = changed(1, &|_| {});
    let ended = changed(2, &|core| core.ended_at = Some(at(MINUTE)));
    let others = changed(3, &|core| core.facts_mut().subject = Subject::Vehicle(VehicleKey(8)));
    let zones = changed(4, &|core| core.facts_mut().subject = Subject::Zone(ZoneKey(7)));
    let all = [holding.clone(), ended.clone(), others, zones];
    commit_with(&mut open, 0, vec![RecordBody::Tick], &all, &[], &[]);
    let found = |open: &Open, since| open.reader().events_held(VehicleKey(7), at(since)).unwrap();
    assert_eq!(found(&open, MINUTE), all[..2]);
    assert_eq!(found(&open, MINUTE + 1), all[..1]);
    let mut ended_later = holding;
    ended_later.seq = Seq(5);
    ended_later.core.ended_at = Some(at(2 * MINUTE));
    commit_with(&mut open, 1, vec![RecordBody::Tick], std::slice::from_ref(&ended_later), &[], &[]);
    assert_eq!(found(&open, MINUTE), [ended, ended_later]);
    assert_eq!(found(&open, 3 * MINUTE), []);
}
