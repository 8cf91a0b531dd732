//! `cordon migrate-store`: a site moves from one store to another.

use super::MigrateArgs;
use cordon_data::shipment::{self, Inventory, Kind};
use cordon_data::store::{Reader, Readers, StoreError, Writer};
use cordon_data::{postgis, sqlite};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Why a site did not move.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// One of the stores failed.
    #[error("{place}: {why}")]
    Store {
        /// Which.
        place: String,
        /// What it says.
        why: StoreError,
    },
    /// There is nothing to copy.
    #[error("{0}: there is no site in it")]
    Nothing(String),
    /// They do not hold the same.
    #[error("the copy differs: {from} holds {here:?}, {to} holds {there:?}; do not use the copy")]
    Differs {
        /// From where.
        from: String,
        /// To where.
        to: String,
        /// What is there.
        here: Box<Inventory>,
        /// What arrived.
        there: Box<Inventory>,
    },
}

/// A store, open for writing: nobody else changes it meanwhile.
struct Store {
    writer: Box<dyn Writer>,
    reader: Box<dyn Reader>,
}

/// Copies, then counts and sums both.
pub fn run(args: &MigrateArgs) -> Result<(), MigrateError> {
    let at = |place: &str, why: StoreError| MigrateError::Store { place: place.to_owned(), why };
    if !is_database(&args.from) && !Path::new(&args.from).join(sqlite::FILE).exists() {
        return Err(MigrateError::Nothing(args.from.clone()));
    }
    let from = open(&args.from, &args.schema).map_err(|why| at(&args.from, why))?;
    let mut to = open(&args.to, &args.schema).map_err(|why| at(&args.to, why))?;
    let mut progress = Progress::default();
    shipment::copy(from.reader.as_ref(), to.writer.as_mut(), to.reader.as_ref(), |kind, count| {
        progress.add(kind, count)
    })
    .map_err(|why| at(&args.to, why))?;
    progress.end();
    println!("Copied; counting both.");
    let here = shipment::inventory(from.reader.as_ref()).map_err(|why| at(&args.from, why))?;
    let there = shipment::inventory(to.reader.as_ref()).map_err(|why| at(&args.to, why))?;
    for (kind, tally) in &here {
        println!("{:<10} {:>12}  {:016x}", name(*kind), tally.count, tally.sum);
    }
    if here != there || from.writer.head() != to.writer.head() {
        let (from, to) = (args.from.clone(), args.to.clone());
        return Err(MigrateError::Differs { from, to, here: here.into(), there: there.into() });
    }
    println!("Both stores hold the same: counts and sums are equal.");
    Ok(())
}

fn is_database(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

fn open(place: &str, schema: &str) -> Result<Store, StoreError> {
    if is_database(place) {
        let (writer, readers) = postgis::open(place, schema)?;
        return Ok(Store { writer: Box::new(writer), reader: readers.reader()? });
    }
    let (writer, readers) = sqlite::open(Path::new(place))?;
    Ok(Store { writer: Box::new(writer), reader: readers.reader()? })
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Revisions => "revisions",
        Kind::Fixes => "fixes",
        Kind::Events => "events",
        Kind::Alarms => "alarms",
        Kind::Audit => "audit",
        Kind::Accounts => "accounts",
        Kind::Records => "records",
    }
}

/// What is said while it goes on: one line that is written over, where a person looks.
#[derive(Default)]
struct Progress {
    kind: Option<Kind>,
    count: u64,
}

impl Progress {
    fn add(&mut self, kind: Kind, count: u64) {
        if self.kind != Some(kind) {
            self.end();
            *self = Progress { kind: Some(kind), count: 0 };
        }
        self.count += count;
        if std::io::stderr().is_terminal() {
            eprint!("\r{:<10} {:>12}", name(kind), self.count);
            // A line that is not shown at once is shown with the next.
            let _ = std::io::stderr().flush();
        }
    }

    fn end(&self) {
        if let Some(kind) = self.kind {
            let back = if std::io::stderr().is_terminal() { "\r" } else { "" };
            eprintln!("{back}{:<10} {:>12}", name(kind), self.count);
        }
    }
}
