//! Users, tokens, sessions, terminals and the audit trail: each change in one transaction with its audit line.

use super::connection::{Connection, On, Param};
use super::failure::{from_postgres, is_taken};
use super::rows;
use crate::shipment::Accounts;
use crate::store::{AccountChange, AuditLine, LastUse, Role, Session, StoreError, Terminal, Token, User, UserChange};
use postgres::GenericClient;

/// Runs one statement and its audit line. `what` names the thing, should it be there already.
fn change(
    connection: &mut Connection,
    audit: &AuditLine,
    what: &str,
    sql: &str,
    params: &[Param<'_>],
) -> Result<(), StoreError> {
    connection.transaction(|on| {
        on.try_run(sql, params).map_err(|error| {
            if is_taken(&error) { StoreError::Exists { what: what.to_owned() } } else { from_postgres(error) }
        })?;
        append(on, std::slice::from_ref(audit))
    })
}

/// Appends to the audit trail.
pub(super) fn append(on: &mut On<'_, impl GenericClient>, lines: &[AuditLine]) -> Result<(), StoreError> {
    for line in lines {
        let sql = "INSERT INTO audit (at_ms, who, action, detail) VALUES ($1, $2, $3, $4)";
        on.run(sql, &[&line.at.0, &line.who, &line.action, &line.detail.to_string()])?;
    }
    Ok(())
}

pub(super) fn add_user(connection: &mut Connection, user: &User, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO users (name, role, password_hash, created_ms) VALUES ($1, $2, $3, $4)";
    let params: [Param<'_>; 4] = [&user.name, &user.role.name(), &user.password_hash, &user.created_at.0];
    change(connection, audit, &format!("the user {}", user.name), sql, &params)
}

pub(super) fn change_user(
    connection: &mut Connection,
    name: &str,
    change: &UserChange,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |on| {
        let demotes = change.role.is_some_and(|role| role != Role::Admin);
        if demotes && is_last_admin(on, name)? {
            return Ok(AccountChange::LastAdmin);
        }
        let sql =
            "UPDATE users SET role = coalesce($2, role), password_hash = coalesce($3, password_hash) WHERE name = $1";
        if on.run(sql, &[&name, &change.role.map(Role::name), &change.password_hash])? == 0 {
            return Ok(AccountChange::Unknown);
        }
        if change.password_hash.is_some() {
            let others = "DELETE FROM sessions WHERE \"user\" = $1 AND hash IS DISTINCT FROM $2";
            on.run(others, &[&name, &change.keep_session.as_ref().map(<[u8; 32]>::as_slice)])?;
        }
        Ok(AccountChange::Done)
    })
}

pub(super) fn remove_user(
    connection: &mut Connection,
    name: &str,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |on| {
        if is_last_admin(on, name)? {
            return Ok(AccountChange::LastAdmin);
        }
        on.run("DELETE FROM sessions WHERE \"user\" = $1", &[&name])?;
        let removed = on.run("DELETE FROM users WHERE name = $1", &[&name])?;
        Ok(if removed == 0 { AccountChange::Unknown } else { AccountChange::Done })
    })
}

pub(super) fn remove_token(
    connection: &mut Connection,
    name: &str,
    audit: &AuditLine,
) -> Result<AccountChange, StoreError> {
    decide(connection, audit, |on| {
        let removed = on.run("DELETE FROM tokens WHERE name = $1", &[&name])?;
        Ok(if removed == 0 { AccountChange::Unknown } else { AccountChange::Done })
    })
}

pub(super) fn note_use(connection: &mut Connection, used: &LastUse) -> Result<(), StoreError> {
    connection.transaction(|on| {
        // A power cut may take it back.
        on.run_script("SET LOCAL synchronous_commit = off")?;
        for (name, at) in &used.users {
            let sql = "UPDATE users SET last_seen_ms = greatest(last_seen_ms, $2) WHERE name = $1";
            on.run(sql, &[name, &at.0])?;
        }
        for (name, at) in &used.tokens {
            let sql = "UPDATE tokens SET last_used_ms = greatest(last_used_ms, $2) WHERE name = $1";
            on.run(sql, &[name, &at.0])?;
        }
        Ok(())
    })
}

/// Whether this user, and no other, may administer.
fn is_last_admin(on: &mut On<'_, impl GenericClient>, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM users WHERE name = $1 AND role = $2
               AND NOT EXISTS (SELECT 1 FROM users WHERE name <> $1 AND role = $2)";
    on.first(sql, &[&name, &Role::Admin.name()], |_| Ok(())).map(|row| row.is_some())
}

