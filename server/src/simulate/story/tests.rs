//! Each scene through the real engine, alone; then the whole demo.

use super::*;
use crate::simulate::rehearsal::{Rehearsal, Told};
use cordon_spatial::fix::Marks;

/// What is told in one cycle of the vehicles whose numbers are wanted.
fn told(wanted: impl Fn(u32) -> bool) -> Vec<Told> {
    let mut rehearsal = Rehearsal::of(CAST.len() as u32, wanted);
    rehearsal.play(CYCLE_S);
    rehearsal.alarms()
}

/// Plays a part for one cycle: each alarm must be the expected one, at about its time.
fn check(part: StoryPart, expected: &[(i64, u8, &str)]) {
    let told = told(|number| self::part(number) == Some(part));
    let said: Vec<(u8, &str)> = told.iter().map(|told| (told.priority, told.what.as_str())).collect();
    let wanted: Vec<(u8, &str)> = expected.iter().map(|(_, priority, what)| (*priority, *what)).collect();
    assert_eq!(said, wanted, "{part:?}: {told:?}");
    for (told, (at_s, ..)) in told.iter().zip(expected) {
        assert!((told.at_s - at_s).abs() <= 20, "{part:?} is told at {} s, not {at_s} s", told.at_s);
    }
}

#[test]
fn an_ordinary_vehicle_in_the_red_zone_is_urgent() {
    let what = "Enter van-001 ammonia-tank-farm/no-ordinary";
    check(StoryPart::Intruder, &[(60, 1, what), (360, 1, what)]);
}

#[test]
fn speeding_on_centre_avenue_is_told_once_a_drive() {
    let what = "Speed truck-002 centre-avenue/limit-40";
    check(StoryPart::Speeder, &[(135, 3, what), (435, 3, what)]);
}

#[test]
fn an_over_stay_is_told_when_the_limit_has_passed() {
    check(StoryPart::Overstayer, &[(160, 2, "Dwell truck-003 ammonia-tank-farm/no-waiting")]);
}

#[test]
fn a_zone_is_crossed_between_two_fixes() {
    let what = "Cross truck-004 aromatics-road-works/nobody-through";
    check(StoryPart::CutThrough, &[(235, 3, what), (535, 3, what)]);
}

#[test]
fn who_falls_silent_in_a_hazard_zone_is_missed() {
    check(StoryPart::Silent, &[(248, 2, "Silence truck-005 acid-works/silence")]);
}

#[test]
fn a_position_that_stands_still_while_the_vehicle_drives_is_frozen() {
    check(StoryPart::Frozen, &[(500, 4, "Frozen truck-006 -/frozen")]);
}

#[test]
fn what_happened_in_a_blind_area_is_told_late() {
    check(StoryPart::BlindArea, &[(430, 3, "Enter truck-007 shapu-town/no-hazmat")]);
    let told = told(|number| part(number) == Some(StoryPart::BlindArea));
    assert!(told[0].late, "{told:?}");
}

#[test]
fn a_receiver_that_jumps_for_a_moment_is_marked_and_believed_by_nobody() {
    check(StoryPart::Drifter, &[]);
    let mut rehearsal = Rehearsal::of(CAST.len() as u32, |number| part(number) == Some(StoryPart::Drifter));
    rehearsal.play(CYCLE_S);
    assert!(rehearsal.marks("truck-008").contains(Marks::TELEPORT));
}

#[test]
fn the_fourth_in_the_yard_is_one_too_many() {
    let told = told(|number| matches!(part(number), Some(StoryPart::Crowd(_))));
    let said: Vec<(u8, &str)> = told.iter().map(|told| (told.priority, told.what.as_str())).collect();
    assert_eq!(said, [(2, "Count coatings-forecourt coatings-forecourt/crowded")], "{told:?}");
}

#[test]
fn every_part_fits_into_the_cycle() {
    let graph = Graph::of_the_park();
    for part in CAST {
        act(&graph, part).check(part);
    }
}

/// The whole demo for twenty minutes: what is told is the story and nothing else, and never a flood.
#[test]
fn the_park_is_quiet_but_for_its_story() {
    let mut rehearsal = Rehearsal::of(240, |_| true);
    rehearsal.deliver_the_past();
    assert_eq!(rehearsal.ever(), [], "what was before anybody looked is quiet, and nothing of it was taken back");
    rehearsal.play(2 * CYCLE_S);
    let told = rehearsal.alarms();
    for five_minutes in 0..4 {
        let during = told.iter().filter(|told| told.at_s / 300 == five_minutes);
        let urgent = during.clone().filter(|told| told.priority == 1).count();
        assert_eq!(urgent, 1, "urgent in the {five_minutes}. five minutes: {told:#?}");
        assert!((4..=8).contains(&during.count()), "in the {five_minutes}. five minutes: {told:#?}");
    }
    let cast: Vec<String> = (0..CAST.len() as u32).map(cordon_data::park::fleet::id).collect();
    let of_the_story =
        |told: &&Told| cast.iter().any(|id| told.what.contains(id.as_str())) || told.what.starts_with("Count coatings");
    let others: Vec<&Told> = told.iter().filter(|told| !of_the_story(told)).collect();
    assert!(others.is_empty(), "not of the story: {others:#?}");
    for (at_s, line) in PROGRAMME {
        let priority = line[1..2].parse::<u8>().ok();
        // What comes late is announced for when it comes, and dated by when it was.
        let is_late = line.contains("late");
        let near_s = if is_late { 90 } else { 15 };
        let is_near = |told: &Told| told.late == is_late && (told.at_s - i64::from(at_s)).abs() <= near_s;
        let is_told = told.iter().any(|told| Some(told.priority) == priority && is_near(told));
        assert!(is_told || priority.is_none(), "the programme announces {line:?}: {told:#?}");
    }
}
