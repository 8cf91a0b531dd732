//! Closed roads: which edges, for whom and when; one set for all, changed in microseconds, with an epoch that grows.
//!
//! A closure takes every edge whose shape touches its ground, boundary included. One without an end that has begun closes
//! its edges in the overlay; one that begins later or ends holds for its time and is asked when an edge is driven.

use super::grid::EdgeGrid;
use super::network::{EdgeId, Network};
use super::outline::Outline;
use super::profile::{Audience, ProfileId};
use crate::position::Position;
use crate::units::UnixMs;
use crate::zone::Ground;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc as Shared;

/// A closure by its number, given by whoever makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClosureId(pub u64);

/// Counts the changes of the closures; an answer carries the one that it obeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClosureEpoch(pub u64);

/// What is closed, for whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Its number.
    pub id: ClosureId,
    /// What it covers.
    pub ground: Ground,
    /// For whom.
    pub audience: Audience,
    /// From when, inclusive; `None`: since ever.
    pub from: Option<UnixMs>,
    /// To when, exclusive; `None`: until it is taken away.
    pub to: Option<UnixMs>,
}

/// A set of edges, a bit for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EdgeSet(Shared<Vec<u64>>);

impl EdgeSet {
    fn new(edges: usize) -> EdgeSet {
        EdgeSet(Shared::new(vec![0; edges.div_ceil(64)]))
    }

    /// Some of a network's edges.
    pub fn of(edge_count: usize, edges: &[EdgeId]) -> EdgeSet {
        let mut set = EdgeSet::new(edge_count);
        set.set(edges);
        set
    }

    /// Whether an edge is in it.
    pub fn has(&self, edge: EdgeId) -> bool {
        self.0[edge.0 as usize / 64] >> (edge.0 % 64) & 1 == 1
    }

    /// The edges that are in exactly one of the two, in order.
    pub fn difference(&self, other: &EdgeSet) -> Vec<EdgeId> {
        let mut edges = Vec::new();
        for (word, (a, b)) in self.0.iter().zip(other.0.iter()).enumerate() {
            let mut bits = a ^ b;
            while bits != 0 {
                edges.push(EdgeId(word as u32 * 64 + bits.trailing_zeros()));
                bits &= bits - 1;
            }
        }
        edges
    }

    fn set(&mut self, edges: &[EdgeId]) {
        let words = Shared::make_mut(&mut self.0);
        edges.iter().for_each(|edge| words[edge.0 as usize / 64] |= 1 << (edge.0 % 64));
    }

    fn clear(&mut self, edges: &[EdgeId]) {
        let words = Shared::make_mut(&mut self.0);
        edges.iter().for_each(|edge| words[edge.0 as usize / 64] &= !(1 << (edge.0 % 64)));
    }
}

/// An edge that is closed for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TimedEdge {
    edge: EdgeId,
    from: UnixMs,
    to: UnixMs,
}

/// What is closed for one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    closed: EdgeSet,
    timed: Shared<Vec<TimedEdge>>,
    /// What is closed at present, where that is more than what is closed until further notice.
    present: Option<EdgeSet>,
    /// Until when that stays so.
    steady_until: UnixMs,
}

impl Overlay {
    /// The edges that are closed until further notice.
    pub fn closed(&self) -> &EdgeSet {
        &self.closed
    }

    /// Whether no edge is closed for a time only.
    pub fn is_untimed(&self) -> bool {
        self.timed.is_empty()
    }

    /// The edges that are closed at the instant that the closures are up to: for now or until further notice.
    pub fn at_present(&self) -> &EdgeSet {
        self.present.as_ref().unwrap_or(&self.closed)
    }

    /// Whether some edge is closed at present that will open by itself.
    pub fn holds_for_a_time(&self) -> bool {
        self.present.is_some()
    }

    /// Until when exactly the edges of [`Overlay::at_present`] are closed.
    pub fn steady_until(&self) -> UnixMs {
        self.steady_until
    }

    /// Sees what of the timed edges holds at an instant.
    fn look(&mut self, now: UnixMs) {
        let holds = |timed: &&TimedEdge| timed.from <= now && now < timed.to;
        let edges: Vec<EdgeId> = self.timed.iter().filter(holds).map(|timed| timed.edge).collect();
        self.present = (!edges.is_empty()).then(|| {
            let mut present = self.closed.clone();
            present.set(&edges);
            present
        });
        let borders = self.timed.iter().flat_map(|timed| [timed.from, timed.to]).filter(|border| *border > now);
        self.steady_until = borders.min().unwrap_or(UnixMs::MAX);
    }

