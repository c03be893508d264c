use std::path::PathBuf;

use canteen_types::{ConversationId, Digest, EntryId, NudgeId, RequestId, SightingId};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

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

const EXIT_CODES: &str = "Exit codes:\n  0    done\n  1    refused or failed, with a code and a sentence on standard error\n  2    wrong usage\n  3    the host cannot be reached\n  130  interrupted";

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
    /// Where things stand
    Status,
    /// What helps IT to help: versions, hardware, states and codes, without names, paths or prompts
    Diagnostics,
    /// Everything that is recorded about your use
    Log {
        /// Check that no row was changed, removed or added
        #[arg(long)]
        verify: bool,
        /// How many of the newest rows
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
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
    /// Print a completion script
    Completions {
        /// For which shell
        shell: Shell,
    },
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

/// Answers to a nudge.
#[derive(Debug, Subcommand)]
pub(crate) enum NudgeAction {
    /// Use the approved alternative
    Use {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Ask for approval
    Ask {
        /// What it is needed for
        #[arg(long)]
        reason: String,
        /// For how many days
        #[arg(long, default_value_t = 31)]
        days: u32,
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Tomorrow at 9:00
    Snooze {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Close it
    Dismiss {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
}

/// Requests to IT.
#[derive(Debug, Subcommand)]
pub(crate) enum RequestAction {
    /// Ask for approval of something that was seen here
    Ask {
        /// Its id, as `canteen scan --json` shows it
        sighting: SightingId,
        /// What it is needed for
        #[arg(long)]
        reason: String,
        /// For how many days
        #[arg(long, default_value_t = 31)]
        days: u32,
    },
    /// Take a request back
    Withdraw {
        /// Its id
        request: RequestId,
    },
}
