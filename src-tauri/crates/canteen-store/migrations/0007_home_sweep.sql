-- Large files that were looked into and are no weights: not a byte of them is read again while they stay as they are. No names.
CREATE TABLE looked_into (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  -- Version of the reader that found nothing: a later one may know more.
  reader INTEGER NOT NULL,
  -- Number of the sweep that came by last.
  sweep INTEGER NOT NULL,
  UNIQUE (device, inode)
) STRICT;

CREATE INDEX looked_into_by_age ON looked_into (sweep, id);

-- Where the slow look through the home folder stands: one row.
CREATE TABLE home_sweep (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL,
  -- The last folder whose files are through; NULL when all are.
  path BLOB
) STRICT;
