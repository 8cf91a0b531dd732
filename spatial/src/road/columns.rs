//! A network and what follows from it as columns of whole numbers: the form that is saved, so that a start works nothing out
//! again. What makes columns back into a network checks every number that leads somewhere.

use super::draft::RoadName;
use super::grid::{EdgeGrid, Extent};
use super::kind::RoadKind;
use super::network::{Arc, Edge, EdgeId, JunctionId, Network, NetworkData, NetworkError, check};
use super::profile::Modes;
use super::turns::{Forbidden, Links};
use crate::position::Position;
use ColumnShape::{Numbers, Pairs};
use serde::{Deserialize, Serialize};

/// Whole numbers, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// Each by itself.
    Numbers(Vec<u32>),
    /// Two and two.
    Pairs(Vec<(u32, u32)>),
}

/// Which of both a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnShape {
    /// [`Column::Numbers`].
    Numbers,
    /// [`Column::Pairs`].
    Pairs,
}

impl ColumnShape {
    /// The bytes of one entry.
    pub fn width(self) -> usize {
        if self == Numbers { 4 } else { 8 }
    }

    /// An empty column of so many entries to come.
    pub fn column(self, entries: usize) -> Column {
        match self {
            Numbers => Column::Numbers(Vec::with_capacity(entries)),
            Pairs => Column::Pairs(Vec::with_capacity(entries)),
        }
    }
}

impl Column {
    /// How many bytes it has when it is written.
    pub fn byte_len(&self) -> usize {
        match self {
            Column::Numbers(numbers) => numbers.len() * Numbers.width(),
            Column::Pairs(pairs) => pairs.len() * Pairs.width(),
        }
    }

    /// Writes it, little end first.
    pub fn write(&self, to: &mut Vec<u8>) {
        match self {
            Column::Numbers(numbers) => to.extend(numbers.iter().flat_map(|number| number.to_le_bytes())),
            Column::Pairs(pairs) => {
                to.extend(pairs.iter().flat_map(|(a, b)| (u64::from(*a) | u64::from(*b) << 32).to_le_bytes()));
            }
        }
    }

    /// Reads on: whole entries, little end first. What is left of a broken one is not looked at.
    pub fn read(&mut self, bytes: &[u8]) {
        match self {
            Column::Numbers(numbers) => {
                numbers.extend(bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)));
            }
            Column::Pairs(pairs) => pairs.extend(bytes.as_chunks::<8>().0.iter().map(|pair| {
                let both = u64::from_le_bytes(*pair);
                (both as u32, (both >> 32) as u32)
            })),
        }
    }
}

/// What of a network is no column: few, and of many shapes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    kinds: Vec<RoadKind>,
    names: Vec<RoadName>,
    forbidden: Vec<Forbidden>,
}

/// Columns taken one after the other.
pub(super) struct Taken<I>(pub I);

impl<I: Iterator<Item = Column>> Taken<I> {
    /// The next column.
    pub fn column(&mut self) -> Result<Vec<u32>, NetworkError> {
        match self.0.next() {
            Some(Column::Numbers(numbers)) => Ok(numbers),
            Some(Column::Pairs(_)) => Err(NetworkError("pairs where numbers should be")),
            None => Err(NetworkError("a column is missing")),
        }
    }

    /// The next column, of pairs.
    pub fn pairs(&mut self) -> Result<Vec<(u32, u32)>, NetworkError> {
        match self.0.next() {
            Some(Column::Pairs(pairs)) => Ok(pairs),
            Some(Column::Numbers(_)) => Err(NetworkError("numbers where pairs should be")),
            None => Err(NetworkError("a column is missing")),
        }
    }

    /// The next column as starts among `count` things.
    pub fn starts(&mut self, of: usize, count: usize) -> Result<Vec<u32>, NetworkError> {
        starts(self.column()?, of, count)
    }

    /// The next column, all of it below a bound.
    pub fn below(&mut self, bound: usize) -> Result<Vec<u32>, NetworkError> {
        let column = self.column()?;
        are_below(column.iter().copied(), bound)?;
        Ok(column)
    }
}

