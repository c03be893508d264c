use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use super::memory::Memory;
use super::note::{Daemon, Note, Outcome};
use super::system;
use crate::OsError;

/// Longest wait for the notification service.
const LIMIT: Duration = Duration::from_secs(3);

/// What the thread of a note may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Take it off the screen.
    Close,
    /// Another note took its place on the screen: stop listening.
    Forget,
}

/// A note as its thread reports it once it is on the screen.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// The service's own number for it, where it has one.
    pub(super) number: Option<u32>,
    /// Which service that is, where its numbers outlive this process.
    pub(super) service: Option<String>,
    /// Whether it has its buttons.
    pub(super) buttons: bool,
}

pub(super) type Orders = tokio::sync::mpsc::UnboundedReceiver<Order>;

/// A note with all that its thread needs.
pub(super) struct Errand {
    pub(super) app_name: String,
    pub(super) note: Note,
    /// Number of the note to replace.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux numbers its notes"))]
    pub(super) replaces: Option<u32>,
    pub(super) orders: Orders,
    pub(super) shown: mpsc::SyncSender<Result<Shown, OsError>>,
}

struct Open {
    number: Option<u32>,
    serial: u64,
    orders: tokio::sync::mpsc::UnboundedSender<Order>,
}

#[derive(Default)]
struct Board {
    open: HashMap<String, Open>,
    serial: u64,
    memory: Memory,
}

impl Board {
    /// Of the note with this key on the screen, shown by this host or an earlier one.
    fn number(&self, key: &str) -> Option<u32> {
        self.open.get(key).and_then(|open| open.number).or_else(|| self.memory.number(key))
    }

    /// The note of this thread is gone; a later one of the same key may stand in its place.
    fn ended(&mut self, key: &str, serial: u64) {
        if self.open.get(key).is_some_and(|open| open.serial == serial)
            && let Some(number) = self.open.remove(key).and_then(|open| open.number)
        {
            self.memory.remove(key, number);
        }
    }
}

/// Shows notes and reports what became of them. Each note has a plain thread of its own; no call takes longer than about 3 s.
#[derive(Clone)]
pub struct Notifier {
    app_name: String,
    board: Arc<Mutex<Board>>,
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier").field("app_name", &self.app_name).finish_non_exhaustive()
    }
}

/// A note on the screen. Dropping it leaves the note there.
#[derive(Debug, Clone)]
pub struct NoteHandle {
    key: String,
    buttons: bool,
    orders: tokio::sync::mpsc::UnboundedSender<Order>,
}

impl NoteHandle {
    /// The note's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the person sees the buttons. If not, the note asks to open Canteen (`notify.no_actions`).
    #[must_use]
    pub const fn has_buttons(&self) -> bool {
        self.buttons
    }

    /// Takes the note off the screen; its outcome is [`Outcome::Closed`]. Nothing happens when it is gone already.
    ///
    /// # Errors
    /// `os.unsupported` where the system cannot withdraw a note.
    pub fn close(&self) -> Result<(), OsError> {
        system::can_close()?;
        tell(&self.orders, Order::Close);
        Ok(())
    }
}

impl Notifier {
    /// `app_name` is shown beside the notes.
    #[must_use]
    pub fn new(app_name: &str) -> Self {
        Self { app_name: app_name.to_owned(), board: Arc::default() }
    }

    /// Remembers in this file, which should not outlive the session, what stands on the screen, and finds there what an earlier
    /// host left. Asks the service, up to 3 s.
    #[must_use]
    pub fn remembering(self, path: PathBuf) -> Self {
        let (answer, answered) = mpsc::sync_channel(1);
        let asked = start("canteen-notify".into(), move || drop(answer.send(system::service())));
        let service = asked.and_then(|()| wait(&answered)).ok().flatten().unwrap_or_default();
        self.board().memory = Memory::of(path, &service);
        self
    }

    /// Takes up the note with this key that an earlier host left on the screen: from now on its answers come here, where the
    /// service tells them to everybody, and it can be closed and replaced. `false` where none was left.
    pub fn take_up(&self, key: &str, outcome: impl FnOnce(Outcome) + Send + 'static) -> bool {
        let (orders, received) = tokio::sync::mpsc::unbounded_channel();
        let (number, serial) = {
            let mut board = self.board();
            let number = board.memory.number(key).filter(|_| !board.open.contains_key(key));
            let Some(number) = number else { return false };
            board.serial += 1;
            let serial = board.serial;
            board.open.insert(key.to_owned(), Open { number: Some(number), serial, orders });
            (number, serial)
        };
        self.attend(key, serial, move || system::take_up(number, received), outcome).is_ok()
    }

