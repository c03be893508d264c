//! What came before GGUF: GGML, GGMF, GGJT and GGLA, and what whisper.cpp still writes. Nothing but sizes, so each is held
//! against the file.

use super::collector::Gathered;
use super::source::{Source, Step, Stop, broken, too_much};
use super::{Described, Found};
use crate::hazard::{hazards, say};
use crate::{ModelFileError, section};

hazards! {
    Dangerous COUNT_LIES = "ggml.count_lies",
        "This file lies about what is in it, which is how models attack programs. Do not load it; tell IT where it came from.",
        "A number in a GGML header is impossible, or promises more than the file holds.";
    Suspicious UNREADABLE = "ggml.unreadable", say::BROKEN,
        "The GGML file ends early, or is beyond the limits; what stands before was examined.";
    Suspicious NOT_FOLLOWED = "ggml.not_followed", say::BLIND,
        "The GGML file holds tensors of a kind whose size is not known here, so the rest was not looked into.";
}
pub(crate) use self::ALL as HAZARDS;

const MOST_TOKENS: u64 = 4 << 20;
const MOST_TENSORS: u64 = 1 << 20;
/// Of one tensor, or of the filters: 16 TiB.
const MOST_BYTES: u64 = 16 << 40;
const LONGEST_TOKEN: u64 = 1 << 16;
const LONGEST_NAME: u64 = 256;

/// Kinds whose size never changed: (number, name, numbers in a block, bytes of a block).
const KINDS: &[(u64, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
];
/// Kinds as they are since the third version, and the first ones.
const NEW: &[(u64, &str, u64, u64)] =
    &[(2, "Q4_0", 32, 18), (3, "Q4_1", 32, 20), (6, "Q5_0", 32, 22), (7, "Q5_1", 32, 24), (8, "Q8_0", 32, 34)];
const OLD: &[(u64, &str, u64, u64)] = &[(2, "Q4_0", 32, 20), (3, "Q4_1", 32, 24)];

/// How one of them is laid out.
#[derive(Clone, Copy)]
struct Layout {
    architecture: &'static str,
    /// Where the numbers of the network stand.
    numbers_at: u64,
    /// How many there are.
    numbers: u64,
    /// Bytes behind each token.
    behind_token: u64,
    /// Data of tensors begins at a multiple of it.
    alignment: u64,
    kinds: &'static [(u64, &'static str, u64, u64)],
}

const LLAMA: Layout = Layout { architecture: "llama", numbers_at: 8, numbers: 7, behind_token: 4, alignment: 1, kinds: OLD };
const WHISPER: Layout = Layout { architecture: "whisper", numbers_at: 4, numbers: 11, behind_token: 0, alignment: 1, kinds: NEW };

/// Reads a file. `None` where the mark does not tell how it is laid out.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(super) fn ggml(reader: &mut dyn section::Source, size: u64) -> Result<Option<Found>, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk { found: Gathered::of(size), source: &mut source };
    let walked = match walk.layout() {
        Ok(None) => return Ok(None),
        Ok(Some(layout)) => walk.file(layout),
        Err(stop) => Err(stop),
    };
    // Here a number that does not fit is how programs are attacked, not only a break.
    let walked = match walked {
        Err(Stop::Broken { at, what }) if what != CUT => {
            walk.found.stopped(&COUNT_LIES, at, what);
            Ok(())
        }
        walked => walked,
    };
    walk.found.done(walked, &UNREADABLE).map(Some)
}

const CUT: &str = "it ends too early";
const fn lies<T>(at: u64, what: &'static str) -> Step<T> {
    Err(Stop::Broken { at, what })
}

struct Walk<'s, 'a> {
    found: Gathered,
    source: &'s mut Source<'a>,
}

impl Walk<'_, '_> {
    fn u32(&mut self, at: u64) -> Step<u64> {
        self.source.array(at).map(u32::from_le_bytes).map(u64::from)
    }

