//! What people ask of one terminal: where it is, to report more often, a text for the driver, its parameters.
//!
//! A command is audited before it is sent. The answer is the terminal's own; a position is answered after it is kept like
//! every other. Who drives is shown here, to those who talk to drivers, and in no list.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::wire::Time;
use super::{App, AppState};
use crate::auth::Identity;
use crate::desk::catalog::canonical_phone;
use crate::desk::terminals::{CardSeen, DeviceSeen};
use crate::gateway::jt808::bad::hex;
use crate::gateway::jt808::command::{CONFIRMABLE_ALARMS, Command, MAX_TEXT_BYTES, Reply, Text, TextKind, gbk_len};
use crate::gateway::jt808::driver::CardState;
use crate::gateway::jt808::listener::CommandError;
use crate::gateway::jt808::location::Location;
use crate::gateway::jt808::parameter::{self, Meaning, Parameter};
use crate::gateway::jt808::phone::Phone;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json as JsonAnswer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Most parameters in one command.
const MAX_PARAMETERS: usize = 100;
/// Longest time of tracking, seconds: a day.
const MAX_VALIDITY_S: u32 = 86_400;

/// What is asked of a terminal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CommandJson {
    /// Where are you? (0x8201) The answer has the position.
    Locate {},
    /// Report more often for a while (0x8202).
    Track {
        /// Seconds between two reports, 1 to 65,535; 0 = stop tracking.
        interval_s: u16,
        /// For how many seconds, 1 to 86,400; only to be left out when tracking stops.
        validity_s: Option<u32>,
    },
    /// A person has confirmed alarms that hold until then (0x8203).
    ConfirmAlarm {
        /// Serial of the report that carried them; absent = all of these alarms.
        serial: Option<u16>,
        /// Bits of the alarm word: 0, 3, 20, 21, 22, 27, 28.
        alarm_bits: u32,
    },
    /// A text for the driver (0x8300).
    Text {
        /// 1 to 1,000 bytes of GBK.
        text: String,
        /// It is urgent.
        #[serde(default)]
        urgent: bool,
        /// Show it on the display; default true.
        show: Option<bool>,
        /// Read it aloud; default true.
        speak: Option<bool>,
        /// `notice` (default) or `service`; only terminals of 2019 are told.
        #[serde(default, rename = "type")]
        text_type: TextTypeJson,
    },
    /// Use these parameters from now on (0x8103).
    SetParameters {
        /// 1 to 100 of them.
        parameters: Vec<ParameterJson>,
    },
    /// Tell your parameters (0x8104, or 0x8106 when some are named). The answer has them.
    QueryParameters {
        /// Names, or numbers such as `0x0013`; absent = all.
        #[serde(default)]
        parameters: Vec<String>,
    },
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextTypeJson {
    /// A notice.
    #[default]
    Notice,
    /// A service.
    Service,
}

/// A parameter of a terminal: by name with a value, or by number with its bytes.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterJson {
    /// Its number, such as `0x0055`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, with its unit: `report_interval_s`, `max_speed_kph`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A number, or a period such as `22:00-06:00`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub value: Option<Value>,
    /// Its bytes, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hex: Option<String>,
}

/// What a terminal answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerJson {
    /// Serial of the command on the wire.
    pub serial: u16,
    /// `done`, `failed`, `bad` (the terminal does not understand it) or `unsupported`.
    pub result: &'static str,
    /// Where it is, for `locate`; kept as a fix of the vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionJson>,
    /// Its parameters, for `query_parameters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<ParameterJson>>,
}

/// A position as the terminal told it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionJson {
    /// The terminal's time.
    pub fixed_at: Time,
    /// Degrees.
    pub lon: f64,
    /// Degrees.
    pub lat: f64,
    /// Whether it comes from satellites.
    pub fix_valid: bool,
    /// km/h.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_kph: Option<f64>,
    /// Degrees from north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<u16>,
    /// Metres.
    pub altitude_m: i16,
    /// Alarm word.
    pub alarm_bits: u32,
    /// Status word.
    pub status_bits: u32,
}

