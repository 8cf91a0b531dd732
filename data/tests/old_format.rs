//! What earlier versions of Cordon wrote is read for ever. The bytes and bodies here were written by them: they are never
//! changed, only added to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use cordon_data::codec::batch::{self, Kept};
use cordon_data::codec::{derived, frame};
use cordon_data::feature::{Collection, Derived, DerivedExemption, StoredFeature, edited, zone_of};
use cordon_spatial::ids::{FeatureId, FeatureKey, Revision, VehicleKey};
use cordon_spatial::position::Position;
use cordon_spatial::record::Edited;
use cordon_spatial::units::{DeciKph, UnixMs};
use cordon_spatial::zone::{Rule, RuleWhen};

/// The second revision of a zone, from before rules had windows, exemptions and delays.
const ZONE_BODY: &str = r#"{"geometry":{"coordinates":[[[121.0,31.0],[121.01,31.0],[121.01,31.01],[121.0,31.01],[121.0,31.0]],[[121.004,31.004],[121.004,31.002],[121.002,31.002],[121.004,31.004]]],"type":"Polygon"},"id":"tanks-1","properties":{"kind":"restricted","level":"red","name":"储罐区","rules":[{"except":{"tags":["escort"]},"exempt":[],"id":"r1","on_delay_s":0,"priority":3,"subjects":{"classes":["hazmat"]},"when":"enter"},{"id":"slow","limit_kph":40,"priority":1,"when":"speed"},{"id":"stay","limit_s":600,"priority":3,"when":"dwell"}],"valid_from":"2026-01-01T00:00:00+08:00"},"type":"Feature"}"#;
/// The frame of what was derived from it.
const ZONE_DERIVED: &str = "0100c09e170e5b000000010204808af9810980e6d1a702c0a485820980e6d1a702c0a4858209c080dea702808af98109c080dea70203c0c2fb8109c09ed4a70280fbfd8109c09ed4a70280fbfd810980d7d6a702030272310104736c6f7702047374617901";
/// What was kept as an exemption before there were any: nothing of it was checked.
const PASS_BODY: &str = r#"{"geometry":{"coordinates":[121.0,31.0],"type":"Point"},"id":"p1","properties":{"holder":"anybody","kind":"pass"},"type":"Feature"}"#;
/// The frame of a journal batch: a start, an edit of each of both, a tick.
const BATCH: &str = "0100436ebe7a0d00000003040101020301000009020a01";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn stored(collection: Collection, key: u32, revision: u32, body: &str, derived: Option<Derived>) -> StoredFeature {
    StoredFeature {
        key: FeatureKey(key),
        collection,
        id: FeatureId::new("tanks-1").unwrap(),
        revision: Revision(revision),
        at: UnixMs(0),
        who: "anna".to_owned(),
        body: Some(body.to_owned()),
        derived,
    }
}

#[test]
fn a_zone_from_before_windows_and_exemptions_is_the_same_zone() {
    let plain = frame::open(&bytes(ZONE_DERIVED)).unwrap();
    let derived = derived::decode(Collection::Zones, &plain).unwrap();
    assert_eq!(derived::encode(&derived), plain, "it is written as it was");
    let zone = zone_of(&stored(Collection::Zones, 9, 2, ZONE_BODY, Some(derived))).unwrap();
    assert_eq!((zone.revision, zone.valid_from), (Revision(2), Some(UnixMs(1_767_196_800_000))));
    let vertices = |lon_lat: &[(i32, i32)]| -> Vec<Position> {
        lon_lat.iter().map(|&(lon_e7, lat_e7)| Position { lon_e7, lat_e7 }).collect()
    };
    let shell = [
        (1_210_000_000, 310_000_000),
        (1_210_100_000, 310_000_000),
        (1_210_100_000, 310_100_000),
        (1_210_000_000, 310_100_000),
    ];
    let hole = [(1_210_020_000, 310_020_000), (1_210_040_000, 310_020_000), (1_210_040_000, 310_040_000)];
    assert_eq!(zone.ground.parts, [vec![vertices(&shell), vertices(&hole)]]);
    let rules: Vec<_> = zone.rules.iter().map(|rule| (rule.id.as_str(), rule.revision.0, rule.when)).collect();
    let (slow, stay) = (RuleWhen::Speed { limit: DeciKph(400) }, RuleWhen::Dwell { limit_s: 600 });
    assert_eq!(rules, [("r1", 1, RuleWhen::Enter), ("slow", 2, slow), ("stay", 1, stay)]);
    assert_eq!(zone.rules[0].except.tags, ["escort"]);
    assert!(zone.schedule.is_always());
    let plain =
        |rule: &Rule| rule.window.is_none() && rule.exempt.is_empty() && rule.on_delay_s + rule.off_delay_s == 0;
    assert!(zone.rules.iter().all(plain));
}

#[test]
fn anything_that_was_kept_as_an_exemption_is_still_read_and_grants_nothing() {
    let kept = stored(Collection::Exemptions, 10, 1, PASS_BODY, None);
    assert_eq!(edited(&kept).unwrap(), Edited::Other);
}

#[test]
fn a_journal_batch_with_edits_is_read() {
    let records = batch::decode(&frame::open(&bytes(BATCH)).unwrap()).unwrap();
    let edit = |key, revision| Kept::Edit(FeatureKey(key), Revision(revision));
    assert_eq!(records, [Kept::Start(None), edit(9, 2), edit(10, 1), Kept::Tick]);
}

#[test]
fn the_keys_of_an_exemption_have_a_layout_number() {
    let keys = Derived::Exemption(DerivedExemption { vehicle: Some(VehicleKey(300)), zone: None });
    let plain = derived::encode(&keys);
    assert_eq!(plain, [1, 1, 0xac, 2, 0]);
    assert_eq!(derived::decode(Collection::Exemptions, &plain), Ok(keys));
    for damaged in [&[][..], &[2, 1, 0xac, 2, 0], &[1, 1, 0xac], &[1, 1, 0xac, 2, 0, 0]] {
        assert!(derived::decode(Collection::Exemptions, damaged).is_err(), "{damaged:?}");
    }
    assert!(derived::decode(Collection::Gates, &plain).is_err());
}

#[test]
fn an_id_is_kept_as_its_text() {
    let id = FeatureId::new("tanks-1").unwrap();
    assert_eq!(postcard::to_stdvec(&id).unwrap(), b"\x07tanks-1");
    assert_eq!(postcard::from_bytes::<FeatureId>(b"\x07tanks-1").unwrap(), id);
    assert_eq!(serde_json::to_string(&id).unwrap(), r#""tanks-1""#);
    assert_eq!(serde_json::from_str::<FeatureId>(r#""tanks-1""#).unwrap(), id);
    assert!(serde_json::from_str::<FeatureId>(r#""a b""#).is_err());
}
