//! Below `ProgramData` every user may make files, so the owner is what counts: SYSTEM or the administrators.

use std::fs::File;
use std::io;
use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_FILE_OBJECT};
use windows_sys::Win32::Security::{
    IsWellKnownSid, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, WinBuiltinAdministratorsSid, WinLocalSystemSid,
};

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
/// Folders open only with it.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0400;

pub(super) fn open(path: &Path) -> io::Result<File> {
    std::fs::OpenOptions::new().read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)
}

/// A link is opened as itself here; [`fault`] sees it.
pub(super) fn is_link(_error: &io::Error) -> bool {
    false
}

pub(super) fn fault(file: &File, path: &Path) -> io::Result<Option<&'static str>> {
    let found = file.metadata()?;
    if found.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0 {
        return Ok(Some("it is a symbolic link or a junction"));
    }
    if !found.is_file() {
        return Ok(Some("it is no ordinary file"));
    }
    if !owned_by_administrator(file)? {
        return Ok(Some("it does not belong to an administrator"));
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    let folder = std::fs::OpenOptions::new().read(true).custom_flags(flags).open(folder)?;
    Ok((!owned_by_administrator(&folder)?).then_some("its folder does not belong to an administrator"))
}

fn owned_by_administrator(file: &File) -> io::Result<bool> {
    let mut owner: PSID = ptr::null_mut();
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: the handle is open; `owner` points into `descriptor`, which is freed once and after the last use of both.
    #[expect(unsafe_code, reason = "std does not tell who owns a file")]
    unsafe {
        let status = GetSecurityInfo(
            file.as_raw_handle(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut descriptor,
        );
        if status != 0 {
            return Err(io::Error::from_raw_os_error(i32::try_from(status).unwrap_or(i32::MAX)));
        }
        let known = [WinBuiltinAdministratorsSid, WinLocalSystemSid];
        let ours = !owner.is_null() && known.iter().any(|kind| IsWellKnownSid(owner, *kind) != 0);
        LocalFree(descriptor);
        Ok(ours)
    }
}
