//! Models that the reference package wrote (`tests/corpora/formats.py`): the name of each says what must come out.

use std::fs::{metadata, read_dir};
use std::path::{Path, PathBuf};

use canteen_modelfile::formats::{Folder, Found, Neighbour, onnx};

struct Beside(PathBuf);

impl Folder for Beside {
    fn look(&self, name: &str) -> Neighbour {
        metadata(self.0.join(name)).map_or(Neighbour::Absent, |found| Neighbour::File { bytes: found.len(), names: 1 })
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/onnx")
}

fn read(path: &Path) -> Found {
    let bytes = fs_err::read(path).expect("the script wrote it");
    onnx(&mut std::io::Cursor::new(&bytes), bytes.len() as u64, &Beside(folder())).expect("memory does not fail")
}

#[test]
fn each_file_comes_out_as_its_name_says() {
    let mut seen = 0;
    for file in read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|extension| extension != "onnx") {
            continue;
        }
        let found = read(&path);
        let codes: Vec<_> = found.hazards.iter().map(|hazard| hazard.code.code).collect();
        match name.strip_prefix("hostile-") {
            Some(expected) => {
                let expected = expected.trim_end_matches("-deep");
                assert!(!codes.is_empty() && codes.iter().all(|code| *code == expected), "{name}: {codes:?}");
            }
            None => assert!(codes.is_empty(), "{name}: {codes:?}"),
        }
        assert!(found.whole, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn facts_of_a_file_by_the_reference_package() {
    let facts = read(&folder().join("clean-plain.onnx")).facts;
    assert_eq!((facts.producer.as_deref(), facts.licence.as_deref()), (Some("canteen 1"), Some("CC0-1.0")));
    assert_eq!((facts.parameters, facts.tensor_count, facts.operations), (Some(6), 1, 1));
    assert_eq!((facts.tensors[0].name.as_str(), facts.tensors[0].shape.as_slice()), ("w", [2, 3].as_slice()));
    assert_eq!(read(&folder().join("clean-beside.onnx")).facts.needs, ["clean-beside.data"]);
}

#[test]
fn a_cut_file_never_passes_as_whole() {
    let bytes = fs_err::read(folder().join("hostile-onnx.external_outside-deep.onnx")).unwrap();
    let whole = (0..bytes.len())
        .filter(|end| onnx(&mut std::io::Cursor::new(&bytes[..*end]), *end as u64, &Beside(folder())).unwrap().whole)
        .count();
    // Only between two fields of the outermost message, where a shorter file is a file as well.
    assert!(whole <= 8, "{whole}");
}