/// One terminal, for those who command it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalStateJson {
    /// Digits without leading zeros.
    pub phone: String,
    /// Id of the vehicle that it speaks for.
    pub vehicle: Option<String>,
    /// Whether it can be commanded now.
    pub connected: bool,
    /// IMEI since the server started (2019).
    pub imei: Option<String>,
    /// The maker's id since the server started, of a terminal that registered.
    pub terminal_id: Option<String>,
    /// Software version (2019).
    pub software_version: Option<String>,
    /// Whether the last sign-on named another device than the first one since the server started.
    pub device_differs: bool,
    /// The driver's card that it told last since the server started.
    pub driver_card: Option<DriverCardJson>,
}

/// A driver's card.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriverCardJson {
    /// `in` (on duty) or `out`; null from terminals of 2011, which do not say.
    pub state: Option<&'static str>,
    /// When it went in or out, by the terminal.
    pub at: Option<Time>,
    /// When Cordon was told.
    pub received_at: Time,
    /// 0 read, 1 not authentic, 2 locked, 3 pulled out, 4 damaged.
    pub read_result: Option<u8>,
    /// The driver's name.
    pub name: Option<String>,
    /// Number of the qualification certificate.
    pub licence: Option<String>,
    /// Who issued it.
    pub agency: Option<String>,
    /// Until when it is valid, YYYYMMDD.
    pub valid_to: Option<String>,
}

/// One terminal: whether it is connected, which device it is, who drives.
#[utoipa::path(get, path = "/api/terminals/{phone}", tag = "terminals", params(("phone" = String, Path)),
    responses((status = 200, body = TerminalStateJson), (status = 404, body = ProblemJson)))]
pub async fn terminal(
    State(app): AppState,
    Path(phone): Path<String>,
) -> Result<JsonAnswer<TerminalStateJson>, Problem> {
    let (text, phone) = known(&app, &phone)?;
    let DeviceSeen { imei, terminal_id, software_version, differs } = app.terminals.device(&text);
    Ok(JsonAnswer(TerminalStateJson {
        vehicle: app.terminals.vehicle_of(&text).and_then(|key| app.terminals.vehicle_id(key)),
        connected: app.gateway.is_online(phone),
        imei,
        terminal_id,
        software_version,
        device_differs: differs,
        driver_card: app.terminals.card(&text).map(driver_card),
        phone: text,
    }))
}

/// Command a terminal and wait for its answer.
#[utoipa::path(post, path = "/api/terminals/{phone}/commands", tag = "terminals", params(("phone" = String, Path)),
    request_body = CommandJson,
    responses(
        (status = 200, body = AnswerJson, description = "The terminal's answer"),
        (status = 400, body = ProblemJson),
        (status = 404, body = ProblemJson, description = "No such terminal"),
        (status = 409, body = ProblemJson, description = "The terminal is not connected (`terminal_offline`)"),
        (status = 429, body = ProblemJson, description = "Too many commands wait for its answer"),
        (status = 504, body = ProblemJson, description = "The terminal did not answer (`terminal_silent`)")))]
pub async fn command(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(phone): Path<String>,
    Json(asked): Json<CommandJson>,
) -> Result<JsonAnswer<AnswerJson>, Problem> {
    let (text, phone) = known(&app, &phone)?;
    let command = checked(asked)?;
    if !app.gateway.is_online(phone) {
        return Err(CommandError::NotConnected.into());
    }
    let vehicle = app.terminals.vehicle_of(&text).and_then(|key| app.terminals.vehicle_id(key));
    let detail = json!({"phone": text, "vehicle": vehicle, "command": audited(&command)});
    let line = app.audit_line(&identity.name, "terminal.command", detail.clone());
    app.pipeline.write(move |writer| writer.audit(&line)).await?;
    let answered = app.gateway.command(phone, &command).await;
    let result = answered.as_ref().map_or_else(|error| problem_of(*error).1, |answered| result(&answered.reply));
    let detail = json!({"phone": text, "vehicle": vehicle, "result": result});
    app.audit(&identity.name, "terminal.command_answered", detail).await;
    let answered = answered?;
    let (position, parameters) = match &answered.reply {
        Reply::Result(_) => (None, None),
        Reply::Location(location) => (Some(position(location)), None),
        Reply::Parameters(parameters) => (None, Some(parameters.iter().map(parameter_json).collect())),
    };
    Ok(JsonAnswer(AnswerJson { serial: answered.serial, result, position, parameters }))
}

/// The phone of a terminal that showed up, in both forms.
fn known(app: &App, phone: &str) -> Result<(String, Phone), Problem> {
    let text = canonical_phone(phone);
    let known = app.terminals.one(&text).is_some() || app.terminals.vehicle_of(&text).is_some();
    let parsed = Phone::parse(&text).ok().filter(|_| known);
    parsed.map(|parsed| (text, parsed)).ok_or_else(|| Problem::not_found("terminal"))
}

