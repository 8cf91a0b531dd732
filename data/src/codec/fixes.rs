//! Fixes as columns: each field of all fixes together, as differences to the fix before, so that they compress well.

use super::Unreadable;
use super::varint::{Input, put_signed};
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::position::Position;
use cordon_spatial::units::{DeciKph, UnixMs};

/// Added to an altitude that is given, so that 0 can say "not given".
const ALTITUDE_BIAS: i64 = 40_000;

/// Appends the columns of `fixes`; their number is for the caller to keep.
pub(super) fn put(out: &mut Vec<u8>, fixes: &[&Fix]) {
    out.reserve(fixes.len() * 24);
    column(out, fixes, |f| i64::from(f.vehicle.0));
    column(out, fixes, |f| f.fixed_at.0);
    column(out, fixes, |f| f.received_at.0);
    column(out, fixes, |f| i64::from(f.position.lon_e7));
    column(out, fixes, |f| i64::from(f.position.lat_e7));
    column(out, fixes, |f| f.speed.map_or(0, |speed| i64::from(speed.0) + 1));
    column(out, fixes, |f| f.heading_deg.map_or(0, |heading| i64::from(heading) + 1));
    column(out, fixes, |f| f.accuracy_dm.map_or(0, |accuracy| i64::from(accuracy) + 1));
    column(out, fixes, |f| f.altitude_m.map_or(0, |altitude| i64::from(altitude) + ALTITUDE_BIAS));
    column(out, fixes, |f| i64::from(f.status_bits));
    column(out, fixes, |f| i64::from(f.alarm_bits));
    column(out, fixes, |f| f.acc_on.map_or(0, |on| i64::from(on) + 1));
    column(out, fixes, |f| f.source as i64);
    column(out, fixes, |f| i64::from(f.marks.bits()));
}

fn column(out: &mut Vec<u8>, fixes: &[&Fix], field: impl Fn(&Fix) -> i64) {
    let mut last = 0i64;
    for fix in fixes {
        let value = field(fix);
        put_signed(out, value.wrapping_sub(last));
        last = value;
    }
}

/// Reads `count` fixes of [`put`].
pub(super) fn get(input: &mut Input<'_>, count: usize) -> Result<Vec<Fix>, Unreadable> {
    // Each fix takes at least one byte in each of fourteen columns.
    if count > input.left() / 14 {
        return Err(Unreadable::because(format!("{count} fixes do not fit into {} bytes", input.left())));
    }
    let blank = Fix {
        vehicle: VehicleKey(0),
        fixed_at: UnixMs(0),
        received_at: UnixMs(0),
        position: Position { lon_e7: 0, lat_e7: 0 },
        speed: None,
        heading_deg: None,
        accuracy_dm: None,
        altitude_m: None,
        status_bits: 0,
        alarm_bits: 0,
        acc_on: None,
        source: Source::Http,
        marks: Marks::empty(),
    };
    let mut fixes = vec![blank; count];
    let all = &mut fixes;
    fill(input, all, whole, |f, v| f.vehicle = VehicleKey(v))?;
    fill(input, all, whole, |f, v| f.fixed_at = UnixMs(v))?;
    fill(input, all, whole, |f, v| f.received_at = UnixMs(v))?;
    fill(input, all, whole, |f, v| f.position.lon_e7 = v)?;
    fill(input, all, whole, |f, v| f.position.lat_e7 = v)?;
    fill(input, all, |v| given(v, 1), |f, v| f.speed = v.map(DeciKph))?;
    fill(input, all, |v| given(v, 1), |f, v| f.heading_deg = v)?;
    fill(input, all, |v| given(v, 1), |f, v| f.accuracy_dm = v)?;
    fill(input, all, |v| given(v, ALTITUDE_BIAS), |f, v| f.altitude_m = v)?;
    fill(input, all, whole, |f, v| f.status_bits = v)?;
    fill(input, all, whole, |f, v| f.alarm_bits = v)?;
    fill(input, all, |v| given::<u8>(v, 1), |f, v| f.acc_on = v.map(|on| on != 0))?;
    fill(input, all, source, |f, v| f.source = v)?;
    fill(input, all, whole, |f, v| f.marks = Marks::from_bits_retain(v))?;
    Ok(fixes)
}

