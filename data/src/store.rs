//! The store's contract: one transaction holds a batch's records, events, alarms, feature revisions with their audit lines,
//! and the position.
//!
//! One [`Writer`] exists per site, owned by one thread; a [`Reader`] is opened as often as wanted. Nothing of a batch may
//! be shown or acknowledged before [`Writer::commit`] returned. A store never repairs silently: it answers with a
//! [`StoreError`] that says what the caller can do.

use crate::feature::{Collection, StoredFeature};
use crate::shipment::{Accounts, Mark, Shipment};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::{Event, EventKind, EventStatus};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{
    AlarmId, EventId, FeatureId, FeatureKey, JournalPosition, Revision, Seq, VehicleKey, ZoneKey,
};
use cordon_spatial::onemap::Term;
use cordon_spatial::record::Record;
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::watch::Checkpoint;

/// What a caller can do about a failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk: nothing was kept; try a small commit again later.
    #[error("no room on the disk")]
    NoRoom,
    /// Writing or syncing failed: nothing can be promised any more; stop.
    #[error("writing to the store failed: {0}")]
    Broken(String),
    /// The data folder was written by a newer Cordon: use that one.
    #[error("the data folder has schema {found}, this program knows up to {known}: use a newer cordon")]
    Newer {
        /// Schema version of the folder.
        found: u32,
        /// Newest schema version that this program knows.
        known: u32,
    },
    /// The database cannot be reached, or the connection broke: whether the last batch was kept is known only after opening
    /// the store again.
    #[error("the database cannot be reached: {0}")]
    Lost(String),
    /// Another process holds the folder.
    #[error("the data folder {folder} is in use by process {pid}")]
    InUse {
        /// Which folder.
        folder: String,
        /// Who holds it; 0 when unknown.
        pid: u32,
    },
    /// Stored bytes cannot be read back.
    #[error("the store is damaged at {place}: {what}")]
    Damaged {
        /// Table or file and row.
        place: String,
        /// What was found.
        what: String,
    },
    /// A name that must be unique is taken.
    #[error("{what} exists already")]
    Exists {
        /// What is taken.
        what: String,
    },
    /// Anything else from below; reading again may help.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// One batch, committed as a whole or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Journal time of the batch; every record carries the same.
    pub at: UnixMs,
    /// The records, numbered without gaps from the store's head on.
    pub records: &'a [Record],
    /// Changed events, in `seq` order; the last row of an id stands.
    pub events: &'a [Event],
    /// Changed alarms, in `seq` order; the last row of an id stands.
    pub alarms: &'a [Alarm],
    /// New feature revisions, one for every edit record.
    pub features: &'a [StoredFeature],
    /// New and rewritten checkpoints of vehicles; of several with one vehicle and time the last stands. They are kept as of
    /// the batch's last record.
    pub checkpoints: &'a [Checkpoint],
    /// Who made them, for the audit trail.
    pub audit: &'a [AuditLine],
}

/// What may be forgotten: what was received before these times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget {
    /// Journal batches, as far as they are cut into tracks,
    pub journal_before: UnixMs,
    /// and up to this position at most: no recovery may need them.
    pub journal_upto: JournalPosition,
    /// Pieces of track.
    pub tracks_before: UnixMs,
    /// Closed alarms, by when they were closed, and events on which no kept alarm rests.
    pub alarms_before: UnixMs,
}

/// How far the store has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Head {
    /// The last journalled record; 0 on a new site.
    pub position: JournalPosition,
    /// The last change of an event or alarm; 0 on a new site.
    pub seq: Seq,
    /// Journal time of the last batch; `UnixMs(0)` on a new site.
    pub at: UnixMs,
    /// The largest feature key ever given; 0 on a new site.
    pub last_key: u32,
}

/// How far back fixes are read where no checkpoint is kept: a vehicle whose checkpoints were never kept is judged from
/// there, as if it had begun then.
pub(crate) const WITHOUT_CHECKPOINT: SpanMs = SpanMs::seconds(86_400);

