//! A PostgreSQL of its own for a test: a fresh cluster in a temporary folder, heard on a socket in it and nowhere else.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running PostgreSQL with PostGIS; stopped and removed when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    /// Whether it syncs what it commits: a test that kills no machine need not wait for the disk.
    durable: bool,
    /// The port of this machine on which it is heard over TLS as well.
    tls_port: Option<u16>,
}

impl Postgres {
    /// Starts one.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; `./test` installs it.
    pub fn start() -> Postgres {
        Postgres::start_as(false, None)
    }

    /// Starts one that syncs every commit.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn start_durable() -> Postgres {
        Postgres::start_as(true, None)
    }

    /// Starts one that is heard on 127.0.0.1 over TLS as well, with this certificate and key (PEM).
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn start_with_tls(certificate: &str, key: &str) -> Postgres {
        Postgres::start_as(false, Some((certificate, key)))
    }

    fn start_as(durable: bool, tls: Option<(&str, &str)>) -> Postgres {
        let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
        let newest = versions.filter_map(|entry| Some(entry.ok()?.path())).max().expect("a version of it");
        let programs = newest.join("bin");
        let folder = said(as_its_user("mktemp").args(["--directory", "--tmpdir", "cordon-postgres-XXXXXX"]));
        // Free now; nobody else is given it in the moment before PostgreSQL takes it.
        let free = || std::net::TcpListener::bind("127.0.0.1:0").and_then(|heard| heard.local_addr());
        let tls_port = tls.map(|_| free().expect("a free port").port());
        let postgres = Postgres { programs, folder: PathBuf::from(folder.trim()), durable, tls_port };
        let cluster = postgres.folder.join("cluster");
        said(
            as_its_user(postgres.program("initdb"))
                .args(["--auth=trust", "--username=postgres", "--no-sync"])
                .arg(&cluster),
        );
        tls.into_iter().for_each(|(certificate, key)| postgres.shows(certificate, key));
        postgres.start_again();
        postgres.run("CREATE EXTENSION postgis;");
        postgres
    }

    /// Starts it after [`Postgres::crash`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        let fsync = if self.durable { "on" } else { "off" };
        let over_tls = match self.tls_port {
            Some(port) => format!("-c listen_addresses=127.0.0.1 -c port={port} -c ssl=on"),
            None => "-c listen_addresses=".to_owned(),
        };
        let heard = format!("{over_tls} -c fsync={fsync} -k {}", self.folder.display());
        let mut start = as_its_user(self.program("pg_ctl"));
        start
            .args(["start", "--wait", "--silent", "--options", &heard, "--log"])
            .arg(self.folder.join("log"))
            .arg("--pgdata")
            .arg(self.folder.join("cluster"));
        // The server keeps what it is started with: a pipe would never end.
        let started = start.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pg_ctl runs");
        assert!(started.success(), "PostgreSQL does not start");
    }

    /// Ends it at once, in the middle of whatever it does; what it committed is there after the next start.
    ///
    /// # Panics
    /// When it does not end.
    pub fn crash(&self) {
        assert!(self.stopped(), "PostgreSQL does not stop");
    }

    fn stopped(&self) -> bool {
        let mut stop = as_its_user(self.program("pg_ctl"));
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.folder.join("cluster"));
        stop.status().is_ok_and(|status| status.success())
    }

    /// The certificate and key (PEM) that it shows from its next start on.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn shows(&self, certificate: &str, key: &str) {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let mut write = as_its_user("sh");
            write.args(["-c", "umask 077; cat > \"$1\"", "sh"]).arg(self.folder.join("cluster").join(name));
            let mut writing = write.stdin(Stdio::piped()).spawn().expect("sh runs");
            writing.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it is taken");
            assert!(writing.wait().is_ok_and(|status| status.success()), "{name}");
        }
    }

    /// The port on which it is heard over TLS.
    ///
    /// # Panics
    /// When it was not started so.
    pub fn tls_port(&self) -> u16 {
        self.tls_port.expect("it was started with TLS")
    }

    /// Where it lies, with the socket on which it is heard.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs statements; gives back the rows, a line each, columns between `|`.
    ///
    /// # Panics
    /// When a statement fails.
    pub fn run(&self, statements: &str) -> String {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]);
        psql.args(["--username=postgres", "--dbname=postgres", "--host"]).arg(&self.folder);
        psql.args(self.tls_port.map(|port| format!("--port={port}")));
        let mut running =
            psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("psql runs");
        let mut input = running.stdin.take().expect("a pipe");
        let text = statements.to_owned();
        let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = running.wait_with_output().expect("psql ends");
        writer.join().expect("it was written").expect("psql reads");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The URL of a database in it, for a role that needs no password.
    pub fn url(&self, role: &str, database: &str) -> String {
        let port = self.tls_port.map(|port| format!("&port={port}")).unwrap_or_default();
        format!("postgresql:///{database}?user={role}&host={}{port}", self.folder.display())
    }

    fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = self.stopped();
        let removed = fs::remove_dir_all(&self.folder);
        if !std::thread::panicking() {
            assert!(stopped && removed.is_ok(), "PostgreSQL is left behind in {}", self.folder.display());
        }
    }
}

/// A program run by somebody whom PostgreSQL accepts: it refuses root.
fn as_its_user(program: impl Into<PathBuf>) -> Command {
    let program = program.into();
    if said(Command::new("id").arg("--user")).trim() != "0" {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["--user", "postgres", "--"]).arg(program).current_dir("/");
    command
}

fn said(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
