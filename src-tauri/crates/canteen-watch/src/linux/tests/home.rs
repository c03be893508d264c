//! The home folder: what is found in it, how it is gone on with, and what is not touched.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::{Earlier, FileIdentity, HomeLook, HomeState, HomeStep, SeenFile};

fn identity(path: &Path) -> FileIdentity {
    FileIdentity::of(&fs_err::symlink_metadata(path).unwrap())
}

fn look(root: &Path) -> HomeLook {
    HomeLook { root: root.to_owned(), from: None, weights: Vec::new(), may_go_on: Arc::new(|| true) }
}

/// Places as on any computer, and the home folder around them.
fn config(home: &Path) -> WatchConfig {
    let places = vec![Place { name: "Downloads".into(), path: home.join("Downloads"), recursive: true }];
    WatchConfig { home: Some(look(home)), needs_digest: Arc::new(|_| false), ..WatchConfig::of(places, ByteSize::new(LEAST)) }
}

/// What one look tells, until `ends`.
#[derive(Default)]
struct Told {
    seen: Vec<SeenFile>,
    again: Vec<PathBuf>,
    no_weights: Vec<FileIdentity>,
    steps: Vec<HomeStep>,
}

impl Told {
    fn until(observations: &Receiver<Observation>, ends: impl Fn(&HomeStep) -> bool) -> Self {
        let mut told = Self::default();
        loop {
            let observation = observations.recv_timeout(Duration::from_secs(60)).expect("an end");
            if let Observation::Seen(file) = observation {
                told.seen.push(*file);
            } else if let Observation::Again { path, .. } = observation {
                told.again.push(path);
            } else if let Observation::NoWeights { files } = observation {
                told.no_weights.extend(files);
            } else if let Observation::Home(step) = observation {
                told.steps.push(step);
                if told.steps.last().is_some_and(&ends) {
                    return told;
                }
            }
        }
    }

    fn whole(observations: &Receiver<Observation>) -> Self {
        Self::until(observations, |step| matches!(step.state, HomeState::Through { .. }))
    }

    /// Those of the scene: programs of this computer hold large files, too.
    fn no_weights(&self, of: &HashSet<FileIdentity>) -> HashSet<FileIdentity> {
        self.no_weights.iter().filter(|file| of.contains(file)).copied().collect()
    }

    fn names(&self, home: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            self.seen.iter().filter_map(|file| Some(file.path.strip_prefix(home).ok()?.display().to_string())).collect();
        names.sort();
        names
    }
}

/// Some thousands of files, most of them small; a few models, none under its own name.
fn thousands(home: &Path) -> HashSet<FileIdentity> {
    let mut large = HashSet::new();
    for number in 0..1500 {
        let folder = home.join(format!("work/{}/{number}", number % 40));
        (0..3).for_each(|n| write(&folder.join(format!("{n}.txt")), b"a letter"));
        if number % 50 == 7 {
            let sparse = folder.join("zeros.gguf");
            fs_err::File::create(&sparse).unwrap().set_len(3 * LEAST).unwrap();
            large.insert(identity(&sparse));
        }
    }
    write(&home.join("work/3/3/holiday.mp4"), &gguf(2 * LEAST, 1));
    write(&home.join("zz/thesis.docx"), &gguf(2 * LEAST, 2));
    write(&home.join(".cache/blob"), &gguf(2 * LEAST, 3));
    write(&home.join("work/small.gguf"), &gguf(100, 4));
    large
}

#[test]
fn models_are_found_by_content_among_thousands_of_files_and_a_name_makes_none() {
    let home = tempfile::tempdir().unwrap();
    let large = thousands(home.path());
    let (sink, observations) = sync_channel(10_000);
    let _watch = start(config(home.path()), real(), sink).unwrap();
    let told = Told::whole(&observations);
    assert_eq!(told.names(home.path()), [".cache/blob", "work/3/3/holiday.mp4", "zz/thesis.docx"]);
    assert_eq!(told.no_weights(&large), large);
    let last = told.steps.last().unwrap();
    assert_eq!((last.percent, last.files), (100, 4500 + 4 + large.len() as u64));
    assert!(told.steps.iter().filter(|step| step.position.is_some()).count() >= 2, "said in parts");
    assert!(told.steps.is_sorted_by_key(|step| step.percent));
}

