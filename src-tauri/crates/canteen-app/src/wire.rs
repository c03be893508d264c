//! The words that cross to a face: window, tray, command line. Plain structs in the UI's words, with public fields.
//!
//! Times are RFC 3339 texts, sizes are bytes, durations end in `_ms`; every number fits 2^53.

use canteen_audit::ChainBreak;
use canteen_types::frames::Role;
use canteen_types::{
    ConversationId, DataClass, Digest, EndReason, Enforcement, EntryId, EvidenceSource, Grade, IncidentId, MessageId,
    NudgeAnswer, NudgeId, NudgeReason, PauseReason, Remedy, RequestId, RunId, RunState, SightingId, Signal, Task, Timestamp,
    Verdict, WeightFormat,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod chat;
mod connection;
mod diagnostics;
mod downloads;
mod ledger;
mod models_folder;
mod nudging;
mod picking;
mod purge;
mod settings;
mod shelf;
mod watching;

pub use chat::*;
pub use connection::*;
pub use diagnostics::*;
pub use downloads::*;
pub use ledger::*;
pub use models_folder::*;
pub use nudging::*;
pub use picking::*;
pub use purge::*;
pub use settings::*;
pub use shelf::*;
pub use watching::*;

/// What went wrong, in the one shape that every face knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fault {
    /// Stable code, e.g. `library.disk_full`.
    pub code: String,
    /// A sentence for the person, in English; a face with its own texts looks them up by `code`.
    pub message: String,
    /// What to do next.
    #[ts(type = "string")]
    pub remedy: Remedy,
    /// Names and figures that belong to the message.
    pub subject: std::collections::BTreeMap<String, String>,
    /// Also in the log, so that help can find the cause.
    #[ts(type = "string")]
    pub incident: IncidentId,
}

/// The state of an installation, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Installation {
    /// Not on this computer.
    Absent,
    /// Bytes are coming in.
    Fetching {
        /// Bytes so far.
        #[ts(type = "number")]
        done: u64,
        /// Bytes in all.
        #[ts(type = "number")]
        total: u64,
        /// Bytes per second, smoothed; 0 while unknown.
        #[ts(type = "number")]
        rate: u64,
        /// Milliseconds to the end; absent while unknown.
        #[ts(type = "number | null")]
        left_ms: Option<u64>,
    },
    /// Rests.
    Paused {
        /// Why.
        #[ts(type = "string")]
        reason: PauseReason,
        /// Bytes so far.
        #[ts(type = "number")]
        done: u64,
        /// Bytes in all.
        #[ts(type = "number")]
        total: u64,
    },
    /// The digest is being taken.
    Verifying,
    /// Ready.
    Installed,
    /// Older bytes are here. They are no longer the approved ones, so they do not start before the update.
    UpdateAvailable {
        /// Version of the entry that they were approved as.
        installed_version: u32,
    },
    /// Ended with an error.
    Failed {
        /// What and what to do.
        fault: Fault,
    },
    /// The catalogue no longer lists it.
    Withdrawn,
    /// It is approved for groups that this computer belongs to none of.
    NotForGroup {
        /// It was installed before, and its file is still here.
        here: bool,
    },
}

