//! Vehicles that drive to and fro along a parallel through rectangular zones, second by second.
//!
//! Where they are at each second is known beforehand, and so is every visit: what the server says is compared with that.

use crate::http::Api;
use crate::jt808::Report;
use serde_json::{Value, json};

/// Where the test roads begin: 1e-6 degrees.
const LON_E6: i32 = 121_600_000;
const LAT_E6: i32 = 29_980_000;
/// Vehicles move so far each second: 1e-6 degrees of longitude, about 19.3 m (69 km/h).
const STEP_E6: i32 = 200;
/// A road is so many steps long, about 1.9 km, and is driven to and fro.
const STEPS: i64 = 100;
/// The zone on a road lies between these steps, each edge in the middle between two.
const ZONE_FROM: i64 = 40;
const ZONE_TO: i64 = 60;
/// Roads lie so far apart: 1e-6 degrees of latitude, about 1.1 km.
const APART_E6: i32 = 10_000;

/// A lane of its own for one vehicle, with one zone across it.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    /// Which lane, from 0.
    pub number: u32,
    /// When its vehicle begins: seconds since 1970.
    pub begin_s: i64,
}

impl Lane {
    /// Seconds since 1970, `hours` before now.
    pub fn hours_ago(hours: i64) -> i64 {
        jiff::Timestamp::now().as_second() - hours * 3_600
    }

    /// Where the vehicle is `second` seconds after it began.
    pub fn report(&self, second: i64) -> Report {
        let phase = second.rem_euclid(2 * STEPS);
        let (step, heading_deg) = if phase <= STEPS { (phase, 90) } else { (2 * STEPS - phase, 270) };
        Report {
            at_s: self.begin_s + second,
            lon_e6: LON_E6 + step as i32 * STEP_E6,
            lat_e6: self.lat_e6(),
            speed_dkph: 694,
            heading_deg,
        }
    }

    /// The first second at or after `second` at which the vehicle is at the beginning of its road, far outside.
    pub fn home_after(&self, second: i64) -> i64 {
        let lap = 2 * STEPS;
        (second + lap - 1).div_euclid(lap) * lap
    }

    /// Milliseconds since 1970 of each entry before `seconds` seconds passed: in the middle between two fixes.
    pub fn entries_ms(&self, seconds: i64) -> Vec<i64> {
        (0..seconds).filter(|&s| !inside(s) && inside(s + 1)).map(|s| (self.begin_s + s) * 1_000 + 500).collect()
    }

    /// The id of the zone across this lane.
    pub fn zone(&self) -> String {
        format!("lane-{}", self.number)
    }

    /// Puts the zone across this lane, with an enter rule of priority 2.
    #[track_caller]
    pub fn put_zone(&self, api: &Api) {
        let reply = api.put(&format!("/ogc/collections/zones/items/{}", self.zone()), &self.zone_feature());
        assert!(matches!(reply.status, 200 | 201 | 204), "{} {}", reply.status, reply.text());
    }

    /// The zone as a GeoJSON feature.
    pub fn zone_feature(&self) -> Value {
        let lon = |steps: f64| (f64::from(LON_E6) + steps * f64::from(STEP_E6)) / 1e6;
        let lat = |offset: i32| f64::from(self.lat_e6() + offset) / 1e6;
        let (west, east) = (lon(ZONE_FROM as f64 - 0.5), lon(ZONE_TO as f64 + 0.5));
        let (south, north) = (lat(-APART_E6 / 4), lat(APART_E6 / 4));
        json!({
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [
                [[west, south], [east, south], [east, north], [west, north], [west, south]]]},
            "properties": {
                "name": format!("Lane {}", self.number),
                "kind": "restricted",
                "level": "orange",
                "rules": [{"id": "no-entry", "when": "enter", "priority": 2}],
            },
        })
    }

    /// The phone of this lane's terminal.
    pub fn phone(&self) -> String {
        format!("139{:08}", self.number)
    }

    /// The plate of this lane's vehicle as people read it.
    pub fn plate(&self) -> String {
        format!("浙B{:05}", self.number)
    }

    /// The plate in GBK, as a terminal sends it.
    pub fn plate_gbk(&self) -> Vec<u8> {
        [&[0xd5, 0xe3][..], format!("B{:05}", self.number).as_bytes()].concat()
    }

    fn lat_e6(&self) -> i32 {
        LAT_E6 + self.number as i32 * APART_E6
    }
}

/// An instant of the API in milliseconds since 1970.
///
/// # Panics
/// When it is not written as RFC 3339 wants it.
#[track_caller]
pub fn unix_ms(instant: &Value) -> i64 {
    let text = instant.as_str().unwrap_or_else(|| panic!("{instant} is no instant"));
    text.parse::<jiff::Timestamp>().unwrap_or_else(|e| panic!("{text}: {e}")).as_millisecond()
}

/// Seconds since 1970 as the API takes them.
pub fn rfc3339(at_s: i64) -> String {
    jiff::Timestamp::from_second(at_s).expect("within the years of a calendar").to_string()
}

/// Whether a vehicle is in its lane's zone at this second.
fn inside(second: i64) -> bool {
    let phase = second.rem_euclid(2 * STEPS);
    let step = if phase <= STEPS { phase } else { 2 * STEPS - phase };
    (ZONE_FROM..=ZONE_TO).contains(&step)
}
