use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{AskedToEnd, Program};

pub(super) fn ask_to_end(program: Program) -> AskedToEnd {
    let Some(pid) = i32::try_from(program.pid).ok().and_then(Pid::from_raw) else { return AskedToEnd::Gone };
    // What is open stays the same process, whoever gets its number afterwards: first open, then compare.
    let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return AskedToEnd::Gone };
    if started(program.pid) != Some(program.started) {
        return AskedToEnd::Gone;
    }
    match pidfd_send_signal(process, Signal::TERM) {
        Ok(()) => AskedToEnd::Asked,
        Err(Errno::PERM) => AskedToEnd::NotOwn,
        Err(_) => AskedToEnd::Gone,
    }
}

/// Field 22 of `/proc/PID/stat` (proc(5)), in ticks since boot. The name in field 2 may hold blanks and brackets.
fn started(pid: u32) -> Option<u64> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use super::*;

    #[test]
    fn only_the_process_that_was_meant_is_asked() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = child.id();
        let started = started(pid).unwrap();
        assert_eq!(ask_to_end(Program { pid, started: started + 1 }), AskedToEnd::Gone, "another one that has its number");
        assert_eq!(child.try_wait().unwrap(), None);
        assert_eq!(ask_to_end(Program { pid, started }), AskedToEnd::Asked);
        assert_eq!(child.wait().unwrap().signal(), Some(15), "asked, not killed");
        assert_eq!(ask_to_end(Program { pid, started }), AskedToEnd::Gone);
    }
}
