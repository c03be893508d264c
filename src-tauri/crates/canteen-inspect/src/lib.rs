//! What `inspect` says about files and folders on this computer: the same for an employee and for IT, in the words of each.
//!
//! [`canteen_modelfile`] judges and opens nothing; this crate opens and judges nothing. Links are named, not followed, save those
//! of a Hugging Face cache into its own blobs; nothing but a regular file is ever opened.

mod disk;
mod report;
mod words;

use std::ops::ControlFlow;
use std::path::PathBuf;

use canteen_modelfile::{Bounds, Progress};

pub use disk::Disk;
pub use report::{Facts, File, Hazard, Report, Verdict};
pub use words::{Reader, people};

/// Examines each path, and goes on where one cannot be read. `progress` may break off.
pub fn inspect(paths: &[PathBuf], reader: Reader, progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>) -> Report {
    let mut report = Report::default();
    for path in paths {
        let found = match Disk::at(path) {
            Ok(mut disk) => canteen_modelfile::examine(&mut disk, &Bounds::default(), progress),
            Err(error) => {
                report.unreadable(path, &error);
                continue;
            }
        };
        let cancelled = found.cancelled;
        report.take(path, found, reader);
        if cancelled {
            break;
        }
    }
    report
}
