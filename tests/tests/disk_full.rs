//! A full disk: nothing is acknowledged, reading goes on, and Cordon resumes by itself when there is room.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A server whose data folder is a small file system that only it sees, and that goes away with it.
///
/// A mount namespace of its own; whoever is not root gets a user namespace with it.
fn on_a_small_disk(mount_point: &Path) -> Server {
    let folder = mount_point.to_str().unwrap();
    // Private, so that nobody else sees it; that fails where the root is no mount point, as in a chroot, and is not needed.
    let script = format!(
        "mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o size=24m tmpfs '{folder}' || exit 97; exec \"$@\""
    );
    let own_user = ["--user", "--map-root-user"];
    let prefix = std::iter::once("unshare")
        .chain(if is_root() { &[][..] } else { &own_user[..] }.iter().copied())
        .chain(["--mount", "--propagation", "unchanged", "sh", "-c", &script, "sh"])
        .map(str::to_owned)
        .collect();
    let mut server = Server::unready(Options { prefix, folder: Some(mount_point.join("site")), ..Options::default() });
    server.await_ready();
    server
}

/// The same path as the server's own mount namespace shows it.
fn seen_by(server: &Server, path: &Path) -> PathBuf {
    Path::new(&format!("/proc/{}/root", server.pid())).join(path.strip_prefix("/").unwrap())
}

/// Writes until there is no room for another byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    let mut size = 1 << 20;
    while size > 0 {
        match file.write(&vec![0x55; size]) {
            Ok(written) if written > 0 => {}
            Ok(_) => size /= 2,
            Err(e) if e.kind() == io::ErrorKind::StorageFull => size /= 2,
            Err(e) => panic!("{e}"),
        }
    }
}

#[test]
fn on_a_full_disk_nothing_is_acknowledged_reads_go_on_and_it_resumes_by_itself() {
    let temporary = tempfile::tempdir().unwrap();
    let mount_point = temporary.path().join("disk");
    std::fs::create_dir(&mount_point).unwrap();
    let mut server = on_a_small_disk(&mount_point);
    server.token = administrator(&server);
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=45 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let fixes = |server: &Server| {
        let track = server.api().get(&format!("/api/vehicles/{id}/track")).expect(200);
        track["properties"]["fixes"].as_array().unwrap().len()
    };
    let alarms = server.api().items("/api/alarms");
    assert_eq!(alarms.len(), 1);

    // Whatever else the server wrote before may still have left room inside its files: report until it says full.
    let filler = seen_by(&server, &mount_point.join("filler"));
    fill(&filler);
    let mut next = 46;
    let mut unanswered = None;
    while unanswered.is_none() {
        assert!(next < 74, "the disk is full and the server acknowledges all the same");
        let serial = terminal.send(0x0200, &lane.report(next).body()).unwrap();
        let answer = loop {
            match terminal.receive(Duration::from_secs(2)) {
                Ok(message) if message.id == 0x8001 => break Some(message),
                Ok(_) => {}
                Err(e) => {
                    assert_eq!(e.kind(), io::ErrorKind::TimedOut, "{e}");
                    break None;
                }
            }
        };
        match answer {
            Some(message) if message.body[4] == 0 => next += 1,
            _ => unanswered = Some(serial),
        }
    }

    // While it is full: says so, serves what it has, takes nothing.
    let ready = server.anonymous().get("/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("storage_full"), "{}", ready.text());
    assert_eq!(server.anonymous().get("/healthz").status, 200);
    assert_eq!(fixes(&server) as i64, next, "what was acknowledged, and nothing else");
    assert_eq!(server.api().items("/api/alarms"), alarms);
    let refused = server.api().put("/ogc/collections/zones/items/new", &lane.zone_feature());
    assert_eq!(refused.status, 507, "{}", refused.text());
    assert!(refused.text().contains("storage_full"), "{}", refused.text());
    assert!(server.runs(), "a full disk is no reason to stop");

    // Room again: by itself, without a restart, and the report is taken when the terminal sends it again.
    std::fs::remove_file(&filler).unwrap();
    wait::until("it is ready again", || (server.anonymous().get("/readyz").status == 200).then_some(()));
    for second in next..=50 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    assert_eq!(fixes(&server), 51);
    assert_eq!(server.api().items("/api/alarms").len(), 1);
    assert!(server.runs());
}

/// An administrator's token, by the command line, run where the folder can be seen.
fn administrator(server: &Server) -> String {
    let folder = server.folder().to_str().unwrap();
    let output = std::process::Command::new("nsenter")
        .args(["--target", &server.pid().to_string(), "--mount", "--root"])
        .args(if is_root() { &[][..] } else { &["--user", "--preserve-credentials"][..] })
        .arg(cordon_tests::server::binary())
        .args(["token", "add", "tests", "--role", "admin", "--data", folder])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().last().unwrap().trim().to_owned()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}
