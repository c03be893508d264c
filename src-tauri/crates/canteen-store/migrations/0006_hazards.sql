-- Codes of what is wrong with the file, as a list; absent where nothing is, and in what was seen before this was kept.
ALTER TABLE sightings ADD COLUMN hazards_json TEXT;
