//! Facts for the tests, short to write.

use super::Open;
use cordon_data::feature::{Collection, Draft, StoredFeature, no_wholes, prepare};
use cordon_data::store::{AuditLine, Batch};
use cordon_spatial::alarm::{Alarm, AlarmBody, AlarmEvents, AlarmLines};
use cordon_spatial::event::{
    Certainty, Event, EventCore, EventFacts, EventKind, EventStatus, Evidence, FixRef, PathReading, RuleRef, Subject,
    Thresholds,
};
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{
    AlarmId, EventId, FeatureId, FeatureKey, JournalPosition, Revision, RuleId, Seq, VehicleKey, ZoneKey,
};
use cordon_spatial::position::Position;
use cordon_spatial::record::{Edit, Edited, Record, RecordBody};
use cordon_spatial::units::{DeciKph, UnixMs};
use cordon_spatial::watch::Checkpoint;
use serde_json::{Value, json};

/// 2026-11-23T00:00:00Z.
pub const DAY: i64 = 1_795_392_000_000;

pub fn at(ms: i64) -> UnixMs {
    UnixMs(DAY + ms)
}

pub fn fix(vehicle: u32, ms: i64) -> Fix {
    Fix {
        vehicle: VehicleKey(vehicle),
        fixed_at: at(ms),
        received_at: at(ms + 700),
        position: Position { lon_e7: 1_214_737_021 + vehicle as i32, lat_e7: 312_304_160 + (ms / 1_000) as i32 },
        speed: Some(DeciKph(423)),
        heading_deg: Some(271),
        accuracy_dm: None,
        altitude_m: Some(-4),
        status_bits: 3,
        alarm_bits: 0,
        acc_on: Some(true),
        source: Source::Jt808,
        marks: Marks::BLIND_AREA,
    }
}

/// Commits records at one journal time, numbered after the head.
pub fn commit(open: &mut Open, ms: i64, bodies: Vec<RecordBody>) -> Vec<Record> {
    commit_with(open, ms, bodies, &[], &[], &[])
}

pub fn commit_with(
    open: &mut Open,
    ms: i64,
    bodies: Vec<RecordBody>,
    events: &[Event],
    alarms: &[Alarm],
    features: &[StoredFeature],
) -> Vec<Record> {
    let records = numbered(open, ms, bodies);
    open.writer
        .commit(&Batch { at: at(ms), records: &records, events, alarms, features, audit: &[], checkpoints: &[] })
        .unwrap();
    records
}

/// Commits records with checkpoints.
pub fn keep_checkpoints(open: &mut Open, ms: i64, bodies: Vec<RecordBody>, checkpoints: &[Checkpoint]) -> Vec<Record> {
    let records = numbered(open, ms, bodies);
    let batch =
        Batch { at: at(ms), records: &records, events: &[], alarms: &[], features: &[], audit: &[], checkpoints };
    open.writer.commit(&batch).unwrap();
    records
}

/// Commits an edit; answers what was kept.
pub fn keep_edit(open: &mut Open, ms: i64, edit: (StoredFeature, RecordBody)) -> StoredFeature {
    commit_with(open, ms, vec![edit.1], &[], &[], std::slice::from_ref(&edit.0));
    edit.0
}

/// A vehicle's checkpoint; those of two versions differ.
pub fn checkpoint(vehicle: u32, ms: i64, version: u64) -> Checkpoint {
    let state = json!({"map_version": version, "quiet": {"steady_from": 0, "settles_at": 0, "calm": true}, "suspects": [], "inside": [],
        "visits": [], "absences": []});
    serde_json::from_value(json!({"vehicle": vehicle, "at": at(ms).0, "zones": [], "state": state})).unwrap()
}

pub fn numbered(open: &Open, ms: i64, bodies: Vec<RecordBody>) -> Vec<Record> {
    let first = open.writer.head().position.0 + 1;
    (first..).map(JournalPosition).zip(bodies).map(|(position, body)| Record { position, at: at(ms), body }).collect()
}

pub fn fixes(all: impl IntoIterator<Item = Fix>) -> Vec<RecordBody> {
    all.into_iter().map(RecordBody::Fix).collect()
}

