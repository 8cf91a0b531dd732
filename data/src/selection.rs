//! Which features of a collection somebody wants: by box, time and filter, page by page in key order, on every store alike.
//!
//! The store finds by box; everything else is judged here on the features as they are shown to whoever asks, so that nobody can
//! ask about what is hidden from them, and so that both stores answer the same.

use crate::feature::{Collection, StoredFeature};
use crate::filter::{Filter, Interval, geometry, property};
use crate::store::{FeatureQuery, Reader, StoreError};
use cordon_spatial::ids::FeatureKey;
use geo::{Intersects, Rect};
use serde_json::Value;
use std::collections::VecDeque;

/// Matches are counted up to so many candidates and
const COUNT_MOST: u64 = 10_000;
/// so many bytes of features beyond the page: a page must not cost what a whole collection does.
const COUNT_BYTES: usize = 4 << 20;
/// Most features that one page looks at, and
const LOOK_MOST: usize = 200_000;
/// most bytes of them; the page then ends early and says where to go on.
const LOOK_BYTES: usize = 256 << 20;
/// Features that are read at once.
const READ: usize = 1_000;

/// What is wanted; every condition that is given must hold.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Of this collection.
    pub collection: Collection,
    /// The geometry touches one of these boxes (west, south, east, north, degrees); empty = anywhere or nowhere.
    pub boxes: Vec<[f64; 4]>,
    /// Holds at some moment of this time.
    pub time: Option<Interval>,
    /// Matches this.
    pub filter: Option<Filter>,
    /// Is one of these, by key: found elsewhere than in the store, as vehicles are by where they are now.
    pub among: Option<Vec<FeatureKey>>,
}

/// Where a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this key; `None` = from the first on.
    After(Option<FeatureKey>),
    /// The last ones before this key.
    Before(FeatureKey),
}

/// A feature of a page.
#[derive(Clone, Debug)]
pub struct Selected {
    /// As it is stored.
    pub feature: StoredFeature,
    /// As it is shown.
    pub shown: Value,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its features, by key.
    pub features: Vec<Selected>,
    /// After which key the next page begins; `None` = this is the last one.
    pub next: Option<FeatureKey>,
    /// Before which key the page before ends; `None` = this is the first one.
    pub previous: Option<FeatureKey>,
    /// How many match in all, where that is not too dear to know.
    pub matched: Option<u64>,
}

/// Makes of a stored feature what is shown of it.
pub type Show<'a> = dyn Fn(&StoredFeature) -> Result<Value, StoreError> + 'a;

/// A page of at most `limit` features. Cost: what the store needs for the box, and reading what is looked at: at most 200,000
/// features or 256 MiB.
pub fn page(
    reader: &dyn Reader,
    wanted: &Selection,
    place: Place,
    limit: usize,
    show: &Show<'_>,
) -> Result<Page, StoreError> {
    let candidates = match (&wanted.among, wanted.view()) {
        (Some(keys), _) => keys.len() as u64,
        (None, Some(view)) => reader.count_within(wanted.collection, view, COUNT_MOST as usize + 1)?,
        (None, None) => reader.count(wanted.collection)?,
    };
    let plain = !wanted.is_judged();
    let mut scan = Scan::new(wanted, place, limit);
    if !plain && candidates <= COUNT_MOST {
        scan.count = Some(0);
    }
    scan.run(reader, show)?;
    let mut page = scan.page();
    if plain {
        page.matched = Some(candidates);
    }
    Ok(page)
}

