//! Words of the screens *Running*, *This computer* and *Requests*.

use canteen_types::{Digest, EntryId, RequestId, RunId, SightingId, Timestamp, Verdict};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Fault, Kin};

/// What a run took in one second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunSample {
    /// RFC 3339; the end of the second.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Computing time in percent of the whole computer: 100 when every core works for it.
    pub cpu_percent: f64,
    /// Memory of the process, in bytes; shared pages count in full.
    #[ts(type = "number")]
    pub memory: u64,
    /// Tokens per second that came in; absent while it does not answer.
    pub speed: Option<f64>,
    /// Power of the processor in watts, for all programs together; absent where this computer does not tell.
    pub watts: Option<f64>,
}

/// The last minutes of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunSamples {
    /// Which.
    #[ts(type = "string")]
    pub run: RunId,
    /// Oldest first, about one a second, the last five minutes.
    pub samples: Vec<RunSample>,
}

/// Which samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ListRunSamples {
    /// Later than this; absent means all that are kept.
    #[ts(type = "string | null")]
    pub after: Option<Timestamp>,
}

/// Something that the watch cannot see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlindSpot {
    /// e.g. `other_users`.
    pub code: String,
    /// In English, to go on after “Cannot see”; a face with its own texts looks them up by `code`.
    pub text: String,
    /// The time that is meant, where it is one: from, to.
    #[ts(type = "[string, string] | null")]
    pub span: Option<(Timestamp, Timestamp)>,
}

/// How far a look through the places has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Looking {
    /// The place that is looked through now; absent for the last step, what was found in them.
    pub place: Option<String>,
    /// Steps that are through.
    pub done: u32,
    /// Steps in all.
    pub of: u32,
}

/// The slow look through the home folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HomeLook {
    /// What it does.
    #[ts(type = "'underway' | 'resting' | 'through' | 'impossible'")]
    pub state: HomeLookState,
    /// How much of the way is behind: an estimate.
    pub percent: u32,
    /// Files considered.
    #[ts(type = "number")]
    pub files: u64,
}

/// What the look through the home folder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HomeLookState {
    /// It goes on.
    Underway,
    /// It waits until the computer no longer runs on its battery.
    Resting,
    /// Everything was looked at.
    Through,
    /// The home folder does not lie on this computer.
    Impossible,
}

/// What the person asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum AskAbout {
    /// Something that was seen here.
    Sighting {
        /// Which.
        #[ts(type = "string")]
        id: SightingId,
    },
    /// A model that only has a name so far.
    Name {
        /// What people call it: 2 to 120 characters.
        name: String,
        /// Publisher, version, link: up to 300 characters. Kept as text, never fetched.
        details: Option<String>,
    },
    /// The file whose digest was just taken ([`FileCheck`]).
    File {
        /// As the check found it.
        #[ts(type = "string")]
        digest: Digest,
    },
}

/// Take the digest of a file that the person names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct CheckFile {
    /// Its whole path; `~/` is the home folder.
    pub path: String,
}

impl std::fmt::Debug for CheckFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckFile({} bytes)", self.path.len())
    }
}

/// A file that the person named. One at a time: the next one ends the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FileCheck {
    /// Path relative to the home folder where it lies below it.
    pub path: String,
    /// Name from its header, else its file name.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// How far it has got.
    pub state: FileCheckState,
}

/// How far the check of a file has got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum FileCheckState {
    /// Its bytes are being read.
    Reading {
        /// So many of them.
        #[ts(type = "number")]
        done: u64,
    },
    /// All of them were read.
    Read {
        /// SHA-256.
        #[ts(type = "string")]
        digest: Digest,
        /// Format, architecture, quantisation; absent where it is no model that this version reads.
        about: Option<String>,
        /// Compared with the catalogue.
        #[ts(type = "string")]
        verdict: Verdict,
        /// The approved entry with the same bytes; where the verdict is altered or derivative, the one that it is kin of.
        #[ts(type = "string | null")]
        entry: Option<EntryId>,
        /// The approved entry that its weights are kin of, where its bytes are not approved.
        kin: Option<Kin>,
        /// The open request about these bytes.
        #[ts(type = "string | null")]
        request: Option<RequestId>,
    },
    /// It could not be read.
    Failed {
        /// Why, and what to do.
        fault: Fault,
    },
}

/// A server on this computer that was asked what it is: once, by harmless questions, which its own log may show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AskedServer {
    /// The program that it belongs to.
    pub program: String,
    /// What that program is by its name: a label, no evidence.
    pub known_as: Option<String>,
    /// Where it waits.
    pub port: u16,
    /// What it was asked for, e.g. `/v1/models`; empty where nothing could be sent.
    pub questions: Vec<String>,
    /// What it says that it is; absent where the answers fit nothing that is known.
    pub product: Option<String>,
    /// Models that it names, at most eight.
    pub models: Vec<String>,
    /// The other computer that it forwards to: what goes there is not computed here.
    pub forwards_to: Option<String>,
    /// It only forwards, so it holds no weights.
    pub only_forwards: bool,
    /// RFC 3339.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// Whether servers on this computer are asked what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AskingServers {
    /// Each once.
    On,
    /// The organisation does not want it.
    OffByPolicy,
    /// The person does not want it.
    OffByPerson,
}

/// What is known about programs that run models: versions of the two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KnownRunners {
    /// That came with Canteen.
    pub built_in: u32,
    /// That the organisation published; absent where it published none.
    pub organisation: Option<u32>,
}
