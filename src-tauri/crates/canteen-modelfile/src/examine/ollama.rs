//! Ollama's store: files without names, and manifests that say what each of them is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::{Examination, Tree, hazards};
use crate::hazard::Hazard;
use crate::json::{self, Value};
use crate::section::{Source, read_at};
use crate::template;

/// A manifest has some two kilobytes.
const LONGEST_MANIFEST: u64 = 256 << 10;
/// Layers of one manifest.
const MOST: usize = 256;
const KIND: &str = "application/vnd.ollama.image.";

/// What one manifest says of one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layer {
    manifest: PathBuf,
    /// `None` where what stands there is no digest.
    blob: Option<PathBuf>,
    /// e.g. `template`.
    kind: String,
}

/// The layers that a manifest lists; none where the file is something else.
pub(super) fn layers(path: &Path, source: &mut dyn Source, size: u64) -> io::Result<Vec<Layer>> {
    let Some(store) = store(path).filter(|_| size <= LONGEST_MANIFEST) else { return Ok(Vec::new()) };
    let Ok(manifest) = json::parse(&read_at(source, 0, size)?) else { return Ok(Vec::new()) };
    let layer = |layer: &Value| {
        let kind = layer.get("mediaType")?.text()?.strip_prefix(KIND)?.to_owned();
        let hex = layer.get("digest").and_then(Value::text).and_then(|digest| digest.strip_prefix("sha256:"));
        let hex = hex.filter(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let blob = hex.map(|hex| store.join("blobs").join(format!("sha256-{hex}")));
        Some(Layer { manifest: path.to_owned(), blob, kind })
    };
    Ok(manifest.get("layers").map_or(&[][..], Value::list).iter().take(MOST).filter_map(layer).collect())
}

/// The folder that has both `manifests` and `blobs` in it.
fn store(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name == "manifests"))?.parent()
}

/// Judges the files that are known by their manifest alone, and says which are missing.
pub(super) fn judge(tree: &mut dyn Tree, examination: &mut Examination, layers: Vec<Layer>) {
    let places: BTreeMap<PathBuf, usize> =
        examination.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
    let (mut said, mut seen) = (Vec::new(), BTreeSet::new());
    for Layer { manifest, blob, kind } in layers {
        let place = blob.as_ref().and_then(|blob| places.get(blob)).copied();
        match (place, &blob) {
            (None, None) => said.push((places.get(&manifest).copied(), Hazard::of(&hazards::INDEX_OUTSIDE, &kind))),
            (None, Some(_)) if examination.cancelled => {}
            (None, Some(_)) => said.push((places.get(&manifest).copied(), Hazard::of(&hazards::PART_MISSING, &kind))),
            (Some(at), _) => {
                if seen.insert((at, kind.clone())) {
                    let found = blob.as_deref().and_then(|blob| words(tree, blob, &kind).ok()).unwrap_or_default();
                    said.extend(found.into_iter().map(|hazard| (Some(at), hazard)));
                }
            }
        }
    }
    for (at, hazard) in said {
        if let Some(file) = at.and_then(|at| examination.files.get_mut(at)).filter(|file| !file.hazards.contains(&hazard)) {
            file.hazards.push(hazard);
        }
    }
}

/// What a layer puts into conversations. That it can be read was seen before, and is said where it cannot.
fn words(tree: &mut dyn Tree, blob: &Path, kind: &str) -> io::Result<Vec<Hazard>> {
    let judge: fn(&str) -> Vec<Hazard> = match kind {
        "template" => template::judge_go,
        "system" => template::judge_words,
        "messages" => messages,
        _ => return Ok(Vec::new()),
    };
    let (mut source, size) = tree.open(blob)?;
    let bytes = read_at(&mut *source, 0, size.min(template::LONGEST as u64 + 1))?;
    Ok(judge(&String::from_utf8_lossy(&bytes)))
}

/// A list of `{role, content}` that every conversation begins with.
fn messages(text: &str) -> Vec<Hazard> {
    let Ok(list) = json::parse(text.as_bytes()) else { return template::judge_words(text) };
    let contents = list.list().iter().take(MOST).filter_map(|message| message.get("content")?.text());
    contents.flat_map(template::judge_words).collect()
}
