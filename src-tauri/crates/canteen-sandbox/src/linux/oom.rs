//! Did the kernel kill for want of memory? The control group of this process counts it, and the child is in the same group.

use std::io::Read;

/// Both files are shorter.
const LONGEST: u64 = 64 << 10;

/// Kills so far; `None` without control groups of version 2, or in the root group, which counts nothing.
pub(crate) fn kills() -> Option<u64> {
    let group = read("/proc/self/cgroup")?;
    let path = group.lines().find_map(|line| line.strip_prefix("0::"))?;
    count(&read(&format!("/sys/fs/cgroup{path}/memory.events"))?)
}

fn read(path: &str) -> Option<String> {
    let mut text = String::new();
    #[expect(clippy::disallowed_methods, reason = "a fixed path of the kernel whose absence is an answer")]
    std::fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

fn count(events: &str) -> Option<u64> {
    events.lines().find_map(|line| line.strip_prefix("oom_kill "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_kills_are_counted() {
        assert_eq!(count("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n"), Some(2));
        assert_eq!(count("low 0\n"), None);
    }
}
