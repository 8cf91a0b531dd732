//! Every revision of a feature is kept; ids are never reused.

use super::given::{at, commit_with, deletion, edit, id, pass_json, vehicle_json, zone_json};
use super::{Open, Sites};
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::store::{Batch, Deleted, FeatureQuery, StoreError};
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision};
use cordon_spatial::record::{Edited, RecordBody};
use serde_json::Value;

fn keep(open: &mut Open, ms: i64, edit: (StoredFeature, RecordBody)) -> StoredFeature {
    let (feature, record) = edit;
    commit_with(open, ms, vec![record], &[], &[], std::slice::from_ref(&feature));
    feature
}

fn listed(open: &Open, collection: Collection, bbox: Option<[f64; 4]>) -> Vec<String> {
    let query = FeatureQuery { collection, bbox, after: None, limit: 100 };
    let found = open.reader().features(&query).unwrap();
    found.iter().map(|feature| feature.id.to_string()).collect()
}

pub fn every_revision_is_kept_and_the_newest_is_current(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let first = keep(&mut open, 1, edit(Collection::Zones, "north", 3, 1, &zone_json("North", 121.4), None));
    let second = keep(&mut open, 2, edit(Collection::Zones, "north", 3, 2, &zone_json("Nord", 121.4), Some(&first)));
    assert_eq!(open.writer.head().last_key, 3);
    drop(open);
    let mut open = site.open();
    assert_eq!(open.writer.head().last_key, 3);
    let reader = open.reader();
    assert_eq!(reader.feature(Collection::Zones, &id("north")).unwrap(), Some(second.clone()));
    assert_eq!(reader.feature(Collection::Gates, &id("north")).unwrap(), None);
    assert_eq!(reader.feature_by_key(FeatureKey(3)).unwrap(), Some(second.clone()));
    assert_eq!(reader.feature_revision(FeatureKey(3), Revision(1)).unwrap(), Some(first.clone()));
    assert_eq!(reader.feature_revision(FeatureKey(3), Revision(3)).unwrap(), None);

    let gone = keep(&mut open, 3, deletion(&second, 3));
    let reader = open.reader();
    assert_eq!(reader.feature(Collection::Zones, &id("north")).unwrap(), None);
    assert_eq!(reader.feature_by_key(FeatureKey(3)).unwrap(), Some(gone.clone()));
    let before = |revision, limit| reader.revisions_before(FeatureKey(3), revision, limit).unwrap();
    assert_eq!(before(None, 10), [gone.clone(), second.clone(), first.clone()]);
    assert_eq!(before(None, 1), [gone]);
    assert_eq!(before(Some(Revision(3)), 1), [second]);
    assert_eq!(before(Some(Revision(1)), 10), []);
    assert_eq!(reader.feature_revision(FeatureKey(3), Revision(1)).unwrap(), Some(first));
    assert_eq!(reader.count(Collection::Zones).unwrap(), 0);
    assert!(listed(&open, Collection::Zones, None).is_empty());
}

pub fn what_was_deleted_is_listed_until_it_comes_back(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let made: Vec<StoredFeature> = [("a", 1), ("b", 2), ("c", 3)]
        .map(|(id, key)| {
            keep(&mut open, key, edit(Collection::Zones, id, key as u32, key, &zone_json(id, 121.4), None))
        })
        .into();
    let gate = keep(&mut open, 4, edit(Collection::Vehicles, "t", 4, 4, &vehicle_json("A"), None));
    // The last two at one moment.
    for (feature, ms) in [(&made[1], 10), (&made[0], 20), (&made[2], 20), (&gate, 30)] {
        keep(&mut open, ms, deletion(feature, ms));
    }
    let reader = open.reader();
    let page = |after, limit| reader.deleted(Collection::Zones, after, limit).unwrap();
    let ids = |page: &[Deleted]| page.iter().map(|gone| gone.last.id.to_string()).collect::<Vec<_>>();
    let all = page(None, 10);
    assert_eq!(ids(&all), ["c", "a", "b"]);
    assert_eq!((&all[1].last, all[1].revision, all[1].at), (&made[0], Revision(2), at(20)));
    assert!(!all[1].who.is_empty());
    assert_eq!(ids(&page(None, 1)), ["c"]);
    assert_eq!(ids(&page(Some((all[0].at, all[0].last.key)), 10)), ["a", "b"]);
    assert_eq!(ids(&page(Some((all[2].at, all[2].last.key)), 10)), Vec::<String>::new());

    let before = StoredFeature { revision: Revision(2), ..made[0].clone() };
    let back = keep(&mut open, 40, edit(Collection::Zones, "a", 1, 40, &zone_json("a", 121.4), Some(&before)));
    let reader = open.reader();
    assert_eq!(back.revision, Revision(3));
    assert_eq!(reader.feature(Collection::Zones, &id("a")).unwrap(), Some(back));
    assert_eq!(ids(&reader.deleted(Collection::Zones, None, 10).unwrap()), ["c", "b"]);
    assert_eq!(listed(&open, Collection::Zones, Some([121.0, 30.0, 122.0, 32.0])), ["a"]);
}

