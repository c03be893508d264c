/// What the name of a member, or of a link's target, would do when it is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Inside,
    LeavesTheFolder,
}

/// Slashes of both kinds part a name, because Windows does so. `..` is judged by where it leads: `a/../b` stays inside, and yet
/// no honest tool writes it, so any `..` counts as leaving.
pub(crate) fn judge(name: &[u8]) -> Name {
    let drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    let root = matches!(name.first(), Some(b'/' | b'\\'));
    let up = name.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part == b"..");
    let odd = name.iter().any(|byte| matches!(byte, b'\\' | 0));
    if drive || root || up || odd { Name::LeavesTheFolder } else { Name::Inside }
}

/// Where a link leads that stands at `at`, both within one tree.
pub(crate) fn judge_link(at: &[u8], target: &[u8]) -> Name {
    if target.contains(&b'\\') || matches!(target.first(), None | Some(b'/')) {
        return Name::LeavesTheFolder;
    }
    let folders = |path: &[u8]| path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").count();
    let mut depth = folders(at).saturating_sub(1);
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Name::LeavesTheFolder,
            },
            _ => depth = depth.saturating_add(1),
        }
    }
    Name::Inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_folder() {
        for name in [&b"../a"[..], b"a/../../b", b"/etc/passwd", b"\\a", b"C:\\a", b"c:a", b"a\\..\\b", b"a\0b"] {
            assert_eq!(judge(name), Name::LeavesTheFolder, "{}", name.escape_ascii());
        }
        for name in [&b"a"[..], b"a/b.pkl", b"a..b", b"...", b".data/version"] {
            assert_eq!(judge(name), Name::Inside, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn where_a_link_leads() {
        assert_eq!(judge_link(b"snapshots/1/a", b"../../blobs/x"), Name::Inside);
        assert_eq!(judge_link(b"a", b"../x"), Name::LeavesTheFolder);
        assert_eq!(judge_link(b"a/b", b"c/../../../x"), Name::LeavesTheFolder);
        assert_eq!(judge_link(b"a", b"/etc/passwd"), Name::LeavesTheFolder);
    }
}
