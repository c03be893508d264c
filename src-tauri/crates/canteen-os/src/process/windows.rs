use std::os::windows::process::CommandExt;
use std::process::Command;

/// `DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP` (Win32, process creation flags): no console, and Ctrl-C does not reach it.
pub(super) fn detach(command: &mut Command) {
    command.creation_flags(0x0000_0008 | 0x0000_0200);
}
