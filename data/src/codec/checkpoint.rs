//! A vehicle's checkpoint as bytes: the engine's version, then the state as that version writes it.
//!
//! A checkpoint is a cache, as a snapshot is: one of another engine version is left aside, and an older one or the fixes
//! themselves stand in for it.

use super::Unreadable;
use cordon_spatial::watch::{Checkpoint, ENGINE_VERSION};

/// The bytes of a checkpoint.
pub fn encode(checkpoint: &Checkpoint) -> Vec<u8> {
    let version = ENGINE_VERSION.to_le_bytes().to_vec();
    postcard::to_extend(checkpoint, version).expect("a state of numbers always serializes to memory")
}

/// Reads the bytes of [`encode`]; `None` when another version of the engine wrote them.
pub fn decode(plain: &[u8]) -> Result<Option<Checkpoint>, Unreadable> {
    let Some((version, state)) = plain.split_first_chunk::<4>() else {
        return Err(Unreadable::because(format!("{} bytes are no checkpoint", plain.len())));
    };
    if u32::from_le_bytes(*version) != ENGINE_VERSION {
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
        plain[0] ^= 1;
        assert_eq!(decode(&plain), Ok(None));
    }
}