pub fn an_edit_and_its_audit_line_are_kept_together_or_not_at_all(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let (feature, record) = edit(Collection::Vehicles, "truck", 1, 1, &vehicle_json("A"), None);
    let records = super::given::numbered(&open, 1, vec![record]);
    let line = super::given::audit("feature.create");
    let (at_1, features) = (at(1), [feature]);
    let (events, alarms) = (&[], &[]);
    let batch = Batch {
        at: at_1,
        records: &records,
        events,
        alarms,
        features: &features,
        audit: std::slice::from_ref(&line),
        checkpoints: &[],
    };
    open.writer.commit(&batch).unwrap();
    assert_eq!(open.reader().audit(0, 10).unwrap(), [(1, line.clone())]);

    // The id is taken: nothing of the second batch is kept, so nobody is said to have done it.
    let (feature, record) = edit(Collection::Vehicles, "truck", 2, 2, &vehicle_json("B"), None);
    let records = super::given::numbered(&open, 2, vec![record]);
    let (refused, features) = (super::given::audit("feature.refused"), [feature]);
    let batch = Batch {
        at: at(2),
        records: &records,
        events,
        alarms,
        features: &features,
        audit: std::slice::from_ref(&refused),
        checkpoints: &[],
    };
    assert!(matches!(open.writer.commit(&batch), Err(StoreError::Exists { .. })));
    open.writer.audit(&super::given::audit("after")).unwrap();
    drop(open);
    let reader = site.open().reader();
    let lines = reader.audit(0, 10).unwrap();
    assert_eq!(lines.iter().map(|(_, line)| line.action.as_str()).collect::<Vec<_>>(), ["feature.create", "after"]);
    assert_eq!(reader.audit(lines[0].0, 10).unwrap(), lines[1..]);
    assert_eq!(reader.audit(0, 1).unwrap(), lines[..1]);
}

pub fn an_id_is_never_free_again(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    assert!(!open.reader().id_was_used(Collection::Vehicles, &id("truck")).unwrap());
    let truck = keep(&mut open, 1, edit(Collection::Vehicles, "truck", 1, 1, &vehicle_json("浙B12345"), None));
    keep(&mut open, 2, deletion(&truck, 2));
    assert!(open.reader().id_was_used(Collection::Vehicles, &id("truck")).unwrap());
    assert!(!open.reader().id_was_used(Collection::Zones, &id("truck")).unwrap());
}

pub fn a_second_feature_under_an_id_is_refused_whole(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    keep(&mut open, 1, edit(Collection::Vehicles, "truck", 1, 1, &vehicle_json("A"), None));
    let head = open.writer.head();
    for key in [1, 2] {
        let (feature, record) = edit(Collection::Vehicles, "truck", key, 2, &vehicle_json("B"), None);
        let records = super::given::numbered(&open, 2, vec![record]);
        let batch = Batch {
            at: at(2),
            records: &records,
            events: &[],
            alarms: &[],
            features: &[feature],
            audit: &[],
            checkpoints: &[],
        };
        assert!(matches!(open.writer.commit(&batch), Err(StoreError::Exists { .. })), "key {key}");
        assert_eq!(open.reader().head().unwrap(), head);
    }
}

pub fn a_box_finds_what_touches_it(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    for (key, name, lon) in [(1, "west", 121.40), (2, "middle", 121.45), (3, "east", 121.50)] {
        keep(&mut open, 1, edit(Collection::Zones, name, key, 1, &zone_json(name, lon), None));
    }
    let gate: Value = serde_json::json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [121.455, 31.205]},
        "properties": {"name": "Gate 1"}});
    keep(&mut open, 2, edit(Collection::Gates, "gate", 4, 2, &gate, None));
    assert_eq!(listed(&open, Collection::Zones, None), ["west", "middle", "east"]);
    assert_eq!(listed(&open, Collection::Zones, Some([121.44, 31.0, 121.452, 32.0])), ["middle"]);
    assert_eq!(listed(&open, Collection::Zones, Some([121.41, 31.0, 121.45, 32.0])), ["west", "middle"]);
    assert!(listed(&open, Collection::Zones, Some([121.4, 31.22, 121.6, 32.0])).is_empty());
    assert_eq!(listed(&open, Collection::Gates, Some([121.4, 31.2, 121.6, 31.3])), ["gate"]);
    assert!(listed(&open, Collection::Gates, Some([121.4, 31.2, 121.45, 31.3])).is_empty());
    let second = FeatureQuery { collection: Collection::Zones, bbox: None, after: Some(FeatureKey(1)), limit: 1 };
    assert_eq!(open.reader().features(&second).unwrap()[0].id, id("middle"));
    assert_eq!(open.reader().count(Collection::Zones).unwrap(), 3);
}