    /// Whether an edge may not be driven from `enter` to `leave`.
    pub fn forbids(&self, edge: EdgeId, enter: UnixMs, leave: UnixMs) -> bool {
        if self.closed.has(edge) {
            return true;
        }
        let from = self.timed.partition_point(|timed| timed.edge < edge);
        let of_edge = self.timed[from..].iter().take_while(|timed| timed.edge == edge);
        of_edge.into_iter().any(|timed| enter < timed.to && leave > timed.from)
    }
}

/// A closure with the edges that it takes.
#[derive(Debug)]
struct Held {
    closure: Closure,
    outline: Option<Outline>,
    edges: Vec<EdgeId>,
}

impl Held {
    /// Whether it closes its edges until further notice.
    fn is_endless(&self, now: UnixMs) -> bool {
        self.closure.to.is_none() && self.closure.from.is_none_or(|from| from <= now)
    }

    fn is_over(&self, now: UnixMs) -> bool {
        self.closure.to.is_some_and(|to| to <= now)
    }
}

/// All closures. A clone is cheap and stays as it is: what a request reads is one of them.
#[derive(Clone, Debug)]
pub struct Closures {
    epoch: ClosureEpoch,
    now: UnixMs,
    held: BTreeMap<ClosureId, Shared<Held>>,
    overlays: [Overlay; ProfileId::ALL.len()],
}

impl Closures {
    /// None, at an instant.
    pub fn none(network: &Network, now: UnixMs) -> Closures {
        Closures::since(network, now, ClosureEpoch(0))
    }

    /// None, at an instant, counting on from an epoch: so that who knows an earlier set is told of a change.
    pub fn since(network: &Network, now: UnixMs, epoch: ClosureEpoch) -> Closures {
        let open = Overlay {
            closed: EdgeSet::new(network.edge_count()),
            timed: Shared::default(),
            present: None,
            steady_until: UnixMs::MAX,
        };
        Closures { epoch, now, held: BTreeMap::new(), overlays: std::array::from_fn(|_| open.clone()) }
    }

    /// Which change of them it is.
    pub fn epoch(&self) -> ClosureEpoch {
        self.epoch
    }

    /// The instant that they are up to: what ended before is open, what began before is closed.
    pub fn now(&self) -> UnixMs {
        self.now
    }

    /// What is closed for a profile.
    pub fn overlay(&self, profile: ProfileId) -> &Overlay {
        &self.overlays[profile as usize]
    }

    /// All closures by number, with how many edges each takes.
    pub fn iter(&self) -> impl Iterator<Item = (&Closure, usize)> {
        self.held.values().map(|held| (&held.closure, held.edges.len()))
    }

    /// Closes; one of the same number is replaced. Costs microseconds for some hundred edges.
    pub fn close(&mut self, network: &Network, grid: &EdgeGrid, closure: Closure) {
        if self.held.contains_key(&closure.id) {
            self.open(closure.id);
        }
        let outline = Outline::of(&closure.ground, grid.part());
        let edges = outline.as_ref().map_or_else(Vec::new, |outline| grid.touched(network, outline));
        let held = Shared::new(Held { closure, outline, edges });
        self.hold(&held, held.closure.audience);
        overlays_of(&mut self.overlays, held.closure.audience).for_each(|overlay| overlay.look(self.now));
        self.held.insert(held.closure.id, held);
        self.epoch.0 += 1;
    }

    /// Takes a closure away; `false` where there is none of this number.
    pub fn open(&mut self, id: ClosureId) -> bool {
        let Some(held) = self.held.remove(&id) else { return false };
        self.undo(&held);
        self.epoch.0 += 1;
        true
    }

    /// Goes on to an instant: what ended is forgotten, what began and has no end is closed until further notice. The epoch
    /// grows whenever something begins or ends.
    pub fn advance(&mut self, now: UnixMs) {
        if now <= self.now {
            return;
        }
        let before = std::mem::replace(&mut self.now, now);
        let over: Vec<ClosureId> = self.held.values().filter(|h| h.is_over(now)).map(|h| h.closure.id).collect();
        over.into_iter().for_each(|id| {
            self.open(id);
        });
        let begins = |held: &&Shared<Held>| held.closure.from.is_some_and(|from| before < from && from <= now);
        let begun: Vec<Shared<Held>> = self.held.values().filter(begins).cloned().collect();
        for held in begun {
            if held.is_endless(now) {
                self.undo(&held);
                self.hold(&held, held.closure.audience);
                overlays_of(&mut self.overlays, held.closure.audience).for_each(|overlay| overlay.look(now));
            }
            self.epoch.0 += 1;
        }
        self.overlays.iter_mut().filter(|overlay| !overlay.is_untimed()).for_each(|overlay| overlay.look(now));
    }

