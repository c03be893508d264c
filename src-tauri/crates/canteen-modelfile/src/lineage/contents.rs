//! SHA-256 of the file, of every tensor and of every key, in one pass over the bytes.

use std::io::{self, Read, SeekFrom};
use std::ops::ControlFlow;

use canteen_types::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Index;
use super::names::Naming;
use crate::facts::printable;
use crate::pass::{Hands, Taker, pass, shorter};
use crate::section::Source;

const LONGEST_NAME: usize = 200;

/// What is in a file, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Of the whole file.
    pub file: Digest,
    /// In the order of the file.
    pub tensors: Vec<TensorDigest>,
    /// In the order of the file.
    pub keys: Vec<KeyDigest>,
}

/// One tensor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorDigest {
    /// GGUF's name for it where there is one; printable.
    pub name: String,
    /// Kind of number.
    pub element: String,
    /// It has one length.
    pub vector: bool,
    /// Of kind, shape and bytes.
    pub digest: Digest,
}

/// One key of the metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDigest {
    /// As the file has it; printable.
    pub name: String,
    /// Of its value.
    pub digest: Digest,
}

/// Reads the file once, from its beginning to its end. `progress` is told how many bytes are done and may break off: then `None`.
///
/// The digest of the whole file and those of its parts are two computations over the same bytes: each has a thread of its own.
///
/// # Errors
/// When the file cannot be read, or has other than `size` bytes.
pub fn contents(
    source: &mut dyn Source,
    size: u64,
    index: &Index,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Option<Contents>> {
    source.seek(SeekFrom::Start(0))?;
    contents_by(Hands::Many, source, size, index, progress)
}

/// The same from where the source stands, which is its beginning, by so many hands.
pub(crate) fn contents_by(
    hands: Hands,
    source: &mut dyn Read,
    size: u64,
    index: &Index,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Option<Contents>> {
    let (mut whole, mut parts) = (Sha256::new(), Parts::of(index));
    let takers: &mut [&mut Taker<'_>] = &mut [&mut |chunk| whole.update(chunk), &mut |chunk| parts.take(chunk)];
    match pass(source, size, hands, takers, progress)? {
        ControlFlow::Break(()) => Ok(None),
        ControlFlow::Continue(read) if read == size => {
            Ok(Some(named(index, Digest::new(whole.finalize().into()), parts.digests)))
        }
        ControlFlow::Continue(_) => Err(shorter()),
    }
}

/// Keys first, then tensors, as [`Parts::of`] numbers them; what was not reached has no digest and is left out.
fn named(index: &Index, file: Digest, digests: Vec<Option<Digest>>) -> Contents {
    let naming = Naming::of(&index.tensors);
    let mut digests = digests.into_iter();
    let name = |name: &str| printable(name, LONGEST_NAME).unwrap_or_default();
    let keys = index.keys.iter().zip(digests.by_ref());
    let keys = keys.filter_map(|(key, digest)| Some(KeyDigest { name: name(&key.name), digest: digest? })).collect();
    let tensors = index.tensors.iter().zip(digests).filter_map(|(tensor, digest)| {
        let name = name(&naming.canonical(&tensor.name));
        Some(TensorDigest { name, element: tensor.element.to_owned(), vector: tensor.shape.len() < 2, digest: digest? })
    });
    Contents { file, tensors: tensors.collect(), keys }
}

struct Part {
    number: usize,
    start: u64,
    end: u64,
    /// What stands in front of the bytes: the kind and the shape.
    seed: Vec<u8>,
}

/// What is hashed on its own, by place. Parts that overlap an earlier one are left out: no honest file has any.
struct Parts {
    /// Those that come.
    parts: std::vec::IntoIter<Part>,
    /// The one that is being hashed.
    current: Option<Open>,
    /// Bytes that were seen.
    at: u64,
    digests: Vec<Option<Digest>>,
}

impl Parts {
    fn of(index: &Index) -> Self {
        let keys = index.keys.iter().map(|key| (key.offset, key.bytes, Vec::new()));
        let tensors = index.tensors.iter().map(|tensor| {
            let mut seed = format!("{}\0", tensor.element).into_bytes();
            for length in &tensor.shape {
                seed.extend_from_slice(&length.to_le_bytes());
            }
            (tensor.offset, tensor.bytes, seed)
        });
        let part = |(number, (start, bytes, seed)): (usize, (u64, u64, Vec<u8>))| Part {
            number,
            start,
            end: start.saturating_add(bytes),
            seed,
        };
        let mut parts: Vec<Part> = keys.chain(tensors).enumerate().map(part).collect();
        let digests = vec![None; parts.len()];
        parts.sort_by_key(|part| (part.start, part.end));
        let mut reached = 0;
        parts.retain(|part| {
            let apart = part.start >= reached;
            reached = reached.max(part.end);
            apart
        });
        let mut parts = parts.into_iter();
        Self { current: parts.next().map(Open::new), parts, at: 0, digests }
    }

    fn take(&mut self, chunk: &[u8]) {
        let end = self.at.saturating_add(chunk.len() as u64);
        while let Some(open) = self.current.as_mut() {
            open.take(self.at, chunk);
            if open.part.end > end {
                break;
            }
            if let Some(place) = self.digests.get_mut(open.part.number) {
                *place = Some(Digest::new(open.hash.finalize_reset().into()));
            }
            self.current = self.parts.next().map(Open::new);
        }
        self.at = end;
    }
}

/// A part that is being hashed.
struct Open {
    part: Part,
    hash: Sha256,
}

impl Open {
    fn new(part: Part) -> Self {
        Self { hash: Sha256::new_with_prefix(&part.seed), part }
    }

    /// What of the part lies in a chunk that begins at `at`.
    fn take(&mut self, at: u64, chunk: &[u8]) {
        let from = usize::try_from(self.part.start.saturating_sub(at)).unwrap_or(usize::MAX);
        let to = usize::try_from(self.part.end.saturating_sub(at)).unwrap_or(usize::MAX).min(chunk.len());
        if let Some(bytes) = chunk.get(from..to) {
            self.hash.update(bytes);
        }
    }
}
