//! macOS and Windows: the places are looked through on an interval. Who holds a file is not known there yet, and the person is
//! told so.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;

use crate::config::place_name;
use crate::home::{Found, Home, Why};
use crate::observation::{BlindSpot, Observation, WatchError};
use crate::recognise::{Candidate, Recognised, look};
use crate::sensor::{Births, Capabilities, Holders, Opens, Sensor};
use crate::{Earlier, FileIdentity, WatchConfig, hasher, sweep};

const INTERVAL: Duration = Duration::from_secs(60);

/// Files of the home folder that are looked at in each round.
const MOST_IN_HOME: usize = 10_000;
/// Files that are no weights, in one word.
const MOST_TOLD: usize = 1024;

/// Leads the thread that looks.
#[derive(Debug)]
struct Polling {
    wake: SyncSender<()>,
    asked: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
}

impl Sensor for Polling {
    fn capabilities(&self) -> Capabilities {
        let latency_seconds = u32::try_from(INTERVAL.as_secs()).unwrap_or(u32::MAX);
        Capabilities { births: Births::None, opens: Opens::None, holders: Holders::None, latency_seconds }
    }

    fn rescan(&self) {
        self.asked.store(true, Ordering::Relaxed);
        // Full means that it wakes already.
        let _full = self.wake.try_send(());
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.rescan();
    }
}

pub(crate) fn start(
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    let (wake, woken) = sync_channel(1);
    let asked = Arc::new(AtomicBool::new(true));
    let waking = wake.clone();
    let mut home = Home::new(config.clone(), Arc::clone(&clock), Arc::new(move || drop(waking.try_send(()))));
    let is_asked = Arc::clone(&asked);
    let stop = Arc::new(AtomicBool::new(false));
    let digests = hasher::start(sink.clone(), Arc::clone(&stop))?;
    let stopping = Arc::clone(&stop);
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        let mut known: HashSet<FileIdentity> = HashSet::new();
        let mut others: HashSet<FileIdentity> = HashSet::new();
        // What was found in the home folder, and how people call that place.
        let mut in_home: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut why = Some(Why::Due);
        let mut gone = sink.send(Observation::Blind(BlindSpot::NoHolders)).is_err();
        for (path, identity) in home.known_weights() {
            if fs_err::symlink_metadata(&path).is_ok_and(|metadata| FileIdentity::of(&metadata) == identity) {
                known.insert(identity);
                in_home.insert(path.clone(), place_name(&path));
                gone |= sink.send(Observation::Again { identity, path, at: clock.now() }).is_err();
            }
        }
        is_asked.store(false, Ordering::Relaxed);
        while !gone && !stopping.load(Ordering::Relaxed) {
            let mut found = sweep::Found::default();
            for (done, place) in config.places.iter().enumerate() {
                gone |= sink.send(sweep::step(&config.places, done)).is_err();
                sweep::walk(place, &config, (sweep::Bounds::PLACES, &mut found), |_| ());
            }
            gone |= sink.send(sweep::step(&config.places, config.places.len())).is_err();
            found.files.extend(in_home.iter().map(|(path, place)| (path.clone(), place.clone())));
            let mut present = HashSet::new();
            let mut looked = HashSet::new();
            for (path, place) in found.files {
                // What is known is not opened again.
                let Ok(identity) = fs_err::metadata(&path).map(|metadata| FileIdentity::of(&metadata)) else { continue };
                if known.contains(&identity) {
                    present.insert(identity);
                    continue;
                }
                if others.contains(&identity) || (config.known)(&identity) == Earlier::NoWeights {
                    looked.insert(identity);
                    continue;
                }
                let candidate = Candidate { path: &path, place: &place, least: config.minimum_size };
                let seen = match look(candidate, clock.now()) {
                    Recognised::Weights(seen) => seen,
                    Recognised::No(other) => {
                        looked.extend(other);
                        continue;
                    }
                    Recognised::Beginning(_) => continue,
                };
                present.insert(seen.identity);
                let identity = seen.identity;
                if known.insert(identity) {
                    // Told of first: a digest of something that nobody has heard of is lost.
                    gone |= sink.send(Observation::Seen(seen)).is_err();
                    if (config.needs_digest)(&identity) {
                        digests.take(identity, &path);
                    }
                }
            }
            let told: Vec<FileIdentity> = looked.iter().filter(|file| why.is_some() || !others.contains(file)).copied().collect();
            for files in told.chunks(MOST_TOLD) {
                gone |= sink.send(Observation::NoWeights { files: files.to_vec() }).is_err();
            }
            others = looked;
            for identity in known.extract_if(|identity| !present.contains(identity)).collect::<Vec<_>>() {
                // Told of already, under its new name.
                if present.iter().any(|file| identity.differs_in_entry_at_most(file)) {
                    continue;
                }
                gone |= sink.send(Observation::Gone { identity }).is_err();
            }
            gone |= sink.send(Observation::SweepDone { files: found.considered, at: clock.now() }).is_err();
            if let Some(why) = why.take() {
                home.want(why);
            }
            let until = clock.monotonic() + INTERVAL;
            while why.is_none() && !gone && !stopping.load(Ordering::Relaxed) {
                for found in home.take() {
                    gone |= match found {
                        Found::Weights(seen) if in_home.len() < MOST_IN_HOME && known.insert(seen.identity) => {
                            let (identity, path) = (seen.identity, seen.path.clone());
                            in_home.insert(path.clone(), seen.place.clone());
                            let gone = sink.send(Observation::Seen(seen)).is_err();
                            if (config.needs_digest)(&identity) {
                                digests.take(identity, &path);
                            }
                            gone
                        }
                        Found::Again(path, identity) if in_home.len() < MOST_IN_HOME && known.insert(identity) => {
                            in_home.insert(path.clone(), place_name(&path));
                            sink.send(Observation::Again { identity, path, at: clock.now() }).is_err()
                        }
                        // What is on its way is there in a later look.
                        Found::Weights(_) | Found::Again(..) | Found::Perhaps(_) => false,
                        Found::Said(observation) => sink.send(observation).is_err(),
                    };
                }
                let rest = until.saturating_sub(clock.monotonic());
                if is_asked.swap(false, Ordering::Relaxed) {
                    why = Some(Why::Asked);
                } else if home.is_due(clock.monotonic()) {
                    why = Some(Why::Due);
                } else if rest.is_zero() {
                    break;
                } else if let Err(RecvTimeoutError::Disconnected) = woken.recv_timeout(rest) {
                    return;
                }
            }
        }
    })?;
    Ok(Polling { wake, asked, stop })
}
