//! The watch of systems that tell of nothing, run over `/proc` with real programs: what it decides is the same everywhere.

use std::collections::BTreeMap;

use super::super::proc;
use super::*;
use crate::observation::Busy;
use crate::polling::{self, HeldFile, Process, Refused, Socket, System};
use crate::process::How;

/// This computer, asked as macOS and Windows are. `by_file`: open files are told by file and not by process, as on Windows.
struct Proc {
    by_file: bool,
    /// What may not be opened without asking.
    private: PathBuf,
}

fn files(pid: u32, least: u64) -> BTreeMap<proc::FileKey, (PathBuf, How)> {
    let open = proc::open_files(pid).into_iter().filter(|open| open.size >= least);
    let mut all: BTreeMap<_, _> = open.map(|open| (open.key, (open.path, How::Open { position: None }))).collect();
    let mapped = proc::mappings(pid).into_iter().filter(|mapping| mapping.bytes >= least);
    all.extend(mapped.map(|mapping| (mapping.resolved(pid), (mapping.path, How::Mapped))));
    all
}

impl System for Proc {
    fn processes(&mut self) -> Option<Vec<Process>> {
        let process = |pid| {
            let (memory, sample, holder) = (proc::memory(pid)?, proc::sample(pid)?, proc::holder(pid)?);
            Some(Process { pid, started: holder.started, memory, computed: sample.computed, moved: sample.moved })
        };
        Some(proc::pids(&[]).into_iter().filter(|pid| proc::is_own(*pid)).filter_map(process).collect())
    }

    fn files_of(&mut self, pid: u32, least: u64) -> Result<Vec<HeldFile>, Refused> {
        if !proc::is_own(pid) {
            return Err(Refused::Gone);
        }
        if proc::is_protected(pid) {
            return Err(Refused::Protected);
        }
        let told = |how: &How| !self.by_file || *how == How::Mapped;
        let held = files(pid, least).into_iter().filter(|(_, (_, how))| told(how));
        Ok(held.map(|(key, (path, how))| HeldFile { key, path, how }).collect())
    }

    fn users_of(&mut self, paths: &[&Path]) -> Vec<(usize, u32)> {
        let all = if self.by_file { proc::pids(&[]) } else { Vec::new() };
        let keys: Vec<_> = paths.iter().map(|path| fs_err::metadata(path).map(|file| proc::FileKey::of(&file))).collect();
        let has = |pid: u32| {
            let held = files(pid, 0);
            keys.iter()
                .enumerate()
                .filter(|(_, key)| key.as_ref().is_ok_and(|key| held.contains_key(key)))
                .map(|(at, _)| at)
                .collect()
        };
        all.into_iter().flat_map(|pid| Vec::into_iter(has(pid)).map(move |at| (at, pid))).collect()
    }

    fn sockets(&mut self) -> Option<Vec<Socket>> {
        let mut diag = super::super::servers::Diag::open().ok()?;
        let mut sockets = Vec::new();
        for state in [super::super::servers::State::Listening, super::super::servers::State::Connected] {
            let listed = diag.list(state).ok()?;
            let owners = proc::owners_of_sockets(&listed.iter().map(|socket| socket.inode).collect());
            let is_connected = state == super::super::servers::State::Connected;
            sockets.extend(listed.into_iter().filter_map(|socket| {
                let pid = *owners.get(&socket.inode)?;
                Some(Socket { pid, address: socket.address, port: socket.port, peer: is_connected.then_some(socket.peer) })
            }));
        }
        Some(sockets)
    }

    fn name(&mut self, pid: u32) -> Option<String> {
        proc::holder(pid).map(|holder| holder.name)
    }

    fn account(&self) -> u32 {
        proc::own()
    }

    fn may_open(&self, path: &Path) -> bool {
        !path.starts_with(&self.private)
    }
}

fn scene(by_file: bool, before: impl FnOnce(&Path)) -> Scene {
    Scene::watched(
        before,
        |_| true,
        1000,
        |config, sink| {
            let private = config.places.first().unwrap().path.with_file_name("Documents");
            WatchHandle::new(polling::start(Proc { by_file, private }, config, real(), sink).unwrap())
        },
    )
}

fn is_held(observation: &Observation) -> bool {
    matches!(observation, Observation::Held { .. })
}

#[test]
fn a_program_that_maps_known_weights_is_named_until_its_end() {
    let scene = scene(false, |folder| write(&folder.join("Downloads/a.bin"), &gguf(2 * LEAST, 101)));
    let user = user_of(&scene.path("Downloads/a.bin"), "map");
    // The watch of another test may have it open, too.
    let held = scene.until(|one| matches!(one, Observation::Held { holder, .. } if holder.pid == user.id()));
    let Observation::Held { holder, by, .. } = held else { panic!("not held") };
    assert_eq!(by, HeldBy::Maps);
    assert!(holder.name.starts_with("python") && holder.started > 0, "{holder:?}");
    end(user);
    scene.until(|one| matches!(one, Observation::Released { pid, .. } if *pid == holder.pid));
}

