//! One pass over a file or a folder: what each file is, and what is wrong with it.
//!
//! This crate opens nothing, so whoever calls hands in a [`Tree`] that lists and opens. Links are never followed here: the tree
//! says where each leads.

mod archives;
mod bounds;
mod folder;
pub(crate) mod hazards;
mod inside;
mod look;
mod ollama;
mod parts;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(crate) use archives::TORCH_HAZARDS;
pub use bounds::Bounds;
pub use parts::ModelFiles;

use crate::facts::Facts;
use crate::formats::{Described, Folder, Neighbour};
use crate::hazard::{Hazard, Severity};
use crate::kind::Kind;
use crate::section::Source;
use look::{Budget, Cancelled, Look, Thing, look};

/// What stands in a folder under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the tree.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
}

/// What a name stands for, without following it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link to something that the tree holds under another name, where it is examined.
    LinkInside,
    /// A link into the store of blobs that the folder belongs to, as Hugging Face's cache makes them: examined through the link.
    LinkToBlob,
    /// A link to anything else.
    LinkOutside,
    /// A device, pipe or socket.
    Special,
}

/// A file or a folder that somebody else opens.
pub trait Tree {
    /// What stands in a folder, by name; the root is the empty path. A tree of one file lists just that.
    ///
    /// # Errors
    /// When it cannot be read.
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>>;

    /// Opens a file, with its size in bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)>;

    /// What stands under a path that a file of the tree names. A link counts as what it leads to only where
    /// [`EntryKind::LinkInside`] or [`EntryKind::LinkToBlob`] would.
    fn beside(&self, _path: &Path) -> Neighbour {
        Neighbour::Unseen
    }
}

/// The folder in which a file of a tree lies.
struct Beside<'t> {
    tree: &'t dyn Tree,
    folder: &'t Path,
}

impl Folder for Beside<'_> {
    fn look(&self, name: &str) -> Neighbour {
        self.tree.beside(&self.folder.join(name))
    }
}

/// Told before each file.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file.
    pub path: &'a Path,
    /// Files that are done.
    pub done: usize,
    /// Files in all.
    pub total: usize,
}

/// What is known of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// From the root of the tree; empty for a tree of one file.
    pub path: PathBuf,
    /// In bytes; 0 where it could not be opened.
    pub size: u64,
    /// What it is.
    pub kind: Kind,
    /// What its header says, or that of the first model in it.
    pub facts: Option<Facts>,
    /// The same of formats that [`Facts`] does not cover.
    pub described: Option<Described>,
    /// What is wrong with it.
    pub hazards: Vec<Hazard>,
    /// Its content was judged. `false` is no verdict: never show it as clean.
    pub looked_into: bool,
    /// Why it could not be read; nothing else is known then.
    pub unreadable: Option<String>,
}

/// What is known of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// Every file, by path.
    pub files: Vec<FileReport>,
    /// The models among them, each with all of its files.
    pub models: Vec<ModelFiles>,
    /// The caller wanted no more: what is missing was not judged.
    pub cancelled: bool,
}

impl Examination {
    /// Of the worst hazard of all files; `None` where there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.files.iter().flat_map(|file| &file.hazards).map(|hazard| hazard.code.severity).max()
    }

    /// A file could not be read.
    #[must_use]
    pub fn has_unreadable(&self) -> bool {
        self.files.iter().any(|file| file.unreadable.is_some())
    }
}

impl FileReport {
    fn new(path: PathBuf, hazards: Vec<Hazard>) -> Self {
        Self { path, size: 0, kind: Kind::Unknown, facts: None, described: None, hazards, looked_into: false, unreadable: None }
    }
}

/// Examines every file of a tree. `progress` is told before each file, and before each member of an archive; it may break off.
pub fn examine(tree: &mut dyn Tree, bounds: &Bounds, progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Examination {
    let mut found = folder::walk(tree, bounds);
    let total = found.files.len();
    let mut examination = Examination { files: found.reports, ..Examination::default() };
    let mut texts = folder::Texts::default();
    for (done, path) in found.files.drain(..).enumerate() {
        match file(tree, &path, bounds, &mut || progress(Progress { path: &path, done, total }), &mut texts) {
            Some(report) => examination.files.push(report),
            None => {
                examination.cancelled = true;
                break;
            }
        }
    }
    parts::join(tree, &mut examination, bounds, &mut || progress(Progress { path: Path::new(""), done: total, total }));
    ollama::judge(tree, &mut examination, std::mem::take(&mut texts.layers));
    examination.files.sort_by(|a, b| a.path.cmp(&b.path));
    examination.models = parts::models(&examination, &texts.indexes);
    folder::judge(&mut examination, texts);
    examination
}

/// `None` when the caller wanted no more.
fn file(
    tree: &mut dyn Tree,
    path: &Path,
    bounds: &Bounds,
    go_on: &mut dyn FnMut() -> ControlFlow<()>,
    texts: &mut folder::Texts,
) -> Option<FileReport> {
    let mut report = FileReport::new(path.to_owned(), Vec::new());
    let mut budget = Budget { bounds, unpacked: bounds.unpacked_bytes, members: bounds.members, go_on };
    let looked = tree.open(path).and_then(|(mut source, size)| {
        report.size = size;
        let name = tree_name(path);
        let folder = Beside { tree: &*tree, folder: path.parent().unwrap_or(Path::new("")) };
        let seen = look(Thing { source: &mut *source, size, name: &name, depth: 0, folder: &folder }, &mut budget)?;
        texts.keep(path, &mut *source, size, seen.kind)?;
        Ok(seen)
    });
    match looked {
        Ok(Look { kind, facts, described, hazards, looked_into, storages: _ }) => {
            report = FileReport { kind, facts, described, hazards, looked_into, ..report };
        }
        Err(error) if error.get_ref().is_some_and(|inner| inner.is::<Cancelled>()) => return None,
        Err(error) => report.unreadable = Some(error.to_string()),
    }
    Some(report)
}

fn tree_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
