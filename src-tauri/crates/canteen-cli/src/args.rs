mod nudges;

use std::path::PathBuf;

use canteen_types::{ConversationId, Digest, EntryId, RequestId, SightingId, Timestamp};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use nudges::NudgeAction;

/// Approved language models on this computer.
#[derive(Debug, Parser)]
#[command(name = "canteen", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    /// Print JSON: the same structures that the window gets.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes:\n  0    done\n  1    refused or failed, with a code and a sentence on standard error\n  2    wrong usage\n  3    the host cannot be reached\n  130  interrupted\n\n`inspect` exits by the worst that it saw: 0 clean, 10 suspicious, 20 dangerous, 1 a file could not be read or compared";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The models that you can use
    List,
    /// Everything about one model
    Show {
        /// Its id, as `canteen list` shows it
        model: EntryId,
    },
    /// Fetch a model and check its digest; goes on where an earlier attempt stopped
    Install {
        /// Its id
        model: EntryId,
        /// You have read its licence (`canteen show MODEL`) and accept it
        #[arg(long)]
        accept_licence: bool,
    },
    /// Remove a model's file from this computer
    Remove {
        /// Its id
        model: EntryId,
    },
    /// Ask a model once; without a prompt it is read from standard input, or a chat opens on a terminal
    Run {
        /// Its id
        model: EntryId,
        /// What to say
        prompt: Vec<String>,
        /// You have read its licence and accept it
        #[arg(long)]
        accept_licence: bool,
        #[command(flatten)]
        talk: Talk,
    },
    /// Chat with a model
    Chat {
        /// Its id; without one, the model of the conversation, or the first that is installed
        model: Option<EntryId>,
        #[command(flatten)]
        talk: Talk,
    },
    /// Your conversations
    Conversations {
        #[command(subcommand)]
        action: Option<ConversationAction>,
    },
    /// What is running
    Ps,
    /// Stop a model, or all of them
    Stop {
        /// Its id
        #[arg(required_unless_present = "all")]
        model: Option<EntryId>,
        /// Stop all
        #[arg(long)]
        all: bool,
    },
    /// Look for models on this computer now
    Scan,
    /// What Canteen has pointed out to you
    Nudges {
        #[command(subcommand)]
        action: Option<NudgeAction>,
    },
    /// What you have asked IT for
    Requests {
        #[command(subcommand)]
        action: Option<RequestAction>,
    },
    /// What model files on this computer are, and what is wrong with them; exits with 10 for suspicious, 20 for dangerous
    Inspect {
        /// Files and folders, archives and the stores of Ollama and Hugging Face among them
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Say as well how each path stands to this model, which is known: the same, altered, made from it, or a stranger
        #[arg(long, value_name = "KNOWN")]
        compare: Option<PathBuf>,
        /// Read every byte and show each file's digest; with `--json` also fingerprint and tensors of a model
        #[arg(long)]
        digests: bool,
    },
    /// Where things stand
    Status,
    /// What helps IT to help: versions, hardware, states and codes, without names, paths or prompts
    Diagnostics,
    /// Everything that is recorded about your use
    Log(LogArguments),
    /// Write everything that is kept about you into your Downloads folder
    ExportData,
    /// Delete your conversations, what was seen and pointed out, answered requests and measurements; the log stays
    DeleteData {
        /// Do it; without this, it is only said what would go
        #[arg(long)]
        yes: bool,
    },
    /// Be the host without a desktop, until interrupted
    Serve {
        /// End when nobody has needed it for half an hour
        #[arg(long, hide = true)]
        until_idle: bool,
    },
    /// End the running host; says what stops
    Quit,
    /// Join the catalogue of your organisation
    Join {
        /// `https://…` or `file://…`, from IT
        location: String,
        /// The root file, from IT
        #[arg(long)]
        root: PathBuf,
        /// The root file's digest as IT told you by another way
        #[arg(long)]
        root_digest: Option<Digest>,
    },
    /// Check for a newer catalogue now
    Sync,
    /// Open the encrypted store: unlock the keyring, or give the passphrase where there is none
    Unlock {
        /// Read the passphrase from this file instead of asking
        #[arg(long)]
        passphrase_file: Option<PathBuf>,
    },
    /// Remove everything of Canteen that is this user's: conversations, models, settings, the key; the programs stay
    Purge {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Write the manual pages into a folder
    #[command(hide = true)]
    ManPages {
        /// Which folder
        folder: PathBuf,
    },
    /// Print a completion script
    Completions {
        /// For which shell
        shell: Shell,
    },
}

