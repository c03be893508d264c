/// Makes text of the bytes of tokens: whole characters, never half of one. What can never become a character is U+FFFD.
#[derive(Debug, Default)]
pub struct Pieces {
    /// The beginning of a character, at most three bytes.
    open: Vec<u8>,
}

impl Pieces {
    /// Takes the bytes of a token and gives what is whole.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.open.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.open);
        let mut text = String::new();
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(whole) => {
                    text.push_str(whole);
                    return text;
                }
                Err(error) => {
                    let (whole, bad) = rest.split_at_checked(error.valid_up_to()).unwrap_or((rest, &[]));
                    text.push_str(std::str::from_utf8(whole).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.open = bad.to_vec();
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        }
    }

    /// The end: a character that was begun stays half, and is U+FFFD.
    pub fn finish(&mut self) -> String {
        if std::mem::take(&mut self.open).is_empty() { String::new() } else { char::REPLACEMENT_CHARACTER.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_character_that_never_ends_is_replaced() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.push(b"a\xf0\x9f"), "a");
        assert_eq!(pieces.finish(), "\u{fffd}");
        assert_eq!(pieces.finish(), "");
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_text_is_the_same(bytes: Vec<u8>, cut in 1usize..7) {
            let mut pieces = Pieces::default();
            let mut text: String = bytes.chunks(cut).map(|part| pieces.push(part)).collect();
            text.push_str(&pieces.finish());
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn cutting_characters_loses_nothing(text: String, cut in 1usize..7) {
            let mut pieces = Pieces::default();
            let again: String = text.as_bytes().chunks(cut).map(|part| pieces.push(part)).collect();
            prop_assert_eq!(again, text);
        }
    }
}
