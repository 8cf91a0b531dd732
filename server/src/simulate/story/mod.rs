//! The demo's story: what goes wrong in the park, when, and by whom. It takes ten minutes and begins again; in every five
//! of them a handful of alarms, one of them urgent.
//!
//! Each scene is a pure value: a vehicle's drives and the faults of its terminal, by seconds since the story began. The
//! vehicles report over the same protocol as all others; nothing tells the server what is coming.

mod act;
mod scenes;

pub(super) use act::{Act, Actor};

use super::road::Graph;
use cordon_data::park::fleet::{CAST, StoryPart};

/// Seconds after which the story begins again.
pub(crate) const CYCLE_S: u32 = 600;

/// What a part does.
pub(super) fn act(graph: &Graph, part: StoryPart) -> Act {
    match part {
        StoryPart::Intruder => scenes::intruder(graph),
        StoryPart::Speeder => scenes::speeder(graph),
        StoryPart::Overstayer => scenes::overstayer(graph),
        StoryPart::CutThrough => scenes::cut_through(graph),
        StoryPart::Silent => scenes::silent(graph),
        StoryPart::Frozen => scenes::frozen(graph),
        StoryPart::BlindArea => scenes::blind_area(graph),
        StoryPart::Drifter => scenes::drifter(graph),
        StoryPart::Crowd(number) => scenes::crowd(graph, number),
    }
}

/// The part of the vehicle of that number, when it has one.
pub(super) fn part(number: u32) -> Option<StoryPart> {
    CAST.get(number as usize).copied()
}

/// What will be seen, and how many seconds after the story began: first the priority of the alarm.
pub(crate) const PROGRAMME: [(u32, &str); 12] = [
    (70, "P1  a van enters the ammonia tank farm"),
    (135, "P3  a tanker is too fast on Centre Avenue"),
    (140, "--  a receiver jumps into the sea for a moment: no alarm"),
    (160, "P2  a tanker waits in the ammonia tank farm"),
    (235, "P3  a lorry drives through closed road works between two reports"),
    (250, "P2  a tanker is silent in the acid works"),
    (370, "P1  the van again"),
    (435, "P3  the tanker on Centre Avenue again"),
    (450, "P2  more than three tankers are in the coatings yard"),
    (495, "P4  a tanker stands still on the map while it says that it drives"),
    (500, "P3  late: a tanker drove through Shapu while it had no link"),
    (535, "P3  the lorry at the road works again"),
];

#[cfg(test)]
mod tests;
