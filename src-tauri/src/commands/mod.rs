//! One function per command: convert, call the app, convert. No decision is made here.
#![expect(clippy::let_underscore_must_use, reason = "written by Tauri's command macro")]

pub(crate) mod catalogue;
pub(crate) mod chat;
pub(crate) mod ledger;
pub(crate) mod nudges;
pub(crate) mod requests;
pub(crate) mod runs;
pub(crate) mod settings;
pub(crate) mod shell;

use std::sync::Arc;

use canteen_app::Host;

pub(crate) type HostState<'a> = tauri::State<'a, Arc<Host>>;

#[cfg(test)]
include!("names.rs");

#[cfg(test)]
mod tests {
    use super::COMMANDS;

    #[test]
    fn commands_permissions_and_the_app_api_are_one_list() {
        let capability: serde_json::Value = serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let permitted: Vec<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|p| p.as_str().unwrap().strip_prefix("allow-").map(|name| name.replace('-', "_")))
            .collect();
        assert_eq!(permitted, COMMANDS, "capabilities/main.json");

        let mut handled: Vec<&str> = include_str!("../main.rs")
            .split_once("generate_handler![")
            .unwrap()
            .1
            .split_once(']')
            .unwrap()
            .0
            .split(',')
            .map(|path| path.trim().rsplit("::").next().unwrap())
            .filter(|name| !name.is_empty())
            .collect();
        handled.sort_unstable();
        assert_eq!(handled, COMMANDS, "generate_handler! in main.rs");
        assert_eq!(canteen_app::WINDOW_COMMANDS, COMMANDS, "canteen_app::WINDOW_COMMANDS");
    }
}
