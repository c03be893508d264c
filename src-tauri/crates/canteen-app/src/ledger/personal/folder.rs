//! One JSON file per table, rows that belong to another row inside of it, and a note in words. Written as the rows come: only
//! titles, never what was said, are in memory at once.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};

use canteen_os::{NewFolder, OsError};
use serde_json::{Map, Value};

type File = BufWriter<fs_err::File>;
type Object = Map<String, Value>;

/// Tables whose rows stand inside those of another: table, the column that names the other, its table.
const INSIDE: &[(&str, &str, &str)] = &[("evidence", "sighting", "sightings"), ("messages", "conversation", "conversations")];

/// A JSON array in a file, a row a line.
struct Array {
    file: File,
    rows: u64,
}

impl Array {
    fn begin(folder: &NewFolder, name: &str) -> Result<Self, OsError> {
        Ok(Self { file: folder.file(name)?, rows: 0 })
    }

    fn add(&mut self, row: Object) -> Result<(), OsError> {
        let before = if self.rows == 0 { "[\n" } else { ",\n" };
        self.rows += 1;
        write!(self.file, "{before}{}", Value::Object(row)).map_err(OsError::not_written)
    }

    fn end(mut self) -> Result<u64, OsError> {
        let end = if self.rows == 0 { "[]\n" } else { "\n]\n" };
        self.file.write_all(end.as_bytes()).and_then(|()| self.file.flush()).map_err(OsError::not_written)?;
        Ok(self.rows)
    }
}

/// The row under way, with what stands inside of it.
struct Open {
    table: &'static str,
    inside: &'static str,
    id: String,
    rows: Vec<Value>,
}

pub(super) struct PersonalFolder<'a> {
    folder: &'a NewFolder,
    arrays: BTreeMap<String, Array>,
    /// Rows that wait for what stands inside of them, by table and id.
    waiting: BTreeMap<&'static str, BTreeMap<String, Object>>,
    open: Option<Open>,
    inside: u64,
}

impl<'a> PersonalFolder<'a> {
    pub(super) const fn begin(folder: &'a NewFolder) -> Self {
        Self { folder, arrays: BTreeMap::new(), waiting: BTreeMap::new(), open: None, inside: 0 }
    }

