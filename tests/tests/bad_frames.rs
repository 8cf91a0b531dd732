//! What comes over TCP and is no proper report: each gets a clear answer or a mark, is counted, and harms nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Report, Terminal, Version, close, delimit, encode};
use cordon_tests::random::Random;
use cordon_tests::server::Server;
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What became of proper frames, as the counter names it.
const ANSWERED: [&str; 3] = ["result=\"fixes\"", "result=\"taken\"", "result=\"unsupported\""];

/// A server, a lane of 75 past seconds and its terminal, signed on.
struct Scene {
    server: Server,
    lane: Lane,
    terminal: Terminal,
    code: Vec<u8>,
    next: i64,
}

impl Scene {
    fn new() -> Scene {
        Scene::with(Server::start(), 1)
    }

    fn with(server: Server, number: u32) -> Scene {
        // Long ago enough for every test's seconds, recent enough to be judged.
        let lane = Lane { number, begin_s: Lane::hours_ago(2) };
        let (terminal, code) =
            Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
        Scene { server, lane, terminal, code, next: 0 }
    }

    /// The next proper report is acknowledged.
    #[track_caller]
    fn good(&mut self) {
        let report = self.lane.report(self.next);
        assert_eq!(self.terminal.report(&report).unwrap(), 0, "second {}", self.next);
        self.next += 1;
    }

    /// The next proper frame, not sent; whoever sends it owes [`Scene::good_was`].
    fn next_frame(&mut self) -> (u16, Vec<u8>) {
        let body = self.lane.report(self.next).body();
        self.next += 1;
        self.terminal.frame(0x0200, &body)
    }

    fn reconnect(&mut self) {
        self.terminal =
            Terminal::return_with(self.server.jt808, &self.lane.phone(), &self.code, Version::V2013).unwrap();
    }

    /// The fixes that are stored of the vehicle, oldest first.
    fn fixes(&self) -> Vec<Value> {
        let vehicle = self.server.api().vehicle(&self.lane.plate()).unwrap();
        let path = format!(
            "/api/vehicles/{}/track?from=1990-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
            vehicle["id"].as_str().unwrap()
        );
        self.server.api().get(&path).expect(200)["properties"]["fixes"].as_array().unwrap().clone()
    }

    /// How many frames were counted as bad so far.
    fn bad_frames(&self) -> u64 {
        let metrics = self.server.api().get("/metrics").text();
        metrics
            .lines()
            .filter(|line| {
                line.starts_with("cordon_ingest_frames_total{") && !ANSWERED.iter().any(|r| line.contains(r))
            })
            .map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64)
            .sum()
    }
}

/// Sends spoiled bytes between two good reports: both are acknowledged, and at least one frame was counted as bad.
#[track_caller]
fn costs_one_frame(scene: &mut Scene, name: &str, bytes: &[u8]) {
    let before = scene.bad_frames();
    scene.good();
    scene.terminal.send_raw(bytes).unwrap();
    scene.good();
    assert!(scene.bad_frames() > before, "{name}: not counted");
}

#[test]
fn one_bad_frame_costs_one_frame() {
    let mut scene = Scene::new();
    let body = scene.lane.report(0).body();
    let raw = |length: u16, id: u16, body: &[u8]| {
        let mut raw = [id.to_be_bytes(), length.to_be_bytes()].concat();
        raw.extend_from_slice(&[0x01, 0x39, 0x00, 0x00, 0x00, 0x01, 0x7f, 0x00]);
        raw.extend_from_slice(body);
        raw
    };
    let good = raw(28, 0x0200, &body);
    let mut checksum = good.clone();
    checksum.push(good.iter().fold(0, |x, b| x ^ b) ^ 0x55);
    let whole = close(&good);
    let half = &whole[..whole.len() / 2];
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a wrong check byte", delimit(&checksum)),
        ("a length that says more", close(&raw(1_023, 0x0200, &body))),
        ("a length that says less", close(&raw(3, 0x0200, &body))),
        ("a frame that was cut, then the next", half.to_vec()),
        ("an end without its beginning", whole[whole.len() / 2..].to_vec()),
        ("an escape of nothing known", vec![0x7e, 0x7d, 0x03, 0x00, 0x7e]),
        ("a frame of one byte", vec![0x7e, 0x00, 0x7e]),
        ("a header without its end", close(&good[..7])),
        ("noise between frames", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("a frame of noise", delimit(&[0x42; 300])),
    ];
    for (name, bytes) in cases {
        costs_one_frame(&mut scene, name, &bytes);
        // The server may tire of a connection that brings many bad frames: each case has a fresh one.
        scene.reconnect();
    }
    let expected = scene.next as usize;
    assert_eq!(scene.fixes().len(), expected, "every good report is stored, nothing else");
}

