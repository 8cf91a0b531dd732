//! What one store hands to another: what was kept after a mark, batch by batch and in order, or everything.
//!
//! A shipment is taken in by one transaction, with the mark that it leads to, so it is there once or not at all, whatever
//! breaks between the two stores. It is made of what stands: of an event that changed five times in it, the last row.

use crate::feature::StoredFeature;
use crate::store::{AlarmQuery, AuditLine, EventQuery, Reader, Session, StoreError, Terminal, Token, User, Writer};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::Event;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, JournalPosition, Revision, Seq, VehicleKey};
use cordon_spatial::record::{Record, RecordBody};
use cordon_spatial::units::UnixMs;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

/// How far a store has what another one keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Mark {
    /// The last record.
    pub position: JournalPosition,
    /// The last change of an event or alarm.
    pub seq: Seq,
    /// The last line of the audit trail.
    pub audit: u64,
}

/// A journal batch.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptBatch {
    /// Its journal time.
    pub at: UnixMs,
    /// The last change of an event or alarm by its end; 0 when that was not noted yet.
    pub seq: Seq,
    /// Its records, at least one.
    pub records: Vec<Record>,
}

/// A checkpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCheckpoint {
    /// Whose.
    pub vehicle: VehicleKey,
    /// Of which time.
    pub at: UnixMs,
    /// Up to where in the journal it knows.
    pub position: JournalPosition,
    /// A frame of [`crate::codec::checkpoint`].
    pub body: Vec<u8>,
}

/// Every account and terminal.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Accounts {
    /// Users.
    pub users: Vec<User>,
    /// Tokens.
    pub tokens: Vec<Token>,
    /// Sessions, ended ones not.
    pub sessions: Vec<Session>,
    /// Terminals.
    pub terminals: Vec<Terminal>,
}

/// What is handed on.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Shipment {
    /// Batches that follow on the mark, in order.
    pub journal: Vec<KeptBatch>,
    /// Revisions of features, those of each ascending.
    pub features: Vec<StoredFeature>,
    /// Fixes with their places.
    pub fixes: Vec<(JournalPosition, Fix)>,
    /// The last rows of changed events.
    pub events: Vec<Event>,
    /// The last rows of changed alarms.
    pub alarms: Vec<Alarm>,
    /// Checkpoints.
    pub checkpoints: Vec<KeptCheckpoint>,
    /// Lines of the audit trail with their numbers.
    pub audit: Vec<(u64, AuditLine)>,
    /// All accounts, when any may have changed.
    pub accounts: Option<Accounts>,
}

/// Most lines of the audit trail of a shipment.
pub const MAX_AUDIT: usize = 10_000;
/// Rows of a page when everything is copied.
const PAGE: usize = 5_000;

impl Shipment {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Shipment::default()
    }

    /// The fixes of its batches, as they are handed on.
    pub fn fixes_of(journal: &[KeptBatch]) -> Vec<(JournalPosition, Fix)> {
        let fix = |record: &Record| match &record.body {
            RecordBody::Fix(fix) => Some((record.position, *fix)),
            _ => None,
        };
        journal.iter().flat_map(|batch| &batch.records).filter_map(fix).collect()
    }
}

/// Whether any of these lines may have changed an account or terminal: all but those of alarms and features.
pub(crate) fn touches_accounts(audit: &[(u64, AuditLine)]) -> bool {
    let others = ["alarm.", "feature."];
    audit.iter().any(|(_, line)| !others.iter().any(|other| line.action.starts_with(other)))
}

/// Something that is copied, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Revisions of features.
    Revisions,
    /// Fixes on tracks.
    Fixes,
    /// Events.
    Events,
    /// Alarms.
    Alarms,
    /// Lines of the audit trail.
    Audit,
    /// Users, tokens and terminals.
    Accounts,
    /// Records of the journal.
    Records,
}

/// How many there are of a kind, and a sum over what they say that does not depend on their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// Sum of XXH3-64 over each one's text, modulo 2^64.
    pub sum: u64,
}

impl Tally {
    fn add(&mut self, what: &impl Serialize) {
        let text = serde_json::to_vec(what).expect("texts and numbers always serialize to JSON");
        self.count += 1;
        self.sum = self.sum.wrapping_add(xxh3_64(&text));
    }
}

/// What a store holds, by kind.
pub type Inventory = Vec<(Kind, Tally)>;

/// Calls `each` with everything that a store holds, in shipments that can be taken in one after the other.
fn each_part(
    from: &dyn Reader,
    mut each: impl FnMut(Kind, Shipment) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after: Option<(FeatureKey, Revision)> = None;
    loop {
        let features = from.revisions_after(after, PAGE)?;
        let Some(last) = features.last() else { break };
        after = Some((last.key, last.revision));
        each(Kind::Revisions, Shipment { features, ..Shipment::default() })?;
    }
    let mut vehicle = None;
    loop {
        let vehicles = from.tracked(vehicle, PAGE)?;
        let Some(last) = vehicles.last() else { break };
        vehicle = Some(*last);
        for vehicle in vehicles {
            each(Kind::Fixes, Shipment { fixes: from.placed(vehicle)?, ..Shipment::default() })?;
        }
    }
    let mut seq = None;
    loop {
        let events = from.events(&EventQuery { after: seq, limit: PAGE, ..EventQuery::default() })?;
        let Some(last) = events.last() else { break };
        seq = Some(last.seq);
        each(Kind::Events, Shipment { events, ..Shipment::default() })?;
    }
    let mut seq = None;
    loop {
        let alarms = from.alarms(&AlarmQuery { after: seq, limit: PAGE, ..AlarmQuery::default() })?;
        let Some(last) = alarms.last() else { break };
        seq = Some(last.seq);
        each(Kind::Alarms, Shipment { alarms, ..Shipment::default() })?;
    }
    let mut line = 0;
    loop {
        let audit = from.audit(line, PAGE)?;
        let Some(last) = audit.last() else { break };
        line = last.0;
        each(Kind::Audit, Shipment { audit, ..Shipment::default() })?;
    }
    each(Kind::Accounts, Shipment { accounts: Some(from.accounts()?), ..Shipment::default() })
}

