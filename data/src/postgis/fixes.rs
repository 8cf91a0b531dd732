//! Fixes as rows: sent by `COPY` in its binary form, one table a day of receiving, read back by vehicle where they are
//! not cut into tracks yet.

use super::connection::On;
use super::copy::Rows;
use super::failure::damaged;
use super::rows::{get, number, signed, unsigned};
use crate::placed::Placed;
use crate::store::StoreError;
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, UnixMs};
use postgres::{GenericClient, Row};
use std::ops::RangeInclusive;

/// The columns in the order in which they are sent and read.
const COLUMNS: &str = "vehicle, fixed_ms, received_ms, position, lon_e7, lat_e7, speed_dkph, heading_deg, accuracy_dm, \
                       altitude_m, status_bits, alarm_bits, acc_on, source, marks";
const COUNT: i16 = 15;

const DAY_MS: i64 = 86_400_000;
/// Days for which tables are made ahead, so that one day without a maker costs nothing.
const DAYS_AHEAD: i64 = 2;

/// The day of a time, in days since 1970, UTC.
pub(super) fn day_of(at: UnixMs) -> i64 {
    at.0.div_euclid(DAY_MS)
}

/// Makes the tables for a day and those after it where they are missing.
pub(super) fn make_days(on: &mut On<'_, impl GenericClient>, day: i64) -> Result<(), StoreError> {
    // Times of a broken clock have a table of their own.
    let is_usual = (0..200 * 366).contains(&day);
    if is_usual {
        on.first("SELECT make_fix_days($1, $2)", &[&day, &(day + DAYS_AHEAD)], |_| Ok(()))?;
    }
    Ok(())
}

/// Sends fixes with their places.
pub(super) fn copy(on: &mut On<'_, impl GenericClient>, fixes: &[Placed]) -> Result<(), StoreError> {
    if fixes.is_empty() {
        return Ok(());
    }
    on.copy(&format!("COPY fixes ({COLUMNS}) FROM STDIN BINARY"), &binary(fixes))
}

/// Rows in the binary form of `COPY`.
fn binary(fixes: &[Placed]) -> Vec<u8> {
    let mut rows = Rows::with_room(fixes.len() * 150);
    for (position, fix) in fixes {
        rows.begin(COUNT);
        let mut put = |column: Option<&[u8]>| rows.put(column);
        put(Some(&i64::from(fix.vehicle.0).to_be_bytes()));
        put(Some(&fix.fixed_at.0.to_be_bytes()));
        put(Some(&fix.received_at.0.to_be_bytes()));
        put(Some(&signed(*position).to_be_bytes()));
        put(Some(&fix.position.lon_e7.to_be_bytes()));
        put(Some(&fix.position.lat_e7.to_be_bytes()));
        put(fix.speed.map(|speed| i32::from(speed.0).to_be_bytes()).as_ref().map(<[u8; 4]>::as_slice));
        put(fix.heading_deg.map(|heading| i32::from(heading).to_be_bytes()).as_ref().map(<[u8; 4]>::as_slice));
        put(fix.accuracy_dm.map(|accuracy| i32::from(accuracy).to_be_bytes()).as_ref().map(<[u8; 4]>::as_slice));
        put(fix.altitude_m.map(i16::to_be_bytes).as_ref().map(<[u8; 2]>::as_slice));
        put(Some(&i64::from(fix.status_bits).to_be_bytes()));
        put(Some(&i64::from(fix.alarm_bits).to_be_bytes()));
        put(fix.acc_on.map(|on| [u8::from(on)]).as_ref().map(<[u8; 1]>::as_slice));
        put(Some(&(fix.source as i16).to_be_bytes()));
        put(Some(&i32::from(fix.marks.bits()).to_be_bytes()));
    }
    rows.finish()
}

fn placed(row: &Row) -> Result<Placed, StoreError> {
    let small = |column: usize| -> Result<Option<u16>, StoreError> {
        let number = get::<Option<i32>>(row, column)?;
        number
            .map(|n| u16::try_from(n).map_err(|_| damaged("a fix", format!("{n} in a column of 16 bits"))))
            .transpose()
    };
    let source = match get::<i16>(row, 13)? {
        0 => Source::Http,
        1 => Source::Jt808,
        2 => Source::OsmAnd,
        other => return Err(damaged("a fix", format!("source {other} is not known"))),
    };
    let fix = Fix {
        vehicle: VehicleKey(unsigned(row, 0)?),
        fixed_at: UnixMs(get(row, 1)?),
        received_at: UnixMs(get(row, 2)?),
        position: Position { lon_e7: get(row, 4)?, lat_e7: get(row, 5)? },
        speed: small(6)?.map(DeciKph),
        heading_deg: small(7)?,
        accuracy_dm: small(8)?,
        altitude_m: get(row, 9)?,
        status_bits: unsigned(row, 10)?,
        alarm_bits: unsigned(row, 11)?,
        acc_on: get(row, 12)?,
        source,
        marks: Marks::from_bits_retain(get::<i32>(row, 14)? as u16),
    };
    Ok((get::<i64>(row, 3)? as u64, fix))
}

/// A vehicle's rows of these times that were journalled after one place and up to another and received since a time, ms, in no order.
///
/// Time and place are looked at in the index alone: what was journalled before costs no page of the table. Days before
/// `received_since` are not looked into at all.
pub(super) fn rows(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    times: &RangeInclusive<UnixMs>,
    places: &RangeInclusive<u64>,
    received_since: i64,
) -> Result<Vec<Placed>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM fixes
         WHERE vehicle = $1 AND fixed_ms BETWEEN $2 AND $3 AND position BETWEEN $4 AND $5 AND received_ms >= $6"
    );
    let (first, last) = (signed(*places.start()), signed(*places.end()));
    on.all(&sql, &[&i64::from(vehicle.0), &times.start().0, &times.end().0, &first, &last, &received_since], placed)
}

/// When the first of a vehicle's rows at or after a time was taken.
pub(super) fn first_since(
    on: &mut On<'_, impl GenericClient>,
    vehicle: VehicleKey,
    since: UnixMs,
) -> Result<Option<UnixMs>, StoreError> {
    let sql = "SELECT fixed_ms FROM fixes WHERE vehicle = $1 AND fixed_ms >= $2 ORDER BY fixed_ms LIMIT 1";
    Ok(on.first(sql, &[&i64::from(vehicle.0), &since.0], number)?.map(UnixMs))
}
