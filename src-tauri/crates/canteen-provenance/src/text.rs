/// Longest text of a stranger that is shown.
const LONGEST: usize = 300;

/// Text of a stranger for one line: no control characters, and cut where nobody would read on.
pub(crate) fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
