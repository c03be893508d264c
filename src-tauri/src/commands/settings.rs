use canteen_app::wire::{Fault, SettingsChange, SettingsPage};

use super::HostState;

#[tauri::command]
pub(crate) async fn get_settings(host: HostState<'_>) -> Result<SettingsPage, Fault> {
    host.app().await?.get_settings().await
}

#[tauri::command]
pub(crate) async fn change_settings(host: HostState<'_>, request: SettingsChange) -> Result<SettingsPage, Fault> {
    host.app().await?.change_settings(request).await
}
