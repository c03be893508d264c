//! From a locked store to a working app: the key, the store, the parts, and the work that goes on by itself.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use canteen_audit::Event;
use canteen_os::{Computer, Dirs, KeyDecision, KeyPlaceKnown, KeyVault, Keyring, Notifier, Passphrase, PassphraseFile, StoreId};
use canteen_store::{KeyPlace, Store};
use canteen_types::{Clock, Group, Secret};
use canteen_watch::{Earlier, WatchConfig};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::App;
use crate::app::Parts;
use crate::call::UnlockStore;
use crate::catalogue::Joined;
use crate::fault::AppError;
use crate::home_look::ask;
use crate::host::{Host, HostKind};

/// How often the catalogue is checked; jittered, so that a fleet does not come at once.
const SYNC: Duration = Duration::from_secs(15 * 60);
/// How long nudges rest after a fault of the store, before they are looked at again.
const AFTER_FAULT: Duration = Duration::from_secs(30);
/// How long a first start waits for its catalogue.
const FIRST_SYNC: Duration = Duration::from_secs(5);
/// Says where the catalogue is published and which root it is checked against.
const CATALOGUE: &str = "catalogue.json";
/// Says which groups of the organisation this computer belongs to.
const GROUPS: &str = "groups.json";
/// Longest such file, in bytes.
const LONGEST_MANAGED: u64 = 1 << 20;
/// Engines use the physical cores, and more than eight do not help a model that fits a laptop.
const MOST_THREADS: u32 = 8;

/// Opens everything, or says what is in the way.
pub(crate) async fn open(host: &Arc<Host>, unlock: Option<UnlockStore>) -> Result<Arc<App>, AppError> {
    let held = Arc::clone(host);
    // Cannot be cut off in the middle, so it keeps the host's lock until it is done and the store closed again: a host that gave
    // its place away meanwhile must not leave another one to open the same folder.
    let opened = tokio::task::spawn_blocking(move || (open_store(held.dirs(), &held.clock(), unlock), held)).await;
    let (opened, _held) = opened.map_err(|error| AppError::Internal(error.into()))?;
    let (store, place) = opened?;
    let parts = parts(host, store, place).await?;
    let app = App::new(parts);
    let begun = app.blocking(|app| {
        let now = app.now();
        app.store.runs().end_orphans(now)?;
        app.store
            .audit()
            .append(Event::HostStarted { version: env!("CARGO_PKG_VERSION").to_owned(), host: app.kind.word().to_owned() })?;
        app.open_catalogue()?;
        app.take_up_notes()
    });
    begun.await?;
    if app.shelf.snapshot().is_none() {
        // A first start shows models at once where they can be had; what is in the way is shown in the status.
        match tokio::time::timeout(FIRST_SYNC, app.try_sync()).await {
            Ok(Ok(_) | Err(AppError::NotJoined)) => {}
            Ok(Err(error)) => tracing::info!(%error, "the catalogue was not fetched"),
            Err(_) => tracing::info!("the catalogue was not fetched in time"),
        }
    }
    if host.kind() == HostKind::Tray
        && let Err(error) = app.blocking(App::obey_managed_autostart).await
    {
        tracing::warn!(%error, "what the organisation set about starting with the computer was not done");
    }
    start_work(&app, host);
    Ok(app)
}

