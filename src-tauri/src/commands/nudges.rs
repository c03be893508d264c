use canteen_app::call::{ById, PauseNudges};
use canteen_app::wire::{AnswerNudge, Computer, DisputeSighting, Fault, Nudge, NudgeOutcome, NudgeWhy, Outcomes};
use canteen_types::{NudgeId, SightingId};

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
pub(crate) async fn dispute_sighting(host: HostState<'_>, request: DisputeSighting) -> Result<(), Fault> {
    host.app().await?.dispute_sighting(request).await
}

#[tauri::command]
pub(crate) async fn reopen_sighting(host: HostState<'_>, request: ById<SightingId>) -> Result<(), Fault> {
    host.app().await?.reopen_sighting(request.id).await
}

#[tauri::command]
pub(crate) async fn get_nudge(host: HostState<'_>, request: ById<NudgeId>) -> Result<NudgeWhy, Fault> {
    host.app().await?.get_nudge(request.id).await
}

#[tauri::command]
pub(crate) async fn reopen_nudge(host: HostState<'_>, request: ById<NudgeId>) -> Result<(), Fault> {
    host.app().await?.reopen_nudge(request.id).await
}

#[tauri::command]
pub(crate) async fn get_outcomes(host: HostState<'_>) -> Result<Outcomes, Fault> {
    host.app().await?.get_outcomes().await
}
