//! Roads from an OpenStreetMap extract (`.osm.pbf`): ways with their properties, barriers and turn restrictions.
//!
//! It must never guess in silence: a file that ends too early is an error, what cannot be read on a road is a finding, and
//! where goods are concerned makes the road one with an unread rule.

mod barriers;
mod frames;
mod limits;
mod restrictions;
mod roads;
mod tags;

use cordon_spatial::position::Position;
use cordon_spatial::road::{Draft, DraftWay, Finding, FindingKind};
use osmpbf::{BlobDecode, BlobReader, Element, PrimitiveBlock};
use restrictions::Relation;
use std::sync::mpsc::sync_channel;
use tags::Tags;

/// How many blocks are unpacked ahead: each is at most 32 MiB (OSM wiki, PBF Format).
const AHEAD: usize = 2;

/// Why a file is no extract.
#[derive(Debug, thiserror::Error)]
pub enum OsmError {
    /// It ends in the middle of a block.
    #[error("the extract is cut short: its block at byte {at} needs {wanted} bytes and the file has {left} more")]
    CutShort {
        /// Where the block begins.
        at: usize,
        /// How many bytes the block has.
        wanted: usize,
        /// How many are left.
        left: usize,
    },
    /// It is no extract, or a broken one.
    #[error("no OpenStreetMap extract: {what} at byte {at}")]
    Broken {
        /// Where.
        at: usize,
        /// What is wrong.
        what: String,
    },
    /// There is no road in it.
    #[error("the extract has no road in it")]
    NoRoads,
    /// Its ways lead to nodes that it does not have.
    #[error(
        "{missing} of {ways} roads lead to nodes that the extract does not have: it is cut short, or made without them"
    )]
    NodesMissing {
        /// Roads with a missing node.
        missing: usize,
        /// All roads.
        ways: usize,
    },
}

/// The roads of an extract, and what was noticed. Costs some hundred milliseconds for a city.
pub fn read(bytes: &[u8]) -> Result<(Draft, Vec<Finding>), OsmError> {
    let frames = frames::frames(bytes)?;
    let mut reading = Reading::default();
    std::thread::scope(|scope| {
        // To unpack a block is as much work as to read what it holds.
        let (unpacked, blocks) = sync_channel(AHEAD);
        scope.spawn(move || {
            for frame in &frames {
                let block = unpack(frame);
                let is_last = block.is_err();
                // An error says that nobody reads on.
                if unpacked.send(block).is_err() || is_last {
                    return;
                }
            }
        });
        for block in blocks {
            let block: Option<PrimitiveBlock> = block?;
            block.iter().for_each(|block| block.for_each_element(|element| reading.element(&element)));
        }
        Ok::<_, OsmError>(())
    })?;
    reading.finish()
}

/// What a block holds, if that is data.
fn unpack(frame: &frames::Frame<'_>) -> Result<Option<PrimitiveBlock>, OsmError> {
    let broken = |what: String| OsmError::Broken { at: frame.at, what };
    let blob = match BlobReader::new(frame.bytes).next() {
        Some(Ok(blob)) => blob,
        Some(Err(error)) => return Err(broken(error.to_string())),
        None => return Err(broken("an empty block".to_owned())),
    };
    match blob.decode().map_err(|error| broken(error.to_string()))? {
        BlobDecode::OsmData(block) => Ok(Some(block)),
        BlobDecode::OsmHeader(_) | BlobDecode::Unknown(_) => Ok(None),
    }
}

/// What was read so far, by the ids of the file.
#[derive(Default)]
struct Reading {
    /// Nodes, almost always in the order of their ids.
    nodes: Vec<(i64, Position)>,
    barriers: Vec<(i64, barriers::Passage)>,
    ways: Vec<Way>,
    relations: Vec<Relation>,
    draft: Draft,
}

struct Way {
    id: i64,
    kind: u32,
    name: u32,
    nodes: Vec<i64>,
    /// What was noticed of its properties.
    found: Vec<FindingKind>,
}

impl Reading {
    fn element(&mut self, element: &Element<'_>) {
        match element {
            Element::DenseNode(node) => {
                self.node(node.id(), node.decimicro_lon(), node.decimicro_lat());
                let mut tags = node.tags().peekable();
                if tags.peek().is_some() {
                    self.barrier(node.id(), &tags.collect());
                }
            }
            Element::Node(node) => {
                self.node(node.id(), node.decimicro_lon(), node.decimicro_lat());
                self.barrier(node.id(), &node.tags().collect());
            }
            Element::Way(way) => {
                let tags: Tags = way.tags().collect();
                if let Some(road) = roads::road(&tags) {
                    let (kind, name) = (self.draft.kind(road.kind), self.draft.name(road.name));
                    self.ways.push(Way { id: way.id(), kind, name, nodes: way.refs().collect(), found: road.found });
                }
            }
            Element::Relation(relation) => self.relations.extend(Relation::of(relation)),
        }
    }

