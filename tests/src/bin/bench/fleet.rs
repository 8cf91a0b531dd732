//! Vehicles of a bench: each wanders about a box and says so in JT/T 808 frames, as cheaply as possible, because the
//! bench shares the machine with the server.

use cordon_tests::random::Random;

/// The box of the bench: one degree by one degree.
pub const WEST: f64 = 120.5;
/// Its south side.
pub const SOUTH: f64 = 30.0;

/// One vehicle.
pub struct Vehicle {
    lon: f64,
    lat: f64,
    heading: f64,
    turn: f64,
    at_s: i64,
    serial: u16,
    phone: [u8; 6],
}

/// Degrees that a vehicle moves in one report: one second at about 60 km/h.
const STEP: f64 = 0.000_15;

impl Vehicle {
    /// Vehicle `number`, whose first report is of `at_s`.
    pub fn new(number: u32, at_s: i64, random: &mut Random) -> Vehicle {
        let mut part = || random.below(1_000_000) as f64 / 1e6;
        let digits = phone(number);
        let mut bcd = [0; 6];
        for (byte, pair) in bcd.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = ((pair[0] - b'0') << 4) | (pair[1] - b'0');
        }
        Vehicle {
            lon: WEST + part(),
            lat: SOUTH + part(),
            heading: part() * std::f64::consts::TAU,
            turn: (part() - 0.5) * 0.02,
            at_s,
            serial: 1_000,
            phone: bcd,
        }
    }

    /// Drives on for a second; where it is then, degrees, and when that is, seconds since 1970.
    pub fn drive(&mut self) -> (f64, f64, i64) {
        self.at_s += 1;
        self.heading += self.turn;
        let (sin, cos) = self.heading.sin_cos();
        self.lon += cos * STEP;
        self.lat += sin * STEP;
        if !(WEST..WEST + 1.0).contains(&self.lon) || !(SOUTH..SOUTH + 1.0).contains(&self.lat) {
            self.heading += std::f64::consts::PI;
            self.lon = self.lon.clamp(WEST, WEST + 1.0);
            self.lat = self.lat.clamp(SOUTH, SOUTH + 1.0);
        }
        (self.lon, self.lat, self.at_s)
    }

    /// Drives on for a second and appends the report of it as a frame. Returns its serial.
    pub fn report(&mut self, out: &mut Vec<u8>) -> u16 {
        self.drive();
        self.serial = self.serial.wrapping_add(1);
        let mut raw = [0_u8; 41];
        raw[0..2].copy_from_slice(&0x0200_u16.to_be_bytes());
        raw[2..4].copy_from_slice(&28_u16.to_be_bytes());
        raw[4..10].copy_from_slice(&self.phone);
        raw[10..12].copy_from_slice(&self.serial.to_be_bytes());
        raw[16..20].copy_from_slice(&3_u32.to_be_bytes());
        raw[20..24].copy_from_slice(&((self.lat * 1e6) as u32).to_be_bytes());
        raw[24..28].copy_from_slice(&((self.lon * 1e6) as u32).to_be_bytes());
        raw[30..32].copy_from_slice(&600_u16.to_be_bytes());
        raw[34..40].copy_from_slice(&bcd_time(self.at_s));
        raw[40] = raw[..40].iter().fold(0, |check, byte| check ^ byte);
        out.push(0x7E);
        for byte in raw {
            match byte {
                0x7E => out.extend_from_slice(&[0x7D, 0x02]),
                0x7D => out.extend_from_slice(&[0x7D, 0x01]),
                other => out.push(other),
            }
        }
        out.push(0x7E);
        self.serial
    }
}

/// The phone of vehicle `number`, twelve digits.
pub fn phone(number: u32) -> String {
    format!("0138{number:08}")
}

/// YYMMDDhhmmss in GMT+8 as BCD; civil date from days after Howard Hinnant, "chrono-compatible low-level date algorithms".
fn bcd_time(at_s: i64) -> [u8; 6] {
    let local = at_s + 8 * 3_600;
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year % 100, month, day, second / 3_600, second / 60 % 60, second % 60].map(|n| ((n / 10 * 16) + n % 10) as u8)
}
