//! Proofs over the whole codec: golden frames, any bytes, any cut.

use super::answer::Answer;
use super::authenticate::Authentication;
use super::bad::{Bad, hex};
use super::batch::{Batch, BatchBuilder, BatchKind};
use super::command::{Command, Text, TextKind, parse_location_answer, parse_resend};
use super::driver::{CardState, Driver, DriverCard};
use super::encode::encode;
use super::frame::{Frame, Frames, MAX_FRAME};
use super::header::{Header, Part, Version};
use super::id;
use super::items::{Item, Items, RawItem};
use super::location::Location;
use super::parameter::{self, Parameter};
use super::parts::{Budget, Joined, Parts};
use super::phone::Phone;
use super::register::{Layout, Refusal, RegisterAnswer, Registration};
use super::session::{Action, Session};
use cordon_spatial::fix::Marks;
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, UnixMs};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A frame that owns its body.
type Owned = (Header, Vec<u8>);

fn owned(frame: Frame<'_>) -> Owned {
    (frame.header, frame.body.to_vec())
}

/// Feeds the pieces one after another.
fn read(pieces: &[&[u8]]) -> Vec<Result<Owned, Bad>> {
    let mut frames = Frames::default();
    let mut found = Vec::new();
    for piece in pieces {
        let mut feed = frames.feed(piece);
        while let Some(frame) = feed.next() {
            found.push(frame.map(owned));
        }
    }
    found
}

fn good(bytes: &[u8]) -> Vec<Owned> {
    read(&[bytes]).into_iter().flatten().collect()
}

fn header(version: Version, serial: u16) -> Header {
    Header::plain(id::LOCATION, version, Phone::parse("13812345678").expect("digits"), serial)
}

fn frame_of(version: Version, serial: u16, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&header(version, serial), body, &mut out);
    out
}

fn bytes_of(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).expect("two hexadecimal digits")).collect()
}

/// Heartbeat of 013812345678, serial 7. Worked out by hand: 00^02^00^00^01^38^12^34^56^78^00^07 = 34.
const HEARTBEAT: &str = "7E 00 02 00 00 01 38 12 34 56 78 00 07 34 7E";

#[test]
fn golden_heartbeat_2013() {
    let bytes = bytes_of(HEARTBEAT);
    let heartbeat = Header { msg_id: id::HEARTBEAT, ..header(Version::V2013, 7) };
    assert_eq!(read(&[&bytes]), [Ok((heartbeat, vec![]))]);
    let mut out = Vec::new();
    encode(&heartbeat, &[], &mut out);
    assert_eq!(hex(&out), hex(&bytes));
}

#[test]
fn golden_answer_2019_with_escapes() {
    // 8001 to 13812345678 under 2019: attributes 4005, version 1, phone of 10 bytes, serial 007E (escaped 7D 02);
    // answers serial 007D (escaped 7D 01) of 0200 with 0. Check byte by hand:
    // 80^01^40^05 = C4; ^01 = C5; ^01^38^12^34^56^78 = F4 (01^38=39, ^12=2B, ^34=1F, ^56=49, ^78=31; C5^31=F4);
    // ^00^7E = 8A; ^00^7D = F7; ^02^00 = F5; ^00 = F5.
    let bytes = bytes_of("7E 80 01 40 05 01 00 00 00 00 01 38 12 34 56 78 00 7D 02 00 7D 01 02 00 00 F5 7E");
    let answer = Header { msg_id: id::PLATFORM_ANSWER, ..header(Version::V2019, 0x7E) };
    let body = vec![0x00, 0x7D, 0x02, 0x00, 0x00];
    assert_eq!(read(&[&bytes]), [Ok((answer, body.clone()))]);
    let mut out = Vec::new();
    encode(&answer, &body, &mut out);
    assert_eq!(hex(&out), hex(&bytes));
}

