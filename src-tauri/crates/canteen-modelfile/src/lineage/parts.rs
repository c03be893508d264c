//! One model in several files: each with a header of its own, or pieces of one file.

use super::index::{Index, graph, index};
use crate::joined::Joined;
use crate::section::Source;
use crate::{Limits, ModelFileError, recognise};

/// The largest published models come in some 200 files.
const MOST_PARTS: usize = 4096;

/// Lists what all parts hold together, in places of all of them joined. `promised`: how many parts there must be, where that is
/// known. Of an ONNX graph with weights beside it, the graph comes first, and the others by their names.
///
/// # Errors
/// [`ModelFileError`] when a part is missing, is no model, or lies.
pub fn index_parts(
    mut parts: Vec<(Box<dyn Source>, u64)>,
    promised: Option<u64>,
    limits: &Limits,
) -> Result<(Joined, Index), ModelFileError> {
    let found = parts.len() as u64;
    if parts.len() > MOST_PARTS {
        return Err(ModelFileError::TooMuch { code: "file.too_many", what: "more parts" });
    }
    complete(promised, found)?;
    let mut headers = 0_u64;
    for (source, size) in &mut parts {
        headers += u64::from(has_header(&mut **source, *size)?);
    }
    if headers == 0
        && let Some(index) = with_files_beside(&mut parts, limits)?
    {
        return Ok((Joined::new(parts), index));
    }
    if headers < found || found == 1 {
        let mut joined = Joined::new(parts);
        let size = joined.size();
        let index = index(&mut joined, size, limits)?;
        complete(index.facts.as_ref().and_then(|facts| facts.split_count), found)?;
        return Ok((joined, index));
    }
    let (mut all, mut start) = (Vec::new(), 0_u64);
    for (source, size) in &mut parts {
        let mut part = index(&mut **source, *size, limits)?;
        complete(part.facts.as_ref().and_then(|facts| facts.split_count), found)?;
        part.tensors.iter_mut().for_each(|tensor| tensor.offset = tensor.offset.saturating_add(start));
        part.keys.iter_mut().for_each(|key| key.offset = key.offset.saturating_add(start));
        start = start.saturating_add(*size);
        all.push(part);
    }
    Ok((Joined::new(parts), merged(all)?))
}

/// `None` where the first part is no graph that has as many files beside it: they may be pieces of one.
fn with_files_beside(parts: &mut [(Box<dyn Source>, u64)], limits: &Limits) -> Result<Option<Index>, ModelFileError> {
    let Some(((first, size), rest)) = parts.split_first_mut() else { return Ok(None) };
    let sizes: Vec<u64> = rest.iter().map(|(_, size)| *size).collect();
    match graph(&mut **first, *size, &sizes, limits) {
        Ok(index) => Ok(Some(index)),
        Err(ModelFileError::Unknown) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn complete(promised: Option<u64>, found: u64) -> Result<(), ModelFileError> {
    match promised {
        Some(promised) if promised > 1 && promised != found => Err(ModelFileError::PartMissing { promised, found }),
        _ => Ok(()),
    }
}

fn has_header(source: &mut dyn Source, size: u64) -> Result<bool, ModelFileError> {
    Ok(recognise(&crate::section::read_at(source, 0, size.min(16))?).is_some())
}

/// The part with the most keys speaks for all: the others say only which part they are.
fn merged(mut parts: Vec<Index>) -> Result<Index, ModelFileError> {
    let container = parts.first().map(|part| part.container).ok_or(ModelFileError::Unknown)?;
    if parts.iter().any(|part| part.container != container) {
        return Err(ModelFileError::Unknown);
    }
    let tensors = parts.iter_mut().flat_map(|part| std::mem::take(&mut part.tensors)).collect();
    let counted = |part: &Index| part.facts.as_ref().map_or((0, 0), |facts| (facts.tensors, facts.parameters.unwrap_or(0)));
    let sum = |(tensors, parameters): (u64, u64), (more, others): (u64, u64)| {
        (tensors.saturating_add(more), parameters.saturating_add(others))
    };
    let (count, parameters) = parts.iter().map(counted).fold((0, 0), sum);
    let quantisation = parts.iter().filter_map(|part| part.facts.as_ref()).find_map(|facts| facts.quantisation.clone());
    let main = (0..parts.len()).rev().max_by_key(|part| parts.get(*part).map_or(0, |part| part.keys.len()));
    let mut main = main.filter(|main| *main < parts.len()).map(|main| parts.swap_remove(main)).ok_or(ModelFileError::Unknown)?;
    main.keys.retain(|key| !key.name.starts_with("split."));
    if let Some(facts) = &mut main.facts {
        facts.split_count = None;
        facts.tensors = count;
        facts.parameters = Some(parameters);
        facts.quantisation = facts.quantisation.take().or(quantisation);
    }
    main.tensors = tensors;
    Ok(main)
}