#[test]
fn every_single_flipped_bit_is_noticed_and_costs_one_frame() {
    let mut scene = Scene::new();
    let template = scene.terminal.frame(0x0200, &scene.lane.report(5_000).body()).1;
    for byte in 0..template.len() {
        scene.reconnect();
        for bit in 0..8 {
            let mut spoiled = template.clone();
            spoiled[byte] ^= 1 << bit;
            scene.terminal.send_raw(&spoiled).unwrap();
            scene.good();
        }
    }
    assert!(scene.bad_frames() >= 8 * template.len() as u64 - 16);
    assert_eq!(scene.fixes().len() as i64, scene.next, "nothing of a spoiled report was stored");
}

#[test]
fn frames_may_come_joined_or_byte_by_byte() {
    let mut scene = Scene::new();
    let (mut joined, mut serials) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (serial, frame) = scene.next_frame();
        serials.push(serial);
        joined.extend_from_slice(&frame);
    }
    scene.terminal.send_raw(&joined).unwrap();
    for serial in serials {
        assert_eq!(scene.terminal.acknowledged(serial).unwrap(), 0);
    }
    let (serial, frame) = scene.next_frame();
    for byte in frame {
        scene.terminal.send_raw(&[byte]).unwrap();
    }
    assert_eq!(scene.terminal.acknowledged(serial).unwrap(), 0);
    assert_eq!(scene.fixes().len(), 6);
    assert_eq!(scene.bad_frames(), 0);
}

#[test]
fn a_megabyte_without_a_delimiter_and_other_noise_disturb_nobody_else() {
    let mut scene = Scene::new();
    let mut random = Random::seeded("noise");
    let address = scene.server.jt808;
    scene.good();
    for round in 0..60 {
        let mut stranger = TcpStream::connect(address).unwrap();
        stranger.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let bytes = match round % 3 {
            0 => vec![0x41; 1 << 20],
            1 => {
                let length = random.below(5_000) as usize;
                random.bytes(length)
            }
            _ => (0..200).flat_map(|_| delimit(&random.bytes(20))).collect(),
        };
        // The server may hang up in the middle of it; then the rest cannot be sent.
        let sent = stranger.write_all(&bytes);
        if round % 3 == 0 {
            let mut byte = [0];
            let closed = sent.is_err()
                || match stranger.read(&mut byte) {
                    Ok(count) => count == 0,
                    Err(e) => e.kind() == ErrorKind::ConnectionReset,
                };
            assert!(closed, "a peer that sends a megabyte without a delimiter is hung up on");
        }
        scene.good();
    }
    assert!(scene.bad_frames() > 60);
    assert_eq!(scene.fixes().len() as i64, scene.next);
}

