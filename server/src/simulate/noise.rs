//! How far a receiver's place is from the true one: a slow wandering and a small trembling, some metres together.
//!
//! Public traces show errors that stay for a minute and tails that are longer than a bell's (ROADS, finding 4: p99 36 m);
//! the demo is kinder than that, so that what its story tells is not drowned.

use super::driver::{Motion, Receiver};
use super::random::Random;
use cordon_spatial::geodesy::LocalScale;
use cordon_spatial::position::Position;

/// Deviation of the wandering in each direction, metres, and how long it lasts, seconds.
const WANDERING_M: f64 = 2.0;
const LASTS_S: f64 = 60.0;
/// Deviation of the trembling, metres.
const TREMBLING_M: f64 = 0.6;

/// The error of one receiver.
#[derive(Debug)]
pub(super) struct Noise {
    random: Random,
    wandering_m: [f64; 2],
    off_m: [f64; 2],
}

impl Noise {
    pub(super) fn new(mut random: Random) -> Noise {
        let wandering_m = [random.normal() * WANDERING_M, random.normal() * WANDERING_M];
        Noise { random, wandering_m, off_m: wandering_m }
    }

    /// So many seconds later.
    pub(super) fn go_on(&mut self, seconds: f64) {
        let keeps = (-seconds / LASTS_S).exp();
        let adds = WANDERING_M * (1.0 - keeps * keeps).sqrt();
        for (wandering, off) in self.wandering_m.iter_mut().zip(&mut self.off_m) {
            *wandering = *wandering * keeps + self.random.normal() * adds;
            *off = *wandering + self.random.normal() * TREMBLING_M;
        }
    }

    /// Where the receiver says that the vehicle is.
    pub(super) fn seen(&self, motion: &Motion) -> Position {
        let place = motion.place.position;
        if motion.receiver == Receiver::Stuck {
            return place;
        }
        let scale = LocalScale::at(place.lat_e7);
        let units = |metres: f64, unit_mm: f64| (metres * 1_000.0 / unit_mm) as i32;
        Position {
            lon_e7: place.lon_e7 + units(self.off_m[0], scale.lon_mm),
            lat_e7: place.lat_e7 + units(self.off_m[1], scale.lat_mm),
        }
    }
}
