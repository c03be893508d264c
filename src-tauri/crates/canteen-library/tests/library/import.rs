//! Bytes that are on this computer already, in another program's store.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use canteen_library::{Library, LibraryError, Origin, Progress, Stored};
use canteen_types::{Artifact, Coded};
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, names, quick, weights};

/// A file as another program keeps it, and the artifact that it claims to be.
fn other_store(content: &[u8], approved: &[u8]) -> (tempfile::TempDir, PathBuf, Artifact) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sha256-1234");
    fs_err::write(&path, content).unwrap();
    (folder, path, artifact(approved, []))
}

fn import(shelf: &Shelf, artifact: &Artifact, path: &std::path::Path) -> Result<Stored, LibraryError> {
    shelf.library.import(artifact, path, |_: Progress| {}, &CancellationToken::new())
}

#[test]
fn the_same_bytes_are_copied_and_the_other_store_is_left_alone() {
    let bytes = weights(2_000_000);
    let (_folder, path, artifact) = other_store(&bytes, &bytes);
    let shelf = Shelf::new();
    let stored = import(&shelf, &artifact, &path).unwrap();
    assert_eq!(stored.origin, Origin::Computer);
    shelf.holds(&artifact, &bytes);
    fs_err::write(&path, "changed later").unwrap();
    shelf.holds(&artifact, &bytes);
}

#[test]
fn other_bytes_and_other_sizes_are_refused_and_leave_nothing_behind() {
    let bytes = weights(1_000_000);
    let altered = [&bytes[..999_999], b"!"].concat();
    let longer = [&bytes[..], b"!"].concat();
    for (content, code) in
        [(&altered, "library.wrong_digest"), (&longer, "library.too_large"), (&bytes[..10].to_vec(), "library.truncated")]
    {
        let (_folder, path, artifact) = other_store(content, &bytes);
        let shelf = Shelf::new();
        let error = import(&shelf, &artifact, &path).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains("the file “sha256-1234”"), "{error}");
        shelf.is_empty();
    }
}

#[test]
fn a_candidate_that_changes_while_it_is_read_is_refused() {
    let bytes = weights(20_000_000);
    let (_folder, path, artifact) = other_store(&bytes, &bytes);
    let shelf = Shelf::new();
    let changed = AtomicBool::new(false);
    let change = |step: Progress| {
        if step.done < step.total && !changed.swap(true, Ordering::Relaxed) {
            let mut file = fs_err::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(b"one more layer").unwrap();
        }
    };
    let error = shelf.library.import(&artifact, &path, change, &CancellationToken::new()).unwrap_err();
    assert!(matches!(error, LibraryError::Altered { .. }), "{error:?}");
    shelf.is_empty();
}

#[test]
fn what_is_gone_or_no_file_is_refused() {
    let (folder, path, artifact) = other_store(b"weights", b"weights");
    let shelf = Shelf::new();
    assert_eq!(import(&shelf, &artifact, folder.path()).unwrap_err().code(), "library.source_refused");
    fs_err::remove_file(&path).unwrap();
    assert_eq!(import(&shelf, &artifact, &path).unwrap_err().code(), "library.source_gone");
    shelf.is_empty();
}

#[test]
fn an_import_that_is_stopped_leaves_nothing_behind_and_what_a_killed_one_left_is_swept() {
    let bytes = weights(5_000_000);
    let (_folder, path, artifact) = other_store(&bytes, &bytes);
    let shelf = Shelf::new();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let error = shelf.library.import(&artifact, &path, move |_| stop.cancel(), &cancel).unwrap_err();
    assert!(matches!(error, LibraryError::Cancelled));
    shelf.is_empty();

    let folder = shelf.folder.path().join("models");
    let left = folder.join(format!("partial/{}.import.part", artifact.digest.hex()));
    fs_err::write(&left, "half").unwrap();
    fs_err::write(left.with_extension("synced"), "").unwrap();
    let again = Library::open_with(&folder, quick()).unwrap();
    assert_eq!(names(&folder.join("partial")), Vec::<String>::new());
    again.import(&artifact, &path, |_| {}, &CancellationToken::new()).unwrap();
}
