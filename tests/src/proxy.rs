use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

use crate::relay::Relay;

const LONGEST_HEAD: usize = 16 << 10;

/// A company's web proxy: it opens tunnels (`CONNECT`) and alone knows the way to the names outside. All of them lead to one
/// server here.
#[derive(Debug)]
pub struct Proxy {
    relay: Relay,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Every tunnel leads to `server`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn to(server: SocketAddr) -> Result<Self> {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let list = Arc::clone(&asked);
        let relay = Relay::start(move |client| tunnel(client, server, Arc::clone(&list)))?;
        Ok(Self { relay, asked })
    }

    /// For `HTTPS_PROXY`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.relay.address())
    }

    /// Where tunnels were asked for, e.g. `catalogue.example:443`, oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn tunnel(mut client: TcpStream, server: SocketAddr, asked: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD {
            return Ok(());
        }
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let Some(target) = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()) else {
        return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n").await;
    };
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(target.to_owned());
    let mut server = TcpStream::connect(server).await?;
    client.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
