//! What `inspect` says about files and folders on this computer: the same for an employee and for IT, in the words of each.
//!
//! [`canteen_modelfile`] judges and opens nothing; this crate opens and judges nothing. Links are named, not followed, save those
//! of a Hugging Face cache into its own blobs; nothing but a regular file is ever opened.

mod command;
mod compare;
mod disk;
mod look;
mod report;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use canteen_modelfile::{Hands, Reach};

pub use command::{Asked, Depth, Interrupt, until_interrupted};
pub use compare::{Compared, Outcome};
pub use disk::Disk;
pub use look::Go;
pub use report::{Facts, File, Hazard, Report, Verdict};
pub use words::{Reader, people};

use compare::{Weights, compare};
use look::{Asker, below};

/// Examines each path by its headers, and goes on where one cannot be read. `go_on` may break off.
pub fn inspect(paths: &[PathBuf], reader: Reader, go_on: &mut Go<'_>) -> Report {
    examine(Asked { paths, known: None, depth: Depth::Headers, reader }, go_on)
}

/// Examines what was asked for, and says how each path stands to what is known. `go_on` may break off.
pub fn examine(asked: Asked<'_>, go_on: &mut Go<'_>) -> Report {
    let asker = Asker::new(go_on);
    let (mut report, found) = all(asked, &asker);
    if let Some(known) = asked.known.filter(|_| !report.cancelled) {
        compare(&mut report, found, known, &asker);
    }
    report
}

/// All that one file tells.
#[derive(Debug)]
pub struct Examined {
    /// What is wrong with it among it.
    pub file: File,
    /// What its header says, in full.
    pub facts: Option<canteen_modelfile::Facts>,
    /// Its digest and fingerprint; none where it could not be read to its end.
    pub whole: Option<canteen_modelfile::Whole>,
}

/// Opens one file once and reads each of its bytes once. `None` when `go_on` broke off.
///
/// # Errors
/// When there is no such file.
pub fn examine_whole(path: &Path, reader: Reader, go_on: &mut Go<'_>) -> io::Result<Option<Examined>> {
    let disk = Disk::at(path)?;
    if disk.single().is_none() {
        return Err(io::Error::other("it is no file"));
    }
    let found = below(&disk, Reach::Whole(Hands::Many), &Asker::new(go_on)).files.pop();
    Ok(found.map(|mut report| {
        let (facts, whole) = (report.facts.clone(), report.whole.take());
        Examined { file: File::new(path, report, reader), facts, whole }
    }))
}

