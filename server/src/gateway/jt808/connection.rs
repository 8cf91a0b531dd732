//! The task of one terminal: reads, lets the session judge each frame, hands fixes to the pipeline and writes what the
//! committing thread could not.
//!
//! It must never acknowledge a fix by itself, and nothing that a terminal sends may end more than its own connection. It
//! keeps no buffer between frames: ten thousand terminals are idle most of the time.

use super::answer::{Ack, Outcome};
use super::authenticate::Authentication;
use super::bad::Bad;
use super::doors::Place;
use super::driver::DriverCard;
use super::frame::Frames;
use super::line::{Line, LineAcks};
use super::listener::Gateway;
use super::location::Location;
use super::pace::Pace;
use super::register::{Refusal, RegisterAnswer, Registration};
use super::session::{Action, Session};
use crate::desk::bindings::Bindings;
use crate::desk::terminals::{Admitted, Device, Registered, Registering};
use cordon_spatial::contact::{Contact, ContactKind};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::VehicleKey;
use std::cell::Cell;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a connection may take until it is authenticated (S-18).
const AUTHENTICATE_WITHIN: Duration = Duration::from_secs(30);
/// A heartbeat is handed on when nothing of the terminal was for so long: the usual time between two of them.
const ALIVE_EVERY: Duration = Duration::from_secs(60);
/// How much is read at a time.
const READ_BYTES: usize = 16 * 1024;

/// Why a connection ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Closed,
    Failed,
    Cut,
    TooSlow,
    Idle,
    Garbage,
    Stopping,
}

impl End {
    pub(super) fn name(self) -> &'static str {
        match self {
            End::Closed => "closed",
            End::Failed => "failed",
            End::Cut => "cut",
            End::TooSlow => "not_authenticated",
            End::Idle => "idle",
            End::Garbage => "garbage",
            End::Stopping => "stopping",
        }
    }
}

pub(super) struct Connection<'a> {
    gateway: &'a Gateway,
    line: Arc<Line>,
    place: Place,
    frames: Frames,
    session: Session,
    pace: Pace,
    /// The maker's id, if the terminal registered on this connection.
    terminal_id: Option<Box<str>>,
    /// Until when it must show its code; `None` once it did.
    authenticate_by: Option<Instant>,
    heard_at: Instant,
    /// As which vehicle's it was told to be there, and when something of it was handed on last.
    told: Option<(VehicleKey, Instant)>,
    /// Whose its fixes are, as of [`Terminals::rebound`](crate::desk::terminals::Terminals::rebound) being this; of an
    /// authenticated terminal.
    bindings: Bindings,
    bindings_of: u64,
    /// Reading pauses until then.
    resume_at: Option<Instant>,
}

/// What the frames of one read brought, to be handed on together.
#[derive(Default)]
struct Taken {
    fixes: Vec<Fix>,
    acks: Vec<Ack>,
    located: Vec<(u16, Box<Location>)>,
    replies: Vec<u8>,
}

