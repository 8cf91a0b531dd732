//! The tables, by numbered migrations: forward only, each in one transaction, a newer database refused.
//!
//! Whoever runs Cordon day by day needs no right to change tables: the owner migrates, with a grant for the other role. A
//! migration that was released is never changed. `@SCHEMA@` in it is the schema's name.

use super::connection::{Address, Connection};
use super::failure::{damaged, from_postgres};
use crate::feature::Collection;
use crate::feature::schema::SeenBy;
use crate::store::StoreError;

/// Migration n brings a database from schema n to n + 1.
const MIGRATIONS: [&str; 5] = [
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
];

/// Nobody else migrates meanwhile.
const MIGRATING: i64 = 0x4372_646E_0001;

/// Brings the database to the newest schema and makes what everybody may read. Changes nothing in one that is there.
///
/// Errors: [`StoreError::Newer`], a role that may not, a database without PostGIS.
pub(super) fn migrate(address: &Address, connection: &mut Connection) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as u32;
    let found = version(address, connection)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    connection.on().run("SELECT 1 FROM (SELECT pg_advisory_lock($1)) held", &[&MIGRATING])?;
    let migrated = version(address, connection).and_then(|found| migrate_from(address, connection, found));
    connection.on().run("SELECT pg_advisory_unlock($1)", &[&MIGRATING])?;
    migrated
}

fn migrate_from(address: &Address, connection: &mut Connection, found: u32) -> Result<(), StoreError> {
    let schema = address.schema();
    if found == 0 {
        connection.on().run_script(&format!(
            "SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis; CREATE SCHEMA IF NOT EXISTS {schema}"
        ))?;
    }
    for (i, sql) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let version = i as i32 + 1;
        connection.transaction(|on| {
            on.run_script(&sql.replace("@SCHEMA@", schema))?;
            on.run_script(&views())?;
            on.run_script(&format!(
                "INSERT INTO about (version) VALUES ({version}) ON CONFLICT (one) DO UPDATE SET version = {version}"
            ))
        })?;
    }
    Ok(())
}

/// The schema's number; 0 for a database without it.
fn version(address: &Address, connection: &mut Connection) -> Result<u32, StoreError> {
    let about = format!("{}.about", address.schema());
    let exists = "SELECT to_regclass($1) IS NOT NULL";
    let is_there = connection.on().first(exists, &[&about], |row| row.try_get::<_, bool>(0).map_err(from_postgres))?;
    if is_there != Some(true) {
        return Ok(0);
    }
    let number = connection
        .on()
        .first("SELECT version FROM about", &[], |row| row.try_get::<_, i32>(0).map_err(from_postgres))?;
    // The row comes in the transaction that makes the table.
    number.map(|number| number as u32).ok_or_else(|| damaged(about, "it has no row"))
}

/// A view of each collection, named as in paths with `_` for `-`: what QGIS shows. What is not for everybody who sees a feature is
/// in the tables alone.
fn views() -> String {
    let view = |collection: &Collection| {
        let (name, view) = (collection.name(), collection.table());
        let hidden = collection.schema().iter().filter(|property| property.seen_by != SeenBy::Everybody);
        let hidden: Vec<&str> = hidden.map(|property| property.name).collect();
        let hidden = hidden.join(",");
        format!(
            "CREATE OR REPLACE VIEW {view} AS
             SELECT f.key AS fid, f.id, p ->> 'name' AS name, p ->> 'name_en' AS name_en, p ->> 'kind' AS kind,
                    p ->> 'level' AS level, f.revision, to_timestamp(r.at_ms / 1000.0) AS edited_at, r.who AS edited_by,
                    p - '{{{hidden}}}'::text[] AS properties, f.geom::geometry(Geometry, 4326) AS geom
             FROM features f JOIN feature_revisions r USING (key, revision)
             CROSS JOIN LATERAL (SELECT r.body::jsonb -> 'properties') AS of_body (p)
             WHERE f.collection = '{name}' AND f.alive;\n"
        )
    };
    Collection::ALL.iter().map(view).collect()
}

/// Lets a role run Cordon: read and write rows, make and drop the tables of days through the schema's functions, and
/// nothing else.
pub(super) fn grant(address: &Address, connection: &mut Connection, role: &str) -> Result<(), StoreError> {
    let schema = address.schema();
    let quoted = connection
        .on()
        .first("SELECT quote_ident($1)", &[&role], |row| row.try_get::<_, String>(0).map_err(from_postgres))?;
    let role = quoted.unwrap_or_default();
    connection.transaction(|on| {
        on.run_script(&format!(
            "GRANT USAGE ON SCHEMA {schema} TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
             GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
             GRANT EXECUTE ON FUNCTION make_fix_days, drop_fix_days TO {role};
             REVOKE INSERT, UPDATE, DELETE ON about FROM {role};
             ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        ))
    })
}
