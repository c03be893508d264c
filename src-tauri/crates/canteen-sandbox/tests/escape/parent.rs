//! The parent's side: start a child per row, compare what came of it.

use std::fs::File;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

use canteen_sandbox::{Exit, HowEnded, Spec, SystemCall};
use canteen_types::ByteSize;

use crate::child;
use crate::harness::Test;
use crate::table::{Free, Locked, Row, rows};

pub(crate) const TESTS: &[Test] = &[
    ("without_a_sandbox_the_attempts_work", without_a_sandbox_the_attempts_work),
    ("a_locked_child_escapes_nowhere", a_locked_child_escapes_nowhere),
    ("what_an_old_landlock_lacks_is_carried_by_seccomp", what_an_old_landlock_lacks_is_carried_by_seccomp),
    ("landlock_is_a_second_wall_for_paths", landlock_is_a_second_wall_for_paths),
    ("a_missing_wall_is_reported", a_missing_wall_is_reported),
    ("a_child_is_born_with_six_descriptors_and_two_settings", a_child_is_born_with_six_descriptors_and_two_settings),
    ("a_child_with_threads_is_not_locked_in", a_child_with_threads_is_not_locked_in),
    ("a_child_of_somebody_else_is_not_locked_in", a_child_of_somebody_else_is_not_locked_in),
    ("a_child_outlives_the_thread_that_asked_for_it", a_child_outlives_the_thread_that_asked_for_it),
    ("a_killed_child_was_killed_by_us", a_killed_child_was_killed_by_us),
    ("a_program_that_is_not_there_is_named", a_program_that_is_not_there_is_named),
];

/// What came of one child.
#[derive(Debug, PartialEq)]
enum Outcome {
    Said(String),
    Ended(HowEnded),
}

/// What the attempts are made against.
struct Arena {
    folder: tempfile::TempDir,
    tcp: TcpListener,
    _unix: UnixListener,
}

impl Arena {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["file", "victim", "moving"] {
            fs_err::write(path(name), b"contents").expect("a file");
        }
        fs_err::write(path("model"), b"GGUF and more").expect("a model");
        let unix = UnixListener::bind(path("socket")).expect("a socket");
        Self { tcp: TcpListener::bind("127.0.0.1:0").expect("a port"), _unix: unix, folder }
    }

    fn spawn(&self, mode: &str, what: &str) -> canteen_sandbox::Child {
        let port = self.tcp.local_addr().expect("a port").port();
        let arguments = [child::FLAG, mode, what, self.folder.path().to_str().expect("UTF-8"), &port.to_string()];
        canteen_sandbox::spawn(Spec {
            program: std::env::current_exe().expect("this program"),
            arguments: arguments.map(str::to_owned).to_vec(),
            model: open(&self.folder.path().join("model")),
            memory_limit: ByteSize::new(512 << 20),
        })
        .expect("a child")
    }

    fn outcome(&self, mode: &str, what: &str) -> (Outcome, Exit) {
        let child = self.spawn(mode, what);
        let mut channel = child.channel().expect("its channel");
        let said = read(&mut channel);
        channel.close();
        let exit = child.wait();
        (said.map_or(Outcome::Ended(exit.how), Outcome::Said), exit)
    }
}

fn open(path: &Path) -> File {
    fs_err::File::open(path).expect("a file").into_file()
}

fn read(channel: &mut canteen_sandbox::Channel) -> Option<String> {
    let mut length = [0; 4];
    channel.read_exact(&mut length).ok()?;
    let mut said = String::new();
    channel.take(u32::from_be_bytes(length).into()).read_to_string(&mut said).ok()?;
    Some(said)
}

fn check(mode: &str, wanted: impl Fn(&Row) -> Option<Outcome>) {
    let arena = Arena::new();
    let wrong: Vec<String> = rows()
        .iter()
        .filter_map(|row| {
            let expected = wanted(row)?;
            let (found, exit) = arena.outcome(mode, row.name);
            (found != expected).then(|| format!("{}: {found:?}, not {expected:?} ({})", row.name, exit.stderr))
        })
        .collect();
    assert!(wrong.is_empty(), "{mode}:\n{}", wrong.join("\n"));
}

fn errno(number: i32) -> Outcome {
    Outcome::Said(format!("errno {number}"))
}

fn works() -> Outcome {
    Outcome::Said("works".to_owned())
}

fn locked(row: &Row) -> Option<Outcome> {
    Some(match row.locked {
        Locked::Works => works(),
        Locked::Errno(number) => errno(number),
        Locked::Trap(number) => Outcome::Ended(HowEnded::Violation { call: u32::try_from(number).ok().map(SystemCall::new) }),
        Locked::Kill => Outcome::Ended(HowEnded::Violation { call: None }),
    })
}

