use canteen_app::wire::{DeletedData, ExportLog, Exported, Fault, GetLogEntry, Ledger, LogCheck, LogEntry, LogPage, ReadLog};

use super::HostState;

#[tauri::command]
pub(crate) async fn delete_data(host: HostState<'_>) -> Result<DeletedData, Fault> {
    host.app().await?.delete_data().await
}

#[tauri::command]
pub(crate) async fn export_data(host: HostState<'_>) -> Result<Exported, Fault> {
    host.app().await?.export_data().await
}

#[tauri::command]
pub(crate) async fn export_log(host: HostState<'_>, request: ExportLog) -> Result<Exported, Fault> {
    host.app().await?.export_log(request).await
}

#[tauri::command]
pub(crate) async fn get_ledger(host: HostState<'_>) -> Result<Ledger, Fault> {
    host.app().await?.get_ledger().await
}

#[tauri::command]
pub(crate) async fn get_log_entry(host: HostState<'_>, request: GetLogEntry) -> Result<LogEntry, Fault> {
    host.app().await?.get_log_entry(request).await
}

#[tauri::command]
pub(crate) async fn read_log(host: HostState<'_>, request: ReadLog) -> Result<LogPage, Fault> {
    host.app().await?.read_log(request).await
}

#[tauri::command]
pub(crate) async fn verify_log(host: HostState<'_>) -> Result<LogCheck, Fault> {
    host.app().await?.verify_log().await
}
