use canteen_app::call::UnlockStore;
use canteen_app::wire::{Fault, Screen, Status};

use super::HostState;
use crate::windows::Windows;

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
