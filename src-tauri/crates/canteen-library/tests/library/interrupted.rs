//! Pause, cancel, drop, a source that goes away, and a kill: what was fetched is never lost and never trusted.

use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use canteen_library::{Library, LibraryError, Progress};
use canteen_types::{Artifact, Source};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, mirror, names, quick, weights};
use crate::toxic::{Poison, Toxic};

const PATH: &str = "/model.gguf";
const SIZE: usize = 1_000_000;

fn slow_mirror() -> (Toxic, Vec<u8>, Artifact) {
    let toxic = Toxic::start();
    let bytes = weights(SIZE);
    toxic.serve(PATH, bytes.clone()).next(PATH, [Poison::Slow(10_000)]);
    let artifact = artifact(&bytes, [mirror(&toxic, PATH)]);
    (toxic, bytes, artifact)
}

/// Starts a fetch and waits until at least 100,000 bytes have come.
async fn under_way(
    shelf: &Shelf,
    artifact: &Artifact,
    cancel: &CancellationToken,
) -> tokio::task::JoinHandle<Result<(), LibraryError>> {
    let far_enough = Arc::new(Notify::new());
    let (library, artifact, cancel, tell) = (shelf.library.clone(), artifact.clone(), cancel.clone(), Arc::clone(&far_enough));
    let fetch = tokio::spawn(async move {
        let report = |step: Progress| {
            if step.done.bytes() >= 100_000 {
                tell.notify_one();
            }
        };
        library.fetch(&artifact, cancel, report).await.map(drop)
    });
    far_enough.notified().await;
    fetch
}

#[tokio::test]
async fn a_paused_fetch_goes_on_where_it_stopped() {
    let (toxic, bytes, artifact) = slow_mirror();
    let shelf = Shelf::new();
    let cancel = CancellationToken::new();
    let fetch = under_way(&shelf, &artifact, &cancel).await;
    cancel.cancel();
    assert!(matches!(fetch.await.unwrap(), Err(LibraryError::Cancelled)));
    let kept = shelf.library.partial(&artifact).bytes();
    assert!((100_000..SIZE as u64).contains(&kept), "{kept}");
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(toxic.asked()[1].from, Some(usize::try_from(kept).unwrap()));
}

#[tokio::test]
async fn a_cancelled_fetch_leaves_nothing_after_it_is_discarded() {
    let (_toxic, _, artifact) = slow_mirror();
    let shelf = Shelf::new();
    let cancel = CancellationToken::new();
    let fetch = under_way(&shelf, &artifact, &cancel).await;
    assert!(matches!(shelf.library.discard_partial(&artifact), Err(LibraryError::Busy { .. })), "not while it is under way");
    cancel.cancel();
    drop(fetch.await);
    shelf.library.discard_partial(&artifact).unwrap();
    shelf.is_empty();
    shelf.library.discard_partial(&artifact).unwrap();
}

#[tokio::test]
async fn the_same_bytes_are_fetched_once_at_a_time() {
    let (_toxic, _, artifact) = slow_mirror();
    let shelf = Shelf::new();
    let cancel = CancellationToken::new();
    let first = under_way(&shelf, &artifact, &cancel).await;
    assert!(matches!(shelf.fetch(&artifact).await, Err(LibraryError::Busy { .. })));
    assert!(matches!(shelf.library.remove(&artifact.digest), Err(LibraryError::Busy { .. })));
    cancel.cancel();
    drop(first.await);
    shelf.fetch(&artifact).await.unwrap();
}

#[tokio::test]
async fn a_dropped_fetch_is_a_pause() {
    let (_toxic, bytes, artifact) = slow_mirror();
    let shelf = Shelf::new();
    let fetch = under_way(&shelf, &artifact, &CancellationToken::new()).await;
    fetch.abort();
    assert!(fetch.await.unwrap_err().is_cancelled());
    // The writing thread ends a moment later; until then the digest is busy.
    while matches!(shelf.library.discard_if_idle(&artifact), Err(LibraryError::Busy { .. })) {
        tokio::task::yield_now().await;
    }
    assert!(shelf.library.partial(&artifact).bytes() >= 100_000);
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
}

/// Asks whether a digest is busy, without changing anything.
trait Idle {
    fn discard_if_idle(&self, artifact: &Artifact) -> Result<(), LibraryError>;
}

impl Idle for Library {
    fn discard_if_idle(&self, artifact: &Artifact) -> Result<(), LibraryError> {
        match self.remove(&artifact.digest) {
            Err(LibraryError::Missing { .. }) => Ok(()),
            other => other,
        }
    }
}

#[tokio::test]
async fn a_mirror_that_goes_away_in_the_middle_is_named_and_what_came_is_kept() {
    let (toxic, bytes, artifact) = slow_mirror();
    let address = toxic.address();
    let shelf = Shelf::new();
    let fetch = under_way(&shelf, &artifact, &CancellationToken::new()).await;
    drop(toxic);
    let error = fetch.await.unwrap().unwrap_err();
    assert!(matches!(&error, LibraryError::SourceGone { from, .. } if *from == address.to_string()), "{error:?}");
    assert!(shelf.library.partial(&artifact).bytes() >= 100_000);

    let back = Toxic::start_at(address);
    back.serve(PATH, bytes.clone());
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert!(back.asked()[0].from.unwrap() >= 100_000);
}