#[test]
fn bodies_that_cannot_be_are_refused_with_an_answer() {
    let mut scene = Scene::new();
    let plain = scene.lane.report(0);
    let mut with_month_13 = plain.body();
    with_month_13[23] = 0x13;
    let mut beyond = plain.body();
    beyond[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    let swapped = Report { lon_e6: plain.lat_e6, lat_e6: plain.lon_e6, ..plain };
    let cases: Vec<(&str, u16, Vec<u8>)> = vec![
        ("a body that ends early", 0x0200, plain.body()[..10].to_vec()),
        ("an empty body", 0x0200, Vec::new()),
        ("a month that no year has", 0x0200, with_month_13),
        ("a latitude of 4,295 degrees", 0x0200, beyond),
        ("longitude and latitude swapped", 0x0200, swapped.body()),
        ("a batch without its head", 0x0704, vec![0]),
        ("a batch whose report is longer than the batch", 0x0704, [&[0, 1, 0, 0x7f, 0xff][..], &plain.body()].concat()),
    ];
    for (name, id, body) in cases {
        let before = scene.bad_frames();
        let serial = scene.terminal.send(id, &body).unwrap();
        assert_eq!(scene.terminal.acknowledged(serial).unwrap(), 2, "{name}: 2 means a bad message");
        scene.good();
        assert!(scene.bad_frames() > before, "{name}: not counted");
    }
    assert_eq!(scene.fixes().len() as i64, scene.next);

    // The reports of a batch that counts wrongly came whole: they are taken, and the count is held against it.
    let before = scene.bad_frames();
    let miscounted = [&[0xff, 0xff, 0, 0, 28][..], &scene.lane.report(scene.next).body()].concat();
    let serial = scene.terminal.send(0x0704, &miscounted).unwrap();
    assert_eq!(scene.terminal.acknowledged(serial).unwrap(), 0);
    assert!(scene.bad_frames() > before);
    assert_eq!(scene.fixes().len() as i64, scene.next + 1);
}

#[test]
fn doubtful_reports_are_kept_and_marked_with_the_reason() {
    let mut scene = Scene::new();
    for _ in 0..3 {
        scene.good();
    }
    let at = scene.lane.report(scene.next);
    let cases = [
        ("null_island", Report { lon_e6: 0, lat_e6: 0, at_s: at.at_s + 1, ..at }, 0b11),
        ("no_fix", Report { at_s: at.at_s + 2, ..at }, 0b01),
        ("too_late", Report { at_s: at.at_s - 10 * 365 * 86_400, ..at }, 0b11),
        ("clock_ahead", Report { at_s: at.at_s + 20 * 365 * 86_400, ..at }, 0b11),
        ("teleport", Report { lon_e6: at.lon_e6 + 3_000_000, at_s: at.at_s + 3, ..at }, 0b11),
        ("encrypted", Report { at_s: at.at_s + 4, ..at }, 0b10_0011),
    ];
    for (mark, report, status) in cases {
        let serial = scene.terminal.send(0x0200, &report.body_with_status(status)).unwrap();
        assert_eq!(scene.terminal.acknowledged(serial).unwrap(), 0, "{mark}");
        let found = scene
            .fixes()
            .into_iter()
            .find(|f| cordon_tests::drive::unix_ms(&f["fixed_at"]) == report.at_s * 1_000)
            .unwrap_or_else(|| panic!("{mark}: not stored"));
        let marks: Vec<&str> = found["marks"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
        assert!(marks.contains(&mark), "{mark}: {found}");
    }
    scene.next += 6;
    scene.good();
    let vehicle = scene.server.api().vehicle(&scene.lane.plate()).unwrap();
    let last = cordon_tests::drive::unix_ms(&vehicle["last"]["fixed_at"]);
    assert_eq!(
        last,
        scene.lane.report(scene.next - 1).at_s * 1_000,
        "no doubtful fix is where the vehicle is: {vehicle:#}"
    );
}

#[test]
fn the_same_batch_ten_times_is_stored_once() {
    let mut scene = Scene::new();
    let reports: Vec<_> = (0..30).map(|s| scene.lane.report(s)).collect();
    for _ in 0..10 {
        assert_eq!(scene.terminal.report_batch(&reports, true).unwrap(), 0);
    }
    assert_eq!(scene.fixes().len(), 30);
}

#[test]
fn any_bytes_at_all_leave_the_server_standing() {
    let mut random = Random::seeded("any bytes");
    let mut scene = Scene::new();
    // With a serial number that no report of this test has: what is answered to a spoiled copy is not for a proper one.
    let proper = encode(Version::V2013, 0x0200, &scene.lane.phone(), 60_000, &scene.lane.report(9_000).body());
    for _ in 0..300 {
        scene.reconnect();
        let mut bytes = Vec::new();
        for _ in 0..1 + random.below(6) {
            let mut piece = proper.clone();
            match random.below(4) {
                0 => piece.truncate(random.below(proper.len() as u64) as usize),
                1 => {
                    for _ in 0..1 + random.below(8) {
                        let at = random.below(piece.len() as u64) as usize;
                        piece[at] = random.next_u64() as u8;
                    }
                }
                2 => piece = random.bytes(40),
                _ => {
                    let id = random.next_u64() as u16;
                    let count = random.below(200) as usize;
                    // Not the ones that end a session: a logged-out terminal would rightly not be believed.
                    let id = if id == 0x0003 { 0x0002 } else { id };
                    piece = scene.terminal.frame(id, &random.bytes(count)).1;
                }
            }
            bytes.extend_from_slice(&piece);
        }
        scene.terminal.send_raw(&bytes).unwrap();
        scene.good();
    }
    assert!(scene.server.runs());
}
