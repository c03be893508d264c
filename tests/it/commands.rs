//! The window's commands stand in five places; a missing one would compile, and fail when a person presses the button.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// Texts between quotation marks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Declared to Tauri's build, so that each needs a permission.
fn declared() -> BTreeSet<String> {
    let text = read("src-tauri/src/commands/names.rs");
    quoted(text.split_once("= &[").expect("the list").1)
}

#[test]
fn what_is_declared_is_handled() {
    let text = read("src-tauri/src/main.rs");
    let list = text.split_once("generate_handler![").expect("the handler").1.split_once(']').expect("its end").0;
    let handled: BTreeSet<_> = list
        .split(',')
        .filter_map(|path| path.trim().rsplit("::").next().filter(|name| !name.is_empty()).map(str::to_owned))
        .collect();
    assert_eq!(handled, declared());
}

#[test]
fn what_is_declared_is_permitted_to_the_one_window_and_nothing_else_is() {
    let capability: serde_json::Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    let files: Vec<_> =
        fs_err::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/capabilities")).unwrap().collect();
    assert_eq!(files.len(), 1, "one window, one capability");
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    let permissions: BTreeSet<_> =
        capability["permissions"].as_array().unwrap().iter().map(|permission| permission.as_str().unwrap().to_owned()).collect();
    let own: BTreeSet<_> = permissions
        .iter()
        .filter_map(|permission| permission.strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!(own, declared());
    let foreign: Vec<_> = permissions.iter().filter(|permission| !permission.starts_with("allow-")).collect();
    assert_eq!(foreign, ["core:event:allow-listen", "core:event:allow-unlisten"], "nothing of Tauri but its event channel");
}

#[test]
fn what_is_declared_is_what_the_app_offers_to_a_window() {
    let offered: BTreeSet<_> = canteen_app::WINDOW_COMMANDS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(offered, declared());
}

#[test]
fn the_bindings_are_those_of_the_app() {
    let committed = read("ui/src/lib/backend/bindings.ts");
    assert!(committed == canteen_app::bindings(), "ui/src/lib/backend/bindings.ts is stale. Write it again: cargo dev bindings");
    for command in declared() {
        assert!(committed.contains(&command), "{command} is missing in the bindings");
    }
}
