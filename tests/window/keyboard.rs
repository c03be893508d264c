//! The main job without a mouse: every step is a key.

use anyhow::{Result, bail};
use canteen_tests::{Home, Organisation, Parts, Window};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// Tabs until what has the focus is called `name`.
async fn tab_to(window: &Window, name: &str) -> Result<()> {
    let mut passed = Vec::new();
    for _ in 0..80 {
        let focused = window.focused().await?;
        if focused == name {
            return Ok(());
        }
        passed.push(focused);
        window.keys(&[TAB]).await?;
    }
    bail!("Tab never came to “{name}”, only to {passed:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_installed_and_asked_with_the_keyboard_alone() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let window = Window::open(&home).await.unwrap();
    window.reads("Tiny model").await.unwrap();

    // Past the end of the page and round again: its first stop leads past the menu.
    tab_to(&window, "Skip to the content").await.unwrap();
    window.keys(&[ENTER]).await.unwrap();
    tab_to(&window, "Install").await.unwrap();
    window.keys(&[ENTER]).await.unwrap();
    window.button("Chat").await.unwrap();
    tab_to(&window, "Chat").await.unwrap();
    window.keys(&[ENTER]).await.unwrap();
    window.reads("answers on this computer").await.unwrap();
    tab_to(&window, "Write a message…").await.unwrap();
    window.types("Hello").await.unwrap();
    window.keys(&[ENTER]).await.unwrap();
    window.reads("tok/s").await.unwrap();
    window.quit(&home).await.unwrap();
}
