//! Exactly one host per user: it owns the store's writes, the engines and the watch. Everybody else is a face.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_os::{Acquired, Dirs, Environment, HostLock, Listener, OsError};
use canteen_types::{Clock, Coded as _, Remedy};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::call::{Call, UnlockStore};
use crate::client::{self, ClientError};
use crate::events::Events;
use crate::fault::{AppError, fault};
use crate::opening;
use crate::text::Tongue;
use crate::wire::{AppEvent, Fault, Language, Screen, Topic};

/// How long a call waits for a store that is just being opened; the keyring may take ten seconds.
const OPENING: Duration = Duration::from_secs(15);
/// How often a locked keyring is looked at again.
const RETRY: Duration = Duration::from_secs(30);
/// How long a headless host may take to let its place go.
const HAND_OVER: Duration = Duration::from_secs(10);
/// How often the place is tried meanwhile.
const STEP: Duration = Duration::from_millis(50);
/// How often whoever has it is asked meanwhile.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// A headless host that a command line started ends when nobody has needed it for so long.
const HEADLESS_IDLE: Duration = Duration::from_secs(30 * 60);

/// What kind of host this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// The tray app: it can open a window and keeps its place.
    Tray,
    /// `canteen serve`: it makes room for the tray app.
    Headless,
    /// As headless, started by a command line: it also ends when nobody has needed it for half an hour.
    UntilIdle,
}

impl HostKind {
    /// As faces show it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tray => "tray",
            Self::Headless | Self::UntilIdle => "headless",
        }
    }
}

/// How a start went.
#[derive(Debug)]
pub enum Beginning {
    /// This process is the host now.
    Host(Arc<Host>),
    /// Another one is, and was asked to show itself.
    ShownElsewhere,
}

#[derive(Clone, Debug)]
enum Opening {
    Working,
    Open(Arc<App>),
    Waiting(Fault),
}

/// The host of this user.
#[derive(Debug)]
pub struct Host {
    kind: HostKind,
    environment: Environment,
    dirs: Dirs,
    clock: Arc<dyn Clock>,
    events: Events,
    opening: watch::Sender<Opening>,
    passphrase: Mutex<Option<UnlockStore>>,
    retry: Notify,
    ended: CancellationToken,
    /// Held for life; the file is never deleted.
    _lock: HostLock,
}

/// Takes the host's place, or makes the one that has it show itself. Returns before the store is open.
///
/// # Errors
/// When the folders cannot be made private, or a headless host does not let go.
pub async fn begin(environment: &Environment, kind: HostKind) -> Result<Beginning, AppError> {
    begin_at(environment, kind, None).await
}

/// As [`begin`]; a host that has the place already and a window opens it at this page.
///
/// # Errors
/// As [`begin`].
pub async fn begin_at(environment: &Environment, kind: HostKind, page: Option<Screen>) -> Result<Beginning, AppError> {
    let dirs = Dirs::of(environment)?;
    for folder in [&dirs.data, &dirs.state, &dirs.runtime] {
        canteen_os::secure_folder(folder)?;
    }
    let lock = match HostLock::acquire(&dirs.runtime)? {
        Acquired::Held(lock) => lock,
        Acquired::Taken => match replace(environment, &dirs, kind, page).await? {
            Some(lock) => lock,
            None => return Ok(Beginning::ShownElsewhere),
        },
    };
    let listener = Listener::bind(&lock)?;
    let host = Arc::new(Host {
        kind,
        environment: environment.clone(),
        dirs,
        clock: Arc::new(canteen_os::SystemClock),
        events: Events::default(),
        opening: watch::Sender::new(Opening::Working),
        passphrase: Mutex::default(),
        retry: Notify::new(),
        ended: CancellationToken::new(),
        _lock: lock,
    });
    tokio::spawn(crate::server::serve(Arc::clone(&host), listener));
    tokio::spawn(Arc::clone(&host).keep_opening());
    if kind == HostKind::UntilIdle {
        tokio::spawn(Arc::clone(&host).end_when_idle());
    }
    Ok(Beginning::Host(host))
}

