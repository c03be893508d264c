use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use canteen_types::ByteSize;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::{Reader, Report, examine};

/// A file that is read whole and takes a second or more.
const LONG: u64 = 256 << 20;

/// What the command was asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What to examine.
    pub paths: &'a [PathBuf],
    /// What each path is held against.
    pub known: Option<&'a Path>,
    /// How much of the files is read.
    pub depth: Depth,
    /// Who reads the answer.
    pub reader: Reader,
}

/// How much of files is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What tells kind and hazards.
    Headers,
    /// Every byte: digests and fingerprints as well.
    Digests,
}

/// Ctrl C, which is heard from the beginning instead of ending the program. The second one ends it, should a disk hang.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// To be called once.
    ///
    /// # Errors
    /// When the system does not let the program hear it.
    pub fn heard() -> io::Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        // In this order: the second Ctrl C finds it set and ends the program.
        flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&interrupted))?;
        flag::register(SIGINT, Arc::clone(&interrupted))?;
        Ok(Self(interrupted))
    }

    /// Until it came.
    pub fn go_on(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The whole command of a command line, to be called once: examines the paths, holds them against what is known, and ends early
/// with what was found at the first Ctrl C. `tell` is told what takes long.
///
/// # Errors
/// When the system does not let it hear Ctrl C.
pub fn until_interrupted(asked: Asked<'_>, tell: &mut (dyn FnMut(&str) + Send)) -> io::Result<Report> {
    let interrupt = Interrupt::heard()?;
    let go_on = &mut |at: canteen_modelfile::Progress<'_>| {
        if at.read == 0 && at.size >= LONG {
            tell(&format!("Reading {}, {} …", at.path.display(), ByteSize::new(at.size).as_file()));
        }
        interrupt.go_on()
    };
    Ok(examine(asked, go_on))
}
