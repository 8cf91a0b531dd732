//! Where one fix is to one zone, for whoever asks about a zone that is only drawn: nothing of it is remembered.
//!
//! The law's own figures (ARCHITECTURE, "The path"): inside is certain at a depth of min(u, half the zone's reach), outside
//! at u from the boundary, u being the fix's accuracy. What the engine says of a kept zone may differ near the boundary,
//! because it knows whether the vehicle came in or went out.

use super::leg::accuracy;
use super::settings::Settings;
use crate::fix::Fix;
use crate::index::CellIndex;
use crate::onemap::reach;
use crate::units::Millimetres;
use crate::zone::{Bounds, Ground};

/// Where a fix is to a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whereabouts {
    /// In it.
    Inside,
    /// So near to its boundary that the fix does not tell.
    Uncertain,
    /// Elsewhere.
    Outside,
}

/// One zone's ground, made ready for many questions.
#[derive(Clone, Debug)]
pub struct Ruler {
    index: CellIndex,
    bounds: Option<Bounds>,
    reach: Millimetres,
    settings: Settings,
}

/// The only zone of the index.
const SLOT: u32 = 0;

impl Ruler {
    /// Cost: linear in the ground's vertices and in the cells that they touch.
    pub fn of(ground: &Ground, settings: Settings) -> Ruler {
        let index = CellIndex::default().with(&[(SLOT, ground)], &[]);
        Ruler { index, bounds: ground.bounds(), reach: reach(ground), settings }
    }

    /// Where a fix is. Cost: that of one place in an index.
    pub fn whereabouts(&self, fix: &Fix) -> Whereabouts {
        let accuracy = accuracy(fix, &self.settings);
        let mut covering = Vec::new();
        if self.bounds.is_some_and(|bounds| bounds.holds(fix.position)) {
            self.index.covering(fix.position, &mut covering);
        }
        let is_inside = !covering.is_empty();
        let need = if is_inside { accuracy.min(Millimetres(self.reach.0 / 2)) } else { accuracy };
        let near = self.index.boundary_within(SLOT, fix.position, Millimetres(need.0 - 1)).is_some();
        match (near, is_inside) {
            (true, _) => Whereabouts::Uncertain,
            (false, true) => Whereabouts::Inside,
            (false, false) => Whereabouts::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::{Marks, Source};
    use crate::ids::VehicleKey;
    use crate::position::Position;
    use crate::units::UnixMs;

    /// A square of about 1.1 km on the equator, whose west side is the zero meridian; metres east of it on its middle line.
    fn check(metres: i32, accuracy_dm: Option<u16>, expected: Whereabouts) {
        let corner = |lon_e7, lat_e7| Position { lon_e7, lat_e7 };
        let ring = vec![corner(0, 0), corner(100_000, 0), corner(100_000, 100_000), corner(0, 100_000)];
        let ruler = Ruler::of(&Ground { parts: vec![vec![ring]] }, Settings::default());
        let fix = Fix {
            vehicle: VehicleKey(1),
            fixed_at: UnixMs(0),
            received_at: UnixMs(0),
            // A unit of 1e-7 degree is 11.1 mm on the equator.
            position: corner(metres * 90, 50_000),
            speed: None,
            heading_deg: None,
            accuracy_dm,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks: Marks::empty(),
        };
        assert_eq!(ruler.whereabouts(&fix), expected, "{metres} m, accuracy {accuracy_dm:?} dm");
    }

    #[test]
    fn a_place_nearer_to_the_boundary_than_the_fix_is_accurate_is_uncertain() {
        check(20, None, Whereabouts::Inside);
        check(10, None, Whereabouts::Uncertain);
        check(-10, None, Whereabouts::Uncertain);
        check(-20, None, Whereabouts::Outside);
        check(10, Some(50), Whereabouts::Inside);
        check(40, Some(500), Whereabouts::Uncertain);
        check(-40, Some(500), Whereabouts::Uncertain);
        check(500, Some(20_000), Whereabouts::Inside);
        check(-1_000_000, None, Whereabouts::Outside);
    }
}
