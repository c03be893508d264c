//! A scene of somebody's own: a script for `sh` in a home of its own, and what the host says of models meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use canteen_app::wire::Sighting;
use canteen_os::SystemClock;
use canteen_tests::scenes::Stage;
use canteen_tests::{Programs, Running};
use canteen_types::Clock as _;

use crate::{A_DAY, say, table};

/// A script goes on for so long at most.
const SPAN: Duration = Duration::from_secs(25);
const STEP: Duration = Duration::from_millis(20);

/// One after the other, on one computer.
pub(crate) async fn play(programs: &Programs, scripts: &[String]) -> Result<()> {
    let mut stage = Stage::open_with(programs.clone(), A_DAY).await?;
    for script in scripts {
        say(&format!("--- {script}"));
        once(&mut stage, script).await?;
    }
    Ok(())
}

async fn once(stage: &mut Stage, script: &str) -> Result<()> {
    let log = stage.home.path("logs/script");
    let from = SystemClock.monotonic();
    let mut command = stage.home.command("sh");
    let mut program = Running::start_with_all(command.args(["-c", script]), log.clone(), "sh")?;
    let mut told: BTreeMap<String, String> = stage.computer().await?.sightings.iter().map(line).collect();
    while SystemClock.monotonic() - from < SPAN && program.is_alive() {
        for (id, now) in stage.computer().await?.sightings.iter().map(line) {
            if told.insert(id, now.clone()).as_ref() != Some(&now) {
                say(&format!("{:>6} ms  {now}", (SystemClock.monotonic() - from).as_millis()));
            }
        }
        tokio::time::sleep(STEP).await;
    }
    program.kill()?;
    for nudge in stage.nudges().await? {
        say(&format!("   nudge   {} ({})", nudge.title, nudge.state));
    }
    let said = program.said();
    said.lines().rev().take(3).for_each(|line| say(&format!("    said   {line}")));
    Ok(fs_err::remove_file(log)?)
}

fn line(sighting: &Sighting) -> (String, String) {
    let Sighting { grade, verdict, name, path, holder, evidence, .. } = sighting;
    let verdict = verdict.map_or_else(|| "-".to_owned(), table::word);
    let by: Vec<&str> = evidence.iter().filter_map(|one| one.code.as_deref()).filter(|code| code.starts_with("holder")).collect();
    let holder = holder.as_deref().unwrap_or("nobody");
    (sighting.id.to_string(), format!("{} {verdict}: {name} at {path} by {holder} {by:?}", table::word(grade)))
}
