//! One connection of one terminal, as a state machine: frames in, answers and wishes out.
//!
//! It has no socket and no clock (the time is an argument) and knows no other connection. The listener feeds it frames, asks the registry what the
//! session wants to know, and feeds the outcome back before the next frame. A position is never acknowledged here: the
//! listener does so through [`Link`] once the fix is committed. Before authentication nothing but registration,
//! authentication, heartbeat and the question for the time is taken. Split messages are put together first and then taken
//! like any other; parts of what Cordon does not take anyway are not collected.

use super::answer::{Ack, Answer, Link, Outcome};
use super::authenticate::Authentication;
use super::bad::Bad;
use super::batch::{Batch, BatchKind};
use super::command::{self, Reply};
use super::driver::DriverCard;
use super::frame::Frame;
use super::id;
use super::location::Location;
use super::parameter;
use super::parts::{Budget, Joined, Parts};
use super::phone::Phone;
use super::register::{RegisterAnswer, Registration};
use super::time;
use crate::config::TimeAnswer;
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::units::UnixMs;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// After so many bad frames in a row the peer is best left.
pub const BAD_IN_A_ROW: u32 = 20;

/// What all connections share to put split messages together.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Bytes that all of them together may keep.
    pub budget: Arc<Budget>,
    /// Missing parts are asked for when none came for so long.
    pub patience: Duration,
}

/// 64 MiB for all, over a hundred of the largest messages; ten seconds, longer than a mobile network holds a packet back.
impl Default for Joining {
    fn default() -> Joining {
        Joining { budget: Budget::new(64 << 20), patience: Duration::from_secs(10) }
    }
}

/// The state of one connection.
#[derive(Debug)]
pub struct Session {
    link: Option<Link>,
    vehicle: Option<VehicleKey>,
    asked: Option<Ack>,
    bad_in_a_row: u32,
    /// There only while a split message is unfinished: most terminals never send one.
    parts: Option<Box<Parts>>,
    joining: Arc<Joining>,
}

/// What a frame asks of the listener. Answers that need nobody's leave are already among the replies.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Nothing is left to do.
    Nothing,
    /// Ask the registry, then call [`Session::registered`].
    Register(Box<Registration>),
    /// Ask the registry, then call [`Session::authenticated`].
    Authenticate(Box<Authentication>),
    /// Fixes were appended: once they are committed, append `ack` with [`Link::ack_into`]. On failure do not answer: the
    /// terminal keeps them and sends them again.
    Fixes {
        /// The message to acknowledge.
        ack: Ack,
        /// Why other reports of the same batch were left out, the first reason.
        refused: Option<Bad>,
    },
    /// The position that a command asked for: fixes and `ack` as with [`Action::Fixes`]; after the commit the command
    /// with this serial is answered as well.
    Located {
        /// The message to acknowledge.
        ack: Ack,
        /// Serial of the command.
        command: u16,
        /// The position.
        location: Box<Location>,
    },
    /// A command was answered; acknowledged if need be.
    Answered {
        /// Serial of the command.
        command: u16,
        /// How.
        reply: Reply,
    },
    /// A driver's card went in or out: keep that, then call [`Session::answer_asked`].
    Driver(Box<DriverCard>),
    /// The terminal asks for the time: call [`Session::tell_time`].
    AskTime,
    /// A part of a split message that is not whole yet.
    Part,
    /// A part for which there is no room now; answered as failed, so that the terminal sends the message again.
    NoRoom,
    /// A heartbeat; answered.
    Heartbeat,
    /// The terminal takes its leave; answered. Its next message must be a registration or an authentication.
    Logout,
    /// A message that needs authentication came without; answered as failed, so that the terminal keeps what it has.
    Unauthenticated {
        /// Which message.
        msg_id: u16,
    },
    /// A message that Cordon does not take; answered so.
    Unsupported {
        /// Which message.
        msg_id: u16,
    },
    /// A message that makes no sense; answered so if it could be.
    Bad(Bad),
}

impl Session {
    /// A connection from which nothing came yet.
    pub fn new(joining: Arc<Joining>) -> Session {
        Session { link: None, vehicle: None, asked: None, bad_in_a_row: 0, parts: None, joining }
    }

    /// Whom to answer; `None` until the first good frame.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// The terminal's phone; `None` until the first good frame.
    pub fn phone(&self) -> Option<Phone> {
        self.link.as_ref().map(Link::phone)
    }