/// A column as starts of so many things among `count`.
fn starts(first: Vec<u32>, of: usize, count: usize) -> Result<Vec<u32>, NetworkError> {
    let is_whole = first.len() == of + 1
        && first[0] == 0
        && first[of] as usize == count
        && first.windows(2).all(|pair| pair[0] <= pair[1]);
    if is_whole { Ok(first) } else { Err(NetworkError("starts that do not ascend to their end")) }
}

/// An error unless all numbers are below a bound.
pub(super) fn are_below(mut numbers: impl Iterator<Item = u32>, bound: usize) -> Result<(), NetworkError> {
    let is_below = numbers.all(|number| (number as usize) < bound);
    if is_below { Ok(()) } else { Err(NetworkError("a number that leads nowhere")) }
}

fn of_places(places: &[Position]) -> Column {
    Column::Pairs(places.iter().map(|at| (at.lon_e7.cast_unsigned(), at.lat_e7.cast_unsigned())).collect())
}

fn places(pairs: Vec<(u32, u32)>) -> Vec<Position> {
    pairs.into_iter().map(|(lon, lat)| Position { lon_e7: lon.cast_signed(), lat_e7: lat.cast_signed() }).collect()
}

impl Network {
    /// What of it is no column.
    pub fn properties(&self) -> Properties {
        let NetworkData { kinds, names, forbidden, .. } = self.data();
        Properties { kinds: kinds.clone(), names: names.clone(), forbidden: forbidden.clone() }
    }

    /// What its columns are.
    pub const COLUMNS: [ColumnShape; 14] = [
        Pairs, Numbers, Numbers, Numbers, Numbers, Numbers, Pairs, Numbers, Pairs, Numbers, Numbers, Numbers, Pairs,
        Pairs,
    ];

    /// How many nodes, links and edges a network of columns of such lengths has: what a skeleton is checked against.
    pub fn counts_of(lengths: &[usize; Network::COLUMNS.len()]) -> (usize, usize, usize) {
        (lengths[10].saturating_sub(1), lengths[9], lengths[1])
    }

    /// Its columns.
    pub fn columns(&self) -> Vec<Column> {
        let (data, links) = (self.data(), &self.links);
        let of_edges = |number: fn(&Edge) -> u32| Column::Numbers(data.edges.iter().map(number).collect());
        let way = |edge: &Edge| (edge.way as u32, (edge.way >> 32) as u32);
        let banned = links.banned.iter().zip(0..).filter(|(modes, _)| !modes.is_empty());
        vec![
            of_places(&data.junctions),
            of_edges(|edge| edge.from.0),
            of_edges(|edge| edge.to.0),
            of_edges(|edge| edge.kind),
            of_edges(|edge| edge.name),
            of_edges(|edge| edge.length_mm),
            Column::Pairs(data.edges.iter().map(way).collect()),
            Column::Numbers(data.first_vertex.clone()),
            of_places(&data.vertices),
            Column::Numbers(links.head.clone()),
            Column::Numbers(links.first.clone()),
            Column::Numbers(links.arc.iter().map(|arc| arc.0).collect()),
            Column::Pairs(banned.map(|(modes, link)| (link, u32::from(modes.bits()))).collect()),
            Column::Pairs(links.copies.clone()),
        ]
    }

