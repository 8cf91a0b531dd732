//! Finds features by what people call them: names in both languages, plate, company, kind, codes and id.
//!
//! Every living feature is a folded text of some dozens of bytes, and a question is one pass over them. The pass holds up no edit
//! for longer than one part of it takes, and ends when its time is over. It must never hold a secret (`device_id`), because whoever
//! sees the map may search; a phone is nobody's name either. The console folds and ranks in the same way
//! (`web/src/features/command/find`).
//!
//! Alternative: an FTS5 table of trigrams, which cannot answer for two characters, and most Chinese words have no more.

use super::said::Said;
use cordon_data::feature::{Collection, StoredFeature};
use cordon_spatial::ids::FeatureKey;
use memchr::memmem;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, RwLock};
use std::time::Instant;

/// Keys whose texts stand beside each other, so that a pass reads memory in its order.
const BLOCK: u32 = 1_024;
/// Blocks that are looked at between two looks at the clock, while nobody can edit.
const AT_ONCE: usize = 4;
/// What separates the lines of a text; folding leaves none of them in a line.
const LINE: char = '\n';

/// How well something fits, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is called exactly so.
    Exact,
    /// Its name begins so.
    NameBegins,
    /// Its name has it.
    NameHas,
    /// Something else that is said of it begins so.
    Begins,
    /// Something else that is said of it has it.
    Has,
    /// All words stand somewhere.
    Words,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Wanted {
    whole: String,
    words: Vec<String>,
}

/// What fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Of each collection the best, by how well they fit and then by key.
    pub keys: BTreeMap<Collection, Vec<FeatureKey>>,
    /// How many of each collection fit.
    pub totals: BTreeMap<Collection, u64>,
    /// Everything was looked at; else the time was over.
    pub complete: bool,
}

/// The texts of all living features. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Finder {
    blocks: Arc<RwLock<BTreeMap<u32, Block>>>,
}

/// The texts of some features.
#[derive(Default)]
struct Block {
    /// By key.
    rows: Vec<Row>,
    /// One after the other, each of lines between line breaks, names first.
    text: String,
}

/// Where a feature's text is.
struct Row {
    key: u32,
    collection: Collection,
    from: usize,
    /// Where its last name ends, from there.
    names_end: usize,
}

impl Wanted {
    /// What a person typed; `None` when nothing of it can be looked for.
    pub fn new(query: &str) -> Option<Wanted> {
        let apart = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | ';' | '；');
        let words: Vec<String> = query.split(apart).map(folded).filter(|word| !word.is_empty()).collect();
        let whole = words.concat();
        (!whole.is_empty()).then_some(Wanted { whole, words })
    }
}

impl Finder {
    /// Takes a revision in; one that deletes is found no more. `said` is what [`Said::of`] reads in it.
    pub fn apply(&self, feature: &StoredFeature, said: Option<&Said>) {
        let called = said.map(|said| called(feature.id.as_str(), &said.properties));
        let mut blocks = self.blocks.write().expect("no holder panics");
        let block = blocks.entry(feature.key.0 / BLOCK).or_default();
        block.put(feature.key.0, feature.collection, called);
    }

    /// What fits, at most `limit` of each of the `collections`; ends at `until`. Cost: the length of all texts. Blocks.
    pub fn find(&self, wanted: &Wanted, collections: &[Collection], limit: usize, until: Instant) -> Found {
        let search = Search::new(wanted);
        let mut best: BTreeMap<Collection, Vec<(Fit, FeatureKey)>> = BTreeMap::new();
        let mut found = Found { complete: true, ..Found::default() };
        let mut from = Bound::Unbounded;
        loop {
            let blocks = self.blocks.read().expect("no holder panics");
            let mut seen = 0;
            for (number, block) in blocks.range((from, Bound::Unbounded)).take(AT_ONCE) {
                (seen, from) = (seen + 1, Bound::Excluded(*number));
                search.in_block(block, |row, fit| {
                    if collections.contains(&row.collection) {
                        *found.totals.entry(row.collection).or_default() += 1;
                        note(best.entry(row.collection).or_default(), (fit, FeatureKey(row.key)), limit);
                    }
                });
            }
            drop(blocks);
            if seen < AT_ONCE {
                break;
            }
            if Instant::now() >= until {
                found.complete = false;
                break;
            }
        }
        let keys = |best: Vec<(Fit, FeatureKey)>| best.into_iter().map(|(_, key)| key).collect();
        found.keys = best.into_iter().map(|(collection, best)| (collection, keys(best))).collect();
        found
    }
}

