//! Moving to another folder: nothing is lost at any moment, nothing foreign is touched.

use std::path::Path;

use canteen_library::{FetchLimits, FolderFault, Library, LibraryError};
use canteen_types::{Artifact, ByteSize};
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, names, quick, weights};

/// A library with two models.
fn filled() -> (Shelf, Vec<(Artifact, Vec<u8>)>) {
    let shelf = Shelf::new();
    let models = [300_000, 700_000].map(|size| {
        let bytes = weights(size);
        let file = shelf.folder.path().join("other-program");
        fs_err::write(&file, &bytes).unwrap();
        let artifact = artifact(&bytes, []);
        shelf.library.import(&artifact, &file, |_| {}, &CancellationToken::new()).unwrap();
        (artifact, bytes)
    });
    (shelf, models.into())
}

fn holds_all(library: &Library, models: &[(Artifact, Vec<u8>)]) {
    for (artifact, bytes) in models {
        library.open_verified(artifact, &CancellationToken::new()).unwrap();
        assert_eq!(fs_err::read(library.path_of(&artifact.digest)).unwrap(), *bytes);
    }
}

fn refused(library: &Library, to: &Path) -> FolderFault {
    match library.copy_to(to, |_| {}, &CancellationToken::new()) {
        Err(LibraryError::Folder(fault)) => fault,
        other => panic!("{}: {other:?}", to.display()),
    }
}

#[test]
fn everything_is_in_the_new_folder_and_nothing_in_the_old() {
    let (shelf, models) = filled();
    let (old, new) = (shelf.library.folder(), shelf.folder.path().join("new/models"));
    let kept = old.join("partial").join(format!("{}.part", models[0].0.digest.hex()));
    fs_err::write(&kept, "half").unwrap();
    let clone = shelf.library.clone();
    shelf.library.copy_to(&new, |_| {}, &CancellationToken::new()).unwrap();
    holds_all(&shelf.library, &models);
    shelf.library.switch_to(&new);
    Library::end_move(&new).unwrap();
    Library::clear(&old).unwrap();
    assert!(!old.exists());
    holds_all(&clone, &models);
    assert_eq!(names(&new), ["blobs", "partial"]);
    assert_eq!(fs_err::read_to_string(new.join("partial").join(kept.file_name().unwrap())).unwrap(), "half");
}

/// `/dev/shm` is a disk of its own: there a second name cannot do.
#[cfg(target_os = "linux")]
#[test]
fn onto_another_disk_the_bytes_are_copied_and_a_cut_off_move_goes_on() {
    let (shelf, models) = filled();
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let new = disk.path().join("models");
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    // Ends in the second file, when the first is through.
    let report = |progress: canteen_library::Progress| {
        if progress.done.bytes() >= 300_000 {
            stop.cancel();
        }
    };
    let cut = shelf.library.copy_to(&new, report, &cancel);
    assert!(matches!(cut, Err(LibraryError::Cancelled)), "{cut:?}");
    holds_all(&shelf.library, &models);
    shelf.library.copy_to(&new, |_| {}, &CancellationToken::new()).unwrap();
    let moved = Library::open_with(&new, quick()).unwrap();
    holds_all(&moved, &models);
    // Giving up takes away what was brought, and only that.
    fs_err::write(new.join("mine.txt"), "mine").unwrap();
    Library::clear(&new).unwrap();
    assert_eq!(names(&new), ["mine.txt"]);
    holds_all(&shelf.library, &models);
}

#[test]
fn bytes_that_a_cut_off_move_left_wrong_are_brought_again() {
    let (shelf, models) = filled();
    let new = shelf.folder.path().join("new");
    shelf.library.copy_to(&new, |_| {}, &CancellationToken::new()).unwrap();
    let moved = Library::open_with(&new, quick()).unwrap();
    let path = moved.path_of(&models[0].0.digest);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, vec![0; models[0].1.len()]).unwrap();
    shelf.library.copy_to(&new, |_| {}, &CancellationToken::new()).unwrap();
    holds_all(&moved, &models);
}

#[test]
fn a_file_that_was_altered_here_stops_the_move_and_stays_where_it_is() {
    let (shelf, models) = filled();
    let path = shelf.library.path_of(&models[1].0.digest);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, vec![0; models[1].1.len()]).unwrap();
    let result = shelf.library.copy_to(&shelf.folder.path().join("new"), |_| {}, &CancellationToken::new());
    assert!(matches!(result, Err(LibraryError::Altered { digest }) if digest == models[1].0.digest), "{result:?}");
    assert!(path.exists());
}

#[test]
fn folders_that_cannot_take_the_models_are_refused_and_left_as_they_are() {
    let (shelf, models) = filled();
    let root = shelf.folder.path();
    let (full, file) = (root.join("full"), root.join("file"));
    fs_err::create_dir(&full).unwrap();
    fs_err::write(full.join("letter.odt"), "mine").unwrap();
    fs_err::write(&file, "").unwrap();
    for (to, fault) in [
        (Path::new("models"), FolderFault::Relative),
        (&root.join("x/../y"), FolderFault::Relative),
        (&full, FolderFault::NotEmpty),
        (&file, FolderFault::NoFolder),
        (&file.join("below"), FolderFault::NoFolder),
        (&shelf.library.folder(), FolderFault::Nested),
        (&shelf.library.folder().join("new"), FolderFault::Nested),
        (root, FolderFault::Nested),
    ] {
        assert_eq!(refused(&shelf.library, to), fault, "{}", to.display());
    }
    assert_eq!(names(&full), ["letter.odt"]);
    holds_all(&shelf.library, &models);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_present_folder_is_the_present_folder() {
    let (shelf, _models) = filled();
    let link = shelf.folder.path().join("link");
    std::os::unix::fs::symlink(shelf.folder.path().join("models"), &link).unwrap();
    assert_eq!(refused(&shelf.library, &link), FolderFault::Nested);
    assert_eq!(refused(&shelf.library, &link.join("below")), FolderFault::Nested);
    assert!(!shelf.library.folder().join("below").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_too_small_is_refused_before_anything_is_copied() {
    let (shelf, _models) = filled();
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let huge = FetchLimits { reserve: ByteSize::new(u64::MAX / 2), ..quick() };
    let library = Library::attach(&shelf.library.folder(), huge);
    let result = library.copy_to(&disk.path().join("models"), |_| {}, &CancellationToken::new());
    assert!(matches!(result, Err(LibraryError::FolderTooSmall { .. })), "{result:?}");
    assert_eq!(names(&disk.path().join("models")), Vec::<String>::new());
}

#[test]
fn a_folder_that_is_away_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("disk/models");
    let library = Library::attach(&gone, quick());
    assert!(!library.is_there());
    let bytes = weights(1000);
    let file = folder.path().join("file");
    fs_err::write(&file, &bytes).unwrap();
    let result = library.import(&artifact(&bytes, []), &file, |_| {}, &CancellationToken::new());
    assert!(matches!(result, Err(LibraryError::Away)), "{result:?}");
    assert!(!gone.exists());
    // Nothing can be brought along then, and an empty library begins elsewhere.
    let new = folder.path().join("new");
    library.copy_to(&new, |_| {}, &CancellationToken::new()).unwrap();
    assert!(Library::attach(&new, quick()).is_there());
}
