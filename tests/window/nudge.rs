//! All that the window lets a person know about a nudge and do with it.

use canteen_tests::{Home, Organisation, Parts, Window, engines, weights};
use fantoccini::Locator;

const DOWN: char = '\u{e015}';
const ENTER: char = '\u{e007}';

#[tokio::test(flavor = "multi_thread")]
async fn a_nudge_is_explained_silenced_for_a_week_taken_back_and_followed() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let window = Window::open(&home).await.unwrap();
    home.canteen(["install", "smollm2"]).unwrap().succeeded().unwrap();
    let private = home.downloads().join("holiday.bin");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "photo-viewer").unwrap();

    window.go("computer").await.unwrap();
    window.reads("is an altered copy of SmolLM2").await.unwrap();
    window.press("Why am I seeing this?").await.unwrap();
    for told in ["nudge.altered.toast", "a running program holds the weights", "Nothing of what is recorded about it was sent"] {
        window.reads(told).await.unwrap();
    }
    assert_eq!(window.axe().await.unwrap(), Vec::<String>::new());
    window.press("Close").await.unwrap();

    window.press("Silence ▾").await.unwrap();
    window.keys(&[DOWN]).await.unwrap();
    window.keys(&[ENTER]).await.unwrap();
    window.reads("1 nudge rests by your wish").await.unwrap();
    let list = "//summary[starts-with(normalize-space(.), '1 nudge rests')]";
    window.client().find(Locator::XPath(list)).await.unwrap().click().await.unwrap();
    window.press("Show again").await.unwrap();

    window.press("Use SmolLM2").await.unwrap();
    window.reads("Running on this computer").await.unwrap();
    server.kill().unwrap();
    window.quit(&home).await.unwrap();
}
