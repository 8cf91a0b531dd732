//! The control socket: how a command on the same machine works through the server that holds the folder.
//!
//! One JSON line each way over `<data>/cordon.sock`, which only its owner may open. It can do what the holder of the
//! folder could do directly, and nothing else.

use crate::auth::roles;
use cordon_data::store::{AuditLine, Role, StoreError, Token, User, Writer};
use cordon_spatial::units::UnixMs;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the socket in the data folder.
pub const SOCKET: &str = "cordon.sock";
/// Longest request and answer, bytes.
const MAX_LINE: u64 = 64 * 1024;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a command asks for. Secrets come as hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Add a person.
    AddUser {
        /// Unique name.
        name: String,
        /// What the person may do.
        role: Role,
        /// PHC text.
        password_hash: String,
    },
    /// Add a token.
    AddToken {
        /// Unique name.
        name: String,
        /// What its bearer may do.
        role: Role,
        /// SHA-256 of the secret.
        hash: [u8; 32],
    },
}

/// What a command asks for that takes as long as a file is large.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum FileCommand {
    /// Bring a file in; the query is that of `POST /api/imports`.
    Import {
        /// Where it is.
        file: PathBuf,
        /// What is said about it.
        query: Vec<(String, String)>,
    },
    /// Take an import back.
    UndoImport {
        /// Which.
        id: String,
    },
    /// Say whether places lie beside what the one-map has as if they were in another datum: as `suspected_datum` of an import, or
    /// null.
    DatumOf {
        /// In which they were read, as `srs` takes it.
        read_as: String,
        /// They, in WGS 84: longitude and latitude in 1e-7 degree.
        places: Vec<(i32, i32)>,
    },
    /// Say what the roads are: the answer of `GET /api/roads/network`.
    Roads,
    /// Write a file; the query is that of `GET /api/export/{what}`.
    Export {
        /// What goes out.
        what: String,
        /// Where to.
        file: PathBuf,
        /// Which of it, and in which format.
        query: Vec<(String, String)>,
    },
}

/// Anything that may be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Request {
    /// Of the accounts.
    Account(Command),
    /// With a file.
    File(FileCommand),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Answer {
    error: Option<String>,
    #[serde(default)]
    answer: Value,
}

impl Command {
    /// Does it with the one writer.
    pub fn run(&self, writer: &mut dyn Writer, now: UnixMs) -> Result<(), StoreError> {
        let audit = |action: &str, name: &str, role: Role| AuditLine {
            at: now,
            who: "command line".to_owned(),
            action: action.to_owned(),
            detail: json!({"name": name, "role": roles::name(role)}),
        };
        match self {
            Command::AddUser { name, role, password_hash } => {
                let (name, role, password_hash) = (name.clone(), *role, password_hash.clone());
                let audit = audit("user.add", &name, role);
                writer.add_user(&User { name, role, password_hash, created_at: now, last_seen_at: None }, &audit)
            }
            Command::AddToken { name, role, hash } => {
                let audit = audit("token.add", name, *role);
                let (hash, name, role) = (*hash, name.clone(), *role);
                writer.add_token(&Token { hash, name, role, created_at: now, last_used_at: None }, &audit)
            }
        }
    }
}

/// Sends a command to the server that holds the folder; `None` when none answers there.
pub fn send(folder: &Path, command: &Command) -> Option<Result<(), String>> {
    let stream = UnixStream::connect(folder.join(SOCKET)).ok()?;
    Some(heard(converse(stream, &Request::Account(command.clone()), Some(PATIENCE))).map(drop))
}

/// Sends a command about a file to the server that holds the folder, and waits as long as it takes; `None` when none answers there.
pub fn ask(folder: &Path, command: &FileCommand) -> Option<Result<Value, String>> {
    let stream = UnixStream::connect(folder.join(SOCKET)).ok()?;
    Some(heard(converse(stream, &Request::File(command.clone()), None)))
}