/// Keeps the best `limit` in order. Keys come in order, so whoever fits as well stands behind.
fn note(best: &mut Vec<(Fit, FeatureKey)>, one: (Fit, FeatureKey), limit: usize) {
    if best.len() == limit && best.last().is_none_or(|worst| worst.0 <= one.0) {
        return;
    }
    best.insert(best.partition_point(|known| known.0 <= one.0), one);
    best.truncate(limit);
}

impl Block {
    /// Puts what a feature is called in its place, or takes it away.
    fn put(&mut self, key: u32, collection: Collection, called: Option<(String, usize)>) {
        let at = self.rows.partition_point(|row| row.key < key);
        if self.rows.get(at).is_some_and(|row| row.key == key) {
            let (from, end) = (self.rows[at].from, self.end(at));
            self.text.replace_range(from..end, "");
            self.rows.remove(at);
            self.rows[at..].iter_mut().for_each(|row| row.from -= end - from);
        }
        let Some((text, names_end)) = called else { return };
        let from = self.rows.get(at).map_or(self.text.len(), |row| row.from);
        self.text.insert_str(from, &text);
        self.rows[at..].iter_mut().for_each(|row| row.from += text.len());
        self.rows.insert(at, Row { key, collection, from, names_end });
    }

    /// Where the text of a row ends.
    fn end(&self, index: usize) -> usize {
        self.rows.get(index + 1).map_or(self.text.len(), |row| row.from)
    }

    /// Every row that has something in it, once, with where it stands first; no line break is looked for, so that nothing
    /// stands in two rows.
    fn rows_with(&self, piece: &memmem::Finder<'_>, mut each: impl FnMut(usize, usize)) {
        let mut from = 0;
        while let Some(hit) = piece.find(&self.text.as_bytes()[from..]) {
            let hit = from + hit;
            let index = self.rows.partition_point(|row| row.from <= hit) - 1;
            each(index, hit);
            from = self.end(index);
        }
    }
}

/// A question, made ready for many blocks.
struct Search<'a> {
    wanted: &'a Wanted,
    whole: memmem::Finder<'a>,
    /// The longest of several words: whoever has all has it.
    longest: Option<memmem::Finder<'a>>,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a Wanted) -> Search<'a> {
        let longest = wanted.words.iter().max_by_key(|word| word.len()).filter(|_| wanted.words.len() > 1);
        let whole = memmem::Finder::new(wanted.whole.as_bytes());
        Search { wanted, whole, longest: longest.map(|word| memmem::Finder::new(word.as_bytes())) }
    }

    /// Calls `each` with every row that fits; those that fit equally by key.
    fn in_block(&self, block: &Block, mut each: impl FnMut(&Row, Fit)) {
        let text = block.text.as_bytes();
        block.rows_with(&self.whole, |index, hit| {
            let row = &block.rows[index];
            let begins = text[hit - 1] == LINE as u8;
            let ends = text[hit + self.wanted.whole.len()] == LINE as u8;
            let named = hit < row.from + row.names_end;
            let fit = match (named, begins) {
                (true, true) if ends => Fit::Exact,
                (true, true) => Fit::NameBegins,
                (true, false) => Fit::NameHas,
                (false, true) => Fit::Begins,
                (false, false) => Fit::Has,
            };
            each(row, fit);
        });
        let Some(longest) = &self.longest else { return };
        block.rows_with(longest, |index, _| {
            let row = &block.rows[index];
            let text = &block.text[row.from..block.end(index)];
            let all = self.wanted.words.iter().all(|word| text.contains(word.as_str()));
            if all && !text.contains(&self.wanted.whole) {
                each(row, Fit::Words);
            }
        });
    }
}

