-- Numbers of 32 bits without a sign, journal positions and times in ms since 1970 are bigint. Tables are for Cordon, the
-- views beside them for everybody.

-- One row: which schema this is.
CREATE TABLE about (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);

-- One row a batch: its records as a frame of codec::batch.
CREATE TABLE journal (
    first bigint PRIMARY KEY,       -- position of the batch's first record
    last bigint NOT NULL,           -- and of its last
    at_ms bigint NOT NULL,          -- journal time of all of them
    seq bigint NOT NULL,            -- the number of the last change of an event or alarm by then
    records bytea NOT NULL
);

-- What a feature is called; keys and ids are never reused.
CREATE TABLE features (
    key bigint PRIMARY KEY,
    collection text NOT NULL,
    id text NOT NULL,
    revision bigint NOT NULL,       -- the current one
    alive boolean NOT NULL,         -- false = deleted by the current revision
    geom geometry(Geometry, 4326),  -- of the current revision: of a zone what is judged
    west double precision, south double precision, east double precision, north double precision,
    CONSTRAINT features_id UNIQUE (collection, id)
);
CREATE INDEX features_listed ON features (collection, key) WHERE alive;
CREATE INDEX features_deleted ON features (collection, key) WHERE NOT alive;
CREATE INDEX features_geom ON features USING gist (geom) WHERE alive;

-- Every revision that a feature ever had.
CREATE TABLE feature_revisions (
    key bigint NOT NULL REFERENCES features (key),
    revision bigint NOT NULL,
    at_ms bigint NOT NULL,
    who text NOT NULL,
    body text,                      -- GeoJSON; NULL = deleted by this revision
    derived bytea,                  -- a frame of what entry made of the body
    PRIMARY KEY (key, revision)
);
CREATE INDEX feature_revisions_at ON feature_revisions (at_ms);

-- Fixes by the day on which they were received (UTC), a row each.
CREATE TABLE fixes (
    vehicle bigint NOT NULL,
    fixed_ms bigint NOT NULL,
    received_ms bigint NOT NULL,
    position bigint NOT NULL,       -- in the journal
    lon_e7 integer NOT NULL,
    lat_e7 integer NOT NULL,
    speed_dkph integer,             -- 0.1 km/h
    heading_deg integer,
    accuracy_dm integer,
    altitude_m smallint,
    status_bits bigint NOT NULL,
    alarm_bits bigint NOT NULL,
    acc_on boolean,
    source smallint NOT NULL,
    marks integer NOT NULL
) PARTITION BY RANGE (received_ms);
CREATE INDEX fixes_vehicle ON fixes (vehicle, fixed_ms);
-- What was received on a day for which no table was made.
CREATE TABLE fixes_other PARTITION OF fixes DEFAULT;

-- The last row of each event, by the number of its last change.
CREATE TABLE events (
    id bytea PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    at_ms bigint NOT NULL,
    until_ms bigint NOT NULL,       -- the largest number while it holds
    kind text NOT NULL,
    vehicle bigint,
    zone bigint,
    status text NOT NULL,
    geom geometry(Point, 4326),
    body text NOT NULL
);
CREATE INDEX events_at ON events (at_ms, seq);
CREATE INDEX events_vehicle ON events (vehicle, seq) WHERE vehicle IS NOT NULL;
CREATE INDEX events_held ON events (vehicle, until_ms) WHERE vehicle IS NOT NULL;
CREATE INDEX events_zone ON events (zone, seq) WHERE zone IS NOT NULL;

