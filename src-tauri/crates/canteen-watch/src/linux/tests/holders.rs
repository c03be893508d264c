//! Holders: what counts as use.

use std::os::fd::AsRawFd as _;

use super::*;

#[test]
fn a_program_that_maps_the_weights_is_named_and_its_end_is_noticed() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.bin"), &gguf(2 * LEAST, 2)));
    let user = user_of(&scene.path("Downloads/a.bin"), "map");
    let held = scene.until(|observation| matches!(observation, Observation::Held { .. }));
    let Observation::Held { holder, by, .. } = held else { panic!("not held") };
    assert_eq!((holder.pid, by), (user.id(), HeldBy::Maps));
    assert!(holder.name.starts_with("python"), "{}", holder.name);
    end(user);
    let released = scene.until(|observation| matches!(observation, Observation::Released { .. }));
    assert!(matches!(released, Observation::Released { pid, .. } if pid == holder.pid));
}

#[test]
fn a_program_that_keeps_the_file_open_and_what_it_read_is_named() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(48 * LEAST, 3)));
    // Until then our own digest reads it, too.
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    let user = user_of(&scene.path("Downloads/a.gguf"), "keep");
    let held = scene.until(|observation| matches!(observation, Observation::Held { .. }));
    assert!(matches!(held, Observation::Held { by: HeldBy::Descriptor, ref holder, .. } if holder.pid == user.id()));
    end(user);
}

#[test]
fn reading_and_copying_are_not_use() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 4)));
    for _ in 0..5 {
        for program in ["sha256sum", "head", "wc"] {
            let done = Command::new(program).arg(scene.path("Downloads/a.gguf")).stdout(Stdio::null()).status().unwrap();
            assert!(done.success());
        }
    }
    fs_err::copy(scene.path("Downloads/a.gguf"), scene.path("copy.gguf")).unwrap();
    let held = scene.held_within(Duration::from_secs(3));
    assert_eq!(held, None);
}

#[test]
fn weights_in_a_place_that_nobody_knows_are_noticed_when_they_are_used() {
    let scene = Scene::new(|folder| write(&folder.join("elsewhere/weights.dat"), &gguf(16 * LEAST, 7)));
    // It must grow by the minimum size for the gate: touch every page.
    let script = "import mmap,sys,time; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(60)";
    let user = Command::new("python3").args(["-c", script]).arg(scene.path("elsewhere/weights.dat")).spawn().unwrap();
    let held = scene.until(|observation| matches!(observation, Observation::Held { .. }));
    assert!(matches!(held, Observation::Held { ref holder, .. } if holder.pid == user.id()));
    end(user);
}

#[test]
fn our_own_open_files_are_left_out() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 8)));
    let file = fs_err::File::open(scene.path("Downloads/a.gguf")).unwrap();
    let held = scene.held_within(Duration::from_secs(2));
    assert_eq!(held, None);
    assert!(file.as_raw_fd() >= 0);
}

#[test]
fn a_slow_copy_is_no_use() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(16 * LEAST, 9)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "copy slowly");
    let held = scene.held_within(Duration::from_secs(4));
    end(user);
    assert_eq!(held, None);
}

#[test]
fn a_loader_that_closes_the_file_and_keeps_the_weights_is_named_until_its_end() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(48 * LEAST, 10)));
    // Until then our own digest reads it, too.
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    let user = user_of(&scene.path("Downloads/a.gguf"), "load");
    let pid = user.id();
    let held = scene.until(|observation| matches!(observation, Observation::Held { .. }));
    assert!(matches!(held, Observation::Held { by: HeldBy::Descriptor, ref holder, .. } if holder.pid == pid));
    end(user);
    scene.until(|observation| matches!(observation, Observation::Released { pid: released, .. } if *released == pid));
}

#[test]
fn files_that_only_look_like_weights_stay_silent_even_in_use() {
    let scene = Scene::new(|folder| {
        write(&folder.join("Downloads/zeros.gguf"), &vec![0; 3 << 20]);
        let mut zip = b"PK\x03\x04".to_vec();
        zip.resize(3 << 20, 5);
        write(&folder.join("Downloads/model.safetensors"), &zip);
        let mut cut = gguf(4 * LEAST, 14);
        cut.truncate(3 << 20);
        write(&folder.join("Downloads/half.gguf"), &cut);
    });
    let downloads = scene.path("Downloads");
    let users: Vec<Child> =
        ["zeros.gguf", "model.safetensors", "half.gguf"].iter().map(|name| user_of(&downloads.join(name), "map")).collect();
    let noticed = scene.within(Duration::from_secs(2));
    users.into_iter().for_each(end);
    assert!(!noticed.iter().any(|observation| matches!(observation, Observation::Seen(_) | Observation::Held { .. })));
}

