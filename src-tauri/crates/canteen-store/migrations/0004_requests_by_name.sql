-- A request may be about a model that was never seen here, so that nobody knows its digest. SQLite cannot take a NOT NULL away:
-- the table is made anew.
CREATE TABLE requests_by_name (
  id BLOB PRIMARY KEY CHECK (length(id) = 16),
  sighting BLOB,
  digest BLOB CHECK (digest IS NULL OR length(digest) = 32),
  name TEXT NOT NULL,
  details TEXT,
  reason TEXT NOT NULL,
  days INTEGER NOT NULL,
  state TEXT NOT NULL,
  until_utc INTEGER,
  answer TEXT,
  asked_utc INTEGER NOT NULL,
  seen_utc INTEGER,
  updated_utc INTEGER NOT NULL
) STRICT;
INSERT INTO requests_by_name (id, sighting, digest, name, reason, days, state, until_utc, answer, asked_utc, seen_utc, updated_utc)
SELECT id, sighting, digest, name, reason, days, state, until_utc, answer, asked_utc,
  CASE state WHEN 'seen' THEN updated_utc END, updated_utc
FROM requests;
DROP TABLE requests;
ALTER TABLE requests_by_name RENAME TO requests;
CREATE INDEX requests_digest ON requests (digest);

-- What a sentence is made of, so that every face can make it in its own language. Older rows have the English sentence alone.
ALTER TABLE evidence ADD COLUMN code TEXT;
ALTER TABLE evidence ADD COLUMN fields_json TEXT;
ALTER TABLE nudges ADD COLUMN basis_json TEXT;
