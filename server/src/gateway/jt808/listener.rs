//! JT/T 808 over TCP: accepts terminals and runs one small task for each.
//!
//! A task reads, lets the session judge each frame, hands fixes to the pipeline and writes what the committing thread
//! could not. It must never acknowledge a fix by itself, and nothing that a terminal sends may end more than its own
//! connection.

use super::answer::Ack;
use super::bad::Bad;
use super::frame::Frames;
use super::line::{Line, LineAcks};
use super::phone::Phone;
use super::register::{Refusal, RegisterAnswer, Registration};
use super::session::{Action, Session};
use crate::desk::terminals::{Registered, Registering, Terminals};
use crate::ingest::Pipeline;
use cordon_spatial::fix::Fix;
use std::cell::Cell;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long a connection may take until it is authenticated (S-18).
const AUTHENTICATE_WITHIN: Duration = Duration::from_secs(30);
/// How much is read at a time.
const READ_BYTES: usize = 16 * 1024;
/// Wait after a failed accept: too many open files, say.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// What the connections share.
pub struct Gateway {
    pipeline: Pipeline,
    terminals: Arc<Terminals>,
    /// The authenticated connection of each phone: a new one takes over only when it is authenticated itself.
    live: Mutex<HashMap<Phone, Arc<Line>>>,
}

impl Gateway {
    /// A gateway without connections.
    pub fn new(pipeline: Pipeline, terminals: Arc<Terminals>) -> Arc<Gateway> {
        Arc::new(Gateway { pipeline, terminals, live: Mutex::default() })
    }

    /// Whether the terminal of this phone has an authenticated connection.
    pub fn is_online(&self, phone: Phone) -> bool {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&phone)
    }

    /// Accepts terminals until `stop` turns true.
    pub async fn run(self: Arc<Gateway>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let gateway = Arc::clone(&self);
                    let mut stop = stop.clone();
                    tokio::spawn(async move {
                        metrics::gauge!("cordon_ingest_connections").increment(1.0);
                        tokio::select! {
                            () = gateway.serve(stream, peer) => {}
                            _ = stop.wait_for(|stop| *stop) => {}
                        }
                        metrics::gauge!("cordon_ingest_connections").decrement(1.0);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a terminal could not be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "a connection without TCP_NODELAY");
        }
        let mut connection = Connection::new(self, Line::new(stream));
        let first = tokio::time::timeout(AUTHENTICATE_WITHIN, connection.run(Until::Authenticated)).await;
        let end = match first {
            Err(_) => End::TooSlow,
            Ok(Some(end)) => end,
            Ok(None) => connection.run(Until::End).await.unwrap_or(End::Closed),
        };
        metrics::counter!("cordon_terminals_ended_total", "reason" => end.name()).increment(1);
        tracing::debug!(%peer, reason = end.name(), "a terminal's connection ended");
        connection.leave();
    }
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Failed,
    Cut,
    TooSlow,
    Garbage,
    Stopping,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Closed => "closed",
            End::Failed => "failed",
            End::Cut => "cut",
            End::TooSlow => "not_authenticated",
            End::Garbage => "garbage",
            End::Stopping => "stopping",
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Until {
    Authenticated,
    End,
}

struct Connection<'a> {
    gateway: &'a Gateway,
    line: Arc<Line>,
    frames: Frames,
    session: Session,
}