/// One line of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Model {
    /// Slug.
    #[ts(type = "string")]
    pub id: EntryId,
    /// Version of the entry.
    pub version: u32,
    /// What people call it.
    pub name: String,
    /// One or two sentences.
    pub summary: String,
    /// Who made it.
    pub publisher: String,
    /// SPDX expression or name.
    pub licence: String,
    /// The licence must be accepted before it is fetched, and was not yet.
    pub licence_to_accept: bool,
    /// What it is good for, best first.
    #[ts(type = "string[]")]
    pub tasks: Vec<Task>,
    /// BCP 47.
    pub languages: Vec<String>,
    /// Number of parameters.
    #[ts(type = "number")]
    pub parameters: u64,
    /// e.g. `Q4_1`.
    pub quantisation: String,
    /// Bytes to fetch.
    #[ts(type = "number")]
    pub size: u64,
    /// Least memory of a computer that should run it, in bytes.
    #[ts(type = "number")]
    pub memory_minimum: u64,
    /// How it fits this computer.
    pub fit: Fit,
    /// Tokens per second in its last answers here; absent before the first.
    pub measured_speed: Option<f64>,
    /// Tokens per second to expect, reckoned from other models' answers here; absent where it was measured, or nothing was.
    pub expected_speed: Option<f64>,
    /// Data that may be given to it.
    #[ts(type = "string[]")]
    pub data_approved: Vec<DataClass>,
    /// Data that must not be given to it.
    #[ts(type = "string[]")]
    pub data_not_approved: Vec<DataClass>,
    /// Can be chatted with; others are files for the person's own tools.
    pub runs_in_engine: bool,
    /// RFC 3339.
    #[ts(type = "string")]
    pub approved_on: Timestamp,
    /// The review date has passed.
    pub review_overdue: bool,
    /// Where it stands on this computer.
    pub installation: Installation,
    /// Its run, while there is one.
    #[ts(type = "string | null")]
    pub run: Option<RunId>,
}

/// Whether a model suits this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Enough memory to spare.
    Well,
    /// Fits, but a person waits for its words.
    Slow,
    /// Fits, with little to spare.
    Tight,
    /// More memory is needed than there is.
    TooLarge,
}

/// Suspicious things that the approver looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AcceptedHazards {
    /// Stable codes, `format.what`.
    pub codes: Vec<String>,
    /// Why they are no reason against it.
    pub reason: String,
}

/// Everything that the entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelPage {
    /// The line in the catalogue.
    pub model: Model,
    /// Licence text, where the licence is not a public one.
    pub licence_text: Option<String>,
    /// What `install_model` wants back as the acceptance.
    #[ts(type = "string")]
    pub licence_digest: Digest,
    /// Longest context, in tokens.
    pub context_length: u32,
    /// Context that is allocated, in tokens.
    pub context_tokens: u32,
    /// Container.
    #[ts(type = "string")]
    pub format: WeightFormat,
    /// SHA-256 of the file.
    #[ts(type = "string")]
    pub digest: Digest,
    /// Where it comes from, in the order in which they are tried.
    pub sources: Vec<SourcePlace>,
    /// SHA-256 of its chat template.
    #[ts(type = "string | null")]
    pub chat_template: Option<Digest>,
    /// Derived from, nearest first.
    pub base_chain: Vec<Base>,
    /// Other entries that its weights are kin of, the nearest first.
    pub kin: Vec<Kin>,
    /// Uses it was approved for.
    pub uses_approved: Vec<String>,
    /// Uses it must not be put to.
    pub uses_not_approved: Vec<String>,
    /// Groups of people that it is approved for, as slugs; empty: everybody.
    pub groups: Vec<String>,
    /// A person's name.
    pub approver: String,
    /// Their role.
    pub approver_role: String,
    /// What is odd about the bytes, and why they were approved all the same.
    pub accepted_hazards: Option<AcceptedHazards>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub review_due: Timestamp,
    /// Where the file lies, once installed: for the person's own tools.
    pub installed_path: Option<String>,
    /// The catalogue lists it; else this is what was known when it was installed.
    pub listed: bool,
    /// What lies here, or lay here when the person last installed it.
    pub installed: Option<InstalledVersion>,
    /// The signed files that vouch for it, from the root down; none once the catalogue no longer lists it.
    pub signatures: Vec<SignedFile>,
    /// Role name of the department that published it; absent for the organisation itself.
    pub department: Option<String>,
}

/// One step of the base chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Base {
    /// Upstream name.
    pub name: String,
    /// Who made it.
    pub publisher: String,
    /// The entry for it.
    #[ts(type = "string | null")]
    pub entry: Option<EntryId>,
    /// How the model stands to that entry by measurement; absent where that cannot be told.
    pub measured: Option<Relation>,
}

/// How weights stand to those of an approved entry, by their lineage fingerprints; the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Weights that look the same in every sample, and other bytes.
    AlteredCopy,
    /// The same weights in another container.
    SameWeights,
    /// The same weights but for quantisation.
    Requantised,
    /// Fine-tuned, merged or pruned: one is made from the other, or both from a third.
    Derived,
    /// Nothing in common.
    Unrelated,
}

