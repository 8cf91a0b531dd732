//! `cordon run-limited`: what Cordon starts GDAL's programs by. Takes memory, processor time, file size and the network away from
//! itself and becomes the program.
//!
//! It is not for people and not listed in the help. The network is taken by a namespace of its own where the system lets an ordinary user
//! make one; where it does not, what is left is that no driver is allowed that would use it, and a proxy that nobody listens on.

use super::RunLimitedArgs;
use rlimit::Resource;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Why the program was not started.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// It is none that Cordon uses.
    #[error("{0} is not run here; allowed: ogr2ogr, ogrinfo")]
    Program(String),
    /// A limit cannot be set.
    #[error("a limit cannot be set: {0}")]
    Limit(std::io::Error),
    /// It cannot be started.
    #[error("{program} cannot be started: {why}")]
    Start {
        /// Which.
        program: String,
        /// What the system says.
        why: std::io::Error,
    },
}

/// Programs that may be run.
const PROGRAMS: [&str; 2] = ["ogr2ogr", "ogrinfo"];
/// How many files it may hold open; a GeoPackage needs a handful.
const OPEN_FILES: u64 = 256;

/// Becomes the program; returns only when it could not.
pub fn run(args: &RunLimitedArgs) -> Result<(), LimitError> {
    if !PROGRAMS.contains(&args.program.as_str()) {
        return Err(LimitError::Program(args.program.clone()));
    }
    let limits = [
        (Resource::AS, args.memory_mib << 20),
        (Resource::CPU, args.cpu_s),
        (Resource::FSIZE, args.file_mib << 20),
        (Resource::NOFILE, OPEN_FILES),
        (Resource::CORE, 0),
    ];
    for (resource, limit) in limits {
        rlimit::setrlimit(resource, limit, limit).map_err(LimitError::Limit)?;
    }
    let mut command = if can_be_alone() {
        let mut command = Command::new("unshare");
        command.args(["--net", "--map-root-user", "--", &args.program]);
        command
    } else {
        Command::new(&args.program)
    };
    let why = command.args(&args.arguments).exec();
    Err(LimitError::Start { program: args.program.clone(), why })
}

/// Whether the system lets this user make a network namespace.
fn can_be_alone() -> bool {
    let tried = Command::new("unshare")
        .args(["--net", "--map-root-user", "--", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
