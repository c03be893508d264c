//! The real keyring table, against GNOME Keyring on a private bus.
#![expect(clippy::unwrap_used, reason = "a helper of a test may stop it")]
#![cfg(target_os = "linux")]

mod session;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use canteen_os::{Found, KeyDecision, KeyPlaceKnown, KeyVault, Keyring, StoreId, first_key, settle};
use canteen_types::{Coded, FoundStore, Secret};
use rustix::process::{Pid, Signal, kill_process};
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use session::{bus_call, in_session, keyring_daemon, without_bus};

const MADE: Option<KeyPlaceKnown> = Some(KeyPlaceKnown::Keyring);

fn store(name: &str) -> Keyring {
    Keyring::of(&StoreId::of_folder(Path::new(name)))
}

fn codes(vault: &Keyring) -> [&'static str; 4] {
    [
        vault.get().unwrap_err().code(),
        vault.set(&Secret::new([1; 32])).unwrap_err().code(),
        vault.delete().unwrap_err().code(),
        vault.check().unwrap_err().code(),
    ]
}

fn lock() {
    bus_call(&[
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.Lock",
        "array:objpath:/org/freedesktop/secrets/collection/login",
    ]);
}

#[test]
fn an_unlocked_keyring_keeps_one_key_per_store_and_nothing_else() {
    in_session("an_unlocked_keyring_keeps_one_key_per_store_and_nothing_else", || {
        let _daemon = keyring_daemon(Some("pw1"));
        let (one, two) = (store("/one"), store("/two"));
        assert_eq!(one.look(), Found::Unlocked { item: false });
        assert_eq!(settle(&one, None, FoundStore::Absent), KeyDecision::FirstStart);
        let key = first_key(&one).unwrap();
        assert_eq!(one.look(), Found::Unlocked { item: true });
        assert_eq!(settle(&one, MADE, FoundStore::There), KeyDecision::Open(key.clone()));
        assert_eq!(settle(&one, MADE, FoundStore::Absent), KeyDecision::StoreMissing);
        assert_eq!(settle(&one, None, FoundStore::Begun), KeyDecision::GoOnWithFirstStart(key.clone()));
        assert_eq!(settle(&two, MADE, FoundStore::There), KeyDecision::KeyLost);
        assert_eq!(settle(&two, None, FoundStore::Absent), KeyDecision::FirstStart);
        let other = first_key(&two).unwrap();
        assert_ne!(key, other);
        assert_eq!(one.get().unwrap(), Some(key));

        let service = SecretService::connect(EncryptionType::Dh).unwrap();
        let items = service.search_items(HashMap::from([("service", "canteen")])).unwrap();
        assert_eq!(items.unlocked.len(), 2, "the canary must leave nothing behind");

        one.delete().unwrap();
        one.delete().unwrap();
        assert_eq!(one.get().unwrap(), None);
        assert_eq!(two.get().unwrap(), Some(other));
    });
}

#[test]
fn a_locked_keyring_is_never_taken_for_an_empty_one() {
    in_session("a_locked_keyring_is_never_taken_for_an_empty_one", || {
        let daemon = keyring_daemon(Some("pw1"));
        let (with_key, without) = (store("/one"), store("/two"));
        let key = first_key(&with_key).unwrap();
        lock();
        let locked = || {
            for vault in [&with_key, &without] {
                assert_eq!(vault.look(), Found::Locked);
                assert_eq!(codes(vault), ["keyring.locked"; 4]);
                assert_eq!(settle(vault, MADE, FoundStore::There), KeyDecision::Locked { passphrase_allowed: false });
                assert_eq!(settle(vault, None, FoundStore::Absent), KeyDecision::Locked { passphrase_allowed: true });
            }
        };
        locked();
        drop(daemon);
        let daemon = keyring_daemon(Some("WRONG"));
        locked();
        drop(daemon);
        // The right password again, in the same process: found without a restart of Canteen.
        let _daemon = keyring_daemon(Some("pw1"));
        assert_eq!(settle(&with_key, MADE, FoundStore::There), KeyDecision::Open(key));
    });
}

#[test]
fn a_service_without_any_keyring_counts_as_locked() {
    in_session("a_service_without_any_keyring_counts_as_locked", || {
        let _daemon = keyring_daemon(None);
        let vault = store("/one");
        assert_eq!(vault.look(), Found::Empty);
        assert_eq!(codes(&vault), ["keyring.locked"; 4]);
        assert_eq!(settle(&vault, MADE, FoundStore::There), KeyDecision::Locked { passphrase_allowed: false });
    });
}

#[test]
fn without_a_service_a_passphrase_is_offered_only_where_no_store_is() {
    in_session("without_a_service_a_passphrase_is_offered_only_where_no_store_is", || {
        let vault = store("/one");
        assert!(matches!(vault.look(), Found::NoService { .. }));
        assert_eq!(codes(&vault), ["keyring.no_service"; 4]);
        assert!(matches!(settle(&vault, None, FoundStore::Absent), KeyDecision::OfferPassphrase { .. }));
        assert!(matches!(settle(&vault, MADE, FoundStore::There), KeyDecision::NoService { .. }));
        // A service that starts later is found by the same process.
        let _daemon = keyring_daemon(Some("pw1"));
        assert_eq!(settle(&vault, None, FoundStore::Absent), KeyDecision::FirstStart);
    });
}

#[test]
fn without_a_bus_there_is_no_service() {
    without_bus("without_a_bus_there_is_no_service", || {
        let vault = store("/one");
        assert!(matches!(vault.look(), Found::NoService { .. }));
        assert_eq!(codes(&vault), ["keyring.no_service"; 4]);
    });
}

#[test]
fn a_hanging_service_costs_one_time_limit_and_is_found_again() {
    in_session("a_hanging_service_costs_one_time_limit_and_is_found_again", || {
        let daemon = keyring_daemon(Some("pw1"));
        let vault = Keyring::with_limit(&StoreId::of_folder(Path::new("/one")), Duration::from_millis(500));
        let pid = Pid::from_child(&daemon.0);
        kill_process(pid, Signal::STOP).unwrap();
        assert_eq!(vault.look(), Found::Hangs);
        assert_eq!(settle(&vault, MADE, FoundStore::There), KeyDecision::TimedOut { passphrase_allowed: false });
        assert_eq!(vault.get().unwrap_err().code(), "keyring.timed_out");
        kill_process(pid, Signal::CONT).unwrap();
        while vault.look() == Found::Hangs {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(store("/one").look(), Found::Unlocked { item: false });
    });
}

#[test]
fn calls_from_inside_a_tokio_runtime_do_not_panic() {
    in_session("calls_from_inside_a_tokio_runtime_do_not_panic", || {
        let _daemon = keyring_daemon(Some("pw1"));
        let vault = store("/one");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let worker = runtime.spawn(async move { (vault.look(), vault.check().map_err(|fault| fault.code())) });
        assert_eq!(runtime.block_on(worker).unwrap(), (Found::Unlocked { item: false }, Ok(())));
    });
}
