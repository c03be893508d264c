ALTER TABLE installations ADD COLUMN document_json TEXT;
