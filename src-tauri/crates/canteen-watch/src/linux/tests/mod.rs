mod arriving;
mod files;
mod given;
mod holders;
mod home;
mod others;
mod polled;
mod privacy;
mod repair;
mod work;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::{ByteSize, Clock, Digest};

use crate::observation::{BlindSpot, HeldBy, Observation};
use crate::testing::{gguf, real};
use crate::{Place, WatchConfig, WatchHandle, start};

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
        Self::holding(before, needs_digest, 1000)
    }

    /// `room`: observations that wait before they hold the watch up.
    fn holding(before: impl FnOnce(&Path), needs_digest: fn(&crate::FileIdentity) -> bool, room: usize) -> Self {
        Self::watched(before, needs_digest, room, |config, sink| start(config, real(), sink).unwrap())
    }

    fn watched(
        before: impl FnOnce(&Path),
        needs_digest: fn(&crate::FileIdentity) -> bool,
        room: usize,
        start: impl FnOnce(WatchConfig, SyncSender<Observation>) -> WatchHandle,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        before(folder.path());
        let (sink, observations) = sync_channel(room);
        let (own, later) = (folder.path().join("own"), folder.path().to_owned());
        let places = vec![Place { name: "Downloads".into(), path: folder.path().join("Downloads"), recursive: true }];
        let config = WatchConfig {
            more_places: Arc::new(move || {
                let acme = Place { name: "Acme".into(), path: later.join("acme/models"), recursive: true };
                later.join("acme.known").exists().then_some(acme).into_iter().collect()
            }),
            is_own: Arc::new(move |path| path.starts_with(&own)),
            needs_digest: Arc::new(needs_digest),
            ..WatchConfig::of(places, ByteSize::new(LEAST))
        };
        let watch = start(config, sink);
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
            Observation::Named(named) => {
                let own = named.path.starts_with(self.folder.path());
                if own {
                    self.own.borrow_mut().insert(named.identity);
                }
                own
            }
            Observation::Digest { identity, .. }
            | Observation::Held { identity, .. }
            | Observation::Released { identity, .. }
            | Observation::Again { identity, .. }
            | Observation::Works { identity, .. }
            | Observation::Rests { identity, .. }
            | Observation::Gone { identity } => self.own.borrow().contains(identity),
            Observation::SweepDone { .. } | Observation::Blind(_) => true,
            Observation::Looking { .. } | Observation::Waits { .. } | Observation::NoWeights { .. } | Observation::Home(_) => {
                false
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn next(&self, span: Duration) -> Result<Observation, RecvTimeoutError> {
        let early = self.early.borrow_mut().pop_front();
        early.map_or_else(|| self.observations.recv_timeout(span), Ok)
    }

    /// The first observation of this scene's files that fits, within a minute.
    fn until(&self, fits: impl Fn(&Observation) -> bool) -> Observation {
        self.any(|observation| self.is_own(observation) && fits(observation))
    }

    /// The first observation that fits, within a minute.
    fn any(&self, fits: impl Fn(&Observation) -> bool) -> Observation {
        loop {
            match self.next(Duration::from_secs(60)) {
                Ok(observation) => {
                    self.is_own(&observation);
                    if fits(&observation) {
                        return observation;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("nothing fitting was observed"),
                Err(RecvTimeoutError::Disconnected) => panic!("the watch ended"),
            }
        }
    }

    /// Everything that is observed within `span`.
    fn within(&self, span: Duration) -> Vec<Observation> {
        let (clock, mut all) = (real(), Vec::new());
        while let Ok(observation) = self.next(span.saturating_sub(clock.monotonic())) {
            if self.is_own(&observation) {
                all.push(observation);
            }
        }
        all
    }

    fn held_within(&self, span: Duration) -> Option<Observation> {
        // Canteens of other tests look at whatever lies in temporary folders.
        let is_held = |one: &Observation| matches!(one, Observation::Held { holder, .. } if !holder.name.starts_with("canteen"));
        self.within(span).into_iter().find(is_held)
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, bytes).unwrap();
}

/// A real program that maps the file, or keeps it open, until it is killed.
fn user_of(path: &Path, how: &str) -> Child {
    let script = match how {
        "load" => "import sys,time; f=open(sys.argv[1],'rb',0); time.sleep(0.6); b=f.read(); f.close(); time.sleep(60)",
        "keep" => "import sys,time; f=open(sys.argv[1],'rb',0); time.sleep(0.6); b=f.read(); time.sleep(60)",
        "copy in the kernel" => {
            "import os,sys,time,tempfile; f=open(sys.argv[1],'rb'); t=tempfile.TemporaryFile(); n=os.fstat(f.fileno()).st_size\n\
             while True: t.seek(0); os.sendfile(t.fileno(),f.fileno(),0,n); time.sleep(0.02)"
        }
        "map and unlink" => {
            "import mmap,os,sys,time; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); f.close(); os.unlink(sys.argv[1]); time.sleep(60)"
        }
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

/// The built example `watch`.
fn example() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let built = tests.ancestors().nth(2).unwrap().join("examples/watch");
    assert!(built.exists(), "`cargo test` builds examples; with filters of targets name `--examples`, too");
    built
}

/// Something that was mounted, for as long as a test goes on.
struct Mounted(PathBuf);

/// Mounts; `None` where this account may not.
fn mount(arguments: &[&str], point: PathBuf) -> Option<Mounted> {
    let mut mount = Command::new("mount");
    let done = mount.args(arguments).arg(&point).stderr(Stdio::null()).status().is_ok_and(|done| done.success());
    done.then_some(Mounted(point))
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A digest may be reading from it.
        for _ in 0..50 {
            if Command::new("umount").arg(&self.0).stderr(Stdio::null()).status().is_ok_and(|done| done.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}