/// Which events to list: all given conditions hold; in `seq` order.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// `at` not before.
    pub from: Option<UnixMs>,
    /// `at` before.
    pub to: Option<UnixMs>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// About this vehicle.
    pub vehicle: Option<VehicleKey>,
    /// In this zone.
    pub zone: Option<ZoneKey>,
    /// With this status.
    pub status: Option<EventStatus>,
    /// `seq` greater than.
    pub after: Option<Seq>,
    /// At most so many, 1 to 10,000.
    pub limit: usize,
}

/// What is stored of a vehicle's path, as it was known at a place of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastFixes {
    /// The newest checkpoint at or before the time asked for; `None` when there is none.
    pub checkpoint: Option<Checkpoint>,
    /// The fixes from the checkpoint's time on, by `fixed_at`, exact repeats once (the one journalled first), with only the
    /// marks that a gateway sets. Those that came too late to be judged are not among them.
    pub fixes: Vec<Fix>,
}

/// A revision of a zone that was in force until it was replaced or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplacedZone {
    /// Which feature.
    pub key: FeatureKey,
    /// Which revision.
    pub revision: Revision,
    /// From its own record until that of the next revision.
    pub term: Term,
}

/// Which alarms to list: all given conditions hold; in `seq` order.
#[derive(Clone, Debug, Default)]
pub struct AlarmQuery {
    /// In any of these states; empty = all.
    pub states: Vec<AlarmState>,
    /// Of this priority.
    pub priority: Option<u8>,
    /// Raised not before.
    pub from: Option<UnixMs>,
    /// Raised before.
    pub to: Option<UnixMs>,
    /// `seq` greater than.
    pub after: Option<Seq>,
    /// At most so many, 1 to 10,000.
    pub limit: usize,
}

/// Spans of time of one length that follow each other, to count alarms in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Where the first begins.
    pub from: UnixMs,
    /// How long each is, over 0.
    pub width: SpanMs,
    /// How many, 1 to 10,000.
    pub count: usize,
}

/// How many alarms there were in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct AlarmCount {
    /// Whose event began in it.
    pub raised: u64,
    /// That a person took note of in it.
    pub acknowledged: u64,
    /// That were done in it.
    pub closed: u64,
}

/// Which features to list: in key order.
#[derive(Clone, Debug)]
pub struct FeatureQuery {
    /// Of this collection.
    pub collection: Collection,
    /// Touching this box (west, south, east, north, degrees), if given.
    pub bbox: Option<[f64; 4]>,
    /// Key greater than.
    pub after: Option<FeatureKey>,
    /// At most so many, 1 to 10,000.
    pub limit: usize,
}

/// A role (INTERFACES.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Emergency commander.
    Commander,
    /// Transport monitor.
    Monitor,
    /// Gate guard.
    Guard,
    /// Safety supervisor.
    Supervisor,
    /// Administrator.
    Admin,
    /// A device: may only post fixes, readings and passages.
    Device,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 6] =
        [Role::Commander, Role::Monitor, Role::Guard, Role::Supervisor, Role::Admin, Role::Device];

    /// The name on the command line, in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Role::Commander => "commander",
            Role::Monitor => "monitor",
            Role::Guard => "guard",
            Role::Supervisor => "supervisor",
            Role::Admin => "admin",
            Role::Device => "device",
        }
    }

    /// The role of that name; `None` when there is none.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Unique.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Password hash in PHC text form.
    pub password_hash: String,
    /// When the account was made.
    pub created_at: UnixMs,
    /// When the person was last here, as [`Writer::note_use`] was told; `None` = never.
    pub last_seen_at: Option<UnixMs>,
}

/// What is to be changed of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Another role.
    pub role: Option<Role>,
    /// Another password: every session of the user ends,
    pub password_hash: Option<String>,
    /// except this one.
    pub keep_session: Option<[u8; 32]>,
}

/// What became of a change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It was made.
    Done,
    /// There is no such account; nothing was changed.
    Unknown,
    /// It would have left no user who may administer; nothing was changed.
    LastAdmin,
}

/// When accounts were last used, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastUse {
    /// Of users.
    pub users: Vec<(String, UnixMs)>,
    /// Of tokens.
    pub tokens: Vec<(String, UnixMs)>,
}

/// A bearer token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// For people to recognise it; unique.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last shown, as [`Writer::note_use`] was told; `None` = never.
    pub last_used_at: Option<UnixMs>,
}

