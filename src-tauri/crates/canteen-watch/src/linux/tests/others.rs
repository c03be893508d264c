//! Programs of other users. Only root may start them here; other accounts leave these tests at their beginning.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

const HEX: &str = "9a1290382ecbd3e5d1ee1a5a2f0a4ed4c9a4bfb1a39e4aee5eb1c3f2b1a0c9d8";

fn may_become_others() -> bool {
    rustix::process::geteuid().is_root() && Path::new("/usr/bin/python3").exists()
}

/// A program of the user *nobody*.
fn by_another_user(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--clear-groups", program]).stdout(Stdio::null());
    command
}

/// The store of a service: a file named by a digest, of 64 MiB without a byte in them.
fn blob(folder: &Path) -> PathBuf {
    let path = folder.join("service/blobs").join(format!("sha256-{HEX}"));
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::File::create(&path).unwrap().set_len(64 << 20).unwrap();
    path
}

#[test]
fn a_service_is_named_by_the_digest_in_its_arguments_and_its_end_is_noticed() {
    if !may_become_others() {
        return;
    }
    let scene = Scene::new(|folder| drop(blob(folder)));
    let path = blob(scene.folder.path());
    let script = "import time; m=b'x'*(30<<20); time.sleep(60)";
    let service = by_another_user("/usr/bin/python3").args(["-c", script, "--model"]).arg(&path).spawn().unwrap();
    let Observation::Named(named) = scene.until(|one| matches!(one, Observation::Named(_))) else { panic!("not named") };
    assert_eq!((named.digest.to_string(), &named.path), (format!("sha256:{HEX}"), &path));
    let held = scene.until(|one| matches!(one, Observation::Held { .. }));
    let Observation::Held { identity, holder, by, .. } = held else { panic!("not held") };
    assert_eq!((identity, holder.pid, by), (named.identity, service.id(), HeldBy::Arguments));
    end(service);
    scene.until(|one| matches!(one, Observation::Released { pid, .. } if *pid == holder.pid));
    scene.until(|one| matches!(one, Observation::Gone { identity } if *identity == named.identity));
}

#[test]
fn a_wrapper_that_repeats_the_arguments_is_silent() {
    if !may_become_others() {
        return;
    }
    let scene = Scene::new(|folder| drop(blob(folder)));
    let path = blob(scene.folder.path());
    let wrapper = by_another_user("/bin/sh").args(["-c", "sleep 60; true", "sh", "--model"]).arg(&path).spawn().unwrap();
    let noticed = scene.within(Duration::from_secs(7));
    end(wrapper);
    assert!(!noticed.iter().any(|one| matches!(one, Observation::Named(_) | Observation::Held { .. })), "{noticed:?}");
}

#[test]
fn known_weights_that_another_user_maps_are_held_by_who_has_the_memory_until_the_last_close() {
    if !may_become_others() {
        return;
    }
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(400 * LEAST, 40)));
    let path = scene.path("Downloads/a.gguf");
    // Our own digest has it open until then.
    scene.until(|one| matches!(one, Observation::Digest { .. }));
    let script = "import mmap,time; m=mmap.mmap(0,0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(60)";
    let file = fs_err::File::open(&path).unwrap();
    let service =
        by_another_user("/usr/bin/python3").args(["-c", script]).stdin(file.file().try_clone().unwrap()).spawn().unwrap();
    drop(file);
    let held = scene.until(|one| matches!(one, Observation::Held { .. }));
    let Observation::Held { holder, by, .. } = held else { panic!("not held") };
    // An administrator may read its maps as well, and which look comes first is chance.
    assert!(holder.pid == service.id() && matches!(by, HeldBy::Residency | HeldBy::Maps), "{holder:?} {by:?}");
    end(service);
    scene.until(|one| matches!(one, Observation::Released { pid, .. } if *pid == holder.pid));
}

#[test]
fn a_backup_by_another_user_is_silent() {
    if !may_become_others() {
        return;
    }
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(400 * LEAST, 41)));
    scene.until(|one| matches!(one, Observation::Digest { .. }));
    let script = "import os,time\nwhile os.read(0,1<<18): time.sleep(0.01)\ntime.sleep(60)";
    let file = fs_err::File::open(scene.path("Downloads/a.gguf")).unwrap();
    let backup =
        by_another_user("/usr/bin/python3").args(["-c", script]).stdin(file.file().try_clone().unwrap()).spawn().unwrap();
    drop(file);
    let held = scene.held_within(Duration::from_secs(9));
    end(backup);
    assert_eq!(held, None);
}

#[test]
fn a_container_that_has_the_weights_in_folders_of_its_own_is_seen_through() {
    let scene = Scene::new(|folder| write(&folder.join("elsewhere/m/weights.dat"), &gguf(16 * LEAST, 42)));
    let script = "import mmap,time; f=open('/models/weights.dat','rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(60)";
    let container = Command::new("bwrap")
        .args([
            "--ro-bind",
            "/usr",
            "/usr",
            "--symlink",
            "usr/lib",
            "/lib",
            "--symlink",
            "usr/lib64",
            "/lib64",
            "--proc",
            "/proc",
        ])
        .args(["--tmpfs", "/models", "--ro-bind"])
        .args([scene.path("elsewhere/m/weights.dat"), PathBuf::from("/models/weights.dat")])
        .args(["--unshare-pid", "--unshare-net", "--die-with-parent", "/usr/bin/python3", "-c", script])
        .spawn();
    // Only where containers of this kind can be made.
    let Ok(container) = container else { return };
    let held = scene.any(|one| matches!(one, Observation::Held { holder, .. } if holder.name.starts_with("python")));
    end(container);
    assert!(matches!(held, Observation::Held { by: HeldBy::Maps, .. }), "{held:?}");
}

#[test]
fn a_large_program_that_forbids_a_closer_look_is_said() {
    if !may_become_others() {
        return;
    }
    // The watch of an ordinary account: root may look closer at everything.
    let folder = tempfile::tempdir().unwrap();
    fs_err::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let watch = folder.path().join("watch");
    fs_err::copy(example(), &watch).unwrap();
    let script = "import ctypes,time; ctypes.CDLL(None).prctl(4,0,0,0,0); m=b'x'*(90<<20); time.sleep(60)";
    let hidden = by_another_user("/usr/bin/python3").args(["-c", script]).spawn().unwrap();
    let told = by_another_user(watch.to_str().unwrap()).arg(folder.path()).arg("8").stdout(Stdio::piped()).output().unwrap();
    end(hidden);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Blind(Protected)"), "{told}");
}
