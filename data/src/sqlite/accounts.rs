//! Users, tokens, sessions, terminals and the audit trail: each change in one transaction with its audit line.

use super::failure::{from_sqlite, is_taken};
use super::rows;
use crate::shipment::Accounts;
use crate::store::{AccountChange, AuditLine, LastUse, Role, Session, StoreError, Terminal, Token, User, UserChange};
use rusqlite::{Connection, Params, Transaction, TransactionBehavior, params};

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

pub(super) fn change_user(
    connection: &mut Connection,
    name: &str,
    change: &UserChange,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |transaction| {
        let demotes = change.role.is_some_and(|role| role != Role::Admin);
        if demotes && is_last_admin(transaction, name)? {
            return Ok(AccountChange::LastAdmin);
        }
        let sql =
            "UPDATE users SET role = coalesce(?2, role), password_hash = coalesce(?3, password_hash) WHERE name = ?1";
        let role = change.role.map(Role::name);
        if run(transaction, sql, params![name, role, change.password_hash])? == 0 {
            return Ok(AccountChange::Unknown);
        }
        if change.password_hash.is_some() {
            let others = "DELETE FROM sessions WHERE user = ?1 AND hash IS NOT ?2";
            run(transaction, others, params![name, change.keep_session])?;
        }
        Ok(AccountChange::Done)
    })
}

pub(super) fn remove_user(
    connection: &mut Connection,
    name: &str,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |transaction| {
        if is_last_admin(transaction, name)? {
            return Ok(AccountChange::LastAdmin);
        }
        run(transaction, "DELETE FROM sessions WHERE user = ?1", [name])?;
        let removed = run(transaction, "DELETE FROM users WHERE name = ?1", [name])?;
        Ok(if removed == 0 { AccountChange::Unknown } else { AccountChange::Done })
    })
}

pub(super) fn remove_token(
    connection: &mut Connection,
    name: &str,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |transaction| {
        let removed = run(transaction, "DELETE FROM tokens WHERE name = ?1", [name])?;
        Ok(if removed == 0 { AccountChange::Unknown } else { AccountChange::Done })
    })
}

pub(super) fn note_use(connection: &mut Connection, used: &LastUse) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
    let later = |table: &str, column: &str| {
        format!("UPDATE {table} SET {column} = max(coalesce({column}, ?2), ?2) WHERE name = ?1")
    };
    for (sql, uses) in [(later("users", "last_seen_ms"), &used.users), (later("tokens", "last_used_ms"), &used.tokens)]
    {
        for (name, at) in uses {
            run(&transaction, &sql, params![name, at.0])?;
        }
    }
    transaction.commit().map_err(from_sqlite)
}

/// Whether this user, and no other, may administer.
fn is_last_admin(transaction: &Transaction<'_>, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM users WHERE name = ?1 AND role = ?2
               AND NOT EXISTS (SELECT 1 FROM users WHERE name <> ?1 AND role = ?2)";
    rows::first(transaction, sql, [name, Role::Admin.name()], |_| Ok(())).map(|row| row.is_some())
}

/// Does something in a transaction that its outcome decides: only what is done is kept, with its audit line.
fn decide(
    connection: &mut Connection,
    audit: &AuditLine,
    work: impl FnOnce(&Transaction<'_>) -> Result<AccountChange, StoreError>,
) -> Result<AccountChange, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
    let outcome = work(&transaction)?;
    if outcome == AccountChange::Done {
        append(&transaction, audit)?;
        transaction.commit().map_err(from_sqlite)?;
    }
    Ok(outcome)
}

/// Runs one statement; how many rows it changed.
fn run(transaction: &Transaction<'_>, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    transaction.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(from_sqlite)
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

/// Keeps these accounts and no others, within a transaction; their audit lines come with them.
pub(super) fn replace_all(transaction: &Transaction<'_>, all: &Accounts) -> Result<(), StoreError> {
    for table in ["users", "tokens", "sessions", "terminals"] {
        run(transaction, &format!("DELETE FROM {table}"), [])?;
    }
    for user in &all.users {
        let sql = format!("INSERT INTO users ({}) VALUES (?1, ?2, ?3, ?4, ?5)", rows::USER);
        let seen = user.last_seen_at.map(|at| at.0);
        run(transaction, &sql, params![user.name, user.role.name(), user.password_hash, user.created_at.0, seen])?;
    }
    for token in &all.tokens {
        let sql = format!("INSERT INTO tokens ({}) VALUES (?1, ?2, ?3, ?4, ?5)", rows::TOKEN);
        let used = token.last_used_at.map(|at| at.0);
        run(transaction, &sql, params![token.hash, token.name, token.role.name(), token.created_at.0, used])?;
    }
    for session in &all.sessions {
        let sql = format!("INSERT INTO sessions ({}) VALUES (?1, ?2, ?3, ?4)", rows::SESSION);
        let params = params![session.hash, session.user, session.created_at.0, session.expires_at.0];
        run(transaction, &sql, params)?;
    }
    all.terminals.iter().try_for_each(|terminal| keep_terminal(transaction, terminal))
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
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(from_sqlite)?;
    for (terminal, audit) in terminals {
        keep_terminal(&transaction, terminal)?;
        append(&transaction, audit)?;
    }
    transaction.commit().map_err(from_sqlite)
}

fn keep_terminal(transaction: &Transaction<'_>, terminal: &Terminal) -> Result<(), StoreError> {
    let sql = format!("INSERT OR REPLACE INTO terminals ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", rows::TERMINAL);
    let params = params![
        terminal.phone,
        terminal.vehicle.map(|key| key.0),
        terminal.code_hash,
        terminal.plate,
        terminal.plate_colour,
        terminal.model,
        terminal.first_seen_at.0
    ];
    run(transaction, &sql, params)?;
    Ok(())
}