/// An approved entry that weights are kin of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Kin {
    /// Which.
    #[ts(type = "string")]
    pub entry: EntryId,
    /// What people call it.
    pub name: String,
    /// How; never [`Relation::Unrelated`].
    pub relation: Relation,
    /// That this is so, from 0 to 1.
    pub confidence: f32,
}

/// Ask for an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct InstallModel {
    /// Which.
    #[ts(type = "string")]
    pub id: EntryId,
    /// The digest of the licence that the person accepted.
    #[ts(type = "string | null")]
    pub accepted_licence: Option<Digest>,
}

/// One engine process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Run {
    /// Id.
    #[ts(type = "string")]
    pub id: RunId,
    /// Which model.
    #[ts(type = "string")]
    pub model: EntryId,
    /// Its name.
    pub name: String,
    /// State.
    #[ts(type = "string")]
    pub state: RunState,
    /// Why it ended, once it has.
    #[ts(type = "string | null")]
    pub ended: Option<EndReason>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub started: Timestamp,
    /// RFC 3339.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// What the kernel enforces; absent before the engine has said so.
    #[ts(type = "{ is: string, missing?: string[] } | null")]
    pub sandbox: Option<Enforcement>,
    /// Landlock ABI in force; 0 for none.
    pub landlock_abi: u32,
    /// Memory of the process (PSS where known), in bytes.
    #[ts(type = "number")]
    pub memory: u64,
    /// Computing time since the start, in milliseconds.
    #[ts(type = "number")]
    pub cpu_ms: u64,
    /// Tokens written so far.
    #[ts(type = "number")]
    pub answer_tokens: u64,
    /// Tokens per second in the last answer.
    pub speed: Option<f64>,
    /// Hard limit for its own memory, in bytes; absent before the engine has reported.
    #[ts(type = "number | null")]
    pub memory_limit: Option<u64>,
    /// It rests when nobody asked it anything for so long; absent once it has ended.
    #[ts(type = "number | null")]
    pub idle_ms: Option<u64>,
    /// The conversation that it answers now.
    #[ts(type = "string | null")]
    pub answering: Option<ConversationId>,
}

/// One step of an answer, as it comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum ChatEvent {
    /// The message is stored; the engine gets to work.
    Accepted {
        /// Where it stands.
        #[ts(type = "string")]
        conversation: ConversationId,
        /// The answer that is being written.
        #[ts(type = "string")]
        answer: MessageId,
        /// By which run.
        #[ts(type = "string")]
        run: RunId,
    },
    /// The model is being checked and loaded.
    Starting {
        /// State of the run.
        #[ts(type = "string")]
        state: RunState,
    },
    /// A piece of text.
    Piece {
        /// Whole characters.
        text: String,
    },
    /// The answer is complete and stored.
    Done {
        /// As it is kept.
        message: Message,
    },
    /// The answer ended early; what was written is stored.
    Failed {
        /// What and what to do.
        fault: Fault,
        /// What was kept, where there was something.
        message: Option<Message>,
    },
}

/// One message.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Message {
    /// Id.
    #[ts(type = "string")]
    pub id: MessageId,
    /// Who.
    #[ts(type = "'system' | 'user' | 'assistant'")]
    pub role: Role,
    /// What.
    pub text: String,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Which model, for answers.
    #[ts(type = "string | null")]
    pub model: Option<EntryId>,
    /// Why the answer ended: finished, length, context_full, stopped, failed.
    pub end: Option<String>,
    /// Tokens read.
    pub prompt_tokens: Option<u32>,
    /// Tokens written.
    pub answer_tokens: Option<u32>,
    /// Milliseconds to the first token.
    #[ts(type = "number | null")]
    pub first_token_ms: Option<u64>,
    /// Tokens per second.
    pub speed: Option<f64>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({}, {:?}, {} bytes)", self.id, self.role, self.text.len())
    }
}

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationLine {
    /// Id.
    #[ts(type = "string")]
    pub id: ConversationId,
    /// First words of the first message, or the person's own.
    pub title: String,
    /// Model of the last answer.
    #[ts(type = "string")]
    pub model: EntryId,
    /// RFC 3339.
    #[ts(type = "string")]
    pub updated: Timestamp,
}

