//! Declares the window's commands, so that each needs a permission: without the list, every window may call every command.

include!("src/commands/names.rs");

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
    println!("cargo::rerun-if-changed=src/commands/names.rs");
}
