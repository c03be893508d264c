//! A desktop that lacks something: no tray, no bus. The window opens all the same, and nothing becomes unreachable.

use canteen_app::wire::Status;
use canteen_tests::{Home, Keyring, Parts, Running, Window, until};

fn shows_window(home: &Home) -> bool {
    home.display().unwrap().windows().unwrap().contains(&"Canteen".to_owned())
}

fn waits_for_window(home: &Home, app: &mut Running) {
    until("the window", || (shows_window(home) || !app.is_alive()).then_some(())).unwrap();
    assert!(app.is_alive(), "{}", app.said());
}

/// Starts the app once more, as a person does who does not see it.
fn starts_again(home: &Home) {
    let mut second = home.desktop(["--again"]).unwrap();
    assert!(second.wait().unwrap().success(), "{}", second.said());
}

#[test]
fn without_a_tray_host_a_closed_window_comes_back_with_a_second_start() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let mut app = home.desktop(Vec::<&str>::new()).unwrap();
    waits_for_window(&home, &mut app);
    home.display().unwrap().close_window("Canteen").unwrap();
    until("the window to go", || (!shows_window(&home)).then_some(())).unwrap();
    // The host goes on: what runs, runs, and the watch watches.
    assert_eq!(home.json::<Status>(&["status"]).unwrap().host, "tray");
    starts_again(&home);
    waits_for_window(&home, &mut app);
    starts_again(&home);
    assert_eq!(home.display().unwrap().windows().unwrap().iter().filter(|title| *title == "Canteen").count(), 1);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

#[test]
fn without_a_tray_host_a_hidden_start_is_found_by_the_next() {
    let home = Home::start(Parts::DESKTOP).unwrap();
    let mut app = home.desktop(["--hidden"]).unwrap();
    until("the host", || home.json::<Status>(&["status"]).ok().filter(|status| status.host == "tray")).unwrap();
    assert!(!shows_window(&home));
    starts_again(&home);
    waits_for_window(&home, &mut app);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test]
async fn without_any_bus_the_window_opens_and_a_passphrase_opens_the_store() {
    let home = Home::start(Parts { bus: false, keyring: Keyring::None, notifications: false, display: true }).unwrap();
    let window = Window::open(&home).await.unwrap();
    window.reads("No keyring answers on this computer").await.unwrap();
    let passphrase = home.path("passphrase");
    fs_err::write(&passphrase, "correct horse battery\n").unwrap();
    home.canteen(["unlock".as_ref(), "--passphrase-file".as_ref(), passphrase.as_os_str()]).unwrap().succeeded().unwrap();
    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!((status.host.as_str(), status.key_place.as_str(), status.notifications), ("tray", "passphrase", false));
    window.reads("No catalogue yet").await.unwrap();
    window.quit(&home).await.unwrap();
}