fn result(reply: &Reply) -> &'static str {
    match reply {
        Reply::Location(_) | Reply::Parameters(_) | Reply::Result(0) => "done",
        Reply::Result(2) => "bad",
        Reply::Result(3) => "unsupported",
        Reply::Result(_) => "failed",
    }
}

/// What the audit trail keeps of a command.
fn audited(command: &Command) -> Value {
    let parameters = |list: &[Parameter]| list.iter().map(parameter_json).map(|p| json!(p)).collect::<Vec<_>>();
    match command {
        Command::Locate => json!({"kind": "locate"}),
        Command::Track { interval_s, validity_s } => {
            json!({"kind": "track", "interval_s": interval_s, "validity_s": validity_s})
        }
        Command::ConfirmAlarm { serial, bits } => {
            json!({"kind": "confirm_alarm", "serial": serial, "alarm_bits": bits})
        }
        Command::Text(text) => json!({"kind": "text", "text": text.text, "urgent": text.urgent}),
        Command::SetParameters(list) => json!({"kind": "set_parameters", "parameters": parameters(list)}),
        Command::QueryParameters { ids } => json!({"kind": "query_parameters", "ids": ids}),
    }
}

/// The command, with everything in its range.
fn checked(asked: CommandJson) -> Result<Command, Problem> {
    Ok(match asked {
        CommandJson::Locate {} => Command::Locate,
        CommandJson::Track { interval_s: 0, validity_s: None } => Command::Track { interval_s: 0, validity_s: 0 },
        CommandJson::Track { interval_s: 0, validity_s: Some(given) } => {
            return Err(Problem::bad_value("validity_s", given, "absent when interval_s is 0"));
        }
        CommandJson::Track { interval_s, validity_s } => match validity_s {
            Some(validity_s @ 1..=MAX_VALIDITY_S) => Command::Track { interval_s, validity_s },
            other => return Err(Problem::bad_value("validity_s", json!(other), "a whole number from 1 to 86400")),
        },
        CommandJson::ConfirmAlarm { alarm_bits, .. } if alarm_bits == 0 || alarm_bits & !CONFIRMABLE_ALARMS != 0 => {
            return Err(Problem::bad_value("alarm_bits", alarm_bits, "some of the bits 0, 3, 20, 21, 22, 27 and 28"));
        }
        CommandJson::ConfirmAlarm { serial, alarm_bits } => {
            Command::ConfirmAlarm { serial: serial.unwrap_or(0), bits: alarm_bits }
        }
        CommandJson::Text { text, urgent, show, speak, text_type } => {
            let length = gbk_len(&text).filter(|length| (1..=MAX_TEXT_BYTES).contains(length));
            if length.is_none() || text.contains('\0') {
                return Err(Problem::bad_value(
                    "text",
                    text,
                    "1 to 1000 bytes of GBK, without characters outside of it",
                ));
            }
            let kind = match text_type {
                TextTypeJson::Notice => TextKind::Notice,
                TextTypeJson::Service => TextKind::Service,
            };
            let (show, speak) = (show.unwrap_or(true), speak.unwrap_or(true));
            Command::Text(Text { urgent, show, speak, kind, text })
        }
        CommandJson::SetParameters { parameters } => {
            if !(1..=MAX_PARAMETERS).contains(&parameters.len()) {
                return Err(Problem::bad_value("parameters", parameters.len(), "1 to 100 parameters"));
            }
            let read = |(index, one)| parameter_of(one).map_err(|problem| problem.at(format!("parameters[{index}]")));
            Command::SetParameters(parameters.iter().enumerate().map(read).collect::<Result<_, Problem>>()?)
        }
        CommandJson::QueryParameters { parameters } => {
            if parameters.len() > MAX_PARAMETERS {
                return Err(Problem::bad_value("parameters", parameters.len(), "at most 100 parameters"));
            }
            let id = |text: &String| parameter::id_of(text).or_else(|| number_of(text)).ok_or_else(|| unknown(text));
            Command::QueryParameters { ids: parameters.iter().map(id).collect::<Result<_, Problem>>()? }
        }
    })
}

fn unknown(name: &str) -> Problem {
    let limit = format!("a number such as 0x0055, or one of {}", parameter::names().collect::<Vec<_>>().join(", "));
    Problem::bad_value("parameters", name, limit)
}

