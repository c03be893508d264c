use canteen_types::frames::AnswerFigures;
use canteen_types::{
    Coded, ConversationId, Digest, EndReason, Enforcement, EntryId, NudgeId, Remedy, RequestId, RunId, SightingId, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::exact;
use crate::fields::{self, Field};

/// Longest stored event, in bytes. Every text in an event is bounded where it comes from; this is the last word.
pub const MAX_BODY: usize = 64 * 1024;

/// A body that is no event, or an event that has no canonical form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The event cannot be written as canonical JSON.
    #[error("An event could not be written into the audit log: {0}. What it records was not done; tell IT.")]
    Encode(#[source] serde_json::Error),
    /// The event is longer than [`MAX_BODY`].
    #[error("An event of {bytes} bytes is too long for the audit log. What it records was not done; tell IT.")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The stored bytes are no event of this version.
    #[error("A row of the audit log cannot be read by this version of Canteen. It is kept as it is; update Canteen.")]
    Decode(#[source] serde_json::Error),
}

impl Coded for AuditError {
    fn code(&self) -> &'static str {
        match self {
            Self::Encode(_) => "audit.not_written",
            Self::TooLong { .. } => "audit.too_long",
            Self::Decode(_) => "audit.not_readable",
        }
    }

    fn remedy(&self) -> Remedy {
        Remedy::AskIt
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { bytes } => vec![("bytes", bytes.to_string())],
            Self::Encode(_) | Self::Decode(_) => Vec::new(),
        }
    }
}

/// Everything that is recorded. Closed: what is not here is not kept. No prompt, no answer, no path. Numbers of 64
/// bits and times are stored as text: canonical JSON changes those above 2⁵³, and some come from an engine that may be hostile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum Event {
    /// Canteen began.
    #[serde(rename = "host.started")]
    HostStarted {
        /// Its version.
        version: String,
        /// `tray` or `headless`.
        host: String,
    },
    /// Canteen ended in order.
    #[serde(rename = "host.stopped")]
    HostStopped,
    /// A catalogue was verified and taken over.
    #[serde(rename = "catalogue.accepted")]
    CatalogueAccepted {
        /// Its version.
        #[serde(with = "exact")]
        version: u64,
        /// Version of the rules that came with it.
        #[serde(with = "exact")]
        policy_version: u64,
    },
    /// A catalogue was refused; the last good one stays.
    #[serde(rename = "catalogue.refused")]
    CatalogueRefused {
        /// Why.
        code: String,
    },
    /// What an organisation knows about runners came with its catalogue and is gone by.
    #[serde(rename = "signatures.accepted")]
    SignaturesAccepted {
        /// Version of the document.
        version: u32,
    },
    /// A server on this computer is about to be asked what it is.
    #[serde(rename = "server.asked")]
    ServerAsked {
        /// The program that it belongs to.
        program: String,
        /// Where it waits.
        port: u16,
    },
    /// It said what it is.
    #[serde(rename = "server.answered")]
    ServerAnswered {
        /// The program that it belongs to.
        program: String,
        /// Where it waits.
        port: u16,
        /// What it says that it is.
        product: String,
        /// The other computer that it forwards to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwards_to: Option<String>,
    },
    /// The person accepted a licence.
    #[serde(rename = "licence.accepted")]
    LicenceAccepted {
        /// Of which entry.
        entry: EntryId,
        /// Its name.
        licence: String,
    },
    /// Verified bytes are in the library.
    #[serde(rename = "model.installed")]
    ModelInstalled {
        /// Which entry.
        entry: EntryId,
        /// Which version.
        version: u32,
        /// Which bytes.
        digest: Digest,
        /// How they came, in words.
        how: String,
    },
    /// An installation ended with an error.
    #[serde(rename = "model.install_failed")]
    ModelInstallFailed {
        /// Which entry.
        entry: EntryId,
        /// Why.
        code: String,
    },
    /// The file was removed.
    #[serde(rename = "model.removed")]
    ModelRemoved {
        /// Which entry.
        entry: EntryId,
        /// Which bytes.
        digest: Digest,
    },
    /// A file is no longer what was approved; it was not started.
    #[serde(rename = "file.altered")]
    FileAltered {
        /// Which entry.
        entry: EntryId,
        /// What was approved.
        digest: Digest,
    },
    /// An engine was locked in and is about to read the model.
    #[serde(rename = "run.started")]
    RunStarted {
        /// Which run.
        run: RunId,
        /// Which entry.
        entry: EntryId,
        /// Which version.
        version: u32,
        /// Which bytes, taken from the open file at this start.
        digest: Digest,
        /// What the kernel enforces.
        enforcement: Enforcement,
    },
    /// An engine ended.
    #[serde(rename = "run.ended")]
    RunEnded {
        /// Which run.
        run: RunId,
        /// Which entry.
        entry: EntryId,
        /// Why.
        reason: EndReason,
    },
    /// An answer was given. Its text is not part of this.
    #[serde(rename = "answer.given")]
    AnswerGiven {
        /// By which run.
        run: RunId,
        /// Of which entry.
        entry: EntryId,
        /// How it ended.
        end: String,
        /// Tokens and times.
        #[serde(with = "exact::Figures")]
        figures: AnswerFigures,
    },
    /// Messages of a conversation were replaced. Their text is not part of this.
    #[serde(rename = "conversation.rewritten")]
    ConversationRewritten {
        /// Which conversation.
        conversation: ConversationId,
        /// How many messages went.
        removed: u32,
        /// `edited` or `regenerated`.
        why: String,
    },
    /// A conversation was written into a file that is not encrypted.
    #[serde(rename = "conversation.exported")]
    ConversationExported {
        /// Which conversation.
        conversation: ConversationId,
        /// `markdown` or `json`.
        format: String,
    },
    /// A model was noticed.
    #[serde(rename = "sighting.opened")]
    SightingOpened {
        /// Which sighting.
        sighting: SightingId,
        /// What it calls itself.
        name: String,
        /// In which store or folder.
        found_in: String,
    },
    /// It is no longer there, or no longer of interest.
    #[serde(rename = "sighting.resolved")]
    SightingResolved {
        /// Which sighting.
        sighting: SightingId,
        /// gone, approved, granted; not_a_model, not_me where the person disputes it, disputed in older rows.
        why: String,
    },
    /// A program that holds a model was asked to end when the date had passed that the organisation's rules set.
    #[serde(rename = "sighting.asked_to_end")]
    ProgramAskedToEnd {
        /// Which model it held.
        sighting: SightingId,
        /// About which bytes.
        digest: Digest,
        /// What the program calls itself.
        program: String,
        /// asked, gone, `not_own`, `not_here`.
        outcome: String,
    },
    /// The person was told.
    #[serde(rename = "nudge.shown")]
    NudgeShown {
        /// Which nudge.
        nudge: NudgeId,
        /// About which bytes.
        digest: Digest,
        /// `notification` or `window`.
        by: String,
    },
    /// What became of it.
    #[serde(rename = "nudge.answered")]
    NudgeAnswered {
        /// Which nudge.
        nudge: NudgeId,
        /// About which bytes.
        digest: Digest,
        /// used, asked, snoozed, silenced, dismissed, ignored, withdrawn; reopened where the person took an answer back.
        answer: String,
    },
    /// The person asked IT.
    #[serde(rename = "request.sent")]
    RequestSent {
        /// Which request.
        request: RequestId,
        /// About which bytes; absent for a model that only has a name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
        /// What it calls itself.
        name: String,
        /// For how many days.
        days: u32,
    },
    /// The person took it back.
    #[serde(rename = "request.withdrawn")]
    RequestWithdrawn {
        /// Which request.
        request: RequestId,
    },
    /// Policy said no.
    #[serde(rename = "policy.refused")]
    PolicyRefused {
        /// Codes of all reasons.
        reasons: Vec<String>,
    },
    /// The chain was read and checked.
    #[serde(rename = "log.verified")]
    LogVerified {
        /// Rows read.
        #[serde(with = "exact")]
        rows: u64,
        /// Every row fitted.
        unbroken: bool,
    },
    /// The log was written out for the person.
    #[serde(rename = "log.exported")]
    LogExported {
        /// Rows that were written.
        #[serde(with = "exact")]
        rows: u64,
        /// `jsonl` or `csv`.
        form: String,
        /// `downloads` or `output`.
        to: String,
    },
    /// Everything about the person was written out for them.
    #[serde(rename = "data.exported")]
    DataExported {
        /// Rows that were written, of all tables.
        #[serde(with = "exact")]
        rows: u64,
    },
    /// The person deleted what is kept about them, as far as the rules allow.
    #[serde(rename = "data.deleted")]
    DataDeleted {
        /// Conversations.
        #[serde(with = "exact")]
        conversations: u64,
        /// Their messages.
        #[serde(with = "exact")]
        messages: u64,
        /// Models that had been seen on this computer and are no longer there.
        #[serde(with = "exact")]
        sightings: u64,
        /// Observations about models.
        #[serde(with = "exact")]
        evidence: u64,
        /// What was pointed out.
        #[serde(with = "exact")]
        nudges: u64,
        /// Requests that were answered or withdrawn.
        #[serde(with = "exact")]
        requests: u64,
        /// Runs that had ended, with their speeds.
        #[serde(with = "exact")]
        runs: u64,
    },
    /// The person or a set-up script changed a setting.
    #[serde(rename = "settings.changed")]
    SettingsChanged {
        /// Which.
        what: String,
    },
}

