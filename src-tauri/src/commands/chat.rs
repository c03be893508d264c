use canteen_app::call::ById;
use canteen_app::wire::{
    ChangeChatSettings, ChatEvent, ChatOptions, Conversation, ConversationLine, ExportConversation, Fault, FoundConversations,
    OpenLink, RenameConversation, SavedFile, SearchConversations, SendMessage, TokenCount,
};
use canteen_types::{ConversationId, EntryId};
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

#[tauri::command]
pub(crate) async fn rename_conversation(host: HostState<'_>, request: RenameConversation) -> Result<(), Fault> {
    host.app().await?.rename_conversation(request).await
}

#[tauri::command]
pub(crate) async fn change_chat_settings(host: HostState<'_>, request: ChangeChatSettings) -> Result<(), Fault> {
    host.app().await?.change_chat_settings(request).await
}

#[tauri::command]
pub(crate) async fn search_conversations(host: HostState<'_>, request: SearchConversations) -> Result<FoundConversations, Fault> {
    host.app().await?.search_conversations(request).await
}

#[tauri::command]
pub(crate) async fn export_conversation(host: HostState<'_>, request: ExportConversation) -> Result<SavedFile, Fault> {
    host.app().await?.export_conversation(request).await
}

#[tauri::command]
pub(crate) async fn count_tokens(host: HostState<'_>, request: SendMessage) -> Result<TokenCount, Fault> {
    host.app().await?.count_tokens(request).await
}

#[tauri::command]
pub(crate) async fn open_link(host: HostState<'_>, request: OpenLink) -> Result<(), Fault> {
    host.app().await?.open_link(request).await
}

#[tauri::command]
pub(crate) async fn get_chat_options(host: HostState<'_>, request: ById<EntryId>) -> Result<ChatOptions, Fault> {
    host.app().await?.get_chat_options(request.id).await
}
