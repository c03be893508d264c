use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// A session of its own: a closed terminal, or Ctrl-C in it, does not reach the process.
#[expect(unsafe_code, reason = "setsid must run in the child, between fork and exec")]
pub(super) fn detach(command: &mut Command) {
    command.current_dir("/");
    // SAFETY: the closure makes one system call (setsid(2), async-signal-safe), allocates nothing and takes no lock.
    unsafe { command.pre_exec(|| rustix::process::setsid().map(|_| ()).map_err(io::Error::from)) };
}

#[cfg(test)]
mod tests {
    use crate::{Detached, OsError, spawn_detached};

    #[test]
    fn a_detached_process_leads_its_own_session_and_writes_to_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let (log, pipe) = (folder.path().join("log"), folder.path().join("done"));
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        let script = "echo \"$GREETING $$ $(cut -d' ' -f6 /proc/$$/stat)\"; echo x >\"$0\"";
        let pid = spawn_detached(&Detached {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into(), pipe.clone().into()],
            variables: vec![("GREETING".into(), "hello".into())],
            log: Some(log.clone()),
        })
        .unwrap();
        // Opening the pipe waits for the script's last line.
        fs_err::read(&pipe).unwrap();
        assert_eq!(fs_err::read_to_string(&log).unwrap(), format!("hello {pid} {pid}\n"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let what = Detached { program: "/nowhere/canteen".into(), arguments: vec![], variables: vec![], log: None };
        let fault = spawn_detached(&what).unwrap_err();
        assert!(matches!(&fault, OsError::NotStarted { program, .. } if program == "canteen"), "{fault}");
    }
}
