//! The saved form of a road network: made once from an extract, loaded at every start.
//!
//! The network, its grid and its skeleton lie in the file as columns of whole numbers, each with its checksum, so that a start
//! copies and checks them and works nothing out. They are read piece by piece to where they are to stand: the file is never in
//! memory beside them.
//! It must never load what was not saved: a file that is cut, damaged or of another version is an error that says which.

use crate::import::files::{ImportError, Opened};
use crate::import::osm::{self, OsmError};
use crate::import::road_layer::{Drawn, Layer};
use cordon_spatial::road::hierarchy::{Skeleton, SkeletonError, order};
use cordon_spatial::road::{
    Column, ColumnShape, Draft, EdgeGrid, Finding, Network, NetworkData, NetworkError, Properties, Report,
};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// First bytes of a file.
const MAGIC: &[u8; 8] = b"CRDROADS";
/// The form that is written.
const VERSION: u32 = 4;
/// The forms before it, which are read: their grid is another, of so many columns, and made anew.
const OTHER_GRIDS: [u32; 2] = [2, 3];
const OTHER_GRID_COLUMNS: usize = 3;
/// The form before these, which is read: one compressed piece, from which the rest is worked out at every start.
const PACKED: u32 = 1;
/// Magic, version, checksum of what the next member counts, and how many bytes that is: of the table, or of the packed piece.
const HEAD: usize = 8 + 4 + 4 + 8;
/// One line of the table: bytes and checksum of a section.
const LINE: usize = 8 + 4;
/// What is written first is small, and quick to read at every start.
const COMPRESSION: i32 = 3;
/// How much is read at a time: what stays in a cache between being checked and being put where it is to stand.
const PIECE: usize = 256 * 1024;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadFile {
    /// What it was made from, for people.
    pub source: String,
    /// Whose data it is, to be shown wherever it is drawn.
    pub attribution: String,
    /// The network.
    pub network: Network,
    /// Its edges by place.
    pub grid: EdgeGrid,
    /// The shortcuts of its fast layer, in the order in which it contracts the nodes.
    pub skeleton: Skeleton,
    /// What was noticed when it was made.
    pub report: Report,
}

/// What of a file is no column.
#[derive(Serialize, Deserialize)]
struct Words {
    source: String,
    attribution: String,
    report: Report,
    properties: Properties,
}

/// What the packed form holds.
#[derive(Serialize, Deserialize)]
struct Packed {
    source: String,
    attribution: String,
    network: NetworkData,
    report: Report,
    order: Vec<u32>,
}