/// Copies everything from one store into another, which must be new. `told` hears how much of what is done.
///
/// The journal comes last, with the checkpoints beside it: until then the other store has no head, and what broke off is
/// seen to have done so. Errors: [`StoreError::Exists`] when the other is not new.
pub fn copy(
    from: &dyn Reader,
    to: &mut dyn Writer,
    to_reader: &dyn Reader,
    mut told: impl FnMut(Kind, u64),
) -> Result<(), StoreError> {
    let is_new = to.head() == crate::store::Head::default()
        && to_reader.accounts()? == Accounts::default()
        && to_reader.revisions_after(None, 1)?.is_empty()
        && to_reader.audit(0, 1)?.is_empty();
    if !is_new {
        return Err(StoreError::Exists { what: "something in the store to copy into".to_owned() });
    }
    each_part(from, |kind, shipment| {
        let count = counted(kind, &shipment);
        to.take_in(&shipment)?;
        told(kind, count);
        Ok(())
    })?;
    // Everything but the journal is there: what follows its first record is journal and checkpoints alone.
    let whole = from.mark()?;
    let first = from.journal(JournalPosition(1), 1)?.first().map_or(whole.position.0 + 1, |(_, batch)| {
        batch.first().map_or(whole.position.0 + 1, |record| record.position.0)
    });
    let mut mark = Mark { position: JournalPosition(first - 1), ..whole };
    loop {
        let mut shipment = from.after(&mark, PAGE)?;
        let Some(last) = shipment.journal.last().and_then(|batch| batch.records.last()) else { return Ok(()) };
        mark.position = last.position;
        shipment.fixes.clear();
        shipment.features.clear();
        let count = counted(Kind::Records, &shipment);
        to.take_in(&shipment)?;
        told(Kind::Records, count);
    }
}

fn counted(kind: Kind, shipment: &Shipment) -> u64 {
    let count = match kind {
        Kind::Revisions => shipment.features.len(),
        Kind::Fixes => shipment.fixes.len(),
        Kind::Events => shipment.events.len(),
        Kind::Alarms => shipment.alarms.len(),
        Kind::Audit => shipment.audit.len(),
        Kind::Accounts => shipment
            .accounts
            .as_ref()
            .map_or(0, |all| all.users.len() + all.tokens.len() + all.sessions.len() + all.terminals.len()),
        Kind::Records => shipment.journal.iter().map(|batch| batch.records.len()).sum(),
    };
    count as u64
}

/// Counts and sums of everything that a store holds: two stores with equal ones hold the same. When accounts were last used is
/// left out: it is handed on with the next change of an account.
pub fn inventory(of: &dyn Reader) -> Result<Inventory, StoreError> {
    let mut tallies: std::collections::BTreeMap<Kind, Tally> = std::collections::BTreeMap::new();
    each_part(of, |kind, shipment| {
        let tally = tallies.entry(kind).or_default();
        for feature in &shipment.features {
            let (key, revision) = (feature.key.0, feature.revision.0);
            let derived = feature.derived.as_ref().map(crate::codec::derived::encode);
            let said = (&feature.id.as_str(), feature.collection.name(), feature.at.0, &feature.who, &feature.body);
            tally.add(&(key, revision, said, derived));
        }
        shipment.fixes.iter().for_each(|(position, fix)| tally.add(&(position.0, fix)));
        shipment.events.iter().for_each(|event| tally.add(event));
        shipment.alarms.iter().for_each(|alarm| tally.add(alarm));
        for (line, said) in &shipment.audit {
            tally.add(&(line, said.at.0, &said.who, &said.action, &said.detail));
        }
        if let Some(all) = &shipment.accounts {
            for user in &all.users {
                tally.add(&(&user.name, user.role, &user.password_hash, user.created_at.0));
            }
            for token in &all.tokens {
                tally.add(&(token.hash, &token.name, token.role, token.created_at.0));
            }
            for session in &all.sessions {
                tally.add(&(session.hash, &session.user, session.created_at.0, session.expires_at.0));
            }
            for terminal in &all.terminals {
                let plate = (&terminal.plate, terminal.plate_colour, &terminal.model);
                tally.add(&(&terminal.phone, terminal.vehicle, terminal.code_hash, plate, terminal.first_seen_at.0));
            }
        }
        Ok(())
    })?;
    let records = tallies.entry(Kind::Records).or_default();
    let mut from = JournalPosition(1);
    loop {
        let batches = of.journal(from, 100)?;
        let Some(last) = batches.last().and_then(|(_, records)| records.last()) else { break };
        from = JournalPosition(last.position.0 + 1);
        for (at, batch) in &batches {
            let bytes = crate::codec::batch::encode(batch);
            let first = batch.first().map_or(0, |record| record.position.0);
            records.count += batch.len() as u64;
            let text = (at.0, first, bytes);
            let mut one = Tally::default();
            one.add(&text);
            records.sum = records.sum.wrapping_add(one.sum);
        }
    }
    Ok(tallies.into_iter().collect())
}
