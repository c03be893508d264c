use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use canteen_types::{ByteSize, Clock, Digest, Timestamp};

use crate::observation::{HeldBy, Observation};
use crate::{Place, WatchConfig, WatchHandle, start};

/// Real time: these tests wait for real processes.
#[derive(Debug)]
struct Real(Instant, AtomicI64);

impl Clock for Real {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.1.fetch_add(1, Ordering::Relaxed))
    }
    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "a clock for tests")]
fn real() -> Arc<Real> {
    Arc::new(Real(Instant::now(), AtomicI64::new(0)))
}

/// A valid GGUF with one tensor of `data` bytes.
fn gguf(data: u64, seed: u8) -> Vec<u8> {
    let text = |text: &str| [(text.len() as u64).to_le_bytes().to_vec(), text.as_bytes().to_vec()].concat();
    let mut bytes = b"GGUF".to_vec();
    bytes.extend_from_slice(&3_u32.to_le_bytes());
    bytes.extend_from_slice(&1_u64.to_le_bytes());
    bytes.extend_from_slice(&1_u64.to_le_bytes());
    bytes.extend_from_slice(&[text("general.architecture"), 8_u32.to_le_bytes().to_vec(), text("llama")].concat());
    bytes.extend_from_slice(
        &[
            text("w"),
            1_u32.to_le_bytes().to_vec(),
            data.to_le_bytes().to_vec(),
            24_u32.to_le_bytes().to_vec(),
            0_u64.to_le_bytes().to_vec(),
        ]
        .concat(),
    );
    bytes.resize(bytes.len().next_multiple_of(32), 0);
    bytes.resize(bytes.len() + usize::try_from(data).unwrap(), seed);
    bytes
}

struct Scene {
    folder: tempfile::TempDir,
    observations: Receiver<Observation>,
    /// What came while something else was waited for.
    early: std::cell::RefCell<std::collections::VecDeque<Observation>>,
    /// Files of this scene: other tests of this user hold weights at the same time.
    own: std::cell::RefCell<std::collections::HashSet<crate::FileIdentity>>,
    _watch: WatchHandle,
}

const LEAST: u64 = 1 << 20;

impl Scene {
    fn new(before: impl FnOnce(&Path)) -> Self {
        Self::asking(before, |_| true)
    }

    fn asking(before: impl FnOnce(&Path), needs_digest: fn(&crate::FileIdentity) -> bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        before(folder.path());
        let (sink, observations) = sync_channel(1000);
        let config = WatchConfig {
            places: vec![Place { name: "Downloads".into(), path: folder.path().join("Downloads"), recursive: true }],
            minimum_size: ByteSize::new(LEAST),
            own_library: folder.path().join("own"),
            ignore_pids: Arc::new(Vec::new),
            needs_digest: Arc::new(needs_digest),
        };
        let watch = start(config, real(), sink).unwrap();
        let scene = Self { folder, observations, early: Default::default(), own: Default::default(), _watch: watch };
        // A digest may come before the first look is through: it must not be lost.
        loop {
            let early = scene.observations.recv_timeout(Duration::from_secs(10)).unwrap();
            if matches!(early, Observation::SweepDone { .. }) {
                break;
            }
            scene.early.borrow_mut().push_back(early);
        }
        scene
    }

