/// Longest path of Linux.
const LONGEST: usize = 4096;

/// A file within the model, written in the one way that there is: relative, `/` between parts, no `.` and no `..`. A backslash or
/// a drive would be another place on Windows.
pub(super) fn may_stand(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let plain = !name.contains('\\') && !name.chars().any(char::is_control);
    let parts = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    !drive && plain && parts && name.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_within_the_model_stand() {
        for good in ["a", "model.safetensors", "a/b/c", "...", "a..b", ".hidden", "ünï/x y", "ab:c"] {
            assert!(may_stand(good), "{good}");
        }
        let long = "a".repeat(LONGEST + 1);
        for bad in ["", ".", "..", "/a", "a/", "a//b", "a/./b", "a/../b", "../a", "a\\b", "c:x", "c:/x", "a\0", "a\nb", &long] {
            assert!(!may_stand(bad), "{bad:?}");
        }
    }
}