    /// The network that columns make; refused where a number leads nowhere.
    pub fn from_columns(
        properties: Properties,
        columns: impl Iterator<Item = Column>,
    ) -> Result<Network, NetworkError> {
        let mut taken = Taken(columns);
        let junctions = places(taken.pairs()?);
        let (from, to, kind, name, length_mm) =
            (taken.column()?, taken.column()?, taken.column()?, taken.column()?, taken.column()?);
        let way = taken.pairs()?;
        let count = from.len();
        if [to.len(), kind.len(), name.len(), length_mm.len(), way.len()].iter().any(|len| *len != count) {
            return Err(NetworkError("columns of edges that differ in length"));
        }
        let edge = |at: usize| Edge {
            from: JunctionId(from[at]),
            to: JunctionId(to[at]),
            kind: kind[at],
            name: name[at],
            length_mm: length_mm[at],
            way: i64::from(way[at].0) | i64::from(way[at].1) << 32,
        };
        let edges: Vec<Edge> = (0..count).map(edge).collect();
        let (first_vertex, vertices) = (taken.column()?, places(taken.pairs()?));
        let Properties { kinds, names, forbidden } = properties;
        let data = NetworkData { junctions, edges, first_vertex, vertices, kinds, names, forbidden };
        check(&data)?;
        let links = links(&data, &mut taken)?;
        Ok(Network { data, links })
    }
}

fn links<I: Iterator<Item = Column>>(data: &NetworkData, taken: &mut Taken<I>) -> Result<Links, NetworkError> {
    let head = taken.column()?;
    let first = taken.column()?;
    let nodes = first.len().saturating_sub(1);
    let first = starts(first, nodes, head.len())?;
    are_below(head.iter().copied(), nodes)?;
    let arcs = taken.below(data.edges.len() * 2)?;
    let mut banned = vec![Modes::empty(); head.len()];
    for (link, modes) in taken.pairs()? {
        let modes = u8::try_from(modes).ok().and_then(Modes::from_bits).ok_or(NetworkError("a mode that is none"))?;
        *banned.get_mut(link as usize).ok_or(NetworkError("a number that leads nowhere"))? = modes;
    }
    let copies = taken.pairs()?;
    let junctions = data.junctions.len();
    if arcs.len() != head.len() || junctions + copies.len() != nodes {
        return Err(NetworkError("columns of links that differ in length"));
    }
    let mut junction_of: Vec<u32> = (0..nodes as u32).collect();
    are_below(copies.iter().map(|copy| copy.0), junctions)?;
    for (junction, node) in &copies {
        let slot = junction_of.get_mut(*node as usize).filter(|_| *node as usize >= junctions);
        *slot.ok_or(NetworkError("a number that leads nowhere"))? = *junction;
    }
    Ok(Links { junction_of, first, head, arc: arcs.into_iter().map(Arc).collect(), banned, copies })
}

impl EdgeGrid {
    /// What its columns are.
    pub const COLUMNS: [ColumnShape; 4] = [Numbers, Numbers, Numbers, Pairs];

    /// Its columns.
    pub fn columns(&self) -> Vec<Column> {
        let Extent { west, south, east, north } = self.extent();
        let (first, edges, parts) = self.lists();
        vec![
            Column::Numbers([west, south, east, north].map(i32::cast_unsigned).to_vec()),
            Column::Numbers(first.to_vec()),
            Column::Numbers(edges.iter().map(|edge| edge.0).collect()),
            Column::Pairs(parts.iter().map(|parts| (*parts as u32, (parts >> 32) as u32)).collect()),
        ]
    }

    /// The grid of so many edges that columns make.
    pub fn from_columns(edges: usize, columns: impl Iterator<Item = Column>) -> Result<EdgeGrid, NetworkError> {
        let mut taken = Taken(columns);
        let extent =
            <[u32; 4]>::try_from(taken.column()?).map_err(|_| NetworkError("a box of other than four sides"))?;
        let [west, south, east, north] = extent.map(u32::cast_signed);
        if west > east || south > north {
            return Err(NetworkError("a box that ends before it begins"));
        }
        let first = taken.column()?;
        let list = taken.below(edges)?;
        let parts = taken.pairs()?;
        if parts.len() != list.len() {
            return Err(NetworkError("columns of a grid that differ in length"));
        }
        let mut grid = EdgeGrid::over(Extent { west, south, east, north });
        let first = starts(first, grid.cell_count(), list.len())?;
        let parts = parts.into_iter().map(|(low, high)| u64::from(low) | u64::from(high) << 32).collect();
        grid.take(first, list.into_iter().map(EdgeId).collect(), parts);
        Ok(grid)
    }
}
