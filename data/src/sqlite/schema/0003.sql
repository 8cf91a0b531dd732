-- When an alarm was raised, acknowledged and closed, to count how many were in a span of time.
ALTER TABLE alarms ADD COLUMN raised_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alarms ADD COLUMN acknowledged_ms INTEGER;
ALTER TABLE alarms ADD COLUMN closed_ms INTEGER;
UPDATE alarms SET
    raised_ms = body ->> '$.raised_at',
    acknowledged_ms = body ->> '$.acknowledged[0]',
    closed_ms = body ->> '$.closed_at';
CREATE INDEX alarms_raised ON alarms (raised_ms);
CREATE INDEX alarms_acknowledged ON alarms (acknowledged_ms) WHERE acknowledged_ms IS NOT NULL;
CREATE INDEX alarms_closed ON alarms (closed_ms) WHERE closed_ms IS NOT NULL;
-- The open ones of each state, the longest raised first: a handful among years of closed ones.
CREATE INDEX alarms_open ON alarms (state, raised_ms) WHERE state <> 'closed';
