//! `cordon decode jt808`: what a frame says, as one JSON object a line, for people who bring up a terminal.
//!
//! Names in the output are relied upon from outside. It reads with the gateway's own codec and keeps nothing.
//!
//! A good frame: `ok: true, msg_id, version, phone, serial, subpackage? {total, index}, body`. Bodies: 0x0100 `province
//! city manufacturer_id model terminal_id plate_colour plate`; 0x0102 `code imei? software_version?`; 0x0200
//! `positions`; 0x0704 `type blind_area count positions refused? [{index, code, field, value, limit}]`; 0x0001 and 0x8001
//! `reply_serial reply_id result`; 0x8100 `reply_serial result code?`; 0x0002, 0x0003 and 0x0004 nothing; 0x0201
//! `reply_serial positions`; 0x0104 `reply_serial parameters [{id, hex, name?, value?}]`; 0x0702 `state? at? read_result?
//! name? licence? agency? valid_to? identity?`; 0x0801 `media_id media_type format event channel positions? data_bytes`;
//! the platform's 0x8003 `first_serial parts`, 0x8004 `time`, 0x8103 `parameters`, 0x8106 `ids`, 0x8202 `interval_s
//! validity_s?`, 0x8203 `serial alarm_bits`, 0x8300 `text urgent show speak type`; others, and parts whose message is not whole yet, `hex` (and which parts are `missing`). A position: `lon lat fixed_at fix_valid speed_kph
//! heading_deg altitude_m alarm_bits status_bits items`; an item: `id hex` and what the standard makes of it. A bad
//! frame: `ok: false, code, message`, with `field value limit` and the header's fields as far as they are known.

mod commands;

use crate::gateway::jt808::answer::Answer;
use crate::gateway::jt808::authenticate::Authentication;
use crate::gateway::jt808::bad::{Bad, hex};
use crate::gateway::jt808::batch::{Batch, BatchKind};
use crate::gateway::jt808::frame::{Frame, Frames};
use crate::gateway::jt808::header::{Header, Version};
use crate::gateway::jt808::id;
use crate::gateway::jt808::items::{Item, Items, RawItem};
use crate::gateway::jt808::location::Location;
use crate::gateway::jt808::parts::{Budget, Joined, Parts};
use crate::gateway::jt808::register::{Layout, RegisterAnswer, Registration};
use cordon_spatial::units::UnixMs;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

/// Decodes the frames in `args`, or, when there are none or the only one is `-`, one frame a line of `stdin`. White
/// space within hexadecimal digits is ignored; empty lines are skipped. A bad frame is an answer (`ok: false`), not an
/// error; errors are those of reading and writing.
pub fn run(args: &[String], mut stdin: impl BufRead, mut stdout: impl Write) -> io::Result<()> {
    // Nothing is asked for again here: what is missing stays so.
    let mut parts = Parts::new(Budget::new(usize::MAX), Duration::ZERO);
    if !args.is_empty() && args != ["-"] {
        for text in frame_texts(args) {
            print(text.as_bytes(), &mut parts, &mut stdout)?;
        }
        return stdout.flush();
    }
    let mut line = Vec::new();
    while stdin.read_until(b'\n', &mut line)? > 0 {
        print(&line, &mut parts, &mut stdout)?;
        line.clear();
    }
    stdout.flush()
}

/// One text a frame. Digits that the shell took apart at their spaces are put together again.
fn frame_texts(args: &[String]) -> Vec<String> {
    let begins = |text: &String| text.starts_with("7E") || text.starts_with("7e");
    let ends = |text: &String| text.ends_with("7E") || text.ends_with("7e");
    let is_whole = |text: &String| text.len() > 2 && begins(text) && ends(text);
    let taken_apart = args.first().is_some_and(begins) && args.last().is_some_and(ends) && !args.iter().any(is_whole);
    if taken_apart { vec![args.concat()] } else { args.to_vec() }
}

