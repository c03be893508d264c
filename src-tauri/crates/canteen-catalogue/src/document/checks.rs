use canteen_types::overrides_direction;

use crate::error::printable;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {because}")]
pub struct DocumentError {
    at: String,
    because: String,
}

impl DocumentError {
    pub(crate) fn new(at: impl Into<String>, because: impl Into<String>) -> Self {
        Self { at: printable(&at.into()), because: printable(&because.into()) }
    }

    /// The same, seen from one level up: `licence: …` becomes `entries[3].licence: …`.
    pub(crate) fn inside(self, outer: &str) -> Self {
        Self { at: format!("{outer}.{}", self.at), because: self.because }
    }
}

/// A text of 1 to `most` bytes without control characters.
pub(super) fn line(at: &str, text: &str, most: usize) -> Result<(), DocumentError> {
    if text.trim().is_empty() {
        return Err(DocumentError::new(at, "must not be empty"));
    }
    optional_line(at, text, most)
}

/// A text of at most `most` bytes without control characters.
pub(super) fn optional_line(at: &str, text: &str, most: usize) -> Result<(), DocumentError> {
    if text.len() > most {
        return Err(DocumentError::new(at, format!("is longer than {most} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(DocumentError::new(at, "holds a control character"));
    }
    if text.chars().any(overrides_direction) {
        return Err(DocumentError::new(at, "changes the direction of writing, which could make a name look like another"));
    }
    Ok(())
}

/// At most `most` items.
pub(super) fn count<T>(at: &str, items: &[T], most: usize) -> Result<(), DocumentError> {
    if items.len() > most { Err(DocumentError::new(at, format!("has more than {most} items"))) } else { Ok(()) }
}

/// No item twice.
pub(super) fn distinct<T: Ord>(at: &str, items: &[T]) -> Result<(), DocumentError> {
    let mut sorted: Vec<&T> = items.iter().collect();
    sorted.sort();
    if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(DocumentError::new(at, "names something twice"));
    }
    Ok(())
}

/// A number within bounds.
pub(super) fn within<T: PartialOrd + std::fmt::Display + Copy>(
    at: &str,
    value: T,
    least: T,
    most: T,
) -> Result<(), DocumentError> {
    // Written so that a NaN fails.
    if value >= least && value <= most { Ok(()) } else { Err(DocumentError::new(at, format!("must be from {least} to {most}"))) }
}
