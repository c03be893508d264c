use std::error::Error;
use std::net::IpAddr;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::{Body, Fault, Opened, connection, tidy};
use crate::FetchLimits;

const REDIRECTS: usize = 5;

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Over TLS, with the system's trust store and proxy.
    Https,
    /// In the clear, but without leaving this computer: a mirror for trials. Never through a proxy.
    Loopback,
}

pub(super) fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str).map(tidy);
    let port = url.as_ref().and_then(Url::port);
    match (host, port) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host,
        (None, _) => "a mirror".to_owned(),
    }
}

pub(super) async fn open(address: &str, at: u64, size: u64, limits: &FetchLimits) -> Result<Opened, Fault> {
    let (url, reach) = parse(address)?;
    let client = client(reach, limits)?;
    // Compressed on the way, lengths and positions would mean something else.
    let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
    if at > 0 {
        request = request.header(RANGE, format!("bytes={at}-"));
    }
    let response = request.send().await.map_err(|error| unsent(&error, &url, reach))?;
    let from_start = judge(&response, at, size)?;
    Ok(Opened { body: Body::Https(response), from_start })
}

fn parse(address: &str) -> Result<(Url, Reach), Fault> {
    let url = Url::parse(address).map_err(|_| Fault::Refused("its address is not valid".to_owned()))?;
    match url.scheme() {
        "https" => Ok((url, Reach::Https)),
        "http" if is_loopback(&url) => Ok((url, Reach::Loopback)),
        _ => Err(Fault::Refused("its address is not https".to_owned())),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn client(reach: Reach, limits: &FetchLimits) -> Result<Client, Fault> {
    let only_https = redirect::Policy::custom(|attempt| {
        if attempt.previous().len() > REDIRECTS {
            attempt.error("it redirects too often")
        } else if attempt.url().scheme() == "https" {
            attempt.follow()
        } else {
            attempt.error("it redirects to an address that is not https")
        }
    });
    let builder = Client::builder()
        .user_agent(concat!("Canteen/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .redirect(only_https)
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    let builder = match reach {
        Reach::Https => builder.https_only(true),
        Reach::Loopback => builder.no_proxy(),
    };
    builder.build().map_err(|e| Fault::Refused(format!("TLS cannot be set up: {}", root(&e))))
}

/// Whether the answer begins at 0 although `at` was asked for.
fn judge(response: &Response, at: u64, size: u64) -> Result<bool, Fault> {
    let status = response.status();
    let from_start = match status {
        StatusCode::OK => true,
        StatusCode::PARTIAL_CONTENT if at > 0 => {
            check_range(response.headers(), at, size)?;
            false
        }
        StatusCode::RANGE_NOT_SATISFIABLE => return Err(Fault::Truncated(total_of(response.headers()).unwrap_or(0))),
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Fault::Absent(format!("it answered {}", status.as_u16()))),
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::INTERNAL_SERVER_ERROR
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => return Err(Fault::Unavailable(format!("it answered {}", status.as_u16()))),
        _ => return Err(Fault::Refused(format!("it answered {}", status.as_u16()))),
    };
    if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Fault::Refused("it compresses what must come as it is".to_owned()));
    }
    let begin = if from_start { 0 } else { at };
    let promised = response.headers().get(reqwest::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    match promised.map(|length: u64| begin.saturating_add(length)) {
        Some(end) if end > size => Err(Fault::TooLarge),
        Some(end) if end < size => Err(Fault::Truncated(end)),
        Some(_) | None => Ok(from_start && at > 0),
    }
}

/// RFC 9110, section 14.4: `bytes 500-999/1000`.
fn check_range(headers: &HeaderMap, at: u64, size: u64) -> Result<(), Fault> {
    let other = || Fault::Refused("it answered with another part than was asked for".to_owned());
    let (first, last, total) = content_range(headers).ok_or_else(other)?;
    match total {
        Some(total) if total > size => Err(Fault::TooLarge),
        Some(total) if total < size => Err(Fault::Truncated(total)),
        _ if first != at || last < first || last >= size => Err(other()),
        _ => Ok(()),
    }
}

fn content_range(headers: &HeaderMap) -> Option<(u64, u64, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((first.parse().ok()?, last.parse().ok()?, total))
}

/// From `bytes */1000`, as a 416 says it.
fn total_of(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes */")?.parse().ok()
}

fn unsent(error: &reqwest::Error, url: &Url, reach: Reach) -> Fault {
    let why = root(error);
    if error.is_redirect() {
        Fault::Refused(why)
    } else if error.is_connect() {
        connection::fault(error, url, reach == Reach::Loopback, why)
    } else {
        Fault::Cut(why)
    }
}

pub(super) fn cut(error: &reqwest::Error) -> Fault {
    Fault::Cut(root(error))
}

/// The innermost cause: the ones around it repeat the address.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    tidy(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn plain_http_only_reaches_this_computer() {
        for good in ["http://127.0.0.1:8080/a", "http://localhost/a", "http://[::1]:1/a", "http://127.9.9.9/"] {
            assert_eq!(parse(good).unwrap().1, Reach::Loopback, "{good}");
        }
        assert_eq!(parse("https://127.0.0.1/a").unwrap().1, Reach::Https);
        for bad in [
            "http://models.example.org/a",
            "http://10.0.0.1/a",
            "http://localhost.example.org/a",
            "http://127.0.0.1.example.org/a",
            "http://127.0.0.1@example.org/a",
            "http://[::ffff:10.0.0.1]/a",
            "ftp://localhost/a",
            "file:///etc/passwd",
            "models.example.org/a",
            "",
        ] {
            assert!(matches!(parse(bad), Err(Fault::Refused(_))), "{bad}");
        }
    }

    #[test]
    fn a_range_must_be_the_one_that_was_asked_for() {
        let check = |text: &'static str| {
            let headers = HeaderMap::from_iter([(CONTENT_RANGE, HeaderValue::from_static(text))]);
            check_range(&headers, 500, 1000)
        };
        for good in ["bytes 500-999/1000", "bytes 500-999/*", "bytes 500-700/1000"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "bytes 0-999/1000",
            "bytes 501-999/1000",
            "bytes 500-1000/*",
            "bytes 500-499/1000",
            "500-999/1000",
            "bytes 500",
            "bytes a-b/c",
        ] {
            assert!(matches!(check(bad), Err(Fault::Refused(_))), "{bad}");
        }
        assert!(matches!(check("bytes 500-999/1001"), Err(Fault::TooLarge)));
        assert!(matches!(check("bytes 500-998/999"), Err(Fault::Truncated(999))));
    }

    #[test]
    fn hosts_are_named_without_path_and_credentials() {
        for (address, name) in [
            ("https://user:word@models.example.org:8443/a?token=1", "models.example.org:8443"),
            ("https://models.example.org/a", "models.example.org"),
            ("nonsense", "a mirror"),
        ] {
            assert_eq!(host(address), name);
        }
    }
}