#[test]
fn golden_location_2013_with_an_item() {
    // Alarm 1 (emergency), status 00000003, lat 30600000 = 01D2EB40, lon 121050000 = 07371390, altitude 10, speed 600
    // (60.0 km/h) = 0258, heading 90 = 005A, 2026-01-02 03:04:05 GMT+8, item 31 (12 satellites). Body of 31 = 1F bytes.
    let mut message = bytes_of(
        "02 00 00 1F 01 38 12 34 56 78 00 01 00 00 00 01 00 00 00 03 01 D2 EB 40 07 37 13 90 00 0A 02 58 00 5A \
         26 01 02 03 04 05 31 01 0C",
    );
    message.push(message.iter().fold(0, |check, byte| check ^ byte));
    let bytes = [&[0x7E], message.as_slice(), &[0x7E]].concat();
    let [(head, body)] = &good(&bytes)[..] else { panic!("a bad frame") };
    assert_eq!((*head, body.len()), (header(Version::V2013, 1), 31));
    let (location, items) = Location::parse(body).expect("a good body");
    assert_eq!(location.position, Position { lon_e7: 1_210_500_000, lat_e7: 306_000_000 });
    assert_eq!((location.speed, location.heading_deg), (Some(DeciKph(600)), Some(90)));
    // 2026-01-01T19:04:05Z
    assert_eq!(location.fixed_at, UnixMs(1_767_294_245_000));
    assert_eq!(items, [0x31, 1, 12]);
}

#[test]
fn the_layout_that_fits_is_taken() {
    // The 2019 bit set over a phone of 6 bytes: attributes 4000 instead of 0000.
    let mut forced = bytes_of(HEARTBEAT);
    forced[3] ^= 0x40;
    forced[13] ^= 0x40;
    assert_eq!(good(&forced), [(Header { msg_id: id::HEARTBEAT, ..header(Version::V2013, 7) }, vec![])]);
    // A phone of 10 bytes without the bit.
    let mut bare = frame_of(Version::V2019, 7, b"body");
    bare[3] ^= 0x40;
    let check = bare.len() - 2;
    bare[check] ^= 0x40;
    assert_eq!(good(&bare), [(header(Version::V2019, 7), b"body".to_vec())]);
}

#[test]
fn a_check_byte_that_was_not_escaped_is_understood() {
    for raw in [0x7E, 0x7D] {
        // Find a serial whose check byte is the one wanted, then take its escape away.
        let escaped = [0x7D, raw - 0x7C, 0x7E];
        let bytes = (0..=u16::MAX)
            .map(|serial| frame_of(Version::V2013, serial, b"abc"))
            .find(|bytes| bytes.ends_with(&escaped))
            .expect("some serial has this check byte");
        let whole = good(&bytes);
        let mut forgotten = bytes[..bytes.len() - 3].to_vec();
        forgotten.extend_from_slice(&[raw, 0x7E]);
        forgotten.extend_from_slice(&bytes_of(HEARTBEAT));
        let found = read(&[&forgotten]);
        assert_eq!(found.len(), 2, "{raw:02X}: {found:?}");
        assert_eq!(found[0].as_ref().ok(), whole.first());
        assert!(found[1].is_ok());
    }
}

#[test]
fn every_kind_of_bad_frame_has_its_code_and_costs_itself_alone() {
    let cases = [
        ("checksum", "7E 00 02 00 00 01 38 12 34 56 78 00 07 35 7E"),
        ("length", "7E 00 02 00 01 01 38 12 34 56 78 00 07 35 7E"),
        ("length", "7E 01 01 7E"),
        ("escape", "7E 00 02 00 00 01 7D 12 34 56 78 00 07 34 7E"),
        ("part", "7E 00 02 20 00 01 38 12 34 56 78 00 07 00 02 00 03 15 7E"),
    ];
    for (code, text) in cases {
        let bytes = [bytes_of(text), bytes_of(HEARTBEAT)].concat();
        let found = read(&[&bytes]);
        assert_eq!(found.len(), 2, "{text}: {found:?}");
        assert_eq!(found[0].as_ref().map_err(Bad::code), Err(code), "{text}");
        assert!(found[1].is_ok(), "{text}");
    }
}