/// Which rows of the log, and what to do with them.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArguments {
    /// Check that no row was changed, removed or added
    #[arg(long)]
    pub(crate) verify: bool,
    /// How many of the newest rows
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// Only a group (models, runs, computer, requests, catalogue, data, canteen) or one kind (run.started)
    #[arg(long)]
    pub(crate) kind: Option<Kind>,
    /// Only since this day (2026-11-24) or moment (2026-11-24T09:00:00Z)
    #[arg(long, value_parser = since)]
    pub(crate) since: Option<Timestamp>,
    /// Only until the end of this day, or before this moment
    #[arg(long, value_parser = until)]
    pub(crate) until: Option<Timestamp>,
    /// Only about this model
    #[arg(long)]
    pub(crate) model: Option<EntryId>,
    /// Write the whole log, with the exact bytes and hashes, to standard output
    #[arg(long, value_name = "FORM", conflicts_with_all = ["verify", "limit", "kind", "since", "until", "model"])]
    pub(crate) export: Option<Form>,
}

/// What belongs together, or one kind of event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Group(String),
    One(String),
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        const GROUPS: [&str; 7] = ["models", "runs", "computer", "requests", "catalogue", "data", "canteen"];
        if text.contains('.') {
            Ok(Self::One(text.to_owned()))
        } else if GROUPS.contains(&text) {
            Ok(Self::Group(text.to_owned()))
        } else {
            Err(format!("neither a kind such as run.started nor one of {}", GROUPS.join(", ")))
        }
    }
}

/// A form of the exported log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// JSON Lines: one row a line
    Jsonl,
    /// A table for spreadsheets
    Csv,
}

fn since(text: &str) -> Result<Timestamp, String> {
    moment(text, 0)
}

/// The day that is named belongs to it.
fn until(text: &str) -> Result<Timestamp, String> {
    moment(text, 1)
}

fn moment(text: &str, days: i8) -> Result<Timestamp, String> {
    canteen_os::local_day(text, days)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| "neither a day (2026-11-24) nor a moment (2026-11-24T09:00:00Z)".to_owned())
}

/// How to talk.
#[derive(Debug, Default, Args)]
pub(crate) struct Talk {
    /// Go on with this conversation
    #[arg(long, conflicts_with_all = ["system", "temperature", "top_p", "top_k", "max_tokens", "seed"])]
    pub(crate) conversation: Option<ConversationId>,
    /// Instructions in front of a new conversation; "" for none
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,
    /// 0 always takes the likeliest token
    #[arg(long, value_name = "NUMBER")]
    pub(crate) temperature: Option<f32>,
    /// Nucleus sampling
    #[arg(long, value_name = "NUMBER")]
    pub(crate) top_p: Option<f32>,
    /// Candidates per token; 0 means all
    #[arg(long, value_name = "NUMBER")]
    pub(crate) top_k: Option<u32>,
    /// Longest answer
    #[arg(long, value_name = "TOKENS")]
    pub(crate) max_tokens: Option<u32>,
    /// The same seed gives the same answer
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u32>,
}

