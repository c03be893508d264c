//! macOS and Windows: the places are looked through on an interval. Who holds a file is not known there yet, and the person is
//! told so.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;

use crate::observation::{BlindSpot, Observation, WatchError};
use crate::recognise::{Candidate, Recognised, look};
use crate::sensor::{Births, Capabilities, Holders, Opens, Sensor};
use crate::{FileIdentity, WatchConfig, hasher, sweep};

const INTERVAL: Duration = Duration::from_secs(60);

/// Leads the thread that looks.
#[derive(Debug)]
struct Polling {
    rescan: SyncSender<()>,
    stop: Arc<AtomicBool>,
}

impl Sensor for Polling {
    fn capabilities(&self) -> Capabilities {
        let latency_seconds = u32::try_from(INTERVAL.as_secs()).unwrap_or(u32::MAX);
        Capabilities { births: Births::None, opens: Opens::None, holders: Holders::None, latency_seconds }
    }

    fn rescan(&self) {
        // Full means that a look is due already.
        let _full = self.rescan.try_send(());
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.rescan();
    }
}

pub(crate) fn start(
    mut config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    let (rescan, wanted) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let digests = hasher::start(sink.clone(), Arc::clone(&stop))?;
    let stopping = Arc::clone(&stop);
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        let mut known: HashSet<FileIdentity> = HashSet::new();
        let mut others: HashSet<FileIdentity> = HashSet::new();
        let mut gone = sink.send(Observation::Blind(BlindSpot::NoHolders)).is_err();
        while !gone && !stopping.load(Ordering::Relaxed) {
            for place in (config.more_places)() {
                if !config.places.contains(&place) {
                    config.places.push(place);
                }
            }
            let mut found = sweep::Found::default();
            for (done, place) in config.places.iter().enumerate() {
                gone |= sink.send(sweep::step(&config.places, done)).is_err();
                sweep::walk(place, &config, (sweep::Bounds::PLACES, &mut found), |_| ());
            }
            gone |= sink.send(sweep::step(&config.places, config.places.len())).is_err();
            let mut present = HashSet::new();
            let mut looked = HashSet::new();
            for (path, place) in found.files {
                // What is known is not opened again.
                let Ok(identity) = fs_err::metadata(&path).map(|metadata| FileIdentity::of(&metadata)) else { continue };
                if known.contains(&identity) {
                    present.insert(identity);
                    continue;
                }
                if others.contains(&identity) {
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
            others = looked;
            for identity in known.extract_if(|identity| !present.contains(identity)).collect::<Vec<_>>() {
                // Told of already, under its new name.
                if present.iter().any(|file| identity.differs_in_entry_at_most(file)) {
                    continue;
                }
                gone |= sink.send(Observation::Gone { identity }).is_err();
            }
            gone |= sink.send(Observation::SweepDone { files: found.considered, at: clock.now() }).is_err();
            if let Err(RecvTimeoutError::Disconnected) = wanted.recv_timeout(INTERVAL) {
                return;
            }
        }
    })?;
    Ok(Polling { rescan, stop })
}
