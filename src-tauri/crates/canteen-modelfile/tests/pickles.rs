//! Pickles and arrays that their own writers wrote, and what hides in such (`tests/corpora/pickles.py`): the name of each says what
//! must come out.

use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_modelfile::{Bounds, Entry, EntryKind, FileReport, Severity, Source, Tree, examine};
use proptest::prelude::*;

struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Tree for Files {
    fn list(&mut self, _: &Path) -> io::Result<Vec<Entry>> {
        Ok(self.0.keys().map(|path| Entry { path: path.clone(), kind: EntryKind::File }).collect())
    }

    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let bytes = self.0.get(file).ok_or(io::ErrorKind::NotFound)?.clone();
        let size = bytes.len() as u64;
        Ok((Box::new(Cursor::new(bytes)), size))
    }
}

fn fixtures() -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pickles");
    let files = fs_err::read_dir(folder).expect("they were committed").map(|file| file.expect("the disk does not fail"));
    files.map(|file| (PathBuf::from(file.file_name()), fs_err::read(file.path()).expect("it is a file"))).collect()
}

fn examined(files: BTreeMap<PathBuf, Vec<u8>>) -> Vec<FileReport> {
    examine(&mut Files(files), &Bounds::default(), &mut |_| ControlFlow::Continue(())).files
}

#[test]
fn each_file_comes_out_as_its_name_says() {
    let found = examined(fixtures());
    assert!(found.len() > 25, "the fixtures are there");
    for file in found {
        let name = file.path.to_string_lossy();
        let expected = match name.split('-').next() {
            Some("dangerous") => Some(Severity::Dangerous),
            Some("suspicious") => Some(Severity::Suspicious),
            _ => None,
        };
        let worst = file.hazards.iter().map(|hazard| hazard.code.severity).max();
        assert_eq!(worst, expected, "{name}: {:?}", file.hazards);
        assert!(file.looked_into, "{name}");
    }
}

/// Before its end an unpickler has done nothing, and what it has done by then is known.
#[test]
fn cut_files_are_read_without_harm() {
    for (path, bytes) in fixtures() {
        for end in 0..bytes.len() {
            let files = BTreeMap::from([(path.clone(), bytes[..end].to_vec())]);
            assert_eq!(examined(files).len(), 1);
        }
    }
}

proptest! {
    #[test]
    fn changed_files_are_read_without_harm(which: prop::sample::Index, changes: Vec<(prop::sample::Index, u8)>) {
        let fixtures = fixtures();
        let (path, bytes) = fixtures.iter().nth(which.index(fixtures.len())).unwrap();
        let mut bytes = bytes.clone();
        for (place, with) in changes.iter().take(5) {
            let place = place.index(bytes.len());
            bytes[place] = *with;
        }
        prop_assert_eq!(examined(BTreeMap::from([(path.clone(), bytes)])).len(), 1);
    }
}
