//! The real `cordon` binary as a process of its own: its own folder, its own ports, killed when the test ends.

use crate::http::Api;
use crate::wait;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The binary beside the running test or bench.
///
/// # Panics
/// When it has not been built: `cargo test` builds it for the whole workspace, not for this package alone.
pub fn binary() -> PathBuf {
    let running = std::env::current_exe().expect("a running test has a path");
    let folder = running.parent().expect("a program lies in a folder");
    // Tests lie in target/<profile>/deps, benches beside the binary.
    let profile = if folder.ends_with("deps") { folder.parent().expect("deps lies in a folder") } else { folder };
    let binary = profile.join("cordon");
    assert!(binary.exists(), "{} is missing: run ./test, or `cargo build` first", binary.display());
    binary
}

/// A loopback address that nobody listens on, outside the range from which the system gives ports to clients.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id() % 1_000) as u16 * 10;
    for _ in 0..10_000 {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no free port between 20000 and 30000");
}

/// Runs `cordon` with these arguments to its end, `input` on its standard input; what it wrote and how it ended.
pub fn cordon(arguments: &[&str], input: &str) -> std::process::Output {
    let mut child = command(&[])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cordon starts");
    // A command that does not ask closes its input early; that is no failure.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("cordon ends")
}

/// `cordon`, run by `prefix` when that names a program, without any `CORDON_*` of ours in its environment.
fn command(prefix: &[String]) -> Command {
    let mut command = match prefix.split_first() {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).arg(binary());
            command
        }
        None => Command::new(binary()),
    };
    for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("CORDON_")) {
        command.env_remove(name);
    }
    command
}

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A program that runs the server, with its arguments, such as `strace -D …`; none = directly.
    pub prefix: Vec<String>,
    /// Its data folder; none = a new temporary one.
    pub folder: Option<PathBuf>,
    /// Whether it is the demo park that is served.
    pub demo: bool,
    /// Further arguments of `cordon serve` or `cordon demo`.
    pub arguments: Vec<String>,
    /// Settings by their variables, such as `CORDON_ENGINE_THREADS`.
    pub settings: Vec<(&'static str, String)>,
}

/// A running, or killed, server.
pub struct Server {
    /// Where its HTTP is.
    pub http: SocketAddr,
    /// Where its JT/T 808 gateway is.
    pub jt808: SocketAddr,
    /// The bearer token of an administrator; empty until there is one.
    pub token: String,
    folder: PathBuf,
    options: Options,
    child: Child,
    output: Arc<Mutex<String>>,
    _temporary: Option<tempfile::TempDir>,
}

impl Server {
    /// A ready server in a new folder, every terminal allowed to register, with an administrator's token.
    pub fn start() -> Server {
        Server::with(Options::default())
    }

    /// A ready server started so, with an administrator's token.
    pub fn with(options: Options) -> Server {
        let mut server = Server::unready(options);
        server.await_ready();
        server.token = server.add_token("tests", "admin");
        server
    }

    /// A server that has been started and may not be ready.
    pub fn unready(options: Options) -> Server {
        let temporary = options.folder.is_none().then(|| tempfile::tempdir().expect("a temporary folder can be made"));
        let folder =
            options.folder.clone().unwrap_or_else(|| temporary.as_ref().expect("made above").path().join("site"));
        let (http, jt808) = (free_address(), free_address());
        let output = Arc::new(Mutex::new(String::new()));
        let child = spawn(&options, &folder, http, jt808, &output);
        Server { http, jt808, token: String::new(), folder, options, child, output, _temporary: temporary }
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far on standard output and standard error, over all its starts.
    pub fn output(&self) -> String {
        self.output.lock().expect("no reader panics").clone()
    }

    /// Its API, as the administrator.
    pub fn api(&self) -> Api {
        Api::new(self.http, Some(self.token.clone()))
    }

    /// Its API for a client without credentials.
    pub fn anonymous(&self) -> Api {
        Api::new(self.http, None)
    }

    /// Makes a bearer token by the command line; the server runs meanwhile.
    pub fn add_token(&self, name: &str, role: &str) -> String {
        let folder = self.folder.to_str().expect("the folder's name is text");
        let output = cordon(&["token", "add", name, "--role", role, "--data", folder], "");
        assert!(output.status.success(), "token add: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("a token is text");
        text.lines().last().expect("the token is the last line").trim().to_owned()
    }

    /// Makes a person by the command line; the server runs meanwhile.
    pub fn add_user(&self, name: &str, role: &str, password: &str) {
        let folder = self.folder.to_str().expect("the folder's name is text");
        let output = cordon(&["user", "add", name, "--role", role, "--data", folder], &format!("{password}\n"));
        assert!(output.status.success(), "user add: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Waits until it says that it is ready.
    pub fn await_ready(&mut self) {
        let api = self.anonymous();
        let ready = wait::within(wait::PATIENCE, || {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                panic!("the server ended with {status} instead of getting ready:\n{}", self.output());
            }
            (api.try_get("/readyz").ok()?.status == 200).then_some(())
        });
        assert!(ready.is_some(), "the server did not get ready:\n{}", self.output());
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// SIGTERM, and waits until it ended.
    pub fn stop(&mut self) -> ExitStatus {
        signal("TERM", self.pid());
        self.await_exit()
    }

    /// Waits until it ended by itself.
    pub fn await_exit(&mut self) -> ExitStatus {
        wait::within(wait::PATIENCE, || self.child.try_wait().expect("our own child"))
            .unwrap_or_else(|| panic!("the server did not stop:\n{}", self.output()))
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// Starts it again in the same folder on the same ports, ready or not.
    ///
    /// # Panics
    /// When it still runs: whoever asks would go on talking to the old one.
    pub fn start_again(&mut self) {
        assert!(!self.runs(), "stop or kill the server before it is started again");
        self.child = spawn(&self.options, &self.folder, self.http, self.jt808, &self.output);
    }

    /// Starts it again in the same folder and waits; how long it took until it was ready.
    pub fn restart(&mut self) -> Duration {
        let begin = Instant::now();
        self.start_again();
        self.await_ready();
        begin.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server wrote:\n{}", self.output());
        }
    }
}

/// Sends a signal by name.
pub fn signal(name: &str, pid: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().expect("sh runs");
    assert!(status.success(), "signal {name} to {pid}");
}

fn spawn(options: &Options, folder: &Path, http: SocketAddr, jt808: SocketAddr, output: &Arc<Mutex<String>>) -> Child {
    let mut child = command(&options.prefix)
        .args([if options.demo { "demo" } else { "serve" }, "--jt808-registration", "open", "--data"])
        .arg(folder)
        .args(["--http", &http.to_string(), "--jt808", &jt808.to_string()])
        .args(&options.arguments)
        .envs(options.settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cordon starts");
    let out = child.stdout.take().expect("piped");
    let err = child.stderr.take().expect("piped");
    gather(out, Arc::clone(output));
    gather(err, Arc::clone(output));
    child
}

/// Keeps what a stream says, so that the process never waits for a reader.
fn gather(stream: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut text = into.lock().expect("no reader panics");
            text.push_str(&line);
            text.push('\n');
        }
    });
}