-- The last row of each alarm, by the number of its last change.
CREATE TABLE alarms (
    id bytea PRIMARY KEY,
    seq bigint NOT NULL UNIQUE,
    state text NOT NULL,
    priority smallint NOT NULL,
    raised_ms bigint NOT NULL,
    acknowledged_ms bigint,
    closed_ms bigint,
    event bytea,                    -- the one that raised it
    body text NOT NULL
);
CREATE INDEX alarms_state ON alarms (state, seq);
CREATE INDEX alarms_raised ON alarms (raised_ms);
CREATE INDEX alarms_acknowledged ON alarms (acknowledged_ms) WHERE acknowledged_ms IS NOT NULL;
CREATE INDEX alarms_closed ON alarms (closed_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX alarms_open ON alarms (state, raised_ms) WHERE state <> 'closed';

-- The engine's state of a vehicle just before its first fix of an hour, a row for each version (codec::checkpoint).
CREATE TABLE checkpoints (
    vehicle bigint NOT NULL,
    at_ms bigint NOT NULL,          -- the hour's start
    position bigint NOT NULL,       -- journal position up to which this version knows
    body bytea NOT NULL,
    PRIMARY KEY (vehicle, at_ms, position)
);
CREATE INDEX checkpoints_position ON checkpoints (position);

CREATE TABLE users (
    name text COLLATE "C" PRIMARY KEY,
    role text NOT NULL,
    password_hash text NOT NULL,
    created_ms bigint NOT NULL,
    last_seen_ms bigint
);

CREATE TABLE tokens (
    hash bytea PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    role text NOT NULL,
    created_ms bigint NOT NULL,
    last_used_ms bigint
);

CREATE TABLE sessions (
    hash bytea PRIMARY KEY,
    "user" text NOT NULL,
    created_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
);
CREATE INDEX sessions_user ON sessions ("user");

CREATE TABLE terminals (
    phone text COLLATE "C" PRIMARY KEY,
    vehicle bigint,
    code_hash bytea,
    plate text,
    plate_colour smallint,
    model text,
    first_seen_ms bigint NOT NULL
);

CREATE TABLE audit (
    line bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms bigint NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    detail text NOT NULL
);

-- Makes the tables of some days (days since 1970, UTC) where they are missing; answers how many it made. The role that runs
-- Cordon may make and drop these alone: the function acts as the schema's owner.
CREATE FUNCTION make_fix_days(first bigint, last bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
DECLARE
    made integer := 0;
    name text;
    from_ms bigint;
    to_ms bigint;
BEGIN
    FOR day IN first..last LOOP
        name := 'fixes_' || to_char(date '1970-01-01' + day, 'YYYYMMDD');
        from_ms := day::bigint * 86400000;
        to_ms := from_ms + 86400000;
        IF to_regclass('@SCHEMA@.' || name) IS NULL
            -- A day that already has rows among the others stays there.
            AND NOT EXISTS (SELECT 1 FROM fixes_other WHERE received_ms >= from_ms AND received_ms < to_ms)
        THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF fixes FOR VALUES FROM (%s) TO (%s)', name, from_ms, to_ms);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

-- Drops the tables of days before one; answers how many.
CREATE FUNCTION drop_fix_days(before bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
DECLARE
    dropped integer := 0;
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fixes'::regclass AND c.relname ~ '^fixes_[0-9]{8}$'
    LOOP
        IF to_date(right(name, 8), 'YYYYMMDD') - date '1970-01-01' < before THEN
            EXECUTE format('DROP TABLE %I', name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION make_fix_days, drop_fix_days FROM PUBLIC;

-- For QGIS and everybody else: what stands in the tables as words, times and places.
CREATE VIEW events_on_map AS
    SELECT encode(e.id, 'hex') AS id, e.seq, e.kind, e.status, to_timestamp(e.at_ms / 1000.0) AS at,
           CASE WHEN e.until_ms < 9223372036854775807 THEN to_timestamp(e.until_ms / 1000.0) END AS ended_at,
           v.id AS vehicle, z.id AS zone, e.geom
    FROM events e LEFT JOIN features v ON v.key = e.vehicle LEFT JOIN features z ON z.key = e.zone;
CREATE VIEW alarms_on_map AS
    SELECT encode(a.id, 'hex') AS id, a.seq, a.state, a.priority, a.body::jsonb ->> 'kind' AS kind,
           to_timestamp(a.raised_ms / 1000.0) AS raised_at, to_timestamp(a.acknowledged_ms / 1000.0) AS acknowledged_at,
           to_timestamp(a.closed_ms / 1000.0) AS closed_at, v.id AS vehicle, z.id AS zone, e.geom
    FROM alarms a LEFT JOIN events e ON e.id = a.event
    LEFT JOIN features v ON v.key = e.vehicle LEFT JOIN features z ON z.key = e.zone;
CREATE VIEW fixes_on_map AS
    SELECT f.position AS fid, v.id AS vehicle, to_timestamp(fixed_ms / 1000.0) AS fixed_at,
           to_timestamp(received_ms / 1000.0) AS received_at, speed_dkph / 10.0 AS speed_kph, heading_deg, altitude_m,
           ST_SetSRID(ST_MakePoint(lon_e7 / 1e7, lat_e7 / 1e7), 4326)::geometry(Point, 4326) AS geom
    FROM fixes f LEFT JOIN features v ON v.key = f.vehicle;
CREATE VIEW vehicles_last AS
    SELECT v.key AS fid, v.id, last.fixed_at, last.received_at, last.speed_kph, last.heading_deg, last.geom
    FROM features v CROSS JOIN LATERAL (
        SELECT to_timestamp(fixed_ms / 1000.0) AS fixed_at, to_timestamp(received_ms / 1000.0) AS received_at,
               speed_dkph / 10.0 AS speed_kph, heading_deg,
               ST_SetSRID(ST_MakePoint(lon_e7 / 1e7, lat_e7 / 1e7), 4326)::geometry(Point, 4326) AS geom
        FROM fixes WHERE vehicle = v.key ORDER BY fixed_ms DESC LIMIT 1
    ) last
    WHERE v.collection = 'vehicles' AND v.alive;
