//! The store's file is synced between the read of a report and its acknowledgement; and when that cannot be, nothing
//! is acknowledged. Seen from outside by `strace`, on the binary as it is shipped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn strace(arguments: &[&str]) -> Vec<String> {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
    assert!(found.is_ok_and(|s| s.success()), "strace is missing: ./test installs it");
    std::iter::once("strace").chain(arguments.iter().copied()).map(str::to_owned).collect()
}

/// A system call as `strace` saw it: at which line of its log it began and at which it ended.
#[derive(Debug)]
struct Call {
    name: String,
    text: String,
    began: usize,
    ended: usize,
}

/// The finished calls of a log written by `strace -f`, in the order in which they ended.
fn calls(log: &str) -> Vec<Call> {
    let mut open: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (number, line) in log.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ').map(|(t, r)| (t, r.trim_start())) else { continue };
        if let Some(begin) = rest.strip_suffix("<unfinished ...>") {
            open.insert(thread, (number, begin.to_owned()));
            continue;
        }
        let (began, text) = match rest.strip_prefix("<... ").and_then(|r| r.split_once(" resumed>")) {
            Some((_, end)) => match open.remove(thread) {
                Some((began, begin)) => (began, begin + end),
                None => continue,
            },
            None => (number, rest.to_owned()),
        };
        let name = text.split('(').next().unwrap_or_default().to_owned();
        calls.push(Call { name, text, began, ended: number });
    }
    calls
}

impl Call {
    fn reads_from(&self, port: &str) -> bool {
        matches!(self.name.as_str(), "read" | "readv" | "recvfrom" | "recvmsg") && self.is_on(port) && !self.failed()
    }

    fn writes_to(&self, port: &str) -> bool {
        matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg") && self.is_on(port) && !self.failed()
    }

    fn syncs_the_store(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync")
            && (self.text.contains("/cordon.db>") || self.text.contains("/cordon.db-wal>"))
            && self.text.trim_end().ends_with("= 0")
    }

    fn is_on(&self, port: &str) -> bool {
        let descriptor = self.text.split(',').next().unwrap_or_default();
        descriptor.contains("TCP") && descriptor.contains(port)
    }

    fn failed(&self) -> bool {
        self.text.contains(") = -1")
    }
}

#[test]
fn a_sync_of_the_store_stands_between_a_report_and_its_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("strace.log");
    let prefix = strace(&[
        "-D",
        "-f",
        "-yy",
        "-s",
        "64",
        "-e",
        "signal=none",
        "-e",
        "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync",
        "-o",
        log.to_str().unwrap(),
    ]);
    let mut server = Server::with(Options { prefix, ..Options::default() });
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    let reports = 20;
    for second in 0..reports {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    drop(terminal);
    server.stop();
    let log = wait::until("strace wrote its last line", || {
        std::fs::read_to_string(&log).ok().filter(|text| text.contains("+++ exited with"))
    });

    // One report at a time was on the way, so reads and writes of its connection alternate.
    let port = format!(":{}-", server.jt808.port());
    let calls = calls(&log);
    let syncs: Vec<&Call> = calls.iter().filter(|c| c.syncs_the_store()).collect();
    // A location's id, 0x0200, follows the delimiter: strace writes "~\2\0".
    let reads: Vec<&Call> = calls.iter().filter(|c| c.reads_from(&port) && c.text.contains("\"~\\2\\0")).collect();
    assert_eq!(reads.len(), reports as usize, "every report was read by a call of its own");
    for read in reads {
        let answer = calls
            .iter()
            .filter(|c| c.writes_to(&port) && c.ended > read.ended)
            .min_by_key(|c| c.began)
            .unwrap_or_else(|| panic!("no answer after {read:?}"));
        assert!(
            syncs.iter().any(|sync| sync.began > read.ended && sync.ended < answer.began),
            "no sync between {read:?} and {answer:?}"
        );
    }
}

/// `strace`, attached to a running server.
struct Attached(std::process::Child);

