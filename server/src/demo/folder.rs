//! The demo's folder: emptied at every start, and only if a demo made it.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// The file that says that a demo made the folder.
const MARKER: &str = "cordon-demo.txt";
const MARKER_TEXT: &str = "cordon demo made this folder and empties it at every start.\n";

/// Why a folder cannot be the demo's.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A real site, or anything else that is not ours.
    #[error("{0} holds something that cordon demo did not make: move it away or start in another folder")]
    NotOurs(String),
    /// A demo runs there.
    #[error("the demo in {0} is running: stop it first")]
    Running(String),
    /// The system refused.
    #[error("the folder {path} cannot be made ready: {why}")]
    Io {
        /// Which folder.
        path: String,
        /// What the system says.
        why: io::Error,
    },
}

/// Makes an empty folder with the marker in it.
pub fn make_fresh(folder: &Path) -> Result<(), FolderError> {
    let path = folder.display().to_string();
    let failed = |why: io::Error| FolderError::Io { path: path.clone(), why };
    let is_empty = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(error)),
    };
    let marker = folder.join(MARKER);
    if !is_empty && std::fs::read_to_string(&marker).ok().as_deref() != Some(MARKER_TEXT) {
        return Err(FolderError::NotOurs(path));
    }
    if std::os::unix::net::UnixStream::connect(folder.join(crate::control::SOCKET)).is_ok() {
        return Err(FolderError::Running(path));
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    // The marker stays until everything else is gone, so that an interrupted start leaves a folder of ours.
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == MARKER {
            continue;
        }
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        let removed =
            if is_folder { std::fs::remove_dir_all(entry.path()) } else { std::fs::remove_file(entry.path()) };
        removed.map_err(failed)?;
    }
    std::fs::write(marker, MARKER_TEXT).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_of_its_own_is_emptied() {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = temporary.path().join("cordon-demo");
        make_fresh(&folder).expect("it did not exist");
        std::fs::write(folder.join("cordon.db"), "old").expect("written");
        make_fresh(&folder).expect("it is the demo's own");
        assert!(!folder.join("cordon.db").exists());

        let site = temporary.path().join("site");
        std::fs::create_dir(&site).expect("made");
        std::fs::write(site.join("cordon.db"), "real").expect("written");
        assert!(matches!(make_fresh(&site), Err(FolderError::NotOurs(_))));
        assert_eq!(std::fs::read_to_string(site.join("cordon.db")).ok().as_deref(), Some("real"));
    }
}