thread_local! {
    /// Room for one read, lent to whichever connection is being served: idle connections hold none.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl<'a> Connection<'a> {
    pub(super) fn new(gateway: &'a Gateway, line: Arc<Line>, place: Place) -> Connection<'a> {
        let now = Instant::now();
        Connection {
            gateway,
            line,
            place,
            frames: Frames::default(),
            session: Session::new(Arc::clone(&gateway.joining)),
            pace: Pace::new(now),
            terminal_id: None,
            authenticate_by: Some(now + AUTHENTICATE_WITHIN),
            heard_at: now,
            told: None,
            bindings: Bindings::default(),
            bindings_of: 0,
            resume_at: None,
        }
    }

    /// Serves until the end.
    pub(super) async fn run(&mut self) -> End {
        let line = Arc::clone(&self.line);
        let mut alarm = pin!(tokio::time::sleep_until(self.due().into()));
        loop {
            if let Some(end) = self.tend(Instant::now()) {
                return end;
            }
            let blocked = line.flush();
            if line.is_cut() {
                return End::Cut;
            }
            // Most frames only move what is due further away: the alarm is set anew when it must be earlier or has rung.
            let due = self.due().into();
            if due < alarm.deadline() || alarm.is_elapsed() {
                alarm.as_mut().reset(due);
            }
            tokio::select! {
                biased;
                ready = line.stream().readable(), if self.resume_at.is_none() => {
                    if ready.is_err() {
                        return End::Failed;
                    }
                }
                () = line.woken() => continue,
                _ = line.stream().writable(), if blocked => continue,
                () = &mut alarm => continue,
            }
            if let Some(end) = self.read().await {
                return end;
            }
        }
    }

    /// When something is due that nobody sends.
    fn due(&self) -> Instant {
        // While reading pauses nothing can be heard.
        let silent_at = self.resume_at.unwrap_or(self.heard_at + self.gateway.idle);
        let others = [self.authenticate_by, self.session.parts_due()];
        others.into_iter().flatten().fold(silent_at, Instant::min)
    }

    /// Does what is due.
    fn tend(&mut self, now: Instant) -> Option<End> {
        if self.authenticate_by.is_some_and(|by| by <= now) {
            return Some(End::TooSlow);
        }
        if self.resume_at.is_none() && self.heard_at + self.gateway.idle <= now {
            return Some(End::Idle);
        }
        if self.resume_at.is_some_and(|at| at <= now) {
            self.resume_at = None;
            self.heard_at = now;
        }
        let mut replies = Vec::new();
        let (asked, given_up) = self.session.chase_parts(now, &mut replies);
        if asked > 0 {
            metrics::counter!("cordon_terminals_parts_total", "result" => "asked_again").increment(asked.into());
            self.line.send(&replies);
        }
        if given_up > 0 {
            metrics::counter!("cordon_terminals_parts_total", "result" => "given_up").increment(given_up.into());
        }
        None
    }

    async fn read(&mut self) -> Option<End> {
        let mut room = ROOM.take();
        room.resize(READ_BYTES, 0);
        let end = match self.line.stream().try_read(&mut room) {
            Ok(0) => Some(End::Closed),
            Ok(count) => self.take(&room[..count]).await,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(_) => Some(End::Failed),
        };
        ROOM.set(room);
        end
    }

    /// Takes bytes as they came: every good frame is served, every bad one is counted.
    async fn take(&mut self, bytes: &[u8]) -> Option<End> {
        let now = Instant::now();
        self.mind_rebinding();
        let (mut end, mut count, mut any_good) = (None, 0, false);
        let mut taken = Taken::default();
        // Taken out for a while, so that a frame may borrow them while the session changes.
        let mut frames = std::mem::take(&mut self.frames);
        let mut feed = frames.feed(bytes);
        while let Some(frame) = feed.next() {
            count += 1;
            let action = match frame {
                Ok(frame) => {
                    any_good = true;
                    self.session.on_frame(&frame, now, &mut taken.fixes, &mut taken.replies)
                }
                Err(bad) => self.session.on_bad_frame(bad),
            };
            end = self.act(action, &mut taken).await;
            if end.is_some() {
                break;
            }
        }
        frames.release();
        self.frames = frames;
        self.resume_at = self.pace.take(count, bytes.len(), &self.gateway.pace, now);
        if self.resume_at.is_some() {
            metrics::counter!("cordon_terminals_paused_total").increment(1);
        }
        self.line.send(&taken.replies);
        if let (false, Some(link)) = (taken.fixes.is_empty(), self.session.link()) {
            metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => "fixes")
                .increment(taken.acks.len() as u64);
            let line = Arc::clone(&self.line);
            let acks = LineAcks { line, link: link.clone(), acks: taken.acks, located: taken.located };
            for fix in &mut taken.fixes {
                fix.vehicle = self.bindings.at(fix.fixed_at).unwrap_or(fix.vehicle);
            }
            self.gateway.pipeline.gateway_fixes(taken.fixes, Box::new(acks)).await;
            self.told = self.told.map(|(vehicle, _)| (vehicle, now));
        }
        if any_good {
            // Now and not when it came: whoever waits for the pipeline is not silent.
            self.heard_at = Instant::now();
        }
        if self.gateway.pipeline.is_stopping() { Some(End::Stopping) } else { end }
    }

    /// Does what a frame asks for. What is rare is boxed, so that the task of an idle terminal stays small.
    async fn act(&mut self, action: Action, taken: &mut Taken) -> Option<End> {
        match action {
            Action::Fixes { ack, refused } => {
                taken.acks.push(ack);
                refused.iter().for_each(count_bad);
            }
            Action::Located { ack, command, location } => {
                taken.acks.push(ack);
                taken.located.push((command, location));
            }
            Action::Answered { command, reply } => {
                count("taken");
                self.line.answered(command, reply);
            }
            Action::Register(asked) => Box::pin(self.register(&asked, &mut taken.replies)).await,
            Action::Authenticate(asked) => self.authenticate(&asked, &mut taken.replies),
            Action::Driver(card) => Box::pin(self.keep_card(*card, &mut taken.replies)).await,
            Action::AskTime => {
                count("taken");
                self.session.tell_time(crate::ingest::wall_now(), self.gateway.time_answer, &mut taken.replies);
            }
            Action::Logout => {
                count("taken");
                self.leave();
                self.place.set_authenticated(false);
                self.authenticate_by = Some(self.heard_at + AUTHENTICATE_WITHIN);
            }
            Action::Bad(bad) => {
                count_bad(&bad);
                if matches!(bad, Bad::TooLong { .. }) || self.session.is_hopeless() {
                    return Some(End::Garbage);
                }
            }
            Action::NoRoom => count("no_room"),
            Action::Unsupported { .. } => count("unsupported"),
            Action::Unauthenticated { .. } => count("unauthenticated"),
            Action::Heartbeat => {
                count("taken");
                self.say_alive();
            }
            Action::Part | Action::Nothing => count("taken"),
        }
        None
    }

    /// Asks the registry, which answers when the terminal is kept.
    async fn register(&mut self, asked: &Registration, replies: &mut Vec<u8>) {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let registering = Registering {
            phone: self.session.phone().map(|p| p.to_string()).unwrap_or_default(),
            plate: filled(&asked.plate),
            plate_colour: Some(asked.plate_colour),
            model: filled(format!("{} {}", asked.manufacturer_id, asked.model).trim()),
            terminal_id: filled(asked.terminal_id.trim()),
        };
        self.terminal_id = registering.terminal_id.as_deref().map(Box::from);
        let answer = match self.gateway.terminals.register(registering).await {
            Registered::Code(code) => RegisterAnswer::Accepted { code },
            Registered::Unknown => RegisterAnswer::Refused(Refusal::UnknownTerminal),
            Registered::OtherDevice => RegisterAnswer::Refused(Refusal::VehicleRegistered),
            Registered::Unavailable => {
                tracing::warn!("a registration could not be kept and stays unanswered");
                return;
            }
        };
        self.session.registered(&answer, replies);
    }

    fn authenticate(&mut self, asked: &Authentication, replies: &mut Vec<u8>) {
        let Some(phone) = self.session.phone() else { return };
        let device = Device {
            imei: asked.imei.clone(),
            terminal_id: self.terminal_id.as_deref().map(str::to_owned),
            software_version: asked.software_version.clone(),
        };
        let admitted = self.gateway.terminals.authenticate(&phone.to_string(), &asked.code, device);
        let (vehicle, reason) = match admitted {
            Admitted::Vehicle(vehicle) => (Some(vehicle), ""),
            Admitted::WrongCode => (None, "terminal_code"),
            Admitted::OtherDevice => (None, "terminal_device"),
        };
        self.session.authenticated(vehicle, replies);
        match (vehicle, self.session.link()) {
            (Some(vehicle), Some(link)) => {
                self.gateway.take_over(link, &self.line);
                self.read_bindings();
                self.say_connected(vehicle);
                self.place.set_authenticated(true);
                self.authenticate_by = None;
            }
            _ => {
                metrics::counter!("cordon_auth_failures_total", "reason" => reason).increment(1);
                // A wrong code ends what an earlier right one began.
                self.leave();
                self.place.set_authenticated(false);
                self.authenticate_by.get_or_insert(self.heard_at + AUTHENTICATE_WITHIN);
            }
        }
    }

    /// If the phone came to another vehicle since, the terminal speaks for that one; if to none, it must show its code again,
    /// which it will be refused.
    fn mind_rebinding(&mut self) {
        if self.session.vehicle().is_none() || self.gateway.terminals.rebound() == self.bindings_of {
            return;
        }
        self.read_bindings();
        let vehicle = self.bindings.now();
        self.session.rebound(vehicle);
        match vehicle {
            Some(vehicle) => self.say_connected(vehicle),
            None => {
                self.leave();
                self.place.set_authenticated(false);
                self.authenticate_by = Some(self.heard_at + AUTHENTICATE_WITHIN);
            }
        }
    }

    fn read_bindings(&mut self) {
        let phone = self.session.phone().map(|phone| phone.to_string()).unwrap_or_default();
        // The number first: what comes in between is read once more.
        self.bindings_of = self.gateway.terminals.rebound();
        self.bindings = self.gateway.terminals.bindings(&phone);
    }

    /// Keeps who drives, then answers.
    async fn keep_card(&mut self, card: DriverCard, replies: &mut Vec<u8>) {
        let phone = self.session.phone().map(|phone| phone.to_string()).unwrap_or_default();
        match self.gateway.terminals.keep_card(&phone, card).await {
            Ok(()) => {
                count("taken");
                self.session.answer_asked(Outcome::Done, replies);
            }
            Err(error) => {
                tracing::warn!(%error, "a driver's card could not be kept");
                self.session.answer_asked(Outcome::Failed, replies);
            }
        }
    }

    /// Gives up the phone, if it is this connection's.
    pub(super) fn leave(&mut self) {
        let told = self.told.take();
        // Another connection of the phone's is there in its place.
        if self.session.phone().is_some_and(|phone| self.gateway.let_go(phone, &self.line))
            && let Some((vehicle, _)) = told
        {
            self.gateway.pipeline.contact(Contact { vehicle, kind: ContactKind::Disconnected });
        }
    }

    /// Tells that the vehicle's terminal is connected, once.
    fn say_connected(&mut self, vehicle: VehicleKey) {
        let before = self.told.map(|(before, _)| before);
        if before == Some(vehicle) {
            return;
        }
        // The phone was bound to another vehicle meanwhile.
        if let Some(vehicle) = before {
            self.gateway.pipeline.contact(Contact { vehicle, kind: ContactKind::Disconnected });
        }
        self.gateway.pipeline.contact(Contact { vehicle, kind: ContactKind::Connected });
        self.told = Some((vehicle, Instant::now()));
    }

    /// Hands a heartbeat on if nothing of the terminal was for a while: reports say as much.
    fn say_alive(&mut self) {
        let now = Instant::now();
        if let Some((vehicle, told_at)) = &mut self.told
            && now - *told_at >= ALIVE_EVERY
        {
            *told_at = now;
            self.gateway.pipeline.contact(Contact { vehicle: *vehicle, kind: ContactKind::Heartbeat });
        }
    }
}

/// Nobody who waits for an answer of this terminal waits longer than its connection lasts.
impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.line.close_asks();
    }
}

fn count(result: &'static str) {
    metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => result).increment(1);
}

fn count_bad(bad: &Bad) {
    metrics::counter!("cordon_ingest_frames_total", "proto" => "jt808", "result" => bad.code()).increment(1);
}
