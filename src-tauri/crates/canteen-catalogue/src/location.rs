use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use reqwest::Url;

use crate::CatalogueError;
use crate::error::printable;

/// Where a repository lies: the folder that holds `metadata/` and `targets/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder or share.
    File(PathBuf),
    /// An `https` address. Plain `http` is accepted for loopback hosts only (`localhost`, 127.0.0.0/8, `::1`): for
    /// development and tests. Signatures are checked either way; `https` keeps the reading private.
    Https(Url),
}

impl Location {
    /// Refuses addresses that [`FromStr`] would not have made.
    pub(crate) fn check(&self) -> Result<(), CatalogueError> {
        let refuse = |because| Err(CatalogueError::BadLocation { given: printable(&self.to_string()), because });
        match self {
            Self::File(path) if path.is_absolute() => Ok(()),
            Self::File(_) => refuse("the path is not absolute"),
            Self::Https(url) if !url.username().is_empty() || url.password().is_some() => {
                refuse("an address must not carry a password")
            }
            Self::Https(url) if url.query().is_some() || url.fragment().is_some() => refuse("it must end with a folder"),
            Self::Https(url) if url.cannot_be_a_base() || url.host().is_none() => refuse("it names no host"),
            Self::Https(url) if url.scheme() == "https" || is_loopback_http(url) => Ok(()),
            Self::Https(_) => refuse("only https is safe over a network"),
        }
    }
}

/// Plain `http` to this computer.
pub(crate) fn is_loopback_http(url: &Url) -> bool {
    let loopback = url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    url.scheme() == "http" && loopback
}

impl FromStr for Location {
    type Err = CatalogueError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |because| CatalogueError::BadLocation { given: printable(text), because };
        let location = if Path::new(text).is_absolute() {
            Self::File(PathBuf::from(text))
        } else {
            let url = Url::parse(text).map_err(|_| bad("it is neither an address nor an absolute path"))?;
            if url.scheme() == "file" {
                Self::File(url.to_file_path().map_err(|()| bad("the file address is not a path on this computer"))?)
            } else {
                Self::Https(url)
            }
        };
        location.check()?;
        Ok(location)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => match Url::from_file_path(path) {
                Ok(url) => url.fmt(f),
                Err(()) => path.display().fmt(f),
            },
            Self::Https(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_https_are_locations() {
        for (given, shown) in [
            ("https://models.example/catalogue", "https://models.example/catalogue"),
            ("file:///srv/catalogue%20one", "file:///srv/catalogue%20one"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("http://localhost/x", "http://localhost/x"),
            ("http://[::1]:9/", "http://[::1]:9/"),
        ] {
            assert_eq!(given.parse::<Location>().unwrap().to_string(), shown);
        }
        assert_eq!("/srv/catalogue".parse::<Location>().unwrap(), Location::File("/srv/catalogue".into()));
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        for bad in [
            "",
            "catalogue",
            "../x",
            "ftp://x/y",
            "http://models.example/",
            "https://u:p@x/",
            "https://x/?a",
            "https://x/#a",
            "http://127.0.0.1.evil.example/",
            "data:text/plain,x",
            "mailto:x@y",
        ] {
            assert!(matches!(bad.parse::<Location>(), Err(CatalogueError::BadLocation { .. })), "{bad}");
        }
        let made = Location::Https("http://models.example/".parse().unwrap());
        assert!(made.check().is_err(), "a location that was not parsed is checked as well");
    }
}
