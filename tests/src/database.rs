//! What a server hands on to a database, compared with what it keeps itself.

use crate::http::Api;
use crate::postgres::Postgres;
use crate::wait;
use cordon_data::shipment::inventory;
use cordon_data::store::Readers;
use cordon_data::{postgis, sqlite};
use std::path::Path;

/// The schema of a server's tables unless it is told another.
pub const SCHEMA: &str = postgis::SCHEMA;

/// The URL of a cluster's only database.
pub fn url(postgres: &Postgres) -> String {
    postgres.url("postgres", "postgres")
}

/// Waits until the database has all that the server kept.
pub fn await_caught_up(api: &Api) {
    wait::until("the database has all that was kept", || {
        let database = api.get("/api/health").expect(200)["database"].clone();
        (database["connected"] == true && database["behind"] == 0).then_some(())
    });
}

/// Fails unless the folder and the database of a server that has stopped hold the same.
///
/// # Panics
/// When they do not, or cannot be opened.
pub fn assert_same(postgres: &Postgres, folder: &Path) {
    let (_writer, here) = sqlite::open(folder).expect("the folder opens");
    let (_lock, there) = postgis::open(&url(postgres), SCHEMA).expect("the database opens");
    let (here, there) = (here.reader().expect("a reader"), there.reader().expect("a reader"));
    let held = |reader: &dyn cordon_data::store::Reader| inventory(reader).expect("it can be read");
    assert_eq!(held(here.as_ref()), held(there.as_ref()));
    assert_eq!(here.head().expect("a head"), there.head().expect("a head"));
}
