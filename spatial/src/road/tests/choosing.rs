//! Other ways: what is one, and what is none.

use super::super::*;
use super::oracle::{self, Random};
use super::sketch::{NOW, Sketch, Town};
use crate::units::{Millimetres, SpanMs};

/// The letters of the alternatives between two letters.
fn others(town: &Town, from: char, to: char) -> Vec<String> {
    let graph = town.graph(ProfileId::Car);
    let view = town.view(&graph);
    let stop = |letter| view.stop(town.at(letter), NOW, Millimetres::metres(100)).unwrap();
    let (from, to) = (stop(from), stop(to));
    let mut scratch = Scratch::default();
    let best = view.way(&mut scratch, &from, &to, NOW).unwrap();
    let ways = view.alternatives(&mut scratch, (&from, &to), &best, 3, NOW);
    ways.iter().map(|way| town.letters_of(&view.route(way, &from, &to).line)).collect()
}

const DRAWING: &str = "A-B---------C-D\n| E---------F |\n|             |\n|             |\n|             |\n|             |\nG-------------H";

fn town() -> Town {
    Sketch::new(DRAWING).roads("AB BC CD AE EF FD AG GH HD").town()
}

#[test]
fn a_way_that_is_a_little_longer_and_elsewhere_is_one_and_a_long_way_round_is_none() {
    // 1,400 m straight on, 1,450 m over the next street, 2,600 m all the way round.
    assert_eq!(others(&town(), 'A', 'D'), ["AEFD"]);
    assert_eq!(others(&town(), 'G', 'H'), [""; 0]);
}

#[test]
fn what_is_closed_is_no_other_way_and_nothing_is_said_of_what_changes_meanwhile() {
    let mut closed = town();
    closed.close(1, super::sketch::rectangle(5.0, 0.5, 6.0, 1.5), Audience::all());
    assert_eq!(others(&closed, 'A', 'D'), [""; 0]);
    let mut soon = town();
    let ground = super::sketch::rectangle(20.0, 20.0, 21.0, 21.0);
    let at = |after| Some(NOW + SpanMs::seconds(after));
    let closure = Closure { id: ClosureId(1), ground, audience: Audience::all(), from: at(3_600), to: None };
    soon.closures.close(&soon.network, &soon.grid, closure);
    // It takes no road.
    assert_eq!(others(&soon, 'A', 'D'), ["AEFD"]);
    let ground = super::sketch::rectangle(-1.0, 6.0, 1.0, 8.0);
    let closure = Closure { id: ClosureId(2), ground, audience: Audience::all(), from: at(30), to: None };
    soon.closures.close(&soon.network, &soon.grid, closure);
    assert_eq!(others(&soon, 'A', 'D'), [""; 0]);
}

#[test]
fn alternatives_are_ways_within_their_bounds() {
    let mut found = 0;
    for seed in 700..760 {
        let mut random = Random(seed);
        let side = 8 + random.below(6) as u32;
        let network = Network::build(&mut oracle::town(&mut random, side)).unwrap().0;
        let grid = EdgeGrid::of(&network);
        let mut closures = Closures::none(&network, NOW);
        let ground = oracle::ground(&mut random, side);
        let closure = Closure { id: ClosureId(1), ground, audience: Audience::all(), from: None, to: None };
        closures.close(&network, &grid, closure);
        let graph = Graph::of(&network, &Profiles::default(), ProfileId::Car, Metric::Fastest);
        let view = View { network: &network, grid: &grid, graph: &graph, closures: &closures, fast: None };
        let mut scratch = Scratch::default();
        let mut junction =
            || Stop::at_junction(&network, JunctionId(random.below(network.junction_count() as u64) as u32));
        let (from, to) = (junction(), junction());
        let Some(best) = view.way(&mut scratch, &from, &to, NOW) else { continue };
        for way in view.alternatives(&mut scratch, (&from, &to), &best, 3, NOW) {
            assert!(way.cost >= best.cost && way.cost <= best.cost * 5 / 4, "seed {seed}: {way:?}");
            assert!(view.is_open(&way, &from, NOW), "seed {seed}");
            assert!(way.arcs.windows(2).all(|arcs| network.head(arcs[0]) == network.tail(arcs[1])), "seed {seed}");
            assert_eq!(way.arcs.iter().map(|arc| graph.cost(*arc)).sum::<u32>(), way.cost, "seed {seed}");
            let banned =
                |arcs: &[Arc]| network.forbidden().any(|(turn, modes)| turn == arcs && modes.contains(Modes::MOTOR));
            assert!(way.arcs.windows(2).all(|arcs| !banned(arcs)), "seed {seed}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
}