fn number_of(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    (!digits.starts_with('+')).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

fn parameter_of(given: &ParameterJson) -> Result<Parameter, Problem> {
    match given {
        ParameterJson { id: None, name: Some(name), value: Some(value), hex: None } => {
            if parameter::id_of(name).is_none() {
                return Err(unknown(name));
            }
            let made = meanings(value).find_map(|meaning| Parameter::named(name, &meaning));
            made.ok_or_else(|| {
                let limit =
                    "a whole number, for overspeed_warning_kph one with a decimal, for forbidden_period HH:MM-HH:MM";
                Problem::bad_value("value", value.clone(), limit)
            })
        }
        ParameterJson { id: Some(id), name: None, value: None, hex: Some(digits) } => {
            let id = number_of(id).ok_or_else(|| unknown(id))?;
            let bytes = bytes_of(digits).filter(|bytes| bytes.len() <= 255);
            let bytes =
                bytes.ok_or_else(|| Problem::bad_value("hex", digits.as_str(), "0 to 255 bytes, hexadecimal"))?;
            Ok(Parameter { id, bytes })
        }
        _ => Err(Problem::bad_value("parameters", json!("…"), "either name and value, or id and hex")),
    }
}

/// Every way to read a value; the parameter knows which one it has.
fn meanings(value: &Value) -> impl Iterator<Item = Meaning> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok()).map(Meaning::Number);
    let tenths = value.as_f64().map(|number| number * 10.0).filter(|tenths| (0.0..=65_535.0).contains(tenths));
    let tenths = tenths.map(|tenths| Meaning::Tenths(tenths.round() as u16));
    let period = value.as_str().and_then(|text| {
        let (from, to) = text.split_once('-')?;
        Some(Meaning::Period { from_min: minutes_of(from)?, to_min: minutes_of(to)? })
    });
    [number, tenths, period].into_iter().flatten()
}

fn minutes_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| (digits.len() == 2).then(|| digits.parse::<u16>().ok()).flatten();
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let pair = |pair: &[u8]| Some(value(pair[0])? << 4 | value(pair[1])?);
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(pair).collect()).flatten()
}

fn parameter_json(parameter: &Parameter) -> ParameterJson {
    let value = parameter.meaning().map(|meaning| match meaning {
        Meaning::Number(number) => json!(number),
        Meaning::Tenths(tenths) => json!(f64::from(tenths) / 10.0),
        Meaning::Period { from_min: a, to_min: b } => {
            json!(format!("{:02}:{:02}-{:02}:{:02}", a / 60, a % 60, b / 60, b % 60))
        }
    });
    ParameterJson {
        id: Some(format!("0x{:04X}", parameter.id)),
        name: parameter.name().map(str::to_owned),
        value,
        hex: Some(hex(&parameter.bytes)),
    }
}

fn position(location: &Location) -> PositionJson {
    PositionJson {
        fixed_at: Time(location.fixed_at),
        lon: location.position.lon(),
        lat: location.position.lat(),
        fix_valid: location.is_fixed(),
        speed_kph: location.speed.map(|speed| speed.as_kph()),
        heading_deg: location.heading_deg,
        altitude_m: location.altitude_m,
        alarm_bits: location.alarm_bits,
        status_bits: location.status_bits,
    }
}

fn driver_card(seen: CardSeen) -> DriverCardJson {
    let driver = seen.card.driver;
    let (name, licence, agency, valid_to) = match driver {
        Some(driver) => (Some(driver.name), Some(driver.licence), Some(driver.agency), driver.valid_to),
        None => (None, None, None, None),
    };
    DriverCardJson {
        state: seen.card.state.map(CardState::name),
        at: seen.card.at.map(Time),
        received_at: Time(seen.received_at),
        read_result: seen.card.read_result,
        name,
        licence,
        agency,
        valid_to,
    }
}

