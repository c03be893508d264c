use std::io;
use std::path::Path;

/// `MNT_LOCAL` of `sys/mount.h`.
const LOCAL: u32 = 0x1000;

/// On a server. `folder` must be there.
pub(crate) fn on_network(folder: &Path) -> io::Result<bool> {
    Ok(rustix::fs::statfs(folder)?.f_flags & LOCAL == 0)
}
