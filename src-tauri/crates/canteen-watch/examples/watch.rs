//! Watches a folder as Canteen does, looks through a home folder where one is named after it, writes down what it notices, and at the end what that cost.
//!
//! ```sh
//! cargo run --release -p canteen-watch --example watch -- ~/Downloads 600
//! ```

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use canteen_types::{Clock, Timestamp};
use canteen_watch::{HomeLook, Place, SMALLEST, WatchConfig, start};

#[derive(Debug)]
struct Real(Instant);

impl Clock for Real {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "a program of its own: there is nobody to hand a clock in")]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(0))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Computing time of this process in milliseconds, and how often its threads went to sleep.
fn cost() -> (u64, u64) {
    let usage = |name: &str| fs_err::read_to_string(name).unwrap_or_default();
    let stat = usage("/proc/self/stat");
    let ticks = stat.rsplit_once(')').map(|(_, rest)| rest.split_ascii_whitespace().skip(11).take(2));
    let computed = ticks.into_iter().flatten().filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10;
    let sleeps = fs_err::read_dir("/proc/self/task").into_iter().flatten().flatten().filter_map(|task| {
        let status = fs_err::read_to_string(task.path().join("status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse::<u64>().ok()
    });
    (computed, sleeps.sum())
}

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it writes to a terminal, and measures real time")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let seconds: u64 = arguments.next().unwrap_or_else(|| "60".into()).parse()?;
    let (sink, observations) = sync_channel(1024);
    let places = vec![Place { name: "Downloads".into(), path: Path::new(&folder).to_owned(), recursive: true }];
    let home = arguments.next().map(|root| HomeLook {
        root: root.into(),
        from: None,
        weights: Vec::new(),
        may_go_on: Arc::new(|| true),
    });
    let config = WatchConfig { home, ..WatchConfig::of(places, SMALLEST) };
    let clock = Arc::new(Real(Instant::now()));
    let watch = start(config, Arc::clone(&clock) as Arc<dyn Clock>, sink)?;
    println!("{:?}", watch.capabilities());
    // The first look is not rest.
    let quiet = Duration::from_secs(seconds.min(5) / 2);
    let (mut before, over) = (None, Duration::from_secs(seconds));
    while clock.monotonic() < over {
        let span = if before.is_none() { quiet } else { over }.saturating_sub(clock.monotonic());
        match observations.recv_timeout(span) {
            Ok(observation) => println!("{:>9.3} {observation:?}", clock.monotonic().as_secs_f64()),
            Err(_) if before.is_none() => before = Some((cost(), clock.monotonic())),
            Err(_) => {}
        }
    }
    if let Some(((computed, sleeps), since)) = before {
        let ((computed_now, sleeps_now), span) = (cost(), clock.monotonic().saturating_sub(since).as_secs_f64());
        let (used, woken) = (computed_now.saturating_sub(computed), sleeps_now.saturating_sub(sleeps));
        println!("computed {used} ms in {span:.1} s, {:.4} % of one processor", used as f64 / span / 10.0);
        println!("woken {:.2} times a second", woken as f64 / span);
    }
    Ok(())
}