/// Against a tray host: show its window. The desktop takes a headless host's place; a second headless one has nothing to do.
///
/// A command line may start the next headless host before this one is here, so it is asked again and again, whoever it is.
async fn replace(
    environment: &Environment,
    dirs: &Dirs,
    kind: HostKind,
    page: Option<Screen>,
) -> Result<Option<HostLock>, AppError> {
    let begun = Instant::now();
    let mut ask = begun;
    loop {
        if Instant::now() >= ask {
            ask = Instant::now() + ASK_AGAIN;
            if !lets_go(environment, kind, page.clone()).await? {
                return Ok(None);
            }
        }
        if let Acquired::Held(lock) = HostLock::acquire(&dirs.runtime)? {
            return Ok(Some(lock));
        }
        if begun.elapsed() > HAND_OVER {
            return Err(AppError::KeepsPlace);
        }
        tokio::time::sleep(STEP).await;
    }
}

/// Whether to wait for the place: the host that has it was asked to go, or goes already. `false` where it is to stay.
async fn lets_go(environment: &Environment, kind: HostKind, page: Option<Screen>) -> Result<bool, AppError> {
    let mut client = match client::connect(environment).await {
        Ok(Some(client)) => client,
        // It holds the lock and does not listen yet, or no more; or it ended in the middle of its greeting.
        Ok(None) | Err(ClientError::Gone | ClientError::Socket(_)) => return Ok(true),
        Err(error) => return Err(unreachable_host(error)),
    };
    let tray = client.host() == HostKind::Tray.word();
    let answer = match (kind, tray) {
        (HostKind::Tray, true) => client.call::<()>(Call::ShowWindow(page)).await.map(|()| false),
        (HostKind::Tray, false) => client.call::<()>(Call::HandOver).await.map(|()| true),
        (HostKind::Headless | HostKind::UntilIdle, _) => Ok(false),
    };
    match answer {
        Err(ClientError::Gone | ClientError::Socket(_)) => Ok(true),
        other => other.map_err(unreachable_host),
    }
}

fn unreachable_host(error: ClientError) -> AppError {
    if let ClientError::Fault(fault) = error { AppError::Told(fault) } else { AppError::Internal(error.into()) }
}

impl Host {
    /// What kind of host this is.
    #[must_use]
    pub const fn kind(&self) -> HostKind {
        self.kind
    }

    /// The system's language: what is spoken before the store, which knows the person's choice, is open.
    #[must_use]
    pub fn tongue(&self) -> Tongue {
        Tongue::of(Language::System, canteen_os::system_language(&self.environment).as_deref())
    }

    /// Where the web view keeps what it must keep: below Canteen's own folders, so that it goes with them.
    #[must_use]
    pub fn window_folder(&self) -> PathBuf {
        self.dirs.state.join("window")
    }

    /// Where the tray's picture lies for the panel.
    #[must_use]
    pub fn tray_folder(&self) -> PathBuf {
        self.dirs.runtime.join("tray")
    }

    /// The one channel to every face.
    #[must_use]
    pub const fn events(&self) -> &Events {
        &self.events
    }

    /// The open app. Waits while the store is being opened, at most 15 seconds.
    ///
    /// # Errors
    /// What keeps the store closed, with what to do.
    pub async fn app(&self) -> Result<Arc<App>, Fault> {
        let mut opening = self.opening.subscribe();
        let settled = opening.wait_for(|opening| !matches!(opening, Opening::Working));
        match tokio::time::timeout(OPENING, settled).await.map(|settled| settled.map(|opening| opening.clone())) {
            Ok(Ok(Opening::Open(app))) => Ok(app),
            Ok(Ok(Opening::Waiting(fault))) => Err(fault),
            Ok(Ok(Opening::Working) | Err(_)) => Err(fault(&AppError::Closing, self.clock.now())),
            Err(_) => Err(fault(&AppError::Os(OsError::KeyringTimedOut { seconds: OPENING.as_secs() }), self.clock.now())),
        }
    }

