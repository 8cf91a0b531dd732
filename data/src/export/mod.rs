//! Features as files for everybody else: rows are gathered as text beside each other and converted by GDAL in a child process;
//! GeoJSON is written here.
//!
//! Properties that are lists or have members of their own become JSON in a text, because tables have no such columns. What has no
//! geometry column (CSV, XLSX) gets `longitude` and `latitude` for points and `wkt` for everything else. A Shapefile holds one
//! kind of geometry: there is one for each that occurs. Texts of CSV and XLSX that a spreadsheet would run are guarded
//! (`crate::formula`).

mod format;
mod rows;

pub use format::Format;

use crate::gdal::{Gdal, GdalError};
use rows::{Layer, Rows};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// GDAL did not write it.
    #[error(transparent)]
    Gdal(#[from] GdalError),
    /// The working folder or the file failed.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
}

/// A file that is being made. Its folder goes with it.
pub struct Export {
    folder: TempDir,
    name: String,
    format: Format,
    rows: Rows,
    count: u64,
}

/// A file that was made; it lies in a temporary folder that goes with this.
#[derive(Debug)]
pub struct Exported {
    /// Where it is.
    pub path: PathBuf,
    /// How many features are in it.
    pub count: u64,
    _folder: TempDir,
}

impl Export {
    /// Begins a file of features that are called `name`, in a folder of its own below `place`.
    pub fn begin(place: &Path, name: &str, format: Format) -> Result<Export, ExportError> {
        std::fs::create_dir_all(place)?;
        let folder = tempfile::Builder::new().prefix("export-").tempdir_in(place)?;
        let rows = Rows::create(folder.path(), format)?;
        Ok(Export { folder, name: name.to_owned(), format, rows, count: 0 })
    }

    /// Adds a GeoJSON feature.
    pub fn add(&mut self, feature: Value) -> Result<(), ExportError> {
        self.count += 1;
        Ok(self.rows.add(feature)?)
    }

    /// Converts what was gathered.
    pub fn end(self, gdal: &Gdal) -> Result<Exported, ExportError> {
        let Export { folder, name, format, rows, count } = self;
        let layers = rows.end()?;
        let path = folder.path().join(format!("{name}.{}", format.extension()));
        match format {
            Format::GeoJson => std::fs::rename(&layers[0].path, &path)?,
            Format::Shapefile => shapefiles(gdal, folder.path(), &name, &layers, &path)?,
            _ => convert(gdal, folder.path(), format, &layers[0], &name, &path)?,
        }
        Ok(Exported { path, count, _folder: folder })
    }
}

fn convert(
    gdal: &Gdal,
    folder: &Path,
    format: Format,
    layer: &Layer,
    name: &str,
    path: &Path,
) -> Result<(), ExportError> {
    let mut arguments: Vec<OsString> = ["-f", format.driver()].map(OsString::from).into();
    let (source, reader) = source(layer)?;
    arguments.extend([path.into(), source]);
    arguments.extend(["-nln", name].map(OsString::from));
    if let Some(kind) = layer.kind {
        arguments.extend(["-nlt", kind].map(OsString::from));
    }
    let more: &[&str] = match format {
        // These keep instants as they are; the others would lose the hour or the zone.
        Format::GeoPackage | Format::FlatGeobuf => &[],
        Format::Shapefile => &["-mapFieldType", "DateTime=String,Date=String,Time=String", "-lco", "ENCODING=UTF-8"],
        _ => &["-mapFieldType", "DateTime=String,Date=String,Time=String"],
    };
    arguments.extend(more.iter().map(OsString::from));
    gdal.ogr2ogr(folder, &[reader, format.driver()], &arguments, &[])?;
    Ok(())
}

/// What GDAL opens and with which driver: lines are told to be lines, and no line at all is an empty collection.
fn source(layer: &Layer) -> Result<(OsString, &'static str), ExportError> {
    if layer.count == 0 {
        std::fs::write(&layer.path, "{\"type\":\"FeatureCollection\",\"features\":[]}")?;
        return Ok((layer.path.clone().into(), "GeoJSON"));
    }
    let mut source = OsString::from("GeoJSONSeq:");
    source.push(&layer.path);
    Ok((source, "GeoJSONSeq"))
}

/// One Shapefile for each kind of geometry, in one archive.
fn shapefiles(gdal: &Gdal, folder: &Path, name: &str, layers: &[Layer], path: &Path) -> Result<(), ExportError> {
    let made = folder.join("shp");
    std::fs::create_dir(&made)?;
    let several = layers.iter().filter(|layer| layer.count > 0).count() > 1;
    for layer in layers.iter().filter(|layer| layer.count > 0) {
        let name = if several { format!("{name}_{}", layer.name) } else { name.to_owned() };
        convert(gdal, folder, Format::Shapefile, layer, &name, &made.join(format!("{name}.shp")))?;
    }
    let mut archive = zip::ZipWriter::new(File::create(path)?);
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&made)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        archive.start_file(name, options).map_err(std::io::Error::other)?;
        std::io::copy(&mut File::open(&file)?, &mut archive)?;
    }
    let mut file = archive.finish().map_err(std::io::Error::other)?;
    file.flush()?;
    file.rewind()?;
    Ok(())
}
