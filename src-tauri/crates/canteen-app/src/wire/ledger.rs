//! What IT sees: the log part by part, its exact bytes, its export, and the person's own data.

use canteen_audit::Group;
use canteen_types::{EntryId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{LogCheck, LogRow};

/// One part of what is kept about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogField {
    /// e.g. `digest`, `figures.answer_tokens`.
    pub name: String,
    /// What stands in the row; absent for what lies beside the log because of the same act.
    pub value: Option<String>,
    /// `encrypted`: in the store; `plain`: as a file.
    pub kept: String,
}

/// All conditions hold at once; an absent one holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LogFilter {
    /// Kinds that belong together.
    #[ts(type = "'models' | 'runs' | 'computer' | 'requests' | 'catalogue' | 'data' | 'canteen' | null")]
    pub group: Option<Group>,
    /// Exactly this kind.
    pub kind: Option<String>,
    /// About this entry.
    #[ts(type = "string | null")]
    pub model: Option<EntryId>,
    /// RFC 3339; not before.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// RFC 3339; before.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// All of them.
    pub words: Vec<LogWord>,
}

/// One word that a row must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct LogWord {
    /// A part of some value, in any case.
    pub text: String,
    /// Kinds that count as holding it, because the face's own sentence for them does.
    pub kinds: Vec<String>,
}

/// Some rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogPage {
    /// Newest first.
    pub rows: Vec<LogRow>,
    /// Ask again with this as `before`; absent when everything was looked through. A page may be short and go on all the same.
    #[ts(type = "number | null")]
    pub next: Option<u64>,
}

/// Which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct GetLogEntry {
    /// Its number.
    #[ts(type = "number")]
    pub seq: u64,
}

/// A row as it is stored, so that its hash can be worked out by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogEntry {
    /// Part by part.
    pub row: LogRow,
    /// The exact bytes, as text; bytes that are no text have stand-ins here and are whole in `message`.
    pub body: String,
    /// Hash of the row before, in hex; zeros before the first.
    pub previous: String,
    /// The bytes whose SHA-256 is the hash, in hex: domain, previous, number, length, body.
    pub message: String,
    /// The hash is that of the bytes.
    pub fits: bool,
    /// The row before has the hash that this row names.
    pub follows: bool,
}

/// How the log and the person's data stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ledger {
    /// Rows of the log.
    #[ts(type = "number")]
    pub rows: u64,
    /// RFC 3339; the oldest row.
    #[ts(type = "string | null")]
    pub oldest: Option<Timestamp>,
    /// The last check of the chain.
    pub check: Option<LogCheck>,
    /// Entries that the log names.
    #[ts(type = "string[]")]
    pub models: Vec<EntryId>,
    /// What is kept beside the log.
    pub held: Held,
    /// The organisation whose rules keep the log; absent where none was joined.
    pub organisation: Option<String>,
    /// RFC 3339; when the rules let the log go. Absent: they name no day.
    #[ts(type = "string | null")]
    pub kept_until: Option<Timestamp>,
}

/// Rows about the person beside the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Held {
    /// Conversations.
    #[ts(type = "number")]
    pub conversations: u64,
    /// Their messages.
    #[ts(type = "number")]
    pub messages: u64,
    /// Models seen on this computer.
    #[ts(type = "number")]
    pub sightings: u64,
    /// Those of them that are no longer there.
    #[ts(type = "number")]
    pub past_sightings: u64,
    /// Observations about models.
    #[ts(type = "number")]
    pub evidence: u64,
    /// What was pointed out.
    #[ts(type = "number")]
    pub nudges: u64,
    /// Requests.
    #[ts(type = "number")]
    pub requests: u64,
    /// Those of them that wait for an answer, or whose grant still holds.
    #[ts(type = "number")]
    pub open_requests: u64,
    /// Runs.
    #[ts(type = "number")]
    pub runs: u64,
    /// Those of them that have not ended.
    #[ts(type = "number")]
    pub live_runs: u64,
}

/// A form of the exported log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogForm {
    /// JSON Lines: one row a line, with its exact bytes and hashes.
    Jsonl,
    /// A table for spreadsheets, with hashes.
    Csv,
}

/// Write the log into the person's Downloads folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportLog {
    /// In which form.
    pub form: LogForm,
}

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    /// Its path; `~` stands for the home folder.
    pub path: String,
    /// Rows that were written.
    #[ts(type = "number")]
    pub rows: u64,
}

/// A part of the exported log, for a face that writes it out itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportLogPart {
    /// In which form.
    pub form: LogForm,
    /// Rows after this one; 0 begins, and is recorded as an export.
    pub after: u64,
}

/// Some lines of the exported log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLines {
    /// Whole lines.
    pub text: String,
    /// Ask again with this as `after`; absent at the end.
    pub next: Option<u64>,
}

/// What was deleted, in rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeletedData {
    /// Conversations.
    #[ts(type = "number")]
    pub conversations: u64,
    /// Their messages.
    #[ts(type = "number")]
    pub messages: u64,
    /// Models that had been seen and are no longer there.
    #[ts(type = "number")]
    pub sightings: u64,
    /// Observations about models.
    #[ts(type = "number")]
    pub evidence: u64,
    /// What was pointed out.
    #[ts(type = "number")]
    pub nudges: u64,
    /// Requests that were answered or withdrawn.
    #[ts(type = "number")]
    pub requests: u64,
    /// Runs that had ended, with their speeds.
    #[ts(type = "number")]
    pub runs: u64,
}
