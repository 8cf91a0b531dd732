//! What each collection holds, as figures: how many, where, changed when and by whom, and what is wanting in it.
//!
//! Fed by every commit like the finder, so that the data catalogue asks no store: a few figures a feature in memory, and an
//! answer costs one pass over them. What is wanting is counted and never refused: a check that costs a
//! person the edit at three in the morning stands with the entry, if at all.

use super::said::Said;
use cordon_data::feature::{Collection, Extent, StoredFeature, references};
use cordon_data::filter::Interval;
use cordon_spatial::ids::FeatureId;
use cordon_spatial::units::UnixMs;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use utoipa::ToSchema;

/// Ids that a finding shows.
const EXAMPLES: usize = 5;

/// What may be wanting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It has no geometry where its collection is drawn.
    NoGeometry,
    /// It has no name where people look for it by name.
    NoName,
    /// Neither it nor its dataset says where it comes from.
    NoSource,
    /// It, or a licence or certificate in it, has run out.
    Expired,
    /// It holds from a later time on.
    NotYetValid,
    /// It names a feature that does not exist.
    DanglingReference,
    /// It belongs into a park, and its box meets none's.
    OutsidePark,
}

/// What is wanting in a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub check: Check,
    /// In how many features.
    pub count: u64,
    /// The keys of the first of them.
    pub examples: Vec<u32>,
}

/// A collection's figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many features it has.
    pub count: u64,
    /// The kinds of geometry that these have.
    pub kinds: Vec<&'static str>,
    /// The box around all of them: west, south, east, north, degrees.
    pub bbox: Option<[f64; 4]>,
    /// When one was last made, changed or deleted, and by whom.
    pub changed: Option<(UnixMs, String)>,
    /// What is wanting; nothing that no feature wants.
    pub findings: Vec<Finding>,
}

/// Whether a feature exists.
pub type Exists<'a> = dyn Fn(Collection, &FeatureId) -> bool + 'a;

/// The figures' sources. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Inventory {
    held: Arc<RwLock<BTreeMap<Collection, Held>>>,
}

/// Of one collection.
#[derive(Default)]
struct Held {
    facts: BTreeMap<u32, Facts>,
    /// What features name, for those that name anything.
    named: BTreeMap<u32, Box<[(Collection, FeatureId)]>>,
    changed: Option<(UnixMs, String)>,
}

/// Of one feature.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Facts {
    bbox: Option<[f64; 4]>,
    /// Bits of [`Extent::KINDS`].
    kinds: u8,
    has_name: bool,
    has_source: bool,
    /// From when it holds, and when the first of its ends comes.
    from: UnixMs,
    to: UnixMs,
}

impl Inventory {
    /// Takes a revision in; `said` is what [`Said::of`] reads in it.
    pub fn apply(&self, feature: &StoredFeature, said: Option<&Said>) {
        let read = said.map(|said| facts(feature, said));
        let mut held = self.held.write().expect("no holder panics");
        let held = held.entry(feature.collection).or_default();
        if held.changed.as_ref().is_none_or(|(at, _)| *at <= feature.at) {
            held.changed = Some((feature.at, feature.who.clone()));
        }
        let key = feature.key.0;
        held.named.remove(&key);
        match read {
            None => {
                held.facts.remove(&key);
            }
            Some((facts, named)) => {
                held.facts.insert(key, facts);
                if !named.is_empty() {
                    held.named.insert(key, named);
                }
            }
        }
    }

    /// What a feature names in its own collection.
    pub fn wholes(&self, collection: Collection, key: u32) -> Vec<FeatureId> {
        let held = self.held.read().expect("no holder panics");
        let named = held.get(&collection).and_then(|held| held.named.get(&key)).into_iter().flatten();
        named.filter(|(to, _)| *to == collection).map(|(_, id)| id.clone()).collect()
    }

