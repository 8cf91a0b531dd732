//! Connections: statements are prepared once on each, every piece of work goes through [`On`].

use super::failure::from_postgres;
use super::tls;
use crate::store::StoreError;
use postgres::config::SslMode;
use postgres::types::ToSql;
use postgres::{Client, Config, GenericClient, NoTls, Row, Statement, Transaction};
use rustls::ClientConfig;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// A parameter of a statement.
pub(super) type Param<'a> = &'a (dyn ToSql + Sync);

/// How long a connection is tried, and how long a silent peer is believed to be there.
const CONNECT: Duration = Duration::from_secs(5);
const SILENT: Duration = Duration::from_secs(10);

/// Where the database is, and the schema of Cordon's tables in it.
#[derive(Clone, Debug)]
pub(super) struct Address {
    config: Config,
    tls: Option<Arc<ClientConfig>>,
    /// Checked: lower-case letters, digits and `_` only.
    schema: String,
}

impl Address {
    /// Reads a URL (`postgres://user@host/database?…`). Errors when it is none, or asks for half a protection ([`tls::of`]).
    pub(super) fn of(url: &str, schema: &str) -> Result<Address, StoreError> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if schema.is_empty() || schema.len() > 40 || !schema.chars().all(is_plain) {
            return Err(StoreError::Failed(format!(
                "the schema {schema:?} must have 1 to 40 characters of a-z, 0-9 and _"
            )));
        }
        let (url, tls) = tls::of(url)?;
        let mut config: Config =
            url.parse().map_err(|error| StoreError::Failed(format!("the database's URL cannot be read: {error}")))?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        config.connect_timeout(CONNECT).keepalives_idle(SILENT).tcp_user_timeout(SILENT);
        if config.get_application_name().is_none() {
            config.application_name("cordon");
        }
        Ok(Address { config, tls, schema: schema.to_owned() })
    }

    /// The schema of the tables.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The database's name for people, without passwords.
    pub(super) fn name(&self) -> String {
        self.config.get_dbname().unwrap_or("postgres").to_owned()
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(MakeRustlsConnect::new(ClientConfig::clone(tls))),
            None => self.config.connect(NoTls),
        };
        let mut client = client.map_err(from_postgres)?;
        let schema = &self.schema;
        // PostGIS may be in the public schema or in one of its own.
        let set =
            format!("SET search_path = {schema}, public, postgis; SET TIME ZONE 'UTC'; SET statement_timeout = 0");
        client.batch_execute(&set).map_err(from_postgres)?;
        Ok(Connection { client, statements: HashMap::new() })
    }
}

/// One connection with its prepared statements.
pub(super) struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Connection {
    /// The connection, each statement for itself.
    pub(super) fn on(&mut self) -> On<'_, Client> {
        On { client: &mut self.client, statements: &mut self.statements }
    }

    /// Whether it can be used again.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs several statements in one transaction, kept when `work` is content.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut On<'_, Transaction<'_>>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut transaction = self.client.transaction().map_err(from_postgres)?;
        let done = work(&mut On { client: &mut transaction, statements: &mut self.statements })?;
        transaction.commit().map_err(from_postgres)?;
        Ok(done)
    }

    /// Runs several reading statements on one consistent state.
    pub(super) fn consistently<T>(
        &mut self,
        read: impl FnOnce(&mut On<'_, Transaction<'_>>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let begun = self.client.build_transaction();
        let begun = begun.isolation_level(postgres::IsolationLevel::RepeatableRead).read_only(true);
        let mut transaction = begun.start().map_err(from_postgres)?;
        let done = read(&mut On { client: &mut transaction, statements: &mut self.statements })?;
        transaction.commit().map_err(from_postgres)?;
        Ok(done)
    }
}

/// What statements run on: a connection, or a transaction of it.
pub(super) struct On<'a, C> {
    client: &'a mut C,
    statements: &'a mut HashMap<String, Statement>,
}

impl<C: GenericClient> On<'_, C> {
    fn prepared(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Runs one statement; how many rows it changed. The caller looks at what failed.
    pub(super) fn try_run(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, postgres::Error> {
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, params)
    }

    /// The same; how many rows it changed.
    pub(super) fn run(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.try_run(sql, params).map_err(from_postgres)
    }

    /// Runs statements that have no parameters and answer nothing.
    pub(super) fn run_script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(from_postgres)
    }

    /// All rows of a query, made by `make`.
    pub(super) fn all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        make: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let statement = self.prepared(sql).map_err(from_postgres)?;
        self.client.query(&statement, params).map_err(from_postgres)?.iter().map(make).collect()
    }

    /// The first row of a query, if any, made by `make`.
    pub(super) fn first<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        make: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let statement = self.prepared(sql).map_err(from_postgres)?;
        self.client.query_opt(&statement, params).map_err(from_postgres)?.as_ref().map(make).transpose()
    }

    /// Sends rows that were made for `COPY … FROM STDIN BINARY`.
    pub(super) fn copy(&mut self, sql: &str, rows: &[u8]) -> Result<(), StoreError> {
        let mut copy = self.client.copy_in(sql).map_err(from_postgres)?;
        copy.write_all(rows).map_err(|error| StoreError::Lost(error.to_string()))?;
        copy.finish().map_err(from_postgres)?;
        Ok(())
    }
}
