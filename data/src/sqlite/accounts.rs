//! Users, tokens, sessions, terminals and the audit trail: each change in one transaction with its audit line.

use super::failure::{from_sqlite, is_taken};
use crate::store::{AuditLine, Session, StoreError, Terminal, Token, User};
use rusqlite::{Connection, Params, TransactionBehavior, params};

/// Runs one statement and its audit line. `what` names the thing, should it be there already.
fn change(
    connection: &mut Connection,
    audit: &AuditLine,
    what: &str,
    sql: &str,
    params: impl Params,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
    transaction.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(|error| {
        if is_taken(&error) { StoreError::Exists { what: what.to_owned() } } else { from_sqlite(error) }
    })?;
    append(&transaction, audit)?;
    transaction.commit().map_err(from_sqlite)
}

/// Appends to the audit trail.
pub(super) fn append(connection: &Connection, line: &AuditLine) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO audit (at_ms, who, action, detail) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute(params![line.at.0, line.who, line.action, line.detail.to_string()]))
        .map_err(from_sqlite)?;
    Ok(())
}

pub(super) fn add_user(connection: &mut Connection, user: &User, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO users (name, role, password_hash, created_ms) VALUES (?1, ?2, ?3, ?4)";
    let params = params![user.name, user.role.name(), user.password_hash, user.created_at.0];
    change(connection, audit, &format!("the user {}", user.name), sql, params)
}

pub(super) fn add_token(connection: &mut Connection, token: &Token, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO tokens (hash, name, role, created_ms) VALUES (?1, ?2, ?3, ?4)";
    let params = params![token.hash, token.name, token.role.name(), token.created_at.0];
    change(connection, audit, &format!("the token {}", token.name), sql, params)
}

pub(super) fn add_session(connection: &mut Connection, session: &Session, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO sessions (hash, user, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4)";
    let params = params![session.hash, session.user, session.created_at.0, session.expires_at.0];
    change(connection, audit, "the session", sql, params)
}

pub(super) fn end_session(connection: &mut Connection, hash: &[u8; 32], audit: &AuditLine) -> Result<(), StoreError> {
    change(connection, audit, "the session", "DELETE FROM sessions WHERE hash = ?1", [hash])
}

pub(super) fn put_terminal(
    connection: &mut Connection,
    terminal: &Terminal,
    audit: &AuditLine,
) -> Result<(), StoreError> {
    put_terminals(connection, &[(terminal.clone(), audit.clone())])
}

pub(super) fn put_terminals(
    connection: &mut Connection,
    terminals: &[(Terminal, AuditLine)],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO terminals
               (phone, vehicle, code_hash, plate, plate_colour, model, first_seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
    for (terminal, audit) in terminals {
        let params = params![
            terminal.phone,
            terminal.vehicle.map(|key| key.0),
            terminal.code_hash,
            terminal.plate,
            terminal.plate_colour,
            terminal.model,
            terminal.first_seen_at.0
        ];
        transaction.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(from_sqlite)?;
        append(&transaction, audit)?;
    }
    transaction.commit().map_err(from_sqlite)
}
