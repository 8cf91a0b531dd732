//! The blocks of an extract: where each begins and ends, so that one that is cut short is told from one that is broken.

use super::OsmError;

/// One block with its head.
pub(super) struct Frame<'a> {
    /// Where it begins in the file.
    pub at: usize,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Largest head of a block (the format's own limit).
const MAX_HEAD: usize = 64 * 1024;

/// All blocks of a file.
pub(super) fn frames(file: &[u8]) -> Result<Vec<Frame<'_>>, OsmError> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let left = file.len() - at;
        let cut = |wanted: usize| OsmError::CutShort { at, wanted, left };
        let broken = |what: &str| OsmError::Broken { at, what: what.to_owned() };
        let length = file[at..].first_chunk::<4>().ok_or(cut(4))?;
        let head = u32::from_be_bytes(*length) as usize;
        if head == 0 || head > MAX_HEAD {
            return Err(broken("a block with an impossible head"));
        }
        let head_bytes = file.get(at + 4..at + 4 + head).ok_or(cut(4 + head))?;
        let data = data_size(head_bytes).ok_or_else(|| broken("a block with an unreadable head"))?;
        let wanted = 4 + head + data;
        let bytes = file.get(at..at + wanted).ok_or(cut(wanted))?;
        found.push(Frame { at, bytes });
        at += wanted;
    }
    Ok(found)
}

/// The field `datasize` (3) of a head (OSM wiki, PBF Format, `BlobHeader`).
fn data_size(mut head: &[u8]) -> Option<usize> {
    let mut size = None;
    while !head.is_empty() {
        let key = varint(&mut head)?;
        match (key >> 3, key & 7) {
            (3, 0) => size = usize::try_from(varint(&mut head)?).ok(),
            (_, 0) => {
                varint(&mut head)?;
            }
            (_, 2) => {
                let length = usize::try_from(varint(&mut head)?).ok()?;
                head = head.get(length..)?;
            }
            _ => return None,
        }
    }
    size.filter(|size| *size <= 64 * 1024 * 1024)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
