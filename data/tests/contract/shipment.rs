//! What one store hands on, another one has: batch by batch, or everything at once.

use super::given::{
    alarm, at, checkpoint, commit_with, deletion, edit, event, fix, fixes, keep_checkpoints, keep_edit, vehicle_json,
    zone_json,
};
use super::{Open, Sites};
use cordon_data::feature::Collection;
use cordon_data::shipment::{Kind, Mark, copy, inventory};
use cordon_data::store::{AuditLine, Role, StoreError, Terminal, Token, User};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{JournalPosition, VehicleKey};
use cordon_spatial::record::RecordBody;
use cordon_spatial::units::UnixMs;

/// The embedded store, as the one at the other end.
fn embedded(folder: &std::path::Path) -> Open {
    let (writer, readers) = cordon_data::sqlite::open(folder).unwrap();
    Open { writer: Box::new(writer), readers: Box::new(readers) }
}

fn line(action: &str) -> AuditLine {
    super::given::audit(action)
}

/// A little of everything.
fn live(open: &mut Open, from: i64) {
    let ms = from * 1_000;
    let key = from as u32 * 10;
    let first =
        keep_edit(open, ms, edit(Collection::Zones, &format!("z{from}"), key, ms, &zone_json("北", 121.4), None));
    let name = format!("t{from}");
    let truck = edit(Collection::Vehicles, &name, key + 1, ms + 1, &vehicle_json("浙B12345"), None);
    let truck = keep_edit(open, ms + 1, truck);
    let seq = open.writer.head().seq.0;
    let (id, raised) = (u128::from(seq) + 1, [alarm(u128::from(seq) + 2, seq + 2, ms)]);
    let bodies = fixes([fix(7, ms), fix(8, ms), fix(7, ms)]);
    commit_with(open, ms + 2, bodies, &[event(id, seq + 1, ms)], &raised, &[]);
    let mut ended = event(id, seq + 3, ms);
    ended.core.ended_at = Some(at(ms + 3));
    commit_with(open, ms + 3, fixes([fix(7, ms - 5_000_000)]), &[ended], &[], &[]);
    keep_checkpoints(open, ms + 4, vec![RecordBody::Tick], &[checkpoint(7, 0, from as u64)]);
    keep_edit(open, ms + 5, deletion(&truck, ms + 5));
    keep_edit(
        open,
        ms + 6,
        edit(Collection::Zones, &format!("z{from}"), key, ms + 6, &zone_json("北二", 121.5), Some(&first)),
    );
    let user = User {
        name: format!("anna{from}"),
        role: Role::Commander,
        password_hash: "hash".to_owned(),
        created_at: at(ms),
        last_seen_at: None,
    };
    open.writer.add_user(&user, &line("user.add")).unwrap();
    let token = Token {
        hash: [from as u8; 32],
        name: format!("gate{from}"),
        role: Role::Device,
        created_at: at(ms),
        last_used_at: None,
    };
    open.writer.add_token(&token, &line("token.add")).unwrap();
    let terminal = Terminal {
        phone: format!("1390000{from}"),
        vehicle: Some(VehicleKey(7)),
        code_hash: None,
        plate: Some("浙B12345".to_owned()),
        plate_colour: Some(2),
        model: None,
        first_seen_at: at(ms),
    };
    open.writer.put_terminal(&terminal, &line("terminal.register")).unwrap();
}

/// Hands on all that is new, `records` at a time, until nothing is; how many shipments that took.
fn hand_on(from: &Open, to: &mut Open, records: usize) -> usize {
    let mut shipments = 0;
    loop {
        let mark = to.reader().mark().unwrap();
        let shipment = from.reader().after(&mark, records).unwrap();
        if shipment.is_empty() {
            return shipments;
        }
        to.writer.take_in(&shipment).unwrap();
        shipments += 1;
    }
}

fn track(open: &Open) -> Vec<Fix> {
    open.reader().track(VehicleKey(7), UnixMs::MIN, UnixMs::MAX, 100).unwrap()
}

