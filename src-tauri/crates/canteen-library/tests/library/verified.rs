//! Opening for use, and the housekeeping around it.

use std::io::Read;

use canteen_library::{Library, LibraryError};
use canteen_types::{Artifact, ByteSize, Source};
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, weights};

/// A library with one model in it.
async fn stocked() -> (Shelf, Vec<u8>, Artifact) {
    let bytes = weights(700_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    fs_err::write(&path, &bytes).unwrap();
    let artifact = artifact(&bytes, [Source::File(path.display().to_string())]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    (shelf, bytes, artifact)
}

/// Puts other content in the place of the stored file.
fn replace(shelf: &Shelf, artifact: &Artifact, with: &[u8]) {
    let path = shelf.library.path_of(&artifact.digest);
    fs_err::remove_file(&path).unwrap();
    fs_err::write(path, with).unwrap();
}

fn open(shelf: &Shelf, artifact: &Artifact) -> Result<canteen_library::VerifiedFile, LibraryError> {
    shelf.library.open_verified(artifact, &CancellationToken::new())
}

#[tokio::test]
async fn a_verified_file_reads_from_its_beginning_whatever_happens_to_its_path() {
    let (shelf, bytes, artifact) = stocked().await;
    let verified = open(&shelf, &artifact).unwrap();
    assert_eq!((verified.digest(), verified.size()), (artifact.digest, artifact.size));
    replace(&shelf, &artifact, b"something else");
    let mut read = Vec::new();
    verified.into_file().read_to_end(&mut read).unwrap();
    assert!(read == bytes);
}

#[tokio::test]
async fn a_flipped_bit_another_size_a_link_and_a_folder_are_altered() {
    let (shelf, bytes, artifact) = stocked().await;
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for content in [&flipped[..], &bytes[..699_999], &[&bytes[..], b"!"].concat(), b""] {
        replace(&shelf, &artifact, content);
        assert!(matches!(open(&shelf, &artifact), Err(LibraryError::Altered { .. })));
    }
    let path = shelf.library.path_of(&artifact.digest);
    #[cfg(unix)]
    {
        let right = shelf.folder.path().join("right");
        fs_err::write(&right, &bytes).unwrap();
        fs_err::remove_file(&path).unwrap();
        fs_err::os::unix::fs::symlink(&right, &path).unwrap();
        assert!(matches!(open(&shelf, &artifact), Err(LibraryError::Altered { .. })), "a link, though to the right bytes");
        assert!(!shelf.library.has(&artifact.digest));
    }
    fs_err::remove_file(&path).unwrap();
    fs_err::create_dir(&path).unwrap();
    assert!(matches!(open(&shelf, &artifact), Err(LibraryError::Altered { .. })));
}

#[tokio::test]
async fn what_is_not_there_is_missing() {
    let (shelf, _, artifact) = stocked().await;
    shelf.library.remove(&artifact.digest).unwrap();
    assert!(matches!(open(&shelf, &artifact), Err(LibraryError::Missing { .. })));
    assert!(matches!(shelf.library.remove(&artifact.digest), Err(LibraryError::Missing { .. })));
    shelf.is_empty();
}

#[tokio::test]
async fn a_check_can_be_stopped() {
    let (shelf, _, artifact) = stocked().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    assert!(matches!(shelf.library.open_verified(&artifact, &cancel), Err(LibraryError::Cancelled)));
}

#[tokio::test]
async fn the_library_lists_what_is_whole_and_belongs_to_it() {
    let (shelf, _, artifact) = stocked().await;
    let folder = shelf.folder.path().join("models");
    for stranger in ["readme.txt", "sha256-", "sha256-zz", "md5-00"] {
        fs_err::write(folder.join("blobs").join(stranger), "x").unwrap();
    }
    assert_eq!(shelf.library.list().unwrap(), [(artifact.digest, artifact.size)]);
    assert_eq!(shelf.library.used().unwrap(), artifact.size);
    assert!(shelf.library.free_space().unwrap() > ByteSize::new(0));
    let again = Library::open(&folder).unwrap();
    assert!(again.has(&artifact.digest));
}

#[cfg(unix)]
#[tokio::test]
async fn folders_that_others_may_enter_are_closed_again() {
    use std::os::unix::fs::PermissionsExt;
    let (shelf, _, _) = stocked().await;
    let blobs = shelf.folder.path().join("models/blobs");
    fs_err::set_permissions(&blobs, std::fs::Permissions::from_mode(0o755)).unwrap();
    drop(Library::open(&shelf.folder.path().join("models")).unwrap());
    assert_eq!(fs_err::metadata(&blobs).unwrap().permissions().mode() & 0o777, 0o700);
}
