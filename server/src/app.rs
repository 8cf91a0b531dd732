//! Puts a server together and takes it apart: store, recovery, catalogue, hub, listeners, and an orderly stop.
//!
//! Order matters. HTTP answers from the first moment, so that a person and a watchdog see a recovery and not a dead
//! server; until the store is locked and read back it only says so ([`api::recovering`]). The terminals' address is taken
//! at once too, so that a wrong one is known before the recovery, but no terminal is accepted until its fixes can be kept:
//! it waits in the backlog, keeps what it has and is served then. Nothing listens any more when the pipeline stops, so
//! that whatever was taken in is kept.

use crate::api::{self, App};
use crate::auth::limits::Limits;
use crate::auth::password::Verifier;
use crate::auth::sessions::Sessions;
use crate::auth::setup::Setup;
use crate::config::Config;
use crate::control::{Command, Request, Socket};
use crate::database::{self, DatabaseState, Shipping};
use crate::desk::catalog::Catalog;
use crate::desk::exporting::Exports;
use crate::desk::features::Features;
use crate::desk::file_command;
use crate::desk::importing::Imports;
use crate::desk::published;
use crate::desk::readers::Readers;
use crate::desk::terminals::Terminals;
use crate::gateway::jt808::listener::Gateway;
use crate::ingest::{self, Conduct, StoreAccess};
use crate::live::hub::Hub;
use crate::roads::desk::{Roads, Setting};
use crate::roads::{self, RoadsError};
use cordon_data::gdal::{self, Gdal};
use cordon_data::store::{LastUse, Reader, StoreError};
use cordon_spatial::units::{SpanMs, UnixMs};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address} for {what}: {why}")]
    Listen {
        /// For what.
        what: &'static str,
        /// Which address.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
    /// The control socket cannot be made.
    #[error("cannot make the control socket in the data folder: {0}")]
    Control(std::io::Error),
    /// The table of profiles cannot be used.
    #[error("`roads_profiles`: {0}")]
    Profiles(#[from] RoadsError),
    /// The system gives no more threads.
    #[error("cannot start {0} threads (`engine_threads`): {1}")]
    Threads(usize, std::io::Error),
}

/// What a person must know before the server answers.
pub struct Welcome {
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where JT/T 808 terminals connect.
    pub jt808: SocketAddr,
    /// The code that makes the first administrator, when there is no user yet.
    pub setup_code: Option<String>,
}

/// A server that answers.
pub struct Running {
    /// What requests use.
    pub app: Arc<App>,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// Where JT/T 808 terminals connect.
    pub jt808: SocketAddr,
    shipping: Option<Shipping>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Listens, then opens the site, which may take a while. `welcome` is told what a person must know, before anything but
/// [`api::recovering`] answers; returns when everything does.
pub async fn start(config: Config, welcome: impl FnOnce(&Welcome)) -> Result<Running, StartError> {
    let http = listen("HTTP", config.http)?;
    let jt808 = listen("JT/T 808", config.jt808)?;
    let http_address = address_of("HTTP", &http, config.http)?;
    let jt808_address = address_of("JT/T 808", &jt808, config.jt808)?;
    let prometheus = recorder();
    let (stop, stopping) = watch::channel(false);
    let (router, routers) = watch::channel(api::recovering::router());
    let mut tasks = JoinSet::new();
    tasks.spawn(api::serve::serve(http, routers, stopping.clone()));
    tracing::info!(http = %http_address, "listening; what was stored is read back first");
    let site = {
        let config = config.clone();
        tokio::task::spawn_blocking(move || open(&config)).await.expect("opening the site does not panic")?
    };
    let Site { started, shipping, commits, readers, catalog, hub, roads, terminals, has_users } = site;
    let pipeline = started.pipeline;
    let features = Features::new(pipeline.clone(), readers.clone(), catalog.clone(), roads.clone());
    let gdal = limited_gdal();
    let imports = Imports::new(features.clone(), readers.clone(), gdal.clone(), config.data.join("incoming"));
    imports.take_back_interrupted();
    let setup = Arc::new(Setup::default());
    let terminals = Arc::new(Terminals::new(
        pipeline.clone(),
        catalog.clone(),
        features.clone(),
        (config.jt808_registration, config.jt808_rules.device_check),
        terminals,
    ));
    let gateway = Gateway::new(pipeline.clone(), terminals.clone(), &config.jt808_rules);
    let app = Arc::new(App {
        pipeline: pipeline.clone(),
        database: shipping.as_ref().map(|shipping| Arc::clone(&shipping.state)),
        readers: readers.clone(),
        catalog,
        hub: hub.clone(),
        sessions: Arc::new(Sessions::new(
            readers,
            SpanMs::seconds(i64::from(config.session_idle_min) * 60),
            SpanMs::seconds(i64::from(config.session_max_h) * 3_600),
        )),
        verifier: Verifier::default(),
        limits: Limits::default(),
        setup: setup.clone(),
        trials: api::try_rules::Trials::default(),
        roads: roads.clone(),
        road_turns: api::roads::Turns::default(),
        imports,
        exports: Exports::new(gdal, config.data.join("outgoing")),
        terminals,
        gateway: gateway.clone(),
        features,
        config: Arc::new(config),
        prometheus,
        started_at: pipeline.now(),
        stopping: stopping.clone(),
    });
    let socket = Socket::bind(&app.config.data).map_err(StartError::Control)?;
    let setup_code = (!has_users).then(|| setup.open());
    welcome(&Welcome { http: http_address, jt808: jt808_address, setup_code });
    tasks.spawn({
        let (app, commits) = (app.clone(), commits.resubscribe());
        async move {
            let App { config, pipeline, readers, hub, .. } = &*app;
            published::run(&config.data, pipeline.clone(), readers.clone(), hub.clone(), commits).await;
        }
    });
    tasks.spawn(hub.run(pipeline, commits, roads.epochs()));
    tasks.spawn(upkeep(app.prometheus.clone()));
    tasks.spawn(keep_last_use(app.clone()));
    tasks.spawn(control(socket, app.clone()));
    drop(router.send_replace(api::router(app.clone())));
    tasks.spawn(gateway.run(jt808, stopping));
    Ok(Running { app, http: http_address, jt808: jt808_address, shipping, stop, tasks })
}

impl Running {
    /// Works until the process is asked to stop (SIGINT or SIGTERM), then stops in order.
    pub async fn until_asked_to_stop(self) {
        asked_to_stop().await;
        self.stop().await;
    }

    /// Lets open requests end, keeps what was taken in, and ends.
    pub async fn stop(mut self) {
        tracing::info!("stopping");
        // An error only says that nobody listens to it.
        let _ = self.stop.send(true);
        let pipeline = self.app.pipeline.clone();
        let _kept_or_logged = note_use(&self.app, self.app.started_at).await;
        let listeners = tokio::time::timeout(Duration::from_secs(6), async {
            // The HTTP task ends by itself; the others go with the process's work.
            while self.tasks.len() > PERPETUAL_TASKS {
                if self.tasks.join_next().await.is_none() {
                    break;
                }
            }
        });
        if listeners.await.is_err() {
            tracing::warn!("a listener did not end in time");
        }
        let shipping = self.shipping.take();
        let in_order = tokio::task::spawn_blocking(move || {
            pipeline.stop();
            // What was committed last goes to the database too.
            shipping.iter().for_each(Shipping::stop);
        });
        if in_order.await.is_err() {
            tracing::error!("the pipeline did not stop in order");
        }
        self.tasks.shutdown().await;
        tracing::info!("stopped");
    }
}

/// Tasks that work until they are shut down: hub, published GeoPackage, metrics upkeep, last uses, control socket.
const PERPETUAL_TASKS: usize = 5;

/// What opening a site gives.
struct Site {
    started: ingest::Started,
    shipping: Option<Shipping>,
    commits: tokio::sync::broadcast::Receiver<Arc<ingest::Committed>>,
    readers: Readers,
    catalog: Catalog,
    hub: Hub,
    roads: Roads,
    terminals: Vec<cordon_data::store::Terminal>,
    has_users: bool,
}

/// Locks the folder, recovers the engine and fills what lives in memory. Blocks.
fn open(config: &Config) -> Result<Site, StartError> {
    let began = Instant::now();
    let (mut writer, store) = cordon_data::sqlite::open(&config.data)?;
    let access = StoreAccess {
        folder: config.data.clone(),
        open: Arc::new(move || store.get().map(|reader| Box::new(reader) as Box<dyn Reader>)),
    };
    let database = config.database_config().map(|database| {
        database::reconcile(&database, &mut writer, &access)?;
        Ok::<_, StoreError>((database, Arc::new(DatabaseState::default())))
    });
    let database = database.transpose()?;
    let open = access.open.clone();
    let readers = Readers::new(move || open());
    let store_open = began.elapsed();
    let catalog = Catalog::load(&readers)?;
    tracing::info!(
        store_open_s = store_open.as_secs_f64(),
        catalogue_s = (began.elapsed() - store_open).as_secs_f64(),
        "the store is open and its names are read"
    );
    let lanes = ingest::lanes(config.engine_threads).map_err(|why| StartError::Threads(config.engine_threads, why))?;
    let state = database.as_ref().map(|(_, state)| Arc::clone(state));
    let conduct = Conduct { retention: config.keep, lanes, figures: config.figures(), database: state };
    let started = ingest::start(Box::new(writer), access.clone(), conduct)?;
    let shipping = database.map(|(database, state)| {
        let pipeline = started.pipeline.clone();
        Shipping::start(database, access, config.keep, state, move || pipeline.now())
    });
    let shipping = shipping.transpose()?;
    let commits = started.pipeline.committed();
    let hub = Hub::new(catalog.clone(), readers.clone(), &started, config.figures().silence)?;
    let pipeline = started.pipeline.clone();
    let setting = Setting {
        folder: config.data.clone(),
        law: config.roads_closed_by.clone(),
        profiles: roads::profiles(config.roads_profiles.as_deref())?,
        offset: ingest::settings().offset,
        now: Box::new(move || pipeline.now()),
    };
    let roads = Roads::start(setting, &readers)?;
    let (terminals, has_users) = readers.read_here(|reader| Ok((reader.terminals()?, !reader.users()?.is_empty())))?;
    Ok(Site { started, shipping, commits, readers, catalog, hub, roads, terminals, has_users })
}

/// Answers commands from the same machine.
async fn control(socket: Socket, app: Arc<App>) {
    socket
        .serve(move |request| {
            let app = app.clone();
            async move {
                match request {
                    Request::Account(command) => account(&app, command).await.map_err(|error| error.to_string()),
                    Request::File(command) => file_command::run(&app, command).await,
                }
            }
        })
        .await;
}

async fn account(app: &App, command: Command) -> Result<Value, StoreError> {
    let now = app.pipeline.now();
    let adds_user = matches!(command, Command::AddUser { .. });
    app.pipeline.write(move |writer| command.run(writer, now)).await?;
    if adds_user {
        app.setup.close();
    }
    Ok(Value::Null)
}

/// How often it is written down when accounts were last used.
const LAST_USE_EVERY: Duration = Duration::from_secs(60);

/// Writes down when accounts were last used.
async fn keep_last_use(app: Arc<App>) {
    let mut interval = tokio::time::interval(LAST_USE_EVERY);
    let mut noted = app.started_at;
    loop {
        interval.tick().await;
        let now = app.pipeline.now();
        if note_use(&app, noted).await {
            noted = now;
        }
    }
}

/// Writes down which accounts were used since then; returns whether it is written.
async fn note_use(app: &App, since: UnixMs) -> bool {
    let used = app.sessions.used_since(since);
    if used == LastUse::default() {
        return true;
    }
    let noted = app.pipeline.write(move |writer| writer.note_use(&used)).await;
    if let Err(error) = &noted {
        tracing::warn!(%error, "it was not written down when accounts were last used");
    }
    noted.is_ok()
}

/// Lets the metrics forget what is old.
async fn upkeep(prometheus: PrometheusHandle) {
    let mut interval = tokio::time::interval(Duration::from_secs(5));
    loop {
        interval.tick().await;
        prometheus.run_upkeep();
    }
}

/// GDAL's programs, run by this very program, which limits itself before it becomes one of them.
pub fn limited_gdal() -> Gdal {
    let this = std::env::current_exe().unwrap_or_else(|_| "cordon".into());
    Gdal { launcher: vec![this.into(), "run-limited".into(), "--".into()], limits: gdal::Limits::default() }
}

/// The process's metrics; made once.
fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];
            let handle = PrometheusBuilder::new()
                .set_buckets(&SECONDS)
                .expect("the list of buckets is not empty")
                .install_recorder()
                .expect("no other recorder is installed in this process");
            metrics::gauge!("cordon_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            handle
        })
        .clone()
}

/// A listening socket with room for a connection storm.
pub fn listen(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = || -> std::io::Result<TcpListener> {
        let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        TcpListener::from_std(socket.into())
    };
    bound().map_err(|why| StartError::Listen { what, address, why })
}

/// Where a socket listens: the port that the system gave when port 0 was asked for.
fn address_of(what: &'static str, listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|why| StartError::Listen { what, address: asked, why })
}

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 4_096;

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signals can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