/// Every feature that is wanted, in key order, in pieces; stops at the first error of `each`. Not of one moment: a feature that
/// is changed meanwhile is seen as before or after.
pub fn each<E: From<StoreError>>(
    reader: &dyn Reader,
    wanted: &Selection,
    show: &Show<'_>,
    mut each: impl FnMut(Selected) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        let mut scan = Scan::new(wanted, Place::After(after), READ);
        scan.run(reader, show)?;
        let found = scan.page();
        found.features.into_iter().try_for_each(&mut each)?;
        match found.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

impl Selection {
    /// The whole collection.
    pub fn all(collection: Collection) -> Selection {
        Selection { collection, boxes: Vec::new(), time: None, filter: None, among: None }
    }

    /// The box that the store is asked for: none for vehicles, which are where their last fix is.
    fn view(&self) -> Option<[f64; 4]> {
        match self.boxes.as_slice() {
            [one] if self.collection != Collection::Vehicles => Some(*one),
            _ => None,
        }
    }

    /// The next candidates.
    fn read(&self, reader: &dyn Reader, query: &FeatureQuery) -> Result<Vec<StoredFeature>, StoreError> {
        let Some(keys) = &self.among else { return reader.features(query) };
        let begin = keys.partition_point(|key| query.after.is_some_and(|after| *key <= after));
        let read = keys[begin..].iter().take(query.limit).map(|key| reader.feature_by_key(*key));
        // One that was deleted meanwhile has no body and is left out below, so that no page ends early.
        read.filter_map(Result::transpose).collect()
    }

    /// Whether the store alone cannot say who matches.
    fn is_judged(&self) -> bool {
        !self.boxes.is_empty() || self.time.is_some() || self.filter.is_some() || self.among.is_some()
    }

    fn matches(&self, shown: &Value) -> bool {
        self.lies_in(shown) && self.holds(shown) && self.filter.as_ref().is_none_or(|filter| filter.matches(shown))
    }

    fn lies_in(&self, shown: &Value) -> bool {
        self.boxes.is_empty() || {
            let inside = |lon: f64, lat: f64| {
                self.boxes.iter().any(|[w, s, e, n]| (*w..=*e).contains(&lon) && (*s..=*n).contains(&lat))
            };
            // Most features of a view have a corner in it; the others are looked at closely.
            has_position(shown.get("geometry").unwrap_or(&Value::Null), &inside)
                || geometry(shown).is_some_and(|geometry| {
                    self.boxes.iter().any(|[w, s, e, n]| geometry.intersects(&Rect::new((*w, *s), (*e, *n))))
                })
        }
    }

    fn holds(&self, shown: &Value) -> bool {
        let Some(wanted) = &self.time else { return true };
        let (from, to) = self.collection.validity();
        let end = |name| property(shown, name).and_then(Value::as_str).and_then(Interval::parse);
        let from = end(from).map_or(Interval::ALL.from, |at| at.from);
        let to = end(to).map_or(Interval::ALL.to, |at| at.to);
        wanted.meets(&Interval { from, to })
    }
}

fn has_position(value: &Value, inside: &impl Fn(f64, f64) -> bool) -> bool {
    match value {
        Value::Object(members) => ["coordinates", "geometries"]
            .iter()
            .filter_map(|name| members.get(*name))
            .any(|inner| has_position(inner, inside)),
        Value::Array(values) => match (values.first().and_then(Value::as_f64), values.get(1).and_then(Value::as_f64)) {
            (Some(lon), Some(lat)) => inside(lon, lat),
            _ => values.iter().any(|inner| has_position(inner, inside)),
        },
        _ => false,
    }
}

/// A walk through a collection that gathers one page.
struct Scan<'a> {
    wanted: &'a Selection,
    place: Place,
    limit: usize,
    /// The page, and one more before it when it is asked for from behind.
    found: VecDeque<Selected>,
    /// How many matched so far; `None` = nobody counts.
    count: Option<u64>,
    /// Whether something matches before the page, or after it.
    has_before: bool,
    next: Option<FeatureKey>,
    looked: usize,
    bytes: usize,
}

impl<'a> Scan<'a> {
    fn new(wanted: &'a Selection, place: Place, limit: usize) -> Scan<'a> {
        let has_before = matches!(place, Place::After(Some(_)));
        let found = VecDeque::with_capacity(limit.min(READ) + 1);
        Scan { wanted, place, limit, found, count: None, has_before, next: None, looked: 0, bytes: 0 }
    }

    fn run(&mut self, reader: &dyn Reader, show: &Show<'_>) -> Result<(), StoreError> {
        let begin = match self.place {
            Place::After(after) => after,
            Place::Before(_) => None,
        };
        let counts_before = self.count.is_some();
        let mut query = FeatureQuery {
            collection: self.wanted.collection,
            bbox: self.wanted.view(),
            after: if counts_before { None } else { begin },
            limit: READ.min(self.limit + 1),
        };
        loop {
            let read = self.wanted.read(reader, &query)?;
            let is_last = read.len() < query.limit;
            for feature in read {
                query.after = Some(feature.key);
                if self.take(feature, show)? {
                    return Ok(());
                }
            }
            let is_known = self.next.is_some() && self.count.is_none();
            if is_last || is_known {
                return Ok(());
            }
            query.limit = READ;
            // Counting what lies before the page has become too dear: the page itself is what was asked for.
            if self.bytes > COUNT_BYTES && self.count.take().is_some() && query.after < begin {
                query.after = begin;
            }
        }
    }

    /// Takes a feature in; whether the walk is over.
    fn take(&mut self, feature: StoredFeature, show: &Show<'_>) -> Result<bool, StoreError> {
        let key = feature.key;
        let is_full = self.found.len() >= self.limit;
        // Nothing more is needed than to know that there is more.
        if is_full && self.next.is_some() && self.count.is_none() {
            return Ok(true);
        }
        if matches!(self.place, Place::Before(end) if key >= end) && self.count.is_none() {
            return Ok(true);
        }
        if feature.body.is_none() {
            return Ok(false);
        }
        self.looked += 1;
        self.bytes += feature.body.as_ref().map_or(0, String::len);
        let shown = show(&feature)?;
        if self.wanted.matches(&shown) {
            self.count = self.count.map(|count| count + 1);
            self.keep(Selected { feature, shown });
        }
        if self.looked >= LOOK_MOST || self.bytes >= LOOK_BYTES {
            if matches!(self.place, Place::After(_)) && self.next.is_none() {
                self.next = Some(key);
            }
            self.count = None;
            return Ok(true);
        }
        Ok(false)
    }

    fn keep(&mut self, selected: Selected) {
        let key = selected.feature.key;
        match self.place {
            Place::After(after) if after.is_none_or(|after| key > after) => {
                if self.found.len() < self.limit {
                    self.found.push_back(selected);
                } else if self.next.is_none() {
                    self.next = self.found.back().map(|last| last.feature.key);
                }
            }
            Place::Before(end) if key < end => {
                self.found.push_back(selected);
                if self.found.len() > self.limit {
                    self.found.pop_front();
                    self.has_before = true;
                }
            }
            _ => {}
        }
    }

    fn page(self) -> Page {
        let next = match self.place {
            Place::After(_) => self.next,
            Place::Before(_) => self.found.back().map(|last| last.feature.key),
        };
        let previous = self.found.front().filter(|_| self.has_before).map(|first| first.feature.key);
        Page { features: self.found.into(), next, previous, matched: self.count }
    }
}
