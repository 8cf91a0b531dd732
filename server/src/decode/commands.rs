//! What the platform's commands, the answers to them, a driver's card and a media message say.

use super::position;
use crate::gateway::jt808::bad::{Bad, hex};
use crate::gateway::jt808::command::{Command, TextKind, parse_location_answer, parse_resend};
use crate::gateway::jt808::driver::{CardState, DriverCard};
use crate::gateway::jt808::header::Header;
use crate::gateway::jt808::id;
use crate::gateway::jt808::location::{BASE_LEN, Location};
use crate::gateway::jt808::parameter::{self, Meaning, Parameter};
use crate::gateway::jt808::time;
use serde_json::{Map, Value, json};

/// Bytes before the position, or the data, of a media message.
const MEDIA_HEAD: usize = 8;

/// The fields of such a body; `None` when the message is none of these.
pub(super) fn body(header: &Header, body: &[u8]) -> Option<Result<Value, Bad>> {
    Some(match header.msg_id {
        id::ASK_TIME if body.is_empty() => Ok(json!({})),
        id::TIME => time_told(body),
        id::RESEND_PARTS => parse_resend(header.version, body)
            .map(|(first_serial, parts)| json!({"first_serial": first_serial, "parts": parts})),
        id::PARAMETERS => parameter::parse_answer(body)
            .map(|(serial, list)| json!({"reply_serial": serial, "parameters": parameters(&list)})),
        id::LOCATION_ANSWER => parse_location_answer(body).map(
            |(serial, location, items)| json!({"reply_serial": serial, "positions": [position((location, items))]}),
        ),
        id::DRIVER => DriverCard::parse(header.version, body).map(|card| driver(&card)),
        id::MEDIA => media(body),
        _ => return Command::parse(header.msg_id, header.version, body).map(|read| read.map(|read| command(&read))),
    })
}

fn command(command: &Command) -> Value {
    match command {
        Command::Locate => json!({}),
        Command::Track { interval_s: 0, .. } => json!({"interval_s": 0}),
        Command::Track { interval_s, validity_s } => json!({"interval_s": interval_s, "validity_s": validity_s}),
        Command::ConfirmAlarm { serial, bits } => json!({"serial": serial, "alarm_bits": bits}),
        Command::Text(text) => {
            let kind = if text.kind == TextKind::Service { "service" } else { "notice" };
            json!({"text": text.text, "urgent": text.urgent, "show": text.show, "speak": text.speak, "type": kind})
        }
        Command::SetParameters(list) => json!({"parameters": parameters(list)}),
        Command::QueryParameters { ids } if ids.is_empty() => json!({}),
        Command::QueryParameters { ids } => {
            json!({"ids": ids.iter().map(|id| format!("0x{id:04X}")).collect::<Vec<_>>()})
        }
    }
}

/// `id` and `hex` always, and the name and the value when the standard's table has them.
fn parameters(list: &[Parameter]) -> Vec<Value> {
    list.iter()
        .map(|parameter| {
            let mut fields = json!({"id": format!("0x{:04X}", parameter.id), "hex": hex(&parameter.bytes)});
            if let Some(name) = parameter.name() {
                fields["name"] = json!(name);
            }
            match parameter.meaning() {
                Some(Meaning::Number(number)) => fields["value"] = json!(number),
                Some(Meaning::Tenths(tenths)) => fields["value"] = json!(f64::from(tenths) / 10.0),
                Some(Meaning::Period { from_min: a, to_min: b }) => {
                    fields["value"] = json!(format!("{:02}:{:02}-{:02}:{:02}", a / 60, a % 60, b / 60, b % 60));
                }
                None => {}
            }
            fields
        })
        .collect()
}

fn driver(card: &DriverCard) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Value>| fields.extend(value.map(|value| (name.to_owned(), value)));
    put("state", card.state.map(CardState::name).map(Value::from));
    put("at", card.at.map(|at| json!(super::instant(at))));
    put("read_result", card.read_result.map(Value::from));
    if let Some(driver) = &card.driver {
        put("name", Some(json!(driver.name)));
        put("licence", Some(json!(driver.licence)));
        put("agency", Some(json!(driver.agency)));
        put("valid_to", driver.valid_to.as_ref().map(|date| json!(date)));
        put("identity", driver.identity.as_ref().map(|number| json!(number)));
    }
    Value::Object(fields)
}

