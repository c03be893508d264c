//! An app with a store of its own in a folder, for the tests of this crate: no host, no catalogue, no watch.

use std::path::Path;
use std::sync::Arc;

use canteen_library::Library;
use canteen_os::{Environment, Notifier};
use canteen_store::{KeyPlace, Store};
use canteen_types::{ByteSize, Secret, TestClock, Timestamp};

use crate::App;
use crate::app::Parts;
use crate::events::Events;
use crate::host::HostKind;

pub(crate) fn bare_app(home: &Path, now: Timestamp) -> Arc<App> {
    let (folder, key) = (home.join("store"), Secret::new([7; 32]));
    fs_err::create_dir(&folder).unwrap();
    let clock = Arc::new(TestClock::at(now));
    Store::prepare(&folder, KeyPlace::Keyring, &key, now).unwrap();
    App::new(Parts {
        kind: HostKind::Headless,
        clock: clock.clone(),
        store: Store::open(&folder, &key, clock).unwrap(),
        library: Library::open(&home.join("models")).unwrap(),
        notifier: Notifier::new("Canteen"),
        events: Events::default(),
        key_place: "keyring".into(),
        engine: home.join("engine"),
        threads: 1,
        cores: 1,
        memory: ByteSize::new(1),
        home: home.to_owned(),
        data: home.join("data"),
        downloads: home.join("Downloads"),
        managed: home.join("managed"),
        config: home.join("config"),
        environment: Environment::from_pairs(&std::collections::BTreeMap::<String, String>::new()),
    })
}
