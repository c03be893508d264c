//! Python with the packages that write and read models for everybody: the other side of what Canteen reads and writes.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use canteen_types::Digest;

use crate::Said;

/// Every package at one version with its digests; made from `requirements.in` as its first line says.
const LOCK: &str = include_str!("../corpora/requirements.txt");

/// An interpreter, and what it can import.
#[derive(Clone, Debug)]
pub struct Python {
    program: PathBuf,
}

impl Python {
    /// With the packages of `corpora/requirements.txt`: fetched once into the cache outside the repository, and again when the
    /// list or Python itself is another.
    ///
    /// # Errors
    /// When the package client cannot fetch them.
    pub fn with_packages() -> Result<Self> {
        let cache = cache()?;
        let what = asked("python3", &["-c", "import sys; print(sys.version, sys.base_prefix)"])
            .context("python3 is missing. On Debian or Ubuntu: apt-get install python3 python3-pip")?;
        let place = cache.join(Digest::of(format!("{what}{LOCK}").as_bytes()).hex());
        // Each test is a process of its own, and several want it at the same moment.
        let lock = fs_err::File::create(cache.join("lock"))?;
        lock.file().lock()?;
        if !place.is_dir() {
            let beside = cache.join("being-made");
            if beside.exists() {
                fs_err::remove_dir_all(&beside)?;
            }
            install(&beside)?;
            fs_err::rename(&beside, &place)?;
        }
        Ok(Self { program: place.join("bin/python") })
    }

    /// With PyTorch, as the system packages it: the package registry's is built for CUDA and needs gigabytes.
    ///
    /// # Errors
    /// When no interpreter has it.
    pub fn with_torch() -> Result<Self> {
        let has_torch = |program: &&str| asked(program, &["-I", "-c", "import torch"]).is_ok();
        let Some(program) = ["/usr/bin/python3", "python3"].into_iter().find(has_torch) else {
            bail!(
                "PyTorch is missing. On Debian or Ubuntu: apt-get install --no-install-recommends python3-torch; elsewhere any python3 that imports torch will do"
            );
        };
        Ok(Self { program: program.into() })
    }

    /// Its own file, for a copy under another name.
    ///
    /// # Errors
    /// When it does not say.
    pub fn executable(&self) -> Result<PathBuf> {
        let told = asked(&self.program, &["-I", "-c", "import os, sys; print(os.path.realpath(sys.executable))"])?;
        Ok(told.trim().into())
    }

    /// Where its packages lie.
    ///
    /// # Errors
    /// When it does not say.
    pub fn packages(&self) -> Result<PathBuf> {
        let told = asked(&self.program, &["-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])?;
        Ok(told.trim().into())
    }

    /// Runs a script of `tests/corpora` to its end.
    ///
    /// # Errors
    /// When it does not end.
    pub fn corpora<A: AsRef<OsStr>>(&self, script: &str, arguments: impl IntoIterator<Item = A>) -> Result<Said> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(script);
        Said::by(Command::new(&self.program).arg("-I").arg(script).args(arguments))
    }

    /// Runs a program that a package brings, as `python -m` does.
    ///
    /// # Errors
    /// When it does not end.
    pub fn module<A: AsRef<OsStr>>(&self, name: &str, arguments: impl IntoIterator<Item = A>) -> Result<Said> {
        Said::by(Command::new(&self.program).args(["-I", "-m", name]).args(arguments))
    }
}

/// Without pip inside, which not every Python can put there.
#[expect(clippy::print_stderr, reason = "a test that fetches says so")]
fn install(place: &Path) -> Result<()> {
    eprintln!("Fetching the Python packages of tests/corpora/requirements.txt once, into the cache");
    asked("python3", &["-m".as_ref(), "venv".as_ref(), "--without-pip".as_ref(), place.as_os_str()])?;
    let packages = asked(place.join("bin/python"), &["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])?;
    let lock = place.join("requirements.txt");
    fs_err::write(&lock, LOCK)?;
    let usual = "-m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile --no-deps --require-hashes --only-binary :all:";
    let mut arguments: Vec<&OsStr> = usual.split(' ').map(OsStr::new).collect();
    arguments.extend(["--target".as_ref(), OsStr::new(packages.trim()), "--requirement".as_ref(), lock.as_os_str()]);
    asked("python3", &arguments).map(drop).context(
        "The Python packages of tests/corpora/requirements.txt could not be fetched; they want Python 3.11 or newer with pip. Check the network and the package mirror (`python3 -m pip config list`), then try again",
    )
}

/// What a program answers on standard output.
fn asked<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[A]) -> Result<String> {
    let ended = Command::new(program.as_ref()).args(arguments).stdin(Stdio::null()).output()?;
    ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    Ok(String::from_utf8(ended.stdout)?)
}

fn cache() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set, so there is no cache")?;
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| Path::new(&home).join(".cache"), PathBuf::from).join("canteen/python");
    fs_err::create_dir_all(&cache)?;
    Ok(cache)
}
