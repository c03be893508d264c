//! `lineage pairs FOLDER`: holds every file of a folder, or graph with its weights beside it, against every other, one line of JSON a
//! pair, for `tests/corpora/lineage.py`.
//! `lineage time FILE…`: how long each step takes.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example prints and measures")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use canteen_modelfile::lineage::{Comparison, Profile, compare, contents, fingerprint, index, profile_of_parts};
use canteen_modelfile::{Limits, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((verb, paths)) if verb == "time" => paths.iter().try_for_each(|path| profile(Path::new(path), true).map(drop)),
        Some((verb, [folder])) if verb == "pairs" => pairs(Path::new(folder)),
        _ => Err("usage: lineage pairs FOLDER | lineage time FILE…".into()),
    }
}

fn profile(path: &Path, loud: bool) -> Result<Profile, Box<dyn Error>> {
    if path.is_dir() {
        return beside(path);
    }
    let mut file = fs_err::File::open(path)?;
    let size = file.metadata()?.len();
    let start = Instant::now();
    let index = index(&mut file, size, &Limits::default())?;
    let indexed = start.elapsed();
    let fingerprint = fingerprint(&mut file, &index)?;
    let taken = start.elapsed() - indexed;
    let contents = contents(&mut file, size, &index, &mut |_| ControlFlow::Continue(()))?;
    let digested = start.elapsed() - indexed - taken;
    if loud {
        let speed = size as f64 / 1e6 / digested.as_secs_f64();
        let bytes = serde_json::to_string(&fingerprint)?.len();
        println!(
            "{}: header {indexed:.1?}, fingerprint {taken:.1?} ({bytes} bytes), digests {digested:.1?} ({speed:.0} MB/s)",
            path.display()
        );
    }
    Ok(Profile { fingerprint, contents, template: index.facts.and_then(|facts| facts.chat_template) })
}

/// A graph with its weights beside it.
fn beside(folder: &Path) -> Result<Profile, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> =
        fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort_by_key(|path| (path.extension().is_none_or(|ending| ending != "onnx"), path.clone()));
    let open = |path: &PathBuf| {
        let file = fs_err::File::open(path)?;
        let size = file.metadata()?.len();
        Ok((Box::new(file) as Box<dyn Source>, size))
    };
    let parts = paths.iter().map(open).collect::<Result<_, std::io::Error>>()?;
    let profile = profile_of_parts(parts, None, &Limits::default(), &mut |_| ControlFlow::Continue(()))?;
    profile.ok_or_else(|| "stopped".into())
}

fn pairs(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> =
        fs_err::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    // The published ones first: what the others are held against.
    paths.sort_by_key(|path| (!path.to_string_lossy().contains(".published."), path.clone()));
    let known: Vec<_> = paths.iter().map(|path| Ok((path, profile(path, false)?))).collect::<Result<_, Box<dyn Error>>>()?;
    for (at, (first, ours)) in known.iter().enumerate() {
        for (second, theirs) in known.iter().skip(at + 1) {
            let found = compare(ours, theirs);
            let line = serde_json::json!({
                "first": first, "second": second, "kinship": found.kinship, "confidence": found.confidence,
                "scores": scores(&found), "evidence": found.evidence, "false_claims": found.false_claims,
            });
            println!("{line}");
        }
    }
    Ok(())
}

fn scores(found: &Comparison) -> serde_json::Value {
    let norms = found.evidence.norms.as_ref();
    let share = |count: usize, of: (usize, usize)| count as f64 / of.0.min(of.1).max(1) as f64;
    let weights = found.evidence.weights.as_ref();
    let best = |part: fn(&canteen_modelfile::lineage::RoleEvidence) -> f32| {
        weights.map(|weights| weights.roles.iter().map(part).fold(f32::MIN, f32::max))
    };
    serde_json::json!({
        "norms equal": norms.map(|norms| share(norms.equal, (norms.of_first, norms.of_second))),
        "norms in any order": norms.map(|norms| share(norms.equal_in_any_order, (norms.of_first, norms.of_second))),
        "norm ranks": norms.and_then(|norms| norms.correlation),
        "norms rounded": norms.and_then(|norms| norms.equal_but_for_rounding),
        "spread (negative)": norms.and_then(|norms| norms.spread_difference).map(|difference| -difference),
        "weights in place": weights.filter(|weights| weights.in_place).map(|weights| weights.correlation),
        "weights, best layers": weights.filter(|weights| !weights.in_place).map(|weights| weights.correlation),
        "weights, best kind": best(|role| role.correlation),
        "row lengths": weights.and_then(|weights| weights.row_spreads),
        "layers alike": weights.map(|weights| share(weights.layers_alike, (weights.layers_paired, weights.layers_paired))),
        "out of reach (negative)": best(|role| role.outside as f32 / role.samples as f32).map(|share| -share),
        "noise (negative)": best(|role| role.difference / role.expected).map(|ratio| -ratio),
    })
}
