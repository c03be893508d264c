CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value_json TEXT NOT NULL
) STRICT;

CREATE TABLE catalogue_files (
  name TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE installations (
  entry TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  size_bytes INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  code TEXT,
  message TEXT,
  remedy TEXT,
  updated_utc INTEGER NOT NULL
) STRICT;

CREATE TABLE licences (
  entry TEXT PRIMARY KEY,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  accepted_utc INTEGER NOT NULL
) STRICT;

CREATE TABLE conversations (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  title TEXT NOT NULL,
  model TEXT NOT NULL,
  created_utc INTEGER NOT NULL,
  updated_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_updated ON conversations (updated_utc);

CREATE TABLE messages (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  conversation BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  role TEXT NOT NULL,
  body TEXT NOT NULL,
  at_utc INTEGER NOT NULL,
  model TEXT,
  run BLOB,
  ended TEXT,
  prompt_tokens INTEGER,
  answer_tokens INTEGER,
  first_token_ms INTEGER,
  generation_ms INTEGER,
  UNIQUE (conversation, place)
) STRICT;

CREATE TABLE runs (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  entry TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  started_utc INTEGER NOT NULL,
  ended_utc INTEGER,
  reason TEXT,
  report_json TEXT,
  answer_tokens INTEGER NOT NULL DEFAULT 0,
  speed_milli INTEGER
) STRICT;
CREATE INDEX runs_started ON runs (started_utc);

CREATE TABLE sightings (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  digest BLOB CHECK (digest IS NULL OR length(digest) = 32),
  path BLOB NOT NULL,
  shown_path TEXT NOT NULL,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  found_in TEXT NOT NULL,
  grade TEXT NOT NULL,
  verdict TEXT,
  entry TEXT,
  inventory INTEGER NOT NULL,
  holder TEXT,
  first_seen_utc INTEGER NOT NULL,
  last_seen_utc INTEGER NOT NULL,
  resolved TEXT,
  UNIQUE (device, inode, size_bytes, modified_ns, changed_ns)
) STRICT;
CREATE INDEX sightings_digest ON sightings (digest);

CREATE TABLE evidence (
  sighting BLOB NOT NULL REFERENCES sightings (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  signal TEXT,
  body TEXT NOT NULL,
  at_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_sighting ON evidence (sighting, at_utc);

CREATE TABLE nudges (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  sighting BLOB NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  reason TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  why_json TEXT NOT NULL,
  alternative TEXT,
  state TEXT NOT NULL,
  until_utc INTEGER,
  shown_by TEXT,
  created_utc INTEGER NOT NULL,
  shown_utc INTEGER,
  updated_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX nudges_digest ON nudges (digest, created_utc);

CREATE TABLE requests (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  sighting BLOB,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  days INTEGER NOT NULL,
  state TEXT NOT NULL,
  until_utc INTEGER,
  answer TEXT,
  asked_utc INTEGER NOT NULL,
  updated_utc INTEGER NOT NULL
) STRICT;
CREATE INDEX requests_digest ON requests (digest);

-- The chain. Three guards against our own bugs: no change, no removal, no gap. Whoever holds the key can still rewrite it:
-- that is what reports outside this computer are for.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  body BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_removal BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_gap BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit log has no gaps'); END;