/// Sets one field of every fix to what `read` makes of its value; an error when it makes nothing of it.
fn fill<T>(
    input: &mut Input<'_>,
    fixes: &mut [Fix],
    read: impl Fn(i64) -> Option<T>,
    set: impl Fn(&mut Fix, T),
) -> Result<(), Unreadable> {
    let mut value = 0i64;
    for fix in fixes {
        value = value.wrapping_add(input.signed()?);
        set(fix, read(value).ok_or_else(|| Unreadable::because("a field of a fix is out of range"))?);
    }
    Ok(())
}

/// A number that must fit its field.
fn whole<T: TryFrom<i64>>(value: i64) -> Option<T> {
    T::try_from(value).ok()
}

/// A value that was biased so that 0 says "not given"; `None` when it does not fit.
fn given<T: TryFrom<i64>>(value: i64, bias: i64) -> Option<Option<T>> {
    if value == 0 { Some(None) } else { T::try_from(value - bias).ok().map(Some) }
}

fn source(value: i64) -> Option<Source> {
    match value {
        0 => Some(Source::Http),
        1 => Some(Source::Jt808),
        2 => Some(Source::OsmAnd),
        _ => None,
    }
}

/// A vehicle's fixes with their places in the journal, ascending, as one piece of track.
pub fn put_track(out: &mut Vec<u8>, fixes: &[(u64, Fix)]) {
    super::varint::put(out, fixes.len() as u64);
    let mut last = 0u64;
    for (position, _) in fixes {
        super::varint::put(out, position.wrapping_sub(last));
        last = *position;
    }
    let fixes: Vec<&Fix> = fixes.iter().map(|(_, fix)| fix).collect();
    put(out, &fixes);
}

/// Reads a piece of [`put_track`].
pub fn get_track(plain: &[u8]) -> Result<Vec<(u64, Fix)>, Unreadable> {
    let mut input = Input::new(plain);
    let count: usize = input.fitting()?;
    if count > input.left() {
        return Err(Unreadable::because(format!("{count} fixes do not fit into {} bytes", input.left())));
    }
    let mut positions = Vec::with_capacity(count);
    let mut last = 0u64;
    for _ in 0..count {
        last = last.wrapping_add(input.number()?);
        positions.push(last);
    }
    Ok(positions.into_iter().zip(get(&mut input, count)?).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two fixes at places 5 and 900 of the journal, as the first release wrote them.
    const PIECE: &str = "0205ff060e0080c09edbc068a09c01f8ca9edbc06800faa9bb860900c088eba90200d006cf06a004000000f8f0040006\
        00000004000201801000";

    #[test]
    fn a_piece_of_the_first_release_is_read_with_the_place_of_every_fix() {
        let bytes: Vec<u8> = (0..PIECE.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&PIECE[i..i + 2], 16).expect("hexadecimal digits"))
            .collect();
        let first = Fix {
            vehicle: VehicleKey(7),
            fixed_at: UnixMs(1_795_392_000_000),
            received_at: UnixMs(1_795_392_000_700),
            position: Position { lon_e7: 1_214_737_021, lat_e7: 312_304_160 },
            speed: Some(DeciKph(423)),
            heading_deg: Some(271),
            accuracy_dm: None,
            altitude_m: Some(-4),
            status_bits: 3,
            alarm_bits: 0,
            acc_on: Some(true),
            source: Source::Jt808,
            marks: Marks::BLIND_AREA,
        };
        let second = Fix { fixed_at: UnixMs(1_795_392_010_000), speed: None, source: Source::Http, ..first };
        let piece = vec![(5, first), (900, second)];
        let mut written = Vec::new();
        put_track(&mut written, &piece);
        assert_eq!(written, bytes);
        assert_eq!(get_track(&bytes), Ok(piece));
    }
}
