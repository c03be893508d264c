use canteen_types::Source;
use reqwest::Url;

use super::DocumentError;
use crate::location::is_loopback_http;

/// Longest address or path, in bytes.
const MOST: usize = 2048;

/// An `https` address (plain `http` for loopback only), a `file` address, or an absolute path of any platform.
pub(super) fn parse(at: &str, text: &str) -> Result<Source, DocumentError> {
    let bad = |because| DocumentError::new(at, because);
    if text.len() > MOST || text.chars().any(char::is_control) {
        return Err(bad("is too long or holds a control character"));
    }
    if is_absolute(text) {
        return path(at, text.to_owned());
    }
    let url = Url::parse(text).map_err(|_| bad("is neither an https address nor an absolute path"))?;
    match url.scheme() {
        "https" if url.username().is_empty() && url.password().is_none() => Ok(Source::Https(url.into())),
        "http" if is_loopback_http(&url) => Ok(Source::Https(url.into())),
        "file" => {
            let decoded = percent_decoded(url.path()).ok_or_else(|| bad("is not a readable file address"))?;
            let on_share = url.host_str().filter(|host| !host.is_empty() && *host != "localhost");
            match (on_share, decoded.strip_prefix('/')) {
                (Some(host), _) => path(at, format!(r"\\{host}{}", decoded.replace('/', r"\"))),
                (None, Some(bare)) if has_drive(bare) => path(at, bare.to_owned()),
                (None, _) => path(at, decoded),
            }
        }
        _ => Err(bad("must be https or a file")),
    }
}

fn path(at: &str, path: String) -> Result<Source, DocumentError> {
    let climbs = path.split(['/', '\\']).any(|part| part == "..");
    if climbs || path.chars().any(char::is_control) {
        return Err(DocumentError::new(at, "must be a plain path without “..”"));
    }
    Ok(Source::File(path))
}

/// One catalogue serves Linux, macOS and Windows, so an absolute path of any of them is one.
fn is_absolute(text: &str) -> bool {
    text.starts_with('/') || text.starts_with(r"\\") || has_drive(text)
}

fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = [bytes.next()?, bytes.next()?];
            let mut decoded = [0_u8];
            hex::decode_to_slice(pair, &mut decoded).ok()?;
            out.extend(decoded);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sources_are_https_or_absolute_files() {
        let https = |s: &str| Source::Https(s.to_owned());
        let file = |s: &str| Source::File(s.to_owned());
        for (text, source) in [
            ("https://models.example/a.gguf", https("https://models.example/a.gguf")),
            ("http://127.0.0.1:8000/a.gguf", https("http://127.0.0.1:8000/a.gguf")),
            ("file:///srv/m%20x/a.gguf", file("/srv/m x/a.gguf")),
            ("file:///C:/models/a.gguf", file("C:/models/a.gguf")),
            ("file://nas/models/a.gguf", file(r"\\nas\models\a.gguf")),
            ("/srv/a.gguf", file("/srv/a.gguf")),
            (r"\\nas\models\a.gguf", file(r"\\nas\models\a.gguf")),
            (r"D:\models\a.gguf", file(r"D:\models\a.gguf")),
        ] {
            assert_eq!(parse("s", text), Ok(source), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "a.gguf",
            "./a",
            "http://models.example/a",
            "ftp://x/a",
            "https://user:pw@x/a",
            "/srv/../etc/passwd",
            "file:///srv/%2e%2e/%00",
            "file:///srv/%zz",
            "javascript:alert(1)",
            "/srv/\u{7}",
        ] {
            assert!(parse("s", text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_a_file_is_never_relative(text in "\\PC{0,60}|file://[%./a-z0-9]{0,20}") {
            if let Ok(Source::File(path)) = parse("s", &text) {
                prop_assert!(is_absolute(&path) && !path.split(['/', '\\']).any(|part| part == ".."));
            }
        }
    }
}