impl Attached {
    /// Attached to every thread of this process; everything after this call is under its rule.
    fn to(pid: u32, arguments: &[&str], log: &Path) -> Attached {
        let prefix = strace(arguments);
        let child = Command::new(&prefix[0])
            .args(&prefix[1..])
            .args(["-o", log.to_str().unwrap(), "-p", &pid.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let tracer = child.id().to_string();
        wait::until("strace has attached to every thread (is tracing of other processes allowed?)", || {
            let threads: Vec<_> = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten().collect();
            threads
                .iter()
                .all(|thread| {
                    std::fs::read_to_string(thread.path().join("status"))
                        .is_ok_and(|s| s.lines().any(|l| l.split_whitespace().eq(["TracerPid:", &tracer])))
                })
                .then_some(())
        });
        Attached(child)
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn when_syncing_fails_nothing_more_is_acknowledged_and_the_server_stops_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("strace.log");
    let mut server = Server::start();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..10 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }

    let arguments = ["-f", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"];
    let attached = Attached::to(server.pid(), &arguments, &log);
    for second in 10..15 {
        // The server may hang up at any of them.
        if terminal.send(0x0200, &lane.report(second).body()).is_err() {
            break;
        }
    }
    let status = server.await_exit();
    assert!(!status.success(), "a failed sync is a failure: {status}");
    let after = loop {
        match terminal.receive(Duration::from_secs(5)) {
            Ok(message) if message.id == 0x8001 && message.body[4] == 0 => break Some(message),
            Ok(_) => {}
            Err(e) => {
                assert_ne!(e.kind(), io::ErrorKind::TimedOut, "the stopped server left the connection open");
                break None;
            }
        }
    };
    assert_eq!(after, None, "acknowledged after the sync failed");
    drop(attached);
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("= -1 EIO (Input/output error) (INJECTED)"), "the injection did not hit:\n{log}");
    let said = server.output();
    assert!(
        said.lines().any(|l| l.contains("writing to the store failed")),
        "the server did not say why it stopped:\n{said}"
    );

    // Everything acknowledged before is there; what was not acknowledged may be sent again and is taken.
    server.restart();
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let fixes = || {
        let track = server.api().get(&format!("/api/vehicles/{id}/track")).expect(200);
        track["properties"]["fixes"].as_array().unwrap().len()
    };
    assert!(fixes() >= 10);
    let mut terminal = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    for second in 0..15 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    assert_eq!(fixes(), 15);
}

#[test]
fn after_a_failed_sync_no_other_terminal_is_kept_either() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("strace.log");
    let arguments = ["--jt808-registration", "approved"].map(str::to_owned).to_vec();
    let mut server = Server::with(Options { arguments, ..Options::default() });
    let lanes = [1, 2].map(|number| Lane { number, begin_s: Lane::hours_ago(0) });
    let register = |lane: Lane| {
        let address = server.jt808;
        std::thread::spawn(move || {
            Terminal::sign_on(address, &lane.phone(), &lane.plate_gbk(), Version::V2013).err().unwrap().to_string()
        })
    };
    let not_kept = |server: &Server| server.output().matches("a registration cannot be kept").count();

    // Each thread's first sync fails and no other: the second terminal could be kept, if anything still were.
    let arguments = ["-f", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=1"];
    let _attached = Attached::to(server.pid(), &arguments, &log);
    let first = register(lanes[0]);
    wait::until("the sync of the first terminal fails", || (not_kept(&server) == 1).then_some(()));
    let second = register(lanes[1]);
    wait::until("the second terminal is not kept either", || (not_kept(&server) == 2).then_some(()));
    assert_eq!(server.api().items("/api/terminals"), Vec::<serde_json::Value>::new(), "what was not kept is not shown");
    server.kill();
    for terminal in [first, second] {
        let why = terminal.join().unwrap();
        assert!(!why.contains("refused with result"), "answered as if it had been kept: {why}");
    }
}