#[test]
fn delimiters_may_be_shared_or_doubled() {
    let heartbeat = bytes_of(HEARTBEAT);
    let shared = [&heartbeat[..], &heartbeat[1..], &heartbeat[1..]].concat();
    assert_eq!(good(&shared).len(), 3);
    let doubled = [&heartbeat[..], &[0x7E; 5], &heartbeat].concat();
    assert_eq!(read(&[&doubled]).len(), 2);
}

#[test]
fn bytes_before_the_first_delimiter_are_said_once() {
    let bytes = [&b"GET / HTTP/1.1\r\n"[..], &bytes_of(HEARTBEAT)].concat();
    let found = read(&[&bytes]);
    assert_eq!(found[0], Err(Bad::Delimiter { found: 16 }));
    assert_eq!((found.len(), found[1].is_ok()), (2, true));
}

#[test]
fn a_megabyte_without_a_delimiter_is_said_once_and_not_kept() {
    for first in [&b""[..], &[0x7E]] {
        let mut frames = Frames::default();
        let mut errors = Vec::new();
        let megabyte = vec![0x55; 1 << 20];
        for piece in [first].into_iter().chain(megabyte.chunks(1000)) {
            let mut feed = frames.feed(piece);
            while let Some(frame) = feed.next() {
                errors.push(frame.map(owned));
            }
        }
        assert_eq!(errors, [Err(Bad::TooLong { limit: MAX_FRAME })]);
        assert_eq!((frames.pending(), frames.held()), (1 << 20, 0));
        let heartbeat = bytes_of(HEARTBEAT);
        let mut feed = frames.feed(&heartbeat);
        assert!(feed.next().is_some_and(|frame| frame.is_ok()));
        assert!(feed.next().is_none());
    }
}

fn any_version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V2013), Just(Version::V2019)]
}

/// Bytes rich in delimiters and escapes.
fn any_body(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => any::<u8>(), 1 => Just(0x7E), 1 => Just(0x7D), 1 => Just(0x02)];
    prop::collection::vec(byte, 0..=longest)
}

fn any_frame() -> impl Strategy<Value = (Header, Vec<u8>)> {
    let phone = any::<[u8; 6]>().prop_map(|bytes| Phone::from_bcd6(&bytes));
    (any::<u16>(), any_version(), phone, any::<u16>(), any_body(1023))
        .prop_map(|(msg_id, version, phone, serial, body)| (Header::plain(msg_id, version, phone, serial), body))
}

fn wire(frames: &[Owned]) -> Vec<u8> {
    let mut out = Vec::new();
    for (header, body) in frames {
        encode(header, body, &mut out);
    }
    out
}

fn any_location() -> impl Strategy<Value = Location> {
    let position = (-180_000_000..=180_000_000_i32, -90_000_000..=90_000_000_i32);
    let words = (any::<u32>(), any::<u32>());
    let motion = (any::<i16>(), prop::option::of(0..u16::MAX), prop::option::of(0..360_u16));
    (words, position, motion, 946_656_000..4_102_415_999_i64).prop_map(|(words, (lon, lat), motion, second)| Location {
        alarm_bits: words.0,
        status_bits: words.1 & !0xC | u32::from(lat < 0) << 2 | u32::from(lon < 0) << 3,
        position: Position { lon_e7: lon * 10, lat_e7: lat * 10 },
        altitude_m: motion.0,
        speed: motion.1.map(DeciKph),
        heading_deg: motion.2,
        fixed_at: UnixMs(second * 1000),
    })
}