fn without_a_sandbox_the_attempts_work() {
    check("none", |row| match row.free {
        // What was started instead of the child says nothing and ends well.
        Free::Works if row.name == "exec" => Some(Outcome::Ended(HowEnded::Finished)),
        Free::Works => Some(works()),
        Free::Errno(number) => Some(errno(number)),
        Free::Depends | Free::NotRun => None,
    });
    // None of those that depend on the machine is ended by it: only a sandbox does that.
    let arena = Arena::new();
    for row in rows().iter().filter(|row| row.free == Free::Depends && row.name != "32-bit call") {
        let (found, exit) = arena.outcome("none", row.name);
        assert!(matches!(found, Outcome::Said(_)), "{}: {found:?} {exit:?}", row.name);
        assert_ne!(locked(row), Some(found), "{} fails in the same way without a sandbox", row.name);
    }
}

fn a_locked_child_escapes_nowhere() {
    check("all", locked);
}

fn what_an_old_landlock_lacks_is_carried_by_seccomp() {
    check("old-landlock", locked);
    check("no-landlock", locked);
}

fn landlock_is_a_second_wall_for_paths() {
    check("no-seccomp", |row| row.landlock.map(errno));
}

fn a_missing_wall_is_reported() {
    let arena = Arena::new();
    for (mode, expected) in [
        ("all", vec![]),
        ("old-landlock", vec![]),
        ("no-landlock", vec!["landlock"]),
        ("no-seccomp", vec!["seccomp"]),
        ("bare", vec!["seccomp", "landlock", "limits"]),
    ] {
        let (Outcome::Said(report), _) = arena.outcome(mode, "report") else { unreachable!("{mode}") };
        for (part, sign) in [("seccomp", "seccomp: false"), ("landlock", "landlock_abi: 0,"), ("limits", "limits: false")] {
            assert_eq!(report.contains(sign), expected.contains(&part), "{mode}: {report}");
        }
        assert_eq!(report.contains("landlock_abi: 1,"), mode == "old-landlock", "{mode}: {report}");
    }
}

fn a_child_is_born_with_six_descriptors_and_two_settings() {
    let arena = Arena::new();
    // A descriptor that a careless library left open for children.
    let stray = open(Path::new("/dev/null"));
    #[expect(unsafe_code, reason = "std opens nothing for children")]
    // SAFETY: the descriptor is open.
    let cleared = unsafe { libc::fcntl(stray.as_raw_fd(), libc::F_SETFD, 0) };
    assert_eq!(cleared, 0);
    let (found, _) = arena.outcome("none", "surroundings");
    let expected = "GGML_NO_BACKTRACE=1 OMP_WAIT_POLICY=passive [0, 1, 2, 3, 4, 5] /";
    assert_eq!(found, Outcome::Said(expected.to_owned()));
}

fn a_child_with_threads_is_not_locked_in() {
    assert_eq!(Arena::new().outcome("all", "early-thread").0, Outcome::Said("refused: true".to_owned()));
}

fn a_child_of_somebody_else_is_not_locked_in() {
    let (found, _) = Arena::new().outcome("all", "wrong-parent");
    assert_eq!(found, Outcome::Said("Some(ParentGone)".to_owned()));
}

fn a_child_outlives_the_thread_that_asked_for_it() {
    let arena = Arena::new();
    let child = std::thread::scope(|scope| scope.spawn(|| arena.spawn("all", "a thread")).join().expect("a child"));
    let mut channel = child.channel().expect("its channel");
    assert_eq!(read(&mut channel).as_deref(), Some("works"));
    channel.close();
    assert_eq!(child.wait().how, HowEnded::Finished);
}

fn a_killed_child_was_killed_by_us() {
    let arena = Arena::new();
    let child = arena.spawn("all", "a thread");
    let mut channel = child.channel().expect("its channel");
    assert!(read(&mut channel).is_some());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| child.wait());
        child.kill();
        assert_eq!(waiting.join().expect("an exit").how, HowEnded::Killed);
    });
}

fn a_program_that_is_not_there_is_named() {
    let refused = canteen_sandbox::spawn(Spec {
        program: "/nowhere/canteen-engine".into(),
        arguments: vec![],
        model: open(Path::new("/dev/null")),
        memory_limit: ByteSize::new(1 << 20),
    });
    assert!(matches!(refused, Err(canteen_sandbox::SandboxError::NoProgram)), "{refused:?}");
}