/// What was found below each path, and the weights among it.
fn all(asked: Asked<'_>, asker: &Asker<'_>) -> (Report, Vec<(PathBuf, Weights)>) {
    let (mut report, mut weights) = (Report::default(), Vec::new());
    for path in asked.paths {
        let disk = match Disk::at(path) {
            Ok(disk) => disk,
            Err(error) => {
                report.unreadable(path, &error);
                weights.push((path.clone(), Weights::NotRead(error.into())));
                continue;
            }
        };
        // Of a folder, only what is compared is read whole.
        let whole = asked.depth == Depth::Digests || asked.known.is_some() && disk.single().is_some();
        let mut found = below(&disk, if whole { Reach::Whole(Hands::Many) } else { Reach::Headers }, asker);
        weights.push((path.clone(), Weights::of(disk, &found)));
        if asked.depth == Depth::Headers {
            found.files.iter_mut().for_each(|file| file.whole = None);
        }
        let cancelled = found.cancelled;
        report.take(path, found, asked.reader);
        if cancelled {
            break;
        }
    }
    (report, weights)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::ops::ControlFlow;

    use fs_err::os::unix::fs::symlink;

    use super::*;

    const MODEL: &[u8] = include_bytes!("../../canteen-modelfile/tests/data/onnx/clean-beside.onnx");
    const NAME: &str = "clean-beside.data";

    fn codes(path: &Path) -> Vec<&'static str> {
        let report = inspect(&[path.to_owned()], Reader::It, &mut |_| ControlFlow::Continue(()));
        report.files.iter().flat_map(|file| file.hazards.iter().map(|hazard| hazard.code)).collect()
    }

    #[test]
    fn what_a_model_names_beside_it_is_looked_for_in_its_real_folder() {
        let root = tempfile::tempdir().unwrap();
        let (tree, data) = (root.path().join("tree"), root.path().join("tree").join(NAME));
        let model = tree.join("model.onnx");
        fs_err::create_dir(&tree).unwrap();
        fs_err::write(&model, MODEL).unwrap();
        assert_eq!((codes(&tree), codes(&model)), (vec!["onnx.external_missing"], vec!["onnx.external_missing"]));
        fs_err::write(&data, [0; 24]).unwrap();
        assert_eq!((codes(&tree), codes(&model)), (vec![], vec![]));
        fs_err::write(&data, [0; 23]).unwrap();
        assert_eq!(codes(&model), ["onnx.external_range"]);
        fs_err::remove_file(&data).unwrap();
        fs_err::write(root.path().join("secret"), [0; 24]).unwrap();
        symlink("../secret", &data).unwrap();
        assert_eq!(codes(&model), ["onnx.external_link"]);
        fs_err::remove_file(&data).unwrap();
        fs_err::hard_link(root.path().join("secret"), &data).unwrap();
        assert_eq!(codes(&model), ["onnx.external_link"]);
    }

    #[test]
    fn what_cannot_be_read_stands_against_its_use() {
        let root = tempfile::tempdir().unwrap();
        let (model, gone) = (root.path().join("model.onnx"), root.path().join("gone.onnx"));
        fs_err::write(&model, MODEL).unwrap();
        let report = |paths: &[std::path::PathBuf]| inspect(paths, Reader::Employee, &mut |_| ControlFlow::Continue(()));
        assert_eq!(report(std::slice::from_ref(&model)).unreadable_because(), None);
        let found = report(&[model, gone]);
        assert!(found.unreadable_because().is_some_and(|because| !because.is_empty()), "{found:?}");
        assert!(found.files.iter().any(|file| file.verdict == Verdict::Unreadable && file.objections(&[]).is_empty()));
    }

    #[test]
    fn digests_are_taken_when_asked_for_and_only_then() {
        let root = tempfile::tempdir().unwrap();
        let paths = [root.path().to_owned()];
        fs_err::write(root.path().join("a.onnx"), MODEL).unwrap();
        fs_err::write(root.path().join("b.txt"), "words").unwrap();
        let said = |depth| {
            let asked = Asked { paths: &paths, known: None, depth, reader: Reader::It };
            serde_json::to_value(examine(asked, &mut |_| ControlFlow::Continue(()))).unwrap()
        };
        let (headers, whole) = (said(Depth::Headers), said(Depth::Digests));
        assert!(headers["files"][0].get("digest").is_none());
        let digests = [canteen_types::Digest::of(MODEL), canteen_types::Digest::of(b"words")].map(|digest| digest.to_string());
        assert_eq!([&whole["files"][0]["digest"], &whole["files"][1]["digest"]], [&digests[0], &digests[1]]);
        let one = examine_whole(&root.path().join("b.txt"), Reader::It, &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
        assert_eq!(one.whole.unwrap().digest.to_string(), digests[1]);
        assert!(examine_whole(root.path(), Reader::It, &mut |_| ControlFlow::Continue(())).is_err());
        assert!(examine_whole(&root.path().join("b.txt"), Reader::It, &mut |_| ControlFlow::Break(())).unwrap().is_none());
    }

    #[test]
    fn links_of_hugging_faces_cache_are_no_links_out() {
        let root = tempfile::tempdir().unwrap();
        let (blobs, snapshot) = (root.path().join("models--a--b/blobs"), root.path().join("models--a--b/snapshots/1"));
        fs_err::create_dir_all(&blobs).unwrap();
        fs_err::create_dir_all(&snapshot).unwrap();
        fs_err::write(blobs.join("0a"), MODEL).unwrap();
        fs_err::write(blobs.join("0b"), [0; 24]).unwrap();
        symlink("../../blobs/0a", snapshot.join("model.onnx")).unwrap();
        symlink("../../blobs/0b", snapshot.join(NAME)).unwrap();
        assert_eq!((codes(&snapshot), codes(&snapshot.join("model.onnx"))), (vec![], vec![]));
    }
}