/// A conversation, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Conversation {
    /// The line in the list.
    pub line: ConversationLine,
    /// What was chosen for it.
    pub settings: ChatSettings,
    /// Oldest first.
    pub messages: Vec<Message>,
}

/// One observation behind a sighting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Evidence {
    /// What it was read from.
    #[ts(type = "string")]
    pub source: EvidenceSource,
    /// Which kind of signal it counts as.
    #[ts(type = "string | null")]
    pub signal: Option<Signal>,
    /// Which sentence it is, e.g. `holder.maps`, for faces with texts of their own; absent in what older versions kept.
    pub code: Option<String>,
    /// What belongs into that sentence.
    pub fields: std::collections::BTreeMap<String, String>,
    /// The sentence in English.
    pub text: String,
    /// RFC 3339.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// One model seen on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Sighting {
    /// Id.
    #[ts(type = "string")]
    pub id: SightingId,
    /// What to call it: from the file's metadata, else its file name.
    pub name: String,
    /// Architecture, quantisation, as far as the header says.
    pub about: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// SHA-256, once taken.
    #[ts(type = "string | null")]
    pub digest: Option<Digest>,
    /// Where: `Ollama`, `LM Studio`, `Hugging Face cache`, `Downloads`, or the folder's name.
    pub found_in: String,
    /// Path relative to the home folder where it lies below it.
    pub path: String,
    /// How far its use has got.
    #[ts(type = "string")]
    pub grade: Grade,
    /// Compared with the catalogue; absent while the digest is being taken.
    #[ts(type = "string | null")]
    pub verdict: Option<Verdict>,
    /// The approved entry with the same bytes; where the verdict is altered or derivative, the one that it is kin of.
    #[ts(type = "string | null")]
    pub entry: Option<EntryId>,
    /// The process that holds it.
    pub holder: Option<String>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub first_seen: Timestamp,
    /// RFC 3339.
    #[ts(type = "string")]
    pub last_seen: Timestamp,
    /// All of it, newest first.
    pub evidence: Vec<Evidence>,
    /// The open request about these bytes.
    #[ts(type = "string | null")]
    pub request: Option<RequestId>,
    /// The approved model for the same work.
    pub alternative: Option<Alternative>,
    /// What comes next after it, ranked; at most two.
    pub others: Vec<Alternative>,
    /// Why there is none, where one would be wanted.
    pub nothing_suits: Option<NothingSuits>,
    /// What the person said about it, where they dispute it: not_a_model, not_me; disputed where nobody asked which.
    pub disputed: Option<String>,
    /// What is decided about it at this moment; absent for what the person disputes.
    pub decided: Option<Decided>,
}

/// Screen *This computer*.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Computer {
    /// Open sightings, most urgent first.
    pub sightings: Vec<Sighting>,
    /// RFC 3339; absent before the first look is through.
    #[ts(type = "string | null")]
    pub last_look: Option<Timestamp>,
    /// Files considered in the last look.
    #[ts(type = "number")]
    pub files_seen: u64,
    /// Names of the places that are watched.
    pub watched: Vec<String>,
    /// What the watch cannot see.
    pub blind_spots: Vec<BlindSpot>,
    /// The look that is under way.
    pub looking: Option<Looking>,
    /// The slow look through the home folder, once it has begun.
    pub home: Option<HomeLook>,
    /// Servers on this computer that were asked what they are since Canteen started, the newest first.
    pub asked: Vec<AskedServer>,
    /// Whether servers are asked at all.
    pub asking: AskingServers,
    /// What is known about programs that run models.
    pub runners: KnownRunners,
    /// What the person said is no model, or not theirs: it is listed and never nudged about.
    pub disputed: Vec<Sighting>,
    /// Nudges rest until then.
    #[ts(type = "string | null")]
    pub paused_until: Option<Timestamp>,
}

