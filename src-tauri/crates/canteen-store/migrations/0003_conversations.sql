-- A title that the person gave is not replaced by the first words any more.
ALTER TABLE conversations ADD COLUMN named INTEGER NOT NULL DEFAULT 0 CHECK (named IN (0, 1));
ALTER TABLE conversations ADD COLUMN settings_json TEXT;
ALTER TABLE messages ADD COLUMN attachments_json TEXT;
