-- One row a batch: its records as a frame of codec::batch.
CREATE TABLE journal (
    first INTEGER PRIMARY KEY,      -- position of the batch's first record
    last INTEGER NOT NULL,          -- and of its last
    at_ms INTEGER NOT NULL,         -- journal time of all of them
    records BLOB NOT NULL
) STRICT;

-- What a feature is called; keys and ids are never reused.
CREATE TABLE features (
    key INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,      -- the current one
    alive INTEGER NOT NULL,         -- 0 = deleted by the current revision
    west REAL, south REAL, east REAL, north REAL,
    UNIQUE (collection, id)
) STRICT;
CREATE INDEX features_listed ON features (collection, key) WHERE alive = 1;

-- Every revision that a feature ever had.
CREATE TABLE feature_revisions (
    key INTEGER NOT NULL REFERENCES features (key),
    revision INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    body TEXT,                      -- GeoJSON; NULL = deleted by this revision
    derived BLOB,                   -- a frame of what entry made of a zone's body
    UNIQUE (key, revision)
) STRICT;

-- The last row of each event, by the number of its last change.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    vehicle INTEGER,
    zone INTEGER,
    status TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX events_at ON events (at_ms);
CREATE INDEX events_vehicle ON events (vehicle, seq) WHERE vehicle IS NOT NULL;
CREATE INDEX events_zone ON events (zone, seq) WHERE zone IS NOT NULL;

-- The last row of each alarm, by the number of its last change.
CREATE TABLE alarms (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    priority INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX alarms_state ON alarms (state, seq);

-- Pieces of track: the fixes of one vehicle in one hour of fixed_at that were cut at once, as a frame of codec::fixes.
CREATE TABLE tracks (
    vehicle INTEGER NOT NULL,
    hour INTEGER NOT NULL,          -- fixed_at in ms divided by 3,600,000, rounded down
    first INTEGER NOT NULL,         -- journal position of the piece's first fix
    fixes BLOB NOT NULL,
    UNIQUE (vehicle, hour, first)
) STRICT;

-- How far the journal is cut into tracks: every fix up to the one row of track_progress, and for a vehicle in
-- track_ahead up to its position there.
CREATE TABLE track_progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO track_progress VALUES (1, 0);
CREATE TABLE track_ahead (
    vehicle INTEGER PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    user TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE terminals (
    phone TEXT PRIMARY KEY,
    vehicle INTEGER,
    code_hash BLOB,
    plate TEXT,
    plate_colour INTEGER,
    model TEXT,
    first_seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    line INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