/// An event and when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// By the clock of this computer.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// As much as can be read of a row of another version.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sketch {
    /// When, if it says so.
    pub at: Option<Timestamp>,
    /// What it calls itself.
    pub kind: Option<String>,
    /// Its parts.
    pub fields: Vec<Field>,
}

impl Sketch {
    /// Reads what can be read; bytes that are no JSON give nothing.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return Self::default() };
        let text = |value: Option<&serde_json::Value>| value.and_then(serde_json::Value::as_str).map(str::to_owned);
        let event = value.get("event");
        Self {
            at: text(value.get("at")).and_then(|at| at.parse().ok()),
            kind: text(event.and_then(|event| event.get("kind"))),
            fields: event.map(fields::of_stored).unwrap_or_default(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    at: Timestamp,
    event: Event,
}

impl Event {
    /// The exact bytes that are stored and hashed: canonical JSON (RFC 8785) of the time and the event.
    ///
    /// # Errors
    /// [`AuditError::TooLong`] beyond [`MAX_BODY`]; [`AuditError::Encode`], which no event of this list should give.
    pub fn encode(&self, at: Timestamp) -> Result<Vec<u8>, AuditError> {
        let body = serde_json_canonicalizer::to_vec(&Body { at, event: self.clone() }).map_err(AuditError::Encode)?;
        if body.len() > MAX_BODY { Err(AuditError::TooLong { bytes: body.len() }) } else { Ok(body) }
    }
}

impl Record {
    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`AuditError::Decode`] for bytes of another version or none at all.
    pub fn decode(body: &[u8]) -> Result<Self, AuditError> {
        let body: Body = serde_json::from_slice(body).map_err(AuditError::Decode)?;
        Ok(Self { at: body.at, event: body.event })
    }
}
