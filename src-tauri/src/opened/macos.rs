//! macOS hands a link to the running app as an event, not as an argument of a second start.

use tauri::RunEvent;

#[expect(clippy::wildcard_enum_match_arm, reason = "one event is of interest here")]
pub(crate) fn links(event: &RunEvent) -> Vec<String> {
    match event {
        RunEvent::Opened { urls } => urls.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
