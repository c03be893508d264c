//! Models that lie in several files of a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::bounds::Bounds;
use super::look::{Budget, Thing, look};
use super::{Examination, Tree, hazards};
use crate::formats::NoFolder;
use crate::hazard::Hazard;
use crate::header_hazards::{GGUF_TRUNCATED, SAFETENSORS_TRUNCATED};
use crate::joined::Joined;
use crate::kind::Kind;

/// The files that are one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFiles {
    /// In their order.
    pub files: Vec<PathBuf>,
    /// How many there must be, where something says so.
    pub promised: Option<u64>,
}

/// What one model is told by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Alone(PathBuf),
    Index(PathBuf),
    /// What the names have in common, in front and behind.
    Numbered(String, String),
    /// A folder, and what the headers have in common.
    Split(PathBuf, u64, Option<String>),
}

/// GGUF, safetensors and ONNX by model, a graph with the files that it keeps weights in; of other formats parts are not told.
pub(super) fn models(examination: &Examination, indexes: &[(PathBuf, BTreeSet<String>)]) -> Vec<ModelFiles> {
    let mut models: BTreeMap<Key, ModelFiles> = BTreeMap::new();
    let mut joined = BTreeSet::new();
    for (_, pieces) in pieces(examination) {
        let files: Vec<PathBuf> = pieces.iter().map(|(_, path)| path.clone()).collect();
        joined.extend(files.clone());
        if let Some(first) = files.first() {
            models.insert(Key::Alone(first.clone()), ModelFiles { files, promised: None });
        }
    }
    let named: BTreeMap<PathBuf, &(PathBuf, BTreeSet<String>)> = indexes
        .iter()
        .flat_map(|index| {
            let folder = index.0.parent().unwrap_or(Path::new(""));
            index.1.iter().map(move |part| (folder.join(part), index))
        })
        .collect();
    let is_weights = |kind| matches!(kind, Kind::Gguf | Kind::Safetensors | Kind::Onnx);
    for file in examination.files.iter().filter(|file| is_weights(file.kind) && !joined.contains(&file.path)) {
        let (key, promised) = match named.get(&file.path) {
            Some((index, parts)) => (Key::Index(index.clone()), Some(parts.len() as u64)),
            None => key(&file.path, file.facts.as_ref()),
        };
        let model = models.entry(key).or_insert(ModelFiles { files: Vec::new(), promised });
        model.files.push(file.path.clone());
        if file.kind == Kind::Onnx {
            let needs = file.described.iter().flat_map(|described| &described.needs);
            model.files.extend(needs.map(|name| file.path.with_file_name(name)));
        }
    }
    models.into_values().collect()
}

fn key(path: &Path, facts: Option<&crate::Facts>) -> (Key, Option<u64>) {
    if let Some((stem, _, of, ending)) = numbered(&path.to_string_lossy()) {
        return (Key::Numbered(stem.to_owned(), ending.to_owned()), Some(u64::from(of)));
    }
    if let Some((facts, count)) = facts.and_then(|facts| Some((facts, facts.split_count.filter(|count| *count > 1)?))) {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        return (Key::Split(folder, count, facts.architecture.clone()), Some(count));
    }
    (Key::Alone(path.to_owned()), None)
}

/// `name-00001-of-00003.ending`.
pub(super) fn numbered(path: &str) -> Option<(&str, u32, u32, &str)> {
    let (front, rest) = path.rsplit_once("-of-")?;
    let (stem, number) = front.rsplit_once('-')?;
    let (of, ending) = rest.split_once('.')?;
    let digits = |text: &str| (text.len() == 5).then(|| text.parse::<u32>().ok()).flatten();
    Some((stem, digits(number)?, digits(of)?, ending))
}

/// Pieces of one file in their order, by the name of the whole; the first begins as a model and ends too early.
fn pieces(examination: &Examination) -> BTreeMap<PathBuf, Vec<(u64, PathBuf)>> {
    let mut groups: BTreeMap<PathBuf, Vec<(u64, PathBuf)>> = BTreeMap::new();
    for file in &examination.files {
        if let Some((stem, number)) = file.path.file_name().and_then(|name| piece(name.to_str()?)) {
            groups.entry(file.path.with_file_name(stem)).or_default().push((number, file.path.clone()));
        }
    }
    groups.values_mut().for_each(|group| group.sort());
    let begin: BTreeSet<&Path> = examination
        .files
        .iter()
        .filter(|file| matches!(file.kind, Kind::Gguf | Kind::Safetensors))
        .map(|file| file.path.as_path())
        .collect();
    let begins = |group: &[(u64, PathBuf)]| group.first().is_some_and(|(_, path)| begin.contains(path.as_path()));
    groups.retain(|_, group| group.len() > 1 && begins(group));
    groups
}

