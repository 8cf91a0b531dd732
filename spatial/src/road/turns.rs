//! Forbidden sequences of arcs, and the nodes and links that make a search obey them without knowing of them.
//!
//! The sequences are matched as an automaton matches words (Aho & Corasick 1975): a node is a junction together with the
//! longest beginning of a forbidden sequence that one has just driven. Almost always that is none, and the node is the
//! junction itself; a city of 63,000 junctions has some hundred nodes more.

use super::network::{Arc, Edge, JunctionId, NetworkData};
use super::profile::Modes;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// A sequence of at least two arcs that nobody of these modes may drive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Forbidden {
    pub arcs: Vec<Arc>,
    pub modes: Modes,
}

/// The nodes, and from each the arcs that may be driven and the nodes that they lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// The junction of each node; the first nodes are the junctions in their order.
    pub junction_of: Vec<u32>,
    /// Where each node's links begin, one more than nodes.
    pub first: Vec<u32>,
    /// The node that each link leads to.
    pub head: Vec<u32>,
    /// The arc that each link drives.
    pub arc: Vec<Arc>,
    /// The modes that may not take each link.
    pub banned: Vec<Modes>,
    /// Copies: (junction, node), sorted.
    pub copies: Vec<(u32, u32)>,
}

impl Links {
    pub fn of(data: &NetworkData) -> Links {
        let automaton = Automaton::of(&data.forbidden);
        let junctions = data.junctions.len() as u32;
        let (first_out, out) = outgoing(junctions as usize, &data.edges);
        // States that are the beginning of something longer get a node each.
        let mut node_of_state = vec![u32::MAX; automaton.states.len()];
        let mut junction_of: Vec<u32> = (0..junctions).collect();
        let mut state_of_copy = Vec::new();
        for (state, at) in automaton.states.iter().enumerate().skip(1) {
            if at.is_beginning {
                node_of_state[state] = junction_of.len() as u32;
                junction_of.push(head(data, at.last).0);
                state_of_copy.push(state as u32);
            }
        }
        let mut links = Links { first: vec![0], ..Links::default() };
        for node in 0..junction_of.len() {
            let junction = junction_of[node] as usize;
            let state = if node < junctions as usize { 0 } else { state_of_copy[node - junctions as usize] };
            for &arc in &out[first_out[junction] as usize..first_out[junction + 1] as usize] {
                let (next, banned) = automaton.step(state, arc);
                let head = if next == 0 { head(data, arc).0 } else { node_of_state[next as usize] };
                links.head.push(head);
                links.arc.push(arc);
                links.banned.push(banned);
            }
            links.first.push(links.head.len() as u32);
        }
        links.copies = (junctions..junction_of.len() as u32).map(|node| (junction_of[node as usize], node)).collect();
        links.copies.sort_unstable();
        links.junction_of = junction_of;
        links
    }

    /// The nodes of a junction.
    pub fn nodes_of(&self, junction: JunctionId) -> impl Iterator<Item = u32> {
        let from = self.copies.partition_point(|copy| copy.0 < junction.0);
        let copies = self.copies[from..].iter().take_while(move |copy| copy.0 == junction.0).map(|copy| copy.1);
        std::iter::once(junction.0).chain(copies)
    }

    /// The indices of a node's links.
    pub fn range(&self, node: u32) -> std::ops::Range<usize> {
        self.first[node as usize] as usize..self.first[node as usize + 1] as usize
    }
}

fn head(data: &NetworkData, arc: Arc) -> JunctionId {
    let edge = &data.edges[arc.edge().0 as usize];
    if arc.0.is_multiple_of(2) { edge.to } else { edge.from }
}

/// The arcs that leave each junction, in the order of their numbers.
pub(super) fn outgoing(junctions: usize, edges: &[Edge]) -> (Vec<u32>, Vec<Arc>) {
    let mut first = vec![0_u32; junctions + 1];
    for edge in edges {
        first[edge.from.0 as usize + 1] += 1;
        first[edge.to.0 as usize + 1] += 1;
    }
    for i in 1..first.len() {
        first[i] += first[i - 1];
    }
    let mut next = first.clone();
    let mut out = vec![Arc(0); edges.len() * 2];
    for (index, edge) in edges.iter().enumerate() {
        for (tail, arc) in [(edge.from, Arc(index as u32 * 2)), (edge.to, Arc(index as u32 * 2 + 1))] {
            let slot = &mut next[tail.0 as usize];
            out[*slot as usize] = arc;
            *slot += 1;
        }
    }
    (first, out)
}

struct State {
    /// The arc that leads to it.
    last: Arc,
    /// The state of the longest proper ending that is itself a beginning.
    shorter: u32,
    /// Whether something longer begins with it.
    is_beginning: bool,
    /// The modes for which it is forbidden as it stands.
    ends: Modes,
}

struct Automaton {
    states: Vec<State>,
    next: BTreeMap<(u32, Arc), u32>,
}

impl Automaton {
    fn of(forbidden: &[Forbidden]) -> Automaton {
        let root = State { last: Arc(u32::MAX), shorter: 0, is_beginning: true, ends: Modes::empty() };
        let mut automaton = Automaton { states: vec![root], next: BTreeMap::new() };
        for sequence in forbidden {
            let mut state = 0;
            for &arc in &sequence.arcs {
                automaton.states[state as usize].is_beginning = true;
                state = match automaton.next.get(&(state, arc)) {
                    Some(next) => *next,
                    None => {
                        let next = automaton.states.len() as u32;
                        automaton.states.push(State {
                            last: arc,
                            shorter: 0,
                            is_beginning: false,
                            ends: Modes::empty(),
                        });
                        automaton.next.insert((state, arc), next);
                        next
                    }
                };
            }
            automaton.states[state as usize].ends |= sequence.modes;
        }
        automaton.link_shorter();
        automaton
    }

    /// Shorter endings, breadth first, so that those of shorter states are known.
    fn link_shorter(&mut self) {
        let mut children = vec![Vec::new(); self.states.len()];
        for (&(state, _), &next) in &self.next {
            children[state as usize].push(next);
        }
        let mut queue: VecDeque<u32> = children[0].iter().copied().collect();
        while let Some(state) = queue.pop_front() {
            for &child in &children[state as usize] {
                let arc = self.states[child as usize].last;
                let mut ending = self.states[state as usize].shorter;
                self.states[child as usize].shorter = loop {
                    if let Some(next) = self.next.get(&(ending, arc)) {
                        break *next;
                    }
                    if ending == 0 {
                        break 0;
                    }
                    ending = self.states[ending as usize].shorter;
                };
                queue.push_back(child);
            }
        }
    }

    /// The state after driving `arc` in `state`, among those that are a beginning, and the modes that may not do so.
    fn step(&self, state: u32, arc: Arc) -> (u32, Modes) {
        let mut banned = Modes::empty();
        let mut next = 0;
        let mut ending = state;
        loop {
            if let Some(&found) = self.next.get(&(ending, arc)) {
                banned |= self.states[found as usize].ends;
                if next == 0 && self.states[found as usize].is_beginning {
                    next = found;
                }
            }
            if ending == 0 {
                return (next, banned);
            }
            ending = self.states[ending as usize].shorter;
        }
    }
}
