-- What the model is probably used for, best guess first; absent in what was seen before this was kept.
ALTER TABLE sightings ADD COLUMN tasks_json TEXT;