pub fn event(id: u128, seq: u64, ms: i64) -> Event {
    Event {
        core: EventCore::new(
            EventFacts {
                id: EventId(id),
                kind: EventKind::Enter,
                subject: Subject::Vehicle(VehicleKey(7)),
                zone: Some((ZoneKey(3), Revision(1))),
                rule: Some(RuleRef {
                    id: RuleId::new("r1").unwrap(),
                    revision: Revision(1),
                    priority: 2,
                    on_delay_s: 0,
                    off_delay_s: 0,
                }),
                at: at(ms),
                visit_at: at(ms),
                position: Some(fix(7, ms).position),
                certainty: Certainty::Certain,
                evidence: Evidence {
                    before: None,
                    after: Some(FixRef {
                        fixed_at: at(ms),
                        position: fix(7, ms).position,
                        speed: None,
                        marks: Marks::DRIFT,
                    }),
                    path: PathReading::Straight,
                    thresholds: Thresholds::default(),
                    ..Evidence::default()
                },
            },
            None,
        ),
        seq: Seq(seq),
        detected_at: at(ms + 700),
        status: EventStatus::Provisional,
        late: false,
        alarm: Some(AlarmId(id + 1)),
    }
}

pub fn alarm(id: u128, seq: u64, ms: i64) -> Alarm {
    let body = AlarmBody {
        id: AlarmId(id),
        priority: 2,
        kind: EventKind::Enter,
        subject: Subject::Vehicle(VehicleKey(7)),
        zone: Some(ZoneKey(3)),
        rule: Some(RuleId::new("r1").unwrap()),
        late: false,
        raised_at: at(ms),
        visit_at: at(ms),
        returned_at: None,
        acknowledged: None,
        shelved: None,
        suppressed_by: None,
        closed_at: None,
        result: None,
        events: AlarmEvents::from_slice(&[EventId(1)]),
        history: AlarmLines::new(),
    };
    Alarm { seq: Seq(seq), body: body.into() }
}

pub fn id(text: &str) -> FeatureId {
    FeatureId::new(text).unwrap()
}

/// A square zone of about a kilometre with one rule, at `lon`, 31.2.
pub fn zone_json(name: &str, lon: f64) -> Value {
    let (west, east, south, north) = (lon, lon + 0.01, 31.2, 31.21);
    json!({
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[
            [west, south], [east, south], [east, north], [west, north], [west, south]]]},
        "properties": {"name": name, "kind": "hazard", "level": "red", "rules": [{"when": "enter", "priority": 1}]}
    })
}

pub fn vehicle_json(plate: &str) -> Value {
    json!({"type": "Feature", "geometry": null, "properties": {"plate": plate, "class": "hazmat", "tags": ["tank"]}})
}

/// A pass for the vehicle "truck", which has the key 2.
pub fn pass_json(to: &str) -> Value {
    let properties = json!({"kind": "pass", "subject": "truck", "from": "2026-11-23T08:00:00+08:00", "to": to});
    json!({"type": "Feature", "geometry": null, "properties": properties})
}

/// The next revision of a feature and the record of its edit, stamped with the journal time.
pub fn edit(
    collection: Collection,
    name: &str,
    key: u32,
    ms: i64,
    feature: &Value,
    previous: Option<&StoredFeature>,
) -> (StoredFeature, RecordBody) {
    let find = |collection, id: &FeatureId| match (collection, id.as_str()) {
        (Collection::Vehicles, "truck") => Some(FeatureKey(2)),
        _ => None,
    };
    let prepared =
        prepare(&Draft { collection, id: &id(name), feature, previous, find: &find, wholes: &no_wholes }).unwrap();
    let (feature, now) = prepared.under(FeatureKey(key), "anna");
    stamped(feature, now, ms)
}

/// The deletion of a feature.
pub fn deletion(previous: &StoredFeature, ms: i64) -> (StoredFeature, RecordBody) {
    let (feature, now) = cordon_data::feature::deletion(previous, "anna");
    stamped(feature, now, ms)
}

fn stamped(mut feature: StoredFeature, now: Edited, ms: i64) -> (StoredFeature, RecordBody) {
    feature.at = at(ms);
    let edit = Edit { key: feature.key, revision: feature.revision, now };
    (feature, RecordBody::Edit(edit))
}

pub fn audit(action: &str) -> AuditLine {
    AuditLine { at: at(0), who: "anna".to_owned(), action: action.to_owned(), detail: json!({"note": "测试"}) }
}
