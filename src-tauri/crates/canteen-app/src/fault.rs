//! From a cause to the one shape that faces know. The sentence is made where the cause is known; here it only gets an
//! incident id, which also stands in the log with the whole chain of causes.

use canteen_catalogue::CatalogueError;
use canteen_library::LibraryError;
use canteen_os::OsError;
use canteen_policy::Refusal;
use canteen_runner::RunnerError;
use canteen_store::StoreError;
use canteen_types::{Coded, EndReason, IncidentId, Remedy, Timestamp};

use crate::chat::ChatError;
use crate::wire::Fault;

/// Everything that can go wrong behind the app API.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// See the cause.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// See the cause.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// See the cause.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// See the cause.
    #[error(transparent)]
    Runner(#[from] RunnerError),
    /// See the cause.
    #[error(transparent)]
    Os(#[from] OsError),
    /// See the cause.
    #[error(transparent)]
    Chat(#[from] ChatError),
    /// See the cause.
    #[error(transparent)]
    NamedFile(#[from] canteen_watch::NamedFileError),
    /// Policy says no, for all these reasons.
    #[error("{}", sentences(.0))]
    Refused(Vec<Refusal>),
    /// Ids that name nothing (any more).
    #[error("There is no {kind} “{id}”. It may have been removed meanwhile; look at the list again.")]
    Unknown {
        /// e.g. `model`.
        kind: &'static str,
        /// As it was given.
        id: String,
    },
    /// It must be installed first.
    #[error("{name} is not installed on this computer. Install it first.")]
    NotInstalled {
        /// Display name.
        name: String,
    },
    /// Approved bytes in which this version finds what nobody accepted.
    #[error(
        "The file of {name} has something in it that was not accepted when it was approved ({codes}), so it is not used. Tell IT."
    )]
    Hazardous {
        /// Display name.
        name: String,
        /// What was found.
        codes: String,
    },
    /// The form was not filled in.
    #[error("{0}")]
    Form(&'static str),
    /// No catalogue was joined.
    #[error("This computer has not joined a catalogue yet. Ask IT for the link and the root file, then use `canteen join`.")]
    NotJoined,
    /// The root is not the one that IT named.
    #[error("The root file is not the one that IT named (its digest differs). Nothing was changed; ask IT for the file again.")]
    WrongRoot,
    /// A managed setting.
    #[error("The catalogue is set by your organisation and cannot be changed here.")]
    Managed,
    /// The organisation has set this one.
    #[error("The setting {name} is set by your organisation and cannot be changed here.")]
    ManagedSetting {
        /// Name of the field.
        name: &'static str,
    },
    /// No such value can be chosen.
    #[error("The setting {name} must be between {least} and {most}. Nothing was changed; choose a value in between.")]
    OutOfBounds {
        /// Name of the field.
        name: &'static str,
        /// Smallest value, for texts in characters.
        least: u32,
        /// Largest value, for texts in characters.
        most: u32,
    },
    /// Models are on their way to another folder.
    #[error("The models are being moved to another folder. Wait for the end of it, or give the move up in the settings.")]
    Moving,
    /// Another move was begun.
    #[error("A move to another folder was begun before. Go on with it or give it up first.")]
    MoveBegun,
    /// Something holds the models.
    #[error("A model is running or being installed. Stop it or wait for it, then move the models.")]
    InUse,
    /// The organisation's file cannot be understood.
    #[error("The file {file} of your organisation cannot be used ({because}). What it said before stays in force; tell IT.")]
    ManagedBroken {
        /// Its name.
        file: &'static str,
        /// What is wrong with it.
        because: String,
    },
    /// A run ended while it was needed.
    #[error("{}", ended_sentence(*.0))]
    Ended(EndReason),
    /// One answer at a time.
    #[error("The model is still writing an answer, here or in another conversation. Wait, or stop that answer first.")]
    Answering,
    /// Nothing that could be shown.
    #[error("Canteen runs without a window here. Start the desktop app to open one.")]
    NoWindow,
    /// The tray app keeps its place, or a headless host does not end in time.
    #[error("Canteen runs already and its host keeps its place. Try again in a moment; if it stays so, end it: canteen quit")]
    KeepsPlace,
    /// A home of Canteen that may hold other things.
    #[error(
        "CANTEEN_HOME names {path}, which holds more than Canteen's data, so nothing was removed. Set it to a folder of its own, or remove Canteen's folders by hand."
    )]
    DoubtfulHome {
        /// What it names.
        path: String,
    },
    /// On the way out.
    #[error("Canteen is closing. Start it again to go on.")]
    Closing,
    /// The store was made with a passphrase.
    #[error("Canteen's store on this computer opens with a passphrase. Give it in the window, or with: canteen unlock")]
    PassphraseNeeded,
    /// The key is there, the store is not.
    #[error(
        "Canteen's store is missing although its key is there: it was moved or deleted. Put it back, or ask IT; no new store is made in silence."
    )]
    StoreMissing,
    /// Was turned into a fault already.
    #[error("{}", .0.message)]
    Told(Box<Fault>),
    /// A fault of ours.
    #[error("Something in Canteen itself failed. What you did may not be complete; try again, and tell IT if it happens again.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Coded for AppError {
    fn code(&self) -> &'static str {
        match self {
            Self::Store(e) => e.code(),
            Self::Catalogue(e) => e.code(),
            Self::Library(e) => e.code(),
            Self::Runner(e) => e.code(),
            Self::Os(e) => e.code(),
            Self::Chat(e) => e.code(),
            Self::NamedFile(e) => e.code(),
            Self::Refused(reasons) => reasons.first().map_or("policy.refused", Refusal::code),
            Self::Unknown { .. } => "app.unknown",
            Self::NotInstalled { .. } => "app.not_installed",
            Self::Hazardous { .. } => "app.hazardous",
            Self::Form(_) => "app.form",
            Self::NotJoined => "app.not_joined",
            Self::WrongRoot => "app.wrong_root",
            Self::Managed => "app.managed",
            Self::ManagedSetting { .. } => "app.managed_setting",
            Self::ManagedBroken { .. } => "app.managed_broken",
            Self::Moving => "app.moving",
            Self::MoveBegun => "app.move_begun",
            Self::InUse => "app.in_use",
            Self::OutOfBounds { .. } => "app.out_of_bounds",
            Self::Ended(reason) => ended_code(*reason),
            Self::Answering => "app.answering",
            Self::NoWindow => "app.no_window",
            Self::KeepsPlace => "app.keeps_place",
            Self::DoubtfulHome { .. } => "app.doubtful_home",
            Self::Closing => "app.closing",
            Self::PassphraseNeeded => "keyring.passphrase_needed",
            Self::StoreMissing => "store.missing",
            Self::Told(_) => "app.told",
            Self::Internal(_) => "internal.failed",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Store(e) => e.remedy(),
            Self::Catalogue(e) => e.remedy(),
            Self::Library(e) => e.remedy(),
            Self::Runner(e) => e.remedy(),
            Self::Os(e) => e.remedy(),
            Self::Chat(e) => e.remedy(),
            Self::NamedFile(e) => e.remedy(),
            Self::Refused(reasons) => reasons.first().map_or(Remedy::AskIt, Refusal::remedy),
            Self::NotInstalled { .. } => Remedy::Install,
            Self::PassphraseNeeded => Remedy::Unlock,
            Self::StoreMissing
            | Self::Hazardous { .. }
            | Self::NotJoined
            | Self::WrongRoot
            | Self::Managed
            | Self::ManagedSetting { .. }
            | Self::ManagedBroken { .. } => Remedy::AskIt,
            Self::Ended(EndReason::ModelRefused | EndReason::SandboxViolation | EndReason::SandboxMissing) => Remedy::AskIt,
            Self::Ended(_) | Self::Answering | Self::Internal(_) => Remedy::Retry,
            Self::Closing => Remedy::Restart,
            Self::Told(fault) => fault.remedy,
            Self::Unknown { .. }
            | Self::Form(_)
            | Self::OutOfBounds { .. }
            | Self::Moving
            | Self::MoveBegun
            | Self::InUse
            | Self::NoWindow
            | Self::DoubtfulHome { .. }
            | Self::KeepsPlace => Remedy::None,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Store(e) => e.subject(),
            Self::Catalogue(e) => e.subject(),
            Self::Library(e) => e.subject(),
            Self::Runner(e) => e.subject(),
            Self::Os(e) => e.subject(),
            Self::Chat(e) => e.subject(),
            Self::NamedFile(e) => e.subject(),
            Self::Refused(reasons) => reasons.iter().map(|reason| ("reason", reason.code().to_owned())).collect(),
            Self::Unknown { kind, id } => vec![("kind", (*kind).to_owned()), ("id", id.clone())],
            Self::NotInstalled { name } => vec![("name", name.clone())],
            Self::Hazardous { name, codes } => vec![("name", name.clone()), ("codes", codes.clone())],
            Self::ManagedSetting { name } => vec![("name", (*name).to_owned())],
            Self::OutOfBounds { name, least, most } => {
                vec![("name", (*name).to_owned()), ("least", least.to_string()), ("most", most.to_string())]
            }
            Self::ManagedBroken { file, because } => vec![("file", (*file).to_owned()), ("because", because.clone())],
            Self::DoubtfulHome { path } => vec![("path", path.clone())],
            Self::Form(_)
            | Self::NotJoined
            | Self::WrongRoot
            | Self::Managed
            | Self::Moving
            | Self::MoveBegun
            | Self::InUse
            | Self::Ended(_)
            | Self::Answering
            | Self::NoWindow
            | Self::KeepsPlace
            | Self::Closing
            | Self::PassphraseNeeded
            | Self::StoreMissing
            | Self::Told(_)
            | Self::Internal(_) => Vec::new(),
        }
    }
}

