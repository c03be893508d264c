//! Whole examinations of small folders, archives in archives included.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{again, sound};
use crate::{Bounds, Entry, EntryKind, Examination, Source, Tree, examine};

/// The names that say something, and some that do not.
const NAMES: &[&str] = &[
    "model.gguf",
    "model.safetensors",
    "model.bin",
    "model.pt",
    "model.npz",
    "model.npy",
    "model.onnx",
    "model.keras",
    "model.h5",
    "saved_model.pb",
    "keras_metadata.pb",
    "model.tflite",
    "model.mlmodel",
    "model.xml",
    "model.zip",
    "model.tar",
    "model.tar.gz",
    "model.7z",
    "model.lz4",
    "model.llamafile",
    "model.safetensors.index.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "config.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "modeling.py",
    "README.md",
    "pickle",
    "archive/data.pkl",
    "Manifest.json",
    "model_index.json",
];
/// More tell nothing new.
const MOST_FILES: usize = 8;
/// Small, so that what stops at a bound stops soon; the time up to the usual ones is theirs times as much.
const MEMBER_BYTES: u64 = 1 << 20;
const BOUNDS: fn() -> Bounds =
    || Bounds { members: 64, member_bytes: MEMBER_BYTES, unpacked_bytes: 4 * MEMBER_BYTES, ..Bounds::default() };

/// A folder: of each file the number of its name, its length in two bytes, and its bytes; the last one may be cut.
pub fn trees(bytes: &[u8]) {
    let mut files = Files(BTreeMap::new());
    let mut rest = bytes;
    while let [name, low, high, behind @ ..] = rest
        && files.0.len() < MOST_FILES
        && let Some(name) = NAMES.get(usize::from(*name) % NAMES.len())
    {
        let (content, behind) = behind.split_at(usize::from(u16::from_le_bytes([*low, *high])).min(behind.len()));
        files.0.insert(name.into(), content.to_vec());
        rest = behind;
    }
    let once = examined(&mut files);
    assert_eq!(once.files.len(), files.0.len(), "every file is told of");
    for file in &once.files {
        assert_eq!(file.unreadable, None, "memory does not fail");
        // What a JSON text says has its place in the text as UTF-8.
        sound(&file.hazards, files.0.get(&file.path).map_or(0, Vec::len) * 3);
    }
    again(bytes, &once, || examined(&mut files));
}

fn examined(files: &mut Files) -> Examination {
    examine(files, &BOUNDS(), &mut |_| ControlFlow::Continue(()))
}

struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Tree for Files {
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        let all = folder == Path::new("");
        Ok(self.0.keys().filter(|_| all).map(|path| Entry { path: path.clone(), kind: EntryKind::File }).collect())
    }

    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let bytes = self.0.get(file).ok_or(io::ErrorKind::NotFound)?.clone();
        let size = bytes.len() as u64;
        Ok((Box::new(Cursor::new(bytes)), size))
    }
}
