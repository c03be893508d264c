//! A company's web server and its way out: TLS under a private authority, and a proxy.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The name that the server's certificate is for; no resolver knows it.
pub const HOST: &str = "models.example";

/// A certificate authority that no system trusts by itself, and a certificate by it for [`HOST`] and this computer.
#[derive(Debug)]
pub struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// Makes keys and certificates.
    ///
    /// # Errors
    /// When `openssl` is missing or refuses.
    pub fn found() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let names = format!("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:{HOST},IP:127.0.0.1\n");
        fs_err::write(folder.path().join("names"), names)?;
        let openssl = |arguments: &str| -> Result<()> {
            let mut command = Command::new("openssl");
            let made = command.args(arguments.split(' ')).current_dir(folder.path()).output().context("openssl is missing")?;
            ensure!(made.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&made.stderr));
            Ok(())
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj /CN=Brightwater-Authority"))?;
        openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN={HOST}"))?;
        openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 30 -extfile names")?;
        Ok(Self { folder })
    }

    /// What a computer of the company trusts.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn server(&self) -> Result<ServerConfig> {
        let chain = vec![CertificateDer::from_pem_file(self.folder.path().join("server.pem"))?];
        let key = PrivateKeyDer::from_pem_file(self.folder.path().join("server.key"))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(config.with_no_client_auth().with_single_cert(chain, key)?)
    }
}

/// Serves a folder over `https` until the test ends, ranges included.
///
/// # Errors
/// When no port is free or the certificate cannot be read.
pub fn serve(folder: &Path, authority: &Authority) -> Result<SocketAddr> {
    let (config, folder) = (Arc::new(authority.server()?), folder.to_owned());
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).map_err(std::io::Error::other)?;
        answer(StreamOwned::new(connection, stream), &folder)
    })
}

fn listen(serve: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Result<SocketAddr> {
    let (listener, serve) = (TcpListener::bind("127.0.0.1:0")?, Arc::new(serve));
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            // A client that goes away, or does not trust the certificate, is an end like any other.
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    Ok(address)
}

fn answer(mut stream: impl Read + Write, folder: &Path) -> std::io::Result<()> {
    let head = head(&mut stream)?;
    let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let range = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
    let from = range.as_deref().and_then(|range| range.split('-').next()?.parse::<usize>().ok());
    match fs_err::read(folder.join(path)) {
        Err(_) => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?,
        Ok(bytes) => {
            let part = bytes.get(from.unwrap_or(0)..).unwrap_or_default();
            let status = match from {
                None => "200 OK".to_owned(),
                Some(from) => {
                    let last = bytes.len().saturating_sub(1);
                    format!("206 Partial Content\r\ncontent-range: bytes {from}-{last}/{}", bytes.len())
                }
            };
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", part.len())?;
            stream.write_all(part)?;
        }
    }
    stream.flush()
}

/// Up to and with the empty line.
fn head(stream: &mut impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && bytes.len() < 16 << 10 {
        stream.read_exact(&mut byte)?;
        bytes.extend(byte);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The only way out: tunnels whatever it is asked for to one server, and remembers what that was.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one that leads to `server`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(server: SocketAddr) -> Result<Self> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let address = listen(move |client| {
            let mut reader = BufReader::new(client.try_clone()?);
            let mut first = String::new();
            reader.read_line(&mut first)?;
            let mut line = String::from("-");
            while !line.trim().is_empty() {
                line.clear();
                reader.read_line(&mut line)?;
            }
            let wanted = first.split(' ').nth(1).unwrap_or_default().to_owned();
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(wanted);
            tunnel(client, TcpStream::connect(server)?)
        })?;
        Ok(Self { address, asked })
    }

    /// What `HTTPS_PROXY` is set to.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every `host:port` that a tunnel was asked for.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn tunnel(mut client: TcpStream, mut server: TcpStream) -> std::io::Result<()> {
    write!(client, "HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(std::net::Shutdown::Write));
    });
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(std::net::Shutdown::Write)
}
