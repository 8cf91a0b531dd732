-- Pieces of track that were received more than an hour before their hour began, or more than 26 hours after that: a question looks for
-- the others by the day on which they were received.
CREATE TABLE tracks_apart (LIKE tracks INCLUDING ALL);
CREATE INDEX tracks_apart_received ON tracks_apart (received_ms);
WITH moved AS (
    -- As numeric: the hour of a clock that is out of all reason has no room to be counted on in a bigint.
    DELETE FROM tracks WHERE received_ms::numeric NOT BETWEEN hour::numeric * 3600000 - 3600000 AND hour::numeric * 3600000 + 26 * 3600000
    RETURNING vehicle, hour, received_ms, fixes
)
INSERT INTO tracks_apart (vehicle, hour, received_ms, fixes) SELECT vehicle, hour, received_ms, fixes FROM moved;

-- With the journal time of position, fixes after it are looked for by the day on which they were received; after the last stray,
-- which was received over a minute before its batch's journal time. Which those were so far nobody noted.
ALTER TABLE track_progress ADD COLUMN reached_ms bigint NOT NULL DEFAULT 0, ADD COLUMN stray bigint NOT NULL DEFAULT 0;
UPDATE track_progress SET stray = coalesce((SELECT max(last) FROM journal), 0);
