//! A file, by its headers or whole.

use std::io::{self, BufReader};
use std::path::Path;

use canteen_types::Digest;

use super::folder::{self, Texts};
use super::look::{Budget, Cancelled, Look, Thing, is_cancelled, look};
use super::{Beside, Bounds, Go, Tree, tree_name};
use crate::ModelFileError;
use crate::kind::Kind;
use crate::lineage::{Profile, profile_of};
use crate::once::Once;
use crate::pass::{Hands, digest, shorter};
use crate::section::Source;

/// Read at once for a header.
const BUFFER: usize = 64 << 10;

/// How much of a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Headers, and what else tells hazards.
    Headers,
    /// Every byte, once: its digest as well and, where its weights can be compared, its fingerprint and the digest of each tensor.
    Whole(Hands),
}

/// What only the whole content tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Of all bytes.
    pub digest: Digest,
    /// Of a model whose weights can be compared.
    pub profile: Option<Profile>,
}

/// What was found in one file.
pub(super) struct Found {
    pub(super) look: Look,
    pub(super) texts: Texts,
    pub(super) whole: Option<Whole>,
    /// Why it was not read to its end.
    pub(super) unreadable: Option<String>,
}

/// One file that is being looked at.
pub(super) struct Looking<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) path: &'a Path,
    pub(super) size: u64,
    pub(super) bounds: &'a Bounds,
    pub(super) go_on: &'a mut Go<'a>,
}

impl Looking<'_> {
    /// # Errors
    /// When it cannot be read, or the caller wants no more ([`Cancelled`]).
    pub(super) fn look(mut self, source: Box<dyn Source>, reach: Reach) -> io::Result<Found> {
        match reach {
            Reach::Headers => self.headers(&mut BufReader::with_capacity(BUFFER, source)),
            Reach::Whole(hands) => {
                let mut once = Once::new(source, self.size);
                let mut found = self.headers(&mut once)?;
                match self.rest(&mut once, found.look.kind, hands) {
                    Ok(whole) => found.whole = Some(whole),
                    Err(error) if is_cancelled(&error) => return Err(error),
                    // What is wrong with its beginning stays wrong.
                    Err(error) => found.unreadable = Some(error.to_string()),
                }
                Ok(found)
            }
        }
    }

    fn headers(&mut self, source: &mut dyn Source) -> io::Result<Found> {
        let Self { tree, path, size, bounds, go_on } = self;
        let mut budget = Budget { bounds, unpacked: bounds.unpacked_bytes, members: bounds.members, go_on: &mut || go_on(0, 0) };
        let folder = Beside { tree: *tree, folder: path.parent().unwrap_or(Path::new("")) };
        let thing = Thing { source: &mut *source, size: *size, name: &tree_name(path), depth: 0, folder: &folder };
        let look = look(thing, &mut budget)?;
        let texts = folder::texts(path, source, *size, look.kind)?;
        Ok(Found { look, texts, whole: None, unreadable: None })
    }

    fn rest(&mut self, source: &mut Once<Box<dyn Source>>, kind: Kind, hands: Hands) -> io::Result<Whole> {
        let size = self.size;
        let mut progress = |read| (self.go_on)(read, size);
        let profile = if matches!(kind, Kind::Gguf | Kind::Safetensors | Kind::Onnx) {
            match profile_of(source, &self.bounds.header, hands, &mut progress) {
                Ok(profile) => Some(profile.ok_or_else(|| io::Error::other(Cancelled))?),
                Err(ModelFileError::Io(error)) => return Err(error),
                // It lies, and its hazards say so.
                Err(_) => None,
            }
        } else {
            None
        };
        if let Some(contents) = profile.as_ref().and_then(|profile| profile.contents.as_ref()) {
            return Ok(Whole { digest: contents.file, profile });
        }
        match digest(source.start_over(), size, hands, &mut progress)? {
            None => Err(io::Error::other(Cancelled)),
            Some((_, read)) if read < size => Err(shorter()),
            Some((digest, _)) => Ok(Whole { digest, profile: None }),
        }
    }
}
