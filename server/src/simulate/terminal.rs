//! One terminal: takes a fix at every interval, keeps a link to the platform, delivers.
//!
//! Fixes are due by the clock, not by the link: what was due while it waited is taken afterwards with its own time.

use super::driver::{Driver, Ignition, Motion};
use super::noise::Noise;
use super::outage::{Outages, Reach};
use super::outbox::Outbox;
use super::past;
use super::random::Random;
use super::tally::Tally;
use crate::gateway::jt808::answer::Answer;
use crate::gateway::jt808::authenticate::Authentication;
use crate::gateway::jt808::command::Command;
use crate::gateway::jt808::encode::encode;
use crate::gateway::jt808::frame::{Frame, Frames};
use crate::gateway::jt808::header::{Header, Version};
use crate::gateway::jt808::id;
use crate::gateway::jt808::items::RawItem;
use crate::gateway::jt808::location::{ACC_ON, FIXED, Location};
use crate::gateway::jt808::parameter::{Meaning, Parameter, encode_answer};
use crate::gateway::jt808::phone::Phone;
use crate::gateway::jt808::register::{Layout, RegisterAnswer, Registration};
use cordon_spatial::units::{DeciKph, UnixMs};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Status bits 18 and 19: GPS and BeiDou are in use.
const GPS_AND_BEIDOU: u32 = 3 << 18;
/// Longest wait for a connection, a write or an answer; JT/T 808 leaves it to the parameters.
const PATIENCE: Duration = Duration::from_secs(15);
/// A heartbeat goes out when nothing else did for so long.
const HEARTBEAT: Duration = Duration::from_secs(30);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(10);

/// A terminal and its vehicle.
#[derive(Debug)]
pub(super) struct Terminal {
    phone: Phone,
    version: Version,
    interval: Duration,
    driver: Driver,
    noise: Noise,
    outages: Outages,
    random: Random,
    tally: Arc<Tally>,
    outbox: Outbox,
    code: Option<String>,
    serial: u16,
    /// Set by the first sign-on: before it nothing is recorded.
    begun: Option<Begun>,
}

#[derive(Clone, Copy, Debug)]
struct Begun {
    at: Instant,
    at_ms: i64,
    /// How many fixes were due so far.
    ticks: u32,
}

impl Begun {
    fn now() -> Begun {
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        Begun { at: Instant::now(), at_ms, ticks: 0 }
    }

    /// The instant so long after it.
    fn unix(self, since: Duration) -> UnixMs {
        UnixMs(self.at_ms + since.as_millis() as i64)
    }
}

/// A connection on which the terminal has been accepted.
#[derive(Debug)]
struct Link {
    stream: TcpStream,
    frames: Frames,
    last_sent: Instant,
}

impl Terminal {
    pub(super) fn new(
        index: u32,
        phone: Phone,
        interval: Duration,
        driver: Driver,
        outages: Outages,
        mut random: Random,
        tally: Arc<Tally>,
    ) -> Terminal {
        let version = if index.is_multiple_of(2) { Version::V2013 } else { Version::V2019 };
        let (outbox, code, serial, begun) = (Outbox::default(), None, 0, None);
        let noise = Noise::new(random.split());
        Terminal { phone, version, interval, driver, noise, outages, random, tally, outbox, code, serial, begun }
    }

    /// Drives and reports until it is told to drain and nothing is left to deliver.
    pub(super) async fn run(mut self, targets: Vec<SocketAddr>, delay: Duration, mut drain: watch::Receiver<bool>) {
        tokio::select! {
            () = sleep(delay) => {}
            _ = drain.wait_for(|draining| *draining) => return,
        }
        let mut retry = FIRST_RETRY;
        let mut had_link = false;
        loop {
            self.record(false, *drain.borrow());
            if *drain.borrow() && self.outbox.len() == 0 {
                return;
            }
            if self.reach() == Reach::BlindArea && !*drain.borrow() {
                let back_at = self.reach_changes_at().unwrap_or_else(Instant::now);
                tokio::select! {
                    () = sleep_until(back_at) => {}
                    _ = drain.changed() => {}
                }
                continue;
            }
            if let Ok(mut link) = self.sign_on(&targets).await {
                Tally::add(&self.tally.reconnects, u64::from(std::mem::replace(&mut had_link, true)));
                // What was due while the link was being made was taken without one.
                self.record(false, *drain.borrow());
                if self.begun.is_none() {
                    self.begin();
                }
                let linked_at = Instant::now();
                // However the link ends, what is unanswered is delivered over the next one.
                let ended = self.serve(&mut link, &mut drain).await;
                self.outbox.link_lost();
                if ended.is_ok() {
                    continue;
                }
                if linked_at.elapsed() > LAST_RETRY {
                    retry = FIRST_RETRY;
                }
            }
            let wait = retry.mul_f64(self.random.between(0.5, 1.0));
            retry = (retry * 2).min(LAST_RETRY);
            tokio::select! {
                () = sleep(wait) => {}
                _ = drain.changed() => {}
            }
        }
    }

