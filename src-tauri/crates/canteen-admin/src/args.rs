use std::path::PathBuf;

use canteen_catalogue::document::RungDocument;
use canteen_types::{EntryId, NudgeReason, Timestamp};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::entry_fields::EntryFields;
use crate::values::moment;

/// Makes and publishes the signed catalogue of approved models.
#[derive(Debug, Parser)]
#[command(name = "canteen-admin", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    /// Print JSON instead of tables and sentences.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the passphrase of the key files from this file (its first line). Else `CANTEEN_ADMIN_PASSPHRASE`, else a prompt.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Take this as the time of signing, as RFC 3339 or a date, instead of the clock.
    #[arg(long, global = true, value_name = "TIME", value_parser = moment)]
    pub(crate) at: Option<Timestamp>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a company: keys, the first root, a policy.
    Init(Init),
    /// Keys and the roots that name them.
    #[command(subcommand)]
    Keys(Keys),
    /// The entries of the next publication.
    #[command(subcommand)]
    Model(Model),
    /// The rules of the next publication.
    #[command(subcommand)]
    Policy(Policy),
    /// What is known about programs that run models, for the next publication: stores, questions, models that are only listed.
    #[command(subcommand)]
    Signatures(Signatures),
    /// Sign and publish the entries, the policy and the signatures.
    Publish(Publish),
    /// What model files are, and what is wrong with them. Exit code: 0 clean, 10 suspicious, 20 dangerous, 1 a file could not be
    /// read or compared.
    Inspect {
        /// Files and folders, archives and the stores of Ollama and Hugging Face among them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Say as well how each path stands to this model, which is known: the same, altered, made from it, or a stranger.
        #[arg(long, value_name = "KNOWN")]
        compare: Option<PathBuf>,
        /// Read every byte and show each file's digest; with `--json` also fingerprint and tensors of a model.
        #[arg(long)]
        digests: bool,
    },
    /// Who signed a model (OpenSSF Model Signing), and whether every file is as it was signed. Nothing is fetched and nobody is
    /// trusted but whom you name. Exit code: 0 good, 20 not, 1 it could not be verified.
    Verify(Verify),
    /// Write the ML-BOM (CycloneDX 1.7) of an entry of the next publication.
    Bom(Bom),
    /// Versions, signers and what runs out when.
    Status(Place),
    /// Write the manual pages into a folder.
    #[command(hide = true)]
    ManPages {
        /// Which folder.
        folder: PathBuf,
    },
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The model: a folder or a file.
    pub(crate) path: PathBuf,
    /// The signature. If it lies in the folder of the model, it is not asked to sign itself.
    #[arg(long, value_name = "FILE")]
    pub(crate) signature: PathBuf,
    #[command(flatten)]
    pub(crate) whom: Whom,
    /// E-mail address or workflow that must have signed, with --trusted-root.
    #[arg(long, requires = "trusted_root")]
    pub(crate) identity: Option<String>,
    /// Address of the provider that must have vouched for the identity, with --trusted-root.
    #[arg(long, value_name = "URL", requires = "trusted_root")]
    pub(crate) issuer: Option<String>,
}

/// Whom to believe. There is no default.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whom {
    /// Public key of whoever must have signed: ECDSA on P-256, P-384 or P-521.
    #[arg(long, value_name = "PEM")]
    pub(crate) key: Option<PathBuf>,
    /// Root certificates, one of which must vouch for whoever signed.
    #[arg(long, value_name = "PEM")]
    pub(crate) roots: Option<PathBuf>,
    /// Trusted root of a Sigstore instance (`trusted_root.json`), for signatures without a key.
    #[arg(long, value_name = "JSON", requires_all = ["identity", "issuer"])]
    pub(crate) trusted_root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Bom {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Which entry.
    pub(crate) id: EntryId,
    /// Write it there instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Where a signature over the model lies; may be given more than once.
    #[arg(long = "signature", value_name = "URL")]
    pub(crate) signatures: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The company's folder, made by `init`.
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Name of the organisation, as employees see it.
    #[arg(long)]
    pub(crate) organisation: String,
    /// Number of root keys. Keep them apart and offline.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=32))]
    pub(crate) root_keys: u32,
    /// How many root keys must agree.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=32))]
    pub(crate) root_threshold: u32,
    /// Folder for the key files, instead of `keys` in the company's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Kind of the keys.
    #[arg(long, value_enum, default_value_t = Kind::Ed25519)]
    pub(crate) algorithm: Kind,
    #[command(flatten)]
    pub(crate) lifetimes: Days,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA on NIST P-256.
    P256,
}