/// The same while the server that holds the folder starts.
pub async fn ask_patiently(folder: &Path, command: &FileCommand) -> Result<Value, String> {
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask(folder, command) {
            return answer;
        }
        if std::time::Instant::now() >= end {
            return Err("the folder is in use, and the server that holds it does not answer".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn heard(answer: std::io::Result<Answer>) -> Result<Value, String> {
    match answer {
        Ok(Answer { error: None, answer }) => Ok(answer),
        Ok(Answer { error: Some(error), .. }) => Err(error),
        Err(error) => Err(format!("the running server did not answer: {error}")),
    }
}

fn converse(mut stream: UnixStream, request: &Request, patience: Option<Duration>) -> std::io::Result<Answer> {
    stream.set_read_timeout(patience)?;
    let mut line = serde_json::to_string(request)?;
    line.push('\n');
    stream.write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

/// The listening socket; its file goes with it.
pub struct Socket {
    listener: tokio::net::UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens in the folder, in place of a dead socket. The caller holds the folder's lock.
    pub fn bind(folder: &Path) -> std::io::Result<Socket> {
        let path = folder.join(SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = tokio::net::UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Socket { listener, path })
    }

    /// Answers requests with `run`, each by a task of its own, for ever.
    pub async fn serve<F, T>(self, run: F)
    where
        F: Fn(Request) -> T + Clone + Send + 'static,
        T: Future<Output = Result<Value, String>> + Send + 'static,
    {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let run = run.clone();
                    tokio::spawn(async move {
                        if answer(stream, run).await.is_err() {
                            tracing::debug!("a control connection broke");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the control socket failed");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Left behind, it would only be found dead.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn answer<F, T>(stream: tokio::net::UnixStream, run: F) -> std::io::Result<()>
where
    F: Fn(Request) -> T,
    T: Future<Output = Result<Value, String>>,
{
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    // Whoever connects and says nothing is not waited for; what is asked takes as long as it takes.
    tokio::time::timeout(PATIENCE, tokio::io::BufReader::new(read.take(MAX_LINE)).read_line(&mut line)).await??;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => run(request).await,
        Err(error) => Err(format!("the command cannot be read: {error}")),
    };
    let answer = match answer {
        Ok(answer) => Answer { error: None, answer },
        Err(error) => Answer { error: Some(error), answer: Value::Null },
    };
    let mut answer = serde_json::to_string(&answer)?;
    answer.push('\n');
    write.write_all(answer.as_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &str) -> Command {
        Command::AddToken { name: name.to_owned(), role: Role::Admin, hash: [7; 32] }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_command_reaches_the_server_and_its_error_comes_back() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        assert!(send(folder.path(), &token("a")).is_none(), "nobody listens yet");
        let socket = Socket::bind(folder.path()).expect("the folder is ours");
        let mode = std::fs::metadata(folder.path().join(SOCKET)).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let server = tokio::spawn(socket.serve(|request| async move {
            match request {
                Request::Account(Command::AddToken { name, .. }) if name == "taken" => {
                    Err("token taken exists already".to_owned())
                }
                Request::File(FileCommand::UndoImport { id }) => Ok(json!({ "deleted": id })),
                _ => Ok(Value::Null),
            }
        }));
        let path = folder.path().to_owned();
        let answers = tokio::task::spawn_blocking(move || [send(&path, &token("new")), send(&path, &token("taken"))]);
        let answers = answers.await.expect("sending does not panic");
        assert_eq!(answers, [Some(Ok(())), Some(Err("token taken exists already".to_owned()))]);
        let path = folder.path().to_owned();
        let undo = FileCommand::UndoImport { id: "gates-1".to_owned() };
        let answer = tokio::task::spawn_blocking(move || ask(&path, &undo)).await.expect("asking does not panic");
        assert_eq!(answer, Some(Ok(json!({"deleted": "gates-1"}))));
        server.abort();
        assert!(server.await.is_err());
        assert!(!folder.path().join(SOCKET).exists(), "the socket goes with its server");
    }
}
