//! Features that close roads: what each closes, when, and which of its spans are held on the network.

use super::law::ClosingZones;
use super::moment::{ClosureFace, FeatureFace};
use super::town::Town;
use cordon_data::feature::{RoadClosure, StoredFeature, closure_of};
use cordon_spatial::calendar::UtcOffset;
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::road::{Closure, ClosureId, Closures};
use cordon_spatial::units::{SpanMs, UnixMs};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far ahead closures by schedule are known: who departs later cannot be answered.
pub const AHEAD: SpanMs = SpanMs::seconds(8 * 86_400);
/// Room for the spans of one feature in the number of a closure: minutes of 45 days.
const SPANS: u64 = 1 << 16;

/// A feature that closes roads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Its key.
    pub key: FeatureKey,
    /// What it is called.
    pub face: Arc<ClosureFace>,
    /// Its revision.
    pub revision: Revision,
    /// When that was kept.
    pub at: UnixMs,
    /// What it closes.
    pub closure: RoadClosure,
}

/// A span of time in which a feature closes roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number under which it is held.
    pub id: ClosureId,
    /// From when; `None`: since ever.
    pub from: Option<UnixMs>,
    /// Until when; `None`: until it is edited.
    pub to: Option<UnixMs>,
}

impl Span {
    /// Whether it holds at an instant.
    pub fn holds(&self, now: UnixMs) -> bool {
        self.from.is_none_or(|from| from <= now) && self.to.is_none_or(|to| now < to)
    }
}

/// All of them, and what of each is held on the network.
#[derive(Default)]
pub struct Closings {
    all: BTreeMap<FeatureKey, Arc<Closing>>,
    /// The spans of each that are held, with it as it was then.
    held: BTreeMap<FeatureKey, (Arc<Closing>, Vec<Span>)>,
}

/// The features that close roads with their spans, and which feature each span is of.
pub type Shown = (Vec<(Arc<Closing>, Vec<Span>)>, BTreeMap<ClosureId, Arc<ClosureFace>>);

impl Closings {
    /// Takes a revision in; whether it closes roads or did.
    pub fn take(&mut self, feature: &StoredFeature, law: &ClosingZones) -> bool {
        let closure = closure_of(feature, &|kind, level| law.audience(kind, level)).unwrap_or_else(|error| {
            tracing::error!(%error, id = %feature.id, "what this feature closes cannot be read");
            None
        });
        let Some(closure) = closure else { return self.all.remove(&feature.key).is_some() };
        let (collection, id) = (feature.collection.name(), feature.id.to_string());
        let named = FeatureFace { collection, id, name: closure.name.clone(), name_en: closure.name_en.clone() };
        let face = Arc::new(ClosureFace { feature: named, reason: closure.reason.clone() });
        let (key, revision, at) = (feature.key, feature.revision, feature.at);
        self.all.insert(key, Arc::new(Closing { key, face, revision, at, closure }));
        true
    }

    /// All of them.
    pub fn keys(&self) -> Vec<FeatureKey> {
        self.all.keys().copied().collect()
    }

    /// Those that are laid out for a time ahead only.
    pub fn scheduled(&self) -> Vec<FeatureKey> {
        let scheduled = self.all.values().filter(|closing| !closing.closure.schedule.is_always());
        scheduled.map(|closing| closing.key).collect()
    }

    /// Nothing is held any more: there is another network.
    pub fn let_go(&mut self) {
        self.held.clear();
    }

    /// What a moment shows of them.
    pub fn shown(&self) -> Shown {
        let (mut closings, mut faces) = (Vec::with_capacity(self.all.len()), BTreeMap::new());
        for (key, closing) in &self.all {
            let spans = self.held.get(key).map(|(_, spans)| spans.clone()).unwrap_or_default();
            faces.extend(spans.iter().map(|span| (span.id, Arc::clone(&closing.face))));
            closings.push((Arc::clone(closing), spans));
        }
        (closings, faces)
    }

    /// Holds the spans of some features on the network as they are now, and lets go of what they held before.
    pub fn lay_out(
        &mut self,
        keys: &[FeatureKey],
        (town, closures): (&Town, &mut Closures),
        (now, offset): (UnixMs, UtcOffset),
    ) {
        closures.advance(now);
        for key in keys {
            let before = self.held.remove(key);
            let closing = self.all.get(key);
            let next = closing.map(|closing| spans(closing, now, offset)).unwrap_or_default();
            let is_as_before = |span: &Span| match (&before, closing) {
                (Some((then, spans)), Some(closing)) => Arc::ptr_eq(then, closing) && spans.contains(span),
                _ => false,
            };
            let gone = before.iter().flat_map(|(_, spans)| spans).filter(|span| !next.iter().any(|n| n.id == span.id));
            for span in gone {
                closures.open(span.id);
            }
            let Some(closing) = closing else { continue };
            for span in next.iter().filter(|span| !is_as_before(span)) {
                let RoadClosure { ground, audience, .. } = &closing.closure;
                let closure =
                    Closure { id: span.id, ground: ground.clone(), audience: *audience, from: span.from, to: span.to };
                closures.close(&town.network, &town.grid, closure);
            }
            self.held.insert(*key, (Arc::clone(closing), next));
        }
    }
}

/// When a feature closes roads, from now on for as far ahead as is known.
fn spans(closing: &Closing, now: UnixMs, offset: UtcOffset) -> Vec<Span> {
    let RoadClosure { valid_from, valid_to, schedule, .. } = &closing.closure;
    let id = |span: u64| ClosureId(u64::from(closing.key.0) * SPANS + span % SPANS);
    if valid_to.is_some_and(|to| to <= now) {
        return Vec::new();
    }
    if schedule.is_always() {
        return vec![Span { id: id(0), from: *valid_from, to: *valid_to }];
    }
    let begin = valid_from.unwrap_or(UnixMs::MIN).max(now - AHEAD);
    let end = valid_to.unwrap_or(UnixMs::MAX).min(now + AHEAD);
    let minute = |at: UnixMs| at.0.unsigned_abs() / 60_000;
    let open = schedule.open_spans(begin, end, offset).filter(|(_, to)| *to > now);
    open.map(|(from, to)| Span { id: id(minute(from)), from: Some(from), to: Some(to) }).collect()
}
