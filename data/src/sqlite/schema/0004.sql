-- When a person was last signed in and a token last shown, about to the minute.
ALTER TABLE users ADD COLUMN last_seen_ms INTEGER;
ALTER TABLE tokens ADD COLUMN last_used_ms INTEGER;
CREATE INDEX sessions_user ON sessions (user);