    /// Opens the store: now allowed to ask for the keyring's password, or with the passphrase given.
    ///
    /// # Errors
    /// What still keeps it closed.
    pub async fn unlock(&self, request: UnlockStore) -> Result<(), Fault> {
        if let Opening::Open(_) = &*self.opening.borrow() {
            return Ok(());
        }
        *self.passphrase.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        self.opening.send_replace(Opening::Working);
        self.retry.notify_one();
        self.app().await.map(drop)
    }

    async fn keep_opening(self: Arc<Self>) {
        loop {
            let unlock = self.passphrase.lock().unwrap_or_else(PoisonError::into_inner).take();
            match opening::open(&self, unlock).await {
                Ok(app) => {
                    self.opening.send_replace(Opening::Open(app));
                    self.events.send(AppEvent::Resync);
                    return;
                }
                Err(error) => {
                    let again = matches!(error.remedy(), Remedy::Unlock | Remedy::Retry);
                    self.opening.send_replace(Opening::Waiting(fault(&error, self.clock.now())));
                    self.events.changed(&[Topic::Status]);
                    tokio::select! {
                        () = self.retry.notified() => {}
                        () = tokio::time::sleep(RETRY), if again => {}
                        () = self.ended.cancelled() => return,
                    }
                }
            }
        }
    }

    async fn end_when_idle(self: Arc<Self>) {
        let mut quiet = Duration::ZERO;
        let step = Duration::from_secs(60);
        let mut events = self.events.listen();
        loop {
            tokio::select! {
                () = self.ended.cancelled() => return,
                event = events.next() => match event {
                    Some(_) => quiet = Duration::ZERO,
                    None => return,
                },
                () = tokio::time::sleep(step) => {
                    let idle = match &*self.opening.borrow() {
                        Opening::Open(app) => app.is_idle(),
                        Opening::Working | Opening::Waiting(_) => true,
                    };
                    quiet = if idle { quiet.saturating_add(step) } else { Duration::ZERO };
                    if quiet >= HEADLESS_IDLE {
                        self.quit();
                    }
                }
            }
        }
    }

    pub(crate) fn show_window(&self, screen: Option<Screen>) -> Result<(), Fault> {
        match self.kind {
            HostKind::Tray => {
                self.events.send(AppEvent::Show { target: screen });
                Ok(())
            }
            HostKind::Headless | HostKind::UntilIdle => Err(fault(&AppError::NoWindow, self.clock.now())),
        }
    }

    /// Whether this host leaves its place to the tray app. The server ends it when the answer is out.
    pub(crate) fn may_hand_over(&self) -> Result<(), Fault> {
        match self.kind {
            HostKind::Headless | HostKind::UntilIdle => Ok(()),
            HostKind::Tray => Err(fault(&AppError::KeepsPlace, self.clock.now())),
        }
    }

    /// Ends the host; the process that holds it closes it.
    pub fn quit(&self) {
        let ended = self.ended.clone();
        self.events.send(AppEvent::Closing);
        tokio::spawn(async move {
            // The faces hear of it first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            ended.cancel();
        });
    }

    /// Waits for the end.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Stops the engines, rests installations, closes the store.
    pub async fn close(&self) {
        self.ended.cancel();
        let app = match &*self.opening.borrow() {
            Opening::Open(app) => Some(Arc::clone(app)),
            Opening::Working | Opening::Waiting(_) => None,
        };
        if let Some(app) = app {
            app.close().await;
        }
    }

    pub(crate) const fn dirs(&self) -> &Dirs {
        &self.dirs
    }

    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }
}
