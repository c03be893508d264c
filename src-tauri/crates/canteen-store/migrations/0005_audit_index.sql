-- What the ledger filters by, read off the stored bytes themselves: a column of its own could say something else than the chain.
ALTER TABLE audit ADD COLUMN kind TEXT GENERATED ALWAYS AS
  (CASE WHEN json_valid(CAST(body AS TEXT)) THEN json_extract(CAST(body AS TEXT), '$.event.kind') END) VIRTUAL;
ALTER TABLE audit ADD COLUMN at TEXT GENERATED ALWAYS AS
  (CASE WHEN json_valid(CAST(body AS TEXT)) THEN json_extract(CAST(body AS TEXT), '$.at') END) VIRTUAL;
ALTER TABLE audit ADD COLUMN entry TEXT GENERATED ALWAYS AS
  (CASE WHEN json_valid(CAST(body AS TEXT)) THEN json_extract(CAST(body AS TEXT), '$.event.entry') END) VIRTUAL;
CREATE INDEX audit_kind ON audit (kind, at, entry);
CREATE INDEX audit_entry ON audit (entry, kind, at);
CREATE INDEX audit_at ON audit (at, kind, entry);