fn any_registration() -> impl Strategy<Value = Registration> {
    let layout = prop::sample::select(vec![Layout::V2011, Layout::V2013, Layout::V2019]);
    let numbers = (any::<u16>(), any::<u16>());
    // Number plates by GA 36, and vehicle identification numbers by GB 16735.
    let vehicle = prop_oneof![
        (
            prop::sample::select(vec![1_u8, 2, 3, 4, 5, 9, 91, 92, 93, 94]),
            "[京津沪浙粤苏][A-Z][A-Z0-9]{4,5}[A-Z0-9学警港澳挂]"
        ),
        (Just(0), "[A-HJ-NPR-Z0-9]{17}"),
        (Just(0), ""),
    ];
    (layout, numbers, "[0-9A-Z]{1,5}", "[0-9A-Za-z-]{1,8}", "[0-9A-Z]{1,7}", vehicle).prop_map(
        |(layout, (province, city), manufacturer_id, model, terminal_id, (plate_colour, plate))| Registration {
            layout,
            province,
            city,
            manufacturer_id,
            model,
            terminal_id,
            plate_colour,
            plate,
        },
    )
}

fn any_parameter() -> impl Strategy<Value = Parameter> {
    (any::<u32>(), any_body(20)).prop_map(|(id, bytes)| Parameter { id, bytes })
}

fn any_command() -> impl Strategy<Value = Command> {
    let text = ("[a-z停车速度 ]{0,30}[a-z]", any::<bool>(), any::<bool>(), any::<bool>());
    prop_oneof![
        Just(Command::Locate),
        (any::<u16>(), any::<u32>()).prop_map(|(interval_s, validity_s)| {
            Command::Track { interval_s, validity_s: if interval_s == 0 { 0 } else { validity_s } }
        }),
        (any::<u16>(), any::<u32>()).prop_map(|(serial, bits)| Command::ConfirmAlarm { serial, bits }),
        text.prop_map(|(text, urgent, show, speak)| {
            Command::Text(Text { urgent, show, speak, kind: TextKind::Service, text })
        }),
        prop::collection::vec(any_parameter(), 0..20).prop_map(Command::SetParameters),
        prop::collection::vec(any::<u32>(), 0..20).prop_map(|ids| Command::QueryParameters { ids }),
    ]
}

fn any_card() -> impl Strategy<Value = DriverCard> {
    let driver = ("[王李张]{2,4}", "[0-9]{18}", "[甲乙丙丁]{0,20}", "20[0-9]{6}").prop_map(
        |(name, licence, agency, valid_to)| Driver { name, licence, agency, valid_to: Some(valid_to), identity: None },
    );
    (946_656_000..4_102_415_999_i64, 0..5_u8, any::<bool>(), driver).prop_map(|(second, result, is_in, driver)| {
        let state = if is_in { CardState::In } else { CardState::Out };
        let read = is_in && result == 0;
        DriverCard {
            state: Some(state),
            at: Some(UnixMs(second * 1000)),
            read_result: is_in.then_some(result),
            driver: read.then_some(driver),
        }
    })
}

