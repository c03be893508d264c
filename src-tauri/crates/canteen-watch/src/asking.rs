//! Asks a server of this user on this computer what it is: harmless GETs from the signatures, one after the other, and no more than
//! it takes. Never another method, never another computer, no redirect is followed. The server may be anything and hostile: each
//! answer has a limit in time, in lines and in length.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use canteen_signatures::{Answer, Reply, Signatures};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{Holder, Server};

/// How long one question may take, from the connection to the last byte: a server on this computer answers in a few milliseconds,
/// and one that computes is left alone.
const PATIENCE: Duration = Duration::from_millis(200);
/// Longest answer that is looked into, in bytes: a list of hundreds of models, or a chat template.
const LONGEST: usize = 128 << 10;
/// Longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// Lines of the head.
const MOST_LINES: usize = 64;

/// A server that waits on this computer, and the program of this user that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Where.
    pub server: Server,
    /// Which program.
    pub holder: Holder,
}

/// What was asked, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Paths, in the order in which they were asked for; empty where it could not be connected to.
    pub paths: Vec<String>,
    /// What it says that it is; `None` where that fits nothing that is known.
    pub answer: Option<Answer>,
}

/// Whether the program still waits there. Waits for the system; to be called off the runtime's threads.
#[must_use]
pub fn still_waits(listener: &Listener) -> bool {
    crate::system::still_waits(listener)
}

/// Asks what it is. Needs tokio with time and network. Takes 200 milliseconds for each question at most, and ends at the first that
/// is not answered in the form of HTTP.
pub async fn ask(listener: &Listener, known: &Signatures) -> Asked {
    ask_within(listener, known, PATIENCE).await
}

async fn ask_within(listener: &Listener, known: &Signatures, patience: Duration) -> Asked {
    let address = SocketAddr::new(on_this_computer(listener.server.address), listener.server.port);
    let mut inquiry = known.questions(address.port(), &listener.holder.name);
    let mut paths = Vec::new();
    while let Some(path) = inquiry.next_path() {
        let Ok(Ok(stream)) = tokio::time::timeout(patience, TcpStream::connect(address)).await else { break };
        paths.push(path.to_owned());
        match tokio::time::timeout(patience, get(stream, address, path)).await {
            Ok(Ok(reply)) => inquiry.take(reply),
            Ok(Err(_)) | Err(_) => break,
        }
    }
    Asked { answer: inquiry.answer(), paths }
}

/// Who waits at every address waits on this computer, too. Whatever the listing said, nothing goes beyond it.
const fn on_this_computer(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) if address.is_loopback() => IpAddr::V4(address),
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    }
}

async fn get(stream: TcpStream, address: SocketAddr, path: &str) -> Result<Reply, Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::get(path)
        .header(header::HOST, address.to_string())
        .header(header::USER_AGENT, "Canteen")
        .header(header::ACCEPT, "application/json, text/plain")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())?;
    let limited = http1::Builder::new().max_headers(MOST_LINES).max_buf_size(LONGEST_HEAD).clone();
    let (mut sender, connection) = limited.handshake(TokioIo::new(stream)).await?;
    let mut exchange = pin!(async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let server = response.headers().get(header::SERVER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        // Of what is too long, only its head counts.
        let body = Limited::new(response.into_body(), LONGEST).collect().await.map(|body| body.to_bytes().to_vec());
        Ok(Reply { path: path.to_owned(), status, server, body: body.unwrap_or_default() })
    });
    let mut connection = pin!(connection);
    tokio::select! {
        biased;
        reply = &mut exchange => reply,
        // It is over, and the last of it may not have been taken yet.
        _ = &mut connection => exchange.await,
    }
}

#[cfg(test)]
mod tests;
