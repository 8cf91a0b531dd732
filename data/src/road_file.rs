//! The saved form of a road network: made once from an extract, loaded at every start.
//!
//! The network, its grid and its skeleton lie in the file as columns of whole numbers, each with its checksum, so that a start
//! copies and checks them and works nothing out.
//! It must never load what was not saved: a file that is cut, damaged or of another version is an error that says which.

use crate::import::files::{ImportError, Opened};
use crate::import::osm::{self, OsmError};
use crate::import::road_layer::{Drawn, Layer};
use cordon_spatial::road::hierarchy::{Skeleton, SkeletonError, order};
use cordon_spatial::road::{Column, Draft, EdgeGrid, Finding, Network, NetworkData, NetworkError, Properties, Report};
use serde::{Deserialize, Serialize};

/// First bytes of a file.
const MAGIC: &[u8; 8] = b"CRDROADS";
/// The form that is written.
const VERSION: u32 = 2;
/// The form before it, which is read: one compressed piece, from which the rest is worked out at every start.
const PACKED: u32 = 1;
/// Magic, version, checksum of what the next member counts, and how many bytes that is: of the table, or of the packed piece.
const HEAD: usize = 8 + 4 + 4 + 8;
/// One line of the table: bytes and checksum of a section.
const LINE: usize = 8 + 4;
/// What is written first is small, and quick to read at every start.
const COMPRESSION: i32 = 3;
/// Sections: the words, then the columns of the network, the grid and the skeleton.
const COLUMNS: [usize; 3] = [14, 3, 9];

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
        let columns = [self.network.columns(), self.grid.columns(), self.skeleton.columns()];
        let sections = || std::iter::once(words.len()).chain(columns.iter().flatten().map(|column| column.len() * 4));
        let count = sections().count();
        let table_end = HEAD + count * LINE;
        let mut bytes = Vec::with_capacity(table_end + sections().sum::<usize>());
        bytes.resize(table_end, 0);
        bytes.extend_from_slice(&words);
        columns.iter().flatten().for_each(|column| bytes.extend(column.iter().flat_map(|number| number.to_le_bytes())));
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
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        bytes[16..HEAD].copy_from_slice(&((count * LINE) as u64).to_le_bytes());
        bytes
    }

    /// What bytes hold. Works on two threads; costs as much as copying them twice, for the form before this what it costs to
    /// work the grid and the skeleton out.
    pub fn from_bytes(bytes: &[u8]) -> Result<RoadFile, RoadFileError> {
        if !bytes.starts_with(MAGIC) {
            return Err(RoadFileError::NoRoadFile);
        }
        let head = bytes.get(..HEAD).ok_or(cut(HEAD as u64, bytes))?;
        let version = u32_at(head, 8);
        let length = u64_at(head, 16);
        let wanted = length.saturating_add(HEAD as u64);
        let Some(next) = usize::try_from(wanted).ok().and_then(|end| bytes.get(HEAD..end)) else {
            return Err(if matches!(version, PACKED | VERSION) {
                cut(wanted, bytes)
            } else {
                RoadFileError::Version(version)
            });
        };
        let is_whole = crc32fast::hash(next) == u32_at(head, 12);
        match version {
            PACKED if is_whole && bytes.len() as u64 == wanted => packed(next),
            VERSION if is_whole => columns(next, bytes),
            PACKED | VERSION => Err(RoadFileError::Damaged),
            other => Err(RoadFileError::Version(other)),
        }
    }
}

fn cut(wanted: u64, bytes: &[u8]) -> RoadFileError {
    RoadFileError::CutShort { wanted, has: bytes.len() as u64 }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// The form before this.
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

/// This form: the sections that a table counts. The skeleton, half of the bytes, is read beside the rest.
fn columns(table: &[u8], bytes: &[u8]) -> Result<RoadFile, RoadFileError> {
    let lines = table.chunks_exact(LINE).map(|line| (u64_at(line, 0), u32_at(line, 8)));
    let body = &bytes[HEAD + table.len()..];
    let wanted = lines.clone().fold((HEAD + table.len()) as u64, |sum, (length, _)| sum.saturating_add(length));
    if wanted > bytes.len() as u64 {
        return Err(cut(wanted, bytes));
    }
    if wanted < bytes.len() as u64 || lines.len() != 1 + COLUMNS.iter().sum::<usize>() {
        return Err(RoadFileError::Damaged);
    }
    let mut rest = body;
    let mut sections = lines.map(|(length, checksum)| {
        let (section, after) = rest.split_at(length as usize);
        rest = after;
        (section, checksum)
    });
    let words = sections.next().into_iter().collect::<Vec<_>>();
    let [of_network, of_grid, of_skeleton] = COLUMNS.map(|count| sections.by_ref().take(count).collect::<Vec<_>>());
    let (skeleton, rest) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| numbers(&of_skeleton));
        let rest = || Ok::<_, RoadFileError>((whole(words[0])?, numbers(&of_network)?, numbers(&of_grid)?));
        (beside.join().expect("reading numbers does not panic"), rest())
    });
    let (words, of_network, of_grid) = rest?;
    let Words { source, attribution, report, properties } = unpacked(words)?;
    let network = Network::from_columns(properties, of_network.into_iter())?;
    let counts = network.counts();
    let of_skeleton = skeleton?;
    let (skeleton, grid) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| Skeleton::from_columns(counts, of_skeleton.into_iter()));
        let grid = EdgeGrid::from_columns(counts.2, of_grid.into_iter());
        (beside.join().expect("checking numbers does not panic"), grid)
    });
    Ok(RoadFile { source, attribution, network, grid: grid?, skeleton: skeleton?, report })
}

/// A section with its checksum, if it is whole.
fn whole((section, checksum): (&[u8], u32)) -> Result<&[u8], RoadFileError> {
    if crc32fast::hash(section) == checksum { Ok(section) } else { Err(RoadFileError::Damaged) }
}

/// The numbers of sections that are whole.
fn numbers(sections: &[(&[u8], u32)]) -> Result<Vec<Column>, RoadFileError> {
    let column = |section: &(&[u8], u32)| {
        let (numbers, rest) = whole(*section)?.as_chunks::<4>();
        if rest.is_empty() {
            Ok(numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
        } else {
            Err(RoadFileError::Damaged)
        }
    };
    sections.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::park;

    #[test]
    fn a_file_of_the_form_before_is_the_same_network() {
        let extract = park::osm::road_net(&park::roads::Roads::of_the_park());
        let built = RoadFile::build("park.osm.pbf", "nobody", &extract).expect("the park's own extract");
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
