//! One host per user, however many start at once and however the last one ended.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may stop it")]
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use canteen_os::{Acquired, Connection, HostLock, Listener, OsError, connect};

const RUNTIME: &str = "CANTEEN_TEST_RUNTIME";
const CLIENTS: usize = 19;

fn held(runtime: &Path) -> HostLock {
    match HostLock::acquire(runtime).unwrap() {
        Acquired::Held(lock) => lock,
        Acquired::Taken => panic!("another process holds {}", runtime.display()),
    }
}

/// This test again, as another process.
fn again(name: &str, runtime: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(RUNTIME, runtime)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn inside() -> Option<PathBuf> {
    std::env::var_os(RUNTIME).map(PathBuf::from)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn ping(face: &mut Connection) {
    face.send(b"ping").await.unwrap();
    assert_eq!(face.receive().await.unwrap().unwrap(), b"pong");
}

async fn answer_one(listener: &mut Listener) {
    let mut face = listener.accept().await.unwrap();
    assert_eq!(face.receive().await.unwrap().unwrap(), b"ping");
    face.send(b"pong").await.unwrap();
}

#[test]
fn of_twenty_that_start_at_once_one_is_the_host_and_nineteen_are_clients() {
    let Some(runtime) = inside() else {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        // A stale socket makes it harder.
        drop(held(&runtime));
        drop(std::os::unix::net::UnixListener::bind(runtime.join("host.sock")).unwrap());
        let name = "of_twenty_that_start_at_once_one_is_the_host_and_nineteen_are_clients";
        let children: Vec<Child> = (0..=CLIENTS).map(|_| again(name, &runtime)).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
        let hosts = fs_err::read_dir(&runtime)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("was-host-"));
        assert_eq!(hosts.count(), 1);
        return;
    };
    block_on(async {
        match HostLock::acquire(&runtime).unwrap() {
            Acquired::Held(lock) => {
                let mut listener = Listener::bind(&lock).unwrap();
                fs_err::write(runtime.join(format!("was-host-{}", std::process::id())), "").unwrap();
                for _ in 0..CLIENTS {
                    answer_one(&mut listener).await;
                }
            }
            Acquired::Taken => loop {
                match connect(&runtime).await {
                    Ok(mut face) => break ping(&mut face).await,
                    // The host has the lock and does not listen yet.
                    Err(OsError::HostNotRunning) => tokio::task::yield_now().await,
                    Err(other) => panic!("{other}"),
                }
            },
        }
    });
}

#[test]
fn a_socket_left_by_a_killed_host_is_taken_over() {
    if let Some(runtime) = inside() {
        return block_on(async {
            let lock = held(&runtime);
            let mut listener = Listener::bind(&lock).unwrap();
            writeln!(std::io::stdout(), "ready").unwrap();
            drop(listener.accept().await);
            std::future::pending::<()>().await;
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path().join("run");
    let mut host = again("a_socket_left_by_a_killed_host_is_taken_over", &runtime);
    let lines = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("ready")));
    assert!(matches!(HostLock::acquire(&runtime).unwrap(), Acquired::Taken));
    host.kill().unwrap();
    host.wait().unwrap();
    block_on(async {
        assert!(runtime.join("host.sock").exists(), "the test needs a stale socket");
        assert!(matches!(connect(&runtime).await, Err(OsError::HostNotRunning)));
        let lock = held(&runtime);
        let mut listener = Listener::bind(&lock).unwrap();
        let mut face = connect(&runtime).await.unwrap();
        tokio::join!(ping(&mut face), answer_one(&mut listener));
    });
}

#[test]
fn a_linked_or_open_folder_is_refused_by_host_and_face() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    drop(held(&real));
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(matches!(HostLock::acquire(&link), Err(OsError::FolderNotPrivate { .. })));
    assert!(matches!(block_on(connect(&link)), Err(OsError::FolderNotPrivate { .. })));
    fs_err::set_permissions(&real, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(HostLock::acquire(&real), Err(OsError::FolderNotPrivate { .. })));
    assert!(matches!(block_on(connect(&real)), Err(OsError::FolderNotPrivate { .. })));
}

#[test]
fn another_user_is_closed_before_a_byte_is_read_and_the_next_face_is_served() {
    // Only root can become somebody else; for others `nobody_but_the_same_user_is_let_in` holds the rule.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path().join("run");
    let lock = held(&runtime);
    block_on(async {
        let mut listener = Listener::bind(&lock).unwrap();
        // Opened up on purpose: the folder alone would keep others out.
        for (path, mode) in [(folder.path(), 0o755), (&runtime, 0o755), (&runtime.join("host.sock"), 0o777)] {
            fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let script = "import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\nprint(repr(s.recv(9)))";
        let stranger = Command::new("/usr/bin/python3")
            .args(["-c", script])
            .arg(runtime.join("host.sock"))
            .uid(12_345)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let serving = tokio::spawn(async move {
            let face = listener.accept().await.unwrap();
            face.peer()
        });
        let read = tokio::task::spawn_blocking(move || stranger.wait_with_output().map(|output| output.stdout));
        assert_eq!(read.await.unwrap().unwrap(), b"b''\n");
        fs_err::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
        let _face = connect(&runtime).await.unwrap();
        assert_eq!(serving.await.unwrap(), Some(std::process::id()));
    });
}
