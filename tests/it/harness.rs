//! The harness itself: a part that is left out is absent, and nothing is left behind.

use std::collections::HashMap;

use canteen_app::wire::{Model, Status};
use canteen_tests::{Home, Keyring, Notes, Organisation, Parts};
use futures_util::StreamExt as _;

#[test]
fn a_person_without_a_desktop_installs_a_model_and_nothing_is_left_behind() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "").unwrap();
    let mut host = home.serve().unwrap();
    let models: Vec<Model> = home.json(&["list"]).unwrap();
    assert_eq!(models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["tiny"]);
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!((status.host.as_str(), status.key_place.as_str()), ("headless", "keyring"));
    assert!(!status.notifications);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    let left: Vec<_> = home.processes().into_iter().filter(|pid| *pid != std::process::id()).collect();
    assert!(left.len() <= 1, "only the keyring is left: {left:?}");
}

#[test]
fn a_bare_computer_has_no_keyring_and_says_so() {
    let home = Home::start(Parts::BARE).unwrap();
    let said = home.canteen(["status"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("keyring."), "{said:?}");
}

#[test]
fn a_closed_keyring_is_not_an_open_one() {
    let home = Home::start(Parts { keyring: Keyring::Closed, ..Parts::HEADLESS }).unwrap();
    let said = home.canteen(["status"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
}

/// What another program says and hears, so that a nudge that never comes is not the harness's fault.
#[tokio::test]
async fn what_the_notification_daemon_got_is_read_and_its_buttons_can_be_pressed() {
    let home = Home::start(Parts { notifications: true, ..Parts::HEADLESS }).unwrap();
    let notes = Notes::of(&home).await.unwrap();
    assert_eq!(notes.all().await.unwrap(), []);
    let program = home.bus().unwrap().connect().await.unwrap();
    let name = "org.freedesktop.Notifications";
    let daemon = zbus::Proxy::new(&program, name, "/org/freedesktop/Notifications", name).await.unwrap();
    let mut pressed = daemon.receive_signal("ActionInvoked").await.unwrap();
    let hints = HashMap::<&str, zbus::Variant<'_>>::new();
    let notify = ("a program", 0u32, "", "A headline", "A body", ["use", "Use it", "ask", "Ask"].as_slice(), hints, -1i32);
    let id: u32 = daemon.call("Notify", &notify).await.unwrap();
    let note = notes.wait("the note", |note| note.title == "A headline").await.unwrap();
    assert_eq!((note.id, note.body.as_str()), (id, "A body"));
    assert_eq!((note.key("Use it").unwrap(), note.key("Ask").unwrap()), ("use", "ask"));
    notes.press(&note, "Ask").await.unwrap();
    let heard: (u32, String) = pressed.next().await.unwrap().body().deserialize().unwrap();
    assert_eq!(heard, (id, "ask".to_owned()));
}
