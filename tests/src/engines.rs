//! A model runner that nobody here wrote: the program that an employee might start instead of an approved model.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{Home, Running};

/// llama.cpp for Node.js with its prebuilt variants for every processor, at a fixed version. The wheels with llama.cpp's own
/// server are built for one processor and die on others.
const PACKAGES: [&str; 2] = ["node-llama-cpp@3.22.1", "@node-llama-cpp/linux-x64@3.22.1"];

/// Loads the model that it is given, and keeps it.
const SCRIPT: &str = r#"import { getLlama } from "node-llama-cpp";
const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
const model = await llama.loadModel({ modelPath: process.argv[2] });
console.log("loaded");
setInterval(() => model, 1000);
"#;

/// The folder with the runner, fetched once into the cache outside the repository; says when it fetches.
///
/// # Errors
/// When the package client cannot fetch it.
pub fn node_llama() -> Result<PathBuf> {
    let folder = cache()?.join("node-llama-cpp-3.22.1");
    if folder.join("hold.mjs").is_file() {
        return Ok(folder);
    }
    tell("Fetching a model runner for Node.js once, into the cache");
    let beside = cache()?.join(format!("node-llama-cpp.{}", std::process::id()));
    fs_err::create_dir_all(&beside)?;
    fs_err::write(beside.join("package.json"), "{\"private\":true}")?;
    let fetched = Command::new("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"])
        .args(PACKAGES)
        .current_dir(&beside)
        .stdin(Stdio::null())
        .output()
        .context("npm is missing; it comes with Node.js")?;
    ensure!(fetched.status.success(), "{PACKAGES:?} could not be fetched: {}", String::from_utf8_lossy(&fetched.stderr));
    fs_err::write(beside.join("hold.mjs"), SCRIPT)?;
    // Two tests may have fetched at once: the first one's stays.
    if fs_err::rename(&beside, &folder).is_err() {
        fs_err::remove_dir_all(&beside)?;
    }
    ensure!(folder.join("hold.mjs").is_file(), "{PACKAGES:?} could not be put into the cache");
    Ok(folder)
}

/// Starts it with these weights; the program has a name of the test's choosing.
///
/// # Errors
/// When it cannot be fetched or started.
pub fn run(home: &Home, weights: &Path, named: &str) -> Result<Running> {
    let runner = node_llama()?;
    let node = Command::new("node").args(["-p", "process.execPath"]).output().context("node is missing")?;
    let node = String::from_utf8(node.stdout)?;
    let disguised = home.path(named);
    if !disguised.exists() {
        fs_err::copy(node.trim(), &disguised)?;
    }
    let mut command = home.command(&disguised);
    command.arg(runner.join("hold.mjs")).arg(weights);
    Running::start(&mut command, home.path(&format!("logs/{named}.log")), "nodejs")
}

/// Real weights that nobody approved: those of `approved` with the last bit changed. They load and answer like the original.
///
/// # Errors
/// When the disk refuses.
pub fn altered(approved: &Path, to: &Path) -> Result<()> {
    let mut bytes = fs_err::read(approved)?;
    *bytes.last_mut().context("weights have bytes")? ^= 1;
    if let Some(folder) = to.parent() {
        fs_err::create_dir_all(folder)?;
    }
    Ok(fs_err::write(to, bytes)?)
}

fn cache() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set, so there is no cache")?;
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| Path::new(&home).join(".cache"), PathBuf::from).join("canteen/engines");
    fs_err::create_dir_all(&cache)?;
    Ok(cache)
}

#[expect(clippy::print_stderr, reason = "a test that fetches says so")]
fn tell(what: &str) {
    eprintln!("{what}");
}
