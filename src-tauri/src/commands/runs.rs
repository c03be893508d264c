use canteen_app::call::ById;
use canteen_app::wire::{Fault, ListRunSamples, Run, RunSamples};
use canteen_types::{EntryId, RunId};

use super::HostState;

#[tauri::command]
pub(crate) async fn list_runs(host: HostState<'_>) -> Result<Vec<Run>, Fault> {
    host.app().await?.list_runs().await
}

#[tauri::command]
pub(crate) async fn list_run_samples(host: HostState<'_>, request: ListRunSamples) -> Result<Vec<RunSamples>, Fault> {
    host.app().await?.list_run_samples(request)
}

#[tauri::command]
pub(crate) async fn start_run(host: HostState<'_>, request: ById<EntryId>) -> Result<Run, Fault> {
    host.app().await?.start_run(request.id).await
}

#[tauri::command]
pub(crate) async fn stop_run(host: HostState<'_>, request: ById<RunId>) -> Result<(), Fault> {
    host.app().await?.stop_run(request.id).await
}
