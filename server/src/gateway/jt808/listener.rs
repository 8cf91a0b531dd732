//! JT/T 808 over TCP: accepts terminals, runs one small task for each, and knows which of them can be commanded.
//!
//! One phone has one session: the connection that showed its code last. Another connection under the same phone, registered
//! or not, changes nothing until it shows the code itself; then the one before is cut.

use super::answer::Link;
use super::command::{Command, Reply};
use super::connection::Connection;
use super::doors::{self, Doors};
use super::encode::encode_frame;
use super::header::{Header, MAX_BODY};
use super::line::{Line, NoAsk};
use super::pace;
use super::phone::Phone;
use super::session::Joining;
use crate::config::{Jt808, TimeAnswer};
use crate::desk::terminals::Terminals;
use crate::ingest::Pipeline;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Wait after a failed accept: too many open files, say.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// What the connections share.
pub struct Gateway {
    pub(super) pipeline: Pipeline,
    pub(super) terminals: Arc<Terminals>,
    pub(super) joining: Arc<Joining>,
    pub(super) pace: pace::Limits,
    pub(super) idle: Duration,
    pub(super) time_answer: TimeAnswer,
    command_timeout: Duration,
    doors: Arc<Doors>,
    live: Mutex<HashMap<Phone, Online>>,
}

/// The authenticated connection of one phone.
struct Online {
    line: Arc<Line>,
    link: Link,
}

/// Why a command has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The terminal has no authenticated connection.
    #[error("the terminal is not connected")]
    NotConnected,
    /// More commands wait for this terminal than may.
    #[error("too many commands wait for this terminal's answer")]
    TooMany,
    /// Its body does not fit one frame.
    #[error("the command is longer than one message can be")]
    TooLong,
    /// The terminal did not answer in time.
    #[error("the terminal did not answer in time")]
    Unanswered,
    /// The connection ended, or the answer could not be kept.
    #[error("the connection ended before the answer was kept")]
    Lost,
}

/// A command that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The serial that the command had.
    pub serial: u16,
    /// The answer.
    pub reply: Reply,
}

impl Gateway {
    /// A gateway without connections.
    pub fn new(pipeline: Pipeline, terminals: Arc<Terminals>, rules: &Jt808) -> Arc<Gateway> {
        let seconds = |s: u32| Duration::from_secs(s.into());
        let doors = Doors::new(doors::Limits {
            per_address: rules.connections_per_address,
            unauthenticated: rules.unauthenticated,
        });
        Arc::new(Gateway {
            pipeline,
            terminals,
            joining: Arc::new(Joining { patience: seconds(rules.part_timeout_s), ..Joining::default() }),
            pace: pace::Limits { frames_per_s: rules.frames_per_s, bytes_per_s: rules.kib_per_s.saturating_mul(1024) },
            idle: seconds(rules.idle_s),
            time_answer: rules.time_answer,
            command_timeout: seconds(rules.command_timeout_s),
            doors,
            live: Mutex::default(),
        })
    }

    /// Whether this terminal has an authenticated connection.
    pub fn is_online(&self, phone: Phone) -> bool {
        self.live().contains_key(&phone)
    }

    /// How many terminals have an authenticated connection.
    pub fn online(&self) -> usize {
        self.live().len()
    }

    /// Accepts terminals until `stop` turns true.
    pub async fn run(self: Arc<Gateway>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            match accepted {
                Ok((stream, peer)) => self.take_in(stream, peer, &stop),
                Err(error) => {
                    tracing::warn!(%error, "a terminal could not be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    fn take_in(self: &Arc<Gateway>, stream: TcpStream, peer: SocketAddr, stop: &watch::Receiver<bool>) {
        let place = match self.doors.enter(peer.ip()) {
            Ok(place) => place,
            Err(full) => {
                metrics::counter!("cordon_terminals_turned_away_total", "reason" => full.name()).increment(1);
                return;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "a connection without TCP_NODELAY");
        }
        let gateway = Arc::clone(self);
        let mut stop = stop.clone();
        tokio::spawn(async move {
            metrics::gauge!("cordon_ingest_connections").increment(1.0);
            let mut connection = Connection::new(&gateway, Line::new(stream), place);
            let reason = tokio::select! {
                end = connection.run() => end.name(),
                _ = stop.wait_for(|stop| *stop) => "stopping",
            };
            connection.leave();
            metrics::counter!("cordon_terminals_ended_total", "reason" => reason).increment(1);
            metrics::gauge!("cordon_ingest_connections").decrement(1.0);
            tracing::debug!(%peer, reason, "a terminal's connection ended");
        });
    }

    /// Sends a command to a terminal and waits for its answer; a position is answered after it is kept.
    pub async fn command(&self, phone: Phone, command: &Command) -> Result<Answered, CommandError> {
        let answered = self.ask(phone, command).await;
        let result = match &answered {
            Ok(_) => "answered",
            Err(CommandError::NotConnected) => "not_connected",
            Err(CommandError::TooMany | CommandError::TooLong) => "refused",
            Err(CommandError::Unanswered) => "unanswered",
            Err(CommandError::Lost) => "lost",
        };
        metrics::counter!("cordon_terminal_commands_total", "result" => result).increment(1);
        answered
    }

    async fn ask(&self, phone: Phone, command: &Command) -> Result<Answered, CommandError> {
        let (line, link) = {
            let live = self.live();
            let online = live.get(&phone).ok_or(CommandError::NotConnected)?;
            (Arc::clone(&online.line), online.link.clone())
        };
        let version = link.version();
        let (mut body, mut out) = (Vec::new(), Vec::new());
        command.encode(version, &mut body);
        if body.len() > MAX_BODY {
            return Err(CommandError::TooLong);
        }
        let serial = link.next_serial();
        let answer = line.ask(serial, command.msg_id()).map_err(|no| match no {
            NoAsk::TooMany => CommandError::TooMany,
            NoAsk::Ended => CommandError::NotConnected,
        })?;
        encode_frame(&Header::plain(command.msg_id(), version, phone, serial), &body, &mut out);
        line.send(&out);
        match tokio::time::timeout(self.command_timeout, answer).await {
            Ok(Ok(reply)) => Ok(Answered { serial, reply }),
            Ok(Err(_)) => Err(CommandError::Lost),
            Err(_) => Err(CommandError::Unanswered),
        }
    }

    /// Makes a connection the phone's own; the one before is cut.
    pub(super) fn take_over(&self, link: &Link, line: &Arc<Line>) {
        let online = Online { line: Arc::clone(line), link: link.clone() };
        let before = self.live().insert(link.phone(), online);
        if let Some(before) = before.filter(|before| !Arc::ptr_eq(&before.line, line)) {
            before.line.cut();
            metrics::counter!("cordon_terminals_cut_total", "reason" => "taken_over").increment(1);
        }
    }

    /// Lets the phone go, if this connection is its own; returns whether it was.
    pub(super) fn let_go(&self, phone: Phone, line: &Arc<Line>) -> bool {
        let mut live = self.live();
        let own = live.get(&phone).is_some_and(|online| Arc::ptr_eq(&online.line, line));
        if own {
            live.remove(&phone);
        }
        own
    }

    fn live(&self) -> MutexGuard<'_, HashMap<Phone, Online>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
