//! A face's end of the local socket.

use std::collections::VecDeque;
use std::time::Duration;

use canteen_os::{Connection, Detached, Dirs, Environment, OsError};
use serde::de::DeserializeOwned;

use crate::call::{Call, FromFace, FromHost, PROTOCOL};
use crate::wire::{AppEvent, ChatEvent, Fault, SendMessage};

/// How long a host may take to greet.
const GREETING: Duration = Duration::from_secs(5);
/// How long a host that was just started may take to listen: the keyring alone may take ten seconds.
const START: Duration = Duration::from_secs(20);
/// Longest answer that comes in parts, in bytes: a catalogue of 10,000 entries takes some ten million.
const LONGEST_ANSWER: usize = 256 << 20;
/// Events that are kept while an answer is awaited; older ones go, as the host would have dropped them too.
const KEPT_EVENTS: usize = 256;

/// Why the host could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The host refused or failed.
    #[error("{}", .0.message)]
    Fault(Box<Fault>),
    /// No host, and none came up.
    #[error("Canteen's host did not start within {} seconds. Start it by hand to see why: canteen serve", START.as_secs())]
    NotStarted,
    /// The executable could not be started.
    #[error("Canteen's host could not be started: {0}")]
    Start(#[source] OsError),
    /// This program's own place is unknown.
    #[error("Canteen cannot tell where it is installed: {0}. Start the host by hand: canteen serve")]
    Myself(#[source] std::io::Error),
    /// The socket.
    #[error("The connection to Canteen's host failed: {0}. If it goes on, end the host and try again: canteen quit")]
    Socket(#[source] OsError),
    /// The host went away in the middle.
    #[error("Canteen's host ended in the middle. What it had confirmed is kept; try again.")]
    Gone,
    /// Two versions at once.
    #[error(
        "The running host is another version of Canteen (protocol {theirs}, this is {PROTOCOL}). End it with that version, then try again."
    )]
    Version {
        /// What the host speaks.
        theirs: u32,
    },
    /// No valid frame.
    #[error("The host answered something that this version does not understand. Update Canteen, then try again.")]
    Garbled,
}

/// A connection to the running host. One question at a time.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    next: u64,
    events: VecDeque<AppEvent>,
    host: String,
}

/// Connects to the running host; `None` where none runs.
///
/// # Errors
/// When something listens but does not greet as a host of this version does.
pub async fn connect(environment: &Environment) -> Result<Option<Client>, ClientError> {
    let dirs = Dirs::of(environment).map_err(ClientError::Start)?;
    match canteen_os::connect(&dirs.runtime).await {
        Ok(connection) => Client::greet(connection).await.map(Some),
        Err(OsError::HostNotRunning) => Ok(None),
        Err(error) => Err(ClientError::Socket(error)),
    }
}

/// Connects to the running host, and starts a headless one where none runs.
///
/// # Errors
/// When no host comes up.
pub async fn connect_or_start(environment: &Environment) -> Result<Client, ClientError> {
    if let Some(client) = connect(environment).await? {
        return Ok(client);
    }
    start_host(environment)?;
    let step = Duration::from_millis(50);
    for _ in 0..(START.as_millis() / step.as_millis()) {
        tokio::time::sleep(step).await;
        if let Some(client) = connect(environment).await? {
            return Ok(client);
        }
    }
    Err(ClientError::NotStarted)
}

fn start_host(environment: &Environment) -> Result<(), ClientError> {
    let dirs = Dirs::of(environment).map_err(ClientError::Start)?;
    let log = dirs.log_file("host");
    for folder in [Some(dirs.state.as_path()), log.parent()].into_iter().flatten() {
        canteen_os::secure_folder(folder).map_err(ClientError::Start)?;
    }
    let program = std::env::current_exe().map_err(ClientError::Myself)?;
    let host =
        Detached { program, arguments: vec!["serve".into(), "--until-idle".into()], variables: Vec::new(), log: Some(log) };
    canteen_os::spawn_detached(&host).map(drop).map_err(ClientError::Start)
}

impl Client {
    async fn greet(mut connection: Connection) -> Result<Self, ClientError> {
        let hello = FromFace::Hello { protocol: PROTOCOL, build: env!("CARGO_PKG_VERSION").to_owned() };
        send(&mut connection, &hello).await?;
        let answer = tokio::time::timeout(GREETING, receive(&mut connection)).await.map_err(|_| ClientError::Gone)??;
        match answer {
            FromHost::Hello { protocol: PROTOCOL, host, .. } => Ok(Self { connection, next: 0, events: VecDeque::new(), host }),
            FromHost::Hello { protocol, .. } => Err(ClientError::Version { theirs: protocol }),
            FromHost::Answer { .. }
            | FromHost::Part { .. }
            | FromHost::Whole { .. }
            | FromHost::Failed { .. }
            | FromHost::Chat { .. }
            | FromHost::Event { .. } => Err(ClientError::Garbled),
        }
    }

