//! Keeps the end of what the child says on its standard error. A chatty child costs nothing but its own time.

use std::collections::VecDeque;
use std::io::Read;

/// Bytes that are kept while reading.
const KEPT: usize = 4096;
/// Characters that leave this module.
const SHOWN: usize = 500;

/// Reads to the end and returns the last [`SHOWN`] characters, printable.
pub(crate) fn read(mut from: impl Read) -> String {
    let mut kept = VecDeque::with_capacity(KEPT);
    let mut buffer = [0; 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                kept.extend(buffer.iter().take(read));
                let surplus = kept.len().saturating_sub(KEPT);
                drop(kept.drain(..surplus));
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let bytes: Vec<u8> = kept.into();
    printable(&String::from_utf8_lossy(&bytes), SHOWN)
}

/// The last `limit` characters of a hostile text on one line: line ends become ` | `, whatever moves a cursor, turns the
/// writing direction or hides is left out.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push_str(" | ");
        }
        line.extend(part.chars().filter(|c| !hides(*c)));
    }
    let surplus = line.chars().count().saturating_sub(limit);
    line.chars().skip(surplus).collect()
}

/// Control characters, zero-width and direction marks (Unicode, UAX #9), and the byte order mark.
fn hides(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_end_is_kept() {
        let long = format!("{}the end", "x".repeat(1 << 20));
        let shown = read(long.as_bytes());
        assert_eq!(shown.chars().count(), SHOWN);
        assert!(shown.ends_with("the end"));
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(printable("one\r\n\n\u{1b}[2Jtwo\u{202e}\u{0}", 100), "one | [2Jtwo");
    }

    proptest! {
        #[test]
        fn any_bytes_become_a_short_printable_line(bytes: Vec<u8>) {
            let shown = read(bytes.as_slice());
            prop_assert!(shown.chars().count() <= SHOWN);
            prop_assert!(shown.chars().all(|c| !c.is_control()));
        }
    }
}
