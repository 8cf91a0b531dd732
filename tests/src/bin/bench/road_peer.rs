//! A published hierarchy (the crate `cch`) beside ours, in the same run on the same graph and costs.

use super::percentile::Times;
use cch::{Cch, PathQuery, distance_matrix, inertial_order};
use cordon_spatial::road::{Graph, JunctionId, Network};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What the peer took.
pub struct Peer {
    /// Once each: its order, its structure.
    pub once: [(&'static str, Duration); 2],
    /// Of many.
    pub times: Vec<(&'static str, Times)>,
}

/// Measures it. `place` gives a junction as the bench draws them.
pub fn beside(network: &Network, graph: &Graph, rounds: usize, place: &mut impl FnMut() -> JunctionId) -> Peer {
    let (mut first_out, mut tail, mut head, mut weight) = (vec![0], Vec::new(), Vec::new(), Vec::new());
    for node in 0..graph.forward().node_count() as u32 {
        for link in graph.forward().at(node) {
            tail.push(node);
            head.push(link.node);
            weight.push(link.cost);
        }
        first_out.push(head.len() as u32);
    }
    let at = |node| network.junction(network.junction_of(node));
    let nodes = graph.forward().node_count() as u32;
    let (lat, lon): (Vec<f32>, Vec<f32>) =
        (0..nodes).map(|node| (at(node).lat() as f32, at(node).lon() as f32)).unzip();
    let began = Instant::now();
    let order = inertial_order(nodes, &tail, &head, &lat, &lon);
    let ordered = began.elapsed();
    let published = cch::graph::Graph { first_out, head, weight };
    let began = Instant::now();
    let built = Cch::build(&published, &order);
    let structured = began.elapsed();
    let mut many = |count: usize| (0..count).map(|_| place().0).collect::<Vec<u32>>();
    let customizer = built.customizer();
    let mut metric = built.customize(&published.weight);
    let customized = repeated(rounds.div_ceil(50), || customizer.customize_into(&published.weight, &mut metric));
    let view = built.view();
    let mut query = PathQuery::new(&view);
    let pairs: Vec<u32> = many(rounds * 2);
    let mut pair = pairs.chunks(2);
    let routes = repeated(rounds, || {
        let ends = pair.next().expect("a pair for each round");
        black_box(query.path(&metric.view(), ends[0], ends[1]));
    });
    let mut tables = |from: usize, to: usize, rounds: usize| {
        let mut times = Times::default();
        for _ in 0..rounds {
            let (from, to) = (many(from), many(to));
            let began = Instant::now();
            black_box(distance_matrix(&view, &metric.view(), &from, &to));
            times.add(began.elapsed());
        }
        times
    };
    let (row, square) = (tables(1, 500, rounds), tables(50, 50, rounds.div_ceil(5)));
    let large = tables(1_000, 1_000, rounds.div_ceil(100));
    Peer {
        once: [("peer cch: order the nodes", ordered), ("peer cch: skeleton of shortcuts", structured)],
        times: vec![
            ("peer cch: customize, after each closure too", customized),
            ("peer cch: route with its nodes", routes),
            ("peer cch: 1 x 500", row),
            ("peer cch: 50 x 50", square),
            ("peer cch: 1000 x 1000, one thread", large),
        ],
    }
}

fn repeated(rounds: usize, mut what: impl FnMut()) -> Times {
    let mut times = Times::default();
    for _ in 0..rounds {
        let began = Instant::now();
        what();
        times.add(began.elapsed());
    }
    times
}