thread_local! {
    /// Room for one read, lent to whichever connection is being served: idle connections hold none.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl<'a> Connection<'a> {
    fn new(gateway: &'a Gateway, line: Arc<Line>) -> Connection<'a> {
        Connection { gateway, line, frames: Frames::default(), session: Session::new() }
    }

    /// Serves until the end, or until authentication succeeded (`None`).
    async fn run(&mut self, until: Until) -> Option<End> {
        let line = Arc::clone(&self.line);
        loop {
            if until == Until::Authenticated && self.session.vehicle().is_some() {
                return None;
            }
            let blocked = line.flush();
            if line.is_cut() {
                return Some(End::Cut);
            }
            tokio::select! {
                biased;
                ready = line.stream().readable() => {
                    if ready.is_err() {
                        return Some(End::Failed);
                    }
                }
                () = line.woken() => continue,
                _ = line.stream().writable(), if blocked => continue,
            }
            let mut room = ROOM.take();
            room.resize(READ_BYTES, 0);
            let read = line.stream().try_read(&mut room);
            let end = match read {
                Ok(0) => Some(End::Closed),
                Ok(count) => self.take(&room[..count]).await,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
                Err(_) => Some(End::Failed),
            };
            ROOM.set(room);
            if end.is_some() {
                return end;
            }
        }
    }

    /// Takes bytes as they came: every good frame is served, every bad one is counted.
    async fn take(&mut self, bytes: &[u8]) -> Option<End> {
        let mut end = None;
        let mut fixes: Vec<Fix> = Vec::new();
        let mut acks: Vec<Ack> = Vec::new();
        let mut replies: Vec<u8> = Vec::new();
        let mut feed = self.frames.feed(bytes);
        while let Some(frame) = feed.next() {
            let action = match frame {
                Ok(frame) => self.session.on_frame(&frame, &mut fixes, &mut replies),
                Err(bad) => self.session.on_bad_frame(bad),
            };
            match action {
                Action::Fixes { ack, refused } => {
                    acks.push(ack);
                    refused.iter().for_each(count_bad);
                }
                Action::Register(asked) => {
                    let phone = self.session.phone();
                    let answer = register(self.gateway, phone, &asked).await;
                    match answer {
                        Some(answer) => self.session.registered(&answer, &mut replies),
                        None => tracing::warn!("a registration could not be kept and stays unanswered"),
                    }
                }
                Action::Authenticate(asked) => {
                    let phone = self.session.phone();
                    let vehicle = phone.and_then(|p| self.gateway.terminals.authenticate(&p.to_string(), &asked.code));
                    self.session.authenticated(vehicle, &mut replies);
                    match (phone, vehicle) {
                        (Some(phone), Some(_)) => self.gateway.take_over(phone, &self.line),
                        _ => metrics::counter!("cordon_auth_failures_total", "reason" => "terminal_code").increment(1),
                    }
                }
                Action::Bad(bad) => {
                    count_bad(&bad);
                    if matches!(bad, Bad::TooLong { .. }) || self.session.is_hopeless() {
                        end = Some(End::Garbage);
                        break;
                    }
                }
                Action::Unsupported { .. } => count("unsupported"),
                Action::Unauthenticated { .. } => count("unauthenticated"),
                Action::Heartbeat | Action::Logout | Action::Nothing => count("taken"),
            }
        }
        self.line.send(&replies);
        if let (false, Some(link)) = (fixes.is_empty(), self.session.link()) {
            metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => "fixes")
                .increment(acks.len() as u64);
            let acks = LineAcks { line: Arc::clone(&self.line), link: link.clone(), acks };
            self.gateway.pipeline.gateway_fixes(fixes, Box::new(acks)).await;
        }
        if self.gateway.pipeline.is_stopping() { Some(End::Stopping) } else { end }
    }

    fn leave(&self) {
        let Some(phone) = self.session.phone() else { return };
        let mut live = self.gateway.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.get(&phone).is_some_and(|line| Arc::ptr_eq(line, &self.line)) {
            live.remove(&phone);
        }
    }
}

impl Gateway {
    /// Makes a connection the phone's own; the one before is cut.
    fn take_over(&self, phone: Phone, line: &Arc<Line>) {
        let before = self.live.lock().unwrap_or_else(PoisonError::into_inner).insert(phone, Arc::clone(line));
        if let Some(before) = before.filter(|before| !Arc::ptr_eq(before, line)) {
            before.cut();
            metrics::counter!("cordon_terminals_cut_total", "reason" => "taken_over").increment(1);
        }
    }
}

/// Asks the registry; `None` when it cannot keep anything now.
async fn register(gateway: &Gateway, phone: Option<Phone>, asked: &Registration) -> Option<RegisterAnswer> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let registering = Registering {
        phone: phone.map(|p| p.to_string()).unwrap_or_default(),
        plate: filled(&asked.plate),
        plate_colour: Some(asked.plate_colour),
        model: filled(format!("{} {}", asked.manufacturer_id, asked.model).trim()),
    };
    match gateway.terminals.register(registering).await {
        Registered::Code(code) => Some(RegisterAnswer::Accepted { code }),
        Registered::Unknown => Some(RegisterAnswer::Refused(Refusal::UnknownTerminal)),
        Registered::Unavailable => None,
    }
}

fn count(result: &'static str) {
    metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => result).increment(1);
}

fn count_bad(bad: &Bad) {
    metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => bad.code()).increment(1);
}
