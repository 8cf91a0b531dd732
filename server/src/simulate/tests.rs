//! Terminals against a platform of the test's own, over real sockets.

use super::*;
use crate::gateway::jt808::answer::Outcome;
use crate::gateway::jt808::frame::Frames;
use crate::gateway::jt808::register::RegisterAnswer;
use crate::gateway::jt808::session::{Action, Session};
use cordon_spatial::fix::{Fix, Marks};
use cordon_spatial::ids::VehicleKey;
use std::collections::BTreeSet;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the platform has taken, and how it behaves.
#[derive(Debug, Default)]
struct Platform {
    fixes: Vec<Fix>,
    acknowledged: usize,
    plates: BTreeSet<String>,
    registrations: u32,
    /// Connections are cut when so many fixes came over them, before they are acknowledged.
    cut_after: Option<usize>,
    /// Only this code is right; another one is given at every cut.
    code: u32,
}

#[derive(Debug)]
struct Watched {
    platform: Mutex<Platform>,
    /// Told whenever fixes came.
    changed: Notify,
}

type Shared = Arc<Watched>;

fn lock(platform: &Shared) -> std::sync::MutexGuard<'_, Platform> {
    platform.platform.lock().expect("no test panics while it holds the platform")
}

async fn connection(mut stream: TcpStream, platform: Shared) {
    let (mut session, mut frames, mut fixes) = (Session::new(Arc::default()), Frames::default(), Vec::new());
    let mut input = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut input).await {
        let mut replies = Vec::new();
        let mut feed = frames.feed(&input[..count]);
        while let Some(frame) = feed.next() {
            let frame = frame.expect("the simulator sends good frames");
            let before = fixes.len();
            match session.on_frame(&frame, std::time::Instant::now(), &mut fixes, &mut replies) {
                Action::Register(asked) => {
                    let mut platform = lock(&platform);
                    platform.registrations += 1;
                    platform.plates.insert(asked.plate.clone());
                    let code = platform.code.to_string();
                    session.registered(&RegisterAnswer::Accepted { code }, &mut replies);
                }
                Action::Authenticate(asked) => {
                    let right = asked.code == lock(&platform).code.to_string();
                    session.authenticated(right.then_some(VehicleKey(1)), &mut replies);
                }
                Action::Fixes { ack, refused: None } => {
                    let mut platform = lock(&platform);
                    platform.fixes.extend(&fixes[before..]);
                    if platform.cut_after.is_some_and(|limit| fixes.len() >= limit) {
                        platform.cut_after = None;
                        platform.code += 1;
                        return;
                    }
                    platform.acknowledged += fixes.len() - before;
                    session.link().expect("a good frame came").ack_into(ack, Outcome::Done, &mut replies);
                }
                Action::Heartbeat => {}
                other => panic!("unexpected {other:?}"),
            }
        }
        stream.write_all(&replies).await.expect("the terminal reads");
        platform.changed.notify_one();
    }
}

fn options() -> Options {
    Options {
        target: String::new(),
        vehicles: 4,
        interval_s: 0.01,
        duration_s: None,
        lines: None,
        park: false,
        blind_area_share: 0.0,
        silence_share: 0.0,
        outage_s: 0.2,
        phone_base: 13_900_000_001,
        end_with_input: false,
        seed: 1,
    }
}

/// Runs until the platform has seen enough; returns both.
async fn simulate(options: Options, platform: Platform, enough: impl Fn(&Platform) -> bool) -> (Summary, Platform) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let target = listener.local_addr().expect("bound").to_string();
    let platform: Shared = Arc::new(Watched { platform: Mutex::new(platform), changed: Notify::new() });
    let taking = Arc::clone(&platform);
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, Arc::clone(&taking)));
        }
    });
    let stop = async {
        while !enough(&lock(&platform)) {
            platform.changed.notified().await;
        }
    };
    let run = until(Options { target, ..options }, stop);
    let summary = tokio::time::timeout(Duration::from_secs(30), run).await.expect("enough within 30 s");
    accepting.abort();
    let taken = std::mem::take(&mut *lock(&platform));
    (summary.expect("the options are good"), taken)
}