    pub(super) fn take(&mut self, table: &str, mut row: Object) -> Result<(), OsError> {
        if let Some((_, _, parent)) = INSIDE.iter().find(|(_, _, parent)| *parent == table) {
            let id = text(row.get("id"));
            self.waiting.entry(parent).or_default().insert(id, row);
            return Ok(());
        }
        let Some((inside, column, parent)) = INSIDE.iter().find(|(inside, ..)| *inside == table) else {
            return self.add(table, row);
        };
        let id = text(row.remove(*column).as_ref());
        if self.open.as_ref().is_none_or(|open| open.id != id || open.inside != *inside) {
            self.close()?;
            self.open = Some(Open { table: parent, inside, id, rows: Vec::new() });
        }
        if let Some(open) = &mut self.open {
            open.rows.push(Value::Object(row));
            self.inside += 1;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), OsError> {
        let Some(Open { table, inside, id, rows }) = self.open.take() else { return Ok(()) };
        let waiting = self.waiting.get_mut(table).and_then(|rows| rows.remove(&id));
        // The schema does not allow rows without the one that they belong to; if there are some, they are not left out.
        let mut row = waiting.unwrap_or_else(|| Object::from_iter([("id".to_owned(), Value::String(id))]));
        row.insert(inside.to_owned(), Value::Array(rows));
        self.add(table, row)
    }

    fn add(&mut self, table: &str, row: Object) -> Result<(), OsError> {
        if !self.arrays.contains_key(table) {
            self.arrays.insert(table.to_owned(), Array::begin(self.folder, &format!("{table}.json"))?);
        }
        self.arrays.get_mut(table).map_or(Ok(()), |array| array.add(row))
    }

    /// Rows by file, and how many stand inside of those.
    pub(super) fn finish(mut self) -> Result<(BTreeMap<String, u64>, u64), OsError> {
        self.close()?;
        for (table, rows) in std::mem::take(&mut self.waiting) {
            let inside = INSIDE.iter().find(|(_, _, parent)| *parent == table).map(|(inside, ..)| *inside);
            for mut row in rows.into_values() {
                row.extend(inside.map(|inside| (inside.to_owned(), Value::Array(Vec::new()))));
                self.add(table, row)?;
            }
        }
        let mut counts = BTreeMap::new();
        for (table, array) in self.arrays {
            counts.insert(format!("{table}.json"), array.end()?);
        }
        Ok((counts, self.inside))
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The note in words, in both languages: whoever opens it may not have set Canteen to theirs.
pub(super) fn readme(counts: &BTreeMap<String, u64>, at: &str) -> String {
    let list = |describe: fn(&str) -> &'static str| -> String {
        counts.iter().map(|(file, rows)| format!("  {file:<22} {rows:>7}  {}\n", describe(file))).collect()
    };
    format!(include_str!("readme.txt"), at = at, english = list(|file| about(file).0), german = list(|file| about(file).1),)
}

fn about(file: &str) -> (&'static str, &'static str) {
    match file {
        "ledger.jsonl" => ("the log, every entry with its hashes", "das Protokoll, jeder Eintrag mit seinen Prüfsummen"),
        "conversations.json" => ("your conversations with their messages", "Ihre Unterhaltungen mit ihren Nachrichten"),
        "installations.json" => {
            ("models that are installed, as they were approved", "installierte Modelle, wie sie freigegeben wurden")
        }
        "licences.json" => ("licences that you accepted", "Lizenzen, denen Sie zugestimmt haben"),
        "nudges.json" => ("what was pointed out to you, and your answers", "Hinweise an Sie und Ihre Antworten"),
        "requests.json" => ("what you asked IT for, with your reasons", "Ihre Anfragen an die IT mit Ihren Gründen"),
        "runs.json" => ("when models ran, and how fast", "wann Modelle liefen und wie schnell"),
        "settings.json" => ("what you chose, and notes that Canteen keeps", "was Sie eingestellt haben, und Notizen von Canteen"),
        "sightings.json" => {
            ("models seen on this computer, with what was observed", "Modelle auf diesem Computer, mit den Beobachtungen")
        }
        _ => ("one row of the store per line", "eine Zeile des Speichers je Zeile"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn rows_stand_inside_those_that_they_belong_to() {
        let home = tempfile::tempdir().unwrap();
        let new = NewFolder::begin(home.path(), "data").unwrap();
        let mut folder = PersonalFolder::begin(&new);
        for id in ["a", "b", "c"] {
            folder.take("conversations", object(serde_json::json!({ "id": id, "title": "T" }))).unwrap();
        }
        folder.take("settings", object(serde_json::json!({ "key": "k" }))).unwrap();
        folder.take("sightings", object(serde_json::json!({ "id": "a" }))).unwrap();
        folder.take("evidence", object(serde_json::json!({ "sighting": "a", "body": "e" }))).unwrap();
        for (id, body) in [("a", "one"), ("a", "two"), ("c", "three"), ("lost", "four")] {
            folder.take("messages", object(serde_json::json!({ "conversation": id, "body": body }))).unwrap();
        }
        let (counts, inside) = folder.finish().unwrap();
        assert_eq!(inside, 5);
        let path = new.finish().unwrap();
        let read = |name: &str| fs_err::read_to_string(path.join(name)).unwrap();
        insta::assert_snapshot!(["conversations.json", "settings.json", "sightings.json"].map(read).join("---\n"));
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [("conversations.json".into(), 4), ("settings.json".into(), 1), ("sightings.json".into(), 1)]
        );
        serde_json::from_str::<Value>(&read("conversations.json")).unwrap();
    }

    #[test]
    fn the_note_says_what_lies_there() {
        let counts = [("ledger.jsonl", 1284), ("conversations.json", 12), ("later.json", 1)];
        insta::assert_snapshot!(readme(&counts.map(|(file, rows)| (file.to_owned(), rows)).into(), "2026-11-24T09:41:12Z"));
    }
}
