//! The lock on a data folder: one Cordon at a time.
//!
//! An advisory lock of the operating system on `cordon.lock`: it ends with the process, however that ends, so a stale
//! file never locks anybody out. The file holds the process id for people.

use super::failure::from_io;
use crate::store::StoreError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// A held lock; given back when dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder's lock, or says who has it.
    pub(super) fn take(folder: &Path) -> Result<FolderLock, StoreError> {
        let path = folder.join("cordon.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| from_io(&error, &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Who holds it is only told to people; without it the answer stays right.
                let _ = file.read_to_string(&mut pid);
                let folder = folder.display().to_string();
                return Err(StoreError::InUse { folder, pid: pid.trim().parse().unwrap_or(0) });
            }
            Err(TryLockError::Error(error)) => return Err(from_io(&error, &path)),
        }
        // A full disk must not keep Cordon from starting: the lock holds without the number in it.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(FolderLock { _file: file })
    }
}
