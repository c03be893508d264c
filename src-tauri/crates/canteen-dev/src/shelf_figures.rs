//! What a large catalogue costs the host, measured through the app's own API.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use canteen_app::App;
use canteen_app::call::UnlockStore;
use canteen_app::host::{Beginning, HostKind, begin};
use canteen_os::{Environment, SystemClock};
use canteen_types::Clock as _;

/// Calls of which the middle one is told.
const ROUNDS: usize = 5;
/// Protects a store that holds nothing of anybody.
const PASSPHRASE: &str = "figures of a large catalogue";

/// A line each: what, and how much.
pub(crate) fn measure(home: &Path, say: &mut dyn FnMut(&str, &str)) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let clock = SystemClock;
        // Without a session bus there is no keyring: the store gets the passphrase.
        let environment = Environment::from_pairs([("CANTEEN_HOME", home.as_os_str()), ("HOME", home.as_os_str())]);
        let from = clock.monotonic();
        let Beginning::Host(host) = begin(&environment, HostKind::Headless).await? else {
            anyhow::bail!("a Canteen already runs in {}", home.display())
        };
        drop(host.app().await);
        host.unlock(UnlockStore { passphrase: Some(PASSPHRASE.to_owned()) }).await.map_err(said)?;
        let app = host.app().await.map_err(said)?;
        say("host open, its catalogue taken up", &ms(clock.monotonic() - from));
        let (took, status) = timed(async || app.sync_catalogue().await).await?;
        say("check for updates with nothing new", &ms(took));
        say("entries", &status.entries.to_string());
        figures(&app, say).await?;
        host.close().await;
        Ok(())
    })
}

async fn figures(app: &Arc<App>, say: &mut dyn FnMut(&str, &str)) -> anyhow::Result<()> {
    let clock = SystemClock;
    let (took, models) = timed(async || app.list_models().await).await?;
    say("list_models", &ms(took));
    let from = clock.monotonic();
    let text = serde_json::to_string(&models)?;
    say("its JSON, written", &ms(clock.monotonic() - from));
    say("its JSON, bytes", &text.len().to_string());
    let (took, _) = timed(async || app.suggest_models().await).await?;
    say("suggest_models", &ms(took));
    let id = models.first().context("the catalogue is empty")?.id.clone();
    let (took, _) = timed(async || app.get_model(id.clone()).await).await?;
    say("get_model", &ms(took));
    let (took, _) = timed(async || app.get_hardware().await).await?;
    say("get_hardware", &ms(took));
    Ok(())
}

async fn timed<T>(call: impl AsyncFn() -> Result<T, canteen_app::wire::Fault>) -> anyhow::Result<(Duration, T)> {
    let clock = SystemClock;
    let mut rounds = Vec::new();
    let mut last = None;
    for _ in 0..ROUNDS {
        let from = clock.monotonic();
        last = Some(call().await.map_err(said)?);
        rounds.push(clock.monotonic() - from);
    }
    rounds.sort_unstable();
    let middle = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
    Ok((middle, last.context("nothing was called")?))
}

fn said(fault: canteen_app::wire::Fault) -> anyhow::Error {
    anyhow::anyhow!("{} ({})", fault.message, fault.code)
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
