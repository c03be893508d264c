use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

/// Longest wait for anything that another process does. Reached only when something is wrong.
pub const LONG: Duration = Duration::from_secs(60);

const STEP: Duration = Duration::from_millis(50);

/// Looks again and again until `look` gives something; says `what` it waited for when it does not.
///
/// # Errors
/// After [`LONG`], with `what`.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if begun.elapsed() > LONG {
            bail!("waited {} s in vain for {what}", LONG.as_secs());
        }
        std::thread::sleep(STEP);
    }
}

/// As [`until`], for something that is asked asynchronously. The last error is part of what is said.
///
/// # Errors
/// After [`LONG`], with `what` and the last answer.
pub async fn eventually<T, E: Debug, F: Future<Output = Result<Option<T>, E>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        let last = match answer {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::from("not yet"),
            Err(error) => format!("{error:?}"),
        };
        if begun.elapsed() > LONG {
            bail!("waited {} s in vain for {what}: {last}", LONG.as_secs());
        }
        tokio::time::sleep(STEP).await;
    }
}
