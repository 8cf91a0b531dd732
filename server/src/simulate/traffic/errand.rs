//! What each kind of vehicle goes for: where it belongs, where it goes next, how long it stays.

use super::super::driver::Ignition;
use super::super::random::Random;
use super::super::road::Profile;
use cordon_data::park::fleet::{self, Part};
use cordon_data::park::roads::{Lot, LotKind};

/// Whether it stands at home all day.
pub(super) fn stays_at_home(part: Part) -> bool {
    matches!(part, Part::Parked | Part::Impounded | Part::OnDuty)
}

/// The lot that it belongs to.
pub(super) fn home(part: Part, number: u32) -> &'static str {
    const CAR_HOMES: [&str; 4] = ["village-dongsha", "market-shapu", "village-tangwan", "village-xingang"];
    match part {
        Part::Impounded => "hazmat-parking",
        Part::OnDuty | Part::Patrol => "fire-station-park",
        Part::Car => CAR_HOMES[number as usize % CAR_HOMES.len()],
        Part::Story(_) | Part::Tanker | Part::Parked | Part::Goods => fleet::yard(number),
    }
}

/// Which signs it heeds.
pub(super) fn profile(part: Part) -> Profile {
    match part {
        Part::OnDuty | Part::Patrol => Profile::Emergency,
        Part::Goods | Part::Car => Profile::Other,
        Part::Story(_) | Part::Tanker | Part::Parked | Part::Impounded => Profile::Hazmat,
    }
}

/// The next lot, another than `here`.
pub(super) fn next(part: Part, lots: &[Lot], here: usize, random: &mut Random) -> usize {
    let weight = |(index, lot): (usize, &Lot)| if index == here { 0.0 } else { wish(part, lots[here].kind, lot.kind) };
    let weights: Vec<f64> = lots.iter().enumerate().map(weight).collect();
    let mut left = random.between(0.0, weights.iter().sum());
    let chosen = weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    chosen.expect("everybody has somewhere to go")
}

/// How much it wishes to go to one lot of a kind. There are many plants and one car park: the weights are for each lot.
fn wish(part: Part, here: LotKind, there: LotKind) -> f64 {
    match (part, here, there) {
        (_, _, LotKind::Scene) => 0.0,
        (Part::Patrol, _, LotKind::Station | LotKind::Bays) => 1.0,
        (Part::Patrol, _, _) => 0.0,
        (Part::Car, _, LotKind::Cars) => 1.0,
        (Part::Car, _, _) => 0.0,
        (_, _, LotKind::Cars | LotKind::Station) => 0.0,
        (Part::Goods, _, LotKind::HazmatParking) => 0.0,
        // Loaded or empty, from the plant to the world and back.
        (_, LotKind::Bays, LotKind::Bays) => 0.2,
        (_, LotKind::Bays, LotKind::Yard | LotKind::End) => 1.0,
        (_, LotKind::Bays, LotKind::HazmatParking) => 1.5,
        (_, LotKind::HazmatParking, LotKind::Bays) => 1.0,
        (_, _, LotKind::Bays) => 1.0,
        (_, LotKind::End, LotKind::Yard) => 0.8,
        (_, _, LotKind::HazmatParking) => 4.0,
        (_, _, LotKind::End) => 0.4,
        (_, _, _) => 0.1,
    }
}

/// How long it stays, seconds, and whether the engine runs. Loading takes longer in the world than in a demo.
pub(super) fn stay(kind: LotKind, random: &mut Random) -> (f64, Ignition) {
    let rests = random.between(0.0, 1.0) < 0.25;
    match kind {
        LotKind::Yard if rests => (random.between(400.0, 1_200.0), Ignition::Off),
        LotKind::HazmatParking if rests => (random.between(300.0, 900.0), Ignition::Off),
        LotKind::Yard | LotKind::HazmatParking => (random.between(60.0, 200.0), Ignition::On),
        LotKind::Bays => (random.between(120.0, 300.0), Ignition::On),
        LotKind::End => (random.between(30.0, 120.0), Ignition::On),
        LotKind::Cars => (random.between(120.0, 600.0), Ignition::Off),
        LotKind::Station | LotKind::Scene => (random.between(60.0, 240.0), Ignition::On),
    }
}