fn open_store(dirs: &Dirs, clock: &Arc<dyn Clock>, unlock: Option<UnlockStore>) -> Result<(Store, KeyPlace), AppError> {
    let folder = dirs.store();
    canteen_os::secure_folder(&folder)?;
    let meta = Store::meta(&folder)?;
    let known = meta.as_ref().map(|meta| match meta.key_place {
        KeyPlace::Keyring => KeyPlaceKnown::Keyring,
        KeyPlace::Passphrase => KeyPlaceKnown::Passphrase,
    });
    let vault = Keyring::of(&StoreId::of_folder(&folder));
    let passphrase = unlock.as_ref().and_then(|unlock| unlock.passphrase.clone());
    if unlock.is_some() && passphrase.is_none() {
        vault.unlock()?;
    }
    let (key, place) = match canteen_os::settle(&vault, known, Store::found(&folder)) {
        KeyDecision::Open(key) => (key, KeyPlace::Keyring),
        KeyDecision::GoOnWithFirstStart(key) => {
            tracing::info!("the first start was cut off; it goes on with the key that it made");
            (first_start(&folder, KeyPlace::Keyring, clock, || Ok(key))?, KeyPlace::Keyring)
        }
        KeyDecision::FirstStart => {
            (first_start(&folder, KeyPlace::Keyring, clock, || canteen_os::first_key(&vault))?, KeyPlace::Keyring)
        }
        KeyDecision::AskPassphrase => {
            let given = Passphrase::new(passphrase.ok_or(AppError::PassphraseNeeded)?)?;
            (PassphraseFile::in_folder(&folder).open(&given)?, KeyPlace::Passphrase)
        }
        KeyDecision::OfferPassphrase { .. }
        | KeyDecision::Locked { passphrase_allowed: true }
        | KeyDecision::TimedOut { passphrase_allowed: true }
            if passphrase.is_some() =>
        {
            let given = Passphrase::new(passphrase.unwrap_or_default())?;
            let key = first_start(&folder, KeyPlace::Passphrase, clock, || {
                let key = Secret::new(canteen_os::entropy()?);
                PassphraseFile::in_folder(&folder).write(&given, &key)?;
                Ok(key)
            })?;
            (key, KeyPlace::Passphrase)
        }
        other @ (KeyDecision::StoreMissing
        | KeyDecision::OfferPassphrase { .. }
        | KeyDecision::KeyLost
        | KeyDecision::Locked { .. }
        | KeyDecision::TimedOut { .. }
        | KeyDecision::NoService { .. }
        | KeyDecision::NotWorking { .. }) => return Err(other.fault().map_or(AppError::StoreMissing, AppError::Os)),
    };
    Ok((Store::open(&folder, &key, Arc::clone(clock))?, place))
}

/// The mark, then a key that was kept and read back, then the note beside the store, then the store. A kill at any moment leaves
/// either nothing or a first start that goes on.
fn first_start(
    folder: &Path,
    place: KeyPlace,
    clock: &Arc<dyn Clock>,
    make: impl FnOnce() -> Result<Secret, canteen_os::OsError>,
) -> Result<Secret, AppError> {
    Store::begin(folder)?;
    let key = make()?;
    Store::prepare(folder, place, &key, clock.now())?;
    Ok(key)
}

async fn parts(host: &Arc<Host>, store: Store, place: KeyPlace) -> Result<Parts, AppError> {
    let dirs = host.dirs().clone();
    let (kept, usual) = (store.clone(), dirs.data.join("models"));
    let library = tokio::task::spawn_blocking(move || crate::models_folder::open(&kept, &usual)).await;
    let library = library.map_err(|error| AppError::Internal(error.into()))??;
    let left = dirs.runtime.join("notes.json");
    let notifier = tokio::task::spawn_blocking(move || Notifier::new("Canteen").remembering(left)).await;
    let notifier = notifier.map_err(|error| AppError::Internal(error.into()))?;
    let computer = Computer::probe()?;
    Ok(Parts {
        kind: host.kind(),
        clock: host.clock(),
        store,
        library,
        notifier,
        events: host.events().clone(),
        key_place: match place {
            KeyPlace::Keyring => "keyring".to_owned(),
            KeyPlace::Passphrase => "passphrase".to_owned(),
        },
        engine: engine_beside_this()?,
        threads: computer.physical_cores.clamp(1, MOST_THREADS),
        cores: computer.logical_cores,
        memory: computer.memory,
        home: dirs.home,
        environment: host.environment().clone(),
        managed: dirs.managed_policies,
        config: dirs.config,
        data: dirs.data,
        downloads: dirs.downloads,
    })
}

/// The engine lies beside the host's own executable, never anywhere on a search path.
fn engine_beside_this() -> Result<std::path::PathBuf, AppError> {
    let own = std::env::current_exe().map_err(|error| AppError::Internal(error.into()))?;
    Ok(own.with_file_name(format!("canteen-engine{}", std::env::consts::EXE_SUFFIX)))
}