    /// `tray` or `headless`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// The host's fault, or a lost connection.
    pub async fn call<T: DeserializeOwned>(&mut self, call: Call) -> Result<T, ClientError> {
        let id = self.ask(call).await?;
        let mut parts = String::new();
        loop {
            match receive(&mut self.connection).await? {
                FromHost::Answer { id: about, value } if about == id => {
                    return serde_json::from_value(value).map_err(|_| ClientError::Garbled);
                }
                FromHost::Part { id: about, text } if about == id => {
                    if parts.len() + text.len() > LONGEST_ANSWER {
                        return Err(ClientError::Garbled);
                    }
                    parts.push_str(&text);
                }
                FromHost::Whole { id: about } if about == id => {
                    return serde_json::from_str(&parts).map_err(|_| ClientError::Garbled);
                }
                FromHost::Failed { id: about, fault } if about == id => return Err(ClientError::Fault(Box::new(fault))),
                FromHost::Event { event } => self.keep(event),
                // Ends of questions that were given up.
                FromHost::Answer { .. }
                | FromHost::Part { .. }
                | FromHost::Whole { .. }
                | FromHost::Failed { .. }
                | FromHost::Chat { .. } => {}
                FromHost::Hello { .. } => return Err(ClientError::Garbled),
            }
        }
    }

    /// Says something to a model; the answer comes through the stream.
    ///
    /// # Errors
    /// A lost connection.
    pub async fn chat(&mut self, request: SendMessage) -> Result<Stream<'_>, ClientError> {
        let id = self.ask(Call::SendMessage(request)).await?;
        Ok(Stream { client: self, id })
    }

    /// From now on the host's events are kept for [`Client::next_event`].
    ///
    /// # Errors
    /// A lost connection.
    pub async fn subscribe(&mut self) -> Result<(), ClientError> {
        self.call(Call::Subscribe).await
    }

    /// The next event.
    ///
    /// # Errors
    /// A lost connection.
    pub async fn next_event(&mut self) -> Result<AppEvent, ClientError> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        loop {
            if let FromHost::Event { event } = receive(&mut self.connection).await? {
                return Ok(event);
            }
        }
    }

    async fn ask(&mut self, call: Call) -> Result<u64, ClientError> {
        self.next += 1;
        send(&mut self.connection, &FromFace::Asked { id: self.next, call }).await?;
        Ok(self.next)
    }

    fn keep(&mut self, event: AppEvent) {
        if self.events.len() == KEPT_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// An answer that is being written.
#[derive(Debug)]
pub struct Stream<'a> {
    client: &'a mut Client,
    id: u64,
}

impl Stream<'_> {
    /// The next step; `None` after the last.
    ///
    /// # Errors
    /// The host's fault, or a lost connection.
    pub async fn next(&mut self) -> Result<Option<ChatEvent>, ClientError> {
        loop {
            match receive(&mut self.client.connection).await? {
                FromHost::Chat { id, event } if id == self.id => return Ok(Some(event)),
                FromHost::Answer { id, .. } if id == self.id => return Ok(None),
                FromHost::Failed { id, fault } if id == self.id => return Err(ClientError::Fault(Box::new(fault))),
                FromHost::Event { event } => self.client.keep(event),
                FromHost::Chat { .. }
                | FromHost::Answer { .. }
                | FromHost::Part { .. }
                | FromHost::Whole { .. }
                | FromHost::Failed { .. } => {}
                FromHost::Hello { .. } => return Err(ClientError::Garbled),
            }
        }
    }

    /// Asks something beside the answer, such as to stop it; its own answer is not waited for.
    ///
    /// # Errors
    /// A lost connection.
    pub async fn ask(&mut self, call: Call) -> Result<(), ClientError> {
        self.client.ask(call).await.map(drop)
    }
}

async fn send(connection: &mut Connection, frame: &FromFace) -> Result<(), ClientError> {
    let bytes = serde_json::to_vec(frame).map_err(|_| ClientError::Garbled)?;
    connection.send(&bytes).await.map_err(ClientError::Socket)
}

async fn receive(connection: &mut Connection) -> Result<FromHost, ClientError> {
    match connection.receive().await.map_err(ClientError::Socket)? {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(|_| ClientError::Garbled),
        None => Err(ClientError::Gone),
    }
}