    fn layout(&mut self) -> Step<Option<Layout>> {
        let mark: [u8; 4] = self.source.array(0)?;
        let version = self.u32(4)?;
        let layout = match (&mark, version) {
            (b"lmgg", _) => {
                // The same mark stands before networks of many kinds: only whisper's says so, by its bands of sound.
                let bands = self.u32(4 + 9 * 4)?;
                let context = self.u32(4 + 4)?;
                (matches!(bands, 80 | 128) && context == 1500).then_some(WHISPER)
            }
            (b"fmgg", 1) => Some(LLAMA),
            (b"tjgg", 1 | 2) => Some(Layout { alignment: 32, ..LLAMA }),
            (b"tjgg", 3) => Some(Layout { alignment: 32, kinds: NEW, ..LLAMA }),
            (b"algg", 1) => Some(Layout { architecture: "adapter", numbers: 2, alignment: 32, kinds: NEW, ..LLAMA }),
            _ => return lies(4, "a version that does not exist"),
        };
        if !matches!(&mark, b"lmgg") {
            self.found.facts.version = Some(version.to_string());
        }
        Ok(layout)
    }

    fn file(&mut self, layout: Layout) -> Step<()> {
        self.found.facts.architecture = Some(layout.architecture.to_owned());
        let mut at = layout.numbers_at.saturating_add(layout.numbers * 4);
        match layout.architecture {
            "whisper" => {
                self.facts(|facts, length| facts.context_length = Some(length), 4 + 4)?;
                let (rows, columns) = (self.u32(at)?, self.u32(at + 4)?);
                at = self.step(at + 8, rows.saturating_mul(columns).saturating_mul(4))?;
                let tokens = self.u32(at)?;
                at = self.tokens(at + 4, tokens, layout)?;
            }
            "llama" => {
                let tokens = self.u32(layout.numbers_at)?;
                at = self.tokens(at, tokens, layout)?;
            }
            _ => {}
        }
        self.tensors(at, layout)
    }

    fn facts(&mut self, set: fn(&mut Described, u64), at: u64) -> Step<()> {
        let number = self.u32(at)?;
        set(&mut self.found.facts, number);
        Ok(())
    }

    /// Behind `size` bytes, if the file has them. One that was cut is no attack; one that asks for more than any disk has is.
    fn step(&self, at: u64, size: u64) -> Step<u64> {
        match at.checked_add(size) {
            Some(end) if end <= self.source.size() => Ok(end),
            Some(_) if size < MOST_BYTES => broken(at, CUT),
            _ => lies(at, "it promises more than any file holds"),
        }
    }

    fn tokens(&mut self, mut at: u64, count: u64, layout: Layout) -> Step<u64> {
        if count > self.source.size() / 4 {
            return lies(at, "it promises more tokens than it has room for");
        }
        if count > MOST_TOKENS {
            return too_much(at, "more tokens than any published model has");
        }
        for _ in 0..count {
            let length = self.u32(at)?;
            if length > LONGEST_TOKEN {
                return lies(at, "a token of an impossible length");
            }
            at = self.step(at.saturating_add(4), length.saturating_add(layout.behind_token))?;
        }
        Ok(at)
    }

    fn tensors(&mut self, mut at: u64, layout: Layout) -> Step<()> {
        while at < self.source.size() {
            if self.found.facts.tensor_count >= MOST_TENSORS {
                return too_much(at, "more tensors than any published model has");
            }
            let (rank, length, kind) = (self.u32(at)?, self.u32(at.saturating_add(4))?, self.u32(at.saturating_add(8))?);
            if rank > 4 || length > LONGEST_NAME {
                return lies(at, "a tensor with impossible numbers");
            }
            let shape: Vec<u64> = (0..rank).map(|number| self.u32(at.saturating_add(12 + number * 4))).collect::<Step<_>>()?;
            let name_at = at.saturating_add(12 + rank * 4);
            let name = self.source.bytes(name_at, length)?;
            let count = shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
            let known = KINDS.iter().chain(layout.kinds).find(|(number, ..)| *number == kind);
            let Some((_, kind, block, bytes)) = known else {
                self.found.stopped(&NOT_FOLLOWED, at, "");
                return Ok(());
            };
            let size = count.filter(|count| count % block == 0).and_then(|count| (count / block).checked_mul(*bytes));
            let Some(size) = size else { return lies(at, "a tensor whose shape does not fit its kind") };
            let data_at = name_at.saturating_add(length).next_multiple_of(layout.alignment);
            self.found.tensor(&String::from_utf8_lossy(&name), shape, kind);
            at = self.step(data_at, size)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
