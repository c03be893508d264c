//! What the host costs: at rest among hundreds of processes and thousands of files, and while a compiler works.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use canteen_os::SystemClock;
use canteen_tests::scenes::Stage;
use canteen_tests::{Programs, Running, memory};
use canteen_types::Clock as _;

use crate::{A_DAY, row, say};

const PROCESSES: usize = 300;
const FOLDERS: usize = 200;
const FILES_EACH: usize = 100;
/// Of the compile: most of its programs start in the beginning.
const COMPILE: Duration = Duration::from_secs(120);

/// Computing time of a process, and how often its threads went to sleep.
#[derive(Clone, Copy)]
struct Cost {
    computed: Duration,
    sleeps: u64,
}

pub(crate) async fn measure(programs: &Programs, span: Duration) -> Result<()> {
    let stage = Stage::open_with(programs.clone(), A_DAY).await?;
    files(&stage)?;
    let crowd = (0..PROCESSES)
        .map(|number| {
            Running::start(stage.home.command("sleep").arg("86400"), stage.home.path(&format!("logs/{number}")), "coreutils")
        })
        .collect::<Result<Vec<_>>>()?;
    // What came with the set-up is over.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let host = stage.host().pid();
    row("memory of the host (PSS, MiB)", &memory::tree(host)?.memory()?.to_string());
    over(&format!("at rest, {} s, {PROCESSES} processes, {} files", span.as_secs(), FOLDERS * FILES_EACH), host, span).await?;
    let target = stage.home.path("target");
    let mut compile = Command::new("cargo");
    compile.args(["check", "--quiet", "--workspace", "--offline", "--target-dir"]).arg(&target);
    compile.current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut compile = Running::start_with_all(&mut compile, stage.home.path("logs/compile"), "cargo")?;
    over(&format!("while this workspace is compiled, {} s", COMPILE.as_secs()), host, COMPILE).await?;
    ensure!(compile.is_alive(), "there was no compile all the time: {}", compile.said());
    drop((compile, crowd));
    Ok(())
}

fn files(stage: &Stage) -> Result<()> {
    for folder in 0..FOLDERS {
        let folder = stage.home.path("home/work").join(folder.to_string());
        fs_err::create_dir_all(&folder)?;
        for file in 0..FILES_EACH {
            fs_err::write(folder.join(file.to_string()), b"a note")?;
        }
    }
    Ok(())
}

async fn over(what: &str, host: u32, span: Duration) -> Result<()> {
    let (before, idle, from) = (cost(host)?, idle()?, SystemClock.monotonic());
    tokio::time::sleep(span).await;
    let (after, idle_after, took) = (cost(host)?, self::idle()?, (SystemClock.monotonic() - from).as_secs_f64());
    let share = (after.computed.saturating_sub(before.computed)).as_secs_f64() / took;
    let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
    let busy = 1.0 - (idle_after - idle) / took / cores;
    say(&format!("{what} (this computer was {:.0} % busy)", busy.clamp(0.0, 1.0) * 100.0));
    row("  computing time of the host (% of one processor)", &format!("{:.3}", share * 100.0));
    row("  wake-ups of the host a second", &format!("{:.2}", (after.sleeps.saturating_sub(before.sleeps)) as f64 / took));
    Ok(())
}

fn cost(pid: u32) -> Result<Cost> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, behind) = stat.rsplit_once(')').context("a name")?;
    let ticks: u64 = behind.split_ascii_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    let mut sleeps = 0;
    for task in fs_err::read_dir(format!("/proc/{pid}/task"))?.flatten() {
        let status = fs_err::read_to_string(task.path().join("status")).unwrap_or_default();
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok());
        sleeps += count.unwrap_or(0);
    }
    Ok(Cost { computed: Duration::from_millis(ticks * 10), sleeps })
}

/// Seconds that all processors had nothing to do.
fn idle() -> Result<f64> {
    let uptime = fs_err::read_to_string("/proc/uptime")?;
    uptime.split_ascii_whitespace().nth(1).and_then(|idle| idle.parse().ok()).context("two numbers")
}
