-- Pieces of track: the fixes of one vehicle in one hour of fixed_ms that were received on one day (UTC) and cut at once, as a
-- frame of codec::fixes. The rows of fixes stay for whoever reads them.
CREATE TABLE tracks (
    vehicle bigint NOT NULL,
    hour bigint NOT NULL,           -- fixed_ms divided by 3,600,000, rounded down
    received_ms bigint NOT NULL,    -- of the fix that was received last
    fixes bytea NOT NULL
) PARTITION BY RANGE (received_ms);
-- A frame is compressed already.
ALTER TABLE tracks ALTER COLUMN fixes SET STORAGE EXTERNAL;
CREATE INDEX tracks_vehicle ON tracks (vehicle, hour);
CREATE TABLE tracks_other PARTITION OF tracks DEFAULT;

-- How far the journal is cut into tracks: every fix after since up to position, and up to ahead those of vehicles whose key
-- modulo parts is below done. What was journalled up to since are rows alone.
CREATE TABLE track_progress (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    since bigint NOT NULL,
    position bigint NOT NULL CHECK (position >= since),
    ahead bigint NOT NULL CHECK (ahead >= position),
    parts bigint NOT NULL CHECK (parts > 0),
    done bigint NOT NULL CHECK (done >= 0 AND done < parts)
);
-- Older fixes than the journal's stay rows until they are forgotten.
INSERT INTO track_progress (since, position, ahead, parts, done)
    SELECT before, before, before, 1, 0 FROM (SELECT coalesce(min(first) - 1, 0) FROM journal) AS begins (before);

-- With the place, what is not cut yet is told from what is by the index alone.
DROP INDEX fixes_vehicle;
CREATE INDEX fixes_vehicle ON fixes (vehicle, fixed_ms, position);

CREATE OR REPLACE FUNCTION make_fix_days(first bigint, last bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
DECLARE
    made integer := 0;
    name text;
    from_ms bigint;
    to_ms bigint;
BEGIN
    FOR day IN first..last LOOP
        name := to_char(date '1970-01-01' + day, 'YYYYMMDD');
        from_ms := day::bigint * 86400000;
        to_ms := from_ms + 86400000;
        -- A day that already has rows among the others stays there.
        IF to_regclass('@SCHEMA@.fixes_' || name) IS NULL
            AND NOT EXISTS (SELECT 1 FROM fixes_other WHERE received_ms >= from_ms AND received_ms < to_ms)
        THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF fixes FOR VALUES FROM (%s) TO (%s)', 'fixes_' || name, from_ms, to_ms);
            made := made + 1;
        END IF;
        IF to_regclass('@SCHEMA@.tracks_' || name) IS NULL
            AND NOT EXISTS (SELECT 1 FROM tracks_other WHERE received_ms >= from_ms AND received_ms < to_ms)
        THEN
            -- A piece of up to a page lies beside its key, so that it is read at once.
            EXECUTE format('CREATE TABLE %I PARTITION OF tracks FOR VALUES FROM (%s) TO (%s) WITH (toast_tuple_target = 8160)',
                           'tracks_' || name, from_ms, to_ms);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION drop_fix_days(before bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
DECLARE
    dropped integer := 0;
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('fixes'::regclass, 'tracks'::regclass) AND c.relname ~ '^(fixes|tracks)_[0-9]{8}$'
    LOOP
        IF to_date(right(name, 8), 'YYYYMMDD') - date '1970-01-01' < before THEN
            EXECUTE format('DROP TABLE %I', name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

-- The days that are there.
SELECT make_fix_days(day, day) FROM (
    SELECT to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01' FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'fixes'::regclass AND c.relname ~ '^fixes_[0-9]{8}$'
) AS days (day);