    /// The figures of a collection at `now`. `sourced` says that its dataset tells where all of it comes from. Cost: one pass over
    /// its features' facts and what they name.
    pub fn figures(&self, collection: Collection, now: UnixMs, sourced: Sourced, exists: &Exists<'_>) -> Figures {
        let all = self.held.read().expect("no holder panics");
        let Some(held) = all.get(&collection) else { return Figures::default() };
        let parks = all.get(&Collection::Parks).into_iter().flat_map(|parks| parks.facts.values());
        let parks: Vec<[f64; 4]> = parks.filter_map(|park| park.bbox).collect();
        let mut findings = BTreeMap::<Check, Finding>::new();
        let mut note = |check: Check, key: u32| {
            let finding = findings.entry(check).or_insert(Finding { check, count: 0, examples: Vec::new() });
            finding.count += 1;
            if finding.examples.len() < EXAMPLES {
                finding.examples.push(key);
            }
        };
        let (mut kinds, mut bbox) = (0, None);
        for (&key, facts) in &held.facts {
            kinds |= facts.kinds;
            bbox = united(bbox, facts.bbox);
            let wanting = [
                (Check::NoGeometry, collection.is_drawn() && facts.bbox.is_none()),
                (Check::NoName, collection.is_named() && !facts.has_name),
                (Check::NoSource, sourced == Sourced::Apart && !facts.has_source),
                (Check::Expired, facts.to <= now),
                (Check::NotYetValid, facts.from > now),
                (Check::OutsidePark, collection.is_in_park() && is_outside(facts.bbox, &parks)),
            ];
            wanting.into_iter().filter(|(_, wants)| *wants).for_each(|(check, _)| note(check, key));
        }
        let dangles = |named: &[(Collection, FeatureId)]| named.iter().any(|(to, id)| !exists(*to, id));
        let dangling = held.named.iter().filter(|(_, named)| dangles(named));
        dangling.for_each(|(&key, _)| note(Check::DanglingReference, key));
        Figures {
            count: held.facts.len() as u64,
            kinds: Extent::KINDS
                .iter()
                .enumerate()
                .filter(|(bit, _)| kinds & (1 << bit) != 0)
                .map(|(_, name)| *name)
                .collect(),
            bbox,
            changed: held.changed.clone(),
            findings: findings.into_values().collect(),
        }
    }
}

/// Where it is said where features come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sourced {
    /// In the dataset, for all of them.
    Together,
    /// In each of them.
    Apart,
}

fn is_outside(bbox: Option<[f64; 4]>, parks: &[[f64; 4]]) -> bool {
    let Some([west, south, east, north]) = bbox else { return false };
    !parks.is_empty() && !parks.iter().any(|[w, s, e, n]| west <= *e && east >= *w && south <= *n && north >= *s)
}

