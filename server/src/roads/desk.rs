//! The roads of the running server: the network of its data folder with what features close on it, from one moment to the next.
//!
//! Whoever asks takes a moment and reads it to its end. An edit makes the next moment before its editor is answered; a
//! thread loads the network, looks whether it was replaced, lets closures begin and end, and brings the fast layer up to
//! them. It must never hold up an edit or an answer: what the thread has not done yet, the exact layer answers. An edit of the
//! park's own roads and gates is joined to the network by the same thread, and shown when it is whole.

use super::closing::{Closing, Closings, Span};
use super::joining::{Joining, OwnEntries, own_of};
use super::law::ClosingZones;
use super::many::Gathered;
use super::moment::Moment;
use super::town::{Base, Town};
use super::{FILE, RoadsError};
use crate::desk::readers::Readers;
use cordon_data::feature::{Collection, Extent, StoredFeature};
use cordon_data::store::{FeatureQuery, StoreError};
use cordon_spatial::calendar::UtcOffset;
use cordon_spatial::ids::{FeatureKey, Revision};
use cordon_spatial::position::Position;
use cordon_spatial::road::{ClosureEpoch, Closures, Metric, ProfileId, Profiles};
use cordon_spatial::units::{SpanMs, UnixMs};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How long closures by schedule are taken as they were laid out.
const LAID_OUT_FOR: SpanMs = SpanMs::seconds(6 * 3_600);
/// How often the thread looks at the clock and at the file.
const EVERY: Duration = Duration::from_secs(1);
/// The collections of which the roads want to know.
const HEEDED: [Collection; 6] = [
    Collection::Zones,
    Collection::ClosedAreas,
    Collection::Closures,
    Collection::Resources,
    Collection::Roads,
    Collection::Gates,
];

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

/// Gathered resources by profile, metric and kinds: what the first and last piece of a road costs is part of what is gathered.
pub type GatheredBy = HashMap<(ProfileId, Metric, Vec<String>), Arc<Gathered>>;

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
    /// Resources that were gathered in this moment.
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
    closings: Closings,
    resources: BTreeMap<FeatureKey, Arc<Resource>>,
    laid_out_at: UnixMs,
    joining: Joining,
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
        let is_behind = known.joining.is_behind();
        known.lay_out(&changed, (self.now)(), self.offset);
        // Who asks is told, too, that more is coming.
        if !changed.is_empty() || is_behind {
            self.publish(&known);
        }
        if is_behind {
            // An error says that the thread has ended with the process.
            let _ = self.nudge.send(());
        }
    }

    /// Takes a revision in; whether anything of it matters to the moment.
    fn heed(&self, known: &mut Known, feature: &StoredFeature) -> bool {
        let revision = known.revisions.entry(feature.key).or_insert(Revision(0));
        if *revision >= feature.revision {
            return false;
        }
        *revision = feature.revision;
        match feature.collection {
            Collection::Roads | Collection::Gates => {
                known.joining.take(feature);
                false
            }
            Collection::Resources => match resource_of(feature) {
                Some(resource) => {
                    known.resources.insert(feature.key, Arc::new(resource));
                    true
                }
                None => known.resources.remove(&feature.key).is_some(),
            },
            _ => known.closings.take(feature, &self.law),
        }
    }

    /// Shows the next moment.
    fn publish(&self, known: &Known) {
        let (Some(town), Some(closures)) = (&known.town, &known.closures) else { return };
        let (closings, faces) = known.closings.shown();
        let epoch = closures.epoch();
        let moment = Moment { town: Arc::clone(town), closures: closures.clone(), faces: Arc::new(faces), epoch };
        let resources = known.resources.values().cloned().collect();
        let site = Site {
            moment,
            closings,
            resources,
            own: known.joining.joined(),
            is_joining: known.joining.is_behind(),
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

    /// The park's own roads and gates now, and the change that they are.
    fn own(&self) -> (Arc<OwnEntries>, u64) {
        self.known().joining.at((self.now)())
    }

    /// Puts a town in the place of the one before, with everything closed on it that is closed; journal time.
    fn show(&self, town: Town, own: Arc<OwnEntries>, changes: u64) -> UnixMs {
        let mut known = self.known();
        let now = (self.now)();
        // It grows over restarts and networks, so that nobody takes a change for what they know.
        let epoch = known.closures.as_ref().map_or(0, |closures| closures.epoch().0 + 1).max(now.0.unsigned_abs());
        known.closures = Some(Closures::since(&town.network, now, ClosureEpoch(epoch)));
        known.town = Some(Arc::new(town));
        known.joining.done(own, changes);
        known.closings.let_go();
        let all = known.closings.keys();
        known.lay_out(&all, now, self.offset);
        self.publish(&known);
        now
    }

    /// Joins the park's own roads anew when they changed, or a gate's time begins or ends; the town before answers until then.
    fn join(&self) {
        let base = {
            let mut known = self.known();
            known.joining.advance((self.now)());
            known.base.clone().filter(|_| known.joining.is_behind())
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
                self.known().joining.failed(changes);
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
            let keys = known.closings.scheduled();
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
        if let (Some(town), Some(closures)) = (&self.town, &mut self.closures) {
            self.closings.lay_out(keys, (town, closures), (now, offset));
        }
    }
}

/// What is known of a resource that is at a place; `None` of one that is deleted or is nowhere.
fn resource_of(feature: &StoredFeature) -> Option<Resource> {
    let body: ResourceBody = serde_json::from_str(feature.body.as_deref()?).ok()?;
    let [west, south, east, north] = body.geometry.bbox?;
    let at = Position::from_degrees(f64::midpoint(west, east), f64::midpoint(south, north)).ok()?;
    let ResourceSays { name, name_en, kind } = body.properties;
    let text = |value: Value| value.as_str().map(str::to_owned);
    Some(Resource { id: feature.id.to_string(), name: text(name), name_en: text(name_en), kind: text(kind), at })
}

/// What is read of a resource's body.
#[derive(serde::Deserialize)]
struct ResourceBody {
    properties: ResourceSays,
    #[serde(default)]
    geometry: Extent,
}

/// Values, because what an older version let in may be no text.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct ResourceSays {
    name: Value,
    name_en: Value,
    kind: Value,
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
