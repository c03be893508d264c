//! Weights in a place that nobody knows, through before anybody looks; and what must not be taken for that.

use std::os::unix::ffi::OsStringExt as _;

use canteen_types::Timestamp;

use super::*;

/// With the time of day, which files have, too.
#[derive(Debug)]
struct Wall(Arc<crate::testing::Real>);

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "a clock for tests")]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

fn scene(before: impl FnOnce(&Path)) -> Scene {
    Scene::watched(before, |_| true, 1000, |config, sink| start(config, Arc::new(Wall(real())), sink).unwrap())
}

const SIZE: u64 = 96 * LEAST;

/// Weights that do not get smaller when they are packed.
fn noise(seed: u8) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    let mut bytes = gguf(SIZE, seed);
    for word in bytes.rchunks_exact_mut(8).take(usize::try_from(SIZE / 8).unwrap()) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        word.copy_from_slice(&state.rotate_left(29).to_le_bytes());
    }
    bytes
}

fn python(scene: &Scene, script: &str, arguments: &[&str]) -> Child {
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).args(arguments).current_dir(scene.path("elsewhere")).stdout(Stdio::null());
    command.env("MODEL", scene.path("elsewhere/deep/w.dat")).spawn().unwrap()
}

fn elsewhere(seed: u8) -> Scene {
    scene(|folder| write(&folder.join("elsewhere/deep/w.dat"), &gguf(SIZE, seed)))
}

fn is_held_by(pid: u32) -> impl Fn(&Observation) -> bool {
    move |observation| matches!(observation, Observation::Held { holder, by: HeldBy::Descriptor, .. } if holder.pid == pid)
}

#[test]
fn a_file_that_a_program_names_and_has_read_before_the_first_look_is_held() {
    let scene = elsewhere(60);
    let user = python(&scene, "import sys,time; b=open(sys.argv[1],'rb').read(); time.sleep(60)", &["deep/w.dat"]);
    scene.until(is_held_by(user.id()));
    end(user);
    scene.until(|observation| matches!(observation, Observation::Released { .. }));
}

#[test]
fn a_file_that_stands_in_a_line_of_the_program_is_found() {
    let scene = elsewhere(61);
    let script = format!("import time; b=open('{}','rb').read(); time.sleep(60)", scene.path("elsewhere/deep/w.dat").display());
    let user = Command::new("python3").args(["-c", &script]).current_dir("/").spawn().unwrap();
    let Observation::Seen(seen) = scene.until(|observation| matches!(observation, Observation::Seen(_))) else { unreachable!() };
    assert_eq!(seen.path, scene.path("elsewhere/deep/w.dat"));
    scene.until(is_held_by(user.id()));
    end(user);
}

#[test]
fn a_file_near_a_program_that_names_none_is_held_once_it_was_read() {
    let scene = elsewhere(62);
    let user = python(&scene, "import os,time; b=open(os.environ['MODEL'],'rb').read(); time.sleep(60)", &[]);
    scene.until(is_held_by(user.id()));
    end(user);
}

#[test]
fn who_works_beside_weights_and_reads_something_else_does_not_use_them() {
    let scene = elsewhere(63);
    write(&scene.path("elsewhere/table.csv"), &vec![b'7'; usize::try_from(2 * SIZE).unwrap()]);
    let users = [
        "import time; b=open('table.csv','rb').read(); time.sleep(60)",
        "import os,time; f=open(os.environ['MODEL'],'rb'); f.read(1<<20); b=b'x'*(300<<20); time.sleep(60)",
        "import os,time; f=open(os.environ['MODEL'],'rb')\nwhile f.read(1<<20): pass\ntime.sleep(60)",
    ]
    .map(|script| python(&scene, script, &[]));
    let held = scene.held_within(Duration::from_secs(8));
    users.into_iter().for_each(end);
    assert_eq!(held, None);
}

#[test]
fn what_a_program_names_explains_what_it_has_read() {
    let scene = elsewhere(64);
    write(&scene.path("elsewhere/table.csv"), &vec![b'7'; usize::try_from(SIZE).unwrap()]);
    let users = [
        python(&scene, "import os,time; f=open(os.environ['MODEL'],'rb')\nwhile f.read(1<<20): pass\ntime.sleep(60)", &[]),
        python(&scene, "import sys,time; b=open(sys.argv[1],'rb').read(); time.sleep(60)", &["table.csv"]),
    ];
    let held = scene.held_within(Duration::from_secs(8));
    users.into_iter().for_each(end);
    assert_eq!(held, None, "it has read a table of that size");
}

#[test]
fn a_program_that_packs_weights_does_not_use_them() {
    let scene = scene(|folder| write(&folder.join("Downloads/a.gguf"), &noise(64)));
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    fs_err::create_dir_all(scene.path("elsewhere")).unwrap();
    let script = "import lzma,shutil; shutil.copyfileobj(open('../Downloads/a.gguf','rb'),lzma.open('out.xz','wb'))";
    let user = python(&scene, script, &[]);
    let held = scene.held_within(Duration::from_secs(8));
    end(user);
    assert_eq!(held, None);
}

#[test]
fn the_child_of_who_has_read_weights_and_is_gone_holds_them() {
    let scene = scene(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(SIZE, 65)));
    scene.until(|observation| matches!(observation, Observation::Digest { .. }));
    fs_err::create_dir_all(scene.path("elsewhere")).unwrap();
    let script = "import os,time; f=open('../Downloads/a.gguf','rb'); b=f.read(); time.sleep(.2); f.close(); \
                  p=os.fork(); p and os._exit(0); time.sleep(60)";
    let parent = python(&scene, script, &[]);
    let held = scene.until(|observation| matches!(observation, Observation::Held { .. }));
    let Observation::Held { holder, .. } = held else { unreachable!() };
    assert_ne!(holder.pid, parent.id());
    end(parent);
    assert!(Command::new("kill").arg(holder.pid.to_string()).status().unwrap().success());
    scene.until(|observation| matches!(observation, Observation::Released { .. }));
}

#[test]
fn weights_that_are_mapped_from_within_an_archive_are_found() {
    let mut archive = vec![5; 8192 + 100];
    archive.extend(gguf(SIZE, 66));
    let scene = scene(|folder| write(&folder.join("elsewhere/app.asar"), &archive));
    let script = "import mmap,time; f=open('app.asar','rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ,offset=8192); \
                  f.close(); sum(m[::4096]); time.sleep(60)";
    let user = python(&scene, script, &[]);
    let pid = user.id();
    scene.until(|observation| matches!(observation, Observation::Held { holder, .. } if holder.pid == pid));
    end(user);
}

#[test]
fn a_name_of_any_bytes_is_kept_as_it_is() {
    let scene = scene(|folder| fs_err::create_dir_all(folder.join("elsewhere")).unwrap());
    let name = std::ffi::OsString::from_vec(b"two\nlines \xff\xfe.bin".to_vec());
    let path = scene.path("elsewhere").join(name);
    write(&path, &gguf(SIZE, 67));
    let script = "import mmap,os,sys,time; f=open(os.listdir(b'.')[0],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); \
                  f.close(); sum(m[::4096]); time.sleep(60)";
    let user = python(&scene, script, &[]);
    let held = scene.until(|observation| matches!(observation, Observation::Seen(_)));
    end(user);
    assert!(matches!(held, Observation::Seen(ref seen) if seen.path == path), "{held:?}");
}
