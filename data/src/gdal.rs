//! GDAL's programs as child processes: files of other systems are never opened in Cordon's own process, and what GDAL makes of a
//! damaged one costs that process alone.
//!
//! Each run has a folder of its own, an environment that was written here, a deadline, and drivers by name; what launches it
//! (`cordon run-limited`) takes memory, processor time, file size and the network away first. Arguments are a list and never a
//! shell's text. No path that a person wrote reaches GDAL: files lie under names of ours.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Address space, MiB.
    pub memory_mib: u64,
    /// Processor time, s.
    pub cpu_s: u64,
    /// Size of a file that it writes, MiB.
    pub file_mib: u64,
    /// From its start to its end.
    pub patience: Duration,
}

impl Default for Limits {
    /// 2 GiB of address space as PLATFORM §2.1 has it; processor time and deadline for ten million points; what a shapefile may
    /// be at most, twice.
    fn default() -> Limits {
        Limits { memory_mib: 2_048, cpu_s: 600, file_mib: 8_192, patience: Duration::from_secs(900) }
    }
}

/// Why a program of GDAL did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum GdalError {
    /// It cannot be started.
    #[error("GDAL's {0} cannot be started: install gdal-bin (3.6 or newer)")]
    Missing(&'static str),
    /// It says that it cannot; or it broke.
    #[error("GDAL cannot read or write this: {0}")]
    Failed(String),
    /// It reached its limits.
    #[error("GDAL was stopped after {0} s")]
    TooLong(u64),
    /// The disk has no room for what it writes.
    #[error("the disk is full")]
    Full,
    /// Its folder cannot be used.
    #[error("the working folder failed: {0}")]
    Folder(#[from] std::io::Error),
}

/// How programs of GDAL are run.
#[derive(Clone, Debug, Default)]
pub struct Gdal {
    /// Program and arguments that come before the limits; none = without limits of the system, for tests.
    pub launcher: Vec<OsString>,
    /// What a run may use.
    pub limits: Limits,
}

/// How often a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Most of what a program says that is read, bytes.
const SAID_MOST: u64 = 16 * 1024;

impl Gdal {
    /// Converts: `ogr2ogr` with these drivers and arguments; what it said on the way.
    pub fn ogr2ogr(
        &self,
        folder: &Path,
        drivers: &[&str],
        arguments: &[OsString],
        more: &[(&str, &str)],
    ) -> Result<String, GdalError> {
        self.run("ogr2ogr", folder, drivers, arguments, more)?;
        Ok(said(&folder.join(ERRORS)))
    }

    /// Describes: what `ogrinfo` says with these drivers.
    pub fn ogrinfo(&self, folder: &Path, drivers: &[&str], arguments: &[OsString]) -> Result<String, GdalError> {
        self.run("ogrinfo", folder, drivers, arguments, &[])?;
        Ok(said(&folder.join(OUTPUT)))
    }

    fn run(
        &self,
        program: &'static str,
        folder: &Path,
        drivers: &[&str],
        arguments: &[OsString],
        more: &[(&str, &str)],
    ) -> Result<(), GdalError> {
        let limits = &self.limits;
        let others: Vec<&str> =
            every_driver()?.iter().map(String::as_str).filter(|name| !drivers.contains(name)).collect();
        let mut command = match self.launcher.split_first() {
            Some((launcher, first)) => {
                let mut command = Command::new(launcher);
                command.args(first);
                for limit in [limits.memory_mib, limits.cpu_s, limits.file_mib] {
                    command.arg(limit.to_string());
                }
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .args(arguments)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs([("HOME", folder), ("TMPDIR", folder), ("CPL_TMPDIR", folder)])
            .envs(ENVIRONMENT)
            .env("OGR_SKIP", others.join(","))
            .envs(more.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(File::create(folder.join(OUTPUT))?)
            .stderr(File::create(folder.join(ERRORS))?);
        let child = command.spawn().map_err(|_| GdalError::Missing(program))?;
        let status = await_end(child, limits.patience)?;
        // Not every driver looks whether what it wrote is there: a full disk is asked for itself, whatever the program says.
        if !has_room(folder) {
            return Err(GdalError::Full);
        }
        if status.success() {
            return Ok(());
        }
        let said = said(&folder.join(ERRORS));
        Err(GdalError::Failed(match errors(&said, folder) {
            Some(words) => words,
            None => format!("{program} ended with {status}"),
        }))
    }
}

/// The names of all drivers of this machine's GDAL, asked once: a run is told to forget all but its own (`OGR_SKIP`; `-if` came
/// with 3.7 to these programs).
fn every_driver() -> Result<&'static [String], GdalError> {
    static DRIVERS: OnceLock<Vec<String>> = OnceLock::new();
    if let Some(drivers) = DRIVERS.get() {
        return Ok(drivers);
    }
    let asked = Command::new("ogrinfo").arg("--formats").stdin(Stdio::null()).output();
    let said = asked.map_err(|_| GdalError::Missing("ogrinfo"))?.stdout;
    let drivers = driver_names(&String::from_utf8_lossy(&said));
    // Without their names nothing could be forbidden.
    if drivers.is_empty() {
        return Err(GdalError::Missing("ogrinfo"));
    }
    Ok(DRIVERS.get_or_init(|| drivers))
}

/// Names out of lines such as `  ESRI Shapefile -vector- (rw+v): ESRI Shapefile`.
fn driver_names(said: &str) -> Vec<String> {
    let name = |line: &str| {
        let (head, _) = line.strip_prefix("  ")?.split_once("- (")?;
        Some(head.rsplit_once(" -")?.0.to_owned())
    };
    said.lines().filter_map(name).collect()
}

/// What every run is told: no network whatever a driver would like, no helper files beside what it reads, UTF-8.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("LANG", "C.UTF-8"),
    ("PROJ_NETWORK", "OFF"),
    ("GDAL_HTTP_PROXY", "127.0.0.1:9"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("GDAL_DISABLE_READDIR_ON_OPEN", "FALSE"),
    ("OGR_XLSX_HEADERS", "FORCE"),
    ("OGR_GEOJSON_MAX_OBJ_SIZE", "100"),
    ("CPL_MAX_ERROR_REPORTS", "100"),
    ("OGR_SQLITE_JOURNAL", "OFF"),
];
/// Where a program's words go.
const OUTPUT: &str = "gdal-said.txt";
const ERRORS: &str = "gdal-errors.txt";
/// A file that is written to see whether there is room, and how large.
const ROOM: &str = "room";
const ROOM_BYTES: usize = 64 << 10;

fn await_end(mut child: Child, patience: Duration) -> Result<ExitStatus, GdalError> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begin.elapsed() >= patience {
            child.kill()?;
            child.wait()?;
            return Err(GdalError::TooLong(patience.as_secs()));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Whether the disk takes some pages more. What cannot be asked counts as room: the next write will say it.
fn has_room(folder: &Path) -> bool {
    let file = folder.join(ROOM);
    let written = std::fs::write(&file, vec![1; ROOM_BYTES]);
    let _ = std::fs::remove_file(&file);
    !written.is_err_and(|error| error.kind() == std::io::ErrorKind::StorageFull)
}

fn said(file: &Path) -> String {
    let mut bytes = Vec::new();
    // What cannot be read was not said.
    if let Ok(file) = File::open(file) {
        let _ = file.take(SAID_MOST).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What went wrong in the program's own words, without the folder in which it happened.
fn errors(said: &str, folder: &Path) -> Option<String> {
    let is_error = |line: &&str| line.starts_with("ERROR") || line.starts_with("FAILURE");
    let begin = said.lines().position(|line| is_error(&line))?;
    let folder = folder.to_string_lossy();
    let words = said.lines().skip(begin).flat_map(str::split_whitespace).filter(|word| !word.contains(&*folder));
    Some(words.take(60).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_drivers_are_left() {
        let said = "Supported Formats:\n  GPKG -raster,vector- (rw+vs): GeoPackage\n  ESRI Shapefile -vector- (rw+v): ESRI Shapefile\n";
        assert_eq!(driver_names(said), ["GPKG", "ESRI Shapefile"]);
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("trick.vrt");
        std::fs::write(&file, "<OGRVRTDataSource/>").expect("room");
        let arguments = ["-ro".into(), file.into_os_string()];
        let gdal = Gdal::default();
        assert!(matches!(gdal.ogrinfo(folder.path(), &["CSV"], &arguments), Err(GdalError::Failed(_))));
        let left = gdal.ogrinfo(folder.path(), &["CSV"], &["--formats".into()]).expect("it lists");
        assert_eq!(driver_names(&left), ["CSV"], "{left}");
    }
}