/// The beginnings of properties by which people call a thing, beside its names.
const CALLED: [&str; 12] = [
    "name",
    "alias",
    "short_name",
    "ref",
    "code",
    "number",
    "address",
    "company",
    "operator",
    "substance",
    "cas",
    "un",
];
/// Those that are names.
const NAMES: [&str; 3] = ["name", "name_en", "plate"];
/// Words of the API that say what a thing is.
const SORTS: [&str; 3] = ["kind", "class", "level"];

/// The text of a feature, and where its last name ends.
fn called(id: &str, properties: &Map<String, Value>) -> (String, usize) {
    let mut text = String::from(LINE);
    let names = NAMES.into_iter().filter_map(|name| properties.get(name));
    names.for_each(|value| add(&mut text, value));
    let names_end = text.len();
    push(&mut text, id);
    let sorts = SORTS.into_iter().filter_map(|name| properties.get(name));
    sorts.for_each(|value| add(&mut text, value));
    let others = properties.iter().filter(|(name, _)| !NAMES.contains(&name.as_str()) && is_called_by(name));
    others.for_each(|(_, value)| add(&mut text, value));
    (text, names_end)
}

/// Whether people call a thing by this property.
fn is_called_by(name: &str) -> bool {
    let rest =
        |called: &&str| name.strip_prefix(*called).is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', ':']));
    CALLED.iter().any(rest)
}

fn add(text: &mut String, value: &Value) {
    match value {
        Value::String(said) => push(text, said),
        Value::Number(number) => push(text, &number.to_string()),
        _ => {}
    }
}

fn push(text: &mut String, said: &str) {
    let line = folded(said);
    if !line.is_empty() {
        text.push_str(&line);
        text.push(LINE);
    }
}

