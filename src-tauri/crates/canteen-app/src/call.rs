//! What a face may ask the host, and how it crosses the local socket.
//!
//! One frame is one JSON value of at most 1 MiB; a longer answer comes in parts. Both sides greet first; then every [`FromFace::Asked`] gets exactly one
//! [`FromHost::Answer`], with [`FromHost::Chat`] frames before it where the call streams, and [`FromHost::Event`] frames in
//! between once the face has subscribed. The host refuses unknown fields, a face ignores them.

use canteen_types::{ConversationId, Digest, EntryId, NudgeId, RequestId, RunId, SightingId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::wire;

/// Goes up with every change that the other side would not understand.
pub const PROTOCOL: u32 = 3;

/// Which one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ById<T> {
    /// Its id.
    pub id: T,
}

/// Rest until a named time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct PauseNudges {
    /// RFC 3339; absent ends the pause.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
}

/// Where the organisation publishes, and which root it is pinned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// `file://` or `https://` folder with `metadata/` and `targets/`.
    pub location: String,
    /// The whole text of the first `root.json`, as IT handed it over.
    pub root: String,
    /// What IT said its digest is; checked when given.
    #[ts(type = "string | null")]
    pub root_digest: Option<Digest>,
}

/// Opens the store: unlocks the keyring, or the passphrase file where there is no keyring.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct UnlockStore {
    /// Absent tries the keyring again, now allowed to ask. The first passphrase ever given makes the file.
    pub passphrase: Option<String>,
}

impl std::fmt::Debug for UnlockStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnlockStore(passphrase: {})", if self.passphrase.is_some() { "given" } else { "none" })
    }
}

/// One request. The names are those of the window's commands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "call", content = "request", deny_unknown_fields)]
pub enum Call {
    /// → [`wire::SettingsPage`]
    GetSettings,
    /// → [`wire::ModelsFolder`]
    GetModelsFolder,
    /// → `()`; watch [`wire::Topic::Settings`].
    MoveModels(wire::MoveModels),
    /// → `()`
    CancelMove,
    /// → [`wire::Connection`]
    GetConnection,
    /// → [`wire::Diagnostics`]
    GetDiagnostics,
    /// → [`wire::SavedFile`]
    SaveDiagnostics,
    /// → [`wire::SettingsPage`]
    ChangeSettings(wire::SettingsChange),
    /// → [`wire::Status`]
    GetStatus,
    /// → `Vec<`[`wire::Model`]`>`
    ListModels,
    /// → [`wire::Hardware`]
    GetHardware,
    /// → `Vec<`[`wire::Suggestion`]`>`
    SuggestModels,
    /// → [`wire::ModelPage`]
    GetModel(ById<EntryId>),
    /// → `()`; watch [`wire::AppEvent::Progress`].
    InstallModel(wire::InstallModel),
    /// → `()`
    PauseInstall(ById<EntryId>),
    /// → `()`
    CancelInstall(ById<EntryId>),
    /// → `()`
    RemoveModel(ById<EntryId>),
    /// → [`wire::Run`], once the model is ready.
    StartRun(ById<EntryId>),
    /// → `()`
    StopRun(ById<RunId>),
    /// → `Vec<`[`wire::Run`]`>`
    ListRuns,
    /// → `Vec<`[`wire::RunSamples`]`>`
    ListRunSamples(wire::ListRunSamples),
    /// → `()`, with [`wire::ChatEvent`]s before it.
    SendMessage(wire::SendMessage),
    /// → `()`
    StopAnswer(ById<ConversationId>),
    /// → `Vec<`[`wire::ConversationLine`]`>`
    ListConversations,
    /// → [`wire::FoundConversations`]
    SearchConversations(wire::SearchConversations),
    /// → [`wire::Conversation`]
    GetConversation(ById<ConversationId>),
    /// → `()`
    DeleteConversation(ById<ConversationId>),
    /// → `()`
    RenameConversation(wire::RenameConversation),
    /// → `()`
    ChangeChatSettings(wire::ChangeChatSettings),
    /// → [`wire::ChatOptions`]
    GetChatOptions(ById<EntryId>),
    /// → [`wire::TokenCount`]
    CountTokens(wire::SendMessage),
    /// → [`wire::SavedFile`]
    ExportConversation(wire::ExportConversation),
    /// → [`wire::ExportedText`]. Not for the window, which has no files.
    ReadConversation(wire::ExportConversation),
    /// → [`wire::Computer`]
    ListSightings,
    /// → [`wire::Computer`], once the look is through.
    ScanNow,
    /// → `()`
    DisputeSighting(wire::DisputeSighting),
    /// → `()`
    ReopenSighting(ById<SightingId>),
    /// → `Vec<`[`wire::Nudge`]`>`
    ListNudges,
    /// → [`wire::NudgeWhy`]
    GetNudge(ById<NudgeId>),
    /// → `()`
    ReopenNudge(ById<NudgeId>),
    /// → [`wire::Outcomes`]
    GetOutcomes,
    /// → [`wire::NudgeOutcome`]
    AnswerNudge(wire::AnswerNudge),
    /// → [`wire::Request`]
    AskForApproval(wire::AskForApproval),
    /// → `Vec<`[`wire::Request`]`>`
    ListRequests,
    /// → [`wire::FileCheck`]; watch [`wire::Topic::FileCheck`].
    CheckFile(wire::CheckFile),
    /// → `Option<`[`wire::FileCheck`]`>`
    GetFileCheck,
    /// → `()`
    CancelFileCheck,
    /// → [`wire::Request`]
    AskAgain(ById<RequestId>),
    /// → `()`
    WithdrawRequest(ById<RequestId>),
    /// → [`wire::LogPage`]
    ReadLog(wire::ReadLog),
    /// → [`wire::LogEntry`]
    GetLogEntry(wire::GetLogEntry),
    /// → [`wire::Ledger`]
    GetLedger,
    /// → [`wire::Exported`]
    ExportLog(wire::ExportLog),
    /// → [`wire::LogLines`]. Not for the window, whose export the host writes.
    ExportLogPart(wire::ExportLogPart),
    /// → [`wire::Exported`]
    ExportData,
    /// → [`wire::DeletedData`]
    DeleteData,
    /// → [`wire::LogCheck`]
    VerifyLog,
    /// → [`wire::CatalogueStatus`]
    SyncCatalogue,
    /// → `()`
    PauseNudges(PauseNudges),
    /// → `()`
    UnlockStore(UnlockStore),
    /// → [`wire::CatalogueStatus`]. Not for the window: it takes a location.
    JoinOrganisation(Join),
    /// → `()`, then events. Not for the window, which has its own channel.
    Subscribe,
    /// → `()`. Opens the window of the running host; refused by a headless one.
    ShowWindow(Option<wire::Screen>),
    /// → `()`. A headless host ends so that the tray app can take its place; the tray app refuses.
    HandOver,
    /// → `()`. Ends the host.
    Quit,
}

