//! A person at the console: a script of `tests/browser`, run by Node with the machine's Chromium.

use crate::server::Server;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A script that runs.
pub struct Browser {
    child: Child,
}

impl Browser {
    /// Starts a script against a server, with further variables.
    ///
    /// # Panics
    /// When Node or its packages are missing: `./test` installs them.
    pub fn start(script: &str, server: &Server, variables: &[(&str, &str)]) -> Browser {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
        assert!(
            scripts.join("node_modules/playwright-core").exists(),
            "playwright-core is missing: ./test installs it"
        );
        let child = Command::new("node")
            .arg(script)
            .current_dir(scripts)
            .env("CORDON_URL", format!("http://{}/", server.http))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is missing: ./test installs it");
        Browser { child }
    }

    /// Runs it to its end and answers its last line, which is JSON. `on_line` is called with each line before.
    ///
    /// # Panics
    /// When the script failed.
    pub fn found(mut self, mut on_line: impl FnMut(&str)) -> Value {
        let mut last = None;
        for line in BufReader::new(self.child.stdout.take().expect("piped")).lines().map_while(Result::ok) {
            if let Some(before) = last.replace(line) {
                on_line(&before);
            }
            // A word is said to be heard at once; what was found is JSON.
            if last.as_deref().is_some_and(|line| serde_json::from_str::<Value>(line).is_err()) {
                on_line(&last.take().expect("just seen"));
            }
        }
        assert!(self.child.wait().expect("our own child").success(), "the browser's part failed: see above");
        serde_json::from_str(&last.expect("a script prints what it found")).expect("JSON")
    }
}
