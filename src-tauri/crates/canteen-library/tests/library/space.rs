//! Room on the disk: asked for first, and honest when it runs out in the middle.

use canteen_library::{FetchLimits, Library, LibraryError};
use canteen_types::{ByteSize, Coded};
use tokio_util::sync::CancellationToken;

use crate::support::{artifact, mirror, names, quick, weights};
use crate::toxic::Toxic;

#[tokio::test]
async fn room_is_asked_for_before_the_first_byte() {
    let toxic = Toxic::start();
    let bytes = weights(1000);
    toxic.serve("/a", bytes.clone());
    let artifact = artifact(&bytes, [mirror(&toxic, "/a")]);
    let folder = tempfile::tempdir().unwrap();
    let limits = FetchLimits { reserve: ByteSize::new(u64::MAX / 2), ..quick() };
    let library = Library::open_with(folder.path(), limits).unwrap();
    let error = library.fetch(&artifact, CancellationToken::new(), |_| {}).await.unwrap_err();
    let LibraryError::DiskFull { needs, free } = error else { panic!("{error:?}") };
    assert_eq!(needs.bytes(), u64::MAX / 2 + 1000);
    assert!(free < needs && free.bytes() > 0);
    assert_eq!(toxic.asked(), []);
    assert_eq!(names(&folder.path().join("partial")), Vec::<String>::new());
    let file = folder.path().join("candidate");
    fs_err::write(&file, &bytes).unwrap();
    let error = library.import(&artifact, &file, |_| {}, &CancellationToken::new()).unwrap_err();
    assert_eq!(error.code(), "library.disk_full");
}

/// A disk of 1 MiB that fills up in the middle, because the other half is taken while the model comes in. The test binary runs
/// itself again inside a mount namespace of its own, so that the disk is gone with it and no other test sees it.
#[cfg(target_os = "linux")]
mod small_disk {
    use super::*;
    use crate::toxic::Poison;
    use std::process::Command;

    const ROLE: &str = "CANTEEN_LIBRARY_TEST_SMALL_DISK";

    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn a_disk_that_fills_up_in_the_middle_is_an_error_and_what_came_is_kept() {
        let disk = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        if std::env::var_os("USER").is_none_or(|user| user != "root") {
            command.arg("--map-root-user");
        }
        let script = r#"mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" --exact space::small_disk::the_child_fetches_onto_it --nocapture"#;
        let output = command
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(disk.path())
            .arg(std::env::current_exe().unwrap())
            .env(ROLE, disk.path())
            .output()
            .unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if text.contains("unshare: ") || text.contains("mount: ") {
            eprintln!("skipped: a small disk needs a mount namespace, and this system gives none: {text}");
            return;
        }
        assert!(output.status.success() && text.contains("the disk was full and then it was not"), "{text}");
    }

    /// The child of the test above.
    #[tokio::test]
    #[expect(clippy::print_stdout, reason = "tells its parent that all of it ran")]
    async fn the_child_fetches_onto_it() {
        let Some(disk) = std::env::var_os(ROLE) else { return };
        let disk = std::path::PathBuf::from(disk);
        let toxic = Toxic::start();
        let bytes = weights(900_000);
        toxic.serve("/a", bytes.clone()).next("/a", [Poison::Slow(10_000)]);
        let artifact = artifact(&bytes, [mirror(&toxic, "/a")]);
        let library = Library::open_with(&disk.join("models"), quick()).unwrap();
        let other = disk.join("other");
        let fill = |step: canteen_library::Progress| {
            if step.done.bytes() > 100_000 && !other.exists() {
                drop(fs_err::write(&other, vec![1; 600_000]));
            }
        };
        let error = library.fetch(&artifact, CancellationToken::new(), fill).await.unwrap_err();
        assert_eq!(error.code(), "library.disk_full", "{error:?}");
        let kept = library.partial(&artifact).bytes();
        assert!(kept > 100_000, "{kept}");
        let error = library.fetch(&artifact, CancellationToken::new(), |_| {}).await.unwrap_err();
        assert_eq!(error.code(), "library.disk_full", "still full, and said before the first byte: {error:?}");
        assert_eq!(toxic.asked().len(), 1);

        fs_err::remove_file(&other).unwrap();
        library.fetch(&artifact, CancellationToken::new(), |_| {}).await.unwrap();
        assert_eq!(fs_err::read(library.path_of(&artifact.digest)).unwrap(), bytes);
        assert!(toxic.asked()[1].from.unwrap() as u64 >= kept);
        println!("the disk was full and then it was not");
    }
}
