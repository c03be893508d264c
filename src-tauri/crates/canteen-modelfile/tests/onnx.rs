//! What the reader of ONNX says of models that the reference package wrote, beside their hazards (`formats.rs`).

use std::fs::metadata;
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