/// One message to the person about one sighting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Nudge {
    /// Id.
    #[ts(type = "string")]
    pub id: NudgeId,
    /// About which sighting.
    #[ts(type = "string")]
    pub sighting: SightingId,
    /// Headline.
    pub title: String,
    /// What was seen, and what to use instead.
    pub body: String,
    /// due, held, shown, used, asked, snoozed, dismissed, ignored, withdrawn, silenced.
    pub state: String,
    /// For held, snoozed and silenced.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// How it reached the person: `notification` or `window`.
    pub shown_by: Option<String>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub created: Timestamp,
    /// Why it is due.
    #[ts(type = "string")]
    pub reason: NudgeReason,
    /// What *use* would take.
    pub alternative: Option<Alternative>,
    /// What comes next after it, ranked; at most two.
    pub others: Vec<Alternative>,
    /// Why there is none, where one would be wanted.
    pub nothing_suits: Option<NothingSuits>,
    /// Rule, version, who set it, and the signals: *why am I seeing this?* In English.
    pub why: Vec<String>,
    /// The same, for faces with texts of their own; absent in what older versions kept.
    pub basis: Option<NudgeBasis>,
    /// What it is about; absent when the sighting is no longer known.
    pub subject: Option<NudgeSubject>,
}

/// What the person answered to a nudge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AnswerNudge {
    /// Which.
    #[ts(type = "string")]
    pub id: NudgeId,
    /// What.
    #[ts(type = "'use' | 'ask' | 'snooze' | 'dismiss' | 'silence_day' | 'silence_week' | 'silence_month'")]
    pub answer: NudgeAnswer,
}

/// What follows from an answered nudge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum NudgeOutcome {
    /// Open the chat with this model; it is being installed or started.
    OpenChat {
        /// Which.
        #[ts(type = "string")]
        model: EntryId,
    },
    /// The licence must be accepted first: open its page.
    OpenModel {
        /// Which.
        #[ts(type = "string")]
        model: EntryId,
    },
    /// Open the form.
    OpenRequest {
        /// About which sighting.
        #[ts(type = "string")]
        sighting: SightingId,
    },
    /// Comes back then.
    Later {
        /// RFC 3339.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// Nothing more.
    Closed,
}

/// The short form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct AskForApproval {
    /// What.
    pub about: AskAbout,
    /// What it is needed for: 10 to 500 characters.
    pub reason: String,
    /// For how long: 1 to 365 days.
    pub days: u32,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Request {
    /// Id.
    #[ts(type = "string")]
    pub id: RequestId,
    /// Name of the model as it was seen, or as the person wrote it.
    pub name: String,
    /// Of the bytes that were asked for; absent for a model that only has a name.
    #[ts(type = "string | null")]
    pub digest: Option<Digest>,
    /// The person's words about which model they mean.
    pub details: Option<String>,
    /// The person's words.
    pub reason: String,
    /// Wanted duration.
    pub days: u32,
    /// draft, sent, seen, granted, declined, withdrawn, expired.
    pub state: String,
    /// IT's words, where there are some.
    pub answer: Option<String>,
    /// End of the grant.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// RFC 3339.
    #[ts(type = "string")]
    pub asked: Timestamp,
    /// When IT opened it, as far as that is known.
    #[ts(type = "string | null")]
    pub seen: Option<Timestamp>,
    /// When its state last changed: the answer, the withdrawal.
    #[ts(type = "string")]
    pub updated: Timestamp,
}

/// Where the catalogue stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CatalogueStatus {
    /// none, fresh, stale, expired.
    pub state: String,
    /// Name of the organisation that signs it.
    pub organisation: Option<String>,
    /// Version of the signed list.
    #[ts(type = "number | null")]
    pub version: Option<u64>,
    /// Number of entries.
    pub entries: u32,
    /// Last successful check.
    #[ts(type = "string | null")]
    pub checked: Option<Timestamp>,
    /// When the signatures run out.
    #[ts(type = "string | null")]
    pub expires: Option<Timestamp>,
    /// Why the last update was refused, with what to do.
    pub refused: Option<Fault>,
}

