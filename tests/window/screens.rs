//! Every screen of the real window, in light and dark: it shows what it should, and axe finds nothing.
//!
//! With `CANTEEN_PICTURES` set to a folder, a picture of each is left there.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use canteen_tests::{Home, Keyring, Organisation, Parts, Window, engines, until, weights};

/// Place in the window, and something that stands there once it is drawn.
const SCREENS: &[(&str, &str)] = &[
    ("catalogue", "Tiny model"),
    ("model/tiny", "Approved"),
    ("chat", "New chat"),
    ("running", "Tiny model"),
    ("computer", "Downloads"),
    ("ledger", "Check the chain"),
    ("requests", "Requests"),
    ("settings", "Language"),
    ("settings/appearance", "Text size"),
    ("settings/models", "New folder"),
    ("settings/resources", "Processor cores for a model"),
    ("settings/tools", "Your own tools"),
    ("settings/privacy", "What is recorded"),
    ("settings/catalogue", "Joined by"),
    ("settings/about", "Show the diagnostics"),
];

/// A day's work: a model that runs and has answered, and one that nobody approved.
fn a_used_computer() -> Result<(Home, Organisation)> {
    let mut home = Home::start(Parts::DESKTOP)?;
    let company = Organisation::with_tiny(&home, "name = \"Tiny model\"")?;
    engines::altered(&weights::smollm2()?, &home.downloads().join("holiday.gguf"))?;
    home.set("LANG", "en_GB.UTF-8");
    Ok((home, company))
}

async fn look_at_each(home: &Home, window: &Window, screens: &[(&str, &str)], look: &str) -> Result<()> {
    let pictures = std::env::var_os("CANTEEN_PICTURES").map(PathBuf::from);
    for (place, shown) in screens {
        window.go(place).await?;
        window.reads(shown).await?;
        let faults = window.axe().await?;
        ensure!(faults.is_empty(), "{place}, {look}: {faults:#?}");
        if let Some(folder) = &pictures {
            home.display()?.picture(&folder.join(format!("{}-{look}.png", place.replace('/', "-"))))?;
        }
    }
    Ok(())
}

async fn each_screen(appearance: &str, theme: &str) -> Result<()> {
    let (mut home, _company) = a_used_computer()?;
    home.set("GTK_THEME", theme);
    let window = Window::open(&home).await?;
    window.reads("Tiny model").await?;
    home.canteen(["install", "tiny"])?.succeeded()?;
    home.canteen(["run", "tiny", "Hello"])?.succeeded()?;
    until("the watch to know the file", || {
        home.canteen(["scan"]).is_ok_and(|said| said.out.contains("not approved")).then_some(())
    })?;
    look_at_each(&home, &window, SCREENS, appearance).await?;
    window.quit(&home).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_light_has_no_fault_that_axe_finds() {
    each_screen("light", "Adwaita").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_dark_has_no_fault_that_axe_finds() {
    each_screen("dark", "Adwaita:dark").await.unwrap();
}

/// Nothing was joined, installed, said, asked or found yet: each screen says so, and what comes next.
const EMPTY: &[(&str, &str)] = &[
    ("catalogue", "No catalogue yet"),
    ("chat", "No model to chat with yet"),
    ("running", "Nothing is running"),
    ("computer", "No model files found"),
    ("ledger", "Check the chain"),
    ("requests", "No requests"),
    ("settings/catalogue", "has not joined a catalogue"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_says_what_to_do_where_there_is_nothing_yet() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let window = Window::open(&home).await.unwrap();
    look_at_each(&home, &window, EMPTY, "empty").await.unwrap();
    window.quit(&home).await.unwrap();
}

/// Nothing can be read: each screen says why and what to do, and none waits without an end.
#[tokio::test(flavor = "multi_thread")]
async fn every_screen_says_why_it_cannot_be_read_and_what_to_do() {
    let home = Home::start(Parts { keyring: Keyring::None, ..Parts::DESKTOP }).unwrap();
    let window = Window::open(&home).await.unwrap();
    let places: Vec<_> = SCREENS.iter().map(|(place, _)| (*place, "No keyring answers on this computer")).collect();
    look_at_each(&home, &window, &places, "closed").await.unwrap();
    window.quit(&home).await.unwrap();
}
