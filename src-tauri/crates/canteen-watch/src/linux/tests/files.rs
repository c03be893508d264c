//! Files: what is found, and what becomes of it.

use super::*;

#[test]
fn weights_are_recognised_by_content_whatever_they_are_called() {
    let bytes = gguf(2 * LEAST, 1);
    let scene = Scene::new(|folder| {
        write(&folder.join("Downloads/deep/holiday.mp4"), &bytes);
        write(&folder.join("Downloads/zeros.gguf"), &vec![0; 3 << 20]);
        write(&folder.join("Downloads/small.gguf"), &gguf(1000, 1));
        write(&folder.join("own/blobs/x"), &bytes);
    });
    let Observation::Digest { digest, .. } = scene.until(|observation| matches!(observation, Observation::Digest { .. })) else {
        panic!("no digest");
    };
    assert_eq!(digest, Digest::of(&bytes));
    assert!(!scene.within(Duration::from_millis(300)).iter().any(|observation| matches!(observation, Observation::Seen(_))));
}

#[test]
fn new_files_new_folders_and_a_place_that_comes_later_are_noticed() {
    let scene = Scene::new(|_| ());
    write(&scene.path("Downloads/later/b.gguf"), &gguf(2 * LEAST, 5));
    let seen = scene.until(|observation| matches!(observation, Observation::Seen(_)));
    assert!(matches!(seen, Observation::Seen(ref file) if file.path == scene.path("Downloads/later/b.gguf")));
    write(&scene.path("Downloads/c.part"), &gguf(2 * LEAST, 6));
    scene.until(|observation| matches!(observation, Observation::Seen(file) if file.path.ends_with("c.part")));
    fs_err::remove_file(scene.path("Downloads/c.part")).unwrap();
    scene.until(|observation| matches!(observation, Observation::Gone { .. }));
}

#[test]
fn weights_that_are_deleted_while_in_use_are_gone_when_the_use_ends() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 11)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "map");
    scene.until(|observation| matches!(observation, Observation::Held { .. }));
    fs_err::remove_file(scene.path("Downloads/a.gguf")).unwrap();
    assert!(!scene.within(Duration::from_millis(500)).iter().any(|observation| matches!(observation, Observation::Gone { .. })));
    end(user);
    let after = scene.until(|observation| matches!(observation, Observation::Released { .. } | Observation::Gone { .. }));
    assert!(matches!(after, Observation::Released { .. }), "first released, then gone");
    scene.until(|observation| matches!(observation, Observation::Gone { .. }));
}

#[test]
fn changed_bytes_behind_the_old_time_are_another_file() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 12)));
    let path = scene.path("Downloads/a.gguf");
    let Observation::Digest { digest: before, .. } = scene.until(|observation| matches!(observation, Observation::Digest { .. }))
    else {
        panic!("no digest");
    };
    let (time, after) = (fs_err::metadata(&path).unwrap().modified().unwrap(), gguf(2 * LEAST, 13));
    let mut file = fs_err::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, &after).unwrap();
    file.file().set_modified(time).unwrap();
    drop(file);
    assert_ne!(before, Digest::of(&after));
    scene.until(|observation| matches!(observation, Observation::Digest { digest, .. } if *digest == Digest::of(&after)));
}

#[test]
fn another_name_or_other_rights_are_the_same_file_told_of_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 16)));
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    fs_err::rename(scene.path("Downloads/a.gguf"), scene.path("Downloads/b.bin")).unwrap();
    let told = |observation: &Observation| matches!(observation, Observation::Seen(_) | Observation::Gone { .. });
    let again = scene.until(told);
    assert!(matches!(again, Observation::Seen(ref file) if file.path.ends_with("b.bin")), "{again:?}");
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    fs_err::set_permissions(scene.path("Downloads/b.bin"), std::fs::Permissions::from_mode(0o400)).unwrap();
    let again = scene.until(told);
    assert!(matches!(again, Observation::Seen(_)), "{again:?}");
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    fs_err::rename(scene.path("Downloads/b.bin"), scene.path("b.bin")).unwrap();
    let gone = scene.until(told);
    assert!(matches!(gone, Observation::Gone { .. }), "{gone:?}");
}

#[test]
fn a_place_that_is_known_later_is_watched_without_a_new_start() {
    let scene = Scene::new(|folder| write(&folder.join("acme/models/a.bin"), &gguf(2 * LEAST, 17)));
    fs_err::write(scene.path("acme.known"), b"").unwrap();
    scene._watch.rescan();
    let seen = scene.until(|observation| matches!(observation, Observation::Seen(_)));
    assert!(matches!(seen, Observation::Seen(ref file) if file.place == "Acme"), "{seen:?}");
    // By itself from now on.
    write(&scene.path("acme/models/b.bin"), &gguf(2 * LEAST, 18));
    scene.until(|observation| matches!(observation, Observation::Seen(file) if file.path.ends_with("b.bin")));
}

#[test]
fn what_is_not_seen_is_said() {
    let (sink, observations) = sync_channel(10);
    let config = WatchConfig::of(Vec::new(), ByteSize::new(u64::MAX));
    let _watch = start(config, real(), sink).unwrap();
    let first = observations.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(first, Observation::Blind(BlindSpot::OtherUsers)), "{first:?}");
}

#[test]
fn a_digest_never_comes_before_its_file() {
    let files = |folder: &Path| {
        for seed in 0..4 {
            write(&folder.join(format!("Downloads/{seed}.gguf")), &gguf(LEAST, seed));
        }
    };
    // A store that answers slowly: the worker is through with one file while the next is asked for.
    let slowly = |_: &crate::FileIdentity| {
        std::thread::sleep(Duration::from_millis(100));
        true
    };
    let scene = Scene::asking(files, slowly);
    let (mut seen, mut digests) = (std::collections::HashSet::new(), 0);
    while digests < 4 {
        let next = scene.any(|observation| matches!(observation, Observation::Seen(_) | Observation::Digest { .. }));
        if let Observation::Digest { identity, .. } = next {
            assert!(seen.contains(&identity), "a digest of a file that nobody has heard of");
            digests += 1;
        } else if let Observation::Seen(file) = next {
            seen.insert(file.identity);
        }
    }
}
