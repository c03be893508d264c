//! Why there is no connection, in words that somebody can act on: certificates and proxies are the system's, so the cause mostly
//! lies there.

use std::error::Error;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

/// After an error of connecting to `url`.
pub(crate) fn why(error: &reqwest::Error, url: &Url) -> String {
    if let Some(words) = certificate(error) {
        format!("the server cannot be trusted ({words})")
    } else if let Some(proxy) = proxy(url) {
        format!("the proxy {proxy}, which this computer is set to use, gave no connection to the server")
    } else {
        "no connection to the server".to_owned()
    }
}

/// The server's certificate was refused, and why.
fn certificate(error: &reqwest::Error) -> Option<&'static str> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(here) = cause {
        if let Some(rustls::Error::InvalidCertificate(fault)) = here.downcast_ref() {
            return Some(words(fault));
        }
        // An `io::Error` that carries another names that one's cause as its own.
        let carried = here.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = carried.map_or_else(|| here.source(), |carried| Some(carried));
    }
    None
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other fault is one that only IT can look into")]
const fn words(fault: &rustls::CertificateError) -> &'static str {
    use rustls::CertificateError as Bad;
    match fault {
        Bad::UnknownIssuer => {
            "its certificate is not from an authority that this computer trusts; IT can add the organisation's own to the system's"
        }
        Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has run out",
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => "its certificate is not valid yet; look at this computer's date",
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "its certificate is for a server of another name",
        _ => "its certificate is not valid",
    }
}

/// The proxy that this computer's settings name for `url`, without its password.
fn proxy(url: &Url) -> Option<String> {
    let proxy = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    let host = proxy.uri().host()?;
    Some(proxy.uri().port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
