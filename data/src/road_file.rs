//! The saved form of a road network: made once from an extract, loaded at every start.
//!
//! It must never load what was not saved: a file that is cut, damaged or of another version is an error that says which.

use crate::import::files::{ImportError, Opened};
use crate::import::osm::{self, OsmError};
use crate::import::road_layer::{Drawn, Layer};
use cordon_spatial::road::hierarchy::order;
use cordon_spatial::road::{Draft, EdgeGrid, Finding, Network, NetworkData, NetworkError, Report};
use serde::{Deserialize, Serialize};

/// First bytes of a file.
const MAGIC: &[u8; 8] = b"CRDROADS";
/// The form that is written and read.
const VERSION: u32 = 1;
/// Magic, version, checksum of the rest, length of the rest.
const HEAD: usize = 8 + 4 + 4 + 8;
/// Quick to write, and quick to read at every start.
const COMPRESSION: i32 = 3;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoadFile {
    /// What it was made from, for people.
    pub source: String,
    /// Whose data it is, to be shown wherever it is drawn.
    pub attribution: String,
    /// The network.
    pub network: NetworkData,
    /// What was noticed when it was made.
    pub report: Report,
    /// The order in which the fast layer contracts the nodes.
    pub order: Vec<u32>,
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
    /// Its checksum does not match.
    #[error("the road network is damaged: its checksum does not match")]
    Damaged,
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
        let report = Report::of(&network, &EdgeGrid::of(&network), findings);
        let order = order(&network);
        let (source, attribution) = (source.to_owned(), attribution.to_owned());
        Ok(RoadFile { source, attribution, network: network.data().clone(), report, order })
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let plain = postcard::to_stdvec(self).expect("plain data can be written");
        let body = zstd::bulk::compress(&plain, COMPRESSION).expect("memory can be compressed");
        let mut bytes = Vec::with_capacity(HEAD + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }

    /// What bytes hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<RoadFile, RoadFileError> {
        if !bytes.starts_with(MAGIC) {
            return Err(RoadFileError::NoRoadFile);
        }
        let cut = |wanted: u64| RoadFileError::CutShort { wanted, has: bytes.len() as u64 };
        let head = bytes.get(..HEAD).ok_or(cut(HEAD as u64))?;
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
        if number(8) != VERSION {
            return Err(RoadFileError::Version(number(8)));
        }
        let length = u64::from_le_bytes(head[16..24].try_into().expect("eight bytes"));
        let wanted = length.saturating_add(HEAD as u64);
        let body = &bytes[HEAD..];
        if (body.len() as u64) < length {
            return Err(cut(wanted));
        }
        if body.len() as u64 > length || crc32fast::hash(body) != number(12) {
            return Err(RoadFileError::Damaged);
        }
        let plain = zstd::stream::decode_all(body).map_err(|_| RoadFileError::Damaged)?;
        postcard::from_bytes(&plain).map_err(|_| RoadFileError::Damaged)
    }
}
