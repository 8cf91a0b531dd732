//! The roads of the running server: the network of its data folder with what features close on it, from one moment to the next.
//!
//! Whoever asks takes a moment and reads it to its end. An edit makes the next moment before its editor is answered; a
//! thread loads the network, looks whether it was replaced, lets closures begin and end, and brings the fast layer up to
//! them. It must never hold up an edit or an answer: what the thread has not done yet, the exact layer answers. An edit of the
//! park's own roads and gates is joined to the network by the same thread, and shown when it is whole.

use super::law::ClosingZones;
use super::many::Gathered;
use super::moment::{ClosureFace, Moment};
use super::town::{Base, Town};
use super::{FILE, RoadsError};
use crate::desk::readers::Readers;
use cordon_data::feature::{Collection, OwnFeature, RoadClosure, StoredFeature, closure_of, own_feature_of};
use cordon_data::store::{FeatureQuery, StoreError};
use cordon_spatial::calendar::UtcOffset;
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::position::Position;
use cordon_spatial::road::{Closure, ClosureEpoch, ClosureId, Closures, Own, ProfileId, Profiles};
use cordon_spatial::units::{Millimetres, SpanMs, UnixMs};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How far ahead closures by schedule are known: who departs later cannot be answered.
pub const AHEAD: SpanMs = SpanMs::seconds(8 * 86_400);
/// How long closures by schedule are taken as they were laid out.
const LAID_OUT_FOR: SpanMs = SpanMs::seconds(6 * 3_600);
/// How often the thread looks at the clock and at the file.
const EVERY: Duration = Duration::from_secs(1);
/// Room for the spans of one feature in the number of a closure: minutes of 45 days.
const SPANS: u64 = 1 << 16;

/// How far roads and gates as they are drawn may be from those of the network: half the width of a road of two lanes (3.75 m
/// each, JTG B01-2014 4.0.2) and a metre or two by which positions from imagery and surveys differ.
const SNAP: Millimetres = Millimetres(5_000);

/// The collections of which the roads want to know.
const HEEDED: [Collection; 6] = [
    Collection::Zones,
    Collection::ClosedAreas,
    Collection::Closures,
    Collection::Resources,
    Collection::Roads,
    Collection::Gates,
];

/// A road or a gate of the one-map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    /// Its collection.
    pub collection: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The same in English.
    pub name_en: Option<String>,
    /// What it is to the network.
    pub read: OwnFeature,
}

/// The park's own roads and gates, by key.
pub type OwnEntries = BTreeMap<FeatureKey, Arc<OwnEntry>>;

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

/// A rescue resource with a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The same in English.
    pub name_en: Option<String>,
    /// Its kind.
    pub kind: Option<String>,
    /// Where it is.
    pub at: Position,
}

/// Gathered resources by profile and kinds.
pub type GatheredBy = HashMap<(ProfileId, Vec<String>), Arc<Gathered>>;

/// The roads at a moment.
pub struct Site {
    /// The network with what is closed.
    pub moment: Moment,
    /// The features that close roads, with when.
    pub closings: Vec<(Arc<Closing>, Vec<Span>)>,
    /// Rescue resources, by key.
    pub resources: Vec<Arc<Resource>>,
    /// The park's own roads and gates that the network was joined with.
    pub own: Arc<OwnEntries>,
    /// Whether a later edit of them is still being joined.
    pub is_joining: bool,
    /// Resources that were gathered for a profile and kinds in this moment.
    pub gathered: Mutex<GatheredBy>,
}

/// Why there are no roads to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRoads {
    /// The network is still being loaded.
    Loading,
    /// None was ever made.
    NoNetwork,
    /// It cannot be loaded.
    Failed(String),
}

/// How the roads are, for the health page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoadsState {
    /// When the network was loaded.
    pub loaded_at: Option<UnixMs>,
    /// Why it, or the one that was to replace it, could not be loaded.
    pub error: Option<String>,
}

/// The roads of the server. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Roads {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    law: ClosingZones,
    profiles: Profiles,
    offset: UtcOffset,
    now: Box<dyn Fn() -> UnixMs + Send + Sync>,
    known: Mutex<Known>,
    site: RwLock<Result<Arc<Site>, NoRoads>>,
    state: RwLock<RoadsState>,
    epoch: watch::Sender<u64>,
    nudge: Sender<()>,
}