/// Both hold the same, and the one that took it in goes on where the other is.
fn assert_same(one: &Open, other: &Open) {
    let (mine, theirs) = (inventory(one.reader().as_ref()).unwrap(), inventory(other.reader().as_ref()).unwrap());
    assert_eq!(mine, theirs);
    assert!(mine.iter().any(|(kind, tally)| *kind == Kind::Fixes && tally.count > 3));
    assert_eq!(one.writer.head(), other.writer.head());
    assert_eq!(one.reader().mark().unwrap(), other.reader().mark().unwrap());
    assert_eq!(track(one), track(other));
    let held = |open: &Open| open.reader().history(VehicleKey(7), at(3_600_000), JournalPosition(u64::MAX)).unwrap();
    assert_eq!(held(one), held(other));
}

fn each_way(sites: &Sites<'_>, work: impl Fn(&mut Open, &mut Open)) {
    let (site, folder) = (sites(), tempfile::tempdir().unwrap());
    work(&mut embedded(folder.path()), &mut site.open());
    let (site, folder) = (sites(), tempfile::tempdir().unwrap());
    work(&mut site.open(), &mut embedded(folder.path()));
}

pub fn what_is_handed_on_is_there_once_however_it_is_cut(sites: &Sites<'_>) {
    each_way(sites, |from, to| {
        assert_eq!(hand_on(from, to, 100), 0, "nothing to hand on");
        live(from, 1);
        assert!(hand_on(from, to, 1) >= 7, "a batch at a time");
        assert_same(from, to);
        live(from, 2);
        live(from, 3);
        while from.writer.cut_tracks(0).unwrap() {}
        hand_on(from, to, 1_000_000);
        assert_same(from, to);
        let again = from.reader().after(&Mark::default(), 10).unwrap();
        assert!(matches!(to.writer.take_in(&again), Err(StoreError::Failed(_))), "what was taken in does not follow");
        assert_same(from, to);
    });
}

pub fn a_shipment_holds_the_changes_of_its_batches_and_no_later_ones(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    for (n, ms) in [(1, 0), (2, 1_000), (3, 2_000)] {
        commit_with(&mut open, ms, fixes([fix(7, ms)]), &[event(n.into(), n, ms)], &[], &[]);
    }
    let mark = Mark::default();
    let first = open.reader().after(&mark, 1).unwrap();
    assert_eq!(first.events, [event(1, 1, 0)]);
    assert_eq!(first.journal.len(), 1);
    assert_eq!(first.fixes, [(JournalPosition(1), fix(7, 0))]);
    let two = open.reader().after(&mark, 2).unwrap();
    assert_eq!(two.events, [event(1, 1, 0), event(2, 2, 1_000)]);
}

pub fn a_copy_holds_what_the_journal_forgot_too(sites: &Sites<'_>) {
    each_way(sites, |from, to| {
        live(from, 1);
        live(from, 2);
        while from.writer.cut_tracks(0).unwrap() {}
        let forget = cordon_data::store::Forget {
            journal_before: UnixMs::MAX,
            journal_upto: JournalPosition(6),
            tracks_before: UnixMs::MIN,
            alarms_before: UnixMs::MIN,
        };
        while from.writer.forget(&forget, 0).unwrap() {}
        live(from, 3);
        let mut told = Vec::new();
        let reader = to.reader();
        copy(from.reader().as_ref(), to.writer.as_mut(), reader.as_ref(), |kind, count| told.push((kind, count)))
            .unwrap();
        assert_same(from, to);
        let fixes: u64 = told.iter().filter(|(kind, _)| *kind == Kind::Fixes).map(|(_, count)| count).sum();
        assert_eq!(fixes, 12);
        live(from, 4);
        hand_on(from, to, 1_000);
        assert_same(from, to);
        let refused = copy(from.reader().as_ref(), to.writer.as_mut(), reader.as_ref(), |_, _| {});
        assert!(matches!(refused, Err(StoreError::Exists { .. })));
    });
}
