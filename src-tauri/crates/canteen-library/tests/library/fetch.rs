use std::sync::Mutex;

use canteen_library::{Origin, Progress};
use canteen_types::Source;
use tokio_util::sync::CancellationToken;

use crate::support::{Shelf, artifact, mirror, weights};
use crate::toxic::{Poison, Toxic};

const PATH: &str = "/a/model.gguf";

/// A server with one file, and what the signed metadata says about it.
fn one_mirror(size: usize) -> (Toxic, Vec<u8>, canteen_types::Artifact) {
    let toxic = Toxic::start();
    let bytes = weights(size);
    toxic.serve(PATH, bytes.clone());
    let artifact = artifact(&bytes, [mirror(&toxic, PATH)]);
    (toxic, bytes, artifact)
}

#[tokio::test]
async fn a_model_comes_from_its_mirror_and_stands_read_only_under_its_digest() {
    let (toxic, bytes, artifact) = one_mirror(1_000_000);
    let shelf = Shelf::new();
    let seen = Mutex::new(Vec::new());
    let report = |step: Progress| seen.lock().unwrap().push((step.done.bytes(), step.total.bytes()));
    let stored = shelf.library.fetch(&artifact, CancellationToken::new(), report).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(stored.origin, Origin::Source(toxic.address().to_string()));
    let seen = seen.into_inner().unwrap();
    assert_eq!((seen.first(), seen.last()), (Some(&(0, 1_000_000)), Some(&(1_000_000, 1_000_000))));
    assert!(seen.is_sorted(), "{seen:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&stored.path), 0o400);
        assert_eq!(mode(stored.path.parent().unwrap()), 0o700);
        assert_eq!(mode(&shelf.folder.path().join("models")), 0o700);
    }
}

#[tokio::test]
async fn what_is_there_already_is_not_fetched_again() {
    let (toxic, _, artifact) = one_mirror(1000);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    assert_eq!(shelf.fetch(&artifact).await.unwrap().origin, Origin::Library);
    assert_eq!(toxic.asked().len(), 1);
}

#[tokio::test]
async fn an_altered_file_in_the_library_is_fetched_again() {
    let (_toxic, bytes, artifact) = one_mirror(1000);
    let shelf = Shelf::new();
    let path = shelf.fetch(&artifact).await.unwrap().path;
    fs_err::remove_file(&path).unwrap();
    fs_err::write(&path, vec![0; 1000]).unwrap();
    assert!(matches!(shelf.fetch(&artifact).await.unwrap().origin, Origin::Source(_)));
    shelf.holds(&artifact, &bytes);
}

