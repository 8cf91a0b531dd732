//! Any bytes as the body of any message: no panic, and what is read as a position can be written and read again.
#![no_main]

use cordon_server::decode;
use cordon_server::gateway::jt808::bad::hex;
use cordon_server::gateway::jt808::encode::encode;
use cordon_server::gateway::jt808::header::{Header, Version};
use cordon_server::gateway::jt808::location::Location;
use cordon_server::gateway::jt808::phone::Phone;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, bool, &[u8])| {
    let (msg_id, is_2019, body) = input;
    if let Ok((location, _)) = Location::parse(body) {
        let mut written = Vec::new();
        location.encode(&mut written);
        let (read, _) = Location::parse(&written).expect("our own bytes are read");
        assert_eq!((read.position, read.fixed_at, read.speed), (location.position, location.fixed_at, location.speed));
    }
    let version = if is_2019 { Version::V2019 } else { Version::V2013 };
    let mut frames = Vec::new();
    encode(&Header::plain(msg_id, version, Phone::from_bcd6(&[1; 6]), 1), body, &mut frames);
    let mut out = Vec::new();
    decode::run(&[hex(&frames)], std::io::empty(), &mut out).expect("writing to memory does not fail");
    assert!(!out.is_empty());
});
