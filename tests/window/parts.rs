//! The window opens, closes without ending the app, and comes back from the tray.

use canteen_tests::{Home, Organisation, Parts, TrayHost, Window, until};

fn home_of_an_employee() -> (Home, Organisation) {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    (home, company)
}

#[tokio::test]
async fn the_window_shows_the_catalogue_and_the_tray_quits_the_app() {
    let (home, _company) = home_of_an_employee();
    let tray = TrayHost::start(&home).await.unwrap();
    let window = Window::open(&home).await.unwrap();
    window.reads("Tiny model").await.unwrap();
    let item = tray.item().await.unwrap();
    item.line("the state in the menu", |label| label == "Canteen · nothing running").await.unwrap();
    item.press("Quit").await.unwrap();
    until("the app to end", || home.canteen(["quit"]).is_ok_and(|said| said.out.contains("No host")).then_some(())).unwrap();
    drop(window);
}

#[tokio::test]
async fn a_hidden_start_opens_no_window_until_the_tray_is_asked() {
    let (home, _company) = home_of_an_employee();
    let tray = TrayHost::start(&home).await.unwrap();
    let mut app = home.desktop(["--hidden"]).unwrap();
    let item = tray.item().await.unwrap();
    item.line("the open store", |label| label == "Open catalogue").await.unwrap();
    assert_eq!(home.display().unwrap().windows().unwrap(), Vec::<String>::new());
    item.press("Open catalogue").await.unwrap();
    until("the window", || home.display().unwrap().windows().unwrap().contains(&"Canteen".to_owned()).then_some(())).unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}