    /// From here on it records. What it drove shortly before, without a link, it delivers first, as a terminal does that was
    /// switched on before the platform was.
    fn begin(&mut self) {
        let begun = Begun::now();
        let before_s = self.driver.drove_before_s();
        let mut reports = Vec::new();
        for second in past::seconds(before_s) {
            let at = UnixMs(begun.at_ms - i64::from(second) * 1_000);
            self.driver.go_on(at, past::EVERY_S.into());
            self.noise.go_on(past::EVERY_S.into());
            reports.extend(self.driver.report().map(|motion| self.report(&motion, at)));
        }
        for body in past::whole_batches(reports) {
            Tally::add(&self.tally.dropped, self.outbox.push(body, true));
        }
        self.begun = Some(begun);
    }

    /// Delivers over a link until it breaks, the terminal drives into a blind area, or all is delivered at the end.
    async fn serve(&mut self, link: &mut Link, drain: &mut watch::Receiver<bool>) -> io::Result<()> {
        let mut input = [0; 2048];
        loop {
            let draining = *drain.borrow();
            self.record(true, draining);
            let reach = if draining { Reach::Full } else { self.reach() };
            if reach == Reach::BlindArea || draining && self.outbox.len() == 0 {
                return Ok(());
            }
            if reach == Reach::Full {
                self.send_due(link).await?;
            }
            if self.outbox.waiting_since().is_some_and(|since| since.elapsed() > PATIENCE) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let wake_at = self.wakes_at(link, reach);
            tokio::select! {
                read = link.stream.read(&mut input) => match read? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => {
                        let mut replies = Vec::new();
                        self.take_answers(&mut link.frames, &input[..count], &mut replies)?;
                        if !replies.is_empty() {
                            write(&mut link.stream, &replies).await?;
                            link.last_sent = Instant::now();
                        }
                    }
                },
                () = sleep_until(wake_at) => {}
                _ = drain.changed() => {}
            }
        }
    }

    fn wakes_at(&self, link: &Link, reach: Reach) -> Instant {
        let silent = reach == Reach::Silent;
        let outage = self.reach_changes_at();
        let patience = self.outbox.waiting_since().map(|since| since + PATIENCE + Duration::from_millis(1));
        let tick = self.begun.map(|begun| begun.at + self.interval * begun.ticks).filter(|_| !silent);
        let heartbeat = Some(link.last_sent + HEARTBEAT).filter(|_| !silent);
        [outage, patience, tick, heartbeat].into_iter().flatten().min().unwrap_or_else(|| Instant::now() + HEARTBEAT)
    }

    async fn send_due(&mut self, link: &mut Link) -> io::Result<()> {
        let mut out = Vec::new();
        let now = Instant::now();
        while let Some(message) = self.outbox.next_message(self.serial, now) {
            Tally::add(&self.tally.sent, message.fresh);
            Tally::add(&self.tally.resent, message.again);
            self.message(message.msg_id, &message.body, &mut out);
        }
        if out.is_empty() && now - link.last_sent >= HEARTBEAT {
            self.message(id::HEARTBEAT, &[], &mut out);
        }
        if !out.is_empty() {
            write(&mut link.stream, &out).await?;
            link.last_sent = now;
        }
        Ok(())
    }

    fn message(&mut self, msg_id: u16, body: &[u8], out: &mut Vec<u8>) {
        let taken = encode(&Header::plain(msg_id, self.version, self.phone, self.serial), body, out);
        self.serial = self.serial.wrapping_add(taken);
    }

    fn take_answers(&mut self, frames: &mut Frames, bytes: &[u8], replies: &mut Vec<u8>) -> io::Result<()> {
        let mut feed = frames.feed(bytes);
        while let Some(frame) = feed.next() {
            let frame = frame.map_err(io::Error::other)?;
            if frame.header.msg_id != id::PLATFORM_ANSWER {
                self.obey(&frame, replies);
                continue;
            }
            let answer = Answer::parse(frame.body).map_err(io::Error::other)?;
            if !matches!(answer.reply_id, id::LOCATION | id::LOCATION_BATCH) {
                continue;
            }
            match answer.result {
                0 => {
                    if let Some((count, sent_at)) = self.outbox.settle(answer.reply_serial) {
                        Tally::add(&self.tally.acknowledged, count);
                        self.tally.acknowledged_after(sent_at.elapsed());
                    }
                }
                2 | 3 => {
                    let count = self.outbox.settle(answer.reply_serial).map_or(0, |(count, _)| count);
                    Tally::add(&self.tally.refused, count);
                }
                _ => return Err(io::Error::other("the platform did not take a report")),
            }
        }
        Ok(())
    }

    /// Answers a command of the platform as a willing terminal does; it changes nothing about how it drives and reports.
    fn obey(&mut self, frame: &Frame<'_>, replies: &mut Vec<u8>) {
        let asked = frame.header;
        let Some(Ok(command)) = Command::parse(asked.msg_id, asked.version, frame.body) else { return };
        let (msg_id, body) = match (command, self.begun) {
            (Command::Locate, Some(begun)) => {
                let now = begun.unix(begun.at.elapsed());
                (
                    id::LOCATION_ANSWER,
                    [&asked.serial.to_be_bytes()[..], &self.report(&self.driver.motion(), now)].concat(),
                )
            }
            (Command::QueryParameters { .. }, _) => {
                let interval_s = Meaning::Number(self.interval.as_secs() as u32);
                let parameters: Vec<_> = Parameter::named("report_interval_s", &interval_s).into_iter().collect();
                let mut body = Vec::new();
                encode_answer(asked.serial, &parameters, &mut body);
                (id::PARAMETERS, body)
            }
            _ => {
                let done = Answer { reply_serial: asked.serial, reply_id: asked.msg_id, result: 0 };
                (id::TERMINAL_ANSWER, done.bytes().to_vec())
            }
        };
        self.message(msg_id, &body, replies);
    }

    /// Connects and is accepted, with the code that it has, else by registering.
    async fn sign_on(&mut self, targets: &[SocketAddr]) -> io::Result<Link> {
        let stream = timeout(PATIENCE, TcpStream::connect(targets)).await??;
        stream.set_nodelay(true)?;
        Tally::add(&self.tally.connections, 1);
        let mut link = Link { stream, frames: Frames::default(), last_sent: Instant::now() };
        if self.code.is_none() {
            self.register(&mut link).await?;
        }
        if !self.authenticate(&mut link).await? {
            self.code = None;
            self.register(&mut link).await?;
            if !self.authenticate(&mut link).await? {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
        }
        Ok(link)
    }

    async fn register(&mut self, link: &mut Link) -> io::Result<()> {
        let mut body = Vec::new();
        self.registration().encode(&mut body);
        let serial = self.ask(link, id::REGISTER, &body).await?;
        let answer = answer(link, |frame| {
            let matches = frame.header.msg_id == id::REGISTER_ANSWER;
            RegisterAnswer::parse(frame.body).ok().filter(|(to, _)| matches && *to == serial)
        });
        match answer.await?.1 {
            RegisterAnswer::Accepted { code } => {
                self.code = Some(code);
                Ok(())
            }
            RegisterAnswer::Refused(_) => {
                Tally::add(&self.tally.registrations_refused, 1);
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
    }

    async fn authenticate(&mut self, link: &mut Link) -> io::Result<bool> {
        let code = self.code.clone().unwrap_or_default();
        let imei = Some(format!("86{:0>13}", self.phone.to_string()));
        let mut body = Vec::new();
        Authentication { code, imei, software_version: Some(env!("CARGO_PKG_VERSION").to_owned()) }
            .encode(self.version, &mut body);
        let serial = self.ask(link, id::AUTHENTICATE, &body).await?;
        let answer = answer(link, |frame| {
            let matches = frame.header.msg_id == id::PLATFORM_ANSWER;
            Answer::parse(frame.body)
                .ok()
                .filter(|to| matches && to.reply_id == id::AUTHENTICATE && to.reply_serial == serial)
        });
        Ok(answer.await?.result == 0)
    }

    /// Sends a message and returns its serial.
    async fn ask(&mut self, link: &mut Link, msg_id: u16, body: &[u8]) -> io::Result<u16> {
        let (serial, mut out) = (self.serial, Vec::new());
        self.message(msg_id, body, &mut out);
        write(&mut link.stream, &out).await?;
        Ok(serial)
    }

    fn registration(&self) -> Registration {
        let digits = self.phone.to_string();
        let number: u64 = digits.parse().unwrap_or_default();
        let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
        let letter = char::from(letters[(number / 100_000 % letters.len() as u64) as usize]);
        Registration {
            layout: if self.version == Version::V2013 { Layout::V2013 } else { Layout::V2019 },
            province: 33,
            city: 482,
            manufacturer_id: "CORDN".into(),
            model: "SIMULATED".into(),
            terminal_id: digits[digits.len().saturating_sub(7)..].into(),
            plate_colour: 2,
            plate: format!("浙{letter}{:05}", number % 100_000),
        }
    }

    /// What it can do at a moment since it began.
    fn reach_at(&mut self, begun: Begun, since: Duration) -> Reach {
        let scripted = self.driver.scripted_reach(begun.unix(since));
        scripted.unwrap_or_else(|| self.outages.at(since))
    }

    fn reach(&mut self) -> Reach {
        match self.begun {
            Some(begun) => self.reach_at(begun, begun.at.elapsed()),
            None => self.outages.at(Duration::ZERO),
        }
    }

    fn reach_changes_at(&self) -> Option<Instant> {
        let begun = self.begun?;
        let now = begun.unix(begun.at.elapsed());
        if let Some(at) = self.driver.reach_changes_at(now) {
            return Some(begun.at + Duration::from_millis(u64::try_from(at.0 - begun.at_ms).unwrap_or(0)));
        }
        self.outages.changes_at().map(|since| begun.at + since)
    }

    /// Takes every fix that is due. A silent terminal drives on and takes none.
    fn record(&mut self, has_link: bool, draining: bool) {
        let Some(mut begun) = self.begun else { return };
        while !draining && begun.at + self.interval * begun.ticks <= Instant::now() {
            let since = self.interval * begun.ticks;
            begun.ticks += 1;
            let at = begun.unix(since);
            self.driver.go_on(at, self.interval.as_secs_f64());
            let reach = self.reach_at(begun, since);
            let Some(motion) = self.driver.report().filter(|_| reach != Reach::Silent) else { continue };
            self.noise.go_on(self.interval.as_secs_f64());
            let body = self.report(&motion, at);
            let blind = !has_link || reach == Reach::BlindArea;
            Tally::add(&self.tally.dropped, self.outbox.push(body, blind));
        }
        self.begun = Some(begun);
    }

    fn report(&self, motion: &Motion, fixed_at: UnixMs) -> Vec<u8> {
        let ignition = if motion.ignition == Ignition::On { ACC_ON } else { 0 };
        let location = Location {
            alarm_bits: 0,
            status_bits: ignition | FIXED | GPS_AND_BEIDOU,
            position: self.noise.seen(motion),
            altitude_m: 4,
            speed: DeciKph::from_kph(motion.speed_kph),
            heading_deg: Some(motion.place.bearing_deg.round() as u16 % 360),
            fixed_at,
        };
        let mut body = Vec::with_capacity(40);
        location.encode(&mut body);
        let mileage = (motion.driven_m / 100.0) as u32;
        RawItem { id: 0x01, value: &mileage.to_be_bytes() }.encode(&mut body);
        RawItem { id: 0x30, value: &[25] }.encode(&mut body);
        RawItem { id: 0x31, value: &[14] }.encode(&mut body);
        body
    }
}

/// The first frame from which `wanted` makes an answer.
async fn answer<T>(link: &mut Link, mut wanted: impl FnMut(Frame<'_>) -> Option<T>) -> io::Result<T> {
    let mut input = [0; 1024];
    let reading = async {
        loop {
            let count = link.stream.read(&mut input).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut feed = link.frames.feed(&input[..count]);
            let mut found = None;
            while let Some(frame) = feed.next() {
                found = found.or(wanted(frame.map_err(io::Error::other)?));
            }
            if let Some(answer) = found {
                return Ok(answer);
            }
        }
    };
    timeout(PATIENCE, reading).await?
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    timeout(PATIENCE, stream.write_all(bytes)).await?
}
