//! The first steps in a new window, and that they do not come again.

use canteen_app::call::Call;
use canteen_app::client;
use canteen_app::wire::SettingsPage;
use canteen_tests::{Home, Organisation, Parts, Window, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_steps_lead_to_a_model_and_come_once() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let window = Window::open_fresh(&home, &[]).await.unwrap();
    window.reads("What Canteen is").await.unwrap();
    window.press("Next").await.unwrap();
    window.reads("You have joined the catalogue of Brightwater").await.unwrap();
    window.press("Next").await.unwrap();
    window.reads("Tiny model suits this computer").await.unwrap();
    window.press("Begin").await.unwrap();
    window.reads("Models you can use").await.unwrap();
    eventually("that they were gone through", || async {
        let mut host = client::connect(&home.environment()).await.unwrap().expect("a host");
        let page: SettingsPage = host.call(Call::GetSettings).await.unwrap();
        Ok::<_, String>(page.settings.first_start_done.then_some(()))
    })
    .await
    .unwrap();

    // From the settings, with the catalogue's own page for the connection.
    window.press("Settings").await.unwrap();
    window.press("Show them again").await.unwrap();
    window.press("Skip the first steps").await.unwrap();
    window.reads("How Canteen works for you on this computer").await.unwrap();
    window.press("About").await.unwrap();
    window.press("Show the diagnostics").await.unwrap();
    window.reads("log_unbroken").await.unwrap();
    window.press("Save to Downloads").await.unwrap();
    window.reads("Saved to Downloads as canteen-diagnostics-").await.unwrap();
    let saved = fs_err::read_dir(home.downloads()).unwrap().flatten().map(|file| file.path()).next().unwrap();
    assert!(fs_err::read_to_string(saved).unwrap().contains("log_unbroken"));
    window.quit(&home).await.unwrap();
}