/// The name of the whole and the number of the piece: `a.gguf.part2of3`, `a.gguf-split-b`, `a.gguf.002`, `a.gguf.ab`.
fn piece(name: &str) -> Option<(&str, u64)> {
    for mark in [".part", "-part", "-split-", ".split-", "."] {
        let Some((stem, tail)) = name.rsplit_once(mark) else { continue };
        let digits = tail.split("of").next().unwrap_or_default().trim_start_matches(['-', '_']);
        let number = digits.parse().ok().filter(|_| mark != "." || digits.len() > 2);
        // The letters of `split`, of which two are used where nothing else says that it is a piece.
        let letters = (1..=2).contains(&tail.len()) && tail.bytes().all(|byte| byte.is_ascii_lowercase());
        let model = [".gguf", ".safetensors", ".bin"].iter().any(|end| stem.ends_with(end));
        let letters = letters && (mark != "." || (tail.len() == 2 && model));
        let count = || tail.bytes().fold(0_u64, |number, byte| number * 26 + u64::from(byte - b'a'));
        if let Some(number) = number.or_else(|| letters.then(count)).filter(|_| !stem.is_empty()) {
            return Some((stem, number));
        }
    }
    None
}

/// Looks into files that were cut into pieces, as one.
pub(super) fn join(
    tree: &mut dyn Tree,
    examination: &mut Examination,
    bounds: &Bounds,
    go_on: &mut dyn FnMut() -> ControlFlow<()>,
) {
    let places: BTreeMap<PathBuf, usize> =
        examination.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
    for (whole, pieces) in pieces(examination) {
        examination.cancelled |= go_on().is_break();
        if examination.cancelled {
            return;
        }
        let opened: Result<Vec<_>, _> = pieces.iter().map(|(_, path)| tree.open(path)).collect();
        let Ok(parts) = opened else { continue };
        let mut joined = Joined::new(parts);
        let (size, name) = (joined.size(), super::tree_name(&whole));
        let mut budget = Budget { bounds, unpacked: bounds.unpacked_bytes, members: bounds.members, go_on: &mut *go_on };
        let thing = Thing { source: &mut joined, size, name: &name, depth: 0, folder: &NoFolder };
        let Ok(seen) = look(thing, &mut budget) else { continue };
        let cut = |hazard: &Hazard| hazard.code == &GGUF_TRUNCATED || hazard.code == &SAFETENSORS_TRUNCATED;
        let order = pieces.iter().zip(pieces.iter().skip(1)).all(|((one, _), (two, _))| one.checked_add(1) == Some(*two));
        let missing = !order || seen.hazards.iter().any(cut);
        let mut found: Vec<Hazard> = seen.hazards.into_iter().filter(|hazard| !cut(hazard)).collect();
        found.extend(missing.then(|| Hazard::of(&hazards::PART_MISSING, &name)));
        let mut facts = seen.facts;
        for at in pieces.iter().filter_map(|(_, path)| places.get(path)) {
            let Some(file) = examination.files.get_mut(*at) else { continue };
            file.looked_into = true;
            file.hazards.retain(|hazard| !cut(hazard) && hazard.code != &hazards::NO_MODEL);
            // What is known of the whole stands at its beginning.
            file.hazards.append(&mut found);
            file.facts = facts.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_by_their_names() {
        let of = |name: &'static str| piece(name).map(|(stem, number)| format!("{stem} {number}")).unwrap_or_default();
        assert_eq!(of("a.gguf.part2of3"), "a.gguf 2");
        assert_eq!(of("a.gguf-split-b"), "a.gguf 1");
        assert_eq!(of("a.gguf.002"), "a.gguf 2");
        assert_eq!(of("a.gguf.ab"), "a.gguf 1");
        assert_eq!(of("a.gguf.part_1"), "a.gguf 1");
        for name in ["a.gguf", "a.pt", "README.md", "a.1", "a.md", ".001", "part", "a-part-of-it.txt"] {
            assert_eq!(of(name), "", "{name}");
        }
    }
}
