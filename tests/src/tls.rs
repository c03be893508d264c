use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::relay::Relay;

/// A certificate authority as organisations run their own: nobody trusts it who was not told to.
#[derive(Debug)]
pub struct Authority(tempfile::TempDir);

impl Authority {
    /// Makes its key and certificate.
    ///
    /// # Errors
    /// When `openssl` is missing or refuses.
    pub fn found() -> Result<Self> {
        let authority = Self(tempfile::Builder::new().prefix("authority-").tempdir()?);
        authority.issue("authority", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign", &[])?;
        Ok(authority)
    }

    /// Its certificate as PEM, for `SSL_CERT_FILE`.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.file("authority.pem")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn issue(&self, name: &str, extensions: &str, more: &[&str]) -> Result<()> {
        let config = self.file("openssl.conf");
        let dn = format!("[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\nCN=Brightwater {name}\n");
        fs_err::write(&config, format!("{dn}[ext]\nsubjectKeyIdentifier=hash\n{extensions}\n"))?;
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
        command.arg("-config").arg(&config).args(more).current_dir(self.0.path());
        command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]);
        let said = command.output().context("openssl does not start; install openssl, as `make test` does")?;
        ensure!(said.status.success(), "openssl failed: {}", String::from_utf8_lossy(&said.stderr));
        Ok(())
    }

    fn server(&self, names: &[&str]) -> Result<ServerConfig> {
        let names = names.iter().map(|name| format!("DNS:{name}")).collect::<Vec<_>>().join(",");
        let extensions = format!("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={names}");
        self.issue("server", &extensions, &["-CA", "authority.pem", "-CAkey", "authority.key"])?;
        let chain = pem(&self.file("server.pem"))?;
        let key = PrivateKeyDer::from_pem_file(self.file("server.key"))?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        Ok(config.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?)
    }
}

fn pem(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(path)?.map(|read| read.context("a certificate in PEM")).collect()
}

/// A server's front that speaks TLS and hands everything on in the clear, e.g. to a [`Toxic`](crate::toxic::Toxic).
#[derive(Debug)]
pub struct TlsFront(Relay);

impl TlsFront {
    /// In front of `server`, with a certificate of `authority` for these names.
    ///
    /// # Errors
    /// When the certificate cannot be made, or no port is free.
    pub fn before(server: SocketAddr, authority: &Authority, names: &[&str]) -> Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(authority.server(names)?));
        let relay = Relay::start(move |socket| {
            let acceptor = acceptor.clone();
            async move {
                let mut client = acceptor.accept(socket).await?;
                let mut server = TcpStream::connect(server).await?;
                copy_bidirectional(&mut client, &mut server).await.map(drop)
            }
        })?;
        Ok(Self(relay))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// `https://localhost:PORT` and `path`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address().port())
    }
}
