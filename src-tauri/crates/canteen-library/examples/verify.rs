//! What a verified start costs against one that trusts the disk. For comparing figures.
//!
//! `cargo run --release -p canteen-library --example verify -- MODELS_FOLDER HEX_DIGEST`
//!
//! Prints the medians of five: milliseconds to open the file and take its digest, and to open it alone. The file is in the page
//! cache, as it is for the engine that loads it next.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use canteen_library::Library;
use canteen_types::{Artifact, ByteSize, Digest, WeightFormat};
use tokio_util::sync::CancellationToken;

#[expect(clippy::print_stdout, reason = "it measures")]
fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("MODELS_FOLDER is missing")?;
    let digest: Digest = format!("sha256:{}", arguments.next().context("HEX_DIGEST is missing")?).parse()?;
    let library = Library::open(Path::new(&folder))?;
    let path = library.path_of(&digest);
    let size = ByteSize::new(fs_err::metadata(&path)?.len());
    let artifact = Artifact { digest, size, format: WeightFormat::Gguf, sources: Vec::new() };
    library.open_verified(&artifact, &CancellationToken::new())?;
    let verified = median(|| library.open_verified(&artifact, &CancellationToken::new()).map(drop).map_err(Into::into))?;
    let trusting = median(|| fs_err::File::open(&path).map(drop).map_err(Into::into))?;
    println!("{verified:.1} ms to open and verify {}, {trusting:.3} ms to open it alone", size.as_file());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn median(mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..5 {
        let from = Instant::now();
        act()?;
        times.push(from.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    times.get(2).copied().context("nothing was measured")
}
