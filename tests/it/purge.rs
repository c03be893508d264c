//! `canteen purge`: what Canteen made goes, what it did not make stays, and doubt removes nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use canteen_app::wire::{LeftBecause, Purged, Status};
use canteen_tests::{Home, Organisation, Parts, Said, until};

fn used() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    (home, company)
}

fn keys(home: &Home) -> String {
    let mut ask = home.command("dbus-send");
    ask.args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"]);
    ask.args(["org.freedesktop.Secret.Service.SearchItems", "dict:string:string:service,canteen"]);
    Said::by(&mut ask).unwrap().succeeded().unwrap().to_owned()
}

#[test]
fn a_file_that_canteen_did_not_make_stays_and_is_named() {
    let (home, _company) = used();
    assert!(keys(&home).contains("/org/freedesktop/secrets/collection"), "{}", keys(&home));
    let (mine, elsewhere) = (home.path("canteen/data/my notes.txt"), home.path("home/thesis"));
    fs_err::write(&mine, "mine").unwrap();
    fs_err::create_dir(&elsewhere).unwrap();
    fs_err::write(elsewhere.join("chapter"), "mine too").unwrap();
    // A link in place of one of Canteen's folders leads out of them.
    fs_err::remove_dir_all(home.path("canteen/state/logs")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, home.path("canteen/state/logs")).unwrap();
    let said = home.canteen(["purge", "--yes", "--json"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    let purged: Purged = serde_json::from_str(&said.out).unwrap();
    let left: Vec<_> = purged.left.iter().map(|left| (left.path.clone().unwrap(), left.why)).collect();
    let shown = |path: &std::path::Path| path.display().to_string();
    assert_eq!(left, [(shown(&mine), LeftBecause::Foreign), (shown(&home.path("canteen/state/logs")), LeftBecause::Foreign)]);
    assert_eq!(fs_err::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs_err::read_to_string(elsewhere.join("chapter")).unwrap(), "mine too");
    assert!(!home.path("canteen/data/store").exists() && !home.path("canteen/data/models").exists());
    assert!(purged.key && !keys(&home).contains("/org/freedesktop/secrets/collection"), "{}", keys(&home));
}

#[test]
fn a_canteen_home_that_holds_the_whole_home_is_doubt() {
    let (mut home, _company) = used();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    home.set("HOME", home.path("canteen/data"));
    home.canteen(["purge", "--yes"]).unwrap().refused("app.doubtful_home").unwrap();
    assert!(home.path("canteen/data/store/store.sqlite").exists());
    assert!(keys(&home).contains("/org/freedesktop/secrets/collection"));
}

#[test]
fn a_running_host_ends_first_and_nothing_is_left_in_german_too() {
    let (mut home, _company) = used();
    assert_eq!(home.json::<Status>(&["status"]).unwrap().host, "headless");
    home.set("LANG", "de_DE.UTF-8");
    let said = home.canteen(["purge", "--yes"]).unwrap();
    assert!(said.succeeded().unwrap().contains("Alle Daten von Canteen für diesen Benutzer sind entfernt."), "{said:?}");
    let left: Vec<_> = home.processes().into_iter().filter(|pid| *pid != std::process::id()).collect();
    assert!(left.len() <= 1, "only the keyring is left: {left:?}");
    assert!(!home.path("canteen").exists());
    let said = home.canteen(["purge"]).unwrap();
    assert!(said.succeeded().unwrap().contains("ist nichts von Canteen vorhanden"), "{said:?}");
    // A new start is a first start.
    home.canteen(["status"]).unwrap().succeeded().unwrap();
}

/// Without a keyring that answers, the key cannot go; it opens nothing any more, and that is said.
#[test]
fn without_the_keyring_the_data_goes_and_the_key_is_named() {
    let (mut home, _company) = used();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    home.stop_keyring();
    let said = home.canteen(["purge", "--yes", "--json"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    let purged: Purged = serde_json::from_str(&said.out).unwrap();
    assert_eq!(purged.left.iter().map(|left| left.why).collect::<Vec<_>>(), [LeftBecause::NoKeyring]);
    assert!(!home.path("canteen").exists());
}

/// Whoever starts a host while the last one ends is asked to end as well.
#[test]
fn a_host_that_comes_in_between_ends_too() {
    let (home, _company) = used();
    let purged = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Each takes the place when it is free, and goes at once when it is not.
            while !purged.load(Ordering::SeqCst) {
                let mut next = home.canteen_beside("next", ["serve"]).unwrap();
                until("it to end", || (purged.load(Ordering::SeqCst) || !next.is_alive()).then_some(())).unwrap();
            }
        });
        let said = home.canteen(["purge", "--yes", "--json"]);
        purged.store(true, Ordering::SeqCst);
        assert!(said.unwrap().read::<Purged>().unwrap().key);
    });
}
