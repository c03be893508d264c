//! The desktop shell: tray, window, commands. It holds no domain logic; `canteen-app` decides everything.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
#[cfg(target_os = "macos")]
#[path = "opened/macos.rs"]
mod opened;
#[cfg(not(target_os = "macos"))]
#[path = "opened/other.rs"]
mod opened;
#[cfg(target_os = "linux")]
#[path = "picker/linux.rs"]
mod picker;
#[cfg(not(target_os = "linux"))]
#[path = "picker/other.rs"]
mod picker;
mod shell;
mod tray;
mod windows;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use canteen_app::host::{Beginning, HostKind, begin_at};
use canteen_app::link;
use canteen_os::Environment;

use crate::shell::First;

/// How long what still runs when everything is closed may take: a look at a folder, a last write.
const LAST_STEPS: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let environment = Environment::from_process();
    canteen_app::logs::to_stderr(&environment);
    match run(&environment) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::exit, reason = "written by Tauri's context macro")]
fn run(environment: &Environment) -> anyhow::Result<ExitCode> {
    // Before the place of a host is taken that could do without.
    anyhow::ensure!(
        environment.has_display(),
        "There is no display, so the desktop app cannot start. Use the command line: canteen, or canteen serve for a host."
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let first = first(environment);
    let page = if let First::At(screen) = &first { Some(screen.clone()) } else { None };
    let host = match runtime.block_on(begin_at(environment, HostKind::Tray, page))? {
        Beginning::Host(host) => host,
        // Another Canteen runs: its window was asked to come to the front.
        Beginning::ShownElsewhere => return Ok(ExitCode::SUCCESS),
    };
    let app = builder(Arc::clone(&host)).build(tauri::generate_context!())?;
    shell::start(app.handle(), &runtime, &host, first)?;
    // Not `run`, which ends the process while engines, store and watch are at work.
    let code = app.run_return(|handle, event| shell::on_event(handle, &event));
    runtime.block_on(host.close());
    runtime.shutdown_timeout(LAST_STEPS);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// A link wins over `--hidden`: somebody pressed it. One that names no page opens the window as usual.
fn first(environment: &Environment) -> First {
    let arguments = || environment.arguments.iter().filter_map(|argument| argument.to_str());
    let is_link = |argument: &&str| argument.get(..link::SCHEME.len()).is_some_and(|one| one.eq_ignore_ascii_case(link::SCHEME));
    match arguments().find(is_link) {
        Some(given) => link::page(given).map_or(First::Usual, First::At),
        None if arguments().any(|argument| argument == "--hidden") => First::Hidden,
        None => First::Usual,
    }
}

fn builder(host: Arc<canteen_app::Host>) -> tauri::Builder<tauri::Wry> {
    tauri::Builder::default().manage(host).manage(windows::Windows::default()).invoke_handler(tauri::generate_handler![
        commands::nudges::answer_nudge,
        commands::requests::ask_again,
        commands::requests::ask_for_approval,
        commands::requests::cancel_file_check,
        commands::catalogue::cancel_install,
        commands::settings::cancel_move,
        commands::chat::change_chat_settings,
        commands::settings::change_settings,
        commands::requests::check_file,
        commands::chat::count_tokens,
        commands::chat::delete_conversation,
        commands::ledger::delete_data,
        commands::nudges::dispute_sighting,
        commands::chat::export_conversation,
        commands::ledger::export_data,
        commands::ledger::export_log,
        commands::chat::get_chat_options,
        commands::settings::get_connection,
        commands::chat::get_conversation,
        commands::settings::get_diagnostics,
        commands::requests::get_file_check,
        commands::catalogue::get_hardware,
        commands::ledger::get_ledger,
        commands::ledger::get_log_entry,
        commands::catalogue::get_model,
        commands::settings::get_models_folder,
        commands::nudges::get_nudge,
        commands::nudges::get_outcomes,
        commands::settings::get_settings,
        commands::shell::get_status,
        commands::shell::initial_screen,
        commands::catalogue::install_model,
        commands::catalogue::join_organisation,
        commands::shell::leave_window,
        commands::chat::list_conversations,
        commands::catalogue::list_models,
        commands::nudges::list_nudges,
        commands::requests::list_requests,
        commands::runs::list_run_samples,
        commands::runs::list_runs,
        commands::nudges::list_sightings,
        commands::settings::move_models,
        commands::chat::open_link,
        commands::catalogue::pause_install,
        commands::nudges::pause_nudges,
        commands::shell::pick_path,
        commands::ledger::read_log,
        commands::catalogue::remove_model,
        commands::chat::rename_conversation,
        commands::nudges::reopen_nudge,
        commands::nudges::reopen_sighting,
        commands::settings::save_diagnostics,
        commands::nudges::scan_now,
        commands::chat::search_conversations,
        commands::chat::send_message,
        commands::runs::start_run,
        commands::chat::stop_answer,
        commands::runs::stop_run,
        commands::catalogue::suggest_models,
        commands::catalogue::sync_catalogue,
        commands::shell::unlock_store,
        commands::ledger::verify_log,
        commands::requests::withdraw_request,
    ])
}

#[cfg(test)]
mod tests {
    use canteen_app::wire::Screen;

    use super::*;

    #[test]
    fn a_start_shows_what_its_arguments_say() {
        for (arguments, expected) in [
            (&[][..], First::Usual),
            (&["--hidden"], First::Hidden),
            (&["canteen:settings"], First::At(Screen::Settings)),
            (&["--hidden", "Canteen:ledger"], First::At(Screen::Ledger)),
            (&["canteen:install/x"], First::Usual),
            (&["ä"], First::Usual),
        ] {
            let arguments = arguments.iter().map(Into::into).collect();
            assert_eq!(first(&Environment { arguments, ..Environment::default() }), expected);
        }
    }
}
