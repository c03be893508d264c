//! What a header lists, and where it lies: for whoever goes on to read the data.

/// One tensor, by its own account; its place was held against the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorEntry {
    /// As the file has it.
    pub name: String,
    /// Kind of number, e.g. `F32` or `Q4_K`.
    pub element: &'static str,
    /// Lengths, outermost first; at most five, those beyond are multiplied into the last.
    pub shape: Vec<u64>,
    /// In bytes, from the beginning of the file.
    pub offset: u64,
    /// Of its data.
    pub bytes: u64,
}

/// Published tensors have at most five lengths.
pub(crate) const MOST_LENGTHS: usize = 5;

/// A key of the metadata, and where its value lies, kind included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// As the file has it.
    pub name: String,
    /// In bytes, from the beginning of the file.
    pub offset: u64,
    /// Of its value.
    pub bytes: u64,
}

/// All of them, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) keys: Vec<KeyEntry>,
    pub(crate) tensors: Vec<TensorEntry>,
}

/// One more length, within the bound.
pub(crate) fn push_length(shape: &mut Vec<u64>, length: u64) {
    if shape.len() < MOST_LENGTHS {
        shape.push(length);
    } else if let Some(last) = shape.last_mut() {
        *last = last.saturating_mul(length);
    }
}