    /// Takes away what an earlier host left on the screen and nobody took up.
    pub fn clear_left(&self) {
        let left =
            |board: &Board| board.memory.keys().into_iter().filter(|key| !board.open.contains_key(key)).collect::<Vec<_>>();
        let left = left(&self.board());
        for key in left {
            if self.take_up(&key, |_| {})
                && let Err(error) = self.close(&key)
            {
                tracing::info!(%error, "a notification of an earlier host could not be withdrawn");
            }
        }
    }

    /// Who would show a note now. Asks the service, up to 3 s.
    ///
    /// # Errors
    /// `notify.no_daemon`, `notify.timed_out`.
    pub fn available(&self) -> Result<Daemon, OsError> {
        let (answer, answered) = mpsc::sync_channel(1);
        start("canteen-notify".into(), move || drop(answer.send(system::daemon())))?;
        wait(&answered)
    }

    /// Shows the note, up to 3 s. A note of the same key that is still open is replaced and reports [`Outcome::Replaced`].
    /// `outcome` is called once, on the note's own thread; it must not block for long.
    ///
    /// # Errors
    /// `notify.no_daemon`, `notify.timed_out`: nobody saw it, `outcome` is not called, and the window must show it instead.
    pub fn show(&self, note: Note, outcome: impl FnOnce(Outcome) + Send + 'static) -> Result<NoteHandle, OsError> {
        let key = note.key.clone();
        let (orders, received) = tokio::sync::mpsc::unbounded_channel();
        let (shown, answered) = mpsc::sync_channel(1);
        let (serial, replaces) = {
            let mut board = self.board();
            board.serial += 1;
            (board.serial, board.number(&key))
        };
        let errand = Errand { app_name: self.app_name.clone(), note, replaces, orders: received, shown };
        self.attend(&key, serial, move || system::run(errand), outcome)?;
        let shown = wait(&answered)?;
        let mut board = self.board();
        let before = board.open.remove(&key);
        // Answered already: its thread has let go of its orders, and looks for itself on the board after us.
        if !orders.is_closed() {
            if let (Some(number), Some(service)) = (shown.number, &shown.service) {
                board.memory.put(service, &key, number);
            }
            board.open.insert(key.clone(), Open { number: shown.number, serial, orders: orders.clone() });
        }
        drop(board);
        if let Some(before) = before {
            tell(&before.orders, Order::Forget);
        }
        Ok(NoteHandle { key, buttons: shown.buttons, orders })
    }

    /// A thread that runs for as long as the note stands on the screen, and what became of it.
    fn attend(
        &self,
        key: &str,
        serial: u64,
        run: impl FnOnce() -> Option<Outcome> + Send + 'static,
        outcome: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<(), OsError> {
        let (board, key) = (Arc::clone(&self.board), key.to_owned());
        start(format!("canteen-note-{serial}"), move || {
            if let Some(end) = run() {
                board.lock().unwrap_or_else(PoisonError::into_inner).ended(&key, serial);
                outcome(end);
            }
        })
    }

    /// Takes the note with this key off the screen, if it is there.
    ///
    /// # Errors
    /// As [`NoteHandle::close`].
    pub fn close(&self, key: &str) -> Result<(), OsError> {
        system::can_close()?;
        if let Some(open) = self.board().open.get(key) {
            tell(&open.orders, Order::Close);
        }
        Ok(())
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell(orders: &tokio::sync::mpsc::UnboundedSender<Order>, order: Order) {
    if orders.send(order).is_err() {
        tracing::debug!(?order, "the note is gone already");
    }
}

fn start(name: String, run: impl FnOnce() + Send + 'static) -> Result<(), OsError> {
    match std::thread::Builder::new().name(name).spawn(run) {
        Ok(_) => Ok(()),
        Err(error) => Err(OsError::NoNotificationDaemon { because: error.to_string() }),
    }
}

fn wait<T>(answered: &mpsc::Receiver<Result<T, OsError>>) -> Result<T, OsError> {
    answered.recv_timeout(LIMIT).unwrap_or_else(|error| {
        Err(match error {
            mpsc::RecvTimeoutError::Timeout => OsError::NotificationTimedOut { seconds: LIMIT.as_secs() },
            mpsc::RecvTimeoutError::Disconnected => {
                OsError::NoNotificationDaemon { because: "its client library stopped on an internal fault".into() }
            }
        })
    })
}
