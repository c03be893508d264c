use canteen_app::wire::{Connection, Diagnostics, Fault, ModelsFolder, MoveModels, SavedFile, SettingsChange, SettingsPage};

use super::HostState;

#[tauri::command]
pub(crate) async fn get_settings(host: HostState<'_>) -> Result<SettingsPage, Fault> {
    host.app().await?.get_settings().await
}

#[tauri::command]
pub(crate) async fn change_settings(host: HostState<'_>, request: SettingsChange) -> Result<SettingsPage, Fault> {
    host.app().await?.change_settings(request).await
}

#[tauri::command]
pub(crate) async fn get_models_folder(host: HostState<'_>) -> Result<ModelsFolder, Fault> {
    host.app().await?.get_models_folder().await
}

/// Takes a path, as no other command does: only the person knows where there is room. The host checks it.
#[tauri::command]
pub(crate) async fn move_models(host: HostState<'_>, request: MoveModels) -> Result<(), Fault> {
    host.app().await?.move_models(request).await
}

#[tauri::command]
pub(crate) async fn cancel_move(host: HostState<'_>) -> Result<(), Fault> {
    host.app().await?.cancel_move().await
}

#[tauri::command]
pub(crate) async fn get_connection(host: HostState<'_>) -> Result<Connection, Fault> {
    host.app().await?.get_connection().await
}

#[tauri::command]
pub(crate) async fn get_diagnostics(host: HostState<'_>) -> Result<Diagnostics, Fault> {
    host.app().await?.get_diagnostics().await
}

/// Writes what was shown last; the window hands no text in.
#[tauri::command]
pub(crate) async fn save_diagnostics(host: HostState<'_>) -> Result<SavedFile, Fault> {
    host.app().await?.save_diagnostics().await
}