fn print(text: &[u8], parts: &mut Parts, stdout: &mut impl Write) -> io::Result<()> {
    let digits: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if digits.is_empty() {
        return Ok(());
    }
    let lines = match bytes_of(&digits) {
        Ok(bytes) => decode(&bytes, parts),
        Err(message) => vec![Line { code: Some("hex"), message: Some(message.into()), ..Line::default() }],
    };
    for line in lines {
        serde_json::to_writer(&mut *stdout, &line)?;
        stdout.write_all(b"\n")?;
    }
    Ok(())
}

fn bytes_of(digits: &[u8]) -> Result<Vec<u8>, &'static str> {
    if !digits.len().is_multiple_of(2) {
        return Err("odd number of hexadecimal digits");
    }
    let value = |digit: u8| char::from(digit).to_digit(16).ok_or("not hexadecimal");
    digits.chunks_exact(2).map(|pair| Ok((value(pair[0])? << 4 | value(pair[1])?) as u8)).collect()
}

/// One line for every frame. When there is no good one, one line in all: what a broken frame falls into is not counted.
fn decode(bytes: &[u8], parts: &mut Parts) -> Vec<Line> {
    let mut frames = Frames::default();
    let (mut lines, mut any_whole) = (Vec::new(), false);
    let mut feed = frames.feed(bytes);
    while let Some(frame) = feed.next() {
        any_whole |= frame.is_ok();
        lines.push(match frame {
            Ok(frame) => message(&frame, parts),
            Err(bad) => Line::bad(&bad),
        });
    }
    if frames.pending() > 0 || lines.is_empty() {
        lines.push(Line::bad(&Bad::Delimiter { found: frames.pending() }));
    }
    if !any_whole {
        lines.truncate(1);
    }
    lines
}

/// One object of the output.
#[derive(Debug, Default, Serialize)]
struct Line {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Value>,
    #[serde(flatten)]
    head: Option<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    /// Those of the body once more, so that a reader need not know which messages have them.
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<Value>,
}

#[derive(Debug, Serialize)]
struct Head {
    msg_id: String,
    version: u16,
    phone: String,
    serial: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    subpackage: Option<Value>,
}

impl Line {
    fn bad(bad: &Bad) -> Line {
        let (field, value, limit) = details(bad);
        Line { code: Some(bad.code()), message: Some(bad.to_string()), field, value, limit, ..Line::default() }
    }
}

fn details(bad: &Bad) -> (Option<&'static str>, Option<Value>, Option<Value>) {
    match *bad {
        Bad::Range { field, value, limit } => (Some(field), Some(json!(value)), Some(json!(limit))),
        Bad::Time { field, bcd, limit } => (Some(field), Some(json!(hex(&bcd))), Some(json!(limit))),
        Bad::Short { field, needs, found } => (Some(field), Some(json!(found)), Some(json!(needs))),
        Bad::Count { declared, found } => (Some("count"), Some(json!(declared)), Some(json!(found))),
        Bad::Length { declared, found } => (Some("length"), Some(json!(declared)), Some(json!(found))),
        Bad::TooLong { limit } => (None, None, Some(json!(limit))),
        _ => (None, None, None),
    }
}

fn message(frame: &Frame<'_>, parts: &mut Parts) -> Line {
    let header = &frame.header;
    let mut head = Head {
        msg_id: format!("0x{:04X}", header.msg_id),
        version: if header.version == Version::V2013 { 2013 } else { 2019 },
        phone: header.phone.to_string(),
        serial: header.serial,
        subpackage: header.part.map(|part| json!({"total": part.total, "index": part.index})),
    };
    if header.encryption != 0 {
        return Line { head: Some(head), ..Line::bad(&Bad::Encrypted { bits: header.encryption }) };
    }
    let body = match parts.join(header, frame.body, Instant::now()) {
        None => body(header, frame.body, &mut head),
        Some(Joined::Whole { body: whole, .. }) => body(header, &whole, &mut head),
        Some(Joined::Missing(missing)) => Ok(json!({"hex": hex(frame.body), "missing": missing})),
        Some(Joined::TooMany { .. } | Joined::NoRoom) => Ok(json!({"hex": hex(frame.body)})),
    };
    match body {
        Ok(body) => {
            let positions = body.get("positions").cloned();
            Line { ok: true, head: Some(head), body: Some(body), positions, ..Line::default() }
        }
        Err(bad) => Line { head: Some(head), ..Line::bad(&bad) },
    }
}

