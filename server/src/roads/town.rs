//! A network in memory with what every question needs of it: graphs and shortcuts of the profiles, made when first asked for.

use super::{FILE, RoadsError};
use cordon_data::road_file::RoadFile;
use cordon_spatial::road::hierarchy::{Shortcuts, Skeleton};
use cordon_spatial::road::{
    Closures, EdgeGrid, Fast, Graph, Metric, Network, Own, OwnReport, ProfileId, Profiles, Report, Scratch, View, join,
};
use cordon_spatial::units::UnixMs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// The network of a data folder, without the park's own roads.
pub struct Base {
    network: Arc<Network>,
    grid: Arc<EdgeGrid>,
    skeleton: Arc<Skeleton>,
    source: String,
    attribution: String,
    report: Arc<Report>,
}

/// A network in memory. Nothing of it changes but what is made when it is first asked for.
pub struct Town {
    /// The network.
    pub network: Arc<Network>,
    /// Its edges by place.
    pub grid: Arc<EdgeGrid>,
    /// The skeleton of the fast layer.
    pub skeleton: Arc<Skeleton>,
    /// What it was made from, for people.
    pub source: String,
    /// Whose data it is.
    pub attribution: String,
    /// What was noticed when it was made.
    pub report: Arc<Report>,
    /// What became of the park's own roads and gates.
    pub own: OwnReport,
    profiles: Profiles,
    layers: [Layer; ProfileId::ALL.len() * METRICS.len()],
    scratch: Mutex<Vec<Scratch>>,
}

const METRICS: [Metric; 2] = [Metric::Fastest, Metric::Shortest];

/// What one profile makes of the network for one metric.
#[derive(Default)]
struct Layer {
    graph: OnceLock<Graph>,
    free: OnceLock<Free>,
    shortcuts: RwLock<Option<Arc<Shortcuts>>>,
    /// Somebody has asked for the shortcuts.
    is_wanted: AtomicBool,
}

/// The same when neither law nor measures nor closures keep it from anything.
struct Free {
    graph: Graph,
    nothing: Closures,
    /// Once somebody asked and the thread came round to it.
    shortcuts: OnceLock<Shortcuts>,
}

impl Base {
    /// The network of a data folder.
    pub fn load(folder: &Path) -> Result<Base, RoadsError> {
        let path = folder.join(FILE);
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(RoadsError::NoNetwork(folder.to_owned()));
            }
            Err(error) => return Err(RoadsError::File(path, error)),
        };
        let file = RoadFile::read(&file).map_err(|error| RoadsError::Saved(path, error))?;
        Ok(Base {
            network: Arc::new(file.network),
            grid: Arc::new(file.grid),
            skeleton: Arc::new(file.skeleton),
            source: file.source,
            attribution: file.attribution,
            report: Arc::new(file.report),
        })
    }
}

impl Town {
    /// The network of a data folder alone.
    pub fn load(folder: &Path, profiles: Profiles) -> Result<Town, RoadsError> {
        Ok(Town::alone(&Base::load(folder)?, profiles))
    }

    /// A network without own roads.
    pub fn alone(base: &Base, profiles: Profiles) -> Town {
        let made = (Arc::clone(&base.network), Arc::clone(&base.grid), Arc::clone(&base.skeleton));
        Town::of(base, profiles, made, OwnReport::default())
    }

    /// A network with the park's own roads and gates.
    pub fn joined(base: &Base, own: &Own, profiles: Profiles) -> Result<Town, RoadsError> {
        let joined = join((&base.network, &base.grid), &base.skeleton.order(), own)?;
        let grid = EdgeGrid::of(&joined.network);
        let skeleton = Skeleton::new(&joined.network, &joined.order)?;
        let made = (Arc::new(joined.network), Arc::new(grid), Arc::new(skeleton));
        Ok(Town::of(base, profiles, made, joined.report))
    }

    fn of(
        base: &Base,
        profiles: Profiles,
        (network, grid, skeleton): (Arc<Network>, Arc<EdgeGrid>, Arc<Skeleton>),
        own: OwnReport,
    ) -> Town {
        Town {
            network,
            grid,
            skeleton,
            source: base.source.clone(),
            attribution: base.attribution.clone(),
            report: Arc::clone(&base.report),
            own,
            profiles,
            layers: Default::default(),
            scratch: Mutex::default(),
        }
    }

    fn layer(&self, profile: ProfileId, metric: Metric) -> &Layer {
        &self.layers[profile as usize * METRICS.len() + metric as usize]
    }

    /// What a profile makes of the network.
    pub fn graph(&self, profile: ProfileId, metric: Metric) -> &Graph {
        let make = || Graph::of(&self.network, &self.profiles, profile, metric);
        self.layer(profile, metric).graph.get_or_init(make)
    }

    /// What a profile would see of the network if neither law nor measures nor closures kept it from anything.
    pub fn free(&self, profile: ProfileId, metric: Metric) -> View<'_> {
        let free = self.layer(profile, metric).free.get_or_init(|| Free {
            graph: Graph::unbound(&self.network, &self.profiles, profile, metric),
            nothing: Closures::none(&self.network, UnixMs(0)),
            shortcuts: OnceLock::new(),
        });
        let fast = free.shortcuts.get().map(|shortcuts| Fast { skeleton: &self.skeleton, shortcuts });
        View { network: &self.network, grid: &self.grid, graph: &free.graph, closures: &free.nothing, fast }
    }

    /// The shortcuts of the fast layer as they were followed last, if they were made; who asks is heard by [`Town::follow`].
    pub fn shortcuts(&self, profile: ProfileId, metric: Metric) -> Option<Arc<Shortcuts>> {
        let layer = self.layer(profile, metric);
        layer.is_wanted.store(true, Ordering::Relaxed);
        layer.shortcuts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Brings the shortcuts that somebody asked for up to some closures, and makes those that know of none.
    pub fn follow(&self, closures: &Closures) {
        self.bring_up_to(closures);
        for free in self.layers.iter().filter_map(|layer| layer.free.get()) {
            let make = || Shortcuts::new(&self.network, &self.skeleton, &free.graph, &free.nothing);
            free.shortcuts.get_or_init(make);
        }
    }

    fn bring_up_to(&self, closures: &Closures) {
        for profile in ProfileId::ALL {
            for metric in METRICS {
                let layer = self.layer(profile, metric);
                let known = layer.shortcuts.read().unwrap_or_else(PoisonError::into_inner).clone();
                let made = match known {
                    Some(known) if known.epoch() == closures.epoch() => continue,
                    Some(known) => {
                        let mut next = Shortcuts::clone(&known);
                        next.follow(&self.skeleton, closures);
                        next
                    }
                    None if layer.is_wanted.load(Ordering::Relaxed) => {
                        Shortcuts::new(&self.network, &self.skeleton, self.graph(profile, metric), closures)
                    }
                    None => continue,
                };
                *layer.shortcuts.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(made));
            }
        }
    }

    /// Works with the memory of an earlier search.
    pub fn with_scratch<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let kept = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = kept().pop().unwrap_or_default();
        let done = work(&mut scratch);
        kept().push(scratch);
        done
    }
}