    /// Closes what a closure takes for some of its audience.
    fn hold(&mut self, held: &Held, audience: Audience) {
        if held.is_endless(self.now) {
            change(overlays_of(&mut self.overlays, audience), |closed| closed.set(&held.edges));
        } else if !held.is_over(self.now) {
            overlays_of(&mut self.overlays, audience).for_each(|overlay| add_timed(overlay, held));
        }
    }

    /// Opens what a closure closed, but for what others close.
    fn undo(&mut self, gone: &Held) {
        change(overlays_of(&mut self.overlays, gone.closure.audience), |closed| closed.clear(&gone.edges));
        for overlay in overlays_of(&mut self.overlays, gone.closure.audience) {
            if !overlay.timed.is_empty() {
                let is_of_gone = |timed: &TimedEdge| gone.edges.binary_search(&timed.edge).is_ok();
                Shared::make_mut(&mut overlay.timed).retain(|timed| !is_of_gone(timed));
            }
        }
        let others = self.held.values().filter(|held| {
            held.closure.id != gone.closure.id
                && held.closure.audience.intersects(gone.closure.audience)
                && shares_edge(&held.edges, &gone.edges)
        });
        for held in others.cloned().collect::<Vec<_>>() {
            self.hold(&held, held.closure.audience & gone.closure.audience);
        }
        overlays_of(&mut self.overlays, gone.closure.audience).for_each(|overlay| overlay.look(self.now));
    }

    /// The closures that cover a place for a profile at an instant.
    pub fn covering(&self, at: Position, profile: ProfileId, when: UnixMs) -> Vec<ClosureId> {
        let when = when.max(self.now);
        let holds = |held: &Held| {
            let closure = &held.closure;
            closure.audience.contains(profile.audience())
                && closure.from.is_none_or(|from| from <= when)
                && closure.to.is_none_or(|to| when < to)
                && held.outline.as_ref().is_some_and(|outline| outline.covers(at))
        };
        self.held.values().filter(|held| holds(held)).map(|held| held.closure.id).collect()
    }

    /// The closures that hold an edge for a profile at some time from an instant on.
    pub fn on_edge(&self, edge: EdgeId, profile: ProfileId, when: UnixMs) -> Vec<ClosureId> {
        let holds = |held: &Held| {
            held.closure.audience.contains(profile.audience())
                && !held.is_over(when)
                && held.edges.binary_search(&edge).is_ok()
        };
        self.held.values().filter(|held| holds(held)).map(|held| held.closure.id).collect()
    }

    /// The edges that a closure takes, in order.
    pub fn edges(&self, id: ClosureId) -> Option<&[EdgeId]> {
        self.held.get(&id).map(|held| held.edges.as_slice())
    }
}

fn shares_edge(a: &[EdgeId], b: &[EdgeId]) -> bool {
    let (Some(first_a), Some(last_a), Some(first_b), Some(last_b)) = (a.first(), a.last(), b.first(), b.last()) else {
        return false;
    };
    first_a <= last_b && first_b <= last_a && a.iter().any(|edge| b.binary_search(edge).is_ok())
}

fn overlays_of(overlays: &mut [Overlay], audience: Audience) -> impl Iterator<Item = &mut Overlay> {
    let is_of = move |profile: ProfileId| audience.contains(profile.audience());
    ProfileId::ALL.into_iter().zip(overlays).filter(move |pair| is_of(pair.0)).map(|pair| pair.1)
}

/// Changes what is closed in some overlays. Those that are one in memory before it are one after it: what is closed for everybody
/// is written once.
fn change<'a>(overlays: impl Iterator<Item = &'a mut Overlay>, change: impl Fn(&mut EdgeSet)) {
    let nothing = EdgeSet::default();
    let mut rest: Vec<&mut Overlay> = overlays.collect();
    while let Some(overlay) = rest.pop() {
        // Taken out of all of them, so that it is written where it is unless somebody else reads it.
        let mut closed = std::mem::replace(&mut overlay.closed, nothing.clone());
        let mut same = vec![overlay];
        same.extend(rest.extract_if(.., |other| Shared::ptr_eq(&other.closed.0, &closed.0)));
        same[1..].iter_mut().for_each(|other| other.closed = nothing.clone());
        change(&mut closed);
        same.into_iter().for_each(|overlay| overlay.closed = closed.clone());
    }
}

fn add_timed(overlay: &mut Overlay, held: &Held) {
    let from = held.closure.from.unwrap_or(UnixMs::MIN);
    let to = held.closure.to.unwrap_or(UnixMs::MAX);
    let timed = Shared::make_mut(&mut overlay.timed);
    timed.extend(held.edges.iter().map(|edge| TimedEdge { edge: *edge, from, to }));
    timed.sort_unstable();
    timed.dedup();
}
