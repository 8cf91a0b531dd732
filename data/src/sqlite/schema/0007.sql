-- The number of the last change of an event or alarm by the end of a batch; 0 in batches from before it was kept.
ALTER TABLE journal ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
-- What a batch kept of the engine's states, to send it on.
CREATE INDEX checkpoints_position ON checkpoints (position);
