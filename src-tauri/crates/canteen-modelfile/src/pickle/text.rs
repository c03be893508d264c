//! Constants of protocol 0, decoded as the unpickler does: a name can be spelt in escapes.

/// STRING: a quoted literal with Python's escapes.
pub(super) fn quoted(line: &[u8]) -> Option<Vec<u8>> {
    let line = line.trim_ascii_end();
    let quote = *line.first().filter(|quote| matches!(quote, b'\'' | b'"'))?;
    let inner = line.get(1..line.len().checked_sub(1)?)?;
    (line.last() == Some(&quote)).then(|| unescape(inner, true))
}

/// UNICODE: raw-unicode-escape, as UTF-8.
pub(super) fn raw_unicode(line: &[u8]) -> Vec<u8> {
    unescape(line, false)
}

/// `-12`, ` +1_0`, as Python's `int` reads it.
pub(super) fn number(line: &[u8]) -> Option<i64> {
    let text: String = std::str::from_utf8(line).ok()?.trim().chars().filter(|c| *c != '_').collect();
    text.trim_end_matches('L').parse().ok()
}

/// Whether Python's `float` or `int` would take it, the latter with any base.
pub(super) fn is_number(line: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let text: String = text.trim().trim_end_matches('L').chars().filter(|c| *c != '_').collect();
    let bare = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let based = [("0x", 16), ("0o", 8), ("0b", 2)].iter().find_map(|(mark, base)| Some((bare.strip_prefix(mark)?, *base)));
    based.map_or_else(
        || text.parse::<f64>().is_ok(),
        |(digits, base)| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base)),
    )
}

/// LONG1: two's complement, least byte first.
pub(super) fn long(bytes: &[u8]) -> Option<i64> {
    let fill = if bytes.last().is_some_and(|last| *last >= 0x80) { 0xff } else { 0 };
    let mut whole = [fill; 8];
    whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from_le_bytes(whole))
}

fn unescape(mut rest: &[u8], all: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(rest.len().min(4096));
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'\\' {
            if all || first.is_ascii() {
                out.push(*first);
            } else {
                push(&mut out, u32::from(*first));
            }
            continue;
        }
        let Some((kind, behind)) = rest.split_first() else {
            out.push(b'\\');
            break;
        };
        match (kind, all) {
            (b'u', false) => rest = hex(behind, 4, &mut out),
            (b'U', false) => rest = hex(behind, 8, &mut out),
            (_, false) => out.push(b'\\'),
            (b'x', true) => rest = hex(behind, 2, &mut out),
            (b'0'..=b'7', true) => rest = octal(rest, &mut out),
            (other, true) => {
                rest = behind;
                out.extend(simple(*other));
            }
        }
    }
    out
}

fn simple(kind: u8) -> Vec<u8> {
    match kind {
        b'\n' => Vec::new(),
        b'n' => vec![b'\n'],
        b'r' => vec![b'\r'],
        b't' => vec![b'\t'],
        b'a' => vec![7],
        b'b' => vec![8],
        b'f' => vec![12],
        b'v' => vec![11],
        b'\\' | b'\'' | b'"' => vec![kind],
        other => vec![b'\\', other],
    }
}

fn hex<'a>(behind: &'a [u8], digits: usize, out: &mut Vec<u8>) -> &'a [u8] {
    let value =
        behind.get(..digits).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|d| u32::from_str_radix(d, 16).ok());
    match value {
        Some(value) => {
            push(out, value);
            behind.get(digits..).unwrap_or_default()
        }
        None => behind,
    }
}

fn octal<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let count = rest.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
    let value = rest.iter().take(count).fold(0_u32, |value, digit| value.saturating_mul(8).saturating_add(u32::from(digit & 7)));
    push(out, value & 0xff);
    rest.get(count..).unwrap_or_default()
}

fn push(out: &mut Vec<u8>, value: u32) {
    let mut buffer = [0; 4];
    out.extend_from_slice(char::from_u32(value).unwrap_or('\u{fffd}').encode_utf8(&mut buffer).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_escapes_are_read_as_the_unpickler_reads_them() {
        assert_eq!(quoted(br"'\x6fs'").as_deref(), Some(b"os".as_slice()));
        assert_eq!(quoted(br#""\157s""#).as_deref(), Some(b"os".as_slice()));
        assert_eq!(quoted(b"'"), None);
        assert_eq!(quoted(b"'os\""), None);
        assert_eq!(raw_unicode(br"\u006f\U00000073\x"), br"os\x");
        assert_eq!(number(b" +1_0L\r"), Some(10));
        assert_eq!(number(b"ten"), None);
        assert_eq!((long(b"\xff\x00"), long(b"\xff"), long(b""), long(&[1; 9])), (Some(255), Some(-1), Some(0), None));
        for number in [&b"1e-3\r"[..], b"12345678901234567890L", b"-0x1f", b"0b1_0", b"nan"] {
            assert!(is_number(number), "{}", number.escape_ascii());
        }
        assert!(!is_number(b"rom here") && !is_number(b"0x") && !is_number(b""));
    }
}
