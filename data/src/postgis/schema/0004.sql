-- A track is read from the index alone: the fixes of one vehicle lie a page apart each in the table of a day. Making the index
-- anew reads every fix that is kept and goes on until that is done.
DROP INDEX fixes_vehicle;
CREATE INDEX fixes_track ON fixes (vehicle, fixed_ms) INCLUDE (
    received_ms, position, lon_e7, lat_e7, speed_dkph, heading_deg, accuracy_dm, altitude_m, status_bits, alarm_bits, acc_on,
    source, marks
);

-- The index answers alone for what a vacuum has seen: on a table of fixes it comes with every million of them.
ALTER TABLE fixes_other SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000);
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fixes'::regclass AND c.relname ~ '^fixes_[0-9]{8}$'
    LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0,
                                            autovacuum_vacuum_insert_threshold = 1000000)', name);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION make_fix_days(first bigint, last bigint) RETURNS integer
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
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF fixes FOR VALUES FROM (%s) TO (%s)
                 WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000)',
                name, from_ms, to_ms
            );
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
