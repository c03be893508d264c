use crate::{Facts, Format, ModelFileError, ModelKind};

/// Layers beyond what any published model has; the loader keeps fixed tables for them.
const MOST_BLOCKS: u64 = 512;
/// A context that no published model reaches.
const LONGEST_CONTEXT: u32 = 16 << 20;

/// What the engine requires of a file before its own loader sees the first byte.
///
/// # Errors
/// [`ModelFileError::NotForEngine`] or [`ModelFileError::Lies`] with the first reason against it.
pub fn check_for_engine(facts: &Facts) -> Result<(), ModelFileError> {
    let no = |code, why| Err(ModelFileError::NotForEngine { code, why });
    if facts.format != Format::Gguf {
        return no("engine.format", "the engine runs GGUF files only");
    }
    if facts.split_count.is_some_and(|parts| parts > 1) {
        return no("engine.split", "it is one part of a split file");
    }
    match facts.kind {
        ModelKind::Adapter | ModelKind::Projector => return no("engine.part", "it is a part for another model"),
        ModelKind::Image => return no("engine.pictures", "it makes pictures, and the engine makes text"),
        ModelKind::Text | ModelKind::Embedder | ModelKind::Speech | ModelKind::Other => {}
    }
    if facts.architecture.is_none() {
        return no("engine.architecture", "it does not name its architecture");
    }
    if facts.repeated_tokens {
        return no("engine.tokens_twice", "its vocabulary names a token twice");
    }
    if facts.tensors == 0 {
        return no("engine.no_weights", "it holds no weights");
    }
    if facts.blocks.is_none_or(|blocks| blocks == 0 || blocks > MOST_BLOCKS) {
        return Err(ModelFileError::Lies { code: "gguf.block_count", what: "its number of layers is impossible" });
    }
    if facts.context_length.is_some_and(|length| length == 0 || length > LONGEST_CONTEXT) {
        return Err(ModelFileError::Lies { code: "gguf.context_length", what: "its context length is impossible" });
    }
    Ok(())
}