/// What to do with conversations.
#[derive(Debug, Subcommand)]
pub(crate) enum ConversationAction {
    /// The newest, or those that hold the words
    List {
        /// Look for these words in titles and messages
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
    },
    /// One conversation, whole
    Show {
        /// Its id
        conversation: ConversationId,
    },
    /// Write it into a file that is not encrypted
    Export {
        /// Its id
        conversation: ConversationId,
        /// As what
        #[arg(long, value_enum, default_value_t = Format::Markdown)]
        format: Format,
        /// Into this new file, or `-` for standard output; without it, into your downloads
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Give it a title of your own
    Rename {
        /// Its id
        conversation: ConversationId,
        /// The title
        title: String,
    },
    /// Delete it with its messages, for good
    Delete {
        /// Its id
        conversation: ConversationId,
    },
}

/// As what a conversation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// To read
    Markdown,
    /// To go on with
    Json,
}

/// Requests to IT.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestAction {
    /// Ask for approval of something that was seen here, of a file, or of a model by its name
    #[command(group = clap::ArgGroup::new("about").required(true).args(["sighting", "file", "name"]))]
    Ask {
        /// Its id, as `canteen scan --json` shows it
        sighting: Option<SightingId>,
        /// A file on this computer; its digest is taken first
        #[arg(long)]
        file: Option<PathBuf>,
        /// What the model is called
        #[arg(long)]
        name: Option<String>,
        /// Which one is meant: publisher, version, link. It is kept as text and never fetched
        #[arg(long, requires = "name")]
        details: Option<String>,
        /// What it is needed for
        #[arg(long)]
        reason: String,
        /// For how many days
        #[arg(long, default_value_t = 31)]
        days: u32,
    },
    /// Ask for the same again, after it was taken back, declined or has run out
    Again {
        /// Its id
        request: RequestId,
    },
    /// Take a request back
    Withdraw {
        /// Its id
        request: RequestId,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(arguments: &[&str]) -> Result<LogArguments, clap::Error> {
        let command = Arguments::try_parse_from([&["canteen", "log"], arguments].concat())?.command;
        let Command::Log(log) = command else { unreachable!("{command:?}") };
        Ok(log)
    }

    #[test]
    fn a_group_and_a_kind_are_told_apart() {
        assert_eq!(log(&["--kind", "runs"]).unwrap().kind, Some(Kind::Group("runs".into())));
        assert_eq!(log(&["--kind", "run.started"]).unwrap().kind, Some(Kind::One("run.started".into())));
        assert!(log(&["--kind", "run"]).unwrap_err().to_string().contains("one of models, runs"));
    }

    #[test]
    fn a_day_is_whole_and_a_moment_is_exact() {
        let named = log(&["--since", "2026-11-24", "--until", "2026-11-24"]).unwrap();
        let day = named.until.unwrap().since(named.since.unwrap());
        assert_eq!(day, std::time::Duration::from_secs(24 * 60 * 60));
        let moment = log(&["--until", "2026-11-24T09:00:00Z"]).unwrap().until;
        assert_eq!(moment, Some("2026-11-24T09:00:00Z".parse().unwrap()));
        assert!(log(&["--since", "yesterday"]).is_err());
    }

    #[test]
    fn a_silence_has_a_length_and_a_dispute_a_reason() {
        let nudges = |arguments: &[&str]| Arguments::try_parse_from([&["canteen", "nudges"], arguments].concat());
        assert!(nudges(&["silence", "--for", "week"]).is_ok());
        assert!(nudges(&["silence"]).is_err());
        assert!(nudges(&["silence", "--for", "ever"]).is_err());
        assert!(nudges(&["dispute", "--not-me"]).is_ok());
        assert!(nudges(&["dispute"]).is_err());
        assert!(nudges(&["dispute", "--not-me", "--not-a-model"]).is_err());
    }

    #[test]
    fn an_export_is_whole() {
        assert_eq!(log(&["--export", "csv"]).unwrap().export, Some(Form::Csv));
        assert!(log(&["--export", "csv", "--kind", "runs"]).is_err(), "a part of the chain proves nothing");
    }
}
