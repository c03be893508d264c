//! Forgetting Canteen, for one user: what it made, in the folders that are its own, and nothing else.
//!
//! A folder is never removed as a whole: in each of Canteen's folders only what has one of its own names goes, and the folder
//! when it is empty then. A link is never followed, and what somebody else owns stays.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use canteen_os::{Acquired, Dirs, Environment, Found, HostLock, KeyVault as _, Keyring, OsError, StoreId, autostart};
use canteen_store::{KeyPlace, Store};
use canteen_types::FoundStore;
use tokio::time::Instant;

use crate::call::Call;
use crate::client::{self, ClientError};
use crate::fault::AppError;
use crate::wire::{Left, LeftBecause, ModelsFolder, PurgePath, PurgePlan, Purged};

/// How long a host may take to stop its engines and close its store.
const ENDS_WITHIN: Duration = Duration::from_secs(30);
/// How often the place is tried meanwhile.
const STEP: Duration = Duration::from_millis(50);
/// How often whoever has it is asked to end meanwhile.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// What Canteen makes in its folders, by name.
const IN_DATA: &[&str] = &["store", "models"];
const IN_CONFIG: &[&str] = &["catalogue.json"];
const IN_STATE: &[&str] = &["logs", "window", "run"];
const IN_RUNTIME: &[&str] = &["tray", "notes.json", "host.sock", "host.lock"];

/// What would be removed. Changes nothing.
///
/// # Errors
/// `app.doubtful_home` where `CANTEEN_HOME` names a folder that may hold other things, `keyring.locked` when the key could not be
/// removed.
pub async fn plan(environment: &Environment) -> Result<PurgePlan, AppError> {
    let dirs = Dirs::of(environment)?;
    doubt(environment)?;
    let host = running(environment).await?.is_some();
    let elsewhere = elsewhere(environment, &dirs).await;
    let environment = environment.clone();
    let planned = tokio::task::spawn_blocking(move || {
        let (mut paths, _) = contents(&environment, &dirs, &elsewhere)?;
        // Lock and socket are of use to nobody.
        paths.retain(|path| path.parent() != Some(&dirs.runtime));
        Ok(PurgePlan {
            paths: paths.iter().map(|path| PurgePath { path: shown(path), bytes: size(path) }).collect(),
            key: key(&dirs)? == Key::There,
            autostart: autostart::is_there(&environment)?,
            models_elsewhere: elsewhere,
            host,
        })
    });
    planned.await.map_err(|error| AppError::Internal(error.into()))?
}

/// Ends the host, then removes everything. The key goes first: without it the store is unreadable, whatever happens after.
///
/// # Errors
/// As [`plan`], and `app.keeps_place` when the host does not end; nothing was removed then.
pub async fn carry_out(environment: &Environment, plan: PurgePlan) -> Result<Purged, AppError> {
    let dirs = Dirs::of(environment)?;
    doubt(environment)?;
    let lock = the_place(environment, &dirs).await?;
    let environment = environment.clone();
    let removed = tokio::task::spawn_blocking(move || remove(&environment, &dirs, &plan.models_elsewhere, lock));
    removed.await.map_err(|error| AppError::Internal(error.into()))?
}

/// The whole home below `CANTEEN_HOME`, or the root of the disk: what lies in `data` there need not be Canteen's.
fn doubt(environment: &Environment) -> Result<(), AppError> {
    let Some(root) = &environment.canteen_home else { return Ok(()) };
    let holds_home = environment.home.as_ref().is_some_and(|home| home.starts_with(root));
    if holds_home || root.parent().is_none() {
        return Err(AppError::DoubtfulHome { path: shown(root) });
    }
    Ok(())
}

async fn running(environment: &Environment) -> Result<Option<client::Client>, AppError> {
    match client::connect(environment).await {
        Ok(client) => Ok(client),
        // It is ending, or just beginning; the lock tells.
        Err(ClientError::Gone | ClientError::Socket(_)) => Ok(None),
        Err(error) => Err(AppError::Internal(error.into())),
    }
}

/// Only the store knows which folder the person chose for the models, so its host is asked, and started for that. A store that
/// does not open does not tell.
async fn elsewhere(environment: &Environment, dirs: &Dirs) -> Vec<String> {
    if Store::found(&dirs.store()) != FoundStore::There {
        return Vec::new();
    }
    let ask = async {
        let mut host = client::connect_or_start(environment).await?;
        host.call::<ModelsFolder>(Call::GetModelsFolder).await
    };
    match ask.await {
        Ok(folder) => {
            let usual = folder.usual_path;
            let others = [Some(folder.path), folder.moving.map(|moving| moving.to)].into_iter().flatten();
            others.filter(|path| *path != usual).collect()
        }
        Err(error) => {
            tracing::info!(%error, "whether models lie elsewhere is not known");
            Vec::new()
        }
    }
}

/// Nobody may open the store while it is removed. A command line may have started the next host before the last one is gone, so
/// whoever has the place is asked to end, again and again.
async fn the_place(environment: &Environment, dirs: &Dirs) -> Result<HostLock, AppError> {
    let begun = Instant::now();
    let mut ask = begun;
    loop {
        if Instant::now() >= ask {
            ask = Instant::now() + ASK_AGAIN;
            if let Some(mut host) = running(environment).await? {
                match host.call::<()>(Call::Quit).await {
                    Ok(()) | Err(ClientError::Gone | ClientError::Socket(_)) => {}
                    Err(error) => return Err(AppError::Internal(error.into())),
                }
            }
        }
        match HostLock::acquire(&dirs.runtime)? {
            Acquired::Held(lock) => return Ok(lock),
            Acquired::Taken if begun.elapsed() > ENDS_WITHIN => return Err(AppError::KeepsPlace),
            Acquired::Taken => tokio::time::sleep(STEP).await,
        }
    }
}