    /// Whose fixes come in; `None` until authentication succeeds.
    pub fn vehicle(&self) -> Option<VehicleKey> {
        self.vehicle
    }

    /// So many bad frames came in a row that the connection is best closed.
    pub fn is_hopeless(&self) -> bool {
        self.bad_in_a_row >= BAD_IN_A_ROW
    }

    /// Takes one good frame. Appends fixes to `fixes` and answers to `replies`.
    pub fn on_frame(&mut self, frame: &Frame<'_>, now: Instant, fixes: &mut Vec<Fix>, replies: &mut Vec<u8>) -> Action {
        let header = &frame.header;
        let ack = Ack::of(header);
        let link = self.link.get_or_insert_with(|| Link::new(header.phone, header.version));
        if link.phone() != header.phone {
            return self.refuse(ack, Outcome::Failed, Bad::Phone, replies);
        }
        link.note_version(header.version);
        if header.encryption != 0 {
            return self.refuse(ack, Outcome::Unsupported, Bad::Encrypted { bits: header.encryption }, replies);
        }
        let action = if header.part.is_some_and(|part| part.total > 1) {
            self.take_part(frame, ack, now, fixes, replies)
        } else {
            self.take(frame.body, ack, fixes, replies)
        };
        if !matches!(action, Action::Bad(_)) {
            self.bad_in_a_row = 0;
        }
        action
    }

    /// Takes bytes that were no frame. There is nobody to answer.
    pub fn on_bad_frame(&mut self, bad: Bad) -> Action {
        self.bad_in_a_row = self.bad_in_a_row.saturating_add(1);
        Action::Bad(bad)
    }

    /// Answers the registration that was asked for; ignored when none was.
    pub fn registered(&mut self, answer: &RegisterAnswer, replies: &mut Vec<u8>) {
        let (Some(ack), Some(link)) = (self.asked.take(), &self.link) else { return };
        let mut body = Vec::with_capacity(64);
        answer.encode(ack.serial, &mut body);
        link.send_into(id::REGISTER_ANSWER, ack.version, &body, replies);
    }

    /// Answers the authentication that was asked for: the terminal's vehicle, or `None` when it is not let in. Ignored
    /// when none was asked for.
    pub fn authenticated(&mut self, vehicle: Option<VehicleKey>, replies: &mut Vec<u8>) {
        if self.asked.is_some() {
            self.vehicle = vehicle;
            self.answer_asked(if vehicle.is_some() { Outcome::Done } else { Outcome::Failed }, replies);
        }
    }

    /// The terminal, which is authenticated, speaks for another vehicle from now on, or for none.
    pub fn rebound(&mut self, vehicle: Option<VehicleKey>) {
        self.vehicle = vehicle;
    }

    /// Gives the general answer to the message that waits for one; ignored when none does.
    pub fn answer_asked(&mut self, outcome: Outcome, replies: &mut Vec<u8>) {
        if let Some(ack) = self.asked.take() {
            self.answer(ack, outcome, replies);
        }
    }

    /// Answers the question for the time. Ignored when none was asked.
    pub fn tell_time(&mut self, now: UnixMs, zone: TimeAnswer, replies: &mut Vec<u8>) {
        let (Some(ack), Some(link)) = (self.asked.take(), &self.link) else { return };
        // The packed form is of GMT+8.
        let shown = match zone {
            TimeAnswer::Utc => UnixMs(now.0 - time::GMT_8_S * 1000),
            TimeAnswer::Gmt8 => now,
        };
        link.send_into(id::TIME, ack.version, &time::encode(shown), replies);
    }

    /// When [`Session::chase_parts`] has something to do.
    pub fn parts_due(&self) -> Option<Instant> {
        self.parts.as_ref().and_then(|parts| parts.due())
    }

    /// Asks for parts that are missing for too long. Returns how many requests and how many messages were given up.
    pub fn chase_parts(&mut self, now: Instant, replies: &mut Vec<u8>) -> (u32, u32) {
        let (Some(parts), Some(link)) = (&mut self.parts, &self.link) else { return (0, 0) };
        let missing = parts.overdue(now);
        for message in &missing {
            let mut body = Vec::new();
            command::encode_resend(message.version, message.first_serial, &message.parts, &mut body);
            link.send_into(id::RESEND_PARTS, message.version, &body, replies);
        }
        let given_up = parts.take_given_up();
        if parts.is_empty() {
            self.parts = None;
        }
        (missing.len() as u32, given_up)
    }

