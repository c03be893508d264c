//! A real HTTP server for tests, with everything that goes wrong on the way: cut, slow, silent, busy, altered, too long.
//!
//! It runs on a thread of its own, so that it serves child processes and blocking tests as well. Each request takes the next
//! poison from the path's queue; with an empty queue the answer is healthy: ranges, lengths, right bytes.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What one answer suffers from.
#[derive(Clone, Debug)]
pub enum Poison {
    /// Nothing.
    None,
    /// The connection is reset after so many bytes of the body.
    CutAfter(usize),
    /// 200 and the file from its beginning, whatever range was asked for, reset after so many bytes.
    NoRangesCutAfter(usize),
    /// So many bytes each 20 ms.
    Slow(usize),
    /// So many bytes of the body, then silence with the connection open.
    SilentAfter(usize),
    /// The request is read and never answered.
    Silent,
    /// Only a status, e.g. 503.
    Status(u16),
    /// 200 and the whole body, whatever range was asked for.
    NoRanges,
    /// The byte at this position is another one.
    Altered(usize),
    /// So many bytes more than there are, and the length says so.
    Longer(usize),
    /// As many, but without a length: the body ends with the connection.
    LongerUnannounced(usize),
    /// The file ends after so many bytes, and the length says so.
    Shorter(usize),
    /// As many, but without a length.
    ShorterUnannounced(usize),
    /// 302 to this address.
    Redirect(String),
    /// 206 with this `Content-Range`, and the bytes that were asked for.
    ContentRange(String),
    /// The body claims to be compressed.
    Compressed,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// e.g. `/model.gguf`.
    pub path: String,
    /// First byte of the range, where there was one.
    pub from: Option<usize>,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Arc<Vec<u8>>>,
    queues: HashMap<String, VecDeque<Poison>>,
    always: HashMap<String, Poison>,
    asked: Vec<Asked>,
}

/// The server. Ends with its value; open connections are cut then.
pub struct Toxic {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Toxic {
    /// Listens on a free port of the loopback interface.
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Listens on this address: a server that comes back.
    pub fn start_at(address: SocketAddr) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (stop, stopped) = watch::channel(false);
        let (tell, told) = std::sync::mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime for the server");
            runtime.block_on(async move {
                let listener = TcpListener::bind(address).await.expect("a port on the loopback interface");
                tell.send(listener.local_addr().expect("an address")).expect("the test is listening");
                accept(listener, shared, stopped).await;
            });
        });
        let address = told.recv().expect("the server came up");
        Self { address, state, stop, thread: Some(thread) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT` and `path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Serves `bytes` under `path`.
    pub fn serve(&self, path: &str, bytes: impl Into<Vec<u8>>) -> &Self {
        self.lock().files.insert(path.to_owned(), Arc::new(bytes.into()));
        self
    }

    /// The next answers for `path` suffer from these, one each.
    pub fn next(&self, path: &str, poisons: impl IntoIterator<Item = Poison>) -> &Self {
        self.lock().queues.entry(path.to_owned()).or_default().extend(poisons);
        self
    }

    /// Every answer for `path` suffers from this once its queue is empty.
    pub fn always(&self, path: &str, poison: Poison) -> &Self {
        self.lock().always.insert(path.to_owned(), poison);
        self
    }

    /// All requests so far, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic under the lock")
    }
}

impl Drop for Toxic {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>, mut stopped: watch::Receiver<bool>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => if let Ok((socket, _)) = accepted {
                let state = Arc::clone(&state);
                connections.spawn(async move { drop(answer_all(socket, state).await) });
            },
        }
    }
}