fn united(all: Option<[f64; 4]>, one: Option<[f64; 4]>) -> Option<[f64; 4]> {
    let (Some(a), Some(b)) = (all, one) else { return all.or(one) };
    Some([a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

fn facts(feature: &StoredFeature, said: &Said) -> (Facts, Box<[(Collection, FeatureId)]>) {
    let Said { properties, extent } = said;
    let collection = feature.collection;
    let has = |name: &str| properties.get(name).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    let time = |name: &str| properties.get(name)?.as_str().and_then(Interval::parse);
    let (from, _) = collection.validity();
    let ends = collection.ends().iter().filter_map(|name| time(name)).map(|end| end.to);
    let named = references(collection, properties).into_iter();
    let named = named.filter_map(|reference| Some((reference.to, FeatureId::new(reference.id).ok()?)));
    let facts = Facts {
        bbox: extent.bbox,
        kinds: extent.kind.map_or(0, bit),
        has_name: has("name") || has("plate"),
        has_source: has("source"),
        from: time(from).map_or(UnixMs::MIN, |from| from.from),
        to: ends.min().unwrap_or(UnixMs::MAX),
    };
    (facts, named.collect())
}

fn bit(kind: &str) -> u8 {
    Extent::KINDS.iter().position(|known| *known == kind).map_or(0, |bit| 1 << bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::ids::{FeatureKey, Revision};
    use serde_json::json;

    fn feature(key: u32, collection: Collection, place: Option<[f64; 2]>, properties: Value) -> StoredFeature {
        let geometry = place.map_or(Value::Null, |at| json!({"type": "Point", "coordinates": at}));
        StoredFeature {
            key: FeatureKey(key),
            collection,
            id: FeatureId::new(format!("f{key}")).expect("an id"),
            revision: Revision(1),
            at: UnixMs(i64::from(key)),
            who: format!("person {key}"),
            body: Some(json!({"type": "Feature", "geometry": geometry, "properties": properties}).to_string()),
            derived: None,
        }
    }

    #[test]
    fn what_is_wanting_is_counted_and_shown_by_examples() {
        let inventory = Inventory::default();
        let take = |feature: &StoredFeature| inventory.apply(feature, Said::of(feature).as_ref());
        let sources = |key, place, properties| take(&feature(key, Collection::HazardSources, place, properties));
        take(&feature(1, Collection::Parks, Some([121.0, 30.0]), json!({"name": "园区"})));
        sources(2, Some([121.0, 30.0]), json!({"name": "罐区", "source": "2026 年评估", "plant": "here"}));
        sources(3, Some([122.0, 30.0]), json!({"name": "罐区", "source": " ", "plant": "nowhere"}));
        sources(4, None, json!({"source": "x"}));
        for key in 5..12 {
            sources(key, Some([121.0, 30.0]), json!({"name": "n", "source": "x", "valid_to": "1970-01-02"}));
        }
        sources(12, Some([121.0, 30.0]), json!({"name": "n", "source": "x", "valid_from": "2200-01-01T00:00:00Z"}));
        let now = UnixMs(2 * 86_400_000);
        let exists = |_: Collection, id: &FeatureId| id.as_str() == "here";
        let figures = inventory.figures(Collection::HazardSources, now, Sourced::Apart, &exists);
        assert_eq!((figures.count, figures.kinds.as_slice()), (11, &["Point"][..]));
        assert_eq!(
            (figures.bbox, figures.changed),
            (Some([121.0, 30.0, 122.0, 30.0]), Some((UnixMs(12), "person 12".to_owned())))
        );
        let found: Vec<(Check, u64, Vec<u32>)> =
            figures.findings.into_iter().map(|found| (found.check, found.count, found.examples)).collect();
        let expected = [
            (Check::NoGeometry, 1, vec![4]),
            (Check::NoName, 1, vec![4]),
            (Check::NoSource, 1, vec![3]),
            (Check::Expired, 7, vec![5, 6, 7, 8, 9]),
            (Check::NotYetValid, 1, vec![12]),
            (Check::DanglingReference, 1, vec![3]),
            (Check::OutsidePark, 1, vec![3]),
        ];
        assert_eq!(found, expected);
        let sourced = inventory.figures(Collection::HazardSources, now, Sourced::Together, &exists);
        assert!(sourced.findings.iter().all(|found| found.check != Check::NoSource), "the dataset says it for all");
        let day = inventory.figures(Collection::HazardSources, UnixMs(0), Sourced::Together, &exists);
        assert!(day.findings.iter().all(|found| found.check != Check::Expired), "the last day is over at its end");
    }

    #[test]
    fn a_deleted_feature_leaves_who_deleted_it() {
        let inventory = Inventory::default();
        let take = |feature: &StoredFeature| inventory.apply(feature, Said::of(feature).as_ref());
        take(&feature(1, Collection::Gates, Some([121.0, 30.0]), json!({"closed_area": "gone"})));
        let gone = StoredFeature { body: None, ..feature(1, Collection::Gates, None, json!({})) };
        take(&StoredFeature { at: UnixMs(9), who: "anna".to_owned(), ..gone });
        let figures = inventory.figures(Collection::Gates, UnixMs(10), Sourced::Apart, &|_, _| false);
        assert_eq!(figures, Figures { changed: Some((UnixMs(9), "anna".to_owned())), ..Figures::default() });
    }
}
