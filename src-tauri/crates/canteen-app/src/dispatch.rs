//! From a call on the socket to the use case. The window's commands call the same methods.

use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::chat::ChatSink;
use crate::host::Host;
use crate::wire::Fault;

fn value<T: Serialize>(result: Result<T, Fault>) -> Result<Value, Fault> {
    // Wire types are plain structs with text keys: they always have a JSON form.
    result.map(|value| serde_json::to_value(value).unwrap_or(Value::Null))
}

impl Host {
    /// Answers one call of a face.
    pub(crate) async fn dispatch(&self, call: Call, chat: ChatSink) -> Result<Value, Fault> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the list below is complete")]
        match call {
            Call::UnlockStore(request) => return value(self.unlock(request).await),
            Call::ShowWindow(screen) => return value(self.show_window(screen)),
            Call::HandOver => return value(self.may_hand_over()),
            // The server ends the host when this answer is out.
            Call::Quit => return Ok(Value::Null),
            _ => {}
        }
        let app = self.app().await?;
        match call {
            Call::GetSettings => value(app.get_settings().await),
            Call::ChangeSettings(request) => value(app.change_settings(request).await),
            Call::GetModelsFolder => value(app.get_models_folder().await),
            Call::MoveModels(request) => value(app.move_models(request).await),
            Call::CancelMove => value(app.cancel_move().await),
            Call::GetConnection => value(app.get_connection().await),
            Call::GetDiagnostics => value(app.get_diagnostics().await),
            Call::SaveDiagnostics => value(app.save_diagnostics().await),
            Call::GetStatus => value(app.get_status().await),
            Call::ListModels => value(app.list_models().await),
            Call::GetHardware => value(app.get_hardware().await),
            Call::SuggestModels => value(app.suggest_models().await),
            Call::GetModel(request) => value(app.get_model(request.id).await),
            Call::InstallModel(request) => value(app.install_model(request).await),
            Call::PauseInstall(request) => value(app.pause_install(request.id)),
            Call::CancelInstall(request) => value(app.cancel_install(request.id).await),
            Call::RemoveModel(request) => value(app.remove_model(request.id).await),
            Call::StartRun(request) => value(app.start_run(request.id).await),
            Call::StopRun(request) => value(app.stop_run(request.id).await),
            Call::ListRuns => value(app.list_runs().await),
            Call::ListRunSamples(request) => value(app.list_run_samples(request)),
            Call::SendMessage(request) => value(app.send_message(request, chat).await),
            Call::StopAnswer(request) => value(app.stop_answer(request.id)),
            Call::ListConversations => value(app.list_conversations().await),
            Call::SearchConversations(request) => value(app.search_conversations(request).await),
            Call::GetConversation(request) => value(app.get_conversation(request.id).await),
            Call::DeleteConversation(request) => value(app.delete_conversation(request.id).await),
            Call::RenameConversation(request) => value(app.rename_conversation(request).await),
            Call::ChangeChatSettings(request) => value(app.change_chat_settings(request).await),
            Call::GetChatOptions(request) => value(app.get_chat_options(request.id).await),
            Call::CountTokens(request) => value(app.count_tokens(request).await),
            Call::ExportConversation(request) => value(app.export_conversation(request).await),
            Call::ReadConversation(request) => value(app.read_conversation(request).await),
            Call::ListSightings => value(app.list_sightings().await),
            Call::ScanNow => value(app.scan_now().await),
            Call::DisputeSighting(request) => value(app.dispute_sighting(request).await),
            Call::ReopenSighting(request) => value(app.reopen_sighting(request.id).await),
            Call::ListNudges => value(app.list_nudges().await),
            Call::GetNudge(request) => value(app.get_nudge(request.id).await),
            Call::ReopenNudge(request) => value(app.reopen_nudge(request.id).await),
            Call::GetOutcomes => value(app.get_outcomes().await),
            Call::AnswerNudge(request) => value(app.answer_nudge(request).await),
            Call::AskForApproval(request) => value(app.ask_for_approval(request).await),
            Call::ListRequests => value(app.list_requests().await),
            Call::CheckFile(request) => value(app.check_file(request).await),
            Call::GetFileCheck => value(app.get_file_check()),
            Call::CancelFileCheck => value(app.cancel_file_check()),
            Call::AskAgain(request) => value(app.ask_again(request.id).await),
            Call::WithdrawRequest(request) => value(app.withdraw_request(request.id).await),
            Call::ReadLog(request) => value(app.read_log(request).await),
            Call::GetLogEntry(request) => value(app.get_log_entry(request).await),
            Call::GetLedger => value(app.get_ledger().await),
            Call::ExportLog(request) => value(app.export_log(request).await),
            Call::ExportLogPart(request) => value(app.export_log_part(request).await),
            Call::ExportData => value(app.export_data().await),
            Call::DeleteData => value(app.delete_data().await),
            Call::VerifyLog => value(app.verify_log().await),
            Call::SyncCatalogue => value(app.sync_catalogue().await),
            Call::PauseNudges(request) => value(app.pause_nudges(request.until).await),
            Call::JoinOrganisation(request) => value(app.join_organisation(request).await),
            // Answered above, or by the server itself.
            Call::UnlockStore(_) | Call::ShowWindow(_) | Call::HandOver | Call::Quit | Call::Subscribe => Ok(Value::Null),
        }
    }
}
