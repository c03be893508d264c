//! From the moment that a program opens weights to what the host says of it, and to the notification.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use canteen_os::SystemClock;
use canteen_tests::scenes::Stage;
use canteen_tests::{Notes, Programs, weights};
use canteen_types::{Clock as _, Grade};

use crate::{A_DAY, row, spread};

const TIMES: usize = 54;
const STEP: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Ready to open what it was told at a line on its standard input, so that its own start is left out.
const PROGRAM: &str = "import mmap,sys,time; sys.stdin.readline(); f=open(sys.argv[1],'rb'); \
                       m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(600)";

pub(crate) async fn measure(programs: &Programs) -> Result<()> {
    let (mut found, mut notified) = (Vec::new(), Vec::new());
    let mut day: Option<(Stage, Notes)> = None;
    for time in 0..TIMES {
        // A computer has so many notifications a day, and then another one is needed.
        if time % usize::from(A_DAY) == 0 {
            let stage = Stage::open_with(programs.clone(), A_DAY).await?;
            let notes = Notes::of(&stage.home).await?;
            day = Some((stage, notes));
        }
        let (stage, notes) = day.as_mut().context("a computer")?;
        let (after, shown) = once(stage, notes).await?;
        found.push(after.as_millis());
        notified.push(shown.as_millis());
    }
    row("known weights opened, to the finding (ms)", &spread(found));
    row("known weights opened, to the notification (ms)", &spread(notified));
    Ok(())
}

async fn once(stage: &mut Stage, notes: &Notes) -> Result<(Duration, Duration)> {
    let (mark, path) = stage.weights(&weights::smollm2()?)?;
    let file = stage.home.downloads().join(format!("{mark}.gguf"));
    fs_err::rename(path, &file)?;
    stage
        .shows("the file", |computer| computer.sightings.iter().any(|one| one.path.contains(&mark) && one.verdict.is_some()))
        .await?;
    let mut program = Command::new("python3").args(["-c", PROGRAM]).arg(&file).stdin(Stdio::piped()).spawn()?;
    // Whatever its start brings about is over.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = notes.all().await?.len();
    let from = SystemClock.monotonic();
    program.stdin.take().context("a pipe")?.write_all(b"\n")?;
    let (mut found, mut shown) = (None, None);
    while SystemClock.monotonic() - from < PATIENCE && (found.is_none() || shown.is_none()) {
        if found.is_none()
            && stage.computer().await?.sightings.iter().any(|one| one.path.contains(&mark) && one.grade >= Grade::Loaded)
        {
            found = Some(SystemClock.monotonic() - from);
        }
        if shown.is_none() && notes.all().await?.len() > before {
            shown = Some(SystemClock.monotonic() - from);
        }
        tokio::time::sleep(STEP).await;
    }
    program.kill()?;
    program.wait()?;
    fs_err::remove_file(file)?;
    ensure!(found.is_some(), "{mark} was not noticed");
    Ok((found.context("a finding")?, shown.context("a notification")?))
}