/// What the footer, the tray and `canteen status` show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Status {
    /// Version of Canteen.
    pub version: String,
    /// `tray` or `headless`.
    pub host: String,
    /// The catalogue.
    pub catalogue: CatalogueStatus,
    /// Runs that have not ended.
    pub runs: Vec<Run>,
    /// Nudges that wait for an answer.
    pub attention: Vec<Nudge>,
    /// Nudges rest until then.
    #[ts(type = "string | null")]
    pub paused_until: Option<Timestamp>,
    /// Where the store's key lies: `keyring`, `passphrase`.
    pub key_place: String,
    /// The sandbox that the last engine reported, in words; absent before the first run.
    pub sandbox: Option<String>,
    /// A notification daemon answers.
    pub notifications: bool,
    /// Rows of the audit log.
    #[ts(type = "number")]
    pub log_rows: u64,
    /// Memory of this computer, in bytes.
    #[ts(type = "number")]
    pub memory: u64,
}

/// One row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogRow {
    /// Counts from 1 without a gap.
    #[ts(type = "number")]
    pub seq: u64,
    /// RFC 3339; absent where the row cannot be read.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// e.g. `run.started`; empty where the row cannot be read.
    pub kind: String,
    /// In plain English words.
    pub text: String,
    /// Part by part, what is kept on this computer about it.
    pub fields: Vec<LogField>,
    /// Names of the parts that were sent to somebody.
    pub sent: Vec<String>,
    /// Hash of this row, which covers the one before.
    pub hash: String,
}

/// Which rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ReadLog {
    /// Rows before this one; absent means the newest.
    #[ts(type = "number | null")]
    pub before: Option<u64>,
    /// At most so many, up to 1,000.
    pub limit: u32,
    /// Only these; absent means all.
    pub filter: Option<LogFilter>,
}

/// What verifying the chain said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogCheck {
    /// Rows read.
    #[ts(type = "number")]
    pub rows: u64,
    /// Every row fits the one before it.
    pub unbroken: bool,
    /// The first row that does not.
    #[ts(type = "number | null")]
    pub broken_at: Option<u64>,
    /// In which way it does not: `number`, `joint`, `content`.
    #[ts(type = "string | null")]
    pub how: Option<ChainBreak>,
    /// Hash of the last row.
    pub head: String,
    /// RFC 3339.
    #[ts(type = "string")]
    pub checked: Timestamp,
}

/// What a screen shows may be out of date: read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// `list_models`, `get_model`.
    Models,
    /// `list_runs`.
    Runs,
    /// `list_conversations`, `get_conversation`.
    Conversations,
    /// `list_sightings`.
    Sightings,
    /// `list_nudges`.
    Nudges,
    /// `list_requests`.
    Requests,
    /// `get_file_check`.
    FileCheck,
    /// `get_status`.
    Status,
    /// `read_log`.
    Log,
    /// `get_settings`.
    Settings,
}

/// A screen of the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "screen")]
pub enum Screen {
    /// The catalogue.
    Catalogue,
    /// One model.
    Model {
        /// Which.
        #[ts(type = "string")]
        id: EntryId,
    },
    /// The chat, with this model where one is named.
    Chat {
        /// Which.
        #[ts(type = "string | null")]
        model: Option<EntryId>,
    },
    /// Engine processes.
    Running,
    /// What was seen here; with the form open where a sighting is named.
    Computer {
        /// Ask about this one.
        #[ts(type = "string | null")]
        ask: Option<SightingId>,
    },
    /// The log.
    Ledger,
    /// What was asked.
    Requests,
    /// Where things stand.
    Settings,
}

/// From the host to every face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum AppEvent {
    /// Read this topic again.
    Changed {
        /// Which.
        topic: Topic,
    },
    /// An installation moved on.
    Progress {
        /// Which entry.
        #[ts(type = "string")]
        model: EntryId,
        /// Its state.
        installation: Installation,
    },
    /// A nudge wants to be seen.
    Attention {
        /// Which.
        nudge: Box<Nudge>,
    },
    /// Bring the window to the front, e.g. because a nudge's action was pressed.
    Show {
        /// At which screen; `None`: wherever it is.
        target: Option<Screen>,
    },
    /// The window is being closed: what could still be undone is done now, and `leave_window` called.
    Leaving,
    /// Events were lost: read everything again.
    Resync,
    /// The host ends.
    Closing,
}
