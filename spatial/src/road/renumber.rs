//! Numbers that follow the ground: what lies near each other stands near each other in memory, so that a closure reads a few
//! places and not hundreds.

use super::grid::Extent;
use super::network::{Arc, Edge, EdgeId, JunctionId, NetworkData};
use super::turns::Forbidden;
use crate::position::Position;

/// The same network with junctions and edges numbered along a Z-order curve (Morton 1966) over its extent.
pub(super) fn along_the_ground(data: NetworkData) -> NetworkData {
    let Some(extent) = Extent::of(data.junctions.iter().copied()) else { return data };
    let (junctions, junction_now) = sorted(data.junctions.len(), |index| on_curve(extent, data.junctions[index]));
    let first_place = |edge: usize| data.vertices[data.first_vertex[edge] as usize];
    let (edges, edge_now) = sorted(data.edges.len(), |index| on_curve(extent, first_place(index)));
    let mut first_vertex = Vec::with_capacity(data.first_vertex.len());
    let mut vertices = Vec::with_capacity(data.vertices.len());
    first_vertex.push(0);
    for edge in &edges {
        let range = data.first_vertex[*edge as usize] as usize..data.first_vertex[*edge as usize + 1] as usize;
        vertices.extend_from_slice(&data.vertices[range]);
        first_vertex.push(vertices.len() as u32);
    }
    let junction = |old: JunctionId| JunctionId(junction_now[old.0 as usize]);
    let arc = |old: &Arc| Arc::new(EdgeId(edge_now[old.edge().0 as usize]), old.heading());
    let renumbered = |old: &u32| {
        let edge = data.edges[*old as usize];
        Edge { from: junction(edge.from), to: junction(edge.to), ..edge }
    };
    let mut forbidden: Vec<Forbidden> =
        data.forbidden.iter().map(|f| Forbidden { arcs: f.arcs.iter().map(arc).collect(), modes: f.modes }).collect();
    forbidden.sort();
    NetworkData {
        junctions: junctions.iter().map(|old| data.junctions[*old as usize]).collect(),
        edges: edges.iter().map(renumbered).collect(),
        first_vertex,
        vertices,
        kinds: data.kinds,
        names: data.names,
        forbidden,
    }
}

/// The old numbers in their new order, and the new number of each old one; equal keys keep their order.
fn sorted(count: usize, key: impl Fn(usize) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<(u32, u32)> = (0..count).map(|index| (key(index), index as u32)).collect();
    order.sort_unstable();
    let mut now = vec![0; count];
    order.iter().zip(0..).for_each(|((_, old), new)| now[*old as usize] = new);
    (order.into_iter().map(|(_, old)| old).collect(), now)
}

/// Where a place is on the curve: 16 bits of each coordinate, one after the other.
fn on_curve(extent: Extent, at: Position) -> u32 {
    let part = |value: i32, low: i32, high: i32| {
        let span = (i64::from(high) - i64::from(low)).max(1);
        ((i64::from(value) - i64::from(low)) * 0xffff / span) as u32
    };
    let spread = |mut bits: u32| {
        bits = (bits | bits << 8) & 0x00ff_00ff;
        bits = (bits | bits << 4) & 0x0f0f_0f0f;
        bits = (bits | bits << 2) & 0x3333_3333;
        (bits | bits << 1) & 0x5555_5555
    };
    spread(part(at.lon_e7, extent.west, extent.east)) | spread(part(at.lat_e7, extent.south, extent.north)) << 1
}
