//! One pass over a file or a folder: what each file is, and what is wrong with it; digests and fingerprint as well, when asked.
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
mod whole;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub(crate) use archives::{TORCH_HAZARDS, TORCHSCRIPT_HAZARDS};
pub use bounds::Bounds;
pub use folder::{Survey, survey};
pub use parts::ModelFiles;
pub use whole::{Reach, Whole};

use crate::facts::Facts;
use crate::formats::{Described, Folder, Neighbour};
use crate::hazard::{Hazard, Severity};
use crate::kind::Kind;
use crate::section::Source;
use look::{Look, is_cancelled};

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

    /// Opens a file, with its size in bytes. What is read of it is buffered here.
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

/// Told before each file, before each member of an archive, and again and again while a file is read whole.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file.
    pub path: &'a Path,
    /// Bytes of it that were read whole.
    pub read: u64,
    /// Bytes of it that will be; 0 where it is not read whole.
    pub size: u64,
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
    /// It is an archive, and a member of it is a model.
    pub holds_model: bool,
    /// Its content was judged. `false` is no verdict: never show it as clean.
    pub looked_into: bool,
    /// What only its whole content tells; none where that was not asked for.
    pub whole: Option<Whole>,
    /// Why it could not be read, or not to its end; what its beginning told stands there all the same.
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
        Self {
            path,
            size: 0,
            kind: Kind::Unknown,
            facts: None,
            described: None,
            hazards,
            holds_model: false,
            looked_into: false,
            whole: None,
            unreadable: None,
        }
    }
}

/// Examines every file of a tree, one after the other. `progress` may break off.
pub fn examine(tree: &mut dyn Tree, bounds: &Bounds, progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Examination {
    let found = survey(tree, bounds);
    let (mut seen, total) = (Vec::new(), found.files.len());
    for (done, path) in found.files.iter().enumerate() {
        let go_on = &mut |read, size| progress(Progress { path, read, size, done, total });
        match look_at(tree, path, bounds, Reach::Headers, go_on) {
            Some(report) => seen.push(report),
            None => break,
        }
    }
    found.judge(tree, bounds, seen, &mut || progress(Progress { path: Path::new(""), read: 0, size: 0, done: total, total }))
}

/// One file that was looked at.
#[derive(Debug)]
pub struct Seen {
    report: FileReport,
    texts: folder::Texts,
}

impl Survey {
    /// Files to look at, in any order.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Adds what only the folder tells. Where files are missing, whoever called wanted no more.
    #[must_use]
    pub fn judge(
        self,
        tree: &mut dyn Tree,
        bounds: &Bounds,
        mut seen: Vec<Seen>,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Examination {
        let cancelled = seen.len() < self.files.len();
        let mut examination = Examination { files: self.reports, cancelled, ..Examination::default() };
        // Several threads have seen them in any order.
        seen.sort_by(|a, b| a.report.path.cmp(&b.report.path));
        let (mut indexes, mut layers) = (Vec::new(), Vec::new());
        for Seen { report, texts } in seen {
            indexes.extend(texts.parts.map(|parts| (report.path.clone(), parts)));
            if layers.len() < folder::MOST_LAYERS {
                layers.extend(texts.layers);
            }
            examination.files.push(report);
        }
        parts::join(tree, &mut examination, bounds, go_on);
        ollama::judge(tree, &mut examination, layers);
        examination.files.sort_by(|a, b| a.path.cmp(&b.path));
        examination.models = parts::models(&examination, &indexes);
        folder::judge(&mut examination, indexes);
        examination
    }
}

/// Told how many bytes of how many were read whole; whether to go on.
pub type Go<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// Looks at one file that a [`Survey`] found; several may be looked at at once. `None` when the caller wanted no more.
pub fn look_at(tree: &mut dyn Tree, path: &Path, bounds: &Bounds, reach: Reach, go_on: &mut Go<'_>) -> Option<Seen> {
    let mut report = FileReport::new(path.to_owned(), Vec::new());
    let mut texts = folder::Texts::default();
    let opened = tree.open(path).and_then(|(source, size)| {
        report.size = size;
        whole::Looking { tree: &*tree, path, size, bounds, go_on }.look(source, reach)
    });
    match opened {
        Ok(found) => {
            let Look { kind, facts, described, hazards, holds_model, looked_into, storages: _ } = found.look;
            texts = found.texts;
            let (whole, unreadable) = (found.whole, found.unreadable);
            report = FileReport { kind, facts, described, hazards, holds_model, looked_into, whole, unreadable, ..report };
        }
        Err(error) if is_cancelled(&error) => return None,
        Err(error) => report.unreadable = Some(error.to_string()),
    }
    Some(Seen { report, texts })
}

fn tree_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
