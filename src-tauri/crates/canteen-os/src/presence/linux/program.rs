use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::ANSWER;

/// What a program of the desktop says on its standard output, at most `most` bytes. `None` when it is not there, fails, says more
/// or takes too long.
pub(super) async fn ask(program: &str, arguments: &[&str], most: usize) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().ok()?;
    let out = child.stdout.take()?;
    let said = async {
        let (mut said, limit) = (Vec::new(), u64::try_from(most).unwrap_or(u64::MAX));
        out.take(limit.saturating_add(1)).read_to_end(&mut said).await.ok()?;
        (said.len() <= most && child.wait().await.ok()?.success()).then_some(said)
    };
    tokio::time::timeout(ANSWER, said).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_fails_floods_or_hangs_says_nothing() {
        let shell = async |script: &str| ask("/bin/sh", &["-c", script], 6).await;
        assert_eq!(shell("echo false").await.as_deref(), Some(&b"false\n"[..]));
        assert_eq!(shell("echo false; exit 1").await, None);
        assert_eq!(shell("echo no key").await, None);
        assert_eq!(shell("exec sleep 60").await, None);
        assert_eq!(ask("canteen-has-no-such-program", &[], 6).await, None);
    }
}
