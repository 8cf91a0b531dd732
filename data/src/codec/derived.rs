//! What entry made of a feature's body, as bytes. A zone's have no layout number: they are the first layout that there was.

use super::Unreadable;
use crate::feature::{Collection, Derived};
use serde::de::DeserializeOwned;

/// The layout of an exemption's keys.
const EXEMPTION: u8 = 1;

/// The bytes of what was derived.
pub fn encode(derived: &Derived) -> Vec<u8> {
    let plain = match derived {
        Derived::Zone(zone) => postcard::to_stdvec(zone),
        Derived::Exemption(exemption) => postcard::to_stdvec(&(EXEMPTION, exemption)),
    };
    plain.expect("numbers and ids always serialize to memory")
}

/// Reads the bytes of [`encode`] that stand beside a feature of this collection.
pub fn decode(collection: Collection, plain: &[u8]) -> Result<Derived, Unreadable> {
    match collection {
        Collection::Zones => read(plain).map(Derived::Zone),
        Collection::Exemptions => match plain.split_first() {
            Some((&EXEMPTION, keys)) => read(keys).map(Derived::Exemption),
            Some((other, _)) => Err(Unreadable::because(format!("layout {other} of an exemption is not known"))),
            None => Err(Unreadable::because("it is empty")),
        },
        other => Err(Unreadable::because(format!("nothing is derived in the collection {other}"))),
    }
}

/// All of the bytes and nothing else.
fn read<T: DeserializeOwned>(plain: &[u8]) -> Result<T, Unreadable> {
    match postcard::take_from_bytes(plain) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(Unreadable::because(format!("{} bytes are left over", rest.len()))),
        Err(error) => Err(Unreadable::because(error.to_string())),
    }
}
