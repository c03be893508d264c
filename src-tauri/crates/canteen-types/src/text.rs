/// Whether a character turns the direction of what follows (Unicode, UAX #9, embeddings, overrides and isolates), by which one name
/// can look like another.
#[must_use]
pub const fn overrides_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_direction_are_left_alone() {
        assert!(['\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'].into_iter().all(overrides_direction));
        assert!(!['a', 'ä', 'א', 'ع', '\u{2029}', '\u{202f}', '\u{2065}', '\u{206a}'].into_iter().any(overrides_direction));
    }
}