fn remove(environment: &Environment, dirs: &Dirs, elsewhere: &[String], lock: HostLock) -> Result<Purged, AppError> {
    let mut done = Purged::default();
    match key(dirs)? {
        Key::There => {
            Keyring::of(&StoreId::of_folder(&dirs.store())).delete()?;
            done.key = true;
        }
        Key::Unreachable => done.left.push(Left { path: None, why: LeftBecause::NoKeyring }),
        Key::None => {}
    }
    if autostart::is_there(environment)? {
        autostart::remove(environment)?;
        done.autostart = true;
    }
    let (paths, foreign) = contents(environment, dirs, elsewhere)?;
    let left = |path: &Path, why| Left { path: Some(shown(path)), why };
    done.left.extend(foreign.iter().map(|path| left(path, LeftBecause::Foreign)));
    for path in paths {
        let is_folder = fs_err::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        // Neither follows a link.
        let gone = if is_folder { fs_err::remove_dir_all(&path) } else { fs_err::remove_file(&path) };
        match gone {
            // Of use to nobody, and made by this very look.
            Ok(()) if path.parent() == Some(&dirs.runtime) => {}
            Ok(()) => done.removed.push(shown(&path)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, "something of Canteen stays");
                done.left.push(left(&path, LeftBecause::Failed));
            }
        }
    }
    for folder in folders(environment, dirs) {
        // Stays when something else is in it, which was told above.
        if fs_err::remove_dir(&folder).is_ok() {
            tracing::debug!(folder = %folder.display(), "an empty folder is gone");
        }
    }
    drop(lock);
    Ok(done)
}

/// Canteen's own folders, innermost first.
fn folders(environment: &Environment, dirs: &Dirs) -> Vec<PathBuf> {
    let own = [&dirs.data, &dirs.config, &dirs.cache, &dirs.runtime, &dirs.state].map(Clone::clone);
    own.into_iter().chain(environment.canteen_home.clone()).collect()
}

/// What is Canteen's, and what lies beside it and is not.
fn contents(environment: &Environment, dirs: &Dirs, elsewhere: &[String]) -> Result<(Vec<PathBuf>, Vec<PathBuf>), AppError> {
    let (mut ours, mut foreign) = (Vec::new(), Vec::new());
    let places: [(&Path, &[&str]); 5] = [
        (&dirs.data, IN_DATA),
        (&dirs.config, IN_CONFIG),
        (&dirs.cache, &[]),
        (&dirs.state, IN_STATE),
        // Last: until then nobody else becomes the host.
        (&dirs.runtime, IN_RUNTIME),
    ];
    let mut known: Vec<&Path> = places.iter().map(|(folder, _)| *folder).collect();
    known.extend(environment.canteen_home.as_deref());
    for folder in elsewhere.iter().map(Path::new) {
        let (models, others) = models_in(folder)?;
        ours.extend(models);
        foreign.extend(others);
    }
    for (folder, names) in places {
        let Some(entries) = own_entries(folder)? else { continue };
        for path in entries {
            let name = path.file_name().unwrap_or_default();
            if known.contains(&path.as_path()) {
                continue;
            }
            let is_ours = names.iter().any(|known| name == *known) && canteen_os::is_own(&path)?;
            if is_ours { ours.push(path) } else { foreign.push(path) }
        }
    }
    Ok((ours, foreign))
}

/// In a folder that the person chose, models alone are Canteen's: files named by their digest, and what was half fetched.
fn models_in(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), AppError> {
    let (mut ours, mut foreign) = (Vec::new(), Vec::new());
    for below in ["blobs", "partial"] {
        let below = folder.join(below);
        let Some(entries) = own_entries(&below)? else { continue };
        let is_model = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.strip_prefix("sha256-").is_some_and(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count() == 64)
        };
        let (models, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_model);
        if others.is_empty() {
            ours.push(below)
        } else {
            ours.extend(models)
        }
        foreign.extend(others);
    }
    Ok((ours, foreign))
}

/// `None` where there is no folder of this user.
fn own_entries(folder: &Path) -> Result<Option<Vec<PathBuf>>, AppError> {
    let failed = |source| AppError::Os(OsError::File { doing: "look into its folder", source });
    if fs_err::symlink_metadata(folder).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(None);
    }
    if !canteen_os::is_own(folder)? {
        return Ok(None);
    }
    let mut entries = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.sort();
    Ok(Some(entries))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    There,
    None,
    Unreachable,
}

fn key(dirs: &Dirs) -> Result<Key, AppError> {
    let store = dirs.store();
    // A damaged note says nothing about the key.
    let place = Store::meta(&store).ok().flatten().map(|meta| meta.key_place);
    if place == Some(KeyPlace::Passphrase) {
        return Ok(Key::None);
    }
    match (Keyring::of(&StoreId::of_folder(&store)).look(), place) {
        (Found::Unlocked { item: true }, _) => Ok(Key::There),
        (Found::Locked, Some(_)) => Err(AppError::Os(OsError::KeyringLocked)),
        (Found::NoService { .. } | Found::Hangs, Some(_)) => Ok(Key::Unreachable),
        (Found::Unlocked { item: false } | Found::Empty, _) | (Found::Locked | Found::NoService { .. } | Found::Hangs, None) => {
            Ok(Key::None)
        }
    }
}

/// Bytes of everything below, links not followed.
fn size(path: &Path) -> u64 {
    let Ok(found) = fs_err::symlink_metadata(path) else { return 0 };
    if !found.is_dir() {
        return found.len();
    }
    let entries = fs_err::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).fold(0, u64::saturating_add)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
