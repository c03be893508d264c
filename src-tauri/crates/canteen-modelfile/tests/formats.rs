//! Models that the reference packages wrote (`tests/corpora/formats.py`): the name of each says what must come out.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_modelfile::formats::Neighbour;
use canteen_modelfile::{Bounds, Entry, EntryKind, FileReport, Source, Tree, examine};

/// A folder that the script wrote, so nothing in it lies about itself.
struct Written(PathBuf);

impl Tree for Written {
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        let entry = |found: io::Result<fs_err::DirEntry>| {
            let found = found?;
            let kind = if found.file_type()?.is_dir() { EntryKind::Folder } else { EntryKind::File };
            Ok(Entry { path: folder.join(found.file_name()), kind })
        };
        fs_err::read_dir(self.0.join(folder))?.map(entry).collect()
    }

    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let bytes = fs_err::read(self.0.join(file))?;
        let size = bytes.len() as u64;
        Ok((Box::new(io::Cursor::new(bytes)), size))
    }

    fn beside(&self, path: &Path) -> Neighbour {
        let found = std::fs::metadata(self.0.join(path));
        found.map_or(Neighbour::Absent, |found| Neighbour::File { bytes: found.len(), names: 1 })
    }
}

fn reports(folder: &str) -> Vec<FileReport> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    examine(&mut Written(root), &Bounds::default(), &mut |_| ControlFlow::Continue(())).files
}

/// What the name says must come out: the first part that is called `clean-…` or `hostile-CODE[-…]`.
fn promised(path: &Path) -> Option<String> {
    let part = path.components().next()?.as_os_str().to_str()?;
    let hostile = part.strip_prefix("hostile-")?;
    let code = hostile.split('-').next()?;
    let mut words = code.split('.');
    Some(format!("{}.{}", words.next()?, words.next()?))
}

/// Everything that is not as promised, so that one run shows all of it.
fn wrong(folder: &str) -> Vec<String> {
    let mut said: std::collections::BTreeMap<PathBuf, Vec<&str>> = std::collections::BTreeMap::new();
    for file in reports(folder) {
        assert_eq!(file.unreadable, None, "{}", file.path.display());
        let first: PathBuf = file.path.components().take(1).collect();
        let codes = said.entry(first).or_default();
        codes.extend(file.hazards.iter().map(|hazard| hazard.code.code));
        let model = !matches!(file.path.extension().and_then(|end| end.to_str()), Some("bin" | "data"));
        assert!(file.looked_into || !model || promised(&file.path).is_some(), "{} was not looked into", file.path.display());
    }
    let fits = |(path, codes): &(PathBuf, Vec<&str>)| match promised(path) {
        // What the bytes beside it are is not the question.
        Some(_) if path.extension().is_some_and(|end| end == "bin") && codes.is_empty() => true,
        Some(code) => !codes.is_empty() && codes.iter().all(|said| *said == code),
        None => codes.is_empty(),
    };
    said.into_iter().filter(|one| !fits(one)).map(|(path, codes)| format!("{}: {codes:?}", path.display())).collect()
}

macro_rules! each_file_comes_out_as_its_name_says {
    ($($format:ident: $count:literal;)+) => {
        $(
            #[test]
            fn $format() {
                let folder = stringify!($format);
                assert_eq!(wrong(folder), [""; 0]);
                assert_eq!(reports(folder).len(), $count, "files of {folder}");
            }
        )+
    };
}

each_file_comes_out_as_its_name_says! {
    onnx: 11;
    hdf5: 23;
    keras: 33;
    tensorflow: 14;
    called: 12;
    tflite: 9;
    coreml: 12;
    openvino: 15;
    ggml: 8;
    packed: 15;
    sevenzip: 34;
}
