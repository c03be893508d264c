use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use canteen_modelfile::{Entry, EntryKind, Hands, Source, Tree, digest};

use super::statement::{Part, SINGLE_FILE, Statement};
use super::{Model, Shape};
use crate::ProvenanceError;
use crate::text::line;

/// Left out by every signer, and only at the top of the model.
const GIT: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];
/// The same as a signature may list.
const MOST_ENTRIES: usize = 200_000;
/// Folders in each other.
const DEEPEST: usize = 64;

/// Told before each folder, before each file and after each stretch of it that was read.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file or folder.
    pub file: &'a str,
    /// Bytes of all files that were read.
    pub read: u64,
}

/// How the files compare with what was signed.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) changed: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) unsigned: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) ignored: Vec<String>,
    pub(super) left_out: Vec<String>,
}

type Go<'a> = dyn FnMut(Progress<'_>) -> ControlFlow<()> + 'a;

pub(super) fn compare(
    Model { tree, shape }: Model<'_>,
    statement: &Statement,
    progress: &mut Go<'_>,
) -> Result<Compared, ProvenanceError> {
    let signature = match shape {
        Shape::Folder { signature } => signature,
        Shape::File => None,
    };
    let mut walk = Walk { statement, signature, compared: Compared::default(), files: Vec::new(), folders: vec![PathBuf::new()] };
    let mut seen = 0_usize;
    while let Some(folder) = walk.folders.pop() {
        if progress(Progress { file: &name(&folder), read: 0 }).is_break() {
            return Err(ProvenanceError::Cancelled);
        }
        for entry in tree.list(&folder).map_err(|e| unreadable(&folder, &e))? {
            seen = seen.saturating_add(1);
            if seen > MOST_ENTRIES {
                return Err(ProvenanceError::TooMuch { what: "a larger folder" });
            }
            walk.take(entry)?;
        }
    }
    let Walk { mut compared, files, .. } = walk;
    let usual = |path: &&String| GIT.contains(&path.as_str()) || signature == Some(Path::new(path));
    compared.left_out = statement.left_out.iter().filter(|path| !usual(path)).map(|path| line(path)).collect();
    let single = matches!(shape, Shape::File) && statement.files.contains_key(SINGLE_FILE);
    let signed_as = |name: &str| if single { SINGLE_FILE.to_owned() } else { name.to_owned() };
    let files = files.into_iter().map(|(path, name)| Found { signed_as: signed_as(&name), path, name }).collect();
    digest_all(tree, statement, files, &mut compared, progress)?;
    for list in
        [&mut compared.changed, &mut compared.unsigned, &mut compared.links, &mut compared.ignored, &mut compared.left_out]
    {
        list.sort();
    }
    Ok(compared)
}

struct Walk<'a> {
    statement: &'a Statement,
    signature: Option<&'a Path>,
    compared: Compared,
    /// All that may be read.
    files: Vec<(PathBuf, String)>,
    folders: Vec<PathBuf>,
}

impl Walk<'_> {
    fn take(&mut self, Entry { path, kind }: Entry) -> Result<(), ProvenanceError> {
        let name = name(&path);
        if self.signature == Some(&path) || self.is_gits(&path) {
            self.compared.ignored.push(name);
            return Ok(());
        }
        match kind {
            // Whatever stands for the bytes that are no UTF-8 must not pass for a signed name.
            EntryKind::File | EntryKind::LinkToBlob if path.to_str().is_none() => self.compared.unsigned.push(name),
            EntryKind::File | EntryKind::LinkToBlob => self.files.push((path, name)),
            EntryKind::Folder if path.components().count() < DEEPEST => self.folders.push(path),
            EntryKind::Folder => return Err(ProvenanceError::TooMuch { what: "a deeper folder" }),
            EntryKind::LinkInside | EntryKind::LinkOutside | EntryKind::Special => self.compared.links.push(name),
        }
        Ok(())
    }

    /// Git's own, unless the signer did sign it.
    fn is_gits(&self, path: &Path) -> bool {
        let Some(Component::Normal(top)) = path.components().next() else { return false };
        let Some(top) = top.to_str().filter(|top| GIT.contains(top)) else { return false };
        let signed = |name: &String| name.split('/').next() == Some(top);
        !self.statement.files.keys().any(signed)
    }
}

/// A file that may be read.
struct Found {
    path: PathBuf,
    name: String,
    /// In the statement.
    signed_as: String,
}

fn digest_all(
    tree: &mut dyn Tree,
    statement: &Statement,
    files: Vec<Found>,
    compared: &mut Compared,
    progress: &mut Go<'_>,
) -> Result<(), ProvenanceError> {
    let mut met = BTreeSet::new();
    let mut read = 0;
    for Found { path, name, signed_as } in files {
        let Some(parts) = statement.files.get(&signed_as) else {
            // Shards cover bytes, and an empty file has none.
            let empty = statement.sharded && tree.open(&path).is_ok_and(|(_, size)| size == 0);
            if empty { &mut compared.ignored } else { &mut compared.unsigned }.push(name);
            continue;
        };
        let (mut source, size) = tree.open(&path).map_err(|e| unreadable(&path, &e))?;
        met.insert(signed_as);
        let mut go = |count: u64| {
            read = u64::saturating_add(read, count);
            progress(Progress { file: &name, read })
        };
        match holds(&mut *source, size, parts, &mut go).map_err(|e| unreadable(&path, &e))? {
            ControlFlow::Continue(true) => {}
            ControlFlow::Continue(false) => compared.changed.push(name),
            ControlFlow::Break(()) => return Err(ProvenanceError::Cancelled),
        }
    }
    met.extend(compared.links.iter().cloned());
    compared.missing = statement.files.keys().filter(|name| !met.contains(*name)).cloned().collect();
    Ok(())
}

/// The file is exactly these parts. `go` is told what was read.
fn holds(
    source: &mut dyn Source,
    size: u64,
    parts: &[Part],
    go: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<ControlFlow<(), bool>> {
    for part in parts {
        let (length, mut told) = (part.length.unwrap_or(size), 0);
        let mut progress = |read: u64| go(read.saturating_sub(std::mem::replace(&mut told, read)));
        match digest(source, length, Hands::Many, &mut progress)? {
            Some((found, _)) if found == part.digest => {}
            Some(_) => return Ok(ControlFlow::Continue(false)),
            None => return Ok(ControlFlow::Break(())),
        }
    }
    // What comes behind is not signed, also if it came just now.
    Ok(ControlFlow::Continue(source.read(&mut [0])? == 0))
}

/// As the signer writes it, with replacement characters for what is no UTF-8.
fn name(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn unreadable(path: &Path, error: &io::Error) -> ProvenanceError {
    ProvenanceError::Unreadable { path: line(&name(path)), because: error.to_string() }
}
