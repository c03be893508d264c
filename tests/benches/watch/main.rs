//! What the host notices of programs that use models, how fast, and what that costs, for `make figures`:
//! `cargo bench -p canteen-tests --bench watch -- [FOLDER] [table [PROGRAM or DISGUISE …] | decoys | latency | rest [SECONDS] |
//! script TEXT …]`, all but the last without a word. The programs of Canteen are those of a folder, or those that were built beside it.

mod latency;
mod rest;
mod script;
mod table;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use canteen_tests::Programs;
use canteen_tests::scenes::{DECOYS, Stage};

/// As often as the rules allow at most: each scene may be notified of.
const A_DAY: u8 = 24;
/// The longest decoys have begun anew by then.
const DECOYS_FOR: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo adds `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let folder = asked.first().map(Path::new).filter(|first| first.is_dir());
    let programs = folder.map_or_else(Programs::find, Programs::installed)?;
    let asked = asked.get(usize::from(folder.is_some())..).unwrap_or_default();
    let (first, rest) = asked.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first.as_str()), rest));
    let wants = |part: &str| first.is_none_or(|first| first == part);
    if first == Some("script") {
        return script::play(&programs, rest).await;
    }
    let mut alarms = 0;
    if wants("decoys") {
        alarms = decoys(&programs).await?;
    }
    if wants("table") {
        table::show(&programs, rest, alarms).await?;
    }
    if wants("latency") {
        latency::measure(&programs).await?;
    }
    if wants("rest") {
        let seconds = rest.first().map_or(Ok(600), |seconds| seconds.parse())?;
        rest::measure(&programs, Duration::from_secs(seconds)).await?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what this is for")]
fn say(line: &str) {
    println!("{line}");
}

fn row(what: &str, figure: &str) {
    say(&format!("{what:<62} {figure}"));
}

/// What is no use, all at once. How many were taken for one.
async fn decoys(programs: &Programs) -> Result<usize> {
    let mut stage = Stage::open_with(programs.clone(), A_DAY).await?;
    let playing = DECOYS.iter().map(|decoy| decoy.start(&stage.home)).collect::<Result<Vec<_>>>()?;
    tokio::time::sleep(DECOYS_FOR).await;
    let alarms = stage.alarms().await?;
    drop(playing);
    row("decoys taken for a use or nudged about", &format!("{} of {}", alarms.len(), DECOYS.len()));
    alarms.iter().for_each(|alarm| say(&format!("  {alarm}")));
    Ok(alarms.len())
}

/// A figure that so many of a hundred do not pass.
fn spread(mut figures: Vec<u128>) -> String {
    figures.sort_unstable();
    let at = |share: usize| figures.get((figures.len() * share / 100).min(figures.len().saturating_sub(1))).copied().unwrap_or(0);
    format!("median {}, p99 {}, longest {}, of {}", at(50), at(99), at(100), figures.len())
}
