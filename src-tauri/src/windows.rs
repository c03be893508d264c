//! The one window: made when it is needed, destroyed when it is closed. Hiding would keep some 170 MiB for nothing.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use canteen_app::Host;
use canteen_app::wire::{AppEvent, Screen};
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
/// Name of the one event channel to the web view.
pub(crate) const APP_EVENT: &str = "app-event";

/// What a window that is being made must know.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    /// Where it should begin.
    first: Mutex<Option<Screen>>,
    /// Size of everything in it, in per cent; 0 while the settings are not known.
    size: AtomicU32,
}

impl Windows {
    pub(crate) fn take_first_screen(&self) -> Option<Screen> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn begin_at(&self, screen: Option<Screen>) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = screen;
    }
}

/// Opens the window at `screen`, or brings the open one to the front.
pub(crate) fn show(handle: &AppHandle, screen: Option<Screen>) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        if let Some(target) = screen {
            report(window.emit(APP_EVENT, AppEvent::Show { target }));
        }
        report(window.unminimize());
        report(window.show());
        report(window.set_focus());
        return;
    }
    handle.state::<Windows>().begin_at(screen);
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
        Ok(window) => zoom(&window, handle.state::<Windows>().size.load(Ordering::Relaxed)),
        Err(error) => report(Err(error)),
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
