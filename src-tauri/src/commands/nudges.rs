use canteen_app::call::{ById, PauseNudges};
use canteen_app::wire::{AnswerNudge, AskForApproval, Computer, Fault, Nudge, NudgeOutcome, Request};
use canteen_types::RequestId;

use super::HostState;

#[tauri::command]
pub(crate) async fn list_sightings(host: HostState<'_>) -> Result<Computer, Fault> {
    host.app().await?.list_sightings().await
}

#[tauri::command]
pub(crate) async fn scan_now(host: HostState<'_>) -> Result<Computer, Fault> {
    host.app().await?.scan_now().await
}

#[tauri::command]
pub(crate) async fn list_nudges(host: HostState<'_>) -> Result<Vec<Nudge>, Fault> {
    host.app().await?.list_nudges().await
}

#[tauri::command]
pub(crate) async fn answer_nudge(host: HostState<'_>, request: AnswerNudge) -> Result<NudgeOutcome, Fault> {
    host.app().await?.answer_nudge(request).await
}

#[tauri::command]
pub(crate) async fn pause_nudges(host: HostState<'_>, request: PauseNudges) -> Result<(), Fault> {
    host.app().await?.pause_nudges(request.until).await
}

#[tauri::command]
pub(crate) async fn ask_for_approval(host: HostState<'_>, request: AskForApproval) -> Result<Request, Fault> {
    host.app().await?.ask_for_approval(request).await
}

#[tauri::command]
pub(crate) async fn list_requests(host: HostState<'_>) -> Result<Vec<Request>, Fault> {
    host.app().await?.list_requests().await
}

#[tauri::command]
pub(crate) async fn withdraw_request(host: HostState<'_>, request: ById<RequestId>) -> Result<(), Fault> {
    host.app().await?.withdraw_request(request.id).await
}