    fn is_own(&self, observation: &Observation) -> bool {
        match observation {
            Observation::Seen(file) => {
                let own = file.path.starts_with(self.folder.path());
                if own {
                    self.own.borrow_mut().insert(file.identity);
                }
                own
            }
            Observation::Digest { identity, .. }
            | Observation::Held { identity, .. }
            | Observation::Released { identity, .. }
            | Observation::Gone { identity } => self.own.borrow().contains(identity),
            Observation::SweepDone { .. } | Observation::Blind { .. } => true,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn next(&self, span: Duration) -> Result<Observation, RecvTimeoutError> {
        let early = self.early.borrow_mut().pop_front();
        early.map_or_else(|| self.observations.recv_timeout(span), Ok)
    }

    /// The first observation of this scene's files that fits, within ten seconds.
    fn until(&self, fits: impl Fn(&Observation) -> bool) -> Observation {
        self.any(|observation| self.is_own(observation) && fits(observation))
    }

    /// The first observation that fits, within ten seconds.
    fn any(&self, fits: impl Fn(&Observation) -> bool) -> Observation {
        loop {
            match self.next(Duration::from_secs(10)) {
                Ok(observation) if fits(&observation) => return observation,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => panic!("nothing fitting was observed"),
                Err(RecvTimeoutError::Disconnected) => panic!("the watch ended"),
            }
        }
    }

    /// Everything that is observed within `span`.
    fn within(&self, span: Duration) -> Vec<Observation> {
        let mut all = Vec::new();
        while let Ok(observation) = self.next(span) {
            if self.is_own(&observation) {
                all.push(observation);
            }
        }
        all
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, bytes).unwrap();
}

/// A real program that maps the file, or keeps it open, until it is killed.
fn user_of(path: &Path, how: &str) -> Child {
    let script = match how {
        "load" => "import sys,time; f=open(sys.argv[1],'rb',0); time.sleep(0.2); b=f.read(); f.close(); time.sleep(60)",
        "copy slowly" => {
            "import sys,time; f=open(sys.argv[1],'rb',0)\nwhile f.read(1<<18): time.sleep(0.05)\nf.close(); time.sleep(60)"
        }
        "map" => {
            "import mmap,sys,time; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); f.close(); time.sleep(60)"
        }
        _ => "import sys,time; f=open(sys.argv[1],'rb'); f.read(4096); time.sleep(60)",
    };
    Command::new("python3").args(["-c", script]).arg(path).stdout(Stdio::null()).spawn().unwrap()
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

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
fn a_program_that_keeps_the_file_open_is_named() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 3)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "open");
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
    let held =
        scene.within(Duration::from_secs(3)).into_iter().find(|observation| matches!(observation, Observation::Held { .. }));
    assert_eq!(held, None);
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
    let held =
        scene.within(Duration::from_secs(2)).into_iter().find(|observation| matches!(observation, Observation::Held { .. }));
    assert_eq!(held, None);
    assert!(file.as_raw_fd() >= 0);
}

#[test]
fn a_slow_copy_is_no_use() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(16 * LEAST, 9)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "copy slowly");
    let held =
        scene.within(Duration::from_secs(4)).into_iter().find(|observation| matches!(observation, Observation::Held { .. }));
    end(user);
    assert_eq!(held, None);
}

#[test]
fn a_loader_that_closes_the_file_and_keeps_the_weights_is_named_until_its_end() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(64 * LEAST, 10)));
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
    let time = fs_err::metadata(&path).unwrap().modified().unwrap();
    let mut file = fs_err::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, &gguf(2 * LEAST, 13)).unwrap();
    file.file().set_modified(time).unwrap();
    drop(file);
    scene.until(|observation| matches!(observation, Observation::Gone { .. }));
    let after = scene.until(|observation| matches!(observation, Observation::Digest { digest, .. } if *digest != before));
    assert!(matches!(after, Observation::Digest { digest, .. } if digest == Digest::of(&gguf(2 * LEAST, 13))));
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
    // It lies in no folder, so it is told apart by its holder alone.
    let held = scene.any(|observation| matches!(observation, Observation::Held { holder, .. } if holder.pid == pid));
    end(user);
    assert!(matches!(held, Observation::Held { by: HeldBy::Maps, .. }));
}

#[test]
fn what_is_not_seen_is_said() {
    let (sink, observations) = sync_channel(10);
    let config = WatchConfig {
        places: Vec::new(),
        minimum_size: ByteSize::new(u64::MAX),
        own_library: PathBuf::from("/nowhere"),
        ignore_pids: Arc::new(Vec::new),
        needs_digest: Arc::new(|_| false),
    };
    let _watch = start(config, real(), sink).unwrap();
    let first = observations.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(first, Observation::Blind { ref what } if what.contains("other")), "{first:?}");
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
