//! Engine snapshots: files beside the store, named by position and engine version.
//!
//! A snapshot is a cache. It is written whole to a temporary file, synced and renamed, so that a crash leaves the older
//! one; one that does not read back is said and left aside. The two newest are kept.

use crate::store::StoreError;
use cordon_spatial::ids::JournalPosition;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"CORDONS1";
const KEEP: usize = 2;
/// Fast, and already a third of the size.
const ZSTD_LEVEL: i32 = 1;

/// Writes a snapshot and removes all but the two newest, whatever earlier version wrote them. It is durable when this returns.
pub fn write(folder: &Path, position: JournalPosition, version: u32, bytes: &[u8]) -> Result<(), StoreError> {
    let packed = zstd::encode_all(bytes, ZSTD_LEVEL).map_err(failed)?;
    let path = folder.join(format!("snapshot-{:020}-v{version}.bin", position.0));
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).map_err(failed)?;
    let written = file
        .write_all(MAGIC)
        .and_then(|()| file.write_all(&crc32fast::hash(&packed).to_le_bytes()))
        .and_then(|()| file.write_all(&packed))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &path))
        .and_then(|()| File::open(folder)?.sync_all());
    if let Err(error) = written {
        // The half-written file is of no use; if it cannot be removed either, the next snapshot replaces it.
        drop(fs::remove_file(&temporary));
        return Err(failed(error));
    }
    // Those of a newer version are another program's.
    let mut all = of_versions(folder, &(0..=version)).map_err(failed)?;
    all.truncate(all.len().saturating_sub(KEEP));
    for (_, old) in all {
        fs::remove_file(old).map_err(failed)?;
    }
    Ok(())
}

/// The newest snapshot of these engine versions that reads back, with its position; `None` when there is none.
pub fn load_newest(
    folder: &Path,
    versions: &RangeInclusive<u32>,
) -> Result<Option<(JournalPosition, Vec<u8>)>, StoreError> {
    for (position, path) in of_versions(folder, versions).map_err(failed)?.into_iter().rev() {
        match read(&path) {
            Ok(bytes) => return Ok(Some((position, bytes))),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "an engine snapshot is damaged and left aside")
            }
        }
    }
    Ok(None)
}

/// The places of the kept snapshots of these engine versions that read back, oldest first. Cost: reads them whole.
pub fn verified(folder: &Path, versions: &RangeInclusive<u32>) -> Result<Vec<JournalPosition>, StoreError> {
    let all = of_versions(folder, versions).map_err(failed)?;
    Ok(all.into_iter().filter(|(_, path)| read(path).is_ok()).map(|(position, _)| position).collect())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = fs::read(path)?;
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let (head, packed) = bytes.split_at_checked(MAGIC.len() + 4).ok_or_else(|| damaged("too short"))?;
    let (magic, sum) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(damaged("not a snapshot"));
    }
    if sum != crc32fast::hash(packed).to_le_bytes() {
        return Err(damaged("wrong checksum"));
    }
    zstd::decode_all(packed)
}

/// The snapshots of some engine versions, oldest first; of two at one place the newer version's last.
fn of_versions(folder: &Path, versions: &RangeInclusive<u32>) -> io::Result<Vec<(JournalPosition, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let parts = name.strip_prefix("snapshot-").and_then(|rest| rest.strip_suffix(".bin")?.split_once("-v"));
        let Some((position, version)) = parts else { continue };
        if let (Ok(position), Ok(version)) = (position.parse(), version.parse::<u32>())
            && versions.contains(&version)
        {
            found.push((JournalPosition(position), version, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(position, _, path)| (position, path)).collect())
}

fn failed(error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::StorageFull { StoreError::NoRoom } else { StoreError::Failed(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_reads_back_is_loaded_and_two_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(load_newest(folder.path(), &(1..=1)).expect("readable"), None);
        for position in [5, 900, 1_000] {
            write(folder.path(), JournalPosition(position), 1, format!("state {position}").as_bytes())
                .expect("written");
        }
        let loaded = load_newest(folder.path(), &(1..=1)).expect("readable").expect("one");
        assert_eq!(loaded, (JournalPosition(1_000), b"state 1000".to_vec()));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 2);
        let newest = folder.path().join(format!("snapshot-{:020}-v1.bin", 1_000));
        let mut bytes = fs::read(&newest).expect("readable");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&newest, bytes).expect("writable");
        let loaded = load_newest(folder.path(), &(1..=1)).expect("readable").expect("the older one");
        assert_eq!(loaded.0, JournalPosition(900));
        assert_eq!(
            load_newest(folder.path(), &(2..=3)).expect("readable"),
            None,
            "another engine's snapshots are not ours"
        );
    }

    #[test]
    fn an_earlier_versions_snapshots_are_gone_on_from_until_there_are_newer_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |position, version: u32| {
            write(folder.path(), JournalPosition(position), version, format!("by {version}").as_bytes())
                .expect("written");
        };
        let newest = |versions| {
            let (position, bytes) = load_newest(folder.path(), &versions).expect("readable").expect("one");
            (position.0, String::from_utf8(bytes).expect("text"))
        };
        put(10, 4);
        put(20, 4);
        assert_eq!(newest(4..=5), (20, "by 4".to_owned()));
        put(20, 5);
        assert_eq!(newest(4..=5), (20, "by 5".to_owned()));
        assert_eq!(verified(folder.path(), &(4..=5)).expect("readable"), [20, 20].map(JournalPosition));
        put(30, 5);
        put(40, 5);
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 2, "the older version's are not needed");
        put(35, 4);
        assert_eq!(newest(4..=5), (40, "by 5".to_owned()), "an older program leaves a newer one's alone");
    }
}
