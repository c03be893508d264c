use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use canteen_types::ByteSize;
use serde::Deserialize;

use crate::FileIdentity;

/// A folder that is looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What people call it: `Ollama`, `Downloads`.
    pub name: String,
    /// The folder; it needs not exist yet.
    pub path: PathBuf,
    /// Folders below it count, too.
    pub recursive: bool,
}

/// What to watch.
#[derive(Clone)]
pub struct WatchConfig {
    /// Where.
    pub places: Vec<Place>,
    /// Smaller files are not opened.
    pub minimum_size: ByteSize,
    /// Whether Canteen's own models lie there: left out. Asked each time, because the person may move them.
    pub is_own: Arc<dyn Fn(&Path) -> bool + Send + Sync>,
    /// Processes of ours that hold weights: left out. Asked at each look.
    pub ignore_pids: Arc<dyn Fn() -> Vec<u32> + Send + Sync>,
    /// Whether the digest of this file is still wanted; `false` when it is known.
    pub needs_digest: Arc<dyn Fn(&FileIdentity) -> bool + Send + Sync>,
    /// What an earlier look found in exactly this file; asked before a large file is opened.
    pub known: Arc<dyn Fn(&FileIdentity) -> Earlier + Send + Sync>,
    /// Folders that are not looked through. Asked at each look.
    pub excluded: Arc<dyn Fn() -> Vec<PathBuf> + Send + Sync>,
    /// The home folder, looked through slowly; `None`: it is not.
    pub home: Option<HomeLook>,
}

/// What an earlier look found in exactly this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Weights, all there.
    Weights,
    /// Nothing of interest.
    NoWeights,
    /// It was not looked into, or has changed since.
    Unknown,
}

/// The slow look through the home folder.
#[derive(Clone)]
pub struct HomeLook {
    /// The home folder.
    pub root: PathBuf,
    /// Where an earlier one was cut off: [`crate::HomeStep::position`].
    pub from: Option<PathBuf>,
    /// Weights that earlier sessions found outside the places: those that stand are watched from the first moment.
    pub weights: Vec<(PathBuf, FileIdentity)>,
    /// Whether it may go on now; `false` while the computer runs on its battery, say. A look that the person asks for goes on.
    pub may_go_on: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl WatchConfig {
    /// These places and nothing else: nothing is left out, nothing is known, every digest is wanted.
    #[must_use]
    pub fn of(places: Vec<Place>, minimum_size: ByteSize) -> Self {
        Self {
            places,
            minimum_size,
            is_own: Arc::new(|_| false),
            ignore_pids: Arc::new(Vec::new),
            needs_digest: Arc::new(|_| true),
            known: Arc::new(|_| Earlier::Unknown),
            excluded: Arc::new(Vec::new),
            home: None,
        }
    }
}

/// What people call the folder of a file that lies in none of the places.
pub(crate) fn place_name(path: &Path) -> String {
    path.parent().and_then(Path::file_name).map_or_else(|| "/".into(), |name| name.to_string_lossy().into_owned())
}

impl fmt::Debug for WatchConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchConfig")
            .field("places", &self.places)
            .field("minimum_size", &self.minimum_size)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stores {
    schema: u32,
    store: Vec<Store>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Store {
    name: String,
    #[serde(default)]
    linux: Vec<String>,
    #[serde(default)]
    macos: Vec<String>,
    #[serde(default)]
    windows: Vec<String>,
    variable: Option<String>,
    below: Option<String>,
}

fn stores() -> Vec<Store> {
    // The text is part of the program and a test reads it; were it broken, Downloads is still watched.
    let stores = toml::from_str::<Stores>(include_str!("../data/stores.toml")).ok().filter(|stores| stores.schema == 1);
    stores.map(|stores| stores.store).unwrap_or_default()
}

/// The stores of known runners and the downloads folder. `variables` are those that move a store, by name.
#[must_use]
pub fn known_places(home: &Path, downloads: &Path, variables: &BTreeMap<String, PathBuf>) -> Vec<Place> {
    let mut places = vec![Place { name: "Downloads".into(), path: downloads.to_owned(), recursive: true }];
    for store in stores() {
        let moved = store.variable.as_ref().and_then(|name| variables.get(name)).map(|path| match &store.below {
            Some(below) => path.join(below),
            None => path.clone(),
        });
        let usual = [(&store.linux, "linux"), (&store.macos, "macos"), (&store.windows, "windows")]
            .into_iter()
            .filter(|(_, os)| *os == std::env::consts::OS)
            .flat_map(|(paths, _)| paths.iter().map(|path| below_home(home, path)));
        for path in moved.into_iter().chain(usual) {
            if !places.iter().any(|place| place.path == path) {
                places.push(Place { name: store.name.clone(), path, recursive: true });
            }
        }
    }
    places
}

fn below_home(home: &Path, path: &str) -> PathBuf {
    path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |rest| home.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_stores_is_whole() {
        let stores: Stores = toml::from_str(include_str!("../data/stores.toml")).unwrap();
        assert_eq!(stores.schema, 1);
        for store in stores.store {
            assert!(store.variable.is_some() || !store.linux.is_empty(), "{}", store.name);
        }
    }

    #[test]
    fn a_variable_moves_a_store_and_the_usual_place_stays_watched() {
        let variables = [("OLLAMA_MODELS".to_owned(), PathBuf::from("/big/models"))].into();
        let places = known_places(Path::new("/home/ada"), Path::new("/home/ada/Downloads"), &variables);
        let ollama: Vec<_> = places.iter().filter(|place| place.name == "Ollama").map(|place| place.path.clone()).collect();
        assert!(ollama.contains(&PathBuf::from("/big/models/blobs")));
        assert!(ollama.contains(&PathBuf::from("/home/ada/.ollama/models/blobs")));
    }
}
