//! Joins the host to tray and window: events go out, presses come in.

use std::sync::Arc;

use canteen_app::Host;
use canteen_app::wire::{AppEvent, Fault, Screen, Topic};
use canteen_types::Clock as _;
use tauri::{AppHandle, Manager, RunEvent};
use tokio::runtime::Runtime;

use crate::tray::apply::Tray;
use crate::tray::view::{Press, view};
use crate::windows;

/// Puts the tray up, opens the window unless it should stay away, and begins to listen.
pub(crate) fn start(handle: &AppHandle, runtime: &Runtime, host: &Arc<Host>, hidden: bool) -> anyhow::Result<()> {
    let pressed = Arc::clone(host);
    let tray = Tray::put_up(handle, move |handle, press| {
        let (handle, host) = (handle.clone(), Arc::clone(&pressed));
        tauri::async_runtime::spawn(async move {
            if let Err(fault) = on_press(&handle, &host, press).await {
                tracing::warn!(code = fault.code, incident = %fault.incident, "a tray item did not work");
                windows::show(&handle, None);
            }
        });
    })?;
    handle.manage(tray);
    if !hidden {
        windows::show(handle, None);
    }
    runtime.spawn(follow(handle.clone(), Arc::clone(host)));
    Ok(())
}

/// The web view may go; the host stays until it is told to quit.
pub(crate) fn on_event(_handle: &AppHandle, event: &RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
    }
}

async fn follow(handle: AppHandle, host: Arc<Host>) {
    let mut events = host.events().listen();
    redraw(&handle, &host).await;
    while let Some(event) = events.next().await {
        windows::tell(&handle, &event);
        match event {
            AppEvent::Show { target } => on_main(&handle, move |handle| windows::show(handle, Some(target))),
            AppEvent::Changed { topic: Topic::Status | Topic::Runs | Topic::Nudges } | AppEvent::Resync => {
                redraw(&handle, &host).await
            }
            AppEvent::Closing => {
                handle.exit(0);
                return;
            }
            AppEvent::Changed { .. } | AppEvent::Progress { .. } | AppEvent::Attention { .. } => {}
        }
    }
}

async fn redraw(handle: &AppHandle, host: &Arc<Host>) {
    let status = match host.app().await {
        Ok(app) => app.get_status().await,
        Err(fault) => Err(fault),
    };
    let now = canteen_os::SystemClock.now();
    let view = view(status.as_ref(), |at| canteen_os::local_clock_time(at, now));
    on_main(handle, move |handle| {
        if let Err(error) = handle.state::<Tray>().apply(handle, view) {
            tracing::warn!(%error, "the tray did not follow");
        }
    });
}

fn on_main(handle: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let own = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || act(&own)) {
        tracing::warn!(%error, "the main thread is gone");
    }
}

async fn on_press(handle: &AppHandle, host: &Arc<Host>, press: Press) -> Result<(), Fault> {
    let open = |screen| on_main(handle, move |handle| windows::show(handle, Some(screen)));
    match press {
        Press::OpenCatalogue => open(Screen::Catalogue),
        Press::NewChat => open(Screen::Chat { model: None }),
        Press::OpenComputer => open(Screen::Computer { ask: None }),
        Press::OpenLedger => open(Screen::Ledger),
        Press::StopRun(id) => host.app().await?.stop_run(id).await?,
        Press::PauseUntilTomorrow => {
            let app = host.app().await?;
            app.pause_nudges(Some(canteen_os::tomorrow_at_nine(app.now()))).await?;
        }
        Press::PauseForAnHour => {
            let app = host.app().await?;
            app.pause_nudges(Some(app.now().plus(std::time::Duration::from_secs(3600)))).await?;
        }
        Press::EndPause => host.app().await?.pause_nudges(None).await?,
        Press::Sync => drop(host.app().await?.sync_catalogue().await?),
        Press::Quit => host.quit(),
    }
    Ok(())
}
