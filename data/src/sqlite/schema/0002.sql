-- The engine's state of a vehicle just before its first fix of an hour, a row for each version: late replay starts there.
-- The body is a frame of codec::checkpoint.
CREATE TABLE checkpoints (
    vehicle INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,         -- the hour's start
    position INTEGER NOT NULL,      -- journal position up to which this version knows
    body BLOB NOT NULL,
    PRIMARY KEY (vehicle, at_ms, position)
) STRICT, WITHOUT ROWID;

-- Which zones a journal time replaced.
CREATE INDEX feature_revisions_at ON feature_revisions (at_ms);

-- Until when an event held (the largest number while it holds).
ALTER TABLE events ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 9223372036854775807;
UPDATE events SET until_ms = coalesce(json_extract(body, '$.core.ended_at'), 9223372036854775807);
CREATE INDEX events_held ON events (vehicle, until_ms) WHERE vehicle IS NOT NULL;
