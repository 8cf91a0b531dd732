//! PostgreSQL with PostGIS as a store: the whole contract of [`crate::store`], in tables and views that other programs may
//! read.
//!
//! A batch is one transaction: its journal row, its fixes by `COPY` into the table of their day, features with their
//! geometry as EWKB, events, alarms. The writer holds an advisory lock for as long as its connection lives, so one Cordon
//! writes a schema. Connections are synchronous (the `postgres` crate, which is `tokio-postgres` with a runtime of its own):
//! they belong to threads that may wait, never to an async task.
//!
//! A fix is a row, and on its vehicle's track, as soon as it is committed. It is cut into a piece of track later, beside its row.

mod accounts;
mod connection;
mod copy;
mod failure;
mod features;
mod fixes;
mod journal;
mod past;
mod reader;
mod retention;
mod rows;
mod schema;
mod shipment;
mod tls;
mod tracks;
mod writer;

pub use reader::{PostgisReader, PostgisReaders};
pub use tracks::Cutting;
pub use writer::PostgisWriter;

use crate::store::StoreError;
use connection::Address;

/// The schema of Cordon's tables unless another is given.
pub const SCHEMA: &str = "cordon";

/// Opens the store in a database, making its tables when they are missing and the role may make them.
///
/// Errors: [`StoreError::Lost`], [`StoreError::InUse`], [`StoreError::Newer`], a role without the right to migrate.
pub fn open(url: &str, schema: &str) -> Result<(PostgisWriter, PostgisReaders), StoreError> {
    open_with(url, schema, Cutting::default())
}

/// The same with other spans to cut.
pub fn open_with(url: &str, schema: &str, cutting: Cutting) -> Result<(PostgisWriter, PostgisReaders), StoreError> {
    let address = Address::of(url, schema)?;
    let mut connection = address.connect()?;
    schema::migrate(&address, &mut connection)?;
    let writer = PostgisWriter::start(&address, connection, cutting)?;
    Ok((writer, PostgisReaders::new(address)))
}

/// Removes a schema with everything in it, for whoever begins afresh. One that is not there is fine.
pub fn drop_schema(url: &str, schema: &str) -> Result<(), StoreError> {
    let address = Address::of(url, schema)?;
    let schema = address.schema();
    let drop = format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE");
    address.connect()?.on().run_script(&drop)
}

/// Makes or renews the tables, for which the role must own the schema, and lets `grant` run Cordon on them without that
/// right.
pub fn migrate(url: &str, schema: &str, grant: Option<&str>) -> Result<(), StoreError> {
    let address = Address::of(url, schema)?;
    let mut connection = address.connect()?;
    schema::migrate(&address, &mut connection)?;
    match grant {
        Some(role) => schema::grant(&address, &mut connection, role),
        None => Ok(()),
    }
}