fn counted(open: &Open, collection: Collection, bbox: [f64; 4], most: usize) -> u64 {
    open.reader().count_within(collection, bbox, most).unwrap()
}

pub fn a_box_finds_a_feature_where_it_is_and_not_where_it_was(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let (here, there) = ([121.39, 31.0, 121.43, 32.0], [122.39, 31.0, 122.43, 32.0]);
    let first = keep(&mut open, 1, edit(Collection::Zones, "z", 1, 1, &zone_json("Z", 121.4), None));
    assert_eq!(
        (listed(&open, Collection::Zones, Some(here)), counted(&open, Collection::Zones, here, 10)),
        (vec!["z".to_owned()], 1)
    );
    let moved = keep(&mut open, 2, edit(Collection::Zones, "z", 1, 2, &zone_json("Z", 122.4), Some(&first)));
    assert_eq!(counted(&open, Collection::Zones, here, 10), 0);
    assert_eq!(listed(&open, Collection::Zones, Some(there)), ["z"]);
    keep(&mut open, 3, deletion(&moved, 3));
    assert_eq!(
        (listed(&open, Collection::Zones, Some(there)), counted(&open, Collection::Zones, there, 10)),
        (vec![], 0)
    );
}

pub fn a_crowded_box_is_paged_like_any_other(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let gate = |number: u32| {
        let place = [121.0 + f64::from(number % 100) / 1e3, 31.0 + f64::from(number / 100) / 1e3];
        serde_json::json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": {"name": "G"}})
    };
    let edits: Vec<_> =
        (1..=10_100).map(|key| edit(Collection::Gates, &format!("g{key}"), key, 1, &gate(key), None)).collect();
    let (features, records): (Vec<_>, Vec<_>) = edits.into_iter().unzip();
    commit_with(&mut open, 1, records, &[], &[], &features);
    // All of them, the western half, and a few.
    for (bbox, expected) in [
        ([120.0, 30.0, 122.0, 32.0], 10_100),
        ([120.0, 30.0, 121.0495, 32.0], 5_050),
        ([121.0, 31.0, 121.0015, 31.0015], 4 - 1),
    ] {
        let reader = open.reader();
        let mut found = Vec::new();
        let mut query = FeatureQuery { collection: Collection::Gates, bbox: Some(bbox), after: None, limit: 1_000 };
        loop {
            let page = reader.features(&query).unwrap();
            let Some(last) = page.last() else { break };
            query.after = Some(last.key);
            found.extend(page.iter().map(|feature| feature.key.0));
        }
        assert_eq!((found.len(), found.is_sorted()), (expected, true), "{bbox:?}");
        assert_eq!(counted(&open, Collection::Gates, bbox, 20_000), expected as u64);
        assert_eq!(counted(&open, Collection::Gates, bbox, 2), 2);
        assert_eq!(counted(&open, Collection::Zones, bbox, 20_000), 0);
    }
}

pub fn an_edit_in_the_journal_is_what_was_entered(sites: &Sites<'_>) {
    let site = sites();
    let mut open = site.open();
    let mut entered = Vec::new();
    let mut previous: Option<StoredFeature> = None;
    for (ms, feature) in [(1, zone_json("North", 121.4)), (2, zone_json("Nord", 121.4)), (3, zone_json("Nord", 121.5))]
    {
        let (feature, record) = edit(Collection::Zones, "north", 1, ms, &feature, previous.as_ref());
        entered.push(record.clone());
        previous = Some(keep(&mut open, ms, (feature, record)));
    }
    let (gone, record) = deletion(previous.as_ref().unwrap(), 4);
    entered.push(record.clone());
    keep(&mut open, 4, (gone, record));
    let (truck, record) = edit(Collection::Vehicles, "truck", 2, 5, &vehicle_json("浙B12345"), None);
    entered.push(record.clone());
    keep(&mut open, 5, (truck, record));
    let mut pass: Option<StoredFeature> = None;
    for (ms, to) in [(6, "2026-11-24T08:00:00+08:00"), (7, "2026-11-23T12:00:00+08:00")] {
        let (next, record) = edit(Collection::Exemptions, "p-1", 3, ms, &pass_json(to), pass.as_ref());
        assert!(matches!(&record, RecordBody::Edit(edit) if matches!(edit.now, Edited::Exemption(_))));
        entered.push(record.clone());
        pass = Some(keep(&mut open, ms, (next, record)));
    }
    assert_eq!(open.reader().feature(Collection::Exemptions, &id("p-1")).unwrap(), pass);
    let (gone, record) = deletion(pass.as_ref().unwrap(), 8);
    entered.push(record.clone());
    keep(&mut open, 8, (gone, record));
    drop(open);
    let batches = site.open().reader().journal(JournalPosition(1), 100).unwrap();
    let read: Vec<RecordBody> = batches.into_iter().flat_map(|(_, records)| records).map(|r| r.body).collect();
    assert_eq!(read, entered);
}
