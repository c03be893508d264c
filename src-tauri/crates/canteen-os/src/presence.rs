use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::Environment;

#[cfg(target_os = "linux")]
#[path = "presence/linux/mod.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "presence/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "presence/windows.rs"]
mod system;

/// Longest wait for a look: a desktop that hangs holds no decision up.
const LIMIT: Duration = Duration::from_secs(6);

/// What the person is doing, as far as a notification would disturb it. `None`: this system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// *Do Not Disturb*, *Focus*.
    pub do_not_disturb: Option<bool>,
    /// A program fills a screen, in sight.
    pub full_screen: Option<bool>,
    /// The screen is shared or recorded.
    pub screen_shared: Option<bool>,
    /// A camera is in use.
    pub camera: Option<bool>,
    /// A microphone is in use.
    pub microphone: Option<bool>,
}

/// Senses what the person is doing, from what the system tells any program. No device is opened, no picture and no sound is
/// looked at, and no program is named: five answers come out.
#[derive(Clone, Debug)]
pub struct Senses {
    sources: system::Sources,
    looking: Arc<AtomicBool>,
}

impl Senses {
    /// With the display and the folders of this environment.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        Self { sources: system::Sources::of(environment), looking: Arc::default() }
    }

    /// How it is now. Waits at most 6 s; what did not answer by then is not known, and is not asked again before it has.
    #[must_use]
    pub fn look(&self) -> Presence {
        if self.looking.swap(true, Ordering::AcqRel) {
            return Presence::default();
        }
        let (tell, told) = mpsc::sync_channel(1);
        let (sources, looking) = (self.sources.clone(), Arc::clone(&self.looking));
        let started = std::thread::Builder::new().name("canteen-presence".into()).spawn(move || {
            let ends = Ends(looking);
            let presence = system::look(&sources);
            drop(ends);
            if tell.send(presence).is_err() {
                tracing::debug!("what the person is doing was found out too late");
            }
        });
        if let Err(error) = started {
            tracing::warn!(%error, "what the person is doing cannot be looked at");
            self.looking.store(false, Ordering::Release);
        }
        told.recv_timeout(LIMIT).unwrap_or_default()
    }

    /// Tells once it listens, and then whenever the desktop says that something may have changed. Not every system and not
    /// every sense does; waits for ever where none does.
    pub async fn follow(&self, tell: impl Fn() + Send + Sync) {
        if let Err(error) = system::follow(&tell).await {
            tracing::info!(%error, "changes of what the person is doing are not told");
        }
        std::future::pending().await
    }
}

/// Also when a look panics.
struct Ends(Arc<AtomicBool>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Tells when the computer has woken from suspend. Waits for ever where nobody says so: whoever waits for a time compares the
/// clock, too.
pub async fn follow_wake(tell: impl Fn() + Send + Sync) {
    if let Err(error) = system::follow_wake(&tell).await {
        tracing::info!(%error, "the end of a suspend is not told");
    }
    std::future::pending().await
}