/// Leaves about half of the file behind.
async fn half_fetched() -> (Shelf, Toxic, Vec<u8>, Artifact) {
    let toxic = Toxic::start();
    let bytes = weights(SIZE);
    toxic.serve(PATH, bytes.clone()).next(PATH, [Poison::CutAfter(500_000), Poison::Status(404)]);
    let artifact = artifact(&bytes, [mirror(&toxic, PATH)]);
    let shelf = Shelf::new();
    shelf.refused(&artifact, "library.source_gone").await;
    assert_eq!(shelf.library.partial(&artifact).bytes(), 500_000);
    (shelf, toxic, bytes, artifact)
}

#[tokio::test]
async fn what_was_fetched_earlier_is_hashed_again_before_it_counts() {
    let (shelf, toxic, bytes, artifact) = half_fetched().await;
    let mut file = fs_err::OpenOptions::new().write(true).open(shelf.partial_file(&artifact)).unwrap();
    file.seek(SeekFrom::Start(123_456)).unwrap();
    file.write_all(b"!").unwrap();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(toxic.asked().last().unwrap().from, None, "begun anew");
}

#[tokio::test]
async fn bytes_behind_the_record_do_not_count() {
    let (shelf, toxic, bytes, artifact) = half_fetched().await;
    let mut file = fs_err::OpenOptions::new().append(true).open(shelf.partial_file(&artifact)).unwrap();
    file.write_all(&[0; 70_000]).unwrap();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(toxic.asked().last().unwrap().from, Some(500_000));
}

#[tokio::test]
async fn a_file_shorter_than_its_record_or_a_torn_record_begins_anew() {
    for tear in [true, false] {
        let (shelf, toxic, bytes, artifact) = half_fetched().await;
        let path = if tear { shelf.partial_file(&artifact).with_extension("synced") } else { shelf.partial_file(&artifact) };
        fs_err::OpenOptions::new().write(true).open(path).unwrap().file().set_len(50).unwrap();
        shelf.fetch(&artifact).await.unwrap();
        shelf.holds(&artifact, &bytes);
        assert_eq!(toxic.asked().last().unwrap().from, None);
    }
}

#[tokio::test]
async fn a_complete_file_that_was_not_yet_in_its_place_needs_no_source() {
    let (shelf, toxic, bytes, artifact) = half_fetched().await;
    let record = shelf.partial_file(&artifact).with_extension("synced");
    fs_err::write(shelf.partial_file(&artifact), &bytes).unwrap();
    fs_err::write(record, format!("canteen-partial 1 {SIZE:020} {}\n", artifact.digest.hex())).unwrap();
    let asked = toxic.asked().len();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(toxic.asked().len(), asked);
}

const ROLE: &str = "CANTEEN_LIBRARY_TEST_FETCH";

/// The child of [`a_killed_fetch_goes_on_where_it_stopped`]: this test binary again, told by the environment what to fetch.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "tells its parent how far it is")]
async fn a_child_fetches_until_it_is_killed() {
    let Some(role) = std::env::var_os(ROLE) else { return };
    let role = role.into_string().unwrap();
    let (folder, url) = role.split_once('|').unwrap();
    let library = Library::open_with(std::path::Path::new(folder), quick()).unwrap();
    let artifact = artifact(&weights(SIZE), [Source::Https(url.to_owned())]);
    let report = |step: Progress| println!("done {}", step.done.bytes());
    library.fetch(&artifact, CancellationToken::new(), report).await.unwrap();
    println!("complete");
}

#[tokio::test]
async fn a_killed_fetch_goes_on_where_it_stopped() {
    let toxic = Toxic::start();
    let bytes = weights(SIZE);
    toxic.serve(PATH, bytes.clone());
    let artifact = artifact(&bytes, [mirror(&toxic, PATH)]);
    let shelf = Shelf::new();
    let folder = shelf.folder.path().join("models");
    let mut last = 0;
    for least in [150_000, 450_000, 750_000] {
        toxic.next(PATH, [Poison::Slow(8_000)]);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "interrupted::a_child_fetches_until_it_is_killed", "--nocapture"])
            .env(ROLE, format!("{}|{}", folder.display(), toxic.url(PATH)))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reached = lines.map_while(Result::ok).find_map(|line| {
            assert_ne!(line, "complete", "it was too quick to be killed");
            line.strip_prefix("done ")?.parse::<u64>().ok().filter(|done| *done >= least)
        });
        child.kill().unwrap(); // SIGKILL on Unix, TerminateProcess on Windows: no destructor runs.
        child.wait().unwrap();
        let kept = shelf.library.partial(&artifact).bytes();
        assert!(kept > last && kept + 3 * quick().sync_every >= reached.unwrap(), "{last} {kept} {reached:?}");
        last = kept;
    }
    assert_eq!(names(&folder.join("blobs")), Vec::<String>::new(), "nothing stands under its name before it is whole");
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    let from: Vec<_> = toxic.asked().into_iter().map(|asked| asked.from.unwrap_or(0)).collect();
    assert!(from.is_sorted_by(|a, b| a < b), "{from:?}");
}
