//! One connection of one terminal, as a state machine: frames in, answers and wishes out.
//!
//! It has no socket and no clock and knows no other connection. The listener feeds it frames, asks the registry what the
//! session wants to know, and feeds the outcome back before the next frame. A position is never acknowledged here: the
//! listener does so through [`Link`] once the fix is committed. Before authentication nothing but registration,
//! authentication and heartbeat is taken.

use super::answer::{Ack, Link, Outcome};
use super::authenticate::Authentication;
use super::bad::Bad;
use super::batch::{Batch, BatchKind};
use super::frame::Frame;
use super::id;
use super::location::Location;
use super::phone::Phone;
use super::register::{RegisterAnswer, Registration};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::VehicleKey;

/// After so many bad frames in a row the peer is best left.
pub const BAD_IN_A_ROW: u32 = 20;

/// The state of one connection.
#[derive(Debug, Default)]
pub struct Session {
    link: Option<Link>,
    vehicle: Option<VehicleKey>,
    asked: Option<Ack>,
    bad_in_a_row: u32,
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
    pub fn new() -> Session {
        Session::default()
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
    pub fn on_frame(&mut self, frame: &Frame<'_>, fixes: &mut Vec<Fix>, replies: &mut Vec<u8>) -> Action {
        let header = &frame.header;
        let ack = Ack::of(header);
        let link = self.link.get_or_insert_with(|| Link::new(header.phone));
        if link.phone() != header.phone {
            return self.refuse(ack, Outcome::Failed, Bad::Phone, replies);
        }
        if header.encryption != 0 {
            return self.refuse(ack, Outcome::Unsupported, Bad::Encrypted { bits: header.encryption }, replies);
        }
        let action = self.take(frame, ack, fixes, replies);
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

    /// Answers the authentication that was asked for: the terminal's vehicle, or `None` when the code is wrong. Ignored
    /// when none was asked for.
    pub fn authenticated(&mut self, vehicle: Option<VehicleKey>, replies: &mut Vec<u8>) {
        let (Some(ack), Some(link)) = (self.asked.take(), &self.link) else { return };
        self.vehicle = vehicle;
        let outcome = if vehicle.is_some() { Outcome::Done } else { Outcome::Failed };
        link.ack_into(ack, outcome, replies);
    }

    fn take(&mut self, frame: &Frame<'_>, ack: Ack, fixes: &mut Vec<Fix>, replies: &mut Vec<u8>) -> Action {
        let msg_id = ack.msg_id;
        let free = matches!(msg_id, id::REGISTER | id::AUTHENTICATE | id::HEARTBEAT | id::TERMINAL_ANSWER);
        if self.vehicle.is_none() && !free {
            self.answer(ack, Outcome::Failed, replies);
            return Action::Unauthenticated { msg_id };
        }
        if frame.header.part.is_some_and(|part| part.total > 1) {
            self.answer(ack, Outcome::Unsupported, replies);
            return Action::Unsupported { msg_id };
        }
        match (msg_id, self.vehicle) {
            (id::LOCATION, Some(vehicle)) => match Location::parse(frame.body) {
                Ok((location, _)) => {
                    fixes.push(location.to_fix(vehicle, Marks::empty()));
                    Action::Fixes { ack, refused: None }
                }
                Err(bad) => self.refuse(ack, Outcome::Bad, bad, replies),
            },
            (id::LOCATION_BATCH, Some(vehicle)) => match batch(frame.body, vehicle, fixes) {
                Ok(refused) => Action::Fixes { ack, refused },
                Err(bad) => self.refuse(ack, Outcome::Bad, bad, replies),
            },
            (id::HEARTBEAT, _) => {
                self.answer(ack, Outcome::Done, replies);
                Action::Heartbeat
            }
            (id::REGISTER, _) => match Registration::parse(ack.version, frame.body) {
                Ok(registration) => {
                    self.asked = Some(ack);
                    Action::Register(Box::new(registration))
                }
                Err(bad) => self.refuse(ack, Outcome::Bad, bad, replies),
            },
            (id::AUTHENTICATE, _) => {
                self.asked = Some(ack);
                Action::Authenticate(Box::new(Authentication::parse(ack.version, frame.body)))
            }
            (id::LOGOUT, _) => {
                self.vehicle = None;
                self.answer(ack, Outcome::Done, replies);
                Action::Logout
            }
            // An answer is not answered: that would never end.
            (id::TERMINAL_ANSWER, _) => Action::Nothing,
            _ => {
                self.answer(ack, Outcome::Unsupported, replies);
                Action::Unsupported { msg_id }
            }
        }
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
    use super::super::answer::Answer;
    use super::super::batch::BatchBuilder;
    use super::super::frame::Frames;
    use super::super::header::{Header, Part, Version};
    use super::super::register::{Layout, Refusal};
    use super::*;
    use cordon_spatial::position::Position;
    use cordon_spatial::units::{DeciKph, UnixMs};

    const VEHICLE: VehicleKey = VehicleKey(42);

    /// A terminal's connection with the replies it has got.
    struct Desk {
        session: Session,
        serial: u16,
        fixes: Vec<Fix>,
        replies: Vec<u8>,
    }

    impl Desk {
        fn new() -> Desk {
            Desk { session: Session::new(), serial: 100, fixes: Vec::new(), replies: Vec::new() }
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
            self.session.on_frame(&Frame { header, body }, &mut self.fixes, &mut self.replies)
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
        assert_eq!(desk.send(id::TERMINAL_ANSWER, &[0, 1, 0x80, 0x01, 0]), Action::Nothing);
        let phone = Phone::parse("13900000001").expect("digits");
        let header = Header {
            part: Some(Part { total: 2, index: 1 }),
            ..Header::plain(id::LOCATION_BATCH, Version::V2013, phone, 7)
        };
        assert_eq!(desk.frame(header, &[0]), Action::Unsupported { msg_id: id::LOCATION_BATCH });
        let header = Header { encryption: 1, ..Header::plain(id::LOCATION, Version::V2019, phone, 8) };
        assert_eq!(desk.frame(header, &location(0)), Action::Bad(Bad::Encrypted { bits: 1 }));
        assert_eq!(desk.answers(), [(102, 0x0900, 3), (7, id::LOCATION_BATCH, 3), (8, id::LOCATION, 3)]);
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