fn body(header: &Header, body: &[u8], head: &mut Head) -> Result<Value, Bad> {
    Ok(match header.msg_id {
        id::REGISTER => {
            let read = Registration::parse(header.version, body)?;
            if read.layout == Layout::V2011 {
                head.version = 2011;
            }
            registration(&read)
        }
        id::AUTHENTICATE => {
            let read = Authentication::parse(header.version, body);
            let mut fields = Map::from_iter([("code".to_owned(), json!(read.code))]);
            fields.extend(read.imei.map(|imei| ("imei".to_owned(), json!(imei))));
            fields.extend(read.software_version.map(|version| ("software_version".to_owned(), json!(version))));
            Value::Object(fields)
        }
        id::HEARTBEAT | id::LOGOUT if body.is_empty() => json!({}),
        id::LOCATION => json!({"positions": [position(Location::parse(body)?)]}),
        id::LOCATION_BATCH => batch(body)?,
        id::PLATFORM_ANSWER | id::TERMINAL_ANSWER => {
            let read = Answer::parse(body)?;
            let reply_id = format!("0x{:04X}", read.reply_id);
            json!({"reply_serial": read.reply_serial, "reply_id": reply_id, "result": read.result})
        }
        id::REGISTER_ANSWER => match RegisterAnswer::parse(body)? {
            (serial, RegisterAnswer::Accepted { code }) => json!({"reply_serial": serial, "result": 0, "code": code}),
            (serial, RegisterAnswer::Refused(refusal)) => json!({"reply_serial": serial, "result": refusal as u8}),
        },
        _ => match commands::body(header, body) {
            Some(read) => read?,
            None => json!({"hex": hex(body)}),
        },
    })
}

fn registration(read: &Registration) -> Value {
    json!({
        "province": read.province,
        "city": read.city,
        "manufacturer_id": read.manufacturer_id,
        "model": read.model,
        "terminal_id": read.terminal_id,
        "plate_colour": read.plate_colour,
        "plate": read.plate,
    })
}

fn batch(body: &[u8]) -> Result<Value, Bad> {
    let batch = Batch::parse(body)?;
    let kind = match batch.kind {
        BatchKind::Normal => 0,
        BatchKind::BlindArea => 1,
        BatchKind::Other(other) => other,
    };
    let (declared, blind_area) = (batch.declared, batch.kind == BatchKind::BlindArea);
    let (mut positions, mut refused, mut first) = (Vec::new(), Vec::new(), None);
    for (index, read) in batch.enumerate() {
        match read {
            Ok(read) => positions.push(position(read)),
            Err(bad) => {
                first = first.or(Some(bad));
                let (field, value, limit) = details(&bad);
                refused
                    .push(json!({"index": index, "code": bad.code(), "field": field, "value": value, "limit": limit}));
            }
        }
    }
    if let (true, Some(bad)) = (positions.is_empty(), first) {
        return Err(bad);
    }
    let mut fields = json!({"type": kind, "blind_area": blind_area, "count": declared, "positions": positions});
    if !refused.is_empty() {
        fields["refused"] = Value::Array(refused);
    }
    Ok(fields)
}

#[derive(Serialize)]
struct Position {
    lon: f64,
    lat: f64,
    fixed_at: String,
    fix_valid: bool,
    speed_kph: Option<f64>,
    heading_deg: Option<u16>,
    altitude_m: i16,
    alarm_bits: u32,
    status_bits: u32,
    items: Vec<Value>,
    /// Bytes after the last whole item.
    #[serde(skip_serializing_if = "Option::is_none")]
    rest_hex: Option<String>,
}

