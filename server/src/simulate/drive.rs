//! One vehicle on one line: how far it is, how fast, which way.

use super::driver::{Ignition, Motion, Receiver};
use super::lines::Line;
use super::random::Random;
use std::sync::Arc;

/// Metres per second in one km/h.
const KPH: f64 = 1.0 / 3.6;
/// What a loaded lorry does without hurry, metres per second squared.
const ACCELERATION: f64 = 0.8;
const BRAKING: f64 = 1.2;
/// Speed at which the very end is reached, metres per second.
const CREEP: f64 = 1.0;
/// Seconds of one step of the motion.
const STEP_S: f64 = 0.5;
/// Longest motion made up for at once, seconds: after a suspended machine the vehicle goes on from where it was.
const LONGEST_S: f64 = 600.0;

/// A vehicle that drives to and fro on an open line and round and round on a closed one, at 30 to 80 km/h.
#[derive(Debug)]
pub(super) struct Drive {
    line: Arc<Line>,
    random: Random,
    along_m: f64,
    forward: bool,
    speed_mps: f64,
    cruise_mps: f64,
    driven_m: f64,
}

impl Drive {
    /// Somewhere on the line, already moving.
    pub(super) fn begin(line: Arc<Line>, mut random: Random) -> Drive {
        let along_m = random.between(0.0, line.length_m());
        let forward = line.is_closed() || random.between(0.0, 1.0) < 0.5;
        let cruise_mps = cruise(&mut random);
        Drive { line, random, along_m, forward, speed_mps: 10.0 * KPH, cruise_mps, driven_m: 0.0 }
    }

    /// Drives on for so many seconds.
    pub(super) fn advance(&mut self, seconds: f64) {
        let mut left = seconds.min(LONGEST_S);
        while left > 0.0 {
            let step = left.min(STEP_S);
            self.step(step);
            left -= step;
        }
    }

    fn step(&mut self, seconds: f64) {
        let length = self.line.length_m();
        let ahead = if self.forward { length - self.along_m } else { self.along_m };
        let allowed = if self.line.is_closed() { f64::MAX } else { (2.0 * BRAKING * ahead.max(0.0)).sqrt().max(CREEP) };
        let wanted = self.cruise_mps.min(allowed);
        self.speed_mps = if wanted > self.speed_mps {
            wanted.min(self.speed_mps + ACCELERATION * seconds)
        } else {
            wanted.max(self.speed_mps - 1.5 * BRAKING * seconds)
        };
        let step_m = (self.speed_mps * seconds).min(ahead);
        self.driven_m += step_m;
        self.along_m += if self.forward { step_m } else { -step_m };
        if ahead - step_m > 1e-6 {
            return;
        }
        self.cruise_mps = cruise(&mut self.random);
        if self.line.is_closed() {
            self.along_m = 0.0;
        } else {
            self.forward = !self.forward;
            self.speed_mps = 0.0;
        }
    }

    /// Where it is.
    pub(super) fn motion(&self) -> Motion {
        let mut place = self.line.at(self.along_m);
        if !self.forward {
            place.bearing_deg = (place.bearing_deg + 180.0).rem_euclid(360.0);
        }
        Motion {
            place,
            speed_kph: self.speed_mps / KPH,
            driven_m: self.driven_m,
            ignition: Ignition::On,
            receiver: Receiver::Usual,
        }
    }
}

fn cruise(random: &mut Random) -> f64 {
    random.between(30.0, 80.0) * KPH
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;
    use super::*;
    use cordon_spatial::geodesy::distance;

    fn motions(seed: u64, seconds: usize) -> Vec<Motion> {
        let mut random = Random::new(seed, 0);
        let mut drive = Drive::begin(Lines::built_in().pick(&mut random), random.split());
        (0..seconds)
            .map(|_| {
                drive.advance(1.0);
                drive.motion()
            })
            .collect()
    }

    #[test]
    fn no_step_is_impossible_and_speed_is_what_was_driven() {
        for seed in 0..20 {
            for pair in motions(seed, 2000).windows(2) {
                let metres = distance(pair[0].place.position, pair[1].place.position).as_metres();
                assert!(metres <= 80.0 * KPH + 0.1, "seed {seed}: {metres} m in a second");
                assert!((0.0..=80.01).contains(&pair[1].speed_kph), "{pair:?}");
                let driven = pair[1].driven_m - pair[0].driven_m;
                assert!(metres <= driven + 0.1, "{metres} m of {driven} m driven");
            }
        }
    }

    #[test]
    fn it_turns_round_at_the_ends_and_gets_along() {
        for seed in 0..20 {
            let motions = motions(seed, 3000);
            let fast = motions.iter().filter(|motion| motion.speed_kph > 25.0).count();
            assert!(fast > 2000, "seed {seed}: fast in {fast} of 3000 s");
            let longest_stand =
                motions.chunk_by(|a, b| a.speed_kph < 2.0 && b.speed_kph < 2.0).map(<[Motion]>::len).max().unwrap_or(0);
            assert!(longest_stand < 30, "seed {seed}: stood {longest_stand} s");
        }
    }

    #[test]
    fn the_same_seed_drives_the_same_way() {
        assert_eq!(motions(7, 500), motions(7, 500));
        assert_ne!(motions(7, 500), motions(8, 500));
    }
}
