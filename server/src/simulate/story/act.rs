//! A part of the story and who plays it: drives at set times, and what the terminal fails to do between.

use super::super::driver::{Ignition, Motion, Receiver};
use super::super::outage::Reach;
use super::super::road::Course;
use super::CYCLE_S;
use cordon_spatial::geodesy::LocalScale;
use cordon_spatial::units::UnixMs;
use std::sync::Arc;

/// What a part does in each cycle.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Act {
    drives: Vec<Drive>,
    faults: Vec<Fault>,
}

/// A drive that begins at a moment of the cycle. Before the first and after the last the vehicle stands where the last
/// ends, which is where the first begins.
#[derive(Clone, Debug)]
struct Drive {
    from_s: f64,
    course: Course,
}

/// What goes wrong with the terminal between two moments of the cycle.
#[derive(Clone, Copy, Debug)]
struct Fault {
    from_s: f64,
    to_s: f64,
    kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FaultKind {
    /// It says nothing, though its connection stays.
    Silent,
    /// It has no link: what it takes is delivered later.
    NoLink,
    /// It takes no fix.
    NoFix,
    /// It goes on reporting one place, with the speed of the vehicle.
    Stuck,
    /// Its receiver is so many metres too far north.
    Off { north_m: f64 },
}

impl Act {
    pub(super) fn new() -> Act {
        Act { drives: Vec::new(), faults: Vec::new() }
    }

    /// Drives along `course` from a moment of the cycle on.
    pub(super) fn drive(mut self, from_s: f64, course: Course) -> Act {
        self.drives.push(Drive { from_s, course });
        self
    }

    /// Something goes wrong between two moments of the cycle.
    pub(super) fn fault(mut self, from_s: f64, to_s: f64, kind: FaultKind) -> Act {
        self.faults.push(Fault { from_s, to_s, kind });
        self
    }

    /// Metres in a cycle.
    fn length_m(&self) -> f64 {
        self.drives.iter().map(|drive| drive.course.length_m()).sum()
    }

    fn fault_at(&self, phase_s: f64) -> Option<Fault> {
        self.faults.iter().copied().find(|fault| (fault.from_s..fault.to_s).contains(&phase_s))
    }

    fn motion(&self, phase_s: f64) -> Motion {
        let fault = self.fault_at(phase_s);
        let stuck_since = fault.filter(|fault| fault.kind == FaultKind::Stuck).map(|fault| fault.from_s);
        let mut motion = self.truth(phase_s);
        if let Some(since_s) = stuck_since {
            motion.place = self.truth(since_s).place;
            motion.speed_kph = motion.speed_kph.max(15.0);
            motion.receiver = Receiver::Stuck;
        }
        if let Some(FaultKind::Off { north_m }) = fault.map(|fault| fault.kind) {
            let scale = LocalScale::at(motion.place.position.lat_e7);
            motion.place.position.lat_e7 += (north_m * 1_000.0 / scale.lat_mm) as i32;
        }
        motion
    }

    /// Where the vehicle really is.
    fn truth(&self, phase_s: f64) -> Motion {
        let begun = self.drives.iter().take_while(|drive| drive.from_s <= phase_s).count();
        let driven_m: f64 = self.drives.iter().take(begun.saturating_sub(1)).map(|drive| drive.course.length_m()).sum();
        let (here, driven_m) = match (begun, self.drives.last()) {
            (1.., _) => {
                let drive = &self.drives[begun - 1];
                let here = drive.course.at(phase_s - drive.from_s);
                (here, driven_m + here.along_m)
            }
            (0, Some(last)) => (last.course.at(f64::MAX), 0.0),
            (0, None) => unreachable!("every part drives"),
        };
        Motion {
            place: here.place,
            speed_kph: here.speed_kph,
            driven_m,
            ignition: Ignition::On,
            receiver: Receiver::Usual,
        }
    }

    fn reach(&self, phase_s: f64) -> Reach {
        match self.fault_at(phase_s).map(|fault| fault.kind) {
            Some(FaultKind::Silent) => Reach::Silent,
            Some(FaultKind::NoLink) => Reach::BlindArea,
            _ => Reach::Full,
        }
    }

    /// Seconds until the reach may change next; `None` when it never does.
    fn reach_changes_in(&self, phase_s: f64) -> Option<f64> {
        let ends = self
            .faults
            .iter()
            .filter(|fault| matches!(fault.kind, FaultKind::Silent | FaultKind::NoLink))
            .flat_map(|fault| [fault.from_s, fault.to_s]);
        let until = |end: f64| (end - phase_s).rem_euclid(f64::from(CYCLE_S));
        ends.map(until).map(|s| if s > 0.0 { s } else { f64::from(CYCLE_S) }).min_by(f64::total_cmp)
    }

    /// Whether its drives fit into a cycle, one after the other, and each begins where the one before ends.
    #[cfg(test)]
    pub(super) fn check(&self, part: cordon_data::park::fleet::StoryPart) {
        let after = self.drives.iter().skip(1).chain(self.drives.first());
        for (drive, next) in self.drives.iter().zip(after) {
            let ends = drive.from_s + drive.course.duration_s();
            let next_from = if next.from_s > drive.from_s { next.from_s } else { next.from_s + f64::from(CYCLE_S) };
            assert!(ends <= next_from, "{part:?}: a drive ends at {ends:.0} s, the next begins at {next_from:.0} s");
            let (a, b) = (drive.course.at(f64::MAX).place.position, next.course.at(0.0).place.position);
            assert_eq!(a, b, "{part:?}: the drive of {:.0} s begins elsewhere than the one before ends", next.from_s);
        }
    }
}

/// Who plays a part.
#[derive(Debug)]
pub(in crate::simulate) struct Actor {
    act: Arc<Act>,
    /// When the story began.
    epoch: UnixMs,
    at: UnixMs,
}

impl Actor {
    pub(in crate::simulate) fn new(act: Act, epoch: UnixMs) -> Actor {
        Actor { act: Arc::new(act), epoch, at: epoch }
    }

    pub(in crate::simulate) fn go_on(&mut self, at: UnixMs) {
        self.at = at;
    }

    pub(in crate::simulate) fn report(&self) -> Option<Motion> {
        let fault = self.act.fault_at(self.phase_s(self.at));
        let takes_none = fault.is_some_and(|fault| fault.kind == FaultKind::NoFix);
        (!takes_none).then(|| self.motion())
    }

    pub(in crate::simulate) fn motion(&self) -> Motion {
        let mut motion = self.act.motion(self.phase_s(self.at));
        let cycles = (self.at - self.epoch).0.div_euclid(i64::from(CYCLE_S) * 1_000);
        motion.driven_m += cycles.max(0) as f64 * self.act.length_m();
        motion
    }

    pub(in crate::simulate) fn reach(&self, at: UnixMs) -> Reach {
        self.act.reach(self.phase_s(at))
    }

    pub(in crate::simulate) fn reach_changes_at(&self, at: UnixMs) -> Option<UnixMs> {
        let in_s = self.act.reach_changes_in(self.phase_s(at))?;
        Some(UnixMs(at.0 + (in_s * 1_000.0).ceil() as i64))
    }

    fn phase_s(&self, at: UnixMs) -> f64 {
        ((at - self.epoch).0 as f64 / 1_000.0).rem_euclid(f64::from(CYCLE_S))
    }
}