fn start_work(app: &Arc<App>, host: &Arc<Host>) {
    start_watch(app, host);
    let asking = Arc::clone(app);
    let ended = Arc::clone(host);
    app.tasks.spawn(async move {
        tokio::select! {
            () = ended.ended() => {}
            () = asking.ask_servers() => {}
        }
    });
    app.tasks.spawn(Arc::clone(app).clear_leftover());
    app.tasks.spawn(Arc::clone(app).stay_alive(Arc::clone(host)));
    let syncing = Arc::clone(app);
    let ended = Arc::clone(host);
    app.tasks.spawn(async move {
        loop {
            match syncing.try_sync().await {
                Ok(_) | Err(AppError::NotJoined) => {}
                Err(error) => tracing::info!(%error, "the catalogue was not updated"),
            }
            if let Err(error) = syncing.blocking(App::resume_installs).await {
                tracing::warn!(%error, "installations could not be resumed");
            }
            let jitter = canteen_os::entropy::<1>().map_or(0, |[byte]| u64::from(byte));
            tokio::select! {
                () = ended.ended() => return,
                () = tokio::time::sleep(SYNC + Duration::from_secs(jitter)) => {}
            }
        }
    });
    app.tasks.spawn(Arc::clone(app).heed(Arc::clone(host)));
    let looking = Arc::clone(app);
    let ended = Arc::clone(host);
    app.tasks.spawn(async move {
        loop {
            tokio::select! {
                () = ended.ended() => return,
                () = looking.next_look() => {}
            }
            if let Err(error) = looking.blocking(App::consider).await {
                tracing::warn!(%error, "nudges could not be looked at again");
                tokio::time::sleep(AFTER_FAULT).await;
            }
        }
    });
}

fn start_watch(app: &Arc<App>, host: &Arc<Host>) {
    let (sink, observations) = std::sync::mpsc::sync_channel(1024);
    let (engines, sightings, own, more) = (Arc::downgrade(app), Arc::downgrade(app), Arc::downgrade(app), Arc::downgrade(app));
    let (knows, rules) = (Arc::downgrade(app), Arc::downgrade(app));
    let config = WatchConfig {
        places: app.places(),
        more_places: Arc::new(move || more.upgrade().map(|app| app.places()).unwrap_or_default()),
        // What may be nudged about is larger, each part of a model in several files need not be.
        minimum_size: canteen_watch::SMALLEST,
        is_own: Arc::new(move |path| own.upgrade().is_some_and(|app| app.is_own_folder(path))),
        ignore_pids: Arc::new(move || engines.upgrade().map(|app| app.runs.pids()).unwrap_or_default()),
        needs_digest: Arc::new(move |identity| sightings.upgrade().is_none_or(|app| app.needs_digest(*identity))),
        known: Arc::new(move |identity| ask(&knows, |app| app.earlier(*identity), Earlier::Unknown)),
        excluded: Arc::new(move || ask(&rules, App::excluded_folders, Vec::new())),
        home: Some(app.home_look()),
    };
    match canteen_watch::start(config, host.clock(), sink) {
        Ok(handle) => app.keep_watch(handle),
        Err(error) => tracing::error!(%error, "the watch could not start"),
    }
    let weak = Arc::downgrade(app);
    let runtime = tokio::runtime::Handle::current();
    let taking = std::thread::Builder::new().name("observations".into()).spawn(move || {
        let _inside = runtime.enter();
        while let Ok(observation) = observations.recv() {
            let Some(app) = weak.upgrade() else { return };
            if let Err(error) = app.observe(observation) {
                tracing::warn!(%error, "an observation could not be taken in");
            }
        }
    });
    if let Err(error) = taking {
        tracing::error!(%error, "observations cannot be taken in");
    }
}

/// The organisation's `catalogue.json`, which only an administrator can write.
pub(crate) fn managed_catalogue(folder: &Path) -> Result<Option<Joined>, AppError> {
    managed(folder, CATALOGUE)
}

/// `groups.json` beside it: what a person could write down for themselves would be no approval.
pub(crate) fn managed_groups(folder: &Path) -> Result<BTreeSet<Group>, AppError> {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Groups {
        groups: BTreeSet<Group>,
    }
    Ok(managed::<Groups>(folder, GROUPS)?.unwrap_or_default().groups)
}

fn managed<T: DeserializeOwned>(folder: &Path, file: &'static str) -> Result<Option<T>, AppError> {
    let broken = |error: serde_json::Error| AppError::ManagedBroken { file, because: error.to_string() };
    let bytes = canteen_os::read_managed(&folder.join(file), LONGEST_MANAGED)?;
    bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(broken)).transpose()
}

/// `catalogue.json` in the person's own settings, where a set-up script may leave it.
pub(crate) fn preset_catalogue(folder: &Path) -> Result<Option<Joined>, AppError> {
    use std::io::Read as _;
    let file = match fs_err::File::open(folder.join(CATALOGUE)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(AppError::Internal(error.into())),
    };
    let mut text = String::new();
    file.take(LONGEST_MANAGED).read_to_string(&mut text).map_err(|error| AppError::Internal(error.into()))?;
    serde_json::from_str(&text).map(Some).map_err(|error| AppError::Internal(error.into()))
}