#[test]
fn ended_in_the_middle_the_next_one_goes_on_there() {
    let home = tempfile::tempdir().unwrap();
    let large = thousands(home.path());
    let (sink, observations) = sync_channel(0);
    let watch = start(config(home.path()), real(), sink).unwrap();
    let before = Told::until(&observations, |step| step.position.is_some());
    drop((watch, observations));
    let from = before.steps.last().unwrap().position.clone();
    assert!(before.no_weights(&large).len() < large.len(), "it was the middle");

    let (sink, observations) = sync_channel(10_000);
    let mut config = config(home.path());
    config.home = Some(HomeLook { from, ..look(home.path()) });
    let _watch = start(config, real(), sink).unwrap();
    let after = Told::whole(&observations);
    let (first, second) = (before.no_weights(&large), after.no_weights(&large));
    assert!(!first.is_empty() && first.is_disjoint(&second), "nothing was read twice");
    assert_eq!(first.union(&second).copied().collect::<HashSet<_>>(), large, "and nothing was left out");
    let mut names = [before.names(home.path()), after.names(home.path())].concat();
    names.sort();
    assert_eq!(names, [".cache/blob", "work/3/3/holiday.mp4", "zz/thesis.docx"]);
}

#[test]
fn what_is_known_is_not_opened_and_what_changed_is() {
    let home = tempfile::tempdir().unwrap();
    for (name, seed) in [("weights", 1), ("taken for nothing", 2), ("changed", 3)] {
        write(&home.path().join(name), &gguf(2 * LEAST, seed));
    }
    let known = [("weights", Earlier::Weights), ("taken for nothing", Earlier::NoWeights), ("changed", Earlier::NoWeights)]
        .map(|(name, what)| (identity(&home.path().join(name)), what));
    write(&home.path().join("changed"), &gguf(2 * LEAST, 4));
    let (sink, observations) = sync_channel(1000);
    let knows = move |file: &FileIdentity| known.iter().find(|(one, _)| one == file).map_or(Earlier::Unknown, |(_, what)| *what);
    let _watch = start(WatchConfig { known: Arc::new(knows), ..config(home.path()) }, real(), sink).unwrap();
    let told = Told::whole(&observations);
    assert_eq!(told.names(home.path()), ["changed"]);
    assert_eq!(told.again, [home.path().join("weights")]);
    let there = HashSet::from([identity(&home.path().join("taken for nothing"))]);
    assert_eq!(told.no_weights(&there), there, "it is still there");
}

#[test]
fn weights_of_earlier_sessions_are_watched_from_the_first_moment() {
    let home = tempfile::tempdir().unwrap();
    let (there, gone) = (home.path().join("a/film"), home.path().join("a/gone"));
    write(&there, &gguf(2 * LEAST, 5));
    write(&gone, &gguf(2 * LEAST, 6));
    let weights = [&there, &gone].map(|path| (path.clone(), identity(path))).to_vec();
    fs_err::remove_file(&gone).unwrap();
    let mut config = config(home.path());
    // It never gets to look itself.
    config.home = Some(HomeLook { weights, may_go_on: Arc::new(|| false), ..look(home.path()) });
    let (sink, observations) = sync_channel(1000);
    let _watch = start(config, real(), sink).unwrap();
    let told = Told::until(&observations, |step| step.state == HomeState::Resting);
    assert_eq!((told.names(home.path()), told.again), (Vec::new(), vec![there.clone()]));
    let user = user_of(&there, "map");
    let held = |observation: &Observation| matches!(observation, Observation::Held { holder, .. } if holder.pid == user.id());
    while !held(&observations.recv_timeout(Duration::from_secs(60)).unwrap()) {}
    end(user);
}