/// A signed-in session, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// Whose.
    pub user: String,
    /// When it began.
    pub created_at: UnixMs,
    /// When it ends whatever happens.
    pub expires_at: UnixMs,
}

/// A JT/T 808 terminal that has shown up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Digits without leading zeros; unique.
    pub phone: String,
    /// The vehicle that it is bound to, once approved.
    pub vehicle: Option<VehicleKey>,
    /// SHA-256 of its authentication code, once one was given.
    pub code_hash: Option<[u8; 32]>,
    /// Plate as registered, decoded.
    pub plate: Option<String>,
    /// Plate colour as registered (JT/T 697.7: 1 blue, 2 yellow, 3 black, 4 white, 9 other).
    pub plate_colour: Option<u8>,
    /// Maker and model as registered.
    pub model: Option<String>,
    /// First contact.
    pub first_seen_at: UnixMs,
}

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Journal time.
    pub at: UnixMs,
    /// User or token name, or `system`.
    pub who: String,
    /// What was done, e.g. `feature.put`, `session.create`, `user.add`.
    pub action: String,
    /// To what, and with which outcome.
    pub detail: serde_json::Value,
}

/// A feature that was deleted.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleted {
    /// Its last revision with a body.
    pub last: StoredFeature,
    /// The revision that deleted it.
    pub revision: Revision,
    /// When that was recorded.
    pub at: UnixMs,
    /// Who did it.
    pub who: String,
}

/// The one that writes. Exactly one exists per site.
pub trait Writer: Send {
    /// Keeps the batch whole, durably, or not at all. Returns after the bytes are synced. An act that changed its alarm is
    /// written into the audit trail with it.
    ///
    /// Errors: [`StoreError::NoRoom`] kept nothing and may be tried again; after any other nothing more can be promised,
    /// and whether the batch was kept is known only after opening the store again. The records must follow the head
    /// without a gap and carry the batch's time; else [`StoreError::Failed`], and nothing is kept.
    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), StoreError>;

    /// How far the store has come.
    fn head(&self) -> Head;

    /// Takes in what another store hands on, durably, all or nothing. Its batches must follow on the head, on a new store they
    /// may begin anywhere; revisions and rows that are here already stay or are replaced by what comes.
    fn take_in(&mut self, shipment: &Shipment) -> Result<(), StoreError>;

    /// Cuts journalled fixes into tracks for at most about `budget_ms` milliseconds; returns whether more is waiting.
    fn cut_tracks(&mut self, budget_ms: u32) -> Result<bool, StoreError>;

    /// Forgets what is old for at most about `budget_ms` milliseconds; returns whether more is waiting. A round that has begun
    /// goes on with what it began with. The newest batch of the journal and the newest change of an event or alarm stay: they
    /// say how far the store has come.
    fn forget(&mut self, what: &Forget, budget_ms: u32) -> Result<bool, StoreError>;

    /// Forgets, for at most about `budget_ms` milliseconds, checkpoints that no question can reach any more: of each vehicle
    /// those before its newest one at or before `older_than`, and versions that a later one replaced at or before
    /// `replaced_before`, the oldest place from which the journal may be replayed. Returns whether more is waiting; a call
    /// after `false` begins again.
    fn prune_checkpoints(
        &mut self,
        older_than: UnixMs,
        replaced_before: JournalPosition,
        budget_ms: u32,
    ) -> Result<bool, StoreError>;

    /// Adds a user, with an audit line, in one transaction; [`StoreError::Exists`] when the name is taken.
    fn add_user(&mut self, user: &User, audit: &AuditLine) -> Result<(), StoreError>;
    /// Adds a token, with an audit line; [`StoreError::Exists`] when the name is taken.
    fn add_token(&mut self, token: &Token, audit: &AuditLine) -> Result<(), StoreError>;
    /// Changes a user, with an audit line, in one transaction.
    fn change_user(&mut self, name: &str, change: &UserChange, audit: &AuditLine) -> Result<AccountChange, StoreError>;
    /// Removes a user and ends every session of theirs, with an audit line, in one transaction.
    fn remove_user(&mut self, name: &str, audit: &AuditLine) -> Result<AccountChange, StoreError>;
    /// Removes a token, with an audit line.
    fn remove_token(&mut self, name: &str, audit: &AuditLine) -> Result<AccountChange, StoreError>;
    /// Notes when accounts were last used; one that does not exist is passed over, and a time never goes back. Need not
    /// survive a power cut.
    fn note_use(&mut self, used: &LastUse) -> Result<(), StoreError>;
    /// Adds a session, with an audit line.
    fn add_session(&mut self, session: &Session, audit: &AuditLine) -> Result<(), StoreError>;
    /// Ends a session; unknown is fine.
    fn end_session(&mut self, hash: &[u8; 32], audit: &AuditLine) -> Result<(), StoreError>;
    /// Adds or replaces a terminal.
    fn put_terminal(&mut self, terminal: &Terminal, audit: &AuditLine) -> Result<(), StoreError>;
    /// Adds or replaces terminals, all or none: a connection storm registers thousands within seconds, and a transaction
    /// for each would be a sync for each.
    fn put_terminals(&mut self, terminals: &[(Terminal, AuditLine)]) -> Result<(), StoreError>;
    /// Appends to the audit trail alone (a refused sign-in, say).
    fn audit(&mut self, line: &AuditLine) -> Result<(), StoreError>;
}

