//! The exported log: one row a line. Pure: rows in, text out.

use canteen_audit::Sketch;
use canteen_store::AuditRow;
use canteen_types::Digest;
use serde::Serialize;

use crate::wire::LogForm;

/// What stands before the first row.
pub(super) const fn head(form: LogForm) -> &'static str {
    match form {
        LogForm::Jsonl => "",
        LogForm::Csv => "seq,at,kind,what,body,previous,hash\r\n",
    }
}

/// One row.
pub(super) fn line(form: LogForm, row: &AuditRow) -> String {
    match form {
        LogForm::Jsonl => jsonl(row),
        LogForm::Csv => csv(row),
    }
}

/// `body` is a text and not an object: its bytes are what was hashed, and an object would be written anew by whoever reads it.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    /// Bytes that are no text: not written by Canteen.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_hex: Option<String>,
    previous: String,
    hash: String,
}

fn jsonl(row: &AuditRow) -> String {
    let body = std::str::from_utf8(&row.body).ok();
    let line = Line {
        seq: row.seq,
        body,
        body_hex: body.is_none().then(|| hex::encode(&row.body)),
        previous: Digest::new(row.previous).hex(),
        hash: Digest::new(row.hash).hex(),
    };
    // Numbers and texts always have a JSON form.
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// RFC 4180.
fn csv(row: &AuditRow) -> String {
    let kind = row.record.as_ref().map_or_else(|| Sketch::of(&row.body).kind.unwrap_or_default(), |r| r.event.kind().to_owned());
    let cells = [
        row.seq.to_string(),
        row.at().map(|at| at.to_string()).unwrap_or_default(),
        cell(&kind),
        cell(&row.record.as_ref().map(|record| record.event.sentence()).unwrap_or_default()),
        cell(&String::from_utf8_lossy(&row.body)),
        Digest::new(row.previous).hex(),
        Digest::new(row.hash).hex(),
    ];
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    // A model may call itself “=cmd|…”: a spreadsheet would take that for a formula.
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use canteen_audit::{Event, GENESIS, Record, seal};
    use canteen_types::{SightingId, Timestamp};

    use super::*;

    fn row(seq: u64, body: Vec<u8>) -> AuditRow {
        AuditRow { seq, record: Record::decode(&body).ok(), hash: seal(&GENESIS, seq, &body), previous: GENESIS, body }
    }

    fn rows() -> Vec<AuditRow> {
        let at = Timestamp::from_millis(1_795_000_000_000);
        let sighting = SightingId::new(at, [3; 10]);
        let name = "=cmd|' /C calc'!A0, \"quoted\"\nand more".to_owned();
        vec![
            row(1, Event::HostStarted { version: "0.1.0".into(), host: "tray".into() }.encode(at).unwrap()),
            row(2, Event::SightingOpened { sighting, name, found_in: "Downloads".into() }.encode(at).unwrap()),
            row(3, br#"{"at":"2026-11-18T11:06:41Z","event":{"kind":"=new.thing"}}"#.to_vec()),
            row(4, b"no text \xff".to_vec()),
        ]
    }

    fn whole(form: LogForm) -> String {
        head(form).to_owned() + &rows().iter().map(|row| line(form, row)).collect::<String>()
    }

    #[test]
    fn json_lines_carry_the_exact_bytes() {
        insta::assert_snapshot!(whole(LogForm::Jsonl));
        for (text, row) in whole(LogForm::Jsonl).lines().zip(rows()) {
            let read: serde_json::Value = serde_json::from_str(text).unwrap();
            match read["body"].as_str() {
                Some(body) => assert_eq!(seal(&GENESIS, row.seq, body.as_bytes()), row.hash),
                None => assert_eq!(read["body_hex"], hex::encode(&row.body)),
            }
        }
    }

    #[test]
    fn a_table_is_safe_to_open() {
        insta::assert_snapshot!(whole(LogForm::Csv));
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