fn position((location, items): (Location, &[u8])) -> Value {
    let mut reader = Items::new(items);
    let items = reader.by_ref().map(item).collect();
    let rest = reader.rest();
    let position = Position {
        lon: location.position.lon(),
        lat: location.position.lat(),
        fixed_at: instant(location.fixed_at),
        fix_valid: location.is_fixed(),
        speed_kph: location.speed.map(|speed| speed.as_kph()),
        heading_deg: location.heading_deg,
        altitude_m: location.altitude_m,
        alarm_bits: location.alarm_bits,
        status_bits: location.status_bits,
        items,
        rest_hex: (!rest.is_empty()).then(|| hex(rest)),
    };
    serde_json::to_value(position).expect("numbers and texts are JSON")
}

/// RFC 3339 of a time on the wire, whose year is from 2000 to 2099.
fn instant(at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0).expect("a year from 2000 to 2099").to_string()
}

/// `id` and `hex` always, and what it means when the standard says so.
fn item(raw: RawItem<'_>) -> Value {
    let mut fields = match Item::of(raw) {
        Item::Mileage { tenths_km } => json!({"mileage_km": f64::from(tenths_km) / 10.0}),
        Item::Fuel { tenths_l } => json!({"fuel_l": f64::from(tenths_l) / 10.0}),
        Item::RecorderSpeed { tenths_kph } => json!({"recorder_speed_kph": f64::from(tenths_kph) / 10.0}),
        Item::ManualConfirm { alarm_id } => json!({"confirm_alarm_id": alarm_id}),
        Item::CabinTemperature { celsius } => json!({"cabin_temperature_c": celsius}),
        Item::Overspeed { kind, area_id } => json!({"overspeed": {"area_type": kind, "area_id": area_id}}),
        Item::AreaPassage { kind, area_id, direction } => {
            json!({"area_passage": {"area_type": kind, "area_id": area_id, "direction": direction}})
        }
        Item::SegmentTime { segment_id, seconds, result } => {
            json!({"segment_time": {"segment_id": segment_id, "seconds": seconds, "result": result}})
        }
        Item::VideoAlarm { bits } => json!({"video_alarm_bits": bits}),
        Item::VideoLoss { channels } => json!({"video_loss_channels": channels}),
        Item::VideoCovered { channels } => json!({"video_covered_channels": channels}),
        Item::StorageFault { bits } => json!({"storage_fault_bits": bits}),
        Item::AbnormalDriving { bits, fatigue } => json!({"abnormal_driving": {"bits": bits, "fatigue": fatigue}}),
        Item::Signals { bits } => json!({"signal_bits": bits}),
        Item::Io { bits } => json!({"io_bits": bits}),
        Item::Analog { ad0, ad1 } => json!({"analog": {"ad0": ad0, "ad1": ad1}}),
        Item::SignalStrength { strength } => json!({"signal_strength": strength}),
        Item::Satellites { count } => json!({"satellites": count}),
        Item::ActiveSafety { alarm_id, state } => json!({"active_safety": {"alarm_id": alarm_id, "state": state}}),
        Item::TyrePressure => json!({"tyre_pressure": raw.value}),
        Item::Unknown => json!({}),
    };
    fields["id"] = json!(format!("0x{:02X}", raw.id));
    fields["hex"] = json!(hex(raw.value));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::jt808::batch::BatchBuilder;
    use crate::gateway::jt808::encode::encode;
    use crate::gateway::jt808::phone::Phone;
    use cordon_spatial::units::DeciKph;

    fn answers(args: &[&str], stdin: &str) -> Vec<Value> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let mut out = Vec::new();
        run(&args, stdin.as_bytes(), &mut out).expect("reading and writing memory");
        String::from_utf8(out).expect("JSON").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn frames(msg_id: u16, version: Version, body: &[u8]) -> Vec<String> {
        let phone = Phone::parse("13900000007").expect("digits");
        let mut out = Vec::new();
        let count = encode(&Header::plain(msg_id, version, phone, 77), body, &mut out);
        let mut pieces = out.split_inclusive(|byte| *byte == 0x7E).collect::<Vec<_>>().into_iter();
        (0..count)
            .map(|_| {
                let begin = pieces.next().expect("a delimiter");
                hex(&[begin, pieces.next().expect("its frame")].concat())
            })
            .collect()
    }

    fn location(second: i64, items: &[u8]) -> Vec<u8> {
        let location = Location {
            alarm_bits: 1,
            status_bits: 3,
            position: cordon_spatial::position::Position { lon_e7: 1_210_500_010, lat_e7: -306_000_000 },
            altitude_m: 12,
            speed: Some(DeciKph(456)),
            heading_deg: Some(270),
            fixed_at: UnixMs(1_795_433_405_000 + second * 1000),
        };
        let mut body = Vec::new();
        location.encode(&mut body);
        body.extend_from_slice(items);
        body
    }

    #[test]
    fn a_position_is_told_in_full() {
        let body = location(0, &[0x01, 4, 0, 1, 0xE2, 0x40, 0xE1, 2, 0xAB, 0xCD, 0x31]);
        let frame = &frames(0x0200, Version::V2019, &body)[0];
        let expected = json!([{
            "lon": 121.050001, "lat": -30.6, "fixed_at": "2026-11-23T11:30:05Z", "fix_valid": true, "speed_kph": 45.6,
            "heading_deg": 270, "altitude_m": 12, "alarm_bits": 1, "status_bits": 7,
            "items": [{"id": "0x01", "hex": "0001E240", "mileage_km": 12345.6}, {"id": "0xE1", "hex": "ABCD"}],
            "rest_hex": "31",
        }]);
        assert_eq!(
            answers(&[frame], ""),
            [json!({
                "ok": true, "msg_id": "0x0200", "version": 2019, "phone": "13900000007", "serial": 77,
                "body": {"positions": expected}, "positions": expected,
            })]
        );
    }

    #[test]
    fn digits_may_be_spaced_small_and_taken_apart() {
        let frame = frames(0x0002, Version::V2013, &[])[0].to_lowercase();
        let spaced: Vec<&str> = frame.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII")).collect();
        let expected = answers(&[&frame], "");
        assert_eq!((&expected[0]["ok"], &expected[0]["body"]), (&json!(true), &json!({})));
        assert_eq!(answers(&spaced, ""), expected);
        assert_eq!(answers(&["-"], &format!("\n {} \r\n\n", spaced.join(" "))), expected);
        assert_eq!(answers(&[&frame, &frame], "").len(), 2);
        assert_eq!(answers(&["-"], &format!("{frame}{frame}\n")).len(), 2);
    }

    #[test]
    fn a_bad_line_is_one_answer() {
        let good = frames(0x0200, Version::V2013, &location(0, &[]))[0].clone();
        let mut bad_month = location(0, &[]);
        bad_month[23] = 0x13;
        let cases = [
            ("checksum", good.replacen("0139", "0138", 1)),
            ("checksum", good.replacen("013900", "01397E", 1)),
            ("delimiter", good[2..].to_owned()),
            ("delimiter", good[..good.len() - 2].to_owned()),
            ("delimiter", "7E7E".to_owned()),
            ("delimiter", "0102".to_owned()),
            ("too_long", "55".repeat(5000)),
            ("length", "7E01017E".to_owned()),
            ("escape", good.replacen("0139", "017D", 1)),
            ("hex", "7E0".to_owned()),
            ("hex", "7EZZ7E".to_owned()),
            ("time", frames(0x0200, Version::V2013, &bad_month)[0].clone()),
            ("short", frames(0x0200, Version::V2013, &[0; 27])[0].clone()),
        ];
        for (code, text) in cases {
            let found = answers(&["-"], &text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!((&found[0]["ok"], &found[0]["code"]), (&json!(false), &json!(code)), "{text}");
        }
        let found = &answers(&[&frames(0x0200, Version::V2013, &bad_month)[0]], "")[0];
        assert_eq!(found["phone"], "13900000007");
        assert_eq!((&found["field"], &found["value"]), (&json!("month"), &json!("261323193005")));
    }

    #[test]
    fn a_good_frame_after_a_bad_one_is_told() {
        let good = &frames(0x0002, Version::V2013, &[])[0];
        let found = answers(&["-"], &format!("7E01027E{good}\n{good}\n"));
        assert_eq!(found.iter().map(|line| line["ok"] == true).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn parts_are_joined_in_the_last_answer() {
        let mut batch = BatchBuilder::new(BatchKind::BlindArea);
        (0..60).for_each(|second| batch.push(&location(second, &[])));
        let lines = frames(0x0704, Version::V2013, batch.body());
        assert_eq!(lines.len(), 2);
        let found = answers(&["-"], &lines.join("\n"));
        assert_eq!(found[0]["subpackage"], json!({"total": 2, "index": 1}));
        assert_eq!((&found[0]["body"]["missing"], &found[0]["ok"]), (&json!([2]), &json!(true)));
        assert_eq!(found[1]["body"]["positions"].as_array().map(Vec::len), Some(60));
        assert_eq!((&found[1]["body"]["type"], &found[1]["body"]["count"]), (&json!(1), &json!(60)));
        assert_eq!(found[1]["body"]["positions"][59]["fixed_at"], "2026-11-23T11:31:04Z");
    }

    #[test]
    fn a_refused_report_of_a_batch_is_named() {
        let mut batch = BatchBuilder::new(BatchKind::Normal);
        let mut far = location(1, &[]);
        far[12] = 0xFF;
        [location(0, &[]), far].iter().for_each(|report| batch.push(report));
        let found = &answers(&[&frames(0x0704, Version::V2019, batch.body())[0]], "")[0];
        assert_eq!((&found["ok"], found["positions"].as_array().map(Vec::len)), (&json!(true), Some(1)));
        assert_eq!(
            (&found["body"]["refused"][0]["index"], &found["body"]["refused"][0]["field"]),
            (&json!(1), &json!("lon"))
        );
    }

    #[test]
    fn the_edition_2011_shows_in_the_registration() {
        let registration = Registration {
            layout: Layout::V2011,
            province: 33,
            city: 482,
            manufacturer_id: "70111".into(),
            model: "A6".into(),
            terminal_id: "T1".into(),
            plate_colour: 2,
            plate: "浙F12345".into(),
        };
        for (layout, version, shown) in [
            (Layout::V2011, Version::V2013, 2011),
            (Layout::V2013, Version::V2013, 2013),
            (Layout::V2019, Version::V2019, 2019),
        ] {
            let mut body = Vec::new();
            Registration { layout, ..registration.clone() }.encode(&mut body);
            let found = &answers(&[&frames(0x0100, version, &body)[0]], "")[0];
            assert_eq!(found["version"], shown);
            assert_eq!(
                found["body"],
                json!({"province": 33, "city": 482, "manufacturer_id": "70111", "model": "A6", "terminal_id": "T1",
                    "plate_colour": 2, "plate": "浙F12345"})
            );
        }
    }

    #[test]
    fn the_other_messages_have_their_fields() {
        let show = |msg_id, body: &[u8]| answers(&[&frames(msg_id, Version::V2019, body)[0]], "")[0]["body"].clone();
        let mut authentication = b"\x03abc862345678901234v1".to_vec();
        authentication.resize(4 + 15 + 20, 0);
        let expected = json!({"code": "abc", "imei": "862345678901234", "software_version": "v1"});
        assert_eq!(show(0x0102, &authentication), expected);
        assert_eq!(show(0x8001, &[0, 5, 2, 0, 0]), json!({"reply_serial": 5, "reply_id": "0x0200", "result": 0}));
        assert_eq!(show(0x8100, &[0, 5, 4]), json!({"reply_serial": 5, "result": 4}));
        assert_eq!(show(0x8100, b"\0\x05\0xyz"), json!({"reply_serial": 5, "result": 0, "code": "xyz"}));
        assert_eq!(show(0x0900, &[1, 0x7E]), json!({"hex": "017E"}));
    }
}
