//! Any bytes over a connection, cut anywhere: no panic, bounded memory, and a good frame after them is understood.
#![no_main]

use cordon_server::gateway::jt808::encode::encode;
use cordon_server::gateway::jt808::frame::{Frames, MAX_FRAME};
use cordon_server::gateway::jt808::header::{Header, Version};
use cordon_server::gateway::jt808::id;
use cordon_server::gateway::jt808::phone::Phone;
use cordon_server::gateway::jt808::session::{Action, Session};
use cordon_spatial::ids::VehicleKey;
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use std::time::Instant;

fuzz_target!(|input: (u16, &[u8])| {
    let (cut, bytes) = input;
    let (first, second) = bytes.split_at(usize::from(cut).min(bytes.len()));
    let (mut frames, mut session) = (Frames::default(), Session::new(Arc::default()));
    let (mut fixes, mut replies) = (Vec::new(), Vec::new());
    for piece in [first, second] {
        let mut feed = frames.feed(piece);
        while let Some(frame) = feed.next() {
            let action = match frame {
                Ok(frame) => session.on_frame(&frame, Instant::now(), &mut fixes, &mut replies),
                Err(bad) => session.on_bad_frame(bad),
            };
            if let Action::Authenticate(_) = action {
                session.authenticated(Some(VehicleKey(1)), &mut replies);
            }
        }
    }
    assert!(frames.held() <= MAX_FRAME);
    let heartbeat = Header::plain(id::HEARTBEAT, Version::V2013, Phone::from_bcd6(&[1; 6]), 7);
    let mut last = vec![0x7E];
    encode(&heartbeat, &[], &mut last);
    let mut feed = frames.feed(&last);
    let mut found = false;
    while let Some(frame) = feed.next() {
        found = frame.is_ok_and(|frame| frame.header == heartbeat);
    }
    assert!(found, "the frame after the noise was lost");
});
