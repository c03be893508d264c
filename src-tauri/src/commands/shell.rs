use canteen_app::call::UnlockStore;
use canteen_app::wire::{Fault, PickPath, Screen, Status};
use canteen_app::{AppError, told};
use canteen_os::SystemClock;
use canteen_types::Clock as _;

use super::HostState;
use crate::picker;
use crate::windows::Windows;

const NO_TEXT: &str = "This name has characters in it that are no text. Rename it, then choose it again.";

#[tauri::command]
pub(crate) async fn get_status(host: HostState<'_>) -> Result<Status, Fault> {
    host.app().await?.get_status().await
}

#[tauri::command]
pub(crate) async fn unlock_store(host: HostState<'_>, request: UnlockStore) -> Result<(), Fault> {
    host.unlock(request).await
}

/// Where a window that was just made should begin.
#[tauri::command]
pub(crate) fn initial_screen(windows: tauri::State<'_, Windows>) -> Option<Screen> {
    windows.take_first_screen()
}

/// The window has done what it held back for an undo: it may go.
#[tauri::command]
pub(crate) fn leave_window(windows: tauri::State<'_, Windows>) {
    windows.has_settled();
}

/// The system's own window to point at a file or a folder. The web view learns the path that the person chose, and no other.
#[tauri::command]
pub(crate) async fn pick_path(window: tauri::WebviewWindow, request: PickPath) -> Result<Option<String>, Fault> {
    let picked = match picker::pick(window, request).await {
        Ok(picked) => picked.map(|path| path.into_os_string().into_string()).transpose().map_err(|_| AppError::Form(NO_TEXT)),
        Err(error) => Err(AppError::Internal(error.into())),
    };
    picked.map_err(|error| told(&error, SystemClock.now()))
}
