use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::OsError;

/// Names that are tried: after that somebody should tidy up.
const MOST: u32 = 999;

/// Writes a file that was not there before, in a folder that is made where it is missing: `stem.extension`, else
/// `stem (2).extension` and so on. Nothing is ever overwritten; on Unix only the person may read it. Gives its path.
///
/// # Errors
/// `os.file_failed`, `os.disk_full`. Then nothing is left of it.
pub fn write_new(folder: &Path, (stem, extension): (&str, &str), bytes: &[u8]) -> Result<PathBuf, OsError> {
    let failed = |error| OsError::file("write the file", error);
    fs_err::create_dir_all(folder).map_err(failed)?;
    for n in 1..=MOST {
        let name = if n == 1 { format!("{stem}.{extension}") } else { format!("{stem} ({n}).{extension}") };
        let path = folder.join(name);
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if let Err(error) = written {
                    drop(file);
                    // The cause is what the person needs to know.
                    drop(fs_err::remove_file(&path));
                    return Err(failed(error));
                }
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(failed(io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_and_the_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let downloads = folder.path().join("Downloads");
        let write = |text: &str| write_new(&downloads, ("Talk", "md"), text.as_bytes()).unwrap();
        let paths: Vec<PathBuf> = ["one", "two", "three"].map(write).into();
        let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["Talk.md", "Talk (2).md", "Talk (3).md"]);
        assert_eq!(fs_err::read_to_string(&paths[0]).unwrap(), "one");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_lies_in_the_way_is_not_followed_and_others_may_not_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs_err::os::unix::fs::symlink(&secret, folder.path().join("Talk.md")).unwrap();
        let path = write_new(folder.path(), ("Talk", "md"), b"words").unwrap();
        assert!(path.ends_with("Talk (2).md") && !secret.exists());
        assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_cannot_be_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("file"), "x").unwrap();
        assert!(matches!(write_new(&folder.path().join("file"), ("a", "md"), b"x"), Err(OsError::File { .. })));
    }
}