    /// Takes a part of a split message; the whole message when it is the last one.
    fn take_part(
        &mut self,
        frame: &Frame<'_>,
        ack: Ack,
        now: Instant,
        fixes: &mut Vec<Fix>,
        replies: &mut Vec<u8>,
    ) -> Action {
        let msg_id = ack.msg_id;
        if self.vehicle.is_none() {
            self.answer(ack, Outcome::Failed, replies);
            return Action::Unauthenticated { msg_id };
        }
        if !is_collected(msg_id) {
            self.answer(ack, Outcome::Unsupported, replies);
            return Action::Unsupported { msg_id };
        }
        let Joining { budget, patience } = &*self.joining;
        let parts = self.parts.get_or_insert_with(|| Box::new(Parts::new(Arc::clone(budget), *patience)));
        let total = frame.header.part.map_or(1, |part| part.total);
        let joined = parts.join(&frame.header, frame.body, now);
        if parts.is_empty() && parts.given_up() == 0 {
            self.parts = None;
        }
        match joined {
            Some(Joined::Whole { body, first_serial }) => {
                self.take(&body, Ack { serial: first_serial, parts: total, ..ack }, fixes, replies)
            }
            Some(Joined::Missing(_)) => Action::Part,
            Some(Joined::TooMany { limit }) => {
                let (value, limit) = (f64::from(total), f64::from(limit));
                self.refuse(ack, Outcome::Bad, Bad::Range { field: "part_total", value, limit }, replies)
            }
            Some(Joined::NoRoom) => {
                self.answer(ack, Outcome::Failed, replies);
                Action::NoRoom
            }
            None => self.take(frame.body, ack, fixes, replies),
        }
    }

    fn take(&mut self, body: &[u8], ack: Ack, fixes: &mut Vec<Fix>, replies: &mut Vec<u8>) -> Action {
        let msg_id = ack.msg_id;
        let free =
            matches!(msg_id, id::REGISTER | id::AUTHENTICATE | id::HEARTBEAT | id::TERMINAL_ANSWER | id::ASK_TIME);
        if self.vehicle.is_none() && !free {
            self.answer(ack, Outcome::Failed, replies);
            return Action::Unauthenticated { msg_id };
        }
        let taken = match (msg_id, self.vehicle) {
            (id::LOCATION, Some(vehicle)) => Location::parse(body).map(|(location, _)| {
                fixes.push(location.to_fix(vehicle, Marks::empty()));
                Action::Fixes { ack, refused: None }
            }),
            (id::LOCATION_BATCH, Some(vehicle)) => {
                batch(body, vehicle, fixes).map(|refused| Action::Fixes { ack, refused })
            }
            (id::LOCATION_ANSWER, Some(vehicle)) => {
                command::parse_location_answer(body).map(|(command, location, _)| {
                    fixes.push(location.to_fix(vehicle, Marks::empty()));
                    Action::Located { ack, command, location: Box::new(location) }
                })
            }
            (id::PARAMETERS, Some(_)) => parameter::parse_answer(body).map(|(command, parameters)| {
                self.answer(ack, Outcome::Done, replies);
                Action::Answered { command, reply: Reply::Parameters(parameters) }
            }),
            (id::DRIVER, Some(_)) => DriverCard::parse(ack.version, body).map(|card| {
                self.asked = Some(ack);
                Action::Driver(Box::new(card))
            }),
            (id::HEARTBEAT, _) => {
                self.answer(ack, Outcome::Done, replies);
                Ok(Action::Heartbeat)
            }
            (id::REGISTER, _) => Registration::parse(ack.version, body).map(|registration| {
                self.asked = Some(ack);
                Action::Register(Box::new(registration))
            }),
            (id::AUTHENTICATE, _) => {
                self.asked = Some(ack);
                Ok(Action::Authenticate(Box::new(Authentication::parse(ack.version, body))))
            }
            (id::ASK_TIME, _) => {
                self.asked = Some(ack);
                Ok(Action::AskTime)
            }
            (id::LOGOUT, _) => {
                self.vehicle = None;
                self.answer(ack, Outcome::Done, replies);
                Ok(Action::Logout)
            }
            // An answer is not answered: that would never end.
            (id::TERMINAL_ANSWER, _) => Ok(match Answer::parse(body) {
                Ok(answer) if self.vehicle.is_some() => {
                    Action::Answered { command: answer.reply_serial, reply: Reply::Result(answer.result) }
                }
                _ => Action::Nothing,
            }),
            _ => {
                self.answer(ack, Outcome::Unsupported, replies);
                Ok(Action::Unsupported { msg_id })
            }
        };
        taken.unwrap_or_else(|bad| self.refuse(ack, Outcome::Bad, bad, replies))
    }

