use std::path::Path;

use super::Link;
use crate::{Detached, OsError, spawn_detached};

/// From xdg-utils, which every desktop brings. A link begins with its kind, so it is never read as an option.
pub(super) fn open(link: &Link) -> Result<(), OsError> {
    open_by(Path::new("xdg-open"), link)
}

fn open_by(program: &Path, link: &Link) -> Result<(), OsError> {
    let what = Detached { program: program.to_owned(), arguments: vec![link.as_str().into()], variables: Vec::new(), log: None };
    spawn_detached(&what).map(drop)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_browser_gets_the_link_as_one_argument() {
        let folder = tempfile::tempdir().unwrap();
        let (browser, pipe) = (folder.path().join("browser"), folder.path().join("seen"));
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        fs_err::write(&browser, format!("#!/bin/sh\necho \"$# $1\" >'{}'\n", pipe.display())).unwrap();
        fs_err::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
        open_by(&browser, &"https://example.org/?a=$(id)&b=%20".parse().unwrap()).unwrap();
        // Opening the pipe waits for the browser.
        assert_eq!(fs_err::read_to_string(&pipe).unwrap(), "1 https://example.org/?a=$(id)&b=%20\n");
    }

    #[test]
    fn a_computer_without_a_desktop_says_so() {
        let error = open_by(Path::new("/nowhere/xdg-open"), &"https://example.org/".parse().unwrap()).unwrap_err();
        assert!(matches!(&error, OsError::NotStarted { program, .. } if program == "xdg-open"), "{error}");
    }
}
