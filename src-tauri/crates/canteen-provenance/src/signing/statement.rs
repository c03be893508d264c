//! What was signed: a list of files with their digests.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use canteen_types::Digest;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::ProvenanceError;
use crate::text::line;

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";
const OLD_PREDICATE: &str = "https://model_signing/Digests/v0.1";
/// The largest published models have some hundred files.
const MOST_RESOURCES: usize = 50_000;
/// Git's own files and a signature are five.
const MOST_LEFT_OUT: usize = 1000;
/// The only resource of a model that is one file.
pub(super) const SINGLE_FILE: &str = ".";

/// What was signed, read and consistent in itself.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) model: String,
    /// SHA-256 over all digests.
    pub(super) root: Digest,
    /// By name, `/` between its parts.
    pub(super) files: BTreeMap<String, Vec<Part>>,
    /// Files were cut into shards, so empty ones have no digest.
    pub(super) sharded: bool,
    /// Paths that the signer ignored.
    pub(super) left_out: Vec<String>,
}

/// A stretch of a file, right after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// In bytes; `None` for the rest of the file.
    pub(super) length: Option<u64>,
    pub(super) digest: Digest,
}

/// Read first, because a predicate of another type has another shape.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

#[derive(Deserialize)]
struct Whole {
    subject: Vec<Subject>,
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Subject {
    name: String,
    digest: Digests,
}

#[derive(Deserialize)]
struct Digests {
    sha256: String,
}

#[derive(Deserialize)]
struct Predicate {
    serialization: Serialization,
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Serialization {
    method: String,
    hash_type: String,
    #[serde(default)]
    ignore_paths: Vec<String>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    algorithm: String,
    digest: String,
}

/// A bundle from before version 1.0 is refused before its signature is looked at: that was made over other bytes.
pub(super) fn refuse_old(payload: &[u8]) -> Result<(), ProvenanceError> {
    match serde_json::from_slice::<Head>(payload) {
        Ok(head) if head.predicate_type == OLD_PREDICATE => Err(ProvenanceError::OldBundle),
        _ => Ok(()),
    }
}

impl Statement {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, ProvenanceError> {
        let unreadable = |e: serde_json::Error| bad(line(&e.to_string()));
        let head: Head = serde_json::from_slice(payload).map_err(unreadable)?;
        if head.kind != STATEMENT || head.predicate_type != PREDICATE {
            return Err(bad(format!("it is a {} about {}", line(&head.kind), line(&head.predicate_type))));
        }
        let Whole { subject, predicate } = serde_json::from_slice(payload).map_err(unreadable)?;
        let [subject] = <[Subject; 1]>::try_from(subject).map_err(|_| bad("it is not about exactly one model"))?;
        let Predicate { serialization, resources } = predicate;
        let sharded = match serialization.method.as_str() {
            "files" => false,
            "shards" => true,
            other => return Err(ProvenanceError::Unsupported { what: format!("the method {}", line(other)) }),
        };
        only_sha256(&serialization.hash_type)?;
        if resources.len() > MOST_RESOURCES || serialization.ignore_paths.len() > MOST_LEFT_OUT {
            return Err(ProvenanceError::TooMuch { what: "a longer list of files" });
        }
        let (root, files) = collect(&resources, sharded)?;
        if Digest::from_hex(&subject.digest.sha256).ok() != Some(root) {
            return Err(bad("the digest of the whole is not that of its parts"));
        }
        Ok(Self { model: line(&subject.name), root, files, sharded, left_out: serialization.ignore_paths })
    }
}

fn collect(resources: &[Resource], sharded: bool) -> Result<(Digest, BTreeMap<String, Vec<Part>>), ProvenanceError> {
    let mut whole = Sha256::new();
    let mut found: BTreeMap<String, Vec<Stretch>> = BTreeMap::new();
    for resource in resources {
        only_sha256(&resource.algorithm)?;
        let digest = Digest::from_hex(&resource.digest).map_err(|_| bad("a digest is no SHA-256"))?;
        whole.update(digest.as_bytes());
        let stretch = if sharded { Stretch::of_shard(&resource.name, digest) } else { Stretch::whole(&resource.name, digest) };
        let (name, stretch) = stretch.ok_or_else(|| bad(format!("“{}” is no name of a shard", line(&resource.name))))?;
        if !(names::may_stand(name) || name == SINGLE_FILE) {
            return Err(bad(format!("“{}” is no name of a file within the model", line(name))));
        }
        found.entry(name.to_owned()).or_default().push(stretch);
    }
    let mut seen = BTreeSet::new();
    let mut files = BTreeMap::new();
    for (name, stretches) in found {
        // Windows and macOS would put both into one file.
        if !seen.insert(name.to_lowercase()) {
            return Err(bad(format!("two names differ from “{}” in capital letters only", line(&name))));
        }
        let parts = in_order(stretches).ok_or_else(|| bad(format!("“{}” is signed twice, or with gaps", line(&name))))?;
        files.insert(name, parts);
    }
    if files.contains_key(SINGLE_FILE) && files.len() > 1 {
        return Err(bad("it is about one file and about a folder at once"));
    }
    Ok((Digest::new(whole.finalize().into()), files))
}

/// A part with its place.
struct Stretch {
    start: u64,
    end: Option<u64>,
    digest: Digest,
}

impl Stretch {
    fn whole(name: &str, digest: Digest) -> Option<(&str, Self)> {
        Some((name, Self { start: 0, end: None, digest }))
    }

    /// `file:start:end`.
    fn of_shard(name: &str, digest: Digest) -> Option<(&str, Self)> {
        let (rest, end) = name.rsplit_once(':')?;
        let (name, start) = rest.rsplit_once(':')?;
        Some((name, Self { start: start.parse().ok()?, end: Some(end.parse().ok()?), digest }))
    }
}

/// From the beginning without a gap, or nothing.
fn in_order(mut stretches: Vec<Stretch>) -> Option<Vec<Part>> {
    stretches.sort_by_key(|stretch| stretch.start);
    let mut at = Some(0);
    let mut parts = Vec::new();
    for Stretch { start, end, digest } in stretches {
        if at != Some(start) || end.is_some_and(|end| end <= start) {
            return None;
        }
        parts.push(Part { length: end.map(|end| end.saturating_sub(start)), digest });
        at = end;
    }
    Some(parts)
}

/// Of a shard, the algorithm names the size as well: `sha256-sharded-1000000000`.
fn only_sha256(algorithm: &str) -> Result<(), ProvenanceError> {
    let rest = algorithm.strip_prefix("sha256").map(|rest| rest.strip_prefix("-sharded-").unwrap_or(rest));
    if rest.is_some_and(|size| size.bytes().all(|b| b.is_ascii_digit())) {
        Ok(())
    } else {
        Err(ProvenanceError::Unsupported { what: line(algorithm) })
    }
}

fn bad(because: impl Into<String>) -> ProvenanceError {
    ProvenanceError::BadStatement { because: because.into() }
}

#[cfg(test)]
mod tests;