#[tokio::test]
async fn every_fix_is_acknowledged() {
    let (summary, platform) = simulate(options(), Platform::default(), |platform| platform.fixes.len() > 200).await;
    assert_eq!((summary.sent, summary.acknowledged), (platform.fixes.len() as u64, platform.fixes.len() as u64));
    assert_eq!((summary.resent, summary.refused, summary.dropped, summary.reconnects), (0, 0, 0, 0));
    assert!(summary.ack_p50_ms <= summary.ack_p99_ms && summary.ack_p50_ms.is_some());
    let plates: Vec<_> = platform.plates.iter().map(String::as_str).collect();
    assert_eq!(plates, ["浙S00001", "浙S00002", "浙S00003", "浙S00004"]);
    assert!(platform.fixes.iter().all(|fix| fix.marks == Marks::empty() && fix.acc_on == Some(true)));
    assert!(summary.to_string().starts_with("vehicles=4 sent="), "{summary}");
}

#[tokio::test]
async fn what_was_cut_off_is_sent_again_under_a_new_code() {
    let platform = Platform { cut_after: Some(20), ..Platform::default() };
    let (summary, platform) =
        simulate(Options { vehicles: 1, ..options() }, platform, |platform| platform.acknowledged > 60).await;
    assert_eq!(summary.reconnects, 1);
    assert!(summary.resent >= 1);
    assert_eq!(summary.acknowledged, summary.sent, "nothing is lost");
    assert_eq!(platform.registrations, 2, "the old code is refused, so it registers again");
}

#[tokio::test]
async fn a_blind_area_ends_with_a_batch() {
    let options = Options { blind_area_share: 1.0, ..options() };
    let blind = |fixes: &[Fix]| fixes.iter().filter(|fix| fix.marks == Marks::BLIND_AREA).count();
    let (summary, platform) = simulate(options, Platform::default(), |platform| blind(&platform.fixes) > 20).await;
    assert!(summary.reconnects >= 1);
    assert_eq!((summary.acknowledged, summary.dropped), (summary.sent, 0));
    assert!(blind(&platform.fixes) < platform.fixes.len());
}

#[tokio::test]
async fn a_silence_has_no_fixes_and_needs_no_reconnection() {
    let options = Options { silence_share: 1.0, vehicles: 1, outage_s: 0.1, interval_s: 0.001, ..options() };
    // Awake for 150 to 450 ms at a time, 1,000 fixes need two silences at least, of 150 ms each at least.
    let began = std::time::Instant::now();
    let (summary, platform) = simulate(options, Platform::default(), |platform| platform.fixes.len() >= 1_000).await;
    assert!(began.elapsed() >= Duration::from_millis(1_000 + 300), "{:?}", began.elapsed());
    assert_eq!((summary.reconnects, summary.acknowledged), (0, platform.fixes.len() as u64));
    assert!(platform.fixes.iter().all(|fix| fix.marks == Marks::empty()));
}

#[tokio::test]
async fn wrong_options_are_named() {
    let error = |options: Options| async move {
        until(options, std::future::ready(())).await.map(|_| ()).expect_err("wrong options").to_string()
    };
    let target = || "127.0.0.1:9".to_owned();
    assert_eq!(
        error(Options { interval_s: f64::NAN, ..options() }).await,
        "--interval-s NaN is not a number of seconds"
    );
    assert_eq!(error(Options { silence_share: 1.5, ..options() }).await, "--silence-share 1.5 is not 0 to 1");
    assert!(error(Options { blind_area_share: 0.6, silence_share: 0.6, ..options() }).await.contains("together: 1.2"));
    assert!(error(Options { target: "nowhere".into(), ..options() }).await.starts_with("cannot find nowhere: "));
    assert!(
        error(Options { lines: Some("/no/such/file".into()), target: target(), ..options() })
            .await
            .starts_with("cannot read the lines in /no/such/file: ")
    );
    assert_eq!(error(Options { target: target(), ..options() }).await, "no terminal could connect to 127.0.0.1:9");
}
