use canteen_app::call::ById;
use canteen_app::wire::{AskForApproval, CheckFile, Fault, FileCheck, Request};
use canteen_types::RequestId;

use super::HostState;

#[tauri::command]
pub(crate) async fn ask_for_approval(host: HostState<'_>, request: AskForApproval) -> Result<Request, Fault> {
    host.app().await?.ask_for_approval(request).await
}

#[tauri::command]
pub(crate) async fn ask_again(host: HostState<'_>, request: ById<RequestId>) -> Result<Request, Fault> {
    host.app().await?.ask_again(request.id).await
}

#[tauri::command]
pub(crate) async fn list_requests(host: HostState<'_>) -> Result<Vec<Request>, Fault> {
    host.app().await?.list_requests().await
}

#[tauri::command]
pub(crate) async fn withdraw_request(host: HostState<'_>, request: ById<RequestId>) -> Result<(), Fault> {
    host.app().await?.withdraw_request(request.id).await
}

/// The one command of the window that takes a path: a person names a file to ask about it, and the web view knows no paths. The
/// host opens it for reading, takes its digest, and tells nothing else of it.
#[tauri::command]
pub(crate) async fn check_file(host: HostState<'_>, request: CheckFile) -> Result<FileCheck, Fault> {
    host.app().await?.check_file(request).await
}

#[tauri::command]
pub(crate) async fn get_file_check(host: HostState<'_>) -> Result<Option<FileCheck>, Fault> {
    host.app().await?.get_file_check()
}

#[tauri::command]
pub(crate) async fn cancel_file_check(host: HostState<'_>) -> Result<(), Fault> {
    host.app().await?.cancel_file_check()
}
