//! The same is selected whatever the store: by box, time and filter, forth and back.

use super::given::{commit_with, edit};
use super::{Open, Site, Sites};
use cordon_data::crs::Crs;
use cordon_data::feature::{Collection, StoredFeature};
use cordon_data::filter::{Filter, Interval, Language};
use cordon_data::selection::{self, Page, Place, Selection};
use cordon_data::store::StoreError;
use cordon_spatial::ids::FeatureKey;
use serde_json::{Value, json};

const GATES: Collection = Collection::Gates;

/// Gates `g1` to `g25` from west to east, each second one for hazmat; `g7` is a wall around an empty middle.
fn gates(sites: &Sites<'_>) -> (Open, Box<dyn Site>) {
    let site = sites();
    let mut open = site.open();
    for n in 1..=25_u32 {
        let lon = 121.0 + f64::from(n) / 100.0;
        let geometry = match n {
            7 => json!({"type": "LineString", "coordinates": [[120.0, 29.0], [122.0, 29.0], [122.0, 31.0]]}),
            25 => Value::Null,
            _ => json!({"type": "Point", "coordinates": [lon, 30.0]}),
        };
        let kind = if n % 2 == 0 { "hazmat" } else { "people" };
        let gate = json!({"type": "Feature", "geometry": geometry, "properties": {"kind": kind, "lanes": n,
            "valid_from": format!("2026-01-{n:02}T00:00:00Z"), "valid_to": format!("2026-01-{n:02}T12:00:00Z")}});
        let (feature, record) = edit(GATES, &format!("g{n}"), n, i64::from(n), &gate, None);
        commit_with(&mut open, i64::from(n), vec![record], &[], &[], &[feature]);
    }
    (open, site)
}

fn shown(feature: &StoredFeature) -> Result<Value, StoreError> {
    Ok(serde_json::from_str(feature.body.as_deref().unwrap_or_default()).unwrap())
}

fn page(open: &Open, wanted: &Selection, place: Place, limit: usize) -> Page {
    selection::page(open.reader().as_ref(), wanted, place, limit, &shown).unwrap()
}

fn ids(page: &Page) -> Vec<String> {
    page.features.iter().map(|selected| selected.feature.id.to_string()).collect()
}

fn filtered(text: &str) -> Selection {
    let filter = Filter::parse(text, Language::Text, Crs::Crs84).unwrap();
    Selection { filter: Some(filter), ..Selection::all(GATES) }
}

pub fn pages_go_forth_and_back(sites: &Sites<'_>) {
    let (open, _site) = gates(sites);
    for (wanted, expected) in [(Selection::all(GATES), 25), (filtered("kind = 'hazmat'"), 12)] {
        let (mut forth, mut place) = (Vec::new(), Place::After(None));
        let mut last = loop {
            let page = page(&open, &wanted, place, 5);
            assert_eq!(page.matched, Some(expected));
            assert_eq!(page.previous.is_some(), !forth.is_empty());
            forth.push(ids(&page));
            match page.next {
                Some(next) => place = Place::After(Some(next)),
                None => break page.previous,
            }
        };
        assert_eq!(forth.iter().flatten().count() as u64, expected);
        let mut back = vec![forth.last().unwrap().clone()];
        while let Some(key) = last {
            let page = page(&open, &wanted, Place::Before(key), 5);
            assert!(page.next.is_some());
            back.insert(0, ids(&page));
            last = page.previous;
        }
        assert_eq!(back, forth);
    }
    let exact = page(&open, &Selection::all(GATES), Place::After(None), 25);
    assert_eq!((exact.features.len(), exact.next), (25, None), "a full page that is the last says so");
}

pub fn a_filter_finds_what_it_says(sites: &Sites<'_>) {
    let (open, _site) = gates(sites);
    let found = |text: &str| ids(&page(&open, &filtered(text), Place::After(None), 100));
    assert_eq!(found("lanes < 3"), ["g1", "g2"]);
    assert_eq!(found("kind = 'hazmat' AND lanes BETWEEN 3 AND 6"), ["g4", "g6"]);
    assert_eq!(found("S_INTERSECTS(geometry, BBOX(121.005, 29.9, 121.025, 30.1))"), ["g1", "g2"]);
    assert_eq!(found("T_BEFORE(valid_to, DATE('2026-01-03'))"), ["g1", "g2"]);
    assert!(found("kind = ''' OR 1 = 1 --'").is_empty());
    let mut all = Vec::new();
    let wanted = filtered("lanes > 20");
    selection::each(open.reader().as_ref(), &wanted, &shown, |one| {
        all.push(one.feature.key);
        Ok::<(), StoreError>(())
    })
    .unwrap();
    assert_eq!(all, (21..=25).map(FeatureKey).collect::<Vec<_>>());
}

pub fn a_box_finds_geometries_and_not_their_boxes(sites: &Sites<'_>) {
    let (open, _site) = gates(sites);
    let within = |boxes: Vec<[f64; 4]>| {
        let page = page(&open, &Selection { boxes, ..Selection::all(GATES) }, Place::After(None), 100);
        (ids(&page), page.matched)
    };
    // The box of g7 holds all of it, but no part of the line comes here.
    assert_eq!(within(vec![[121.005, 29.9, 121.025, 30.1]]), (vec!["g1".into(), "g2".into()], Some(2)));
    assert_eq!(within(vec![[121.9, 28.9, 122.1, 29.1]]), (vec!["g7".into()], Some(1)));
    assert_eq!(within(vec![[120.9, 28.9, 121.0, 29.1]]), (vec!["g7".into()], Some(1)), "a way through the box counts");
    assert_eq!(within(vec![[170.0, -1.0, 180.0, 1.0], [-180.0, -1.0, -170.0, 1.0]]), (vec![], Some(0)));
    assert_eq!(within(vec![[121.005, 29.9, 121.015, 30.1], [121.235, 29.9, 121.245, 30.1]]).0, ["g1", "g24"]);
}

pub fn a_time_finds_what_holds_then(sites: &Sites<'_>) {
    let (open, _site) = gates(sites);
    let found = |text: &str| {
        let time = Interval::parse_span(text);
        assert!(time.is_some(), "{text}");
        ids(&page(&open, &Selection { time, ..Selection::all(GATES) }, Place::After(None), 100))
    };
    assert_eq!(found("2026-01-03"), ["g3"]);
    assert_eq!(found("2026-01-03T06:00:00Z"), ["g3"]);
    assert!(found("2026-01-03T18:00:00Z").is_empty());
    assert_eq!(found("2026-01-03T18:00:00Z/2026-01-05"), ["g4", "g5"]);
    assert_eq!(found("../2026-01-02"), ["g1", "g2"]);
    assert_eq!(found("2026-01-25/.."), ["g25"]);
    let among = Some(vec![FeatureKey(3), FeatureKey(4)]);
    let both = page(&open, &Selection { among, ..Selection::all(GATES) }, Place::After(Some(FeatureKey(3))), 100);
    assert_eq!((ids(&both), both.matched), (vec!["g4".into()], Some(2)));
}
