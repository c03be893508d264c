//! Files and folders that a person points at in the system's own window.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use canteen_tests::{Display, Home, Organisation, Parts, Window, engines, eventually, until, weights};

const FOLDER: &str = "Choose a folder for the models";

/// Answers the system's window once it is there, and waits until it is gone. It takes keys only after it has read the folder.
fn answer(home: &Home, title: &str, keys: &dyn Fn(&Display) -> Result<()>) -> Result<()> {
    let display = home.display()?;
    let open = || display.windows().is_ok_and(|titles| titles.iter().any(|one| one == title));
    until("the system's window", || open().then_some(()))?;
    until("the system's window to take what was typed and go", || {
        keys(display).ok();
        (0..60).find_map(|_| {
            std::thread::sleep(Duration::from_millis(50));
            (!open()).then_some(())
        })
    })
}

fn choose(home: &Home, title: &str, path: &Path) -> Result<()> {
    let path = path.to_str().context("a path that is text")?;
    answer(home, title, &|display| display.keys(title, &["key", "ctrl+a", "type", "--args", "1", path, "key", "Return"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_file_that_was_pointed_at_is_read() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let file = home.downloads().join("holiday.gguf");
    engines::altered(&weights::smollm2().unwrap(), &file).unwrap();
    let window = Window::open(&home).await.unwrap();
    window.go("requests").await.unwrap();
    window.press("Ask for a model").await.unwrap();
    window.press_label("By file").await.unwrap();
    window.press("Choose a file…").await.unwrap();
    choose(&home, "Choose a model file", &file).unwrap();
    window.reads("GGUF").await.unwrap();
    window.quit(&home).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_was_pointed_at_stands_in_the_field_and_leaving_the_choice_changes_nothing() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let chosen = home.downloads();
    let window = Window::open(&home).await.unwrap();
    window.go("settings/models").await.unwrap();
    window.press("Choose a folder…").await.unwrap();
    answer(&home, FOLDER, &|display| display.keys(FOLDER, &["key", "Escape"])).unwrap();
    window.press("Choose a folder…").await.unwrap();
    choose(&home, FOLDER, &chosen).unwrap();
    let field = window.find("form input").await.unwrap();
    let path = eventually("the folder in the field", || async {
        let value = field.prop("value").await?.unwrap_or_default();
        anyhow::Ok((!value.is_empty()).then_some(value))
    })
    .await
    .unwrap();
    assert_eq!(path, chosen.to_str().unwrap());
    window.quit(&home).await.unwrap();
}
