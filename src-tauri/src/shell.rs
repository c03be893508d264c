//! Joins the host to tray and window: events go out, presses come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use canteen_app::wire::{AppEvent, Fault, Screen, Topic};
use canteen_app::{Host, link};
use canteen_os::Appearance;
use canteen_types::Clock as _;
use tauri::{AppHandle, Manager, RunEvent};
use tokio::runtime::Runtime;
use tokio::sync::{Notify, watch};

use crate::tray::apply::Tray;
use crate::tray::icon::Look;
use crate::tray::view::{Now, Press, TrayView, opening, view, waiting};
use crate::{opened, windows};

/// Longest time between two looks at what only the clock changes: a computer that slept is not behind for longer.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);

/// A check for updates that was asked for in the tray.
#[derive(Debug, Default)]
struct Check {
    under_way: AtomicBool,
    changed: Notify,
}

impl Check {
    fn set(&self, under_way: bool) {
        self.under_way.store(under_way, Ordering::Relaxed);
        self.changed.notify_one();
    }
}

/// Where the first window of this start begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// No window until it is asked for.
    Hidden,
    /// At its usual place.
    Usual,
    /// At the page that a link named.
    At(Screen),
}

/// Puts the tray up, opens the window unless it should stay away, and begins to listen.
pub(crate) fn start(handle: &AppHandle, runtime: &Runtime, host: &Arc<Host>, first: First) -> anyhow::Result<()> {
    let check = Arc::new(Check::default());
    let (pressed, checked) = (Arc::clone(host), Arc::clone(&check));
    let tray = Tray::put_up(handle, &host.tray_folder(), move |handle, press| {
        let (handle, host, check) = (handle.clone(), Arc::clone(&pressed), Arc::clone(&checked));
        tauri::async_runtime::spawn(async move {
            if let Err(fault) = on_press(&handle, &host, &check, press).await {
                tracing::warn!(code = fault.code, incident = %fault.incident, "a tray item did not work");
                on_main(&handle, |handle| windows::show(handle, None));
            }
        });
    })?;
    // A keyring may take its time: the menu is there meanwhile.
    tray.apply(handle, opening(host.tongue()), Look::default())?;
    handle.manage(tray);
    match first {
        First::Hidden => {}
        First::Usual => windows::show(handle, None),
        First::At(screen) => windows::show(handle, Some(screen)),
    }
    let (tell, appearance) = watch::channel(Appearance::default());
    runtime.spawn(canteen_os::follow_appearance(move |now| {
        tell.send_replace(now);
    }));
    runtime.spawn(follow(handle.clone(), Arc::clone(host), check, appearance));
    Ok(())
}

/// The web view may go; the host stays until it is told to quit.
pub(crate) fn on_event(handle: &AppHandle, event: &RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
    }
    windows::on_event(handle, event);
    for link in opened::links(event) {
        windows::show(handle, link::page(&link));
    }
}

async fn follow(handle: AppHandle, host: Arc<Host>, check: Arc<Check>, mut appearance: watch::Receiver<Appearance>) {
    let mut events = host.events().listen();
    let mut look = Look::default();
    loop {
        let lasts = redraw(&handle, &host, &check, look).await;
        loop {
            let again = tokio::select! {
                event = events.next() => match event {
                    Some(AppEvent::Closing) | None => {
                        windows::tell(&handle, &AppEvent::Closing);
                        windows::settle(&handle).await;
                        // Tray and window go with the event loop; what is told from now on would reach nobody.
                        handle.exit(0);
                        return;
                    }
                    Some(event) => heard(&handle, event),
                },
                Ok(()) = appearance.changed() => {
                    look = Look::of(*appearance.borrow_and_update(), canteen_os::TRAY_ICON_IS_TEMPLATE);
                    true
                }
                () = check.changed.notified() => true,
                () = after(lasts) => true,
            };
            if again {
                break;
            }
        }
    }
}

async fn after(milliseconds: Option<u64>) {
    match milliseconds {
        Some(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds).min(LOOK_AGAIN)).await,
        None => std::future::pending().await,
    }
}

