//! All that is known of a model, from reading it once.

use std::ops::ControlFlow;

use super::contents::contents_by;
use super::{Profile, fingerprint, index};
use crate::once::Once;
use crate::pass::Hands;
use crate::section::Source;
use crate::{Limits, ModelFileError};

/// Reads a file of `size` bytes, each once, for its fingerprint and every digest. `progress` is told how many bytes are done and may
/// break off: then `None`.
///
/// # Errors
/// [`ModelFileError`] when it is none of the containers whose weights can be compared, or lies, or cannot be read.
pub fn profile(
    source: &mut dyn Source,
    size: u64,
    limits: &Limits,
    hands: Hands,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Profile>, ModelFileError> {
    profile_of(&mut Once::new(source, size), limits, hands, progress)
}

/// The same, where some of it was read.
pub(crate) fn profile_of<S: Source>(
    source: &mut Once<S>,
    limits: &Limits,
    hands: Hands,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Profile>, ModelFileError> {
    let size = source.size();
    let index = index(source, size, limits)?;
    let fingerprint = fingerprint(source, &index)?;
    let Some(contents) = contents_by(hands, source.start_over(), size, &index, progress)? else { return Ok(None) };
    let template = index.facts.and_then(|facts| facts.chat_template);
    Ok(Some(Profile { fingerprint, contents: Some(contents), template }))
}