/// A face's frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "frame", deny_unknown_fields)]
pub enum FromFace {
    /// First frame.
    Hello {
        /// [`PROTOCOL`].
        protocol: u32,
        /// Version of the face.
        build: String,
    },
    /// A request.
    Asked {
        /// Comes back with the answer.
        id: u64,
        /// What.
        call: Call,
    },
}

/// The host's frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "frame")]
pub enum FromHost {
    /// First frame.
    Hello {
        /// [`PROTOCOL`].
        protocol: u32,
        /// Version of the host.
        build: String,
        /// `tray` or `headless`.
        host: String,
    },
    /// The end of a call that went well.
    Answer {
        /// Which.
        id: u64,
        /// The wire type that [`Call`] names.
        value: serde_json::Value,
    },
    /// A piece of an answer that is too long for one frame. All pieces in their order are its JSON text.
    Part {
        /// Which.
        id: u64,
        /// Whole characters.
        text: String,
    },
    /// The end of a call whose answer came in parts.
    Whole {
        /// Which.
        id: u64,
    },
    /// The end of a call that did not.
    Failed {
        /// Which.
        id: u64,
        /// What and what to do.
        fault: wire::Fault,
    },
    /// One step of an answer that is being written.
    Chat {
        /// Which call.
        id: u64,
        /// The step.
        event: wire::ChatEvent,
    },
    /// To every face that has subscribed.
    Event {
        /// What.
        event: wire::AppEvent,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn calls_read_as_their_command_names() {
        let call = Call::GetModel(ById { id: "smollm2".parse().unwrap() });
        let text = serde_json::to_string(&FromFace::Asked { id: 1, call }).unwrap();
        assert_eq!(text, r#"{"frame":"asked","id":1,"call":{"call":"get_model","request":{"id":"smollm2"}}}"#);
        assert_eq!(serde_json::to_string(&Call::ListModels).unwrap(), r#"{"call":"list_models"}"#);
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let text = r#"{"frame":"asked","id":1,"call":{"call":"get_model","request":{"id":"a","path":"/etc"}}}"#;
        assert!(serde_json::from_str::<FromFace>(text).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            drop(serde_json::from_slice::<FromFace>(&bytes));
        }
    }
}