/// Whether the tray may read otherwise now.
fn heard(handle: &AppHandle, event: AppEvent) -> bool {
    if let AppEvent::Show { target } = event {
        on_main(handle, move |handle| windows::show(handle, target));
        return false;
    }
    windows::tell(handle, &event);
    match event {
        AppEvent::Changed { topic } => match topic {
            Topic::Status | Topic::Runs | Topic::Nudges | Topic::Models | Topic::Settings => true,
            Topic::Conversations | Topic::Sightings | Topic::Requests | Topic::FileCheck | Topic::Log => false,
        },
        AppEvent::Resync => true,
        AppEvent::Show { .. }
        | AppEvent::Leaving
        | AppEvent::Closing
        | AppEvent::Progress { .. }
        | AppEvent::Attention { .. } => false,
    }
}

/// Tray and size of the window's text follow the state. Gives how long what is shown will hold, in milliseconds.
async fn redraw(handle: &AppHandle, host: &Arc<Host>, check: &Check, look: Look) -> Option<u64> {
    let standing = match host.app().await {
        Ok(app) => app.standing().await,
        Err(fault) => Err(fault),
    };
    let at = canteen_os::SystemClock.now();
    let local = |moment| canteen_os::local_time(moment, at);
    let now = Now { at, local: &local, checking: check.under_way.load(Ordering::Relaxed) };
    let view: TrayView = match &standing {
        Ok(standing) => view(standing, &now),
        Err(fault) => waiting(fault, host.tongue()),
    };
    let lasts = view.lasts;
    let text_size = standing.ok().and_then(|standing| standing.text_size);
    on_main(handle, move |handle| {
        if let Some(percent) = text_size {
            windows::resize(handle, percent);
        }
        if let Err(error) = handle.state::<Tray>().apply(handle, view, look) {
            tracing::warn!(%error, "the tray did not follow");
        }
    });
    lasts
}

fn on_main(handle: &AppHandle, act: impl FnOnce(&AppHandle) + Send + 'static) {
    let own = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || act(&own)) {
        tracing::warn!(%error, "the main thread is gone");
    }
}

async fn on_press(handle: &AppHandle, host: &Arc<Host>, check: &Check, press: Press) -> Result<(), Fault> {
    let open = |screen| on_main(handle, move |handle| windows::show(handle, Some(screen)));
    match press {
        Press::OpenWindow => on_main(handle, |handle| windows::show(handle, None)),
        Press::OpenCatalogue => open(Screen::Catalogue),
        Press::NewChat => open(Screen::Chat { model: None }),
        Press::OpenNudge(_) | Press::OpenComputer => open(Screen::Computer { ask: None }),
        Press::OpenLedger => open(Screen::Ledger),
        Press::OpenSettings => open(Screen::Settings),
        Press::StartModel(id) => {
            let app = host.app().await?;
            if app.start_run(id.clone()).await.is_err() {
                app.tell_not_started(id).await;
            }
        }
        Press::StopRun(id) => host.app().await?.stop_run(id).await?,
        Press::PauseForAnHour => {
            let app = host.app().await?;
            app.pause_nudges(Some(app.now().plus(Duration::from_secs(3600)))).await?;
        }
        Press::PauseUntilTomorrow => {
            let app = host.app().await?;
            app.pause_nudges(Some(canteen_os::tomorrow_at_nine(app.now()))).await?;
        }
        Press::PauseUntilMonday => {
            let app = host.app().await?;
            app.pause_nudges(Some(canteen_os::next_monday_at_nine(app.now()))).await?;
        }
        Press::EndPause => host.app().await?.pause_nudges(None).await?,
        Press::Sync => sync(host, check).await?,
        Press::Quit => host.quit(),
    }
    Ok(())
}

/// Checks for updates and tells what came of it, for the menu is closed by then.
async fn sync(host: &Arc<Host>, check: &Check) -> Result<(), Fault> {
    let app = host.app().await?;
    if check.under_way.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    check.set(true);
    let before = app.get_status().await.map(|status| status.catalogue.version);
    let after = app.sync_catalogue().await;
    check.set(false);
    match after {
        Ok(after) => app.tell_checked(after.version, before.is_ok_and(|before| before != after.version)).await,
        Err(_) => app.tell_check_failed().await,
    }
    Ok(())
}
