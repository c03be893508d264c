//! What only the folder around a file tells: links, code beside weights, parts that belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::bounds::Bounds;
use super::{Entry, EntryKind, Examination, FileReport, Tree, hazards, ollama, parts};
use crate::archive::names::{self, Name};
use crate::hazard::Hazard;
use crate::json;
use crate::kind::Kind;
use crate::section::{Source, read_at};

/// The largest index of a published model has some 10 MB.
const LONGEST_JSON: u64 = 64 << 20;

/// Layers of all manifests of a store.
pub(super) const MOST_LAYERS: usize = 1 << 16;

/// What lies in a tree: files to look at, and what was judged on the way.
#[derive(Debug, Default)]
pub struct Survey {
    pub(super) files: Vec<PathBuf>,
    pub(super) reports: Vec<FileReport>,
}

/// Every file, without following a link out of the tree. None is opened.
pub fn survey(tree: &mut dyn Tree, bounds: &Bounds) -> Survey {
    let mut found = Survey::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries = match tree.list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                let mut report = FileReport::new(folder, Vec::new());
                report.unreadable = Some(error.to_string());
                found.reports.push(report);
                continue;
            }
        };
        for Entry { path, kind } in entries {
            let wrong = match kind {
                EntryKind::File | EntryKind::LinkToBlob if found.files.len() < bounds.files => {
                    found.files.push(path);
                    continue;
                }
                EntryKind::Folder if path.components().count() <= bounds.folders => {
                    folders.push(path);
                    continue;
                }
                EntryKind::LinkInside => continue,
                EntryKind::File | EntryKind::LinkToBlob | EntryKind::Folder => &hazards::TOO_MANY,
                EntryKind::LinkOutside => &hazards::LINK_OUTSIDE,
                EntryKind::Special => &hazards::SPECIAL,
            };
            found.reports.push(FileReport::new(path, vec![Hazard::of(wrong, "")]));
            if wrong == &hazards::TOO_MANY {
                return found;
            }
        }
    }
    found
}

/// Parts that an index of weights names.
pub(super) type Parts = BTreeSet<String>;

/// What one file says of others.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Parts that it names, if it is an index of some.
    pub(super) parts: Option<Parts>,
    /// What it says of files that have no names, if it is a manifest of Ollama's.
    pub(super) layers: Vec<ollama::Layer>,
}

/// Reads what a file says of others.
pub(super) fn texts(path: &Path, source: &mut dyn Source, size: u64, kind: Kind) -> io::Result<Texts> {
    if kind != Kind::Text {
        return Ok(Texts::default());
    }
    Ok(Texts { parts: parts_of(path, source, size)?, layers: ollama::layers(path, source, size)? })
}

fn parts_of(path: &Path, source: &mut dyn Source, size: u64) -> io::Result<Option<Parts>> {
    if size > LONGEST_JSON || !super::tree_name(path).ends_with(".index.json") {
        return Ok(None);
    }
    let bytes = read_at(source, 0, size)?;
    // Loaders read it as Python does: what a stricter reader refuses must not go unseen.
    let Ok(index) = json::parse(&bytes) else { return Ok(None) };
    let map = index.get("weight_map").map_or(&[][..], json::Value::members);
    Ok(Some(map.iter().filter_map(|member| member.value.text().map(str::to_owned)).collect()))
}

/// Adds what the folder tells to the files' reports.
pub(super) fn judge(examination: &mut Examination, indexes: Vec<(PathBuf, Parts)>) {
    let there: BTreeSet<PathBuf> = examination.files.iter().map(|file| file.path.clone()).collect();
    let mut said: Vec<(PathBuf, Hazard)> = Vec::new();
    for (index, parts) in indexes {
        let folder = index.parent().unwrap_or(Path::new("")).to_owned();
        for part in parts {
            let leaves = names::judge(part.as_bytes()) == Name::LeavesTheFolder;
            let code = if leaves { &hazards::INDEX_OUTSIDE } else { &hazards::PART_MISSING };
            if leaves || !(examination.cancelled || there.contains(&folder.join(&part))) {
                said.push((index.clone(), Hazard::of(code, &part)));
            }
        }
    }
    // Of a single file it is not known what lies beside it.
    if !examination.cancelled && there.len() > 1 {
        said.extend(numbered_parts(&there));
        let named: BTreeSet<PathBuf> = said.iter().map(|(path, _)| path.clone()).collect();
        said.extend(split_parts(examination).filter(|(path, _)| !named.contains(path)));
    }
    let mut counts: BTreeMap<(PathBuf, &str), usize> = BTreeMap::new();
    for (path, hazard) in said {
        let count = counts.entry((path.clone(), hazard.code.code)).or_default();
        *count += 1;
        // An index names millions of parts, and a folder has thousands of files: they are gone through for the first few only.
        if *count <= 8
            && let Some(file) = examination.files.iter_mut().find(|file| file.path == path)
        {
            file.hazards.push(hazard);
        }
    }
    let beside_weights = examination.files.iter().any(|file| file.kind.is_model() || file.holds_model);
    for file in examination.files.iter_mut().filter(|_| !beside_weights) {
        file.hazards.retain(|hazard| hazard.code != &hazards::PYTHON && hazard.code != &hazards::SCRIPT);
    }
}

/// `name-00001-of-00003.ending`: what is missing is said at the first part that is there.
fn numbered_parts(there: &BTreeSet<PathBuf>) -> Vec<(PathBuf, Hazard)> {
    let mut groups: BTreeMap<(String, String, u32), (PathBuf, BTreeSet<u32>)> = BTreeMap::new();
    for path in there {
        let text = path.to_string_lossy();
        if let Some((stem, number, of, ending)) = parts::numbered(&text) {
            let group = groups.entry((stem.to_owned(), ending.to_owned(), of)).or_insert_with(|| (path.clone(), BTreeSet::new()));
            group.1.insert(number);
        }
    }
    let missing = |((_, _, of), (path, numbers)): ((String, String, u32), (PathBuf, BTreeSet<u32>))| {
        let missing = usize::try_from(of).unwrap_or(usize::MAX).checked_sub(numbers.len()).filter(|count| *count > 0)?;
        Some((path, Hazard::of(&hazards::PART_MISSING, &format!("{missing} of {of}"))))
    };
    groups.into_iter().filter_map(missing).collect()
}

/// Parts that the headers of the others count.
fn split_parts(examination: &Examination) -> impl Iterator<Item = (PathBuf, Hazard)> {
    let count = |file: &FileReport| file.facts.as_ref().and_then(|facts| facts.split_count);
    let split: BTreeSet<&Path> =
        examination.files.iter().filter(|file| count(file).is_some()).map(|file| file.path.as_path()).collect();
    examination.models.iter().filter_map(move |model| {
        let (promised, first) = (model.promised?, model.files.first()?);
        let missing =
            promised.checked_sub(model.files.len() as u64).filter(|missing| *missing > 0 && split.contains(first.as_path()))?;
        Some((first.clone(), Hazard::of(&hazards::PART_MISSING, &format!("{missing} of {promised}"))))
    })
}
