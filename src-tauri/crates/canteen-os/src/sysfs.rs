//! Linux's own figures, one to a file.

use std::io::Read as _;
use std::path::Path;

/// What stands in it, without the end of the line. Real ones have a few characters.
pub(crate) fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    fs_err::File::open(path).ok()?.take(256).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned())
}