fn an_open_file_is_use(by_file: bool) {
    let scene = scene(by_file, |folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 102)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "open");
    let pid = user.id();
    let held = scene.until(is_held);
    end(user);
    assert!(matches!(held, Observation::Held { by: HeldBy::Descriptor, ref holder, .. } if holder.pid == pid), "{held:?}");
    scene.until(|one| matches!(one, Observation::Released { pid: released, .. } if *released == pid));
}

#[test]
fn an_open_file_is_use_where_the_system_tells_by_process() {
    an_open_file_is_use(false);
}

#[test]
fn an_open_file_is_use_where_the_system_tells_by_file() {
    an_open_file_is_use(true);
}

#[test]
fn weights_in_a_place_that_nobody_knows_are_noticed_except_in_private_folders() {
    let scene = scene(false, |folder| {
        write(&folder.join("elsewhere/weights.dat"), &gguf(16 * LEAST, 103));
        write(&folder.join("Documents/weights.dat"), &gguf(16 * LEAST, 104));
    });
    let private = user_of(&scene.path("Documents/weights.dat"), "map");
    scene.until(|one| matches!(one, Observation::Blind(BlindSpot::PrivateFolders)));
    let user = user_of(&scene.path("elsewhere/weights.dat"), "map");
    let pid = user.id();
    let told = scene.until(|one| matches!(one, Observation::Seen(_) | Observation::Held { .. }));
    assert!(matches!(&told, Observation::Seen(file) if file.path.ends_with("elsewhere/weights.dat")), "{told:?}");
    let held = scene.until(is_held);
    end(user);
    end(private);
    assert!(matches!(held, Observation::Held { ref holder, .. } if holder.pid == pid), "{held:?}");
}

#[test]
fn a_slow_copy_is_no_use_here_either() {
    let scene = scene(false, |folder| write(&folder.join("Downloads/a.gguf"), &gguf(48 * LEAST, 105)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "copy slowly");
    let held = scene.held_within(Duration::from_secs(9));
    end(user);
    assert_eq!(held, None);
}

#[test]
fn work_and_a_server_are_seen_and_what_is_gone_is_told() {
    let scene = scene(false, |folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 106)));
    let script = "import mmap,socket,sys; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); f.close()\n\
                  s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); c=socket.create_connection(s.getsockname()); a=s.accept()\n\
                  while True: sum(m[::4096])";
    let user = Command::new("python3").args(["-c", script]).arg(scene.path("Downloads/a.gguf")).spawn().unwrap();
    let pid = user.id();
    let waits = scene.any(|one| matches!(one, Observation::Waits { holder: Some(holder), .. } if holder.pid == pid));
    let works = scene.until(|one| matches!(one, Observation::Works { .. }));
    let Observation::Waits { server, holder: Some(holder), .. } = waits else { panic!("{waits:?}") };
    let listener = crate::Listener { server, holder };
    let still =
        |listener: &crate::Listener| polling::still_waits(&mut Proc { by_file: false, private: PathBuf::new() }, listener);
    let another = crate::Holder { started: listener.holder.started + 1, ..listener.holder.clone() };
    let waiting = (still(&listener), still(&crate::Listener { holder: another, ..listener.clone() }));
    end(user);
    assert_eq!((waiting, still(&listener)), ((true, false), false), "another process by now, and one that has ended");
    assert!(matches!(works, Observation::Works { busy: Busy::Serves { port, .. }, .. } if port == server.port), "{works:?}");
    scene.until(|one| matches!(one, Observation::Released { .. }));
    fs_err::remove_file(scene.path("Downloads/a.gguf")).unwrap();
    scene._watch.rescan();
    scene.until(|one| matches!(one, Observation::Gone { .. }));
}

#[test]
fn a_download_is_seen_to_grow_until_it_is_whole() {
    let whole = gguf(8 * LEAST, 107);
    let half = whole.get(..4 << 20).unwrap().to_vec();
    let scene = scene(false, |folder| write(&folder.join("Downloads/a.gguf"), &half));
    let path = scene.path("Downloads/a.gguf");
    let arrival = |one: &Observation| if let Observation::Seen(file) = one { Some(file.arrival) } else { None };
    for (bytes, expected) in [(6 << 20, crate::Arrival::Underway), (whole.len(), crate::Arrival::Whole)] {
        write(&path, whole.get(..bytes).unwrap());
        scene._watch.rescan();
        let told = scene.until(|one| arrival(one).is_some());
        assert_eq!(arrival(&told), Some(expected));
    }
}

#[test]
fn capabilities_are_those_of_a_watch_that_is_told_nothing() {
    let scene = scene(false, |_| ());
    let capabilities = scene._watch.capabilities();
    assert_eq!((capabilities.births, capabilities.opens), (crate::Births::Poll, crate::Opens::Poll));
    assert!(capabilities.latency_seconds > 60);
    scene.until(|one| matches!(one, Observation::Blind(BlindSpot::OpensCompared)));
}
