//! Archives, looked through before anything of them is written: how many files, how large, where they would go.
//!
//! Names in an archive are read and never used: what is taken out lies under names of ours. Sizes are counted while they are
//! unpacked, for what an archive says of itself may be a lie.

use super::{ImportError, kind};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Most files of an archive.
const MAX_FILES: usize = 1_000;
/// Most bytes of all files together, unpacked.
const MAX_BYTES: u64 = 4 << 30;
/// Most that a file may grow while it is unpacked; text and coordinates shrink to a twentieth at best.
const MAX_RATIO: u64 = 200;
/// A file that is smaller than this may grow as it likes, bytes.
const SMALL: u64 = 1 << 20;

/// The parts of a Shapefile that are read; others are left alone.
const PARTS: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

fn refused(why: impl Into<String>) -> ImportError {
    ImportError::Archive(why.into())
}

fn broken(error: zip::result::ZipError) -> ImportError {
    refused(format!("it cannot be read: {error}"))
}

/// Looks through an archive; the names in it.
pub(super) fn look_through(file: &Path) -> Result<Vec<String>, ImportError> {
    let mut archive = ZipArchive::new(File::open(file)?).map_err(broken)?;
    names(&mut archive)
}

fn names<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<String>, ImportError> {
    if archive.len() > MAX_FILES {
        return Err(refused(format!("it has {} files, at most {MAX_FILES} are taken", archive.len())));
    }
    let (mut bytes, mut names) = (0_u64, Vec::new());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(broken)?;
        // An old archive's names are in some local encoding: only their ends matter.
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let climbs = name.split(['/', '\\']).any(|part| part == "..");
        if climbs || name.starts_with(['/', '\\']) || name.contains('\0') || name.get(1..2) == Some(":") {
            return Err(refused(format!("{shown} would lie outside of it")));
        }
        if entry.is_symlink() {
            return Err(refused(format!("{shown} is a link")));
        }
        if entry.encrypted() {
            return Err(refused(format!("{shown} is encrypted")));
        }
        if entry.size() > SMALL && entry.size() / entry.compressed_size().max(1) > MAX_RATIO {
            return Err(refused(format!("{shown} would grow over {MAX_RATIO} times while it is unpacked")));
        }
        bytes = bytes.saturating_add(entry.size());
        if bytes > MAX_BYTES {
            return Err(refused(format!("unpacked it has over {} GiB", MAX_BYTES >> 30)));
        }
        names.push(name);
    }
    Ok(names)
}

/// Unpacks one file, to as many bytes as it said and no more.
fn unpack<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize, to: &Path) -> Result<(), ImportError> {
    let mut entry = archive.by_index(index).map_err(broken)?;
    let said = entry.size();
    let mut file = File::create(to)?;
    let copied = std::io::copy(&mut (&mut entry).take(said + 1), &mut file)
        .map_err(|error| refused(format!("it cannot be unpacked: {error}")))?;
    file.flush()?;
    if copied > said {
        return Err(refused("a file in it is larger than it says"));
    }
    Ok(())
}

/// Unpacks the one Shapefile of an archive beside each other as `base` with its endings; where its `.shp` lies.
pub(super) fn shapefile(file: &Path, base: &Path) -> Result<PathBuf, ImportError> {
    let mut archive = ZipArchive::new(File::open(file)?).map_err(broken)?;
    let names = names(&mut archive)?;
    let parted: Vec<(String, String)> = names
        .iter()
        .map(|name| {
            name.rsplit_once('.')
                .map_or((name.clone(), String::new()), |(stem, end)| (stem.to_owned(), end.to_ascii_lowercase()))
        })
        .collect();
    let hidden = |stem: &str| stem.starts_with("__MACOSX/") || stem.contains("/._");
    let shapes: Vec<&String> =
        parted.iter().filter(|(stem, end)| end == "shp" && !hidden(stem)).map(|(stem, _)| stem).collect();
    let [stem] = shapes.as_slice() else {
        return Err(refused(format!("it must hold one Shapefile, and it holds {}", shapes.len())));
    };
    for (index, (found, end)) in parted.iter().enumerate() {
        if found.eq_ignore_ascii_case(stem) && PARTS.contains(&end.as_str()) {
            unpack(&mut archive, index, &base.with_extension(end))?;
        }
    }
    for needed in ["shx", "dbf"] {
        if !base.with_extension(needed).exists() {
            return Err(refused(format!("the Shapefile has no .{needed}")));
        }
    }
    Ok(base.with_extension("shp"))
}

/// Puts a bare Shapefile and what lies beside it into a zip: in one form it is looked through.
pub fn zip_shapefile(shapefile: &Path, to: &Path) -> Result<(), ImportError> {
    let mut zip = ZipWriter::new(File::create(to)?);
    for part in PARTS {
        let beside = [part.to_owned(), part.to_uppercase()].map(|end| shapefile.with_extension(end));
        if let Some(path) = beside.iter().find(|path| path.exists()) {
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
            zip.start_file(format!("layer.{part}"), stored).map_err(broken)?;
            std::io::copy(&mut File::open(path)?, &mut zip)?;
        }
    }
    zip.finish().map_err(broken)?;
    Ok(())
}

/// Unpacks the main document of a KMZ: the first `.kml` at its top (OGC 12-007r2 annex C).
pub(super) fn kml(file: &Path, to: &Path) -> Result<PathBuf, ImportError> {
    let mut archive = ZipArchive::new(File::open(file)?).map_err(broken)?;
    let names = names(&mut archive)?;
    let is_main = |name: &String| name.to_ascii_lowercase().ends_with(".kml") && !name.contains('/');
    let index = names.iter().position(is_main).ok_or_else(|| refused("it has no KML at its top"))?;
    unpack(&mut archive, index, to)?;
    kind::no_definitions(to).map_err(refused)?;
    Ok(to.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        let mut archive = ZipWriter::new(file.reopen().expect("it exists"));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, content) in files {
            archive.start_file(*name, options).expect("a name");
            archive.write_all(content).expect("room");
        }
        archive.finish().expect("room");
        file
    }

    #[track_caller]
    fn check(files: &[(&str, &[u8])], expected: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let error = shapefile(zipped(files).path(), &folder.path().join("in")).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
        let left = std::fs::read_dir(folder.path()).expect("it exists").count();
        assert!(left == 0 || expected.contains("has no"), "nothing is written before all was looked at");
    }

    #[test]
    fn tricks_are_refused() {
        check(&[("../../etc/passwd", b"x")], "outside");
        check(&[("a/../../b.shp", b"x")], "outside");
        check(&[("/etc/passwd", b"x")], "outside");
        check(&[("..\\b.shp", b"x")], "outside");
        check(&[("C:b.shp", b"x")], "outside");
        check(&[("bomb.shp", &vec![0; 64 << 20])], "grow over");
        check(&[("a.shp", b"x"), ("b.shp", b"x")], "it holds 2");
        check(&[("evil.vrt", b"<OGRVRTDataSource/>")], "it holds 0");
        check(&[("a.shp", b"x")], "has no .shx");
        let many: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        check(&many, "1001 files");
    }

    #[test]
    fn what_is_no_archive_is_said_to_be_none() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), b"PK\x03\x04 nothing else").expect("room");
        assert!(matches!(look_through(file.path()), Err(ImportError::Archive(_))));
    }
}
