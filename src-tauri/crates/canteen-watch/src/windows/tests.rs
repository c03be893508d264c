//! With a real program: this one, started again, maps a model.

use std::net::TcpListener;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::process::{Child, Command};
use std::ptr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use canteen_types::ByteSize;
use windows_sys::Win32::System::Memory::{CreateFileMappingW, FILE_MAP_READ, MapViewOfFile, PAGE_READONLY};

use super::Windows;
use crate::polling::System as _;
use crate::testing::{gguf, real};
use crate::{FileIdentity, HeldBy, Observation, Place, WatchConfig, WatchHandle, start};

/// Tells this program, started again, what to map.
const MAPS: &str = "CANTEEN_WATCH_MAPS";
const LEAST: u64 = 1 << 20;

/// No test by itself.
#[test]
fn program_that_maps() {
    let Some(path) = std::env::var_os(MAPS) else { return };
    let file = fs_err::File::open(&path).unwrap();
    #[expect(unsafe_code, reason = "a program that uses a model maps it")]
    // SAFETY: the handle is open, and nothing is read of what was mapped.
    let view = unsafe {
        let mapping = CreateFileMappingW(file.file().as_raw_handle(), ptr::null(), PAGE_READONLY, 0, 0, ptr::null());
        MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0)
    };
    assert!(!view.Value.is_null());
    drop(file);
    std::thread::sleep(Duration::from_secs(120));
}

struct User(Child);

impl User {
    fn of(path: &Path) -> Self {
        let program = std::env::current_exe().unwrap();
        let arguments = ["--exact", "system::tests::program_that_maps", "--nocapture"];
        Self(Command::new(program).args(arguments).env(MAPS, path).spawn().unwrap())
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ended = (self.0.kill(), self.0.wait());
    }
}

fn watch(folder: &Path) -> (WatchHandle, Receiver<Observation>) {
    let (sink, observations) = sync_channel(1000);
    let places = vec![Place { name: "Downloads".into(), path: folder.join("Downloads"), recursive: true }];
    let config = WatchConfig::of(places, ByteSize::new(LEAST));
    (start(config, real(), sink).unwrap(), observations)
}

fn until(observations: &Receiver<Observation>, fits: impl Fn(&Observation) -> bool) -> Observation {
    let mut others = Vec::new();
    loop {
        match observations.recv_timeout(Duration::from_secs(60)) {
            Ok(observation) if fits(&observation) => return observation,
            Ok(observation) => others.push(observation),
            Err(_) => panic!("nothing fitting was observed: {others:#?}"),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, bytes).unwrap();
}

#[test]
fn a_file_is_the_same_by_every_name_and_another_after_a_write() {
    let folder = tempfile::tempdir().unwrap();
    let (path, hard) = (folder.path().join("a.bin"), folder.path().join("b.bin"));
    write(&path, b"weights");
    let before = FileIdentity::at(&path).unwrap();
    fs_err::hard_link(&path, &hard).unwrap();
    assert_eq!(FileIdentity::at(&hard).unwrap().key(), before.key());
    assert_eq!(before.size, 7);
    write(&path, b"others");
    assert_ne!(FileIdentity::at(&path).unwrap(), before);
    write(&folder.path().join("c.bin"), b"weights");
    assert_ne!(FileIdentity::at(&folder.path().join("c.bin")).unwrap().key(), before.key());
}

#[test]
fn a_program_that_maps_a_model_is_named_until_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("Downloads/a.bin");
    write(&model, &gguf(2 * LEAST, 1));
    let (_watch, observations) = watch(folder.path());
    until(&observations, |one| matches!(one, Observation::Seen(_)));
    let user = User::of(&model);
    let pid = user.0.id();
    // Programs of other tests hold models, too.
    let held = until(&observations, |one| matches!(one, Observation::Held { holder, .. } if holder.pid == pid));
    drop(user);
    let Observation::Held { holder, by, .. } = held else { unreachable!() };
    assert!(holder.name.starts_with("canteen_watch") && holder.name.ends_with(".exe"), "{holder:?}");
    assert_eq!(by, HeldBy::Maps);
    until(&observations, |one| matches!(one, Observation::Released { pid: released, .. } if *released == pid));
}

#[test]
fn a_server_is_listed_while_it_waits() {
    // Whose it is, is not asked: Wine keeps sockets in a process of its own.
    let is_listed = |port| {
        let sockets = Windows::default().sockets().unwrap();
        sockets.iter().any(|socket| socket.port == port && socket.peer.is_none() && socket.address.is_loopback())
    };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    assert!(is_listed(port));
    drop(server);
    assert!(!is_listed(port));
}

#[test]
fn weights_in_a_place_that_nobody_knows_are_noticed_when_they_are_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("elsewhere/a.dat");
    write(&model, &gguf(4 * LEAST, 2));
    let (_watch, observations) = watch(folder.path());
    let user = User::of(&model);
    let pid = user.0.id();
    let seen = until(&observations, |one| matches!(one, Observation::Seen(file) if file.path.ends_with("elsewhere/a.dat")));
    let held = until(&observations, |one| matches!(one, Observation::Held { holder, .. } if holder.pid == pid));
    drop(user);
    let Observation::Seen(file) = seen else { unreachable!() };
    assert!(!file.path.starts_with(r"\\?\GLOBALROOT"), "as people call it: {}", file.path.display());
    assert!(matches!(held, Observation::Held { identity, .. } if identity == file.identity));
}
