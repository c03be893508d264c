use std::io::Read;
use std::time::Duration;

use canteen_types::ByteSize;

use super::{Counted, Usage};

/// `/proc/PID/smaps_rollup`, `statm` and `stat`: proc_pid_smaps(5), proc_pid_statm(5), proc_pid_stat(5).
pub(super) fn sample(pid: u32) -> Option<Usage> {
    let usage = glance(pid)?;
    // Adding up the shares takes the kernel longer the more memory there is: not for every second.
    Some(match read(pid, "smaps_rollup").and_then(|text| proportional(&text)) {
        Some(bytes) => Usage { memory: ByteSize::new(bytes), counted: Counted::Proportional, ..usage },
        None => usage,
    })
}

pub(super) fn glance(pid: u32) -> Option<Usage> {
    let cpu = cpu_time(&read(pid, "stat")?, rustix::param::clock_ticks_per_second())?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    let memory = ByteSize::new(resident(&read(pid, "statm")?, page)?);
    Some(Usage { memory, counted: Counted::Resident, cpu })
}

fn read(pid: u32, name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let file = fs_err::File::open(format!("/proc/{pid}/{name}")).ok()?;
    file.take(64 << 10).read_to_end(&mut bytes).ok()?;
    // A program may call itself anything, so the name in `stat` need not be UTF-8.
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn proportional(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn resident(text: &str, page: u64) -> Option<u64> {
    text.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(page)
}

fn cpu_time(text: &str, ticks_per_second: u64) -> Option<Duration> {
    // The name stands in parentheses and may hold some itself: count the fields from the last one.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    let millis = user.checked_add(kernel)?.checked_mul(1000)?.checked_div(ticks_per_second)?;
    Some(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let stat = "7 (a) b (c) R 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 99 1 1";
        assert_eq!(cpu_time(stat, 100), Some(Duration::from_secs(3)));
        for odd in ["", "7 (a", "7 (a) R 1", "7 (a) R 1 7 7 0 -1 1 1 0 0 0 x 50"] {
            assert_eq!(cpu_time(odd, 100), None, "{odd}");
        }
    }

    #[test]
    fn memory_lines_give_bytes() {
        assert_eq!(
            proportional("55-7f ---p 0 00:00 0 [rollup]\nRss:  9 kB\nPss:     412 kB\nPss_Dirty: 1 kB\n"),
            Some(412 * 1024)
        );
        assert_eq!(resident("2000 300 20 1 0 90 0\n", 4096), Some(300 * 4096));
        assert_eq!(proportional("Pss: 18446744073709551615 kB"), None);
        assert_eq!(resident("1", 4096), None);
    }
}
