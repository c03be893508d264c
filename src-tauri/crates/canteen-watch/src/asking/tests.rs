//! Against servers that mean well and servers that do not.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream as Connection};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::*;

/// A server that treats every connection like this; first lines of what it was asked.
struct Hostile {
    listener: Listener,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Hostile {
    fn new(treat: impl Fn(&mut Connection) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (heard, treat) = (Arc::clone(&asked), Arc::new(treat));
        std::thread::spawn(move || {
            for connection in socket.incoming() {
                let (heard, treat, mut connection) = (Arc::clone(&heard), Arc::clone(&treat), connection.unwrap());
                std::thread::spawn(move || {
                    let mut first = [0; 4096];
                    let read = connection.read(&mut first).unwrap_or(0);
                    let line = String::from_utf8_lossy(&first[..read]).lines().next().unwrap_or_default().to_owned();
                    heard.lock().unwrap().push(line);
                    // Whoever hangs up in the middle is right to.
                    drop(treat(&mut connection));
                });
            }
        });
        let server = Server { address: address.ip(), port: address.port(), uid: 0 };
        let holder = Holder { pid: std::process::id(), started: 0, name: "notes-app".into() };
        Self { listener: Listener { server, holder }, asked }
    }

    /// Everything is answered with these bytes.
    fn saying(bytes: &'static [u8]) -> Self {
        Self::new(move |connection| connection.write_all(bytes))
    }

    /// With patience for a machine that is busy.
    fn ask(&self) -> Asked {
        self.ask_within(Duration::from_secs(30))
    }

    fn ask_within(&self, patience: Duration) -> Asked {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(ask_within(&self.listener, &Signatures::built_in(), patience))
    }

    fn heard(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[test]
fn a_server_says_what_it_is_and_is_asked_no_more_than_that() {
    let body = r#"{"data":[{"id":"m.gguf"}]}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Hostile::new(move |connection| connection.write_all(answer.as_bytes()));
    let asked = server.ask();
    assert_eq!(asked.paths, ["/v1/models", "/props"]);
    let answer = asked.answer.unwrap();
    assert_eq!((answer.product.as_str(), answer.model().map(|model| model.name.as_str())), ("llama.cpp", Some("m.gguf")));
    assert_eq!(server.heard(), ["GET /v1/models HTTP/1.1", "GET /props HTTP/1.1"]);
}

#[test]
fn an_answer_until_the_connection_ends_is_taken_whole() {
    let server = Hostile::saying(b"HTTP/1.0 200 OK\r\n\r\n{\"data\":[{\"id\":\"a\",\"owned_by\":\"vllm\"}]}");
    assert_eq!(server.ask().answer.unwrap().product, "vLLM");
}

#[test]
fn what_does_not_speak_like_a_server_is_asked_once() {
    for treat in [
        Hostile::saying(b"SSH-2.0-OpenSSH_9.6\r\n"),
        Hostile::saying(b""),
        Hostile::saying(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        // One byte at a time, for ever.
        Hostile::new(|connection| {
            connection.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                connection.write_all(b"1\r\n[\r\n")?;
                std::thread::sleep(Duration::from_millis(5));
            }
        }),
        // Never a word.
        Hostile::new(|connection| connection.read(&mut [0; 1]).map(drop)),
        // Soon, soon, soon.
        Hostile::new(|connection| {
            loop {
                connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
        }),
    ] {
        let asked = treat.ask_within(PATIENCE);
        assert_eq!((asked.paths.len(), asked.answer), (1, None));
        assert!(treat.heard().len() <= 1);
    }
}

#[test]
fn a_head_without_end_is_left_in_the_middle() {
    // More than the system keeps for a connection whose other end does not read.
    const ENOUGH: u64 = 12 << 20;
    for piece in [[b'a'; 4096].to_vec(), b"X: 0\r\n".repeat(700)] {
        let written = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&written);
        let server = Hostile::new(move |connection| {
            connection.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            loop {
                connection.write_all(&piece)?;
                count.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        });
        assert_eq!(server.ask().answer, None);
        assert!(written.load(Ordering::Relaxed) < ENOUGH);
    }
}

#[test]
fn of_an_endless_answer_only_the_head_counts() {
    let server = Hostile::new(|connection| {
        connection.write_all(b"HTTP/1.1 200 OK\r\nServer: llama.cpp\r\n\r\n{\"data\":[")?;
        loop {
            connection.write_all(&[b' '; 4096])?;
        }
    });
    let answer = server.ask().answer.unwrap();
    assert_eq!((answer.product.as_str(), answer.models.len()), ("llama.cpp", 0));
}

#[test]
fn nobody_is_led_elsewhere() {
    let elsewhere = Hostile::saying(b"HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Length: 2\r\n\r\n{}");
    let port = elsewhere.listener.server.port;
    let redirect = format!("HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{port}/v1/models\r\nContent-Length: 0\r\n\r\n");
    let server = Hostile::new(move |connection| connection.write_all(redirect.as_bytes()));
    assert_eq!(server.ask().answer, None);
    assert!(server.heard().len() > 1, "a redirect is an answer like any other");
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[test]
fn what_the_content_is_not_does_no_harm() {
    let deep: &'static [u8] = Box::leak([b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), "[".repeat(100_000).as_bytes()].concat().into());
    for bytes in [
        deep,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00\x01",
        b"HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\n<html><title>data</title>Ollama is running</html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n{\"data\":[{\"id\":\"a\"}]}",
    ] {
        assert_eq!(Hostile::saying(bytes).ask().answer, None, "{}", String::from_utf8_lossy(&bytes[..40]));
    }
}

#[test]
fn nothing_goes_beyond_this_computer() {
    for (listed, asked) in [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.53", "127.0.0.53"),
        ("0.0.0.0", "127.0.0.1"),
        ("192.0.2.7", "127.0.0.1"),
        ("::1", "::1"),
        ("::", "::1"),
        ("2001:db8::1", "::1"),
    ] {
        assert_eq!(on_this_computer(listed.parse().unwrap()), asked.parse::<IpAddr>().unwrap());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_that_another_program_has_taken_is_not_asked() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let server = Server { address: address.ip(), port: address.port(), uid: rustix::process::geteuid().as_raw() };
    let pid = std::process::id();
    let holder = crate::system::proc::holder(pid).unwrap();
    let listener = |holder: &Holder| Listener { server, holder: holder.clone() };
    assert!(still_waits(&listener(&holder)));
    assert!(!still_waits(&listener(&Holder { pid: 1, ..holder.clone() })));
    assert!(!still_waits(&listener(&Holder { started: holder.started + 1, ..holder.clone() })), "another process by now");
    drop(socket);
    assert!(!still_waits(&listener(&holder)));
}
