use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use canteen_types::ByteSize;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::{Reader, Report, compare, inspect};

/// A file that is read whole and takes a second or more.
const LONG: u64 = 256 << 20;

/// The whole command of a command line, to be called once: examines the paths, holds them against `known`, and ends early with what
/// was found at the first Ctrl C. `tell` is told what takes long.
///
/// # Errors
/// When the system does not let it hear Ctrl C.
pub fn until_interrupted(
    paths: &[PathBuf],
    known: Option<&Path>,
    reader: Reader,
    tell: &mut dyn FnMut(&str),
) -> io::Result<Report> {
    let interrupted = Arc::new(AtomicBool::new(false));
    // In this order: the second Ctrl C finds it set and ends the program, should a disk hang.
    flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&interrupted))?;
    flag::register(SIGINT, Arc::clone(&interrupted))?;
    let go_on = || if interrupted.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut report = inspect(paths, reader, &mut |_| go_on());
    if let Some(known) = known {
        compare(&mut report, paths, known, &mut |reading| {
            if reading.done == 0 && reading.size >= LONG {
                tell(&format!("Reading {}, {} …", reading.path.display(), ByteSize::new(reading.size).as_file()));
            }
            go_on()
        });
    }
    Ok(report)
}