#[test]
fn the_organisation_our_own_folders_links_and_places_are_left_out() {
    let home = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    for name in ["private/x/a", "own/b", "privateer", "Downloads/c", "d"] {
        write(&home.path().join(name), &gguf(2 * LEAST, 7));
    }
    write(&outside.path().join("far"), &gguf(2 * LEAST, 8));
    fs_err::os::unix::fs::symlink(outside.path(), home.path().join("link")).unwrap();
    fs_err::os::unix::fs::symlink(outside.path().join("far"), home.path().join("link to a file")).unwrap();
    let (own, private) = (home.path().join("own"), home.path().join("private"));
    let (sink, observations) = sync_channel(1000);
    let config = WatchConfig {
        is_own: Arc::new(move |path| path.starts_with(&own)),
        excluded: Arc::new(move || vec![private.clone()]),
        ..config(home.path())
    };
    let watch = start(config, real(), sink).unwrap();
    let told = Told::whole(&observations);
    assert_eq!(told.names(home.path()), ["Downloads/c", "d", "privateer"]);
    assert_eq!(told.names(outside.path()), Vec::<String>::new());
    watch.rescan();
    assert_eq!(Told::whole(&observations).names(home.path()), Vec::<String>::new(), "all is known by now");
}

#[test]
fn more_weights_that_come_to_where_some_lie_are_noticed() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("deep/er/first"), &gguf(2 * LEAST, 9));
    let (sink, observations) = sync_channel(1000);
    let _watch = start(config(home.path()), real(), sink).unwrap();
    assert_eq!(Told::whole(&observations).names(home.path()), ["deep/er/first"]);
    write(&home.path().join("deep/er/second"), &gguf(2 * LEAST, 10));
    loop {
        if let Observation::Seen(file) = observations.recv_timeout(Duration::from_secs(60)).unwrap()
            && file.path.starts_with(home.path())
        {
            assert_eq!((file.path.file_name().unwrap().to_str(), file.place.as_str()), (Some("second"), "er"));
            return;
        }
    }
}

#[test]
fn it_rests_while_it_may_not_go_on_and_whoever_asks_does_not_wait_for_that() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("a"), &gguf(2 * LEAST, 11));
    let mut config = config(home.path());
    config.home = Some(HomeLook { may_go_on: Arc::new(|| false), ..look(home.path()) });
    let (sink, observations) = sync_channel(1000);
    let watch = start(config, real(), sink).unwrap();
    let told = Told::until(&observations, |step| step.state == HomeState::Resting);
    assert_eq!(told.names(home.path()), Vec::<String>::new());
    watch.rescan();
    assert_eq!(Told::whole(&observations).names(home.path()), ["a"]);
}

#[test]
fn a_look_that_is_held_up_does_not_keep_the_watch_from_ending() {
    let home = tempfile::tempdir().unwrap();
    thousands(home.path());
    let (sink, observations) = sync_channel(0);
    let alive = Arc::new(Mutex::new(()));
    let over = Arc::new(AtomicBool::new(false));
    let mut config = config(home.path());
    let (held, rests) = (Arc::clone(&alive), Arc::clone(&over));
    let may_go_on = move || {
        let _alive = &held;
        rests.load(Ordering::Relaxed)
    };
    config.home = Some(HomeLook { may_go_on: Arc::new(may_go_on), ..look(home.path()) });
    let watch = start(config, real(), sink).unwrap();
    Told::until(&observations, |step| step.state == HomeState::Resting);
    drop((watch, observations));
    let clock = real();
    while Arc::strong_count(&alive) > 1 {
        assert!(clock.monotonic() < Duration::from_secs(60), "a thread goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
}
