use std::path::PathBuf;

use canteen_types::{Digest, EntryId, NudgeId, RequestId, SightingId};
use clap::{Parser, Subcommand};
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
    },
    /// Chat with a model
    Chat {
        /// Its id; without one, the first that is installed
        model: Option<EntryId>,
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