    fn node(&mut self, id: i64, lon_e7: i32, lat_e7: i32) {
        self.nodes.push((id, Position { lon_e7, lat_e7 }));
    }

    fn barrier(&mut self, id: i64, tags: &Tags) {
        self.barriers.extend(barriers::passage(tags).map(|passage| (id, passage)));
    }

    fn finish(mut self) -> Result<(Draft, Vec<Finding>), OsmError> {
        if self.ways.is_empty() {
            return Err(OsmError::NoRoads);
        }
        if !self.nodes.is_sorted_by_key(|node| node.0) {
            self.nodes.sort_unstable_by_key(|node| node.0);
        }
        let Reading { nodes, barriers, ways, relations, mut draft } = self;
        let mut findings = Vec::new();
        let mut places = Places::of(&nodes);
        // The draft's ways by the ids of the file: one that is cut at a missing node has several.
        let mut way_ids = Vec::with_capacity(ways.len());
        let mut missing = 0;
        for way in &ways {
            let first = draft.ways.len();
            let is_whole = add_way(way, &mut places, &mut draft, &mut findings);
            missing += usize::from(!is_whole);
            way_ids.extend((first..draft.ways.len()).map(|index| (way.id, index as u32)));
        }
        if missing * 2 > ways.len() {
            return Err(OsmError::NodesMissing { missing, ways: ways.len() });
        }
        way_ids.sort_unstable();
        for (id, passage) in &barriers {
            draft.barriers.extend(places.known(*id).map(|place| passage.at(place)));
        }
        restrictions::add(&relations, &way_ids, &places, &mut draft, &mut findings);
        Ok((draft, findings))
    }
}

/// Adds a way, in pieces where nodes are missing; says whether none is.
fn add_way(way: &Way, places: &mut Places<'_>, draft: &mut Draft, findings: &mut Vec<Finding>) -> bool {
    let mut pieces: Vec<Vec<u32>> = vec![Vec::with_capacity(way.nodes.len())];
    let mut is_whole = true;
    for id in &way.nodes {
        let piece = pieces.last_mut().expect("there is one from the start");
        match places.used(*id, draft) {
            Some(place) => piece.push(place),
            None => {
                is_whole = false;
                let at = piece.last().map(|place| draft.places[*place as usize]);
                findings.extend(at.map(|at| Finding { kind: FindingKind::PlaceMissing, at, source: Some(way.id) }));
                pieces.push(Vec::new());
            }
        }
    }
    let at = pieces.iter().flatten().next().map(|place| draft.places[*place as usize]);
    findings.extend(
        at.into_iter()
            .flat_map(|at| way.found.iter().map(move |kind| Finding { kind: *kind, at, source: Some(way.id) })),
    );
    for places in pieces.into_iter().filter(|piece| is_whole || piece.len() > 1) {
        draft.ways.push(DraftWay { id: way.id, places, kind: way.kind, name: way.name });
    }
    is_whole
}

/// Every so many nodes one id stands in a short list that is looked through first.
const STRIDE: usize = 64;

/// Places of the draft by the nodes of the file.
struct Places<'a> {
    nodes: &'a [(i64, Position)],
    /// The id of every [`STRIDE`]th node.
    strides: Vec<i64>,
    /// The place of each node; `u32::MAX` until it is used.
    place: Vec<u32>,
    /// Where the last node was found: the next one of a way is often beside it.
    last: usize,
}

impl Places<'_> {
    fn of(nodes: &[(i64, Position)]) -> Places<'_> {
        let strides = nodes.iter().step_by(STRIDE).map(|node| node.0).collect();
        Places { nodes, strides, place: vec![u32::MAX; nodes.len()], last: 0 }
    }

    fn find(&self, id: i64) -> Option<usize> {
        let from = self.strides.partition_point(|first| *first <= id).checked_sub(1)? * STRIDE;
        let stride = &self.nodes[from..self.nodes.len().min(from + STRIDE)];
        stride.binary_search_by_key(&id, |node| node.0).ok().map(|at| from + at)
    }

    /// The place of a node, which the draft gets with its first use.
    fn used(&mut self, id: i64, draft: &mut Draft) -> Option<u32> {
        let next = self.last + 1;
        let index = match self.nodes.get(next) {
            Some(node) if node.0 == id => next,
            _ => self.find(id)?,
        };
        self.last = index;
        if self.place[index] == u32::MAX {
            self.place[index] = draft.places.len() as u32;
            draft.places.push(self.nodes[index].1);
        }
        Some(self.place[index])
    }

    fn known(&self, id: i64) -> Option<u32> {
        let index = self.find(id)?;
        Some(self.place[index]).filter(|place| *place != u32::MAX)
    }
}