/// How long signatures stay valid.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Days {
    /// Days until the root runs out.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) root_days: u32,
    /// Days until the catalogue runs out.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) targets_days: u32,
    /// Days until the list of files runs out.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) snapshot_days: u32,
    /// Days until clients expect a new timestamp.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) timestamp_days: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Role {
    /// Says which keys may sign what.
    Root,
    /// Signs what is approved.
    Targets,
    /// Signs which versions belong together.
    Snapshot,
    /// Signs which is the newest.
    Timestamp,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Which keys may sign what, and which of them lie here.
    List(Place),
    /// Make a key file. It signs nothing until a root names it.
    New {
        #[command(flatten)]
        place: Place,
        /// Name of the file, e.g. `root-4`.
        name: String,
        /// Kind of the key.
        #[arg(long, value_enum, default_value_t = Kind::Ed25519)]
        algorithm: Kind,
    },
    /// Replace keys of a role by a new root.
    Rotate {
        #[command(flatten)]
        place: Place,
        /// Which role.
        #[arg(value_enum)]
        role: Role,
        /// New keys: `.pem` or `.pub` files. Without, one is made for each key that goes.
        #[arg(long = "with", value_name = "FILE")]
        with: Vec<PathBuf>,
        /// Keys that go, by the beginning of their id. Without, all of the role; needed for root.
        #[arg(long, value_name = "ID")]
        retire: Vec<String>,
        /// How many must sign, if that changes.
        #[arg(long)]
        threshold: Option<u32>,
        #[command(flatten)]
        lifetimes: Days,
    },
    /// A new root with the same keys, before the old one runs out.
    Renew {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        lifetimes: Days,
    },
    /// Add a signature to the root that waits, and publish it when there are enough.
    Sign {
        #[command(flatten)]
        place: Place,
        /// A root key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        #[command(flatten)]
        lifetimes: Days,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Model {
    /// Add an entry from a model file, or replace it by its next version.
    Add(Box<Add>),
    /// The entries of the next publication.
    List(Place),
    /// Take an entry out of the next publication.
    Remove {
        #[command(flatten)]
        place: Place,
        /// Which.
        id: EntryId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The weights: digest, size, quantisation, context, parameters and chat template are read from here.
    #[arg(long)]
    pub(crate) file: PathBuf,
    /// A TOML file with any of the fields below; flags win over it.
    #[arg(long, value_name = "FILE")]
    pub(crate) entry: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) fields: EntryFields,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Show the rules of the next publication.
    Show(Place),
    /// Change some of them.
    Set(Box<PolicySet>),
}

#[derive(Debug, Args)]
pub(crate) struct PolicySet {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Hours without a successful check after which the catalogue counts as stale.
    #[arg(long)]
    pub(crate) stale_after_hours: Option<u64>,
    /// Hours of staleness after which it counts as expired.
    #[arg(long)]
    pub(crate) expired_after_hours: Option<u64>,
    /// What happens to installed models then.
    #[arg(long, value_enum)]
    pub(crate) when_expired: Option<WhenExpired>,
    /// Engines may run although the kernel lacks a part of the sandbox.
    #[arg(long, value_name = "true|false")]
    pub(crate) allow_partial_sandbox: Option<bool>,
    /// Longest answer, in tokens.
    #[arg(long)]
    pub(crate) max_answer_tokens: Option<u32>,
    /// Independent signals that must agree before a nudge.
    #[arg(long)]
    pub(crate) signals_needed: Option<u8>,
    /// Interrupting notifications per person and day.
    #[arg(long)]
    pub(crate) nudges_per_day: Option<u8>,
    /// Days before the same bytes may be mentioned again.
    #[arg(long)]
    pub(crate) quiet_days: Option<u16>,
    /// Smaller files are never nudged about, e.g. `64MiB`.
    #[arg(long, value_parser = crate::values::bytes)]
    pub(crate) minimum_size: Option<u64>,
    /// So many more interruptions a day for what is dangerous or recalled and runs.
    #[arg(long)]
    pub(crate) critical_per_day: Option<u8>,
    /// Hour of the person's clock at which a working day begins.
    #[arg(long, value_name = "HOUR")]
    pub(crate) day_starts_at: Option<u8>,
    /// A folder that is not looked through for models, with all below it: `~/Archive` in each person's home folder, or a whole
    /// path. Again for more; together they replace those before, and `none` leaves none.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) exclude_folder: Vec<String>,
    /// How far nudges go, by reason: `dangerous=stop:3`, `derivative=record`. Reasons: approved_for_others, derivative, unapproved,
    /// altered, recalled, dangerous. Steps: record, badge, toast, deadline:DAYS, stop:DAYS, standard.
    #[arg(long, value_name = "REASON=STEP", value_parser = crate::values::rung)]
    pub(crate) ladder: Vec<(NudgeReason, Option<RungDocument>)>,
    /// Servers of the person on the same computer may be asked what they are, once each.
    #[arg(long, value_name = "true|false")]
    pub(crate) ask_servers: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Signatures {
    /// Check a document of runner signatures: every broken rule with its line.
    Lint {
        /// A TOML file.
        file: PathBuf,
    },
    /// Take a document over for the next publication. It adds to what Canteen knows by itself.
    Set {
        #[command(flatten)]
        place: Place,
        /// A TOML file.
        file: PathBuf,
    },
    /// Publish none any more.
    Remove(Place),
    /// What the next publication says about runners.
    Show(Place),
    /// Print the JSON Schema of the document.
    Schema,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum WhenExpired {
    /// They run as before.
    Keep,
    /// They run, and every start says so.
    Warn,
    /// They do not start.
    Stop,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Only say again that nothing is newer. To be run more often than the timestamp's days.
    #[arg(long)]
    pub(crate) timestamp_only: bool,
    #[command(flatten)]
    pub(crate) lifetimes: Days,
}
