//! The layers that a console switches vehicles with: their class, and what they do. The console draws by the same
//! (`web/src/map/vehicle-look.ts`), so that a view of counts hides what a view of single vehicles hides.

use super::codec::{IN_ALARM, SILENT, STALE};
use cordon_spatial::fix::Fix;
use cordon_spatial::vehicle::VehicleClass;
use serde::Deserialize;

/// Below this a vehicle stands: slower is the noise of its receiver. In 0.1 km/h.
const STANDS_BELOW: u16 = 30;

/// One of the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Vehicles of whose class nothing is known.
    Unknown,
    /// With dangerous goods.
    Hazmat,
    /// With other goods.
    Goods,
    /// Ordinary ones.
    Ordinary,
    /// Of residents.
    Resident,
    /// On emergency duty.
    Emergency,
    /// What drives.
    Moving,
    /// What stands, and what does not say whether it does.
    Standing,
    /// What has not reported for a while.
    Quiet,
}

/// How many classes there are, the unknown one among them.
const CLASSES: usize = 6;
/// How many states there are.
const STATES: usize = 3;

/// Which layers a console hides; what is in alarm is shown all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden(u16);

impl Hidden {
    /// Hides these.
    pub fn these(layers: &[Layer]) -> Hidden {
        Hidden(layers.iter().fold(0, |bits, layer| bits | 1 << *layer as u16))
    }

    fn hides(self, layer: usize) -> bool {
        self.0 >> layer & 1 == 1
    }
}

/// Class and state of a vehicle, and whether it is in alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    class: u8,
    state: u8,
    alarmed: bool,
}

impl Sort {
    /// Of a vehicle of this class with this last fix and these flags of a frame.
    pub fn of(class: Option<VehicleClass>, fix: &Fix, flags: u8) -> Sort {
        let class = class.map_or(Layer::Unknown, |class| match class {
            VehicleClass::Hazmat => Layer::Hazmat,
            VehicleClass::Goods => Layer::Goods,
            VehicleClass::Ordinary => Layer::Ordinary,
            VehicleClass::Resident => Layer::Resident,
            VehicleClass::Emergency => Layer::Emergency,
        });
        let drives = fix.heading_deg.is_some() && fix.speed.is_some_and(|speed| speed.0 >= STANDS_BELOW);
        let state = match flags & (SILENT | STALE) {
            0 if drives => Layer::Moving,
            0 => Layer::Standing,
            _ => Layer::Quiet,
        };
        Sort { class: class as u8, state: state as u8 - CLASSES as u8, alarmed: flags & IN_ALARM != 0 }
    }
}

/// How many vehicles of each sort there are in one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    calm: [[u32; STATES]; CLASSES],
    /// How many are in alarm.
    pub alarmed: u32,
}

impl Count {
    /// One more of a sort.
    pub fn add(&mut self, sort: Sort) {
        *self.of(sort) += 1;
    }

    /// One fewer of a sort.
    pub fn take(&mut self, sort: Sort) {
        *self.of(sort) -= 1;
    }

    /// How many there are.
    pub fn all(&self) -> u32 {
        self.shown(Hidden::default())
    }

    /// How many there are beside those that are hidden.
    pub fn shown(&self, hidden: Hidden) -> u32 {
        let classes = self.calm.iter().enumerate().filter(|(class, _)| !hidden.hides(*class));
        let states = classes.flat_map(|(_, states)| states.iter().enumerate());
        let calm: u32 = states.filter(|(state, _)| !hidden.hides(CLASSES + *state)).map(|(_, count)| count).sum();
        calm + self.alarmed
    }

    fn of(&mut self, sort: Sort) -> &mut u32 {
        if sort.alarmed {
            return &mut self.alarmed;
        }
        &mut self.calm[usize::from(sort.class)][usize::from(sort.state)]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use cordon_spatial::fix::{Marks, Source};
    use cordon_spatial::ids::VehicleKey;
    use cordon_spatial::position::Position;
    use cordon_spatial::units::{DeciKph, UnixMs};

    /// A sort of which nothing but the alarm matters.
    pub(in super::super) fn any(alarmed: bool) -> Sort {
        Sort { class: 0, state: 0, alarmed }
    }

    fn fix(speed: Option<u16>, heading_deg: Option<u16>) -> Fix {
        Fix {
            vehicle: VehicleKey(1),
            fixed_at: UnixMs(0),
            received_at: UnixMs(0),
            position: Position { lon_e7: 0, lat_e7: 0 },
            speed: speed.map(DeciKph),
            heading_deg,
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: None,
            source: Source::Http,
            marks: Marks::empty(),
        }
    }

    #[test]
    fn a_vehicle_is_hidden_by_its_class_or_by_what_it_does_and_never_in_alarm() {
        let truck = |flags| Sort::of(Some(VehicleClass::Hazmat), &fix(Some(400), Some(90)), flags);
        let cases: [(Sort, &[Layer], u32); 12] = [
            (truck(0), &[], 1),
            (truck(0), &[Layer::Hazmat], 0),
            (truck(0), &[Layer::Moving], 0),
            (truck(0), &[Layer::Goods, Layer::Standing, Layer::Quiet], 1),
            (truck(IN_ALARM), &[Layer::Hazmat, Layer::Moving], 1),
            (truck(STALE), &[Layer::Moving], 1),
            (truck(SILENT), &[Layer::Quiet], 0),
            (Sort::of(None, &fix(Some(29), Some(90)), 0), &[Layer::Standing], 0),
            (Sort::of(None, &fix(Some(29), Some(90)), 0), &[Layer::Unknown], 0),
            (Sort::of(None, &fix(None, Some(90)), 0), &[Layer::Standing], 0),
            (Sort::of(None, &fix(Some(400), None), 0), &[Layer::Standing], 0),
            (Sort::of(Some(VehicleClass::Emergency), &fix(Some(30), Some(0)), 0), &[Layer::Emergency], 0),
        ];
        for (sort, hidden, expected) in cases {
            let mut count = Count::default();
            count.add(sort);
            assert_eq!((count.shown(Hidden::these(hidden)), count.all()), (expected, 1), "{sort:?} without {hidden:?}");
            count.take(sort);
            assert_eq!(count, Count::default());
        }
    }
}
