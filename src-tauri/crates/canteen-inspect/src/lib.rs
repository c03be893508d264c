//! What `inspect` says about files and folders on this computer: the same for an employee and for IT, in the words of each.
//!
//! [`canteen_modelfile`] judges and opens nothing; this crate opens and judges nothing. Links are named, not followed, save those
//! of a Hugging Face cache into its own blobs; nothing but a regular file is ever opened.

mod command;
mod compare;
mod disk;
mod report;
mod words;

use std::ops::ControlFlow;
use std::path::PathBuf;

use canteen_modelfile::{Bounds, Progress};

pub use command::until_interrupted;
pub use compare::{Compared, Outcome, Reading, compare};
pub use disk::Disk;
pub use report::{Facts, File, Hazard, Report, Verdict};
pub use words::{Reader, people};

/// Examines each path, and goes on where one cannot be read. `progress` may break off.
pub fn inspect(paths: &[PathBuf], reader: Reader, progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Report {
    let mut report = Report::default();
    for path in paths {
        let found = match Disk::at(path) {
            Ok(mut disk) => canteen_modelfile::examine(&mut disk, &Bounds::default(), progress),
            Err(error) => {
                report.unreadable(path, &error);
                continue;
            }
        };
        let cancelled = found.cancelled;
        report.take(path, found, reader);
        if cancelled {
            break;
        }
    }
    report
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;

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
