//! Pickles, read without executing one: which names a stream imports and calls, followed through a symbolic stack and memo.
//!
//! Every name is judged by a list of what model files need, and what they are called with by rules. What stands before a break is
//! reported: an unpickler has run it by then. Joblib reads arrays in the middle of a stream, where others read opcodes: both
//! readings are followed, and what is dangerous in one of them is dangerous.

mod calls;
mod constants;
mod disguise;
mod hazards;
mod legacy;
mod limits;
mod machine;
mod names;
mod opcodes;
mod pass;
mod reader;
mod recognise;
mod report;
mod stack;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::hazard::{Hazard, HazardCode, Severity};
use crate::section::Source;
use hazards::{COMPUTED_CALL, TOO_MUCH, TRAILING_BYTES};
pub use limits::PickleLimits;
use pass::{Arrays, Pass};
pub(crate) use recognise::{begins_like_one, is_one};
use report::Report;

/// Every hazard that this module finds.
pub(crate) const HAZARDS: &[&HazardCode] = hazards::ALL;
/// Longer texts cannot be names; one that is used as a name is reported as computed.
const LONGEST_NAME: u64 = 128;

/// Whose file the pickle lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A file of its own, or unknown.
    Plain,
    /// PyTorch's: persistent ids and TorchScript's own class names are normal.
    Torch,
}

impl Context {
    const fn is_torch(self) -> bool {
        matches!(self, Self::Torch)
    }
}

/// What a file of pickles does when it is loaded.
#[derive(Debug, Default)]
pub struct Scan {
    /// In the order in which they were found.
    pub hazards: Vec<Hazard>,
    /// Every name that is imported, `module.name`, as the file has it: not fit for a screen.
    pub globals: BTreeSet<String>,
    /// Bytes that each of PyTorch's storages has by the account of the pickle, by its key; `None` where its kind is not known.
    pub storages: BTreeMap<String, Option<u64>>,
    /// Streams that were read to their end.
    pub streams: u64,
    /// What begins here belongs to no stream; torch's old format has its tensors there.
    pub data_at: Option<u64>,
    /// The file could not be read to its end; what was read was scanned.
    pub unreadable: Option<io::Error>,
}

/// The hazard in making `name` of `module`, for formats that name what they are made of as pickles do.
pub(crate) fn judge_name(module: &str, name: &str) -> Option<&'static HazardCode> {
    names::judge(module, name, Context::Plain)
}

/// Said of bytes behind the last stream.
pub(crate) const TRAILING: &HazardCode = &TRAILING_BYTES;

/// Said of what stands behind the last stream.
pub(crate) fn is_of_trailing_bytes(hazard: &Hazard) -> bool {
    hazard.code == &TRAILING_BYTES
}

/// Scans every stream in the `size` bytes of `source`, one behind the other.
pub fn scan(source: &mut dyn Source, size: u64, context: Context, limits: &PickleLimits) -> Scan {
    scan_within(source, size, Report::new(context, limits), 0)
}

/// Below `depth` pickles that are constants of others.
fn scan_within(source: &mut dyn Source, size: u64, report: Report<'_>, depth: u8) -> Scan {
    let again = report.trial();
    let (mut scan, arrays_seen) = Pass::new(source, size, Arrays::SteppedOver, report, depth).run();
    if arrays_seen {
        let (plain, _) = Pass::new(source, size, Arrays::Opcodes, again, depth).run();
        // The bytes of an array are no good opcodes, and the memo is not that of the objects in one: only names tell something.
        let news = |hazard: &Hazard| {
            let tells = hazard.code.severity == Severity::Dangerous && hazard.code != &COMPUTED_CALL;
            (tells || hazard.code == &TOO_MUCH) && !scan.hazards.contains(hazard)
        };
        let hazards: Vec<Hazard> = plain.hazards.into_iter().filter(news).collect();
        scan.hazards.extend(hazards);
        scan.globals.extend(plain.globals);
        scan.unreadable = scan.unreadable.or(plain.unreadable);
    }
    scan
}
