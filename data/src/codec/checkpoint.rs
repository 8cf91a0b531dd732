//! A vehicle's checkpoint as bytes: the engine's version, then the state as that version writes it.
//!
//! A checkpoint is a cache, as a snapshot is: one that this engine version does not read is left aside, and an older one or the fixes
//! themselves stand in for it.

use super::Unreadable;
use cordon_spatial::watch::{Checkpoint, ENGINE_VERSION, READABLE_VERSIONS};

/// The bytes of a checkpoint.
pub fn encode(checkpoint: &Checkpoint) -> Vec<u8> {
    let version = ENGINE_VERSION.to_le_bytes().to_vec();
    postcard::to_extend(checkpoint, version).expect("a state of numbers always serializes to memory")
}

/// Reads the bytes of [`encode`]; `None` when a version of the engine wrote them that this one does not read.
pub fn decode(plain: &[u8]) -> Result<Option<Checkpoint>, Unreadable> {
    let Some((version, state)) = plain.split_first_chunk::<4>() else {
        return Err(Unreadable::because(format!("{} bytes are no checkpoint", plain.len())));
    };
    if !READABLE_VERSIONS.contains(&u32::from_le_bytes(*version)) {
        return Ok(None);
    }
    postcard::from_bytes(state).map(Some).map_err(|error| Unreadable::because(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_read_back_unless_another_engine_wrote_it() {
        let state = json!({"map_version": 5, "suspects": [], "inside": [], "visits": [],
            "quiet": {"steady_from": 0, "settles_at": 0, "calm": true}, "absences": []});
        let checkpoint = json!({"vehicle": 7, "at": 3_600_000, "zones": [], "state": state});
        let checkpoint: Checkpoint = serde_json::from_value(checkpoint).expect("a state without a fix");
        let mut plain = encode(&checkpoint);
        assert_eq!(decode(&plain), Ok(Some(checkpoint)));
        assert!(decode(&plain[..plain.len() - 1]).is_err());
        assert!(decode(&plain[..3]).is_err());
        plain[..4].copy_from_slice(&READABLE_VERSIONS.start().to_le_bytes());
        assert!(matches!(decode(&plain), Ok(Some(_))));
        plain[..4].copy_from_slice(&(ENGINE_VERSION + 1).to_le_bytes());
        assert_eq!(decode(&plain), Ok(None));
    }
}
