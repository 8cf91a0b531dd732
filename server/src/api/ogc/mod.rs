//! OGC API Features under `/ogc`, so that QGIS, `ogrinfo` and everybody else reads the one-map at the first try.
//!
//! Editions: Part 1 Core 17-069r4 (1.0.1), Part 2 Coordinate reference systems 18-058r1 (1.0.1), Part 3 Filtering 19-079r2
//! (1.0.0), Common Query Language 21-065r2 (CQL2 1.0.0), Part 4 Create, replace, update and delete 20-002r1 (1.0.0-draft.2, no
//! standard yet). Reading is here, edits are in [`super::features`]. Every page exists as JSON and as HTML without any request to another host; hrefs are
//! absolute, because clients disagree about relative ones.

pub mod collections;
pub mod format;
pub mod html;
pub mod items;
pub mod landing;
pub mod openapi30;
pub mod question;

/// Every conformance class that holds, as the documents name them (github.com/opengeospatial/ogcapi-features, June 2026). Part 4's draft
/// has no name for that of optimistic locking but its requirements class, `/req/optimistic-locking-etags`: it is called here by the rule
/// that the others follow.
pub const CONFORMANCE: [&str; 22] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
];
