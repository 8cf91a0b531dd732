//! Terminals that showed up, and their approval by an administrator.

use super::body::Json;
use super::problem::{Problem, ProblemJson};
use super::wire::{Page, Time};
use super::{App, AppState};
use crate::auth::Identity;
use crate::gateway::jt808::phone::Phone;
use axum::extract::{Path, State};
use axum::{Extension, Json as JsonAnswer};
use cordon_data::store::Terminal;
use cordon_spatial::ids::FeatureId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A terminal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerminalJson {
    /// Digits without leading zeros.
    pub phone: String,
    /// Whether it may speak for a vehicle.
    pub approved: bool,
    /// Id of that vehicle.
    pub vehicle: Option<String>,
    /// Plate as registered.
    pub plate: Option<String>,
    /// Plate colour as registered (JT/T 697.7).
    pub plate_colour: Option<u8>,
    /// Maker and model as registered.
    pub model: Option<String>,
    /// IMEI since the server started (2019).
    pub imei: Option<String>,
    /// The maker's id since the server started, of a terminal that registered.
    pub terminal_id: Option<String>,
    /// Whether the last sign-on named another device than the first one since the server started. Approving the terminal
    /// again accepts the device.
    pub device_differs: bool,
    /// Whether it is connected.
    pub connected: bool,
    /// First contact.
    pub first_seen_at: Time,
}

/// How a terminal is approved.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// Id of the vehicle that carries it; absent = a new vehicle is made from its registration.
    pub vehicle: Option<String>,
}

/// Every terminal that ever showed up, by phone.
#[utoipa::path(get, path = "/api/terminals", tag = "terminals", responses((status = 200, body = Page<TerminalJson>)))]
pub async fn list(State(app): AppState) -> JsonAnswer<Page<TerminalJson>> {
    let items = app.terminals.all().into_iter().map(|terminal| json(&app, terminal)).collect();
    JsonAnswer(Page { items, next: None })
}

/// Approve a terminal.
#[utoipa::path(post, path = "/api/terminals/{phone}/approve", tag = "terminals", params(("phone" = String, Path)),
    request_body = Approve,
    responses((status = 200, body = TerminalJson), (status = 404, body = ProblemJson), (status = 409, body = ProblemJson)))]
pub async fn approve(
    State(app): AppState,
    Extension(identity): Extension<Identity>,
    Path(phone): Path<String>,
    Json(Approve { vehicle }): Json<Approve>,
) -> Result<JsonAnswer<TerminalJson>, Problem> {
    let vehicle = match vehicle {
        Some(id) => {
            Some(FeatureId::new(id.clone()).map_err(|error| Problem::bad_value("vehicle", id, error.to_string()))?)
        }
        None => None,
    };
    let terminal = app.terminals.approve(&identity.name, &phone, vehicle.as_ref()).await?;
    Ok(JsonAnswer(json(&app, terminal)))
}

fn json(app: &App, terminal: Terminal) -> TerminalJson {
    let vehicle = app.terminals.vehicle_of(&terminal.phone);
    let device = app.terminals.device(&terminal.phone);
    TerminalJson {
        imei: device.imei,
        terminal_id: device.terminal_id,
        device_differs: device.differs,
        connected: Phone::parse(&terminal.phone).is_ok_and(|phone| app.gateway.is_online(phone)),
        approved: vehicle.is_some(),
        vehicle: vehicle.and_then(|key| app.terminals.vehicle_id(key)),
        phone: terminal.phone,
        plate: terminal.plate,
        plate_colour: terminal.plate_colour,
        model: terminal.model,
        first_seen_at: Time(terminal.first_seen_at),
    }
}
