//! The envelope around stored bytes: version, checksum, compression.
//!
//! Layout, little endian: version u8 = 1, compressed u8 (0 or 1), CRC-32 of everything else u32, plain length u32, data.

use super::Unreadable;

const VERSION: u8 = 1;
const HEADER: usize = 10;
/// Shorter plain bytes are not worth compressing.
const WORTH_COMPRESSING: usize = 512;
/// Fast enough to compress millions of fixes a second on one core.
const LEVEL: i32 = 1;
/// Most plain bytes of one frame, so that a damaged length cannot ask for all memory.
const MAX_PLAIN: usize = 256 * 1024 * 1024;

/// Makes frames; keeps the compressor between them.
pub struct Sealer {
    compressor: zstd::bulk::Compressor<'static>,
}

impl Sealer {
    /// A sealer, with about 1 MiB of working memory. Errors when that cannot be had.
    pub fn new() -> std::io::Result<Sealer> {
        Ok(Sealer { compressor: zstd::bulk::Compressor::new(LEVEL)? })
    }

    /// The frame around `plain`, which holds at most 256 MiB.
    pub fn seal(&mut self, plain: &[u8]) -> std::io::Result<Vec<u8>> {
        if plain.len() > MAX_PLAIN {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "a frame holds at most 256 MiB"));
        }
        let packed = if plain.len() < WORTH_COMPRESSING { None } else { Some(self.compressor.compress(plain)?) };
        let packed = packed.filter(|packed| packed.len() < plain.len());
        let data = packed.as_deref().unwrap_or(plain);
        let mut frame = Vec::with_capacity(HEADER + data.len());
        frame.extend_from_slice(&[VERSION, u8::from(packed.is_some()), 0, 0, 0, 0]);
        frame.extend_from_slice(&(plain.len() as u32).to_le_bytes());
        frame.extend_from_slice(data);
        let sum = checksum(&frame);
        frame[2..6].copy_from_slice(&sum.to_le_bytes());
        Ok(frame)
    }
}

/// The plain bytes of a frame; an error when a bit of it changed or it comes from a newer Cordon.
pub fn open(frame: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let Some((header, data)) = frame.split_at_checked(HEADER) else {
        return Err(Unreadable::because(format!("{} bytes are no frame", frame.len())));
    };
    if header[0] != VERSION {
        return Err(Unreadable::because(format!("frame version {} is not known", header[0])));
    }
    let sum = u32::from_le_bytes([header[2], header[3], header[4], header[5]]);
    if checksum(frame) != sum {
        return Err(Unreadable::because("the checksum does not match"));
    }
    let length = u32::from_le_bytes([header[6], header[7], header[8], header[9]]) as usize;
    if length > MAX_PLAIN {
        return Err(Unreadable::because(format!("a length of {length} bytes is over the limit")));
    }
    let plain = match header[1] {
        0 => data.to_vec(),
        1 => zstd::bulk::decompress(data, length).map_err(|error| Unreadable::because(error.to_string()))?,
        other => return Err(Unreadable::because(format!("compression {other} is not known"))),
    };
    if plain.len() == length { Ok(plain) } else { Err(Unreadable::because("the length does not match")) }
}

/// Over everything but the checksum itself.
fn checksum(frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&frame[..2]);
    hasher.update(&frame[6..]);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_bit_and_every_cut_is_noticed() {
        for length in [0, 5, 5_000] {
            let plain: Vec<u8> = (0..length).map(|i| (i % 7) as u8).collect();
            let frame = Sealer::new().unwrap().seal(&plain).unwrap();
            assert_eq!(open(&frame), Ok(plain));
            for at in 0..frame.len() {
                let mut changed = frame.clone();
                changed[at] ^= 1 << (at % 8);
                assert!(open(&changed).is_err(), "byte {at} of {}", frame.len());
                assert!(open(&frame[..at]).is_err(), "cut at {at}");
            }
        }
    }
}
