use canteen_types::frames::AnswerFigures;
use canteen_types::{Coded, Digest, EndReason, Enforcement, EntryId, NudgeId, Remedy, RequestId, RunId, SightingId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::exact;

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
        /// gone, approved, disputed, granted.
        why: String,
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
        /// used, asked, snoozed, dismissed, withdrawn.
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
