use canteen_app::wire::{Fault, LogCheck, LogRow, ReadLog};

use super::HostState;

#[tauri::command]
pub(crate) async fn read_log(host: HostState<'_>, request: ReadLog) -> Result<Vec<LogRow>, Fault> {
    host.app().await?.read_log(request).await
}

#[tauri::command]
pub(crate) async fn verify_log(host: HostState<'_>) -> Result<LogCheck, Fault> {
    host.app().await?.verify_log().await
}
