//! `cordon user add` and `cordon token add`: through the running server where one holds the folder, else directly.

use super::AccountArgs;
use crate::auth::{password, secret};
use crate::config::{self, ConfigError};
use crate::control::{self, Command};
use crate::ingest::wall_now;
use cordon_data::store::{Role, StoreError, Writer};
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a server that holds the folder but does not answer yet is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The name does not fit.
    #[error("a name has 1 to 64 characters and no blanks around it")]
    Name,
    /// The password does not fit.
    #[error(transparent)]
    Password(#[from] password::Weak),
    /// No password came.
    #[error("no password: give it on standard input, one line")]
    NoPassword,
    /// A device has no password.
    #[error("a device gets a token, not a password: cordon token add {0} --role device")]
    DeviceUser(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The running server refused.
    #[error("{0}")]
    Server(String),
}

/// Adds a person.
pub fn add_user(args: &AccountArgs) -> Result<(), AccountError> {
    let (folder, least) = prepare(args)?;
    if args.role == Role::Device {
        return Err(AccountError::DeviceUser(args.name.clone()));
    }
    let password = read_password()?;
    password::check(&password, &args.name, least)?;
    let command =
        Command::AddUser { name: args.name.clone(), role: args.role, password_hash: password::hash(&password) };
    run(&folder, &command)?;
    println!("{} can sign in", args.name);
    Ok(())
}

/// Adds a token and prints its secret as the last line.
pub fn add_token(args: &AccountArgs) -> Result<(), AccountError> {
    let (folder, _) = prepare(args)?;
    let secret = secret::new_secret();
    run(&folder, &Command::AddToken { name: args.name.clone(), role: args.role, hash: secret::hash(&secret) })?;
    println!("{secret}");
    Ok(())
}

fn prepare(args: &AccountArgs) -> Result<(PathBuf, usize), AccountError> {
    let config = config::load(args.data.config.as_deref(), config::environment())?;
    if crate::api::setup::check_name(&args.name).is_err() {
        return Err(AccountError::Name);
    }
    Ok((args.data.data.clone().unwrap_or(config.data), config.password_min_length))
}

/// Through the running server, else directly; while a server starts or stops, whichever works first.
fn run(folder: &Path, command: &Command) -> Result<(), AccountError> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = control::send(folder, command) {
            return answer.map_err(AccountError::Server);
        }
        match cordon_data::sqlite::open(folder) {
            Ok((mut writer, _)) => {
                let now = wall_now().max(writer.head().at);
                return Ok(command.run(&mut writer, now)?);
            }
            Err(StoreError::InUse { .. }) if Instant::now() < end => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// One line of standard input; asked for, without showing it, when that is a terminal.
fn read_password() -> Result<String, AccountError> {
    let stdin = std::io::stdin();
    let asked = stdin.is_terminal();
    if asked {
        eprint!("Password: ");
        // A prompt that does not show costs nothing else.
        let _ = std::io::stderr().flush();
        echo(false);
    }
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if asked {
        echo(true);
        eprintln!();
    }
    let password = line.trim_end_matches(['\r', '\n']);
    if read.is_err() || password.is_empty() {
        return Err(AccountError::NoPassword);
    }
    Ok(password.to_owned())
}

/// Switches the terminal's echo; where `stty` is missing the password shows, which its owner sees at once.
fn echo(on: bool) {
    let _ = std::process::Command::new("stty").arg(if on { "echo" } else { "-echo" }).status();
}