/// What features say, whether there is a network or not.
#[derive(Default)]
struct Known {
    revisions: HashMap<FeatureKey, Revision>,
    closings: BTreeMap<FeatureKey, Arc<Closing>>,
    resources: BTreeMap<FeatureKey, Arc<Resource>>,
    /// The spans of each closing that are held on the network, with it as it was then.
    held: BTreeMap<FeatureKey, (Arc<Closing>, Vec<Span>)>,
    laid_out_at: UnixMs,
    /// The park's own roads and gates, and how often they changed.
    own: OwnEntries,
    own_changes: u64,
    /// Those that the town was joined with, and what [`Known::own_changes`] was then.
    joined: Arc<OwnEntries>,
    joined_at: Option<u64>,
    base: Option<Arc<Base>>,
    town: Option<Arc<Town>>,
    closures: Option<Closures>,
}

/// What the roads of a server are made of.
pub struct Setting {
    /// The data folder.
    pub folder: PathBuf,
    /// Which zones close roads.
    pub law: ClosingZones,
    /// The table of profiles.
    pub profiles: Profiles,
    /// The site's local time.
    pub offset: UtcOffset,
    /// Journal time.
    pub now: Box<dyn Fn() -> UnixMs + Send + Sync>,
}

impl Roads {
    /// Reads what features close and begins to load the network. Blocks; for the start only.
    pub fn start(setting: Setting, readers: &Readers) -> Result<Roads, StoreError> {
        let Setting { folder, law, profiles, offset, now } = setting;
        let (nudge, nudged) = channel();
        let inner = Arc::new(Inner {
            folder,
            law,
            profiles,
            offset,
            now,
            known: Mutex::default(),
            site: RwLock::new(Err(NoRoads::Loading)),
            state: RwLock::default(),
            epoch: watch::channel(0).0,
            nudge,
        });
        let roads = Roads { inner };
        readers.read_here(|reader| {
            let mut known = roads.inner.known();
            for collection in HEEDED {
                let mut query = FeatureQuery { collection, bbox: None, after: None, limit: 1_000 };
                loop {
                    let page = reader.features(&query)?;
                    let Some(last) = page.last() else { break };
                    query.after = Some(last.key);
                    page.iter().for_each(|feature| {
                        roads.inner.heed(&mut known, feature);
                    });
                }
            }
            Ok(())
        })?;
        let weak = Arc::downgrade(&roads.inner);
        let spawned = std::thread::Builder::new().name("cordon-roads".to_owned()).spawn(move || work(&weak, &nudged));
        spawned.map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(roads)
    }

