//! The child's side: lock in as told, try one thing, say what came of it.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use canteen_sandbox::{Channel, Layers, LockIn, SandboxError, lock_in};

use crate::table;

/// First argument of a child.
pub(crate) const FLAG: &str = "--child";

/// Where the probes find what they attack.
pub(crate) struct Ground {
    /// A folder with `file`, `victim` and a listening `socket`.
    pub(crate) folder: String,
    /// A listening TCP port on this computer.
    pub(crate) port: u16,
    /// The parent's process id.
    pub(crate) parent: i32,
}

/// `--child MODE WHAT FOLDER PORT`, then what `spawn` adds.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [_, mode, what, folder, port, ..] = arguments else { return ExitCode::from(2) };
    let request = LockIn::from_arguments(arguments.iter().cloned()).expect("started by spawn");
    let ground = Ground {
        folder: folder.clone(),
        port: port.parse().expect("a port"),
        parent: i32::try_from(request.parent).expect("a process id"),
    };
    let mut channel = Channel::inherited().expect("descriptor 3");
    let said = match what.as_str() {
        "early-thread" => early_thread(request),
        "wrong-parent" => format!("{:?}", lock_in(LockIn { parent: 1, ..request }).err()),
        "surroundings" => surroundings(),
        "report" => format!("{:?}", lock_in(with(request, mode)).expect("locked in")),
        probe => {
            let row = table::rows().into_iter().find(|row| row.name == probe).expect("a row of the table");
            if mode != "none" {
                let report = lock_in(with(request, mode)).expect("locked in");
                assert!(mode != "all" || report.missing().is_empty(), "{report:?}");
            }
            match (row.attempt)(&ground) {
                Ok(()) => "works".to_owned(),
                Err(e) => format!("errno {}", e.raw_os_error().unwrap_or(0)),
            }
        }
    };
    let length = u32::try_from(said.len()).expect("short");
    channel.write_all(&length.to_be_bytes()).and_then(|()| channel.write_all(said.as_bytes())).expect("the parent listens");
    // Waits for the parent, so that it can look at a living child.
    drop(channel.read(&mut [0]));
    ExitCode::SUCCESS
}

fn with(request: LockIn, mode: &str) -> LockIn {
    let layers = match mode {
        "all" => Layers::ALL,
        "no-landlock" => Layers { landlock_at_most: 0, ..Layers::ALL },
        "old-landlock" => Layers { landlock_at_most: 1, ..Layers::ALL },
        "no-seccomp" => Layers { seccomp: false, ..Layers::ALL },
        _ => Layers::NONE,
    };
    LockIn { layers, ..request }
}

fn early_thread(request: LockIn) -> String {
    let (stop, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || wait.recv().is_err());
    let refused = matches!(lock_in(request), Err(SandboxError::TooLate { threads: 2 }));
    drop(stop);
    assert!(thread.join().expect("it only waits"), "nobody sends");
    format!("refused: {refused}")
}

/// Environment, descriptors and folder that the child was born with.
fn surroundings() -> String {
    let mut variables: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    variables.sort();
    let listed: io::Result<Vec<_>> = std::fs::read_dir("/proc/self/fd").and_then(Iterator::collect);
    let mut descriptors: Vec<i32> =
        listed.expect("procfs").iter().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    descriptors.sort_unstable();
    // The last one is that of the listing itself.
    descriptors.pop();
    let folder = std::env::current_dir().expect("a folder");
    format!("{} {descriptors:?} {}", variables.join(" "), folder.display())
}
