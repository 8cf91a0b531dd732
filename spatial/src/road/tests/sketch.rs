//! Maps drawn with letters: a letter is a place, a step of a column is 100 m east, a line is 100 m south.

use super::super::*;
use crate::position::Position;
use crate::units::{Millimetres, UnixMs};
use crate::zone::Ground;

/// West and north of everything: a place at 30 degrees north.
const CORNER: (f64, f64) = (121.0, 30.0);
/// 100 m in degrees there (NGA geodesy calculator: 96,486 m and 110,852 m a degree).
const STEP: (f64, f64) = (100.0 / 96_486.0, 100.0 / 110_852.0);

pub(super) const NOW: UnixMs = UnixMs(1_750_000_000_000);

/// A map and what is closed on it.
pub(super) struct Sketch {
    pub draft: Draft,
    letters: Vec<char>,
}

/// The network of a sketch.
pub(super) struct Town {
    letters: Vec<char>,
    places: Vec<Position>,
    pub network: Network,
    pub grid: EdgeGrid,
    pub closures: Closures,
    pub findings: Vec<Finding>,
}

/// A place `columns` east and `lines` south of the corner.
pub(super) fn at(columns: f64, lines: f64) -> Position {
    Position::from_degrees(CORNER.0 + columns * STEP.0, CORNER.1 - lines * STEP.1).unwrap()
}

/// A rectangle between two columns and two lines.
pub(super) fn rectangle(west: f64, north: f64, east: f64, south: f64) -> Ground {
    Ground { parts: vec![vec![vec![at(west, north), at(west, south), at(east, south), at(east, north)]]] }
}

impl Sketch {
    /// The places of a drawing.
    pub fn new(drawing: &str) -> Sketch {
        let mut sketch = Sketch { draft: Draft::default(), letters: Vec::new() };
        for (line, text) in drawing.lines().enumerate() {
            for (column, letter) in text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()) {
                sketch.letters.push(letter);
                sketch.draft.places.push(at(column as f64, line as f64));
            }
        }
        sketch
    }

    pub fn place(&self, letter: char) -> u32 {
        self.letters.iter().position(|l| *l == letter).expect("a letter of the drawing") as u32
    }

    /// A road over these letters with changed properties; its name is its letters.
    pub fn road(&mut self, letters: &str, change: impl Fn(&mut RoadKind)) -> &mut Sketch {
        let mut kind = RoadKind::of_class(RoadClass::Tertiary);
        change(&mut kind);
        let kind = self.draft.kind(kind);
        let name = self.draft.name(RoadName { name: letters.to_owned(), ..RoadName::default() });
        let places = letters.chars().map(|letter| self.place(letter)).collect();
        self.draft.ways.push(DraftWay { id: self.draft.ways.len() as i64 + 1, places, kind, name });
        self
    }

    /// Roads over these words of letters.
    pub fn roads(&mut self, words: &str) -> &mut Sketch {
        words.split_whitespace().for_each(|word| {
            self.road(word, |_| {});
        });
        self
    }

    /// A restriction from the way of a name to another, at a letter or over ways of names.
    pub fn restrict(&mut self, kind: RestrictionKind, from: &str, via: &str, to: &str) -> &mut Sketch {
        let way = |name: &str| {
            let of_name = |way: &DraftWay| self.draft.names[way.name as usize].name == name;
            self.draft.ways.iter().position(of_name).expect("a road of that name") as u32
        };
        let via = match via.chars().count() {
            1 => Via::Place(self.place(via.chars().next().unwrap())),
            _ => Via::Ways(via.split_whitespace().map(way).collect()),
        };
        let (from, to) = (vec![way(from)], vec![way(to)]);
        let modes = Modes::MOTOR | Modes::HAZMAT;
        let id = 900 + self.draft.restrictions.len() as i64;
        self.draft.restrictions.push(DraftRestriction { id, from, via, to, kind, modes });
        self
    }

    pub fn town(&mut self) -> Town {
        let places = self.draft.places.clone();
        let (network, findings) = Network::build(&mut self.draft).expect("a network");
        let grid = EdgeGrid::of(&network);
        let closures = Closures::none(&network, NOW);
        Town { letters: self.letters.clone(), places, network, grid, closures, findings }
    }
}

impl Town {
    /// The same places with another network.
    pub fn with(self, network: Network) -> Town {
        let grid = EdgeGrid::of(&network);
        let closures = Closures::none(&network, NOW);
        Town { network, grid, closures, ..self }
    }

    pub fn at(&self, letter: char) -> Position {
        self.places[self.letters.iter().position(|l| *l == letter).expect("a letter of the drawing")]
    }

    pub fn graph(&self, profile: ProfileId) -> Graph {
        Graph::of(&self.network, &Profiles::default(), profile, Metric::Fastest)
    }

    pub fn view<'a>(&'a self, graph: &'a Graph) -> View<'a> {
        View { network: &self.network, grid: &self.grid, graph, closures: &self.closures, fast: None }
    }

    pub fn close(&mut self, id: u64, ground: Ground, audience: Audience) {
        let closure = Closure { id: ClosureId(id), ground, audience, from: None, to: None };
        self.closures.close(&self.network, &self.grid, closure);
    }

    /// The letters that a profile passes from one to another; the reason where it does not come there.
    pub fn way(&self, profile: ProfileId, from: char, to: char) -> Result<String, String> {
        self.way_at(profile, from, to, NOW)
    }

    pub fn way_at(&self, profile: ProfileId, from: char, to: char, depart: UnixMs) -> Result<String, String> {
        let graph = self.graph(profile);
        let view = self.view(&graph);
        let stop = |letter| {
            view.stop(self.at(letter), depart, Millimetres::metres(1_000))
                .map_err(|error| format!("{letter}: {error:?}"))
        };
        let (from, to) = (stop(from)?, stop(to)?);
        let way = view.way(&mut Scratch::default(), &from, &to, depart).ok_or("no way")?;
        assert!(view.is_open(&way, &from, depart), "a way over a closed road: {way:?}");
        Ok(self.letters_of(&view.route(&way, &from, &to).line))
    }

    /// The letters that a line passes.
    pub fn letters_of(&self, line: &[Position]) -> String {
        let letter = |p: &Position| self.places.iter().position(|place| place == p).map(|index| self.letters[index]);
        line.iter().filter_map(letter).collect()
    }
}
