//! Sources that are files on a share or in a folder.

use canteen_library::Origin;
use canteen_types::Source;
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, weights};

/// A folder `mirror` with a file in it.
fn share(bytes: &[u8]) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mirror/model.gguf");
    fs_err::create_dir(path.parent().unwrap()).unwrap();
    fs_err::write(&path, bytes).unwrap();
    (folder, Source::File(path.display().to_string()))
}

#[tokio::test]
async fn a_model_comes_from_a_folder() {
    let bytes = weights(3_000_000);
    let (_folder, source) = share(&bytes);
    let artifact = artifact(&bytes, [source]);
    let shelf = Shelf::new();
    let stored = shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(stored.origin, Origin::Source("the folder “mirror”".into()));
}

#[tokio::test]
async fn an_altered_longer_or_shorter_copy_is_refused() {
    let bytes = weights(1_000_000);
    let altered = [&bytes[..999_999], b"!"].concat();
    let longer = [&bytes[..], b"!"].concat();
    for (copy, code) in
        [(altered, "library.wrong_digest"), (longer, "library.too_large"), (bytes[..999_999].to_vec(), "library.truncated")]
    {
        let (_folder, source) = share(&copy);
        let shelf = Shelf::new();
        let text = shelf.refused(&artifact(&bytes, [source]), code).await;
        assert!(text.contains("the folder “mirror”"), "{text}");
        shelf.is_empty();
    }
}

#[tokio::test]
async fn a_share_that_is_not_there_is_named_without_its_path() {
    let bytes = weights(10);
    let (folder, source) = share(&bytes);
    let path = folder.path().display().to_string();
    drop(folder);
    let text = Shelf::new().refused(&artifact(&bytes, [source]), "library.source_gone").await;
    assert!(text.contains("the folder “mirror”") && !text.contains(&path), "{text}");
}

#[tokio::test]
async fn a_relative_path_and_what_is_no_file_are_refused() {
    let bytes = weights(10);
    let folder = tempfile::tempdir().unwrap();
    for path in ["model.gguf".to_owned(), folder.path().display().to_string()] {
        Shelf::new().refused(&artifact(&bytes, [Source::File(path)]), "library.source_refused").await;
    }
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let source = Source::File(pipe.display().to_string());
        Shelf::new().refused(&artifact(&bytes, [source]), "library.source_refused").await;
    }
}

#[tokio::test]
async fn a_copy_goes_on_where_it_stopped() {
    let bytes = weights(8_000_000);
    let (_folder, source) = share(&bytes);
    let artifact = artifact(&bytes, [source]);
    let shelf = Shelf::new();
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    // The first report comes before the first byte, the second after some: then stop.
    let reports = std::sync::atomic::AtomicU32::new(0);
    let report = move |_| {
        if reports.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            stop.cancel();
        }
    };
    drop(shelf.library.fetch(&artifact, cancel, report).await.unwrap_err());
    let kept = shelf.library.partial(&artifact).bytes();
    assert!((1..8_000_000).contains(&kept), "{kept}");
    let seen = std::sync::Mutex::new(None);
    let first = |step: canteen_library::Progress| {
        seen.lock().unwrap().get_or_insert(step.done.bytes());
    };
    shelf.library.fetch(&artifact, CancellationToken::new(), first).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(seen.into_inner().unwrap(), Some(kept));
}

#[tokio::test]
async fn a_folder_stands_in_for_a_mirror_that_is_gone() {
    let bytes = weights(100_000);
    let (_folder, source) = share(&bytes);
    let artifact = artifact(&bytes, [Source::Https("https://127.0.0.1:1/model.gguf".into()), source]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
}