proptest! {
    #[test]
    fn every_registration_comes_back(sent in any_registration()) {
        let version = if sent.layout == Layout::V2019 { Version::V2019 } else { Version::V2013 };
        let mut body = Vec::new();
        sent.encode(&mut body);
        prop_assert_eq!(Registration::parse(version, &body), Ok(sent));
    }

    #[test]
    fn every_authentication_comes_back(
        code in "[0-9a-zA-Z]{1,64}", imei in "[0-9]{15}", software in "[0-9a-zA-Z.]{1,20}", version in any_version(),
    ) {
        let is_2019 = version == Version::V2019;
        let (imei, software_version) = (Some(imei).filter(|_| is_2019), Some(software).filter(|_| is_2019));
        let sent = Authentication { code, imei, software_version };
        let mut body = Vec::new();
        sent.encode(version, &mut body);
        prop_assert_eq!(Authentication::parse(version, &body), sent);
    }

    #[test]
    fn every_answer_comes_back(reply_serial: u16, reply_id: u16, result: u8, code in "[0-9a-f]{1,32}", refused in 1..5_u8) {
        let answer = Answer { reply_serial, reply_id, result };
        prop_assert_eq!(Answer::parse(&answer.bytes()), Ok(answer));
        let refusals =
            [Refusal::VehicleRegistered, Refusal::UnknownVehicle, Refusal::TerminalRegistered, Refusal::UnknownTerminal];
        let refusal = refusals[usize::from(refused - 1)];
        prop_assert_eq!(refusal as u8, refused);
        for answer in [RegisterAnswer::Accepted { code }, RegisterAnswer::Refused(refusal)] {
            let mut body = Vec::new();
            answer.encode(reply_serial, &mut body);
            prop_assert_eq!(RegisterAnswer::parse(&body), Ok((reply_serial, answer)));
        }
    }

    #[test]
    fn every_command_comes_back(command in any_command(), version in any_version()) {
        let mut body = Vec::new();
        command.encode(version, &mut body);
        let command = match (command, version) {
            // Only 2019 says what a text is.
            (Command::Text(text), Version::V2013) => Command::Text(Text { kind: TextKind::Notice, ..text }),
            // An urgent text of 2019 is that, whatever else it is.
            (command, _) => command,
        };
        prop_assert_eq!(Command::parse(command.msg_id(), version, &body), Some(Ok(command)));
    }

    #[test]
    fn every_driver_card_comes_back(card in any_card(), version in any_version(), identity in "[0-9]{17}[0-9X]") {
        let mut card = card;
        if let Some(driver) = &mut card.driver {
            driver.identity = Some(identity.clone()).filter(|_| version == Version::V2019);
        }
        let mut body = Vec::new();
        card.encode(version, &mut body);
        prop_assert!(DriverCard::parse(version, &body) == Ok(card.clone()));
        if let Some(driver) = &card.driver {
            let driver = Driver { valid_to: None, identity: Some(identity), ..driver.clone() };
            let card = DriverCard { state: None, at: None, read_result: None, driver: Some(driver) };
            let mut body = Vec::new();
            card.encode_2011(&mut body);
            prop_assert!(DriverCard::parse(Version::V2013, &body) == Ok(card));
        }
    }

    #[test]
    fn parts_in_any_order_with_any_repetition_give_the_body_once(
        body in prop::collection::vec(any::<u8>(), 1024..9000), serial: u16, seed in prop::collection::vec(any::<prop::sample::Index>(), 40),
    ) {
        let mut out = Vec::new();
        encode(&header(Version::V2019, serial), &body, &mut out);
        let mut frames = good(&out);
        // Repetitions of some parts before the last one, then all in a shuffled order.
        let total = frames.len();
        for index in &seed[..20] {
            let again = frames[index.index(total)].clone();
            frames.push(again);
        }
        for (at, index) in seed[20..].iter().enumerate() {
            let count = frames.len();
            frames.swap(at % count, index.index(count));
        }
        let mut parts = Parts::new(Budget::new(1 << 20), Duration::from_secs(10));
        let mut wholes = Vec::new();
        for (head, piece) in &frames {
            if let Some(Joined::Whole { body, first_serial }) = parts.join(head, piece, Instant::now()) {
                wholes.push((body, first_serial));
            }
        }
        prop_assert!(!wholes.is_empty());
        prop_assert!(wholes.iter().all(|(whole, first)| *whole == body && *first == serial));
    }

    #[test]
    fn every_batch_comes_back(
        reports in prop::collection::vec((any_location(), any_body(40)), 1..20), kind in 0..4_u8,
    ) {
        let kind = [BatchKind::Normal, BatchKind::BlindArea, BatchKind::Other(2), BatchKind::Other(255)][usize::from(kind)];
        let mut sent = BatchBuilder::new(kind);
        for (location, items) in &reports {
            let mut report = Vec::new();
            location.encode(&mut report);
            report.extend_from_slice(items);
            sent.push(&report);
        }
        let batch = Batch::parse(sent.body()).expect("a head of three bytes");
        prop_assert_eq!(batch.kind, kind);
        let read: Vec<_> = batch.collect();
        let expected: Vec<_> = reports.iter().map(|(location, items)| Ok((*location, items.as_slice()))).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn every_item_comes_back_as_bytes(items in prop::collection::vec((any::<u8>(), any_body(255)), 0..20)) {
        let sent: Vec<_> = items.iter().map(|(id, value)| RawItem { id: *id, value }).collect();
        let mut bytes = Vec::new();
        sent.iter().for_each(|item| item.encode(&mut bytes));
        let read: Vec<_> = Items::new(&bytes).collect();
        prop_assert!(read.iter().all(|item| !item.value.is_empty() || Item::of(*item) == Item::Unknown));
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn any_body_of_any_message_never_panics(body in any_body(400), version in any_version()) {
        // What is checked is that each comes back at all; most bodies are refused.
        let _ = Registration::parse(version, &body);
        let _ = Authentication::parse(version, &body);
        let _ = RegisterAnswer::parse(&body);
        let _ = Answer::parse(&body);
        let _ = Location::parse(&body).map(|(_, items)| Items::new(items).map(Item::of).count());
        let _ = DriverCard::parse(version, &body);
        let _ = parameter::parse_answer(&body).map(|(_, list)| list.iter().filter_map(Parameter::meaning).count());
        let _ = parse_location_answer(&body);
        let _ = parse_resend(version, &body);
        for msg_id in [0x8103, 0x8104, 0x8106, 0x8201, 0x8202, 0x8203, 0x8300] {
            prop_assert!(Command::parse(msg_id, version, &body).is_some());
        }
        if let Ok(batch) = Batch::parse(&body) {
            prop_assert!(batch.count() <= body.len(), "a batch ends");
        }
    }

    #[test]
    fn every_frame_comes_back(frame in any_frame()) {
        let (header, body) = &frame;
        // A body that happens to fill the other layout as well does not exist: the two differ by five bytes.
        prop_assert_eq!(read(&[&wire(&[(*header, body.clone())])]), [Ok(frame)]);
    }

    #[test]
    fn frames_come_back_however_the_stream_is_cut(
        frames in prop::collection::vec(any_frame(), 1..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let bytes = wire(&frames);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let pieces: Vec<&[u8]> = at.windows(2).map(|ends| &bytes[ends[0]..ends[1]]).collect();
        let expected: Vec<Result<Owned, Bad>> = frames.into_iter().map(Ok).collect();
        prop_assert_eq!(read(&pieces), expected);
    }

    #[test]
    fn frames_come_back_byte_by_byte(frames in prop::collection::vec(any_frame(), 1..3)) {
        let bytes = wire(&frames);
        let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
        let expected: Vec<Result<Owned, Bad>> = frames.into_iter().map(Ok).collect();
        prop_assert_eq!(read(&pieces), expected);
    }

    #[test]
    fn a_flipped_bit_costs_one_frame(
        before in any_frame(), broken in any_frame(), after in any_frame(), bit in any::<prop::sample::Index>(),
    ) {
        let mut middle = wire(std::slice::from_ref(&broken));
        // The middle frame's own delimiters stay: breaking one of them joins it to its neighbour's.
        let bit = bit.index((middle.len() - 2) * 8) + 8;
        middle[bit / 8] ^= 1 << (bit % 8);
        let bytes = [wire(std::slice::from_ref(&before)), middle, wire(std::slice::from_ref(&after))].concat();
        let found = good(&bytes);
        prop_assert_eq!(found.first(), Some(&before));
        prop_assert_eq!(found.last(), Some(&after));
        prop_assert!(!found[1..found.len() - 1].contains(&broken) || before == broken || after == broken);
    }

    #[test]
    fn a_lost_or_broken_delimiter_costs_at_most_one_frame(
        before in any_frame(), broken in any_frame(), after in any_frame(), second: bool,
    ) {
        let mut middle = wire(std::slice::from_ref(&broken));
        let at = if second { middle.len() - 1 } else { 0 };
        middle[at] = 0x11;
        let bytes = [wire(std::slice::from_ref(&before)), middle, wire(std::slice::from_ref(&after))].concat();
        let found = good(&bytes);
        prop_assert_eq!(found.first(), Some(&before));
        prop_assert_eq!(found.last(), Some(&after));
    }

    #[test]
    fn any_bytes_never_panic_and_leave_the_next_frame_alone(noise in any_body(3000), frame in any_frame()) {
        let bytes = [noise, vec![0x7E], wire(std::slice::from_ref(&frame))].concat();
        let found = good(&bytes);
        prop_assert_eq!(found.last(), Some(&frame));
    }

    #[test]
    fn any_message_never_panics_in_a_session(
        frames in prop::collection::vec((any_frame(), prop::sample::select(vec![
            id::REGISTER, id::AUTHENTICATE, id::HEARTBEAT, id::LOGOUT, id::LOCATION, id::LOCATION_BATCH, 0x0001, 0x0900,
            id::LOCATION_ANSWER, id::PARAMETERS, id::DRIVER, id::ASK_TIME, id::MEDIA,
        ]), 0..4_u16), 0..30),
    ) {
        let mut session = Session::new(Arc::default());
        let (mut fixes, mut replies) = (Vec::new(), Vec::new());
        let mut now = Instant::now();
        for ((head, body), msg_id, total) in &frames {
            // Some are parts, so that messages are put together as well.
            let head = Header {
                msg_id: *msg_id,
                phone: Phone::parse("139").expect("digits"),
                serial: head.serial % 4,
                part: (*total > 0).then(|| Part { total: *total, index: head.serial % total + 1 }),
                ..*head
            };
            let before = fixes.len();
            let action = session.on_frame(&Frame { header: head, body }, now, &mut fixes, &mut replies);
            if let Action::Authenticate(_) = action {
                session.authenticated(Some(VehicleKey(1)), &mut replies);
            }
            let brings_fixes = matches!(action, Action::Fixes { .. } | Action::Located { .. });
            prop_assert_eq!(fixes.len() > before, brings_fixes);
            now += Duration::from_secs(4);
            session.chase_parts(now, &mut replies);
        }
        prop_assert!(read(&[&replies]).iter().all(Result::is_ok));
    }

    #[test]
    fn every_location_comes_back(location in any_location(), items in any_body(200)) {
        let mut body = Vec::new();
        location.encode(&mut body);
        body.extend_from_slice(&items);
        prop_assert_eq!(Location::parse(&body), Ok((location, items.as_slice())));
        let fix = location.to_fix(VehicleKey(3), Marks::empty());
        prop_assert_eq!((fix.position, fix.fixed_at), (location.position, location.fixed_at));
    }

    #[test]
    fn a_long_body_is_split_and_joined(body in any_body(5000), serial: u16, version in any_version()) {
        let mut out = Vec::new();
        let taken = encode(&header(version, serial), &body, &mut out);
        let frames = good(&out);
        prop_assert_eq!(usize::from(taken), frames.len());
        let mut parts = Parts::new(Budget::new(1 << 20), Duration::from_secs(10));
        let mut whole = None;
        for (head, piece) in frames {
            prop_assert_eq!(head.part.is_some(), taken > 1);
            match parts.join(&head, &piece, Instant::now()) {
                None => whole = Some(piece),
                Some(Joined::Whole { body, first_serial }) => {
                    prop_assert_eq!(first_serial, serial);
                    whole = Some(body);
                }
                Some(Joined::Missing(_)) => {}
                Some(Joined::TooMany { .. } | Joined::NoRoom) => prop_assert!(false),
            }
            if let Some(Part { total, .. }) = head.part {
                prop_assert_eq!(total, taken);
            }
        }
        prop_assert_eq!(whole, Some(body));
    }
}