/// One that reads what was committed; each call sees one consistent state.
pub trait Reader: Send {
    /// How far the store has come.
    fn head(&self) -> Result<Head, StoreError>;

    /// Up to `limit` journal batches from the one that holds `from` on: journal time and records, whole batches, in order.
    fn journal(&self, from: JournalPosition, limit: usize) -> Result<Vec<(UnixMs, Vec<Record>)>, StoreError>;

    /// A feature's current revision; `None` when unknown or deleted.
    fn feature(&self, collection: Collection, id: &FeatureId) -> Result<Option<StoredFeature>, StoreError>;
    /// A feature's current revision by key, deleted ones included.
    fn feature_by_key(&self, key: FeatureKey) -> Result<Option<StoredFeature>, StoreError>;
    /// One revision of a feature, deleted ones included.
    fn feature_revision(&self, key: FeatureKey, revision: Revision) -> Result<Option<StoredFeature>, StoreError>;
    /// A feature's revisions from the one in force at `since` on (the first, if it was recorded later), those recorded up to
    /// `upto`, oldest first, deletions included.
    fn revisions(&self, key: FeatureKey, since: UnixMs, upto: UnixMs) -> Result<Vec<StoredFeature>, StoreError>;
    /// A feature's revisions before one, or all of them, the newest first, deletions included; at most `limit`, 1 to 10,000.
    fn revisions_before(
        &self,
        key: FeatureKey,
        before: Option<Revision>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError>;
    /// The zone revisions that were replaced or deleted after `since` and at or before `upto`, by the time of that. Cost: a
    /// row for each; what they say is read by [`Reader::feature_revision`].
    fn replaced_zones(&self, since: UnixMs, upto: UnixMs) -> Result<Vec<ReplacedZone>, StoreError>;
    /// Whether an id was ever used in the collection (ids are never reused).
    fn id_was_used(&self, collection: Collection, id: &FeatureId) -> Result<bool, StoreError>;
    /// Current features of a collection. Cost: those in the box, not those of the collection.
    fn features(&self, query: &FeatureQuery) -> Result<Vec<StoredFeature>, StoreError>;
    /// The deleted features of a collection, the last deleted first; at most `limit`, 1 to 10,000, and of those only what comes
    /// after `after` in that order. Cost: that of all deleted features of the collection.
    fn deleted(
        &self,
        collection: Collection,
        after: Option<(UnixMs, FeatureKey)>,
        limit: usize,
    ) -> Result<Vec<Deleted>, StoreError>;
    /// How many current features of a collection touch a box (west, south, east, north, degrees), counted up to `most`. Cost:
    /// that of the counted alone.
    fn count_within(&self, collection: Collection, bbox: [f64; 4], most: usize) -> Result<u64, StoreError>;
    /// Number of current features of a collection.
    fn count(&self, collection: Collection) -> Result<u64, StoreError>;

    /// How far the store has come, as another one asks that takes in what it hands on.
    fn mark(&self) -> Result<Mark, StoreError>;
    /// What was kept after a mark: whole batches with about `records` records, at least one batch if there is one, and all that
    /// goes with them. Of one consistent state.
    fn after(&self, mark: &Mark, records: usize) -> Result<Shipment, StoreError>;
    /// Every revision of every feature by (key, revision), after one of them, at most `limit`, 1 to 10,000.
    fn revisions_after(
        &self,
        after: Option<(FeatureKey, Revision)>,
        limit: usize,
    ) -> Result<Vec<StoredFeature>, StoreError>;
    /// The vehicles that have stored fixes, by key, after one of them, at most `limit`, 1 to 10,000.
    fn tracked(&self, after: Option<VehicleKey>, limit: usize) -> Result<Vec<VehicleKey>, StoreError>;
    /// All stored fixes of a vehicle by their places, repeats included.
    fn placed(&self, vehicle: VehicleKey) -> Result<Vec<(JournalPosition, Fix)>, StoreError>;
    /// Every account and terminal.
    fn accounts(&self) -> Result<Accounts, StoreError>;

    /// A vehicle's fixes with `from <= fixed_at < to`, by (fixed_at, source), exact duplicates once; at most `limit`.
    fn track(&self, vehicle: VehicleKey, from: UnixMs, to: UnixMs, limit: usize) -> Result<Vec<Fix>, StoreError>;

    /// What was known of a vehicle's path when the journal had come to `as_of`, from the newest checkpoint at or before `from`
    /// on; without one, from the day before `from` on, which is all of it if the vehicle's checkpoints were ever kept.
    ///
    /// Cost: every stored fix of the vehicle since then is read, about 90 bytes each: 0.3 MB for an hour at one a second, 55 MB
    /// for seven days of it.
    fn history(&self, vehicle: VehicleKey, from: UnixMs, as_of: JournalPosition) -> Result<PastFixes, StoreError>;

    /// Events in `seq` order.
    fn events(&self, query: &EventQuery) -> Result<Vec<Event>, StoreError>;
    /// A vehicle's events that had not ended before `since`, in `seq` order, retracted ones included.
    fn events_held(&self, vehicle: VehicleKey, since: UnixMs) -> Result<Vec<Event>, StoreError>;
    /// One event.
    fn event(&self, id: EventId) -> Result<Option<Event>, StoreError>;
    /// Alarms in `seq` order.
    fn alarms(&self, query: &AlarmQuery) -> Result<Vec<Alarm>, StoreError>;
    /// How many alarms there were in each span. Cost: that of walking the indexes over the spans alone.
    fn alarm_counts(&self, spans: &Spans) -> Result<Vec<AlarmCount>, StoreError>;
    /// How many open alarms are in any of these states.
    fn count_open_alarms(&self, states: &[AlarmState]) -> Result<u64, StoreError>;
    /// The open alarm in any of these states that was raised first.
    fn oldest_open_alarm(&self, states: &[AlarmState]) -> Result<Option<Alarm>, StoreError>;
    /// One alarm.
    fn alarm(&self, id: AlarmId) -> Result<Option<Alarm>, StoreError>;

    /// One user.
    fn user(&self, name: &str) -> Result<Option<User>, StoreError>;
    /// All users by name.
    fn users(&self) -> Result<Vec<User>, StoreError>;
    /// The token with this hash.
    fn token(&self, hash: &[u8; 32]) -> Result<Option<Token>, StoreError>;
    /// All tokens by name.
    fn tokens(&self) -> Result<Vec<Token>, StoreError>;
    /// The session with this hash, expired or not.
    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError>;
    /// One terminal.
    fn terminal(&self, phone: &str) -> Result<Option<Terminal>, StoreError>;
    /// Lines of the audit trail with a number greater than `after`, with their numbers, oldest first; at most `limit`, 1 to
    /// 10,000.
    fn audit(&self, after: u64, limit: usize) -> Result<Vec<(u64, AuditLine)>, StoreError>;
    /// All terminals by phone.
    fn terminals(&self) -> Result<Vec<Terminal>, StoreError>;
}

/// Opens readers, from any thread and as often as wanted.
pub trait Readers: Send + Sync {
    /// One reader; cheap when one was given back before.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;
}