/// Does something in a transaction that its outcome decides: only what is done has its audit line.
fn decide(
    connection: &mut Connection,
    audit: &AuditLine,
    work: impl FnOnce(&mut On<'_, postgres::Transaction<'_>>) -> Result<AccountChange, StoreError>,
) -> Result<AccountChange, StoreError> {
    connection.transaction(|on| {
        let outcome = work(on)?;
        if outcome == AccountChange::Done {
            append(on, std::slice::from_ref(audit))?;
        }
        Ok(outcome)
    })
}

pub(super) fn add_token(connection: &mut Connection, token: &Token, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO tokens (hash, name, role, created_ms) VALUES ($1, $2, $3, $4)";
    let params: [Param<'_>; 4] = [&token.hash.as_slice(), &token.name, &token.role.name(), &token.created_at.0];
    change(connection, audit, &format!("the token {}", token.name), sql, &params)
}

pub(super) fn add_session(connection: &mut Connection, session: &Session, audit: &AuditLine) -> Result<(), StoreError> {
    let sql = "INSERT INTO sessions (hash, \"user\", created_ms, expires_ms) VALUES ($1, $2, $3, $4)";
    let params: [Param<'_>; 4] =
        [&session.hash.as_slice(), &session.user, &session.created_at.0, &session.expires_at.0];
    change(connection, audit, "the session", sql, &params)
}

pub(super) fn end_session(connection: &mut Connection, hash: &[u8; 32], audit: &AuditLine) -> Result<(), StoreError> {
    change(connection, audit, "the session", "DELETE FROM sessions WHERE hash = $1", &[&hash.as_slice()])
}

/// Keeps these accounts and no others; their audit lines come with them.
pub(super) fn replace_all(on: &mut On<'_, impl GenericClient>, all: &Accounts) -> Result<(), StoreError> {
    on.run_script("DELETE FROM users; DELETE FROM tokens; DELETE FROM sessions; DELETE FROM terminals")?;
    for user in &all.users {
        let sql = format!("INSERT INTO users ({}) VALUES ($1, $2, $3, $4, $5)", rows::USER);
        let seen = user.last_seen_at.map(|at| at.0);
        on.run(&sql, &[&user.name, &user.role.name(), &user.password_hash, &user.created_at.0, &seen])?;
    }
    for token in &all.tokens {
        let sql = format!("INSERT INTO tokens ({}) VALUES ($1, $2, $3, $4, $5)", rows::TOKEN);
        let used = token.last_used_at.map(|at| at.0);
        on.run(&sql, &[&token.hash.as_slice(), &token.name, &token.role.name(), &token.created_at.0, &used])?;
    }
    for session in &all.sessions {
        let sql = format!("INSERT INTO sessions ({}) VALUES ($1, $2, $3, $4)", rows::SESSION);
        let hash = session.hash.as_slice();
        on.run(&sql, &[&hash, &session.user, &session.created_at.0, &session.expires_at.0])?;
    }
    all.terminals.iter().try_for_each(|terminal| put_terminal(on, terminal))
}

pub(super) fn put_terminals(
    connection: &mut Connection,
    terminals: &[(Terminal, AuditLine)],
) -> Result<(), StoreError> {
    connection.transaction(|on| {
        for (terminal, audit) in terminals {
            put_terminal(on, terminal)?;
            append(on, std::slice::from_ref(audit))?;
        }
        Ok(())
    })
}

fn put_terminal(on: &mut On<'_, impl GenericClient>, terminal: &Terminal) -> Result<(), StoreError> {
    let sql = "INSERT INTO terminals (phone, vehicle, code_hash, plate, plate_colour, model, first_seen_ms)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (phone) DO UPDATE SET vehicle = excluded.vehicle, code_hash = excluded.code_hash,
                   plate = excluded.plate, plate_colour = excluded.plate_colour, model = excluded.model,
                   first_seen_ms = excluded.first_seen_ms";
    on.run(
        sql,
        &[
            &terminal.phone,
            &terminal.vehicle.map(|key| i64::from(key.0)),
            &terminal.code_hash.as_ref().map(<[u8; 32]>::as_slice),
            &terminal.plate,
            &terminal.plate_colour.map(i16::from),
            &terminal.model,
            &terminal.first_seen_at.0,
        ],
    )?;
    Ok(())
}
