//! Texts of Chinese files: GBK and UTF-8, as the file says, else as its bytes can be read.

use super::ImportError;
use encoding_rs::{GB18030, UTF_8};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// What a `.dbf` says in its byte 29 when its texts are in code page 936, which is GBK.
const LANGUAGE_GBK: u8 = 0x4D;
/// How much of a table of attributes is looked at, bytes.
const LOOK: u64 = 4 << 20;

/// The encoding of that name, as GDAL calls it. GB18030 reads GBK and GB 2312 too.
pub(super) fn known(name: &str) -> Result<&'static str, ImportError> {
    match name.trim().to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "65001" => Ok("UTF-8"),
        "gbk" | "gb2312" | "gb18030" | "cp936" | "936" | "ansi 936" => Ok("GB18030"),
        _ => Err(ImportError::Encoding(name.chars().take(40).collect())),
    }
}

/// The encoding of a Shapefile's texts; `None` where it names another one, which GDAL knows.
pub(super) fn of_shapefile(shapefile: &Path) -> Result<Option<&'static str>, ImportError> {
    let page = shapefile.with_extension("cpg");
    if page.exists() {
        let mut said = String::new();
        File::open(&page)?.take(100).read_to_string(&mut said).unwrap_or_default();
        return Ok(known(&said).ok());
    }
    let mut bytes = Vec::new();
    File::open(shapefile.with_extension("dbf"))?.take(LOOK).read_to_end(&mut bytes)?;
    match bytes.get(29) {
        Some(&LANGUAGE_GBK) => return Ok(Some("GB18030")),
        Some(0) | None => {}
        Some(_) => return Ok(None),
    }
    let header =
        usize::from(u16::from_le_bytes([bytes.get(8).copied().unwrap_or(0), bytes.get(9).copied().unwrap_or(0)]));
    // The names of the columns are texts too.
    let names = bytes.get(32..header).unwrap_or_default();
    let rows = bytes.get(header..).unwrap_or_default();
    Ok(Some(if reads_as_utf8(names) && reads_as_utf8(rows) { "UTF-8" } else { "GB18030" }))
}

/// A text that was cut may end within a letter.
fn reads_as_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// A table copied in UTF-8, and in which encoding it was.
pub(super) fn as_utf8(
    file: &Path,
    to: &Path,
    told: Option<&'static str>,
) -> Result<(PathBuf, Option<&'static str>), ImportError> {
    let mut begin = Vec::new();
    File::open(file)?.take(LOOK).read_to_end(&mut begin)?;
    let found = told.unwrap_or(if reads_as_utf8(&begin) { "UTF-8" } else { "GB18030" });
    let mut decoder = if found == "UTF-8" { UTF_8 } else { GB18030 }.new_decoder();
    let (mut from, mut out) = (File::open(file)?, std::io::BufWriter::new(File::create(to)?));
    let mut piece = vec![0; 1 << 16];
    let mut text = String::with_capacity(1 << 18);
    loop {
        let read = from.read(&mut piece)?;
        text.clear();
        // Room for the longest text that these bytes can be: one call takes them all.
        text.reserve(decoder.max_utf8_buffer_length(read).unwrap_or(1 << 18));
        let (_, _, _) = decoder.decode_to_string(&piece[..read], &mut text, read == 0);
        out.write_all(text.as_bytes())?;
        if read == 0 {
            out.flush()?;
            return Ok((to.to_owned(), Some(found)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_in_gbk_becomes_utf8() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        for (bytes, expected) in [
            (GB18030.encode("名称,经度\n液氯储罐,121").0.into_owned(), "GB18030"),
            ("名称,经度\n液氯储罐,121".into(), "UTF-8"),
        ] {
            std::fs::write(&from, &bytes).expect("room");
            let (_, found) = as_utf8(&from, &to, None).expect("it can be read");
            assert_eq!(found, Some(expected));
            assert_eq!(std::fs::read_to_string(&to).expect("UTF-8"), "名称,经度\n液氯储罐,121");
        }
        assert!(matches!(known("klingon"), Err(ImportError::Encoding(_))));
    }
}