#[tokio::test]
async fn a_cut_connection_goes_on_where_it_stopped() {
    let (toxic, bytes, artifact) = one_mirror(1_000_000);
    toxic.next(PATH, [Poison::CutAfter(300_000), Poison::CutAfter(300_000)]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    let from: Vec<_> = toxic.asked().into_iter().map(|asked| asked.from).collect();
    assert_eq!(from, [None, Some(300_000), Some(600_000)]);
}

#[tokio::test]
async fn a_connection_that_is_cut_again_and_again_without_headway_is_given_up() {
    let (toxic, _, artifact) = one_mirror(1_000_000);
    toxic.always(PATH, Poison::CutAfter(10));
    let shelf = Shelf::new();
    let text = shelf.refused(&artifact, "library.source_gone").await;
    assert!(text.starts_with(&toxic.address().to_string()), "{text}");
    assert_eq!(toxic.asked().len(), 3);
    assert_eq!(shelf.library.partial(&artifact).bytes(), 30, "what came is kept");
}

#[tokio::test]
async fn a_mirror_without_ranges_begins_anew_and_ends_right() {
    let (toxic, bytes, artifact) = one_mirror(500_000);
    toxic.next(PATH, [Poison::CutAfter(200_000), Poison::NoRanges]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
}

#[tokio::test]
async fn a_mirror_without_ranges_that_is_always_cut_is_given_up() {
    let (toxic, _, artifact) = one_mirror(500_000);
    toxic.always(PATH, Poison::NoRangesCutAfter(200_000));
    Shelf::new().refused(&artifact, "library.source_gone").await;
    assert_eq!(toxic.asked().len(), 3, "getting as far as before is no headway");
}

#[tokio::test]
async fn another_part_than_was_asked_for_is_refused() {
    let (toxic, _, artifact) = one_mirror(500_000);
    toxic.next(PATH, [Poison::CutAfter(200_000), Poison::ContentRange("bytes 100000-499999/500000".into())]);
    Shelf::new().refused(&artifact, "library.source_refused").await;
}

#[tokio::test]
async fn a_busy_mirror_is_asked_again_and_then_the_next_one() {
    let (toxic, bytes, _) = one_mirror(100_000);
    toxic.serve("/b", bytes.clone()).next(PATH, [Poison::Status(503)]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact(&bytes, [mirror(&toxic, PATH)])).await.unwrap();

    toxic.always(PATH, Poison::Status(503));
    let shelf = Shelf::new();
    shelf.fetch(&artifact(&bytes, [mirror(&toxic, PATH), mirror(&toxic, "/b")])).await.unwrap();
    let text = Shelf::new().refused(&artifact(&bytes, [mirror(&toxic, PATH)]), "library.source_refused").await;
    assert!(text.contains("it answered 503"), "{text}");
}

#[tokio::test]
async fn a_second_mirror_goes_on_in_the_middle() {
    let (toxic, bytes, _) = one_mirror(600_000);
    let second = Toxic::start();
    second.serve("/b", bytes.clone());
    toxic.next(PATH, [Poison::CutAfter(250_000)]).always(PATH, Poison::Status(404));
    let artifact = artifact(&bytes, [mirror(&toxic, PATH), mirror(&second, "/b")]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(second.asked()[0].from, Some(250_000));
}

#[tokio::test]
async fn one_wrong_byte_is_refused_and_leaves_nothing_behind() {
    for at in [0, 250_000, 499_999] {
        let (toxic, _, artifact) = one_mirror(500_000);
        toxic.always(PATH, Poison::Altered(at));
        let shelf = Shelf::new();
        let text = shelf.refused(&artifact, "library.wrong_digest").await;
        assert!(text.contains("not the approved ones") && text.contains(&toxic.address().to_string()), "{text}");
        shelf.is_empty();
        assert_eq!(shelf.library.partial(&artifact).bytes(), 0);
    }
}

#[tokio::test]
async fn after_an_altered_mirror_the_next_one_is_fetched_from_the_beginning() {
    let (toxic, bytes, _) = one_mirror(500_000);
    toxic.serve("/b", bytes.clone()).always(PATH, Poison::Altered(7));
    let artifact = artifact(&bytes, [mirror(&toxic, PATH), mirror(&toxic, "/b")]);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, &bytes);
    assert_eq!(toxic.asked()[1].from, None);
}

#[tokio::test]
async fn altered_bytes_are_reported_before_an_absent_mirror() {
    let (toxic, bytes, _) = one_mirror(1000);
    toxic.always(PATH, Poison::Altered(7));
    let artifact = artifact(&bytes, [mirror(&toxic, PATH), mirror(&toxic, "/absent")]);
    Shelf::new().refused(&artifact, "library.wrong_digest").await;
}

#[tokio::test]
async fn more_bytes_than_approved_are_refused_whether_announced_or_not() {
    for poison in [Poison::Longer(1), Poison::LongerUnannounced(1), Poison::LongerUnannounced(300_000)] {
        let (toxic, _, artifact) = one_mirror(500_000);
        toxic.always(PATH, poison);
        let shelf = Shelf::new();
        shelf.refused(&artifact, "library.too_large").await;
        shelf.is_empty();
    }
}

#[tokio::test]
async fn fewer_bytes_than_approved_are_refused_whether_announced_or_not() {
    for poison in [Poison::Shorter(499_999), Poison::ShorterUnannounced(499_999), Poison::Shorter(0)] {
        let (toxic, _, artifact) = one_mirror(500_000);
        toxic.always(PATH, poison);
        Shelf::new().refused(&artifact, "library.truncated").await;
    }
    let (toxic, _, artifact) = one_mirror(500_000);
    toxic.next(PATH, [Poison::CutAfter(200_000)]).always(PATH, Poison::Shorter(100_000));
    let text = Shelf::new().refused(&artifact, "library.truncated").await;
    assert!(text.contains("after 100000 of 500000"), "the 416 says where it ends: {text}");
}

#[tokio::test]
async fn a_trickle_is_too_slow_and_the_next_mirror_goes_on() {
    let (toxic, bytes, _) = one_mirror(600_000);
    toxic.serve("/b", bytes.clone()).always(PATH, Poison::Slow(500));
    let alone = artifact(&bytes, [mirror(&toxic, PATH)]);
    let shelf = Shelf::new();
    let text = shelf.refused(&alone, "library.too_slow").await;
    assert!(text.contains("too slow"), "{text}");
    let kept = shelf.library.partial(&alone).bytes();
    assert!(kept > 0);
    let both = artifact(&bytes, [mirror(&toxic, PATH), mirror(&toxic, "/b")]);
    shelf.fetch(&both).await.unwrap();
    shelf.holds(&both, &bytes);
    assert!(toxic.asked().last().unwrap().from.unwrap() as u64 > kept);
}

#[tokio::test]
async fn silence_before_and_in_the_middle_ends() {
    for poison in [Poison::Silent, Poison::SilentAfter(100_000)] {
        let (toxic, _, artifact) = one_mirror(600_000);
        toxic.always(PATH, poison);
        Shelf::new().refused(&artifact, "library.too_slow").await;
    }
}

#[tokio::test]
async fn a_redirect_away_from_https_is_refused() {
    let (toxic, _, artifact) = one_mirror(1000);
    for to in [toxic.url("/b"), "http://models.example.org/a".into(), "file:///etc/passwd".into()] {
        toxic.next(PATH, [Poison::Redirect(to)]);
        let text = Shelf::new().refused(&artifact, "library.source_refused").await;
        assert!(text.contains("redirect") || text.contains("answered 302"), "{text}");
    }
    assert!(toxic.asked().iter().all(|asked| asked.path == PATH), "the new address was never asked");
}

#[tokio::test]
async fn what_must_come_as_it_is_is_not_unpacked() {
    let (toxic, _, artifact) = one_mirror(1000);
    toxic.always(PATH, Poison::Compressed);
    Shelf::new().refused(&artifact, "library.source_refused").await;
}

#[tokio::test]
async fn plain_http_to_another_computer_is_never_tried() {
    let bytes = weights(10);
    let artifact = artifact(&bytes, [Source::Https("http://models.example.org/model.gguf".into())]);
    let text = Shelf::new().refused(&artifact, "library.source_refused").await;
    assert!(text.contains("not https"), "{text}");
}

#[tokio::test]
async fn an_unreachable_mirror_is_named_and_not_waited_for() {
    let (toxic, bytes, artifact) = one_mirror(1000);
    let address = toxic.address();
    drop(toxic);
    let text = Shelf::new().refused(&artifact, "library.source_gone").await;
    assert!(text.starts_with(&address.to_string()), "{text}");
    let second = Toxic::start();
    second.serve("/b", bytes);
    let both = canteen_types::Artifact { sources: [artifact.sources.clone(), vec![mirror(&second, "/b")]].concat(), ..artifact };
    Shelf::new().fetch(&both).await.unwrap();
}

#[tokio::test]
async fn an_entry_without_sources_says_so() {
    let text = Shelf::new().refused(&artifact(b"weights", []), "library.source_gone").await;
    assert!(text.contains("names no source"), "{text}");
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let (_toxic, _, artifact) = one_mirror(0);
    let shelf = Shelf::new();
    shelf.fetch(&artifact).await.unwrap();
    shelf.holds(&artifact, b"");
}
