use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::redirect;
use reqwest::{Client, StatusCode, Url};
use tokio::runtime::Handle;

use crate::error::printable;
use crate::location::is_loopback_http;
use crate::{CatalogueError, Location, connection};

/// How long a server may take. Every limit ends the check with `catalogue.unreachable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub silence: Duration,
    /// For one file as a whole, so that a trickle ends as well.
    pub total: Duration,
}

impl Default for Patience {
    /// 10 s, 15 s and 60 s: metadata is small, and a catalogue of 16 MiB comes in a minute at 2.3 Mbit/s.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), silence: Duration::from_secs(15), total: Duration::from_secs(60) }
    }
}

/// Fetches files of a repository, each with a limit. Names are given in parts, which are never joined as addresses: a part
/// cannot name another host or leave the folder.
#[derive(Clone, Debug)]
pub(crate) enum Transport {
    Folder(PathBuf),
    Web { base: Url, client: Client },
}

impl Transport {
    pub(crate) fn new(location: &Location, patience: Patience) -> Result<Self, CatalogueError> {
        location.check()?;
        match location {
            Location::File(path) => Ok(Self::Folder(path.clone())),
            Location::Https(base) => {
                let client = Client::builder()
                    .user_agent(concat!("canteen/", env!("CARGO_PKG_VERSION")))
                    .connect_timeout(patience.connect)
                    .read_timeout(patience.silence)
                    .timeout(patience.total)
                    .referer(false)
                    .redirect(redirect::Policy::custom(only_to_safe_places));
                // In the clear only without leaving this computer.
                let client = if is_loopback_http(base) { client.no_proxy() } else { client };
                let client = client.build().map_err(|e| unreachable("the secure connection could not be set up", e))?;
                Ok(Self::Web { base: base.clone(), client })
            }
        }
    }

    /// The whole file, or `None` where there is none. Blocks; `handle` drives the network.
    pub(crate) fn fetch(&self, parts: &[&str], limit: u64, handle: &Handle) -> Result<Option<Vec<u8>>, CatalogueError> {
        let name = parts.last().copied().unwrap_or_default();
        for part in parts {
            if part.is_empty() || *part == "." || *part == ".." || part.contains(['/', '\\', ':', '\0']) {
                let because = "a name in it is not a plain file name".to_owned();
                return Err(CatalogueError::Malformed { what: printable(name), because });
            }
        }
        match self {
            Self::Folder(folder) => read_file(folder, parts, limit),
            Self::Web { base, client } => {
                let mut url = base.clone();
                if let Ok(mut path) = url.path_segments_mut() {
                    path.pop_if_empty().extend(parts);
                }
                handle.block_on(read_web(client, url, name, limit))
            }
        }
    }
}

fn only_to_safe_places(attempt: redirect::Attempt<'_>) -> redirect::Action {
    if attempt.previous().len() > 5 {
        attempt.error("it was redirected too often")
    } else if attempt.url().scheme() == "https" || is_loopback_http(attempt.url()) {
        attempt.follow()
    } else {
        attempt.error("it was redirected to a place without https")
    }
}

fn read_file(folder: &Path, parts: &[&str], limit: u64) -> Result<Option<Vec<u8>>, CatalogueError> {
    let mut path = folder.to_owned();
    path.extend(parts);
    let name = parts.last().copied().unwrap_or_default();
    let failed = |e: std::io::Error| {
        if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
            return Ok(None);
        }
        Err(unreachable(format!("“{}” could not be read from the share", printable(name)), e))
    };
    // Looked at before opening: opening a pipe would wait for ever.
    match fs_err::metadata(&path) {
        Ok(found) if !found.is_file() => return Ok(None),
        Ok(_) => {}
        Err(e) => return absent_only_if_the_folder_is_there(folder, name, failed(e)),
    }
    let file = match fs_err::File::open(&path) {
        Ok(file) => file,
        Err(e) => return failed(e),
    };
    let mut bytes = Vec::new();
    if let Err(e) = file.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        return failed(e);
    }
    if bytes.len() as u64 > limit { Err(too_large(name, limit)) } else { Ok(Some(bytes)) }
}

/// A share that is not mounted is an outage, not a repository without files.
fn absent_only_if_the_folder_is_there(
    folder: &Path,
    name: &str,
    answer: Result<Option<Vec<u8>>, CatalogueError>,
) -> Result<Option<Vec<u8>>, CatalogueError> {
    match answer {
        Ok(None) if !folder.is_dir() => Err(CatalogueError::Unreachable {
            because: format!("the folder with “{}” is not there", printable(name)),
            source: None,
        }),
        other => other,
    }
}

async fn read_web(client: &Client, url: Url, name: &str, limit: u64) -> Result<Option<Vec<u8>>, CatalogueError> {
    let failed = |e: reqwest::Error| unreachable(sentence(name, &e, &url), e.without_url());
    let mut answer = client.get(url.clone()).send().await.map_err(failed)?;
    match answer.status() {
        StatusCode::OK => {}
        // Object stores answer 403 for what is not there.
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::GONE => return Ok(None),
        other => {
            let because = format!("the server answered {} for “{}”", other.as_u16(), printable(name));
            return Err(CatalogueError::Unreachable { because, source: None });
        }
    }
    if answer.content_length().is_some_and(|promised| promised > limit) {
        return Err(too_large(name, limit));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(failed)? {
        if bytes.len() as u64 + piece.len() as u64 > limit {
            return Err(too_large(name, limit));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}

fn sentence(name: &str, error: &reqwest::Error, url: &Url) -> String {
    let name = printable(name);
    if error.is_timeout() {
        format!("the server took too long over “{name}”")
    } else if error.is_connect() {
        connection::why(error, url)
    } else if error.is_redirect() {
        "the server sent Canteen to a place that is not allowed".to_owned()
    } else {
        format!("the connection broke over “{name}”")
    }
}

fn too_large(name: &str, limit: u64) -> CatalogueError {
    CatalogueError::TooLarge { what: format!("“{}”", printable(name)), limit }
}

fn unreachable(because: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CatalogueError {
    CatalogueError::Unreachable { because: because.into(), source: Some(source.into()) }
}