    /// The roads now.
    pub fn site(&self) -> Result<Arc<Site>, NoRoads> {
        self.inner.site.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How they are.
    pub fn state(&self) -> RoadsState {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Journal time.
    pub fn now(&self) -> UnixMs {
        (self.inner.now)()
    }

    /// The epoch of the closures, whenever it changes; 0 while there is no network.
    pub fn epochs(&self) -> watch::Receiver<u64> {
        self.inner.epoch.subscribe()
    }

    /// Looks for a new network at once and not within a second.
    pub fn look(&self) {
        // An error says that the thread has ended with the process.
        let _ = self.inner.nudge.send(());
    }

    /// Takes committed revisions in: when this returns every answer obeys them.
    pub async fn take(&self, features: &[StoredFeature]) {
        let heeded = features.iter().filter(|feature| HEEDED.contains(&feature.collection)).cloned();
        let heeded: Vec<StoredFeature> = heeded.collect();
        if heeded.is_empty() {
            return;
        }
        let inner = Arc::clone(&self.inner);
        let taken = tokio::task::spawn_blocking(move || inner.take(&heeded));
        taken.await.expect("closing roads does not panic");
    }
}

impl Inner {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, features: &[StoredFeature]) {
        let mut known = self.known();
        let mut changed = Vec::new();
        for feature in features {
            changed.extend(self.heed(&mut known, feature).then_some(feature.key));
        }
        if !changed.is_empty() {
            known.lay_out(&changed, (self.now)(), self.offset);
            self.publish(&known);
        }
        if known.joined_at != Some(known.own_changes) {
            // So that whoever asks knows that more is coming.
            self.publish(&known);
            // An error says that the thread has ended with the process.
            let _ = self.nudge.send(());
        }
    }

    /// Takes a revision in; whether anything of it matters to roads.
    fn heed(&self, known: &mut Known, feature: &StoredFeature) -> bool {
        let revision = known.revisions.entry(feature.key).or_insert(Revision(0));
        if *revision >= feature.revision {
            return false;
        }
        *revision = feature.revision;
        if matches!(feature.collection, Collection::Roads | Collection::Gates) {
            let entry = own_entry(feature).map(Arc::new);
            let before = match &entry {
                Some(entry) => known.own.insert(feature.key, Arc::clone(entry)),
                None => known.own.remove(&feature.key),
            };
            known.own_changes += u64::from(before != entry);
            return false;
        }
        if feature.collection == Collection::Resources {
            return match resource_of(feature) {
                Some(resource) => {
                    known.resources.insert(feature.key, Arc::new(resource));
                    true
                }
                None => known.resources.remove(&feature.key).is_some(),
            };
        }
        let closure = closure_of(feature, &|kind, level| self.law.audience(kind, level)).unwrap_or_else(|error| {
            tracing::error!(%error, id = %feature.id, "what this feature closes cannot be read");
            None
        });
        match closure {
            Some(closure) => {
                let face = Arc::new(ClosureFace {
                    collection: feature.collection.name(),
                    id: feature.id.to_string(),
                    name: closure.name.clone(),
                    name_en: closure.name_en.clone(),
                    reason: closure.reason.clone(),
                });
                let (key, revision, at) = (feature.key, feature.revision, feature.at);
                known.closings.insert(key, Arc::new(Closing { key, face, revision, at, closure }));
                true
            }
            None => known.closings.remove(&feature.key).is_some(),
        }
    }

    /// Shows the next moment.
    fn publish(&self, known: &Known) {
        let (Some(town), Some(closures)) = (&known.town, &known.closures) else { return };
        let mut faces = BTreeMap::new();
        let mut closings = Vec::with_capacity(known.closings.len());
        for (key, closing) in &known.closings {
            let spans = known.held.get(key).map(|(_, spans)| spans.clone()).unwrap_or_default();
            faces.extend(spans.iter().map(|span| (span.id, Arc::clone(&closing.face))));
            closings.push((Arc::clone(closing), spans));
        }
        let epoch = closures.epoch();
        let moment = Moment { town: Arc::clone(town), closures: closures.clone(), faces: Arc::new(faces), epoch };
        let resources = known.resources.values().cloned().collect();
        let site = Site {
            moment,
            closings,
            resources,
            own: Arc::clone(&known.joined),
            is_joining: known.joined_at != Some(known.own_changes),
            gathered: Mutex::default(),
        };
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = Ok(Arc::new(site));
        let is_changed = self.epoch.send_if_modified(|told| std::mem::replace(told, epoch.0) != epoch.0);
        if is_changed {
            // An error says that the thread has ended with the process.
            let _ = self.nudge.send(());
        }
    }

    /// Loads the network of the folder in the place of the one before, which stays where that fails.
    fn load(&self) {
        let began = SystemTime::now();
        let loaded = Base::load(&self.folder).map(Arc::new).and_then(|base| {
            let (own, changes) = self.own();
            let (town, error) = self.town(&base, &own)?;
            Ok((base, town, own, changes, error))
        });
        match loaded {
            Ok((base, town, own, changes, error)) => {
                self.known().base = Some(base);
                let now = self.show(town, own, changes);
                self.tell(RoadsState { loaded_at: Some(now), error });
                tracing::info!(
                    took_s = began.elapsed().unwrap_or_default().as_secs_f64(),
                    "the road network is loaded"
                );
            }
            Err(RoadsError::NoNetwork(_)) => {
                let mut site = self.site.write().unwrap_or_else(PoisonError::into_inner);
                if site.is_err() {
                    *site = Err(NoRoads::NoNetwork);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the road network cannot be loaded");
                self.state.write().unwrap_or_else(PoisonError::into_inner).error = Some(error.to_string());
                let mut site = self.site.write().unwrap_or_else(PoisonError::into_inner);
                if site.is_err() {
                    *site = Err(NoRoads::Failed(error.to_string()));
                }
            }
        }
    }

    /// The park's own roads and gates now, and how often they changed.
    fn own(&self) -> (Arc<OwnEntries>, u64) {
        let known = self.known();
        (Arc::new(known.own.clone()), known.own_changes)
    }

    /// Puts a town in the place of the one before, with everything closed on it that is closed; journal time.
    fn show(&self, town: Town, own: Arc<OwnEntries>, changes: u64) -> UnixMs {
        let mut known = self.known();
        let now = (self.now)();
        // It grows over restarts and networks, so that nobody takes a change for what they know.
        let epoch = known.closures.as_ref().map_or(0, |closures| closures.epoch().0 + 1).max(now.0.unsigned_abs());
        known.closures = Some(Closures::since(&town.network, now, ClosureEpoch(epoch)));
        known.town = Some(Arc::new(town));
        (known.joined, known.joined_at) = (own, Some(changes));
        known.held.clear();
        let all: Vec<FeatureKey> = known.closings.keys().copied().collect();
        known.lay_out(&all, now, self.offset);
        self.publish(&known);
        now
    }

    /// Joins the park's own roads anew when they changed; the town before answers until then.
    fn join(&self) {
        let base = {
            let known = self.known();
            known.base.clone().filter(|_| known.joined_at != Some(known.own_changes))
        };
        let Some(base) = base else { return };
        let (own, changes) = self.own();
        match self.town(&base, &own) {
            Ok((town, error)) => {
                self.show(town, own, changes);
                self.state.write().unwrap_or_else(PoisonError::into_inner).error = error;
            }
            Err(error) => {
                tracing::error!(%error, "the road network cannot be made anew");
                self.known().joined_at = Some(changes);
                self.state.write().unwrap_or_else(PoisonError::into_inner).error = Some(error.to_string());
            }
        }
    }

    /// The network with the park's own roads; where they cannot be joined the network alone, and why.
    fn town(&self, base: &Base, own: &OwnEntries) -> Result<(Town, Option<String>), RoadsError> {
        if own.is_empty() {
            return Ok((Town::alone(base, self.profiles.clone()), None));
        }
        match Town::joined(base, &own_of(own), self.profiles.clone()) {
            Ok(town) => Ok((town, None)),
            Err(error) => {
                tracing::error!(%error, "the park's own roads cannot be joined to the network");
                Ok((Town::alone(base, self.profiles.clone()), Some(error.to_string())))
            }
        }
    }

    fn tell(&self, state: RoadsState) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Lets time go on: closures begin and end, those by schedule are laid out anew.
    fn advance(&self) {
        let mut known = self.known();
        let now = (self.now)();
        let Some(closures) = &mut known.closures else { return };
        let before = closures.epoch();
        closures.advance(now);
        if now - known.laid_out_at > LAID_OUT_FOR {
            let scheduled = known.closings.values().filter(|closing| !closing.closure.schedule.is_always());
            let keys: Vec<FeatureKey> = scheduled.map(|closing| closing.key).collect();
            known.lay_out(&keys, now, self.offset);
            known.laid_out_at = now;
        }
        if known.closures.as_ref().is_some_and(|closures| closures.epoch() != before) {
            self.publish(&known);
        }
    }
}

impl Known {
    /// Holds the spans of some features on the network as they are now, and lets go of what they held before.
    fn lay_out(&mut self, keys: &[FeatureKey], now: UnixMs, offset: UtcOffset) {
        let (Some(town), Some(closures)) = (&self.town, &mut self.closures) else { return };
        closures.advance(now);
        for key in keys {
            let before = self.held.remove(key);
            let closing = self.closings.get(key);
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

/// What the network is joined with.
fn own_of(entries: &OwnEntries) -> Own {
    let roads = entries.values().flat_map(|entry| entry.read.roads.iter().cloned()).collect();
    let gates = entries.values().filter_map(|entry| entry.read.gate).collect();
    Own { roads, gates, snap: SNAP }
}

/// A road or gate that is there and means something to the network.
fn own_entry(feature: &StoredFeature) -> Option<OwnEntry> {
    let read = own_feature_of(feature)?;
    let body: Value = serde_json::from_str(feature.body.as_deref()?).ok()?;
    let text = |name: &str| body["properties"][name].as_str().map(str::to_owned);
    let (collection, id) = (feature.collection.name(), feature.id.to_string());
    Some(OwnEntry { collection, id, name: text("name"), name_en: text("name_en"), read })
}

/// What is known of a resource that is at a place; `None` of one that is deleted or is nowhere.
fn resource_of(feature: &StoredFeature) -> Option<Resource> {
    let body: Value = serde_json::from_str(feature.body.as_deref()?).ok()?;
    let [west, south, east, north] = cordon_data::feature::bbox(feature)?;
    let at = Position::from_degrees(f64::midpoint(west, east), f64::midpoint(south, north)).ok()?;
    let text = |name: &str| body["properties"][name].as_str().map(str::to_owned);
    Some(Resource { id: feature.id.to_string(), name: text("name"), name_en: text("name_en"), kind: text("kind"), at })
}

/// What the file of the network looks like from outside; nothing when there is none.
fn stamp(folder: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(folder.join(FILE)).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The thread: loads, looks whether the file was replaced, lets time go on, brings the fast layer up to the closures.
fn work(weak: &Weak<Inner>, nudged: &Receiver<()>) {
    let mut seen = None;
    let mut is_first = true;
    loop {
        {
            let Some(inner) = weak.upgrade() else { return };
            let now = stamp(&inner.folder);
            if is_first || (now.is_some() && now != seen) {
                inner.load();
            }
            (seen, is_first) = (now, false);
            inner.join();
            inner.advance();
            let site = inner.site.read().unwrap_or_else(PoisonError::into_inner).clone();
            if let Ok(site) = site {
                site.moment.town.follow(&site.moment.closures);
            }
        }
        // An error is a second without a nudge, or the end of the process.
        let _ = nudged.recv_timeout(EVERY);
        nudged.try_iter().for_each(drop);
    }
}