fn problem_of(error: CommandError) -> (StatusCode, &'static str) {
    match error {
        CommandError::NotConnected => (StatusCode::CONFLICT, "terminal_offline"),
        CommandError::TooMany => (StatusCode::TOO_MANY_REQUESTS, "terminal_busy"),
        CommandError::TooLong => (StatusCode::BAD_REQUEST, "command_too_long"),
        CommandError::Unanswered => (StatusCode::GATEWAY_TIMEOUT, "terminal_silent"),
        CommandError::Lost => (StatusCode::GATEWAY_TIMEOUT, "terminal_lost"),
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Problem {
        let (status, code) = problem_of(error);
        Problem::new(status, code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Command, String> {
        let asked: CommandJson = serde_json::from_value(body).map_err(|error| error.to_string())?;
        checked(asked).map_err(|problem| problem.field.clone().unwrap_or_default())
    }

    #[test]
    fn every_kind_is_read() {
        assert_eq!(read(json!({"kind": "locate"})), Ok(Command::Locate));
        assert_eq!(
            read(json!({"kind": "track", "interval_s": 5, "validity_s": 600})),
            Ok(Command::Track { interval_s: 5, validity_s: 600 })
        );
        assert_eq!(
            read(json!({"kind": "confirm_alarm", "alarm_bits": 9})),
            Ok(Command::ConfirmAlarm { serial: 0, bits: 9 })
        );
        let text =
            Text { urgent: true, show: true, speak: false, kind: TextKind::Notice, text: "请靠边停车".into() };
        let asked = json!({"kind": "text", "text": "请靠边停车", "urgent": true, "speak": false});
        assert_eq!(read(asked), Ok(Command::Text(text)));
        assert_eq!(
            read(json!({"kind": "query_parameters", "parameters": ["max_speed_kph", "0x0013"]})),
            Ok(Command::QueryParameters { ids: vec![0x55, 0x13] })
        );
        let set = json!({"kind": "set_parameters", "parameters": [
            {"name": "max_speed_kph", "value": 80}, {"name": "overspeed_warning_kph", "value": 5.5},
            {"name": "forbidden_period", "value": "22:00-05:30"}, {"id": "0x0013", "hex": "6161"}]});
        let bytes = |id, bytes: &[u8]| Parameter { id, bytes: bytes.to_vec() };
        let expected =
            [bytes(0x55, &[0, 0, 0, 80]), bytes(0x5B, &[0, 55]), bytes(0x32, &[0x22, 0, 5, 0x30]), bytes(0x13, b"aa")];
        assert_eq!(read(set), Ok(Command::SetParameters(expected.to_vec())));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_field() {
        let parameters = |list: Value| json!({"kind": "set_parameters", "parameters": list});
        for (body, field) in [
            (json!({"kind": "track", "interval_s": 5}), "validity_s"),
            (json!({"kind": "track", "interval_s": 0, "validity_s": 5}), "validity_s"),
            (json!({"kind": "confirm_alarm", "alarm_bits": 2}), "alarm_bits"),
            (json!({"kind": "text", "text": ""}), "text"),
            (json!({"kind": "text", "text": "🚒"}), "text"),
            (json!({"kind": "text", "text": "停".repeat(501)}), "text"),
            (parameters(json!([])), "parameters"),
            (
                parameters(json!([{"name": "max_speed_kph", "value": 80}, {"name": "speed", "value": 1}])),
                "parameters[1]",
            ),
            (parameters(json!([{"name": "max_speed_kph", "value": "fast"}])), "parameters[0]"),
            (parameters(json!([{"name": "forbidden_period", "value": "22:00-24:00"}])), "parameters[0]"),
            (parameters(json!([{"id": "0x0013", "hex": "6"}])), "parameters[0]"),
            (parameters(json!([{"id": "0x0013", "value": 6}])), "parameters[0]"),
            (json!({"kind": "query_parameters", "parameters": ["speed"]}), "parameters"),
        ] {
            assert_eq!(read(body.clone()), Err(field.to_owned()), "{body}");
        }
        assert!(read(json!({"kind": "explode"})).is_err_and(|error| error.contains("unknown variant")));
        assert!(read(json!({"kind": "locate", "now": true})).is_err_and(|error| error.contains("unknown field")));
    }

    #[test]
    fn a_parameter_is_shown_as_it_is_asked_for() {
        let parameter = Parameter { id: 0x32, bytes: vec![0x22, 0, 5, 0x30] };
        let shown = parameter_json(&parameter);
        assert_eq!(
            json!(shown),
            json!({"id": "0x0032", "name": "forbidden_period", "value": "22:00-05:30", "hex": "22000530"})
        );
        let unknown = parameter_json(&Parameter { id: 0xF364, bytes: vec![1] });
        assert_eq!(json!(unknown), json!({"id": "0xF364", "hex": "01"}));
    }
}
