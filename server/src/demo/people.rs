//! The demo's people: one per role, with passwords made at this start.

use crate::auth::{password, roles, secret};
use crate::control::Command;
use cordon_data::store::Role;

/// One login.
#[derive(Clone, Debug)]
pub struct Login {
    /// User name: the role's.
    pub name: &'static str,
    /// What it may do.
    pub role: Role,
    /// Its password, to be printed once.
    pub password: String,
}

/// One login for every role that is a person.
pub fn logins() -> Vec<Login> {
    let people = roles::ROLES.into_iter().filter(|role| *role != Role::Device);
    people.map(|role| Login { name: roles::name(role), role, password: secret::new_password() }).collect()
}

impl Login {
    /// What makes this account. Hashes the password: some 20 ms of a core.
    pub fn command(&self) -> Command {
        Command::AddUser { name: self.name.to_owned(), role: self.role, password_hash: password::hash(&self.password) }
    }
}