/// Why a file cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RoadFileError {
    /// It is something else.
    #[error("no road network of Cordon's")]
    NoRoadFile,
    /// It was written in another form.
    #[error("a road network in form {0}; this version reads form {VERSION}: build it again from its source")]
    Version(u32),
    /// It ends too early.
    #[error("the road network is cut short: {has} bytes of {wanted}")]
    CutShort {
        /// Bytes that it should have.
        wanted: u64,
        /// Bytes that it has.
        has: u64,
    },
    /// It cannot be read.
    #[error("the road network cannot be read")]
    Unreadable(#[from] io::Error),
    /// A checksum does not match.
    #[error("the road network is damaged: its checksum does not match")]
    Damaged,
    /// What it holds is none, though it is whole.
    #[error("the road network does not hold together: {0}")]
    Network(#[from] NetworkError),
    /// Its order is that of another network.
    #[error("the road network does not hold together: {0}")]
    Order(#[from] SkeletonError),
}

/// Why a network could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The extract cannot be read.
    #[error(transparent)]
    Extract(#[from] OsmError),
    /// The road layer cannot be read.
    #[error(transparent)]
    Layer(#[from] ImportError),
    /// There is no network in it.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// It cannot be put in an order.
    #[error(transparent)]
    Order(#[from] SkeletonError),
}

impl RoadFile {
    /// Makes a network from the bytes of an OpenStreetMap extract. Costs a second for a city, a minute for a province.
    pub fn build(source: &str, attribution: &str, extract: &[u8]) -> Result<RoadFile, BuildError> {
        let (draft, findings) = osm::read(extract)?;
        RoadFile::of_draft(source, attribution, draft, findings)
    }

    /// The same from a road layer that was opened; its roads go with the file, and what else was noticed comes beside it.
    pub fn of_layer(
        source: &str,
        attribution: &str,
        opened: &Opened,
        layer: &Layer,
    ) -> Result<(RoadFile, Drawn), BuildError> {
        let mut drawn = layer.draw(opened)?;
        let (draft, findings) = (std::mem::take(&mut drawn.draft), std::mem::take(&mut drawn.findings));
        Ok((RoadFile::of_draft(source, attribution, draft, findings)?, drawn))
    }

    fn of_draft(
        source: &str,
        attribution: &str,
        mut draft: Draft,
        mut findings: Vec<Finding>,
    ) -> Result<RoadFile, BuildError> {
        let (network, more) = Network::build(&mut draft)?;
        drop(draft);
        findings.extend(more);
        let grid = EdgeGrid::of(&network);
        let report = Report::of(&network, &grid, findings);
        let skeleton = Skeleton::new(&network, &order(&network))?;
        let (source, attribution) = (source.to_owned(), attribution.to_owned());
        Ok(RoadFile { source, attribution, network, grid, skeleton, report })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = Words {
            source: self.source.clone(),
            attribution: self.attribution.clone(),
            report: self.report.clone(),
            properties: self.network.properties(),
        };
        let plain = postcard::to_stdvec(&words).expect("plain data can be written");
        let words = zstd::bulk::compress(&plain, COMPRESSION).expect("memory can be compressed");
        written(VERSION, &words, &[self.network.columns(), self.grid.columns(), self.skeleton.columns()])
    }

    /// What bytes hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<RoadFile, RoadFileError> {
        read(bytes)
    }

    /// What a file holds. Works on two threads; costs as much as copying it, for the forms before this also what it costs to work
    /// the grid out, and the skeleton.
    pub fn read(file: &File) -> Result<RoadFile, RoadFileError> {
        read(file)
    }
}

/// The bytes of a file: its head, the table of its sections, and these, which are its words and then the columns of the network, the
/// grid and the skeleton.
fn written(version: u32, words: &[u8], columns: &[Vec<Column>; 3]) -> Vec<u8> {
    let sections = || std::iter::once(words.len()).chain(columns.iter().flatten().map(Column::byte_len));
    let count = sections().count();
    let table_end = HEAD + count * LINE;
    let mut bytes = Vec::with_capacity(table_end + sections().sum::<usize>());
    bytes.resize(table_end, 0);
    bytes.extend_from_slice(words);
    columns.iter().flatten().for_each(|column| column.write(&mut bytes));
    let mut begin = table_end;
    for (line, length) in sections().enumerate() {
        let checksum = crc32fast::hash(&bytes[begin..begin + length]);
        let at = HEAD + line * LINE;
        bytes[at..at + 8].copy_from_slice(&(length as u64).to_le_bytes());
        bytes[at + 8..at + LINE].copy_from_slice(&checksum.to_le_bytes());
        begin += length;
    }
    let checksum = crc32fast::hash(&bytes[HEAD..table_end]);
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&version.to_le_bytes());
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    bytes[16..HEAD].copy_from_slice(&((count * LINE) as u64).to_le_bytes());
    bytes
}

/// Bytes that are read at any place, by several threads.
trait ReadAt: Sync {
    fn byte_len(&self) -> io::Result<u64>;

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()>;

    /// So many bytes from a place on, which are there.
    fn bytes(&self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.read_at(&mut bytes, at)?;
        Ok(bytes)
    }
}

impl ReadAt for File {
    fn byte_len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.read_exact_at(bytes, at)
    }
}

impl ReadAt for [u8] {
    fn byte_len(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        let there = usize::try_from(at).ok().and_then(|at| self.get(at..)?.get(..bytes.len()));
        bytes.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

fn read<S: ReadAt + ?Sized>(source: &S) -> Result<RoadFile, RoadFileError> {
    let has = source.byte_len()?;
    let head = source.bytes(0, has.min(HEAD as u64) as usize)?;
    if !head.starts_with(MAGIC) {
        return Err(RoadFileError::NoRoadFile);
    }
    if head.len() < HEAD {
        return Err(RoadFileError::CutShort { wanted: HEAD as u64, has });
    }
    let version = u32_at(&head, 8);
    let has_columns = version == VERSION || OTHER_GRIDS.contains(&version);
    if !has_columns && version != PACKED {
        return Err(RoadFileError::Version(version));
    }
    let length = u64_at(&head, 16);
    let wanted = length.saturating_add(HEAD as u64);
    if wanted > has {
        return Err(RoadFileError::CutShort { wanted, has });
    }
    let next = source.bytes(HEAD as u64, length as usize)?;
    let is_whole = crc32fast::hash(&next) == u32_at(&head, 12);
    match version {
        PACKED if is_whole && has == wanted => packed(&next),
        _ if is_whole && has_columns => columns(version, &next, source, has),
        _ => Err(RoadFileError::Damaged),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// The oldest form.
fn packed(body: &[u8]) -> Result<RoadFile, RoadFileError> {
    let Packed { source, attribution, network, report, order } = unpacked(body)?;
    let network = Network::new(network)?;
    let (grid, skeleton) = (EdgeGrid::of(&network), Skeleton::new(&network, &order)?);
    Ok(RoadFile { source, attribution, network, grid, skeleton, report })
}

fn unpacked<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, RoadFileError> {
    let plain = zstd::stream::decode_all(body).map_err(|_| RoadFileError::Damaged)?;
    postcard::from_bytes(&plain).map_err(|_| RoadFileError::Damaged)
}

/// A section of the file.
#[derive(Clone, Copy)]
struct Section {
    begin: u64,
    length: u64,
    checksum: u32,
}

/// This form and those of another grid: the sections that a table counts. The skeleton, half of the bytes, is read beside the rest.
fn columns<S: ReadAt + ?Sized>(version: u32, table: &[u8], source: &S, has: u64) -> Result<RoadFile, RoadFileError> {
    let mut end = (HEAD + table.len()) as u64;
    let section = |line: &[u8]| {
        let section = Section { begin: end, length: u64_at(line, 0), checksum: u32_at(line, 8) };
        end = end.saturating_add(section.length);
        section
    };
    let sections: Vec<Section> = table.chunks_exact(LINE).map(section).collect();
    if end > has {
        return Err(RoadFileError::CutShort { wanted: end, has });
    }
    let grid_columns = if version == VERSION { EdgeGrid::COLUMNS.len() } else { OTHER_GRID_COLUMNS };
    let count = 1 + Network::COLUMNS.len() + grid_columns + Skeleton::COLUMNS.len();
    if sections.len() != count || end != has {
        return Err(RoadFileError::Damaged);
    }
    let (words, rest) = (sections[0], &sections[1..]);
    let (of_network, rest) = rest.split_at(Network::COLUMNS.len());
    let (of_grid, of_skeleton) = rest.split_at(grid_columns);
    let lengths = std::array::from_fn(|at| of_network[at].length as usize / Network::COLUMNS[at].width());
    let (network, skeleton) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| {
            let columns = read_columns(source, of_skeleton, &Skeleton::COLUMNS)?;
            Ok::<_, RoadFileError>(Skeleton::from_columns(Network::counts_of(&lengths), columns.into_iter())?)
        });
        let rest = || {
            let Words { source: from, attribution, report, properties } = unpacked(&whole(source, words)?)?;
            let network = read_columns(source, of_network, &Network::COLUMNS)?;
            let network = Network::from_columns(properties, network.into_iter())?;
            let grid = if version == VERSION {
                let columns = read_columns(source, of_grid, &EdgeGrid::COLUMNS)?;
                EdgeGrid::from_columns(network.edge_count(), columns.into_iter())?
            } else {
                EdgeGrid::of(&network)
            };
            Ok::<_, RoadFileError>((from, attribution, report, network, grid))
        };
        (rest(), beside.join().expect("reading numbers does not panic"))
    });
    let (source, attribution, report, network, grid) = network?;
    Ok(RoadFile { source, attribution, network, grid, skeleton: skeleton?, report })
}

/// The bytes of a section, if it is whole.
fn whole<S: ReadAt + ?Sized>(source: &S, section: Section) -> Result<Vec<u8>, RoadFileError> {
    let bytes = source.bytes(section.begin, section.length as usize)?;
    if crc32fast::hash(&bytes) == section.checksum { Ok(bytes) } else { Err(RoadFileError::Damaged) }
}

/// The columns of sections that are whole.
fn read_columns<S: ReadAt + ?Sized>(
    source: &S,
    sections: &[Section],
    shapes: &[ColumnShape],
) -> Result<Vec<Column>, RoadFileError> {
    let mut piece = vec![0; PIECE];
    let mut column = |(section, shape): (&Section, &ColumnShape)| {
        let length = section.length as usize;
        if !length.is_multiple_of(shape.width()) {
            return Err(RoadFileError::Damaged);
        }
        let mut column = shape.column(length / shape.width());
        let mut checksum = crc32fast::Hasher::new();
        for begin in (0..length).step_by(PIECE) {
            let bytes = &mut piece[..PIECE.min(length - begin)];
            source.read_at(bytes, section.begin + begin as u64)?;
            checksum.update(bytes);
            column.read(bytes);
        }
        if checksum.finalize() == section.checksum { Ok(column) } else { Err(RoadFileError::Damaged) }
    };
    sections.iter().zip(shapes).map(&mut column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::park;

    fn built() -> RoadFile {
        let extract = park::osm::road_net(&park::roads::Roads::of_the_park());
        RoadFile::build("park.osm.pbf", "nobody", &extract).expect("the park's own extract")
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        let built = built();
        let bytes = built.to_bytes();
        let mut file = tempfile::tempfile().expect("a file");
        io::Write::write_all(&mut file, &bytes).expect("a file can be written");
        assert_eq!(RoadFile::read(&file).expect("a whole file"), built);
        file.set_len(bytes.len() as u64 - 1).expect("a file can be cut");
        assert!(matches!(RoadFile::read(&file), Err(RoadFileError::CutShort { .. })));
    }

    #[test]
    fn the_forms_before_have_their_grid_made_anew_and_a_grid_that_does_not_hold_together_is_refused() {
        let built = built();
        let bytes = built.to_bytes();
        let words = {
            let begin = HEAD + (1 + Network::COLUMNS.len() + EdgeGrid::COLUMNS.len() + Skeleton::COLUMNS.len()) * LINE;
            bytes[begin..begin + u64_at(&bytes, HEAD) as usize].to_vec()
        };
        let with_grid = |version: u32, grid: Vec<Column>| {
            RoadFile::from_bytes(&written(version, &words, &[built.network.columns(), grid, built.skeleton.columns()]))
        };
        let grid = built.grid.columns();
        let others = vec![Column::Numbers(vec![7; 4]), Column::Numbers(vec![1; 9]), Column::Numbers(vec![u32::MAX; 2])];
        for version in OTHER_GRIDS {
            assert_eq!(with_grid(version, others.clone()).expect("a whole file"), built, "form {version}");
            assert!(matches!(with_grid(version, grid.clone()), Err(RoadFileError::Damaged)), "form {version}");
        }
        assert!(matches!(with_grid(VERSION, others), Err(RoadFileError::Damaged)));
        let Column::Numbers(extent) = &grid[0] else { panic!("an extent is numbers") };
        let turned = Column::Numbers(vec![extent[2], extent[1], extent[0], extent[3]]);
        let Column::Pairs(parts) = &grid[3] else { panic!("parts are pairs") };
        let fewer = Column::Pairs(parts[1..].to_vec());
        for (at, wrong) in [(0, turned), (3, fewer), (1, Column::Numbers(vec![0; 3]))] {
            let mut columns = grid.clone();
            columns[at] = wrong;
            assert!(matches!(with_grid(VERSION, columns), Err(RoadFileError::Network(_))), "column {at}");
        }
    }

    #[test]
    fn a_file_of_the_oldest_form_is_the_same_network() {
        let built = built();
        let packed = Packed {
            source: built.source.clone(),
            attribution: built.attribution.clone(),
            network: built.network.data().clone(),
            report: built.report.clone(),
            order: built.skeleton.order(),
        };
        let plain = postcard::to_stdvec(&packed).expect("plain data can be written");
        let body = zstd::bulk::compress(&plain, COMPRESSION).expect("memory can be compressed");
        let mut bytes = MAGIC.to_vec();
        bytes.extend(PACKED.to_le_bytes());
        bytes.extend(crc32fast::hash(&body).to_le_bytes());
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(body);
        assert_eq!(RoadFile::from_bytes(&bytes).expect("a whole file"), built);
        bytes.truncate(bytes.len() - 1);
        assert!(matches!(RoadFile::from_bytes(&bytes), Err(RoadFileError::CutShort { .. })));
    }
}