async fn answer_all(mut socket: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    while let Some(asked) = read_request(&mut socket).await? {
        let (file, poison) = {
            let mut state = state.lock().expect("no panic under the lock");
            state.asked.push(asked.clone());
            let queued = state.queues.get_mut(&asked.path).and_then(VecDeque::pop_front);
            let poison = queued.or_else(|| state.always.get(&asked.path).cloned()).unwrap_or(Poison::None);
            (state.files.get(&asked.path).cloned(), poison)
        };
        if !answer(&mut socket, file.as_deref(), asked.from, &poison).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the connection can be used again.
async fn answer(socket: &mut TcpStream, file: Option<&Vec<u8>>, from: Option<usize>, poison: &Poison) -> std::io::Result<bool> {
    let Some(file) = file else { return plain(socket, "404 Not Found", "").await };
    let mut bytes = file.clone();
    match poison {
        Poison::Silent => std::future::pending::<()>().await,
        Poison::Status(status) => return plain(socket, &format!("{status} Poisoned"), "").await,
        Poison::Redirect(to) => return plain(socket, "302 Found", &format!("Location: {to}\r\n")).await,
        Poison::Altered(at) => bytes.iter_mut().skip(*at).take(1).for_each(|byte| *byte ^= 0x20),
        Poison::Longer(by) | Poison::LongerUnannounced(by) => bytes.extend(std::iter::repeat_n(7, *by)),
        Poison::Shorter(to) | Poison::ShorterUnannounced(to) => bytes.truncate(*to),
        Poison::None
        | Poison::CutAfter(_)
        | Poison::NoRangesCutAfter(_)
        | Poison::Slow(_)
        | Poison::SilentAfter(_)
        | Poison::NoRanges
        | Poison::ContentRange(_)
        | Poison::Compressed => {}
    }
    let begin = if matches!(poison, Poison::NoRanges | Poison::NoRangesCutAfter(_)) { 0 } else { from.unwrap_or(0) };
    let total = bytes.len();
    let Some(body) = bytes.get(begin..).filter(|body| begin == 0 || !body.is_empty()) else {
        return plain(socket, "416 Range Not Satisfiable", &format!("Content-Range: bytes */{total}\r\n")).await;
    };
    let mut head = if begin == 0 { "HTTP/1.1 200 OK\r\n".to_owned() } else { "HTTP/1.1 206 Partial Content\r\n".to_owned() };
    if let Poison::ContentRange(text) = poison {
        head += &format!("Content-Range: {text}\r\n");
    } else if begin > 0 {
        head += &format!("Content-Range: bytes {begin}-{}/{total}\r\n", total - 1);
    }
    if matches!(poison, Poison::Compressed) {
        head += "Content-Encoding: gzip\r\n";
    }
    let announced = !matches!(poison, Poison::LongerUnannounced(_) | Poison::ShorterUnannounced(_));
    head += &if announced { format!("Content-Length: {}\r\n\r\n", body.len()) } else { "Connection: close\r\n\r\n".to_owned() };
    socket.write_all(head.as_bytes()).await?;
    if let Poison::CutAfter(count) | Poison::NoRangesCutAfter(count) | Poison::SilentAfter(count) = poison {
        socket.write_all(body.get(..*count).unwrap_or(body)).await?;
        socket.flush().await?;
        if matches!(poison, Poison::SilentAfter(_)) {
            std::future::pending::<()>().await;
        }
        return Ok(false);
    }
    if let Poison::Slow(count) = poison {
        for piece in body.chunks(*count) {
            socket.write_all(piece).await?;
            socket.flush().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    } else {
        socket.write_all(body).await?;
    }
    socket.flush().await?;
    Ok(announced)
}

async fn plain(socket: &mut TcpStream, status: &str, headers: &str) -> std::io::Result<bool> {
    socket.write_all(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n").as_bytes()).await?;
    Ok(true)
}

/// `None` when the client has closed.
async fn read_request(socket: &mut TcpStream) -> std::io::Result<Option<Asked>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if socket.read(&mut byte).await? == 0 || head.len() > 16 << 10 {
            return Ok(None);
        }
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let range = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("range").then_some(value)?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    });
    Ok(Some(Asked { path, from: range }))
}
