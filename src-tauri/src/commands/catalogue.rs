use canteen_app::call::{ById, Join};
use canteen_app::wire::{CatalogueStatus, Fault, Hardware, InstallModel, Model, ModelPage, Suggestion};
use canteen_types::EntryId;

use super::HostState;

#[tauri::command]
pub(crate) async fn list_models(host: HostState<'_>) -> Result<Vec<Model>, Fault> {
    host.app().await?.list_models().await
}

#[tauri::command]
pub(crate) async fn get_hardware(host: HostState<'_>) -> Result<Hardware, Fault> {
    host.app().await?.get_hardware().await
}

#[tauri::command]
pub(crate) async fn suggest_models(host: HostState<'_>) -> Result<Vec<Suggestion>, Fault> {
    host.app().await?.suggest_models().await
}

#[tauri::command]
pub(crate) async fn get_model(host: HostState<'_>, request: ById<EntryId>) -> Result<ModelPage, Fault> {
    host.app().await?.get_model(request.id).await
}

#[tauri::command]
pub(crate) async fn install_model(host: HostState<'_>, request: InstallModel) -> Result<(), Fault> {
    host.app().await?.install_model(request).await
}

#[tauri::command]
pub(crate) async fn pause_install(host: HostState<'_>, request: ById<EntryId>) -> Result<(), Fault> {
    host.app().await?.pause_install(request.id)
}

#[tauri::command]
pub(crate) async fn cancel_install(host: HostState<'_>, request: ById<EntryId>) -> Result<(), Fault> {
    host.app().await?.cancel_install(request.id).await
}

#[tauri::command]
pub(crate) async fn remove_model(host: HostState<'_>, request: ById<EntryId>) -> Result<(), Fault> {
    host.app().await?.remove_model(request.id).await
}

#[tauri::command]
pub(crate) async fn sync_catalogue(host: HostState<'_>) -> Result<CatalogueStatus, Fault> {
    host.app().await?.sync_catalogue().await
}

/// Takes a place and a root; nothing is kept before the catalogue there was checked against the root.
#[tauri::command]
pub(crate) async fn join_organisation(host: HostState<'_>, request: Join) -> Result<CatalogueStatus, Fault> {
    host.app().await?.join_organisation(request).await
}
