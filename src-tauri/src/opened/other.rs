//! A link comes as an argument of a start.

use tauri::RunEvent;

pub(crate) const fn links(_event: &RunEvent) -> Vec<String> {
    Vec::new()
}