/// A text as it is compared: without case, spaces, dashes, dots and brackets, with full-width letters made plain.
fn folded(text: &str) -> String {
    const SEPARATORS: &str = "·•・∙⋅.,，、。()（）[]【】「」『』《》\"'“”‘’_/\\–—-;；";
    text.chars()
        .map(|letter| match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
            _ => letter,
        })
        .filter(|letter| !letter.is_whitespace() && !letter.is_control() && !SEPARATORS.contains(*letter))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_spatial::ids::{FeatureId, Revision};
    use cordon_spatial::units::UnixMs;
    use serde_json::json;
    use std::time::Duration;

    fn feature(key: u32, collection: Collection, id: &str, properties: Value) -> StoredFeature {
        StoredFeature {
            key: FeatureKey(key),
            collection,
            id: FeatureId::new(id).expect("a good id"),
            revision: Revision(1),
            at: UnixMs(0),
            who: "test".to_owned(),
            body: Some(json!({"type": "Feature", "geometry": null, "properties": properties}).to_string()),
            derived: None,
        }
    }

    fn take(finder: &Finder, feature: &StoredFeature) {
        finder.apply(feature, Said::of(feature).as_ref());
    }

    fn park() -> Finder {
        let finder = Finder::default();
        let all = [
            feature(
                1,
                Collection::Vehicles,
                "truck-07",
                json!({"plate": "浙A·D1234", "company": "宁波化运", "class": "hazmat", "device_id": "s3cret", "terminal_phone": "13800000001"}),
            ),
            feature(2, Collection::Vehicles, "truck-08", json!({"plate": "浙A·D1243", "company": "宁波化运"})),
            feature(3, Collection::Gates, "gate-s", json!({"name": "南门卡口", "name_en": "South gate"})),
            feature(4, Collection::Gates, "gate-n", json!({"name": "北门卡口", "name_en": "North gate"})),
            feature(5, Collection::Zones, "tank-a", json!({"name": "液氨罐区", "kind": "hazard", "level": "red"})),
            feature(6, Collection::Zones, "z-6", json!({"name": "罐区南", "kind": "no_stop"})),
            feature(
                7,
                Collection::HazardSources,
                "t-201",
                json!({"name": "储罐", "substance_cas": "7664-41-7", "un": 1005}),
            ),
            feature(8, Collection::Roads, "fire-lane-1", json!({})),
        ];
        all.iter().for_each(|feature| take(&finder, feature));
        finder
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn keys(finder: &Finder, query: &str) -> Vec<u32> {
        let Some(wanted) = Wanted::new(query) else { return Vec::new() };
        let found = finder.find(&wanted, Collection::ALL, 10, later());
        found.keys.values().flatten().map(|key| key.0).collect()
    }

    #[test]
    fn what_people_type_finds_what_they_mean() {
        let finder = park();
        let cases: [(&str, &[u32]); 22] = [
            ("浙A·D1234", &[1]),
            ("浙a d1234", &[1]),
            ("浙Ａ－Ｄ１２３４", &[1]),
            ("d12", &[1, 2]),
            ("宁波 1243", &[2]),
            ("hazmat", &[1]),
            ("South Gate", &[3]),
            ("gate", &[3, 4]),
            ("门卡", &[3, 4]),
            ("罐区", &[6, 5]),
            ("罐", &[6, 5, 7]),
            ("no_stop", &[6]),
            ("red", &[5]),
            ("7664-41-7", &[7]),
            ("1005", &[7]),
            ("fire-lane-1", &[8]),
            ("truck-07", &[1]),
            ("s3cret", &[]),
            ("13800000001", &[]),
            ("没有", &[]),
            (" · ", &[]),
            ("", &[]),
        ];
        for (query, expected) in cases {
            assert_eq!(keys(&finder, query), expected, "{query}");
        }
    }

    #[test]
    fn the_whole_name_comes_before_its_beginning_and_that_before_a_part_of_it() {
        let finder = Finder::default();
        for (key, name) in [(1, "南门卡口"), (2, "门卡"), (3, "门")] {
            take(&finder, &feature(key, Collection::Gates, &format!("g{key}"), json!({"name": name})));
        }
        assert_eq!(keys(&finder, "门"), [3, 2, 1]);
        let wanted = Wanted::new("门").expect("a query");
        let found = finder.find(&wanted, &[Collection::Gates], 2, later());
        assert_eq!(found.keys[&Collection::Gates], [FeatureKey(3), FeatureKey(2)]);
        assert_eq!((found.totals[&Collection::Gates], found.complete), (3, true), "all are counted");
        assert_eq!(
            finder.find(&wanted, &[Collection::Zones], 2, later()),
            Found { complete: true, ..Found::default() }
        );
    }

    #[test]
    fn what_was_renamed_or_deleted_is_found_as_it_is_now() {
        let finder = park();
        take(&finder, &feature(3, Collection::Gates, "gate-s", json!({"name": "东门"})));
        assert_eq!((keys(&finder, "南门"), keys(&finder, "东门")), (vec![], vec![3]));
        take(&finder, &StoredFeature { body: None, ..feature(3, Collection::Gates, "gate-s", json!({})) });
        assert_eq!(keys(&finder, "东门"), Vec::<u32>::new());
        assert_eq!(keys(&finder, "卡口"), [4], "its neighbours are where they were");
        take(&finder, &feature(3, Collection::Gates, "gate-s", json!({"name": "东门卡口"})));
        assert_eq!((keys(&finder, "卡口"), keys(&finder, "tank-a")), (vec![3, 4], vec![5]));
    }

    #[test]
    fn a_search_whose_time_is_over_says_that_it_did_not_see_everything() {
        let finder = Finder::default();
        for key in 0..2 * AT_ONCE as u32 * BLOCK {
            take(&finder, &feature(key, Collection::Zones, &format!("z{key}"), json!({"name": "罐区"})));
        }
        let wanted = Wanted::new("罐区").expect("a query");
        let found = finder.find(&wanted, Collection::ALL, 3, Instant::now());
        assert_eq!((found.totals[&Collection::Zones], found.complete), (u64::from(BLOCK) * AT_ONCE as u64, false));
    }
}
