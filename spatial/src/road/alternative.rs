//! Other ways that somebody may prefer: not much longer, another way for a good part of it, and sensible on each part.
//!
//! By plateaus, the chains of roads that lie on the cheapest ways both from the start and to the end ("choice routing",
//! Cambridge Vehicle Information Technology 2005), with the bounds of Abraham, Delling, Goldberg and Werneck, "Alternative
//! Routes in Road Networks", ACM JEA 18, 2013.

use super::graph::NEVER;
use super::network::{Arc, EdgeId};
use super::search::Go;
use super::stop::Stop;
use super::view::{Scratch, View, Way};
use crate::units::UnixMs;
use std::collections::{BTreeMap, BTreeSet};

/// An alternative costs at most a quarter more than the best way (their epsilon).
const STRETCH_PERCENT: u64 = 125;
/// It shares at most four fifths of the best way's cost with that and with each other one (gamma).
const SHARED_PERCENT: u64 = 80;
/// Its plateau is at least a quarter of the best way's cost, so that it is sensible over that much (alpha).
const PLATEAU_PERCENT: u64 = 25;

impl View<'_> {
    /// At most `most` ways beside the best one, the most sensible first. None where closures change before one of them is
    /// over, for then nobody knows. Costs two searches a quarter beyond the best way.
    pub fn alternatives(
        &self,
        scratch: &mut Scratch,
        (from, to): (&Stop, &Stop),
        best: &Way,
        most: usize,
        depart: UnixMs,
    ) -> Vec<Way> {
        let percent = |share: u64| (u64::from(best.cost) * share / 100) as u32;
        let bound = percent(STRETCH_PERCENT);
        if most == 0 || self.steady_for(depart).is_none_or(|steady_for| bound > steady_for) {
            return Vec::new();
        }
        let Scratch { ahead, behind, .. } = scratch;
        let (nodes, closed) = (self.network.node_count(), self.overlay().at_present());
        let mut reached = Vec::new();
        let within = |cost: u32| if cost > bound { Go::Stop } else { Go::On };
        ahead.begin(nodes, from.out.iter().copied());
        ahead.run(self.graph.forward(), closed, |node, cost| {
            reached.push(node);
            within(cost)
        });
        behind.begin(nodes, to.back.iter().copied());
        behind.run(self.graph.backward(), closed, |_, cost| within(cost));
        let through = |node: u32| ahead.cost(node).saturating_add(behind.cost(node)).min(NEVER);
        // Where a node's way from the start and the way to the end of the one before it are one step of a plateau.
        let before = |node: u32| {
            let (before, arc) = ahead.step_to(node)?;
            (behind.step_to(before) == Some((node, arc))).then_some(before)
        };
        let mut plateaus: BTreeMap<u32, u32> = BTreeMap::new();
        for &node in reached.iter().filter(|node| through(**node) <= bound) {
            let mut first = node;
            while let Some(earlier) = before(first) {
                first = earlier;
            }
            let length = ahead.cost(node) - ahead.cost(first);
            let longest = plateaus.entry(first).or_default();
            *longest = (*longest).max(length);
        }
        let mut ranked: Vec<(u32, u32)> = plateaus
            .into_iter()
            .filter(|(_, length)| *length >= percent(PLATEAU_PERCENT))
            .map(|(first, length)| (through(first).saturating_sub(length), first))
            .collect();
        ranked.sort_unstable();
        let mut chosen = vec![best.arcs.clone()];
        let mut ways = Vec::new();
        for (_, first) in ranked {
            let mut arcs = ahead.arcs_to(first);
            arcs.extend(behind.arcs_to(first).into_iter().rev());
            let edges: BTreeSet<EdgeId> = arcs.iter().map(|arc| arc.edge()).collect();
            let shared = |other: &[Arc]| {
                let both = other.iter().filter(|arc| edges.contains(&arc.edge()));
                both.map(|arc| u64::from(self.graph.cost(*arc))).sum::<u64>()
            };
            let is_other = chosen.iter().all(|other| shared(other) <= u64::from(percent(SHARED_PERCENT)));
            // One that drives a road twice is a detour and no way of its own.
            if is_other && edges.len() == arcs.len() {
                chosen.push(arcs.clone());
                ways.push(Way { cost: through(first), arcs });
                if ways.len() == most {
                    break;
                }
            }
        }
        ways
    }
}
