//! A full disk: nothing is acknowledged, reading goes on, and Cordon resumes by itself when there is room.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use cordon_tests::drive::Lane;
use cordon_tests::jt808::{Terminal, Version};
use cordon_tests::server::{Options, Server};
use cordon_tests::wait;
use serde_json::json;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A small file system in a mount namespace of its own, held by a process that ends with the test. Whoever is not root gets
/// a user namespace with it.
struct SmallDisk {
    mount_point: PathBuf,
    holder: Child,
    _temporary: tempfile::TempDir,
}

impl SmallDisk {
    /// Of so many MiB.
    fn mount(mib: u32) -> SmallDisk {
        let temporary = tempfile::tempdir().unwrap();
        let mount_point = temporary.path().join("disk");
        std::fs::create_dir(&mount_point).unwrap();
        let folder = mount_point.to_str().unwrap();
        // Private, so that nobody else sees it; that fails where the root is no mount point, as in a chroot, and is not needed.
        let script = format!(
            "mount --make-rprivate / 2>/dev/null; mount -t tmpfs -o size={mib}m tmpfs '{folder}' && echo mounted && exec cat"
        );
        let own_user = ["--user", "--map-root-user"];
        let mut holder = Command::new("unshare")
            .args(if is_root() { &[][..] } else { &own_user[..] })
            .args(["--mount", "--propagation", "unchanged", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = [0; 8];
        holder.stdout.as_mut().unwrap().read_exact(&mut said).expect("the small disk is mounted");
        SmallDisk { mount_point, holder, _temporary: temporary }
    }

    /// What runs a program where the disk can be seen.
    fn prefix(&self) -> Vec<String> {
        let holder = self.holder.id().to_string();
        let own_user = ["--user", "--preserve-credentials"];
        ["nsenter", "--target", &holder, "--mount", "--root"]
            .into_iter()
            .chain(if is_root() { &[][..] } else { &own_user[..] }.iter().copied())
            .map(str::to_owned)
            .collect()
    }

    /// A ready server with its data there, and an administrator's token.
    fn serve(&self) -> Server {
        let folder = Some(self.mount_point.join("site"));
        let mut server = Server::unready(Options { prefix: self.prefix(), folder, ..Options::default() });
        server.await_ready();
        server.token = self.administrator(&server);
        server
    }

    /// The path of a file there, as this process sees it.
    fn file(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.mount_point.strip_prefix("/").unwrap()).join(name)
    }

    /// An administrator's token, by the command line.
    fn administrator(&self, server: &Server) -> String {
        let prefix = self.prefix();
        let output = Command::new(&prefix[0])
            .args(&prefix[1..])
            .arg(cordon_tests::server::binary())
            .args(["token", "add", "tests", "--role", "admin", "--data", server.folder().to_str().unwrap()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().last().unwrap().trim().to_owned()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Reports these seconds until one stays unanswered, which it must; that one.
fn report_until_unanswered(terminal: &mut Terminal, lane: &Lane, seconds: std::ops::Range<i64>) -> i64 {
    for second in seconds {
        terminal.send(0x0200, &lane.report(second).body()).unwrap();
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
        if answer.is_none_or(|message| message.body[4] != 0) {
            return second;
        }
    }
    panic!("the disk is full and the server acknowledges all the same");
}

/// How many fixes the server shows of the lane's vehicle.
fn fixes(server: &Server, lane: &Lane) -> i64 {
    let id = server.api().vehicle(&lane.plate()).unwrap()["id"].as_str().unwrap().to_owned();
    let track = server.api().get(&format!("/api/vehicles/{id}/track")).expect(200);
    track["properties"]["fixes"].as_array().unwrap().len() as i64
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
    let disk = SmallDisk::mount(24);
    let mut server = disk.serve();
    let lane = Lane { number: 1, begin_s: Lane::hours_ago(0) - 75 };
    lane.put_zone(&server.api());
    let (mut terminal, _) = Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=45 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let alarms = server.api().items("/api/alarms");
    assert_eq!(alarms.len(), 1);

    // Whatever else the server wrote before may still have left room inside its files: report until it says full.
    let filler = disk.file("filler");
    fill(&filler);
    let next = report_until_unanswered(&mut terminal, &lane, 46..74);

    // While it is full: says so, serves what it has, takes nothing.
    let ready = server.anonymous().get("/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("storage_full"), "{}", ready.text());
    assert_eq!(server.anonymous().get("/healthz").status, 200);
    assert_eq!(fixes(&server, &lane), next, "what was acknowledged, and nothing else");
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
    assert_eq!(fixes(&server, &lane), 51.max(next));
    assert_eq!(server.api().items("/api/alarms").len(), 1);
    assert!(server.runs());
}

#[test]
fn it_stops_in_order_on_a_full_disk_and_a_start_there_shows_what_is_stored() {
    let disk = SmallDisk::mount(24);
    let mut server = disk.serve();
    let lane = Lane { number: 2, begin_s: Lane::hours_ago(0) - 75 };
    let (mut terminal, code) =
        Terminal::sign_on(server.jt808, &lane.phone(), &lane.plate_gbk(), Version::V2013).unwrap();
    for second in 0..=9 {
        assert_eq!(terminal.report(&lane.report(second)).unwrap(), 0);
    }
    let filler = disk.file("filler");
    fill(&filler);
    let next = report_until_unanswered(&mut terminal, &lane, 10..74);

    // A crash, and a start without room: nothing new is taken, everything kept is shown.
    server.kill();
    server.start_again();
    let full = wait::until("it says what is wrong", || {
        let ready = server.anonymous().try_get("/readyz").ok()?;
        ready.text().contains("storage_full").then_some(ready)
    });
    assert_eq!(full.status, 503);
    assert_eq!(fixes(&server, &lane), next);
    let mut again = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    assert_eq!(report_until_unanswered(&mut again, &lane, next..next + 1), next);

    // A stop without room: at once and in order.
    assert!(server.stop().success(), "{}", server.output());

    // Room again: the next start goes on where it was.
    std::fs::remove_file(&filler).unwrap();
    server.restart();
    let mut again = Terminal::return_with(server.jt808, &lane.phone(), &code, Version::V2013).unwrap();
    assert_eq!(again.report(&lane.report(next)).unwrap(), 0);
    assert_eq!(fixes(&server, &lane), next + 1);
}

#[test]
fn an_import_that_fills_the_disk_leaves_nothing_and_says_so() {
    let disk = SmallDisk::mount(112);
    let server = disk.serve();
    let api = server.api();
    let filler = disk.file("filler");
    std::fs::write(&filler, vec![0x55; 40 << 20]).unwrap();
    // More than one transaction holds, so that some of it is kept before there is no room for the rest.
    let rows: String = (0..130_000).map(|n| format!("{n} 号桩,121.{:06},30\n", n)).collect();
    let send = |table: &str| {
        let path = "/api/imports?collection=ground&name=stakes.csv&srs=wgs84";
        let begun = api.send("POST", path, &[("Content-Type", "text/csv")], table.as_bytes()).unwrap().expect(202);
        format!("/api/imports/{}", begun["id"].as_str().unwrap())
    };
    let ended = |path: &str| {
        let look = || Some(api.get(path).expect(200)).filter(|told| told["state"] != "running");
        wait::within(10 * wait::PATIENCE, look).expect("the import is over")
    };
    let path = send(&format!("name,lon,lat\n{rows}"));
    let told = ended(&path);
    assert_eq!((&told["state"], &told["code"]), (&json!("failed"), &json!("storage_full")), "{told:#}");
    assert!(told["error"].as_str().unwrap().contains("the disk is full"), "{told:#}");
    assert!(told["done"].as_u64() > Some(10_000), "a transaction of 5,000 was kept before there was no room: {told:#}");
    std::fs::remove_file(&filler).unwrap();
    let left = || api.get("/ogc/collections/ground").expect(200)["itemCount"].as_u64().unwrap();
    wait::within(5 * wait::PATIENCE, || (left() == 0).then_some(())).unwrap_or_else(|| panic!("{} are left", left()));
    // It is put away when the last feature has been taken back.
    let incoming = || std::fs::read_dir(disk.file("site").join("incoming")).unwrap().count();
    wait::until("nothing is left of what was read", || (incoming() == 0).then_some(()));
    wait::until("another import may begin", || {
        let again =
            api.send("POST", "/api/imports?collection=ground&name=a.csv&srs=wgs84", &[], b"name,lon,lat\nA,121,30\n");
        let reply = again.unwrap();
        (reply.status == 202).then(|| reply.expect(202))
    });
    wait::until("it is kept", || (left() == 1).then_some(()));
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
}
