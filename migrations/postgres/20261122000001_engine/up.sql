-- What every process must know of what the others changed: one row, counted up.
CREATE TABLE orm_cache_generation (generation BIGINT NOT NULL);
INSERT INTO orm_cache_generation VALUES (0);
-- Sessions of browsers; the cookie holds the id, the table its SHA-256.
CREATE TABLE http_session (
  sid_hash TEXT PRIMARY KEY,
  uid INTEGER NOT NULL,
  token TEXT NOT NULL,
  last_seen TIMESTAMP NOT NULL
);
CREATE INDEX http_session_last_seen_index ON http_session (last_seen);
