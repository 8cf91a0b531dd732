//! The road net as an OpenStreetMap file (`.osm.pbf`), for whoever tries the road commands and for their tests.
//!
//! Nodes, ways and turn restrictions with the tags that OpenStreetMap's wiki documents (Key:highway, Key:hazmat and their like), without
//! history: ids count from 1. The bytes are the same every time.

mod pbf;
mod tags;

use super::roads::{Roads, Way};
use pbf::{Message, deltas, plain_ids};
use std::collections::BTreeMap;

/// The road net of the park and its district as the bytes of an OSM PBF file, some 40 kB.
pub fn road_net(roads: &Roads) -> Vec<u8> {
    let pieces = pieces(roads);
    let mut file = Vec::new();
    pbf::blob("OSMHeader", &header(roads), &mut file);
    pbf::blob("OSMData", &nodes(roads), &mut file);
    pbf::blob("OSMData", &ways(&pieces), &mut file);
    pbf::blob("OSMData", &turns(roads, &pieces), &mut file);
    file
}

fn header(roads: &Roads) -> Message {
    // Nanodegrees: 100 units of a position.
    let places: Vec<_> = roads.nodes.iter().map(|node| node.position()).collect();
    let span = |of: fn(&cordon_spatial::position::Position) -> i32| {
        let all = || places.iter().map(of);
        (i64::from(all().min().unwrap_or(0)) * 100, i64::from(all().max().unwrap_or(0)) * 100)
    };
    let ((left, right), (bottom, top)) = (span(|at| at.lon_e7), span(|at| at.lat_e7));
    let mut bbox = Message::default();
    bbox.signed(1, left).signed(2, right).signed(3, top).signed(4, bottom);
    let mut header = Message::default();
    header.message(1, &bbox).text(4, "OsmSchema-V0.6").text(4, "DenseNodes").text(16, "cordon demo");
    header.text(17, "fictional: Cordon's demo park");
    header
}

/// Texts of a block, each once; number 0 is taken by the format.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, u64>,
    texts: Vec<String>,
}

impl Texts {
    fn number(&mut self, text: &str) -> u64 {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() as u64;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn block(self, group: &Message) -> Message {
        let mut table = Message::default();
        table.text(1, "");
        self.texts.iter().for_each(|text| {
            table.text(1, text);
        });
        let mut block = Message::default();
        block.message(1, &table).message(2, group);
        block
    }
}

fn nodes(roads: &Roads) -> Message {
    let mut texts = Texts::default();
    let count = roads.nodes.len();
    let places: Vec<_> = roads.nodes.iter().map(|node| node.position()).collect();
    let mut tags_of = Vec::new();
    for node in 0..count {
        for (key, value) in tags::of_node(roads, node) {
            tags_of.extend([texts.number(key), texts.number(&value)]);
        }
        tags_of.push(0);
    }
    let mut dense = Message::default();
    dense
        .packed(1, &deltas((0..count).map(osm_id)))
        .packed(8, &deltas(places.iter().map(|at| i64::from(at.lat_e7))))
        .packed(9, &deltas(places.iter().map(|at| i64::from(at.lon_e7))))
        .packed(10, &plain_ids(tags_of));
    let mut group = Message::default();
    group.message(2, &dense);
    texts.block(&group)
}

/// A way or a part of one.
struct Piece<'a> {
    way: &'a Way,
    nodes: &'a [usize],
}

/// The ways, cut at junctions with a sign: the members of a restriction begin or end there (Relation:restriction).
fn pieces(roads: &Roads) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for way in &roads.ways {
        let mut from = 0;
        for (at, node) in way.nodes.iter().enumerate().skip(1) {
            let is_last = at + 1 == way.nodes.len();
            if is_last || roads.turns.iter().any(|turn| turn.via == *node) {
                pieces.push(Piece { way, nodes: &way.nodes[from..=at] });
                from = at;
            }
        }
    }
    pieces
}

/// The signs at junctions as relations of a way, a node and a way.
fn turns(roads: &Roads, pieces: &[Piece<'_>]) -> Message {
    const NODE: u64 = 0;
    const WAY: u64 = 1;
    let mut texts = Texts::default();
    let mut group = Message::default();
    let with = |a: usize, b: usize| {
        let has = |piece: &Piece<'_>| piece.nodes.windows(2).any(|ends| ends == [a, b] || ends == [b, a]);
        osm_id(pieces.iter().position(has).expect("a sign stands beside a road"))
    };
    for (index, turn) in roads.turns.iter().enumerate() {
        let tags = [("type", "restriction"), ("restriction", turn.sign.word())];
        let (keys, values): (Vec<u64>, Vec<u64>) =
            tags.into_iter().map(|(key, value)| (texts.number(key), texts.number(value))).unzip();
        let members = [with(turn.from, turn.via), osm_id(turn.via), with(turn.via, turn.to)];
        let roles = ["from", "via", "to"].map(|role| texts.number(role));
        let mut message = Message::default();
        message
            .number(1, osm_id(index) as u64)
            .packed(2, &plain_ids(keys))
            .packed(3, &plain_ids(values))
            .packed(8, &plain_ids(roles))
            .packed(9, &deltas(members.into_iter()))
            .packed(10, &plain_ids([WAY, NODE, WAY]));
        group.message(4, &message);
    }
    texts.block(&group)
}

fn ways(pieces: &[Piece<'_>]) -> Message {
    let mut texts = Texts::default();
    let mut group = Message::default();
    for (index, Piece { way, nodes }) in pieces.iter().enumerate() {
        let (keys, values): (Vec<u64>, Vec<u64>) =
            tags::of_way(way).into_iter().map(|(key, value)| (texts.number(key), texts.number(&value))).unzip();
        let mut message = Message::default();
        message
            .number(1, osm_id(index) as u64)
            .packed(2, &plain_ids(keys))
            .packed(3, &plain_ids(values))
            .packed(8, &deltas(nodes.iter().map(|node| osm_id(*node))));
        group.message(3, &message);
    }
    texts.block(&group)
}

fn osm_id(index: usize) -> i64 {
    index as i64 + 1
}
