use canteen_app::call::ById;
use canteen_app::wire::{ChatEvent, Conversation, ConversationLine, Fault, SendMessage};
use canteen_types::ConversationId;
use tauri::ipc::Channel;

use super::HostState;

#[tauri::command]
pub(crate) async fn send_message(host: HostState<'_>, request: SendMessage, events: Channel<ChatEvent>) -> Result<(), Fault> {
    let app = host.app().await?;
    let (sink, mut steps) = tokio::sync::mpsc::channel(256);
    let forward = async {
        while let Some(step) = steps.recv().await {
            // A window that was closed in mid-answer no longer listens; the answer is stored all the same.
            drop(events.send(step));
        }
    };
    let (result, ()) = tokio::join!(app.send_message(request, sink), forward);
    result
}

#[tauri::command]
pub(crate) async fn stop_answer(host: HostState<'_>, request: ById<ConversationId>) -> Result<(), Fault> {
    host.app().await?.stop_answer(request.id)
}

#[tauri::command]
pub(crate) async fn list_conversations(host: HostState<'_>) -> Result<Vec<ConversationLine>, Fault> {
    host.app().await?.list_conversations().await
}

#[tauri::command]
pub(crate) async fn get_conversation(host: HostState<'_>, request: ById<ConversationId>) -> Result<Conversation, Fault> {
    host.app().await?.get_conversation(request.id).await
}

#[tauri::command]
pub(crate) async fn delete_conversation(host: HostState<'_>, request: ById<ConversationId>) -> Result<(), Fault> {
    host.app().await?.delete_conversation(request.id).await
}