/// The time as it stands there: whether it is UTC or GMT+8 is not said.
fn time_told(body: &[u8]) -> Result<Value, Bad> {
    let short = Bad::Short { field: "time", needs: 6, found: body.len() };
    let bcd = body.first_chunk::<6>().ok_or(short)?;
    time::decode(bcd)?;
    let digits = hex(bcd);
    let (date, clock) = digits.split_at(6);
    let parts = |digits: &str, between| [&digits[..2], &digits[2..4], &digits[4..]].join(between);
    Ok(json!({"time": format!("20{}T{}", parts(date, "-"), parts(clock, ":"))}))
}

/// Until 2011 the data follow the head, from 2013 a position stands between: it is told when it can be one.
fn media(body: &[u8]) -> Result<Value, Bad> {
    let short = Bad::Short { field: "media", needs: MEDIA_HEAD, found: body.len() };
    let &[a, b, c, d, kind, format, event, channel] = body.first_chunk::<MEDIA_HEAD>().ok_or(short)?;
    let mut fields = json!({
        "media_id": u32::from_be_bytes([a, b, c, d]), "media_type": kind, "format": format, "event": event,
        "channel": channel,
    });
    let rest = &body[MEDIA_HEAD..];
    let placed = rest.split_at_checked(BASE_LEN).and_then(|(there, data)| Some((Location::parse(there).ok()?.0, data)));
    let data = match placed {
        Some((location, data)) => {
            fields["positions"] = json!([position((location, &[]))]);
            data
        }
        None => rest,
    };
    fields["data_bytes"] = json!(data.len());
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::jt808::header::Version;
    use crate::gateway::jt808::phone::Phone;

    fn show(msg_id: u16, version: Version, bytes: &[u8]) -> Value {
        let header = Header::plain(msg_id, version, Phone::parse("139").expect("digits"), 1);
        body(&header, bytes).expect("a message of these").unwrap_or_else(|bad| json!(bad.code()))
    }

    #[test]
    fn commands_and_answers_have_their_fields() {
        let old = Version::V2013;
        assert_eq!(show(0x8201, old, &[]), json!({}));
        assert_eq!(show(0x8202, old, &[0, 5, 0, 0, 2, 0x58]), json!({"interval_s": 5, "validity_s": 600}));
        assert_eq!(show(0x8203, old, &[0, 1, 0, 0, 0, 1]), json!({"serial": 1, "alarm_bits": 1}));
        assert_eq!(
            show(0x8300, Version::V2019, &[0x0E, 1, 0xCD, 0xA3]),
            json!({"text": "停", "urgent": true, "show": true, "speak": true, "type": "notice"})
        );
        let listed = json!([{"id": "0x0055", "name": "max_speed_kph", "value": 80, "hex": "00000050"}]);
        assert_eq!(show(0x8103, old, &[1, 0, 0, 0, 0x55, 4, 0, 0, 0, 80]), json!({"parameters": listed}));
        assert_eq!(
            show(0x0104, old, &[0, 9, 1, 0, 0, 0, 0x55, 4, 0, 0, 0, 80]),
            json!({"reply_serial": 9, "parameters": listed})
        );
        assert_eq!(show(0x8106, old, &[1, 0, 0, 0, 0x55]), json!({"ids": ["0x0055"]}));
        assert_eq!(show(0x8003, Version::V2019, &[0, 7, 0, 1, 0, 2]), json!({"first_serial": 7, "parts": [2]}));
        assert_eq!(
            show(0x8004, Version::V2019, &[0x26, 0x11, 0x23, 0x11, 0x30, 0x05]),
            json!({"time": "2026-11-23T11:30:05"})
        );
        assert_eq!(show(0x8004, Version::V2019, &[0x26]), json!("short"));
    }

    #[test]
    fn a_driver_card_is_told() {
        let out = show(0x0702, Version::V2013, &[2, 0x26, 0x11, 0x23, 0x19, 0x30, 0x05]);
        assert_eq!(out, json!({"state": "out", "at": "2026-11-23T11:30:05Z"}));
    }

    #[test]
    fn a_picture_may_have_a_position() {
        let head = [0, 0, 0, 9, 0, 0, 1, 2];
        let mut bytes = head.to_vec();
        bytes.extend_from_slice(&[0xFF, 0xD8, 0xFF]);
        let told = show(0x0801, Version::V2013, &bytes);
        assert_eq!((&told["media_id"], &told["data_bytes"], &told["positions"]), (&json!(9), &json!(3), &Value::Null));
        let mut bytes = head.to_vec();
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&[1, 0xD2, 0xEB, 0x40, 7, 0x37, 0x13, 0x90, 0, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(&[0x26, 0x11, 0x23, 0x19, 0x30, 0x05, 0xFF, 0xD8]);
        let told = show(0x0801, Version::V2013, &bytes);
        assert_eq!((&told["positions"][0]["lat"], &told["data_bytes"]), (&json!(30.6), &json!(2)));
    }
}
