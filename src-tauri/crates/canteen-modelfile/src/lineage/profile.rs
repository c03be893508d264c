//! All that is known of a model, from reading it once.

use std::ops::ControlFlow;

use super::contents::contents_by;
use super::parts::complete;
use super::{Profile, contents, fingerprint, index, index_parts};
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
    complete(index.facts.as_ref().and_then(|facts| facts.split_count), 1)?;
    let fingerprint = fingerprint(source, &index)?;
    let Some(contents) = contents_by(hands, source.start_over(), size, &index, progress)? else { return Ok(None) };
    let template = index.facts.and_then(|facts| facts.chat_template);
    Ok(Some(Profile { fingerprint, contents: Some(contents), template }))
}

/// The same of a model in several files, of which the headers are read twice.
///
/// # Errors
/// As of [`profile`]; also when a part is missing.
pub fn profile_of_parts(
    parts: Vec<(Box<dyn Source>, u64)>,
    promised: Option<u64>,
    limits: &Limits,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Profile>, ModelFileError> {
    let (mut joined, index) = index_parts(parts, promised, limits)?;
    let size = joined.size();
    let fingerprint = fingerprint(&mut joined, &index)?;
    let Some(contents) = contents(&mut joined, size, &index, progress)? else { return Ok(None) };
    let template = index.facts.and_then(|facts| facts.chat_template);
    Ok(Some(Profile { fingerprint, contents: Some(contents), template }))
}
