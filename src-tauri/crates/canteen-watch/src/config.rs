use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use canteen_signatures::Signatures;
use canteen_types::ByteSize;

use crate::FileIdentity;

/// Places that are known by name; whoever signs signatures cannot have more of a disk looked through.
const MOST_KNOWN: usize = 512;

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
    /// Where besides, since more is known than when the watch began. Asked at each look; a place stays one.
    pub more_places: Arc<dyn Fn() -> Vec<Place> + Send + Sync>,
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
            more_places: Arc::new(Vec::new),
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

/// The downloads folder, and where known runners keep weights. `variables` are those that may move a store, by name.
#[must_use]
pub fn known_places(known: &Signatures, (home, downloads): (&Path, &Path), variables: &BTreeMap<String, PathBuf>) -> Vec<Place> {
    let mut places = vec![Place { name: "Downloads".into(), path: downloads.to_owned(), recursive: true }];
    for store in known.stores() {
        let moved = store.variable.and_then(|name| variables.get(name)).map(|path| match store.below {
            Some(below) => path.join(below),
            None => path.clone(),
        });
        let usual = store.folders.iter().map(|folder| below_home(home, folder));
        // A variable may hold anything: the home itself, and all that lies around it, is no store.
        for path in moved.into_iter().chain(usual).filter(|path| !home.starts_with(path)) {
            if places.len() < MOST_KNOWN && !places.iter().any(|place| place.path == path) {
                places.push(Place { name: store.name.to_owned(), path, recursive: true });
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
    fn a_variable_moves_a_store_and_the_usual_place_stays_watched() {
        let variables = [("OLLAMA_MODELS".to_owned(), PathBuf::from("/big/models"))].into();
        let folders = (Path::new("/home/ada"), Path::new("/home/ada/Downloads"));
        let places = known_places(&Signatures::built_in(), folders, &variables);
        let ollama: Vec<_> = places.iter().filter(|place| place.name == "Ollama").map(|place| place.path.clone()).collect();
        assert!(ollama.contains(&PathBuf::from("/big/models/blobs")));
        assert!(ollama.contains(&PathBuf::from("/home/ada/.ollama/models/blobs")));
    }

    #[test]
    fn neither_a_variable_nor_a_long_list_has_everything_looked_through() {
        let folders = (Path::new("/home/ada"), Path::new("/home/ada/Downloads"));
        for around in ["/", "/home", "/home/ada"] {
            let variables = [("HF_HUB_CACHE".to_owned(), PathBuf::from(around))].into();
            let places = known_places(&Signatures::built_in(), folders, &variables);
            assert!(!places.iter().any(|place| place.path == Path::new(around)), "{around}");
        }
        let store = |runner, store| {
            let paths: Vec<String> = (0..16).map(|n| format!("\"~/{runner}/{store}/{n}\"")).collect();
            let paths = format!("[{}]", paths.join(","));
            format!("[[runner.store]]\nlinux = {paths}\nmacos = {paths}\nwindows = {paths}\n")
        };
        let runner = |n| {
            let stores: String = (0..16).map(|store_at| store(n, store_at)).collect();
            format!("[[runner]]\nid = \"r{n}\"\nname = \"R\"\nsource = \"x\"\n{stores}")
        };
        let text = format!("format = 1\nversion = 1\n{}", (0..8).map(runner).collect::<String>());
        assert_eq!(known_places(&Signatures::read(&text).unwrap(), folders, &BTreeMap::new()).len(), MOST_KNOWN);
    }
}