    fn answer(&self, ack: Ack, outcome: Outcome, replies: &mut Vec<u8>) {
        if let Some(link) = &self.link {
            link.ack_into(ack, outcome, replies);
        }
    }

    fn refuse(&mut self, ack: Ack, outcome: Outcome, bad: Bad, replies: &mut Vec<u8>) -> Action {
        self.answer(ack, outcome, replies);
        self.on_bad_frame(bad)
    }
}

/// Messages that are worth putting together: those that are taken once they are whole.
fn is_collected(msg_id: u16) -> bool {
    matches!(msg_id, id::LOCATION | id::LOCATION_BATCH | id::LOCATION_ANSWER | id::PARAMETERS | id::DRIVER)
}

/// Appends a batch's good reports. The first reason why one was left out; an error when none is left.
fn batch(body: &[u8], vehicle: VehicleKey, fixes: &mut Vec<Fix>) -> Result<Option<Bad>, Bad> {
    let batch = Batch::parse(body)?;
    let marks = if batch.kind == BatchKind::BlindArea { Marks::BLIND_AREA } else { Marks::empty() };
    let (before, mut refused) = (fixes.len(), None);
    for report in batch {
        match report {
            Ok((location, _)) => fixes.push(location.to_fix(vehicle, marks)),
            Err(bad) => refused = refused.or(Some(bad)),
        }
    }
    match refused {
        Some(bad) if fixes.len() == before => Err(bad),
        _ if fixes.len() == before => Err(Bad::Count { declared: 1, found: 0 }),
        _ => Ok(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::super::batch::BatchBuilder;
    use super::super::frame::Frames;
    use super::super::header::{Header, Part, Version};
    use super::super::parameter::Parameter;
    use super::super::register::{Layout, Refusal};
    use super::*;
    use cordon_spatial::position::Position;
    use cordon_spatial::units::{DeciKph, UnixMs};

    const VEHICLE: VehicleKey = VehicleKey(42);

    /// A terminal's connection with the replies it has got.
    struct Desk {
        session: Session,
        serial: u16,
        now: Instant,
        fixes: Vec<Fix>,
        replies: Vec<u8>,
    }

    impl Desk {
        fn new() -> Desk {
            let session = Session::new(Arc::default());
            Desk { session, serial: 100, now: Instant::now(), fixes: Vec::new(), replies: Vec::new() }
        }

        fn authenticated() -> Desk {
            let mut desk = Desk::new();
            desk.send(id::AUTHENTICATE, b"code");
            desk.session.authenticated(Some(VEHICLE), &mut desk.replies);
            desk.answers();
            desk
        }

        fn send(&mut self, msg_id: u16, body: &[u8]) -> Action {
            self.send_as("13900000001", msg_id, body)
        }

        fn send_as(&mut self, phone: &str, msg_id: u16, body: &[u8]) -> Action {
            self.serial += 1;
            let phone = Phone::parse(phone).expect("digits");
            self.frame(Header::plain(msg_id, Version::V2013, phone, self.serial), body)
        }

        fn frame(&mut self, header: Header, body: &[u8]) -> Action {
            self.session.on_frame(&Frame { header, body }, self.now, &mut self.fixes, &mut self.replies)
        }

        fn part(&mut self, msg_id: u16, serial: u16, index: u16, total: u16, body: &[u8]) -> Action {
            let phone = Phone::parse("13900000001").expect("digits");
            let header = Header::plain(msg_id, Version::V2013, phone, serial);
            self.frame(Header { part: Some(Part { total, index }), ..header }, body)
        }

        /// (answered serial, answered id, result) of the general answers since the last look.
        fn answers(&mut self) -> Vec<(u16, u16, u8)> {
            let bytes = std::mem::take(&mut self.replies);
            let mut frames = Frames::default();
            let mut feed = frames.feed(&bytes);
            let mut answers = Vec::new();
            while let Some(frame) = feed.next() {
                let frame = frame.expect("our own frames are good");
                assert_eq!(frame.header.msg_id, id::PLATFORM_ANSWER);
                let answer = Answer::parse(frame.body).expect("a general answer");
                answers.push((answer.reply_serial, answer.reply_id, answer.result));
            }
            answers
        }
    }

    fn location(second: i64) -> Vec<u8> {
        let mut body = Vec::new();
        let location = Location {
            alarm_bits: 0,
            status_bits: 3,
            position: Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 },
            altitude_m: 5,
            speed: Some(DeciKph(300)),
            heading_deg: Some(90),
            fixed_at: UnixMs(1_795_433_405_000 + second * 1000),
        };
        location.encode(&mut body);
        body
    }

    fn registration() -> Vec<u8> {
        let mut body = Vec::new();
        let registration = Registration {
            layout: Layout::V2013,
            province: 33,
            city: 482,
            manufacturer_id: "70111".into(),
            model: "X".into(),
            terminal_id: "1".into(),
            plate_colour: 2,
            plate: "浙F12345".into(),
        };
        registration.encode(&mut body);
        body
    }

    #[test]
    fn registers_authenticates_and_reports() {
        let mut desk = Desk::new();
        let Action::Register(asked) = desk.send(id::REGISTER, &registration()) else { panic!("no registration") };
        assert_eq!(asked.plate, "浙F12345");
        assert!(desk.replies.is_empty());
        desk.session.registered(&RegisterAnswer::Accepted { code: "abc".into() }, &mut desk.replies);
        let bytes = std::mem::take(&mut desk.replies);
        let mut frames = Frames::default();
        let mut feed = frames.feed(&bytes);
        let answer = feed.next().expect("one frame").expect("a good one");
        assert_eq!(answer.header.msg_id, id::REGISTER_ANSWER);
        assert_eq!(RegisterAnswer::parse(answer.body), Ok((101, RegisterAnswer::Accepted { code: "abc".into() })));

        let Action::Authenticate(asked) = desk.send(id::AUTHENTICATE, b"abc") else { panic!("no authentication") };
        assert_eq!(asked.code, "abc");
        desk.session.authenticated(Some(VEHICLE), &mut desk.replies);
        assert_eq!(desk.answers(), [(102, id::AUTHENTICATE, 0)]);

        let Action::Fixes { ack, refused: None } = desk.send(id::LOCATION, &location(0)) else { panic!("no fix") };
        assert_eq!((desk.fixes.len(), desk.fixes[0].vehicle), (1, VEHICLE));
        assert!(desk.replies.is_empty(), "nothing is acknowledged before the commit");
        desk.session.link().expect("a link").ack_into(ack, Outcome::Done, &mut desk.replies);
        assert_eq!(desk.answers(), [(103, id::LOCATION, 0)]);
    }

    #[test]
    fn a_refused_registration_carries_its_reason() {
        let mut desk = Desk::new();
        desk.send(id::REGISTER, &registration());
        desk.session.registered(&RegisterAnswer::Refused(Refusal::UnknownTerminal), &mut desk.replies);
        let mut plain = Vec::new();
        let inner = &desk.replies[1..desk.replies.len() - 1];
        let frame = super::super::frame::open(inner, &mut plain).expect("a good frame");
        assert_eq!(frame.body, [0, 101, 4]);
    }

    #[test]
    fn nothing_is_taken_before_authentication() {
        let mut desk = Desk::new();
        assert_eq!(desk.send(id::LOCATION, &location(0)), Action::Unauthenticated { msg_id: id::LOCATION });
        assert_eq!(desk.send(id::LOGOUT, &[]), Action::Unauthenticated { msg_id: id::LOGOUT });
        assert_eq!(desk.send(0x0900, &[]), Action::Unauthenticated { msg_id: 0x0900 });
        assert_eq!(desk.send(id::HEARTBEAT, &[]), Action::Heartbeat);
        assert_eq!(
            desk.answers(),
            [(101, id::LOCATION, 1), (102, id::LOGOUT, 1), (103, 0x0900, 1), (104, id::HEARTBEAT, 0)]
        );
        desk.send(id::AUTHENTICATE, b"wrong");
        desk.session.authenticated(None, &mut desk.replies);
        assert_eq!(desk.answers(), [(105, id::AUTHENTICATE, 1)]);
        assert_eq!(desk.send(id::LOCATION, &location(0)), Action::Unauthenticated { msg_id: id::LOCATION });
        assert!(desk.fixes.is_empty());
    }

    #[test]
    fn after_logout_it_must_authenticate_again() {
        let mut desk = Desk::authenticated();
        assert_eq!(desk.send(id::LOGOUT, &[]), Action::Logout);
        assert_eq!(desk.send(id::LOCATION, &location(0)), Action::Unauthenticated { msg_id: id::LOCATION });
        assert_eq!(desk.answers(), [(102, id::LOGOUT, 0), (103, id::LOCATION, 1)]);
    }

    #[test]
    fn a_foreign_phone_is_refused() {
        let mut desk = Desk::authenticated();
        assert_eq!(desk.send_as("13900000002", id::LOCATION, &location(0)), Action::Bad(Bad::Phone));
        assert!(desk.fixes.is_empty());
        assert!(matches!(desk.send(id::LOCATION, &location(0)), Action::Fixes { .. }));
    }

    #[test]
    fn the_rest_is_unsupported() {
        let mut desk = Desk::authenticated();
        assert_eq!(desk.send(0x0900, &[1, 2]), Action::Unsupported { msg_id: 0x0900 });
        let phone = Phone::parse("13900000001").expect("digits");
        assert_eq!(desk.part(id::MEDIA, 7, 1, 2, &[0]), Action::Unsupported { msg_id: id::MEDIA });
        assert!(desk.session.parts.is_none(), "parts of what is not taken are not collected");
        let header = Header { encryption: 1, ..Header::plain(id::LOCATION, Version::V2019, phone, 8) };
        assert_eq!(desk.frame(header, &location(0)), Action::Bad(Bad::Encrypted { bits: 1 }));
        assert_eq!(desk.answers(), [(102, 0x0900, 3), (7, id::MEDIA, 3), (8, id::LOCATION, 3)]);
    }

    #[test]
    fn a_split_batch_is_taken_when_it_is_whole_and_every_part_is_acknowledged() {
        let mut desk = Desk::authenticated();
        let mut batch = BatchBuilder::new(BatchKind::BlindArea);
        (0..60).for_each(|second| batch.push(&location(second)));
        let (first, second) = batch.body().split_at(1023);
        assert_eq!(desk.part(id::LOCATION_BATCH, 0, 2, 2, second), Action::Part);
        assert_eq!(desk.part(id::LOCATION_BATCH, 0, 2, 2, second), Action::Part);
        assert!(desk.replies.is_empty() && desk.fixes.is_empty(), "nothing is answered before it is whole");
        let Action::Fixes { ack, refused: None } = desk.part(id::LOCATION_BATCH, 65_535, 1, 2, first) else {
            panic!("no fixes")
        };
        assert_eq!((desk.fixes.len(), desk.session.parts.is_none()), (60, true));
        desk.session.link().expect("a link").ack_into(ack, Outcome::Done, &mut desk.replies);
        assert_eq!(desk.answers(), [(65_535, id::LOCATION_BATCH, 0), (0, id::LOCATION_BATCH, 0)]);
    }

    #[test]
    fn missing_parts_are_asked_for_and_absurd_totals_are_refused() {
        let mut desk = Desk::authenticated();
        assert_eq!(desk.part(id::LOCATION_BATCH, 9, 2, 3, &[0]), Action::Part);
        assert_eq!(desk.session.parts_due(), Some(desk.now + Duration::from_secs(10)));
        let later = desk.now + Duration::from_secs(10);
        assert_eq!(desk.session.chase_parts(later, &mut desk.replies), (1, 0));
        let mut frames = Frames::default();
        let mut feed = frames.feed(&desk.replies);
        let asked = feed.next().expect("one frame").expect("a good one");
        assert_eq!((asked.header.msg_id, asked.body), (id::RESEND_PARTS, &[0, 8, 2, 0, 1, 0, 3][..]));
        desk.replies.clear();
        for round in 2..5 {
            let gave_up = u32::from(round == 4);
            assert_eq!(
                desk.session.chase_parts(desk.now + Duration::from_secs(10 * round), &mut desk.replies),
                (1 - gave_up, gave_up)
            );
        }
        assert!(desk.session.parts.is_none());
        desk.replies.clear();
        let absurd = desk.part(id::LOCATION_BATCH, 9, 2, 60_000, &[0]);
        assert_eq!(absurd, Action::Bad(Bad::Range { field: "part_total", value: 60_000.0, limit: 256.0 }));
        assert_eq!(desk.answers(), [(9, id::LOCATION_BATCH, 2)]);
    }

    #[test]
    fn answers_to_commands_carry_their_serial() {
        let mut desk = Desk::authenticated();
        let result = Action::Answered { command: 1, reply: Reply::Result(3) };
        assert_eq!(desk.send(id::TERMINAL_ANSWER, &[0, 1, 0x83, 0x00, 3]), result);
        assert_eq!(desk.send(id::TERMINAL_ANSWER, &[0]), Action::Nothing);
        let body = [0, 9, 1, 0, 0, 0, 0x55, 4, 0, 0, 0, 80];
        let parameters = vec![Parameter { id: 0x55, bytes: vec![0, 0, 0, 80] }];
        let told = Action::Answered { command: 9, reply: Reply::Parameters(parameters) };
        assert_eq!(desk.send(id::PARAMETERS, &body), told);
        assert_eq!(desk.answers(), [(104, id::PARAMETERS, 0)]);
        let action = desk.send(id::LOCATION_ANSWER, &[&[0, 7][..], &location(0)].concat());
        let Action::Located { ack, command: 7, .. } = action else { panic!("{action:?}") };
        assert_eq!((desk.fixes.len(), desk.replies.len(), ack.serial), (1, 0, 105));
    }

    #[test]
    fn a_driver_card_waits_for_its_answer_and_the_time_is_told_to_anybody() {
        let mut desk = Desk::authenticated();
        let out = desk.send(id::DRIVER, &[2, 0x26, 0x11, 0x23, 0x19, 0x30, 0x05]);
        assert!(matches!(out, Action::Driver(_)) && desk.replies.is_empty());
        desk.session.answer_asked(Outcome::Done, &mut desk.replies);
        assert_eq!(desk.answers(), [(102, id::DRIVER, 0)]);

        let mut desk = Desk::new();
        for (zone, hour) in [(TimeAnswer::Utc, 0x11), (TimeAnswer::Gmt8, 0x19)] {
            assert_eq!(desk.send(id::ASK_TIME, &[]), Action::AskTime);
            desk.session.tell_time(UnixMs(1_795_433_405_000), zone, &mut desk.replies);
            let replies = std::mem::take(&mut desk.replies);
            let mut frames = Frames::default();
            let mut feed = frames.feed(&replies);
            let told = feed.next().expect("one frame").expect("a good one");
            assert_eq!((told.header.msg_id, told.body), (id::TIME, &[0x26, 0x11, 0x23, hour, 0x30, 0x05][..]));
        }
    }

    #[test]
    fn a_bad_report_is_answered_as_bad_and_costs_itself_alone() {
        let mut desk = Desk::authenticated();
        let mut body = location(0);
        body[23] = 0x13;
        assert!(matches!(desk.send(id::LOCATION, &body), Action::Bad(Bad::Time { field: "month", .. })));
        assert_eq!(desk.answers(), [(102, id::LOCATION, 2)]);

        let mut batch = BatchBuilder::new(BatchKind::BlindArea);
        [&location(0), &body, &location(20)].into_iter().for_each(|report| batch.push(report));
        let action = desk.send(id::LOCATION_BATCH, batch.body());
        assert!(matches!(action, Action::Fixes { refused: Some(Bad::Time { .. }), .. }), "{action:?}");
        assert_eq!(desk.fixes.len(), 2);
        assert!(desk.fixes.iter().all(|fix| fix.marks == Marks::BLIND_AREA));

        assert!(matches!(desk.send(id::LOCATION_BATCH, &[0, 0, 0]), Action::Bad(Bad::Count { .. })));
    }

    #[test]
    fn twenty_bad_frames_in_a_row_are_hopeless() {
        let mut desk = Desk::authenticated();
        let bad = Bad::Checksum { computed: 1, found: 2 };
        (0..19).for_each(|_| assert_eq!(desk.session.on_bad_frame(bad), Action::Bad(bad)));
        desk.send(id::HEARTBEAT, &[]);
        (0..19).for_each(|_| assert_eq!(desk.session.on_bad_frame(bad), Action::Bad(bad)));
        assert!(!desk.session.is_hopeless());
        desk.session.on_bad_frame(bad);
        assert!(desk.session.is_hopeless());
    }
}
