//! The one window: made when it is needed, destroyed when it is closed. Hiding would keep some 170 MiB for nothing.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_app::Host;
use canteen_app::wire::{AppEvent, Screen};
use tauri::{
    AppHandle, CloseRequestApi, Emitter, Manager, RunEvent, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tokio::sync::Notify;

const LABEL: &str = "main";
/// Name of the one event channel to the web view.
pub(crate) const APP_EVENT: &str = "app-event";
/// How long a window that is closed may take to do what it held back for an undo. Nobody sees it meanwhile.
const SETTLES: Duration = Duration::from_secs(2);

/// What a window that is made or destroyed must know.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    /// Where it should begin.
    first: Mutex<Option<Screen>>,
    /// Size of everything in it, in per cent; 0 while the settings are not known.
    size: AtomicU32,
    /// The window is closed and only settles: it takes no more pages.
    leaving: AtomicBool,
    /// It was asked for again meanwhile.
    again: Mutex<Option<Option<Screen>>>,
    settled: Notify,
}

impl Windows {
    pub(crate) fn take_first_screen(&self) -> Option<Screen> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn has_settled(&self) {
        self.settled.notify_waiters();
    }

    fn begin_at(&self, screen: Option<Screen>) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = screen;
    }
}

/// Opens the window at `screen`, or brings the open one to the front.
pub(crate) fn show(handle: &AppHandle, screen: Option<Screen>) {
    let windows = handle.state::<Windows>();
    if windows.leaving.load(Ordering::Relaxed) {
        *windows.again.lock().unwrap_or_else(PoisonError::into_inner) = Some(screen);
        return;
    }
    if let Some(window) = handle.get_webview_window(LABEL) {
        if let Some(target) = screen {
            report(window.emit(APP_EVENT, AppEvent::Show { target: Some(target) }));
        }
        report(window.unminimize());
        report(window.show());
        report(window.set_focus());
        return;
    }
    windows.begin_at(screen);
    let window = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::App("index.html".into()))
        .data_directory(handle.state::<Arc<Host>>().window_folder())
        .title("Canteen")
        .inner_size(1160.0, 780.0)
        .min_inner_size(720.0, 520.0)
        // The window reads files that are dropped into the chat itself; the shell would keep them from it.
        .disable_drag_drop_handler()
        .on_navigation(is_own)
        .build();
    match window {
        Ok(window) => zoom(&window, windows.size.load(Ordering::Relaxed)),
        Err(error) => report(Err(error)),
    }
}

/// A window that is closed goes when it has settled; one that was asked for again meanwhile comes anew.
pub(crate) fn on_event(handle: &AppHandle, event: &RunEvent) {
    let RunEvent::WindowEvent { event, .. } = event else { return };
    if let WindowEvent::CloseRequested { api, .. } = event {
        close(handle, api);
    } else if let WindowEvent::Destroyed = event {
        let windows = handle.state::<Windows>();
        windows.leaving.store(false, Ordering::Relaxed);
        let again = windows.again.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(screen) = again {
            show(handle, screen);
        }
    }
}

fn close(handle: &AppHandle, api: &CloseRequestApi) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    api.prevent_close();
    if handle.state::<Windows>().leaving.swap(true, Ordering::Relaxed) {
        return;
    }
    report(window.hide());
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        settle(&handle).await;
        report(window.destroy());
    });
}

/// The window, where there is one, does what it held back for an undo.
pub(crate) async fn settle(handle: &AppHandle) {
    if handle.get_webview_window(LABEL).is_some() {
        let windows = handle.state::<Windows>();
        // Listens before it asks: an answer is heard by everybody who waits, and one that came too late by nobody later.
        let settled = windows.settled.notified();
        tell(handle, &AppEvent::Leaving);
        if tokio::time::timeout(SETTLES, settled).await.is_err() {
            tracing::warn!("the window did not settle in time");
        }
    }
}

/// Everything in the window, now and in the next one, is of this size. The web view's own zoom: the layout adapts as in a
/// smaller window.
pub(crate) fn resize(handle: &AppHandle, percent: u32) {
    let before = handle.state::<Windows>().size.swap(percent, Ordering::Relaxed);
    if before != percent
        && let Some(window) = handle.get_webview_window(LABEL)
    {
        zoom(&window, percent);
    }
}

fn zoom(window: &WebviewWindow, percent: u32) {
    if percent != 0 {
        report(window.set_zoom(f64::from(percent) / 100.0));
    }
}

/// Scheme and host of the window's own pages, as the system's web view has them.
#[cfg(not(windows))]
const OWN: (&str, &str) = ("tauri", "localhost");
#[cfg(windows)]
const OWN: (&str, &str) = ("http", "tauri.localhost");

/// The window shows its own pages and nothing else, whatever is dropped on it or written in an answer.
fn is_own(url: &Url) -> bool {
    (url.scheme(), url.host_str()) == (OWN.0, Some(OWN.1))
}

/// To the window, where there is one.
pub(crate) fn tell(handle: &AppHandle, event: &AppEvent) {
    if handle.get_webview_window(LABEL).is_some() {
        report(handle.emit_to(LABEL, APP_EVENT, event));
    }
}

/// A window that cannot be drawn must not end the host: the tray and the command line go on.
fn report(result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the window did not follow");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_else() {
        assert!(is_own(&format!("{}://{}/index.html#/chat", OWN.0, OWN.1).parse().unwrap()));
        let evil = ["https://example.org/", "file:///etc/passwd", "data:text/html,x", "tauri://elsewhere/", "about:blank"];
        for url in evil {
            assert!(!is_own(&url.parse().unwrap()), "{url}");
        }
    }
}
