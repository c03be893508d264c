//! The one window: made when it is needed, destroyed when it is closed. Hiding would keep some 170 MiB for nothing.

use std::sync::{Arc, Mutex, PoisonError};

use canteen_app::Host;
use canteen_app::wire::{AppEvent, Screen};
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";
/// Name of the one event channel to the web view.
pub(crate) const APP_EVENT: &str = "app-event";

/// Remembers where a window that is being made should begin.
#[derive(Debug, Default)]
pub(crate) struct Windows(Mutex<Option<Screen>>);

impl Windows {
    pub(crate) fn take_first_screen(&self) -> Option<Screen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn begin_at(&self, screen: Option<Screen>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = screen;
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
        .build();
    report(window.map(drop));
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