fn sentences(reasons: &[Refusal]) -> String {
    reasons.iter().map(Refusal::sentence).collect::<Vec<_>>().join(" ")
}

const fn ended_code(reason: EndReason) -> &'static str {
    match reason {
        EndReason::StoppedByPerson => "runner.stopped_by_person",
        EndReason::Idle => "runner.idle",
        EndReason::Quit => "runner.quit",
        EndReason::OutOfMemory => "runner.out_of_memory",
        EndReason::ModelRefused => "runner.model_refused",
        EndReason::RefusedByPolicy => "runner.refused_by_policy",
        EndReason::FileChanged => "runner.file_changed",
        EndReason::SandboxMissing => "runner.sandbox_missing",
        EndReason::SandboxViolation => "runner.sandbox_violation",
        EndReason::Crashed => "runner.crashed",
        EndReason::Recalled => "runner.recalled",
        EndReason::Limit => "runner.limit",
    }
}

/// What a person reads when a run ended on its own.
const fn ended_sentence(reason: EndReason) -> &'static str {
    match reason {
        EndReason::StoppedByPerson => "The model was stopped.",
        EndReason::Idle => "The model was not used for a while and was unloaded. Ask again to start it.",
        EndReason::Quit => "The model was stopped because Canteen ended.",
        EndReason::OutOfMemory => "The model needed more memory than it may use. Close other programs, or pick a smaller model.",
        EndReason::ModelRefused => {
            "The model file could not be read by the engine. Remove it and install it again; if it stays so, tell IT."
        }
        EndReason::RefusedByPolicy => "Your organisation no longer allows this model. Ask IT why.",
        EndReason::FileChanged => "The model file changed while it was in use, so the model was stopped. Install it again.",
        EndReason::SandboxMissing => {
            "This computer's kernel cannot lock the engine in, and your organisation requires that. Ask IT; nothing was started."
        }
        EndReason::SandboxViolation => {
            "The engine tried something that is forbidden to it and was ended at once. Your data is safe; tell IT."
        }
        EndReason::Crashed => "The engine stopped by a fault of its own. What was written so far is kept; try again.",
        EndReason::Recalled => "IT has recalled this model, so it was stopped.",
        EndReason::Limit => "The model passed a limit that your organisation has set, so it was stopped.",
    }
}

/// For a face that acts without a host: the shape that a host would have given.
#[must_use]
pub fn told(error: &AppError, now: Timestamp) -> Fault {
    fault(error, now)
}

/// Makes the shape for faces, and writes the chain of causes into the log under the same incident.
pub(crate) fn fault(error: &AppError, now: Timestamp) -> Fault {
    if let AppError::Told(fault) = error {
        return Fault::clone(fault);
    }
    let incident = IncidentId::new(now, canteen_os::entropy().unwrap_or_default());
    let mut causes = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        causes.push_str(" / ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::warn!(%incident, code = error.code(), "{error}{causes}");
    Fault {
        code: error.code().to_owned(),
        message: error.to_string(),
        remedy: error.remedy(),
        subject: error.subject().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        incident,
    }
}