#[test]
fn a_copy_in_memory_only_is_noticed() {
    let scene = Scene::new(|folder| write(&folder.join("elsewhere/a.bin"), &gguf(32 * LEAST, 15)));
    let script = "import mmap,os,sys,time; d=open(sys.argv[1],'rb').read(); m=os.memfd_create('x'); os.write(m,d); del d; \
                  v=mmap.mmap(m,0,prot=mmap.PROT_READ); sum(v[::4096]); time.sleep(60)";
    let user = Command::new("python3").args(["-c", script]).arg(scene.path("elsewhere/a.bin")).spawn().unwrap();
    let pid = user.id();
    // It lies in no folder, so it is told apart by its holder, who had read the file before: that is another use.
    scene.any(|observation| matches!(observation, Observation::Held { holder, by: HeldBy::Maps, .. } if holder.pid == pid));
    end(user);
}

#[test]
fn a_copy_inside_the_kernel_is_no_use() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(16 * LEAST, 17)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "copy in the kernel");
    let held = scene.held_within(Duration::from_secs(4));
    end(user);
    assert_eq!(held, None);
}

#[test]
fn weights_that_lose_their_name_as_soon_as_they_are_mapped_are_noticed() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 18)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "map and unlink");
    let told = scene.until(|observation| matches!(observation, Observation::Held { .. } | Observation::Gone { .. }));
    assert!(matches!(told, Observation::Held { ref holder, .. } if holder.pid == user.id()), "{told:?}");
    end(user);
    scene.until(|observation| matches!(observation, Observation::Gone { .. }));
}

#[test]
fn a_holder_stays_one_when_the_file_gets_another_name() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 19)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "map");
    scene.until(|observation| matches!(observation, Observation::Held { .. }));
    fs_err::rename(scene.path("Downloads/a.gguf"), scene.path("Downloads/b.gguf")).unwrap();
    let Observation::Seen(renamed) =
        scene.until(|observation| matches!(observation, Observation::Seen(file) if file.path.ends_with("b.gguf")))
    else {
        panic!("not seen")
    };
    end(user);
    let told = scene.until(|observation| matches!(observation, Observation::Released { .. } | Observation::Gone { .. }));
    assert!(matches!(told, Observation::Released { identity, .. } if identity == renamed.identity), "{told:?}");
}

#[test]
fn weights_are_the_same_by_every_name_and_way() {
    use std::os::unix::fs::symlink;
    let scene = Scene::new(|folder| {
        write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 20));
        fs_err::create_dir_all(folder.join("ways/bound")).unwrap();
        symlink(folder.join("Downloads/a.gguf"), folder.join("ways/link.txt")).unwrap();
        fs_err::hard_link(folder.join("Downloads/a.gguf"), folder.join("ways/hard.mp4")).unwrap();
    });
    let bound = mount(&["--bind", scene.path("Downloads").to_str().unwrap()], scene.path("ways/bound"));
    let ways = ["ways/link.txt", "ways/hard.mp4", "ways/bound/a.gguf"];
    for way in ways.into_iter().take(if bound.is_some() { 3 } else { 2 }) {
        let user = user_of(&scene.path(way), "map");
        let pid = user.id();
        let held = scene.until(|observation| matches!(observation, Observation::Held { holder, .. } if holder.pid == pid));
        end(user);
        assert!(matches!(held, Observation::Held { by: HeldBy::Maps, .. }), "{way}");
        scene.until(|observation| matches!(observation, Observation::Released { pid: released, .. } if *released == pid));
    }
}

#[test]
fn the_lower_file_of_an_overlay_is_the_one_that_is_held() {
    let scene = Scene::new(|folder| {
        write(&folder.join("Downloads/a.gguf"), &gguf(16 * LEAST, 21));
        for name in ["upper", "work", "merged"] {
            fs_err::create_dir_all(folder.join(name)).unwrap();
        }
    });
    let [lower, upper, work] = ["Downloads", "upper", "work"].map(|name| scene.path(name).display().to_string());
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work}");
    let merged = scene.path("merged");
    let Some(_overlay) = mount(&["-t", "overlay", "overlay", "-o", &options], merged.clone()) else { return };
    let script = "import mmap,sys,time; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(60)";
    let user = Command::new("python3").args(["-c", script]).arg(merged.join("a.gguf")).spawn().unwrap();
    let pid = user.id();
    scene.any(|observation| matches!(observation, Observation::Held { holder, .. } if holder.pid == pid));
    end(user);
}
