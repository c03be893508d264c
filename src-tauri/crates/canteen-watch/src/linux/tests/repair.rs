//! What is lost is noticed and made up for.

use super::*;

#[test]
fn events_that_were_lost_are_made_up_for_by_looking_at_everything() {
    // The watch is held up by whoever does not take its observations: room for one.
    let files = |folder: &Path| {
        for seed in 0..4 {
            write(&folder.join(format!("Downloads/{seed}.gguf")), &gguf(2 * LEAST, 50 + seed));
        }
    };
    let scene = Scene::holding(files, |_| false, 1);
    for seed in 60..64 {
        write(&scene.path(&format!("Downloads/more{seed}.gguf")), &gguf(2 * LEAST, seed));
    }
    std::thread::sleep(Duration::from_millis(500));
    // Two files in turn: events that are alike and follow each other become one.
    let limit: u32 = fs_err::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    for _ in 0..limit / 3 {
        drop(fs_err::File::open(scene.path("Downloads/0.gguf")).unwrap());
        drop(fs_err::File::open(scene.path("Downloads/1.gguf")).unwrap());
    }
    // None of these is told of any more.
    write(&scene.path("Downloads/late.gguf"), &gguf(2 * LEAST, 70));
    let user = user_of(&scene.path("Downloads/2.gguf"), "map");
    std::thread::sleep(Duration::from_millis(300));
    let (mut late, mut held) = (false, false);
    while !(late && held) {
        let told = scene.any(|_| true);
        late |= matches!(&told, Observation::Seen(file) if file.path.ends_with("late.gguf"));
        held |= matches!(&told, Observation::Held { holder, .. } if holder.pid == user.id());
    }
    end(user);
}

#[test]
fn what_this_computer_allows_is_said() {
    let scene = Scene::new(|_| ());
    let capabilities = scene._watch.capabilities();
    assert_eq!((capabilities.opens, capabilities.holders), (crate::Opens::Event, crate::Holders::ByProcess));
    let compared = scene.early.borrow().iter().any(|one| matches!(one, Observation::Blind(BlindSpot::StartsCompared)));
    assert_eq!(capabilities.births == crate::Births::Poll, compared);
}

#[test]
fn where_no_more_watches_are_allowed_it_is_said_and_uses_are_found_by_looking() {
    // In a user namespace of its own the limit is its own.
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.gguf"), &gguf(80 * LEAST, 51));
    let script = "echo 0 > /proc/sys/user/max_inotify_watches && exec \"$0\" \"$1\" 3";
    let told = Command::new("unshare").args(["-r", "sh", "-c", script]).arg(example()).arg(folder.path()).output();
    // Only where such a namespace can be made.
    let Some(told) = told.ok().filter(|told| told.status.success()) else { return };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Blind(TooFewWatches)") && told.contains("Seen("), "{told}");
}

#[test]
fn where_the_kernel_tells_of_no_starts_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let told = Command::new("unshare").args(["-rn"]).arg(example()).arg(folder.path()).arg("4").output();
    let Some(told) = told.ok().filter(|told| told.status.success()) else { return };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Blind(StartsCompared)"), "{told}");
}

#[test]
fn where_other_users_are_hidden_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t proc -o hidepid=2 proc /proc && exec \"$0\" \"$1\" 4";
    let told = Command::new("unshare").args(["-rmpf", "sh", "-c", script]).arg(example()).arg(folder.path()).output();
    let Some(told) = told.ok().filter(|told| told.status.success()) else { return };
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Blind(UsersHidden)"), "{told}");
}
