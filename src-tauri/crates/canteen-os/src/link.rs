use std::str::FromStr;

use url::Url;

use crate::OsError;

#[cfg(target_os = "linux")]
#[path = "link/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "link/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "link/windows.rs"]
mod system;

/// Longest link, in bytes: what every browser takes.
const LONGEST: usize = 2048;
/// What a mail address may bring along. Not `attach`: some mail programs would add a file of this computer.
const MAIL_FIELDS: [&str; 2] = ["subject", "body"];

/// A web page or a mail address, in the one form that is handed to the system: ASCII, with the host as it is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// As it is opened.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refused(why: &'static str) -> OsError {
    OsError::LinkRefused { why }
}

impl FromStr for Link {
    type Err = OsError;

    fn from_str(text: &str) -> Result<Self, OsError> {
        if text.len() > LONGEST {
            return Err(refused("it is too long"));
        }
        // A parser would leave them out in silence: what was shown would not be what is opened.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refused("it holds spaces or characters that cannot be seen"));
        }
        let url = Url::parse(text).map_err(|_| refused("it is no address"))?;
        match url.scheme() {
            "http" | "https" => {
                if url.host_str().is_none_or(str::is_empty) {
                    return Err(refused("it names no computer"));
                }
                if !url.username().is_empty() || url.password().is_some() {
                    return Err(refused("it holds a name or a password"));
                }
            }
            "mailto" => {
                if !url.path().contains('@') || url.path().starts_with('-') {
                    return Err(refused("it is no mail address"));
                }
                if url.query_pairs().any(|(field, _)| !MAIL_FIELDS.contains(&field.to_lowercase().as_str())) {
                    return Err(refused("it asks the mail program for more than a letter"));
                }
            }
            _ => return Err(refused("it leads to another program")),
        }
        let link = String::from(url);
        if link.len() > LONGEST || !link.is_ascii() {
            return Err(refused("it is too long"));
        }
        Ok(Self(link))
    }
}

/// Opens it in the person's browser or mail program. Whether that shows it is not known.
///
/// # Errors
/// `os.not_started` where the system has no program for it.
pub fn open_link(link: &Link) -> Result<(), OsError> {
    system::open(link)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_has_one_form() {
        for (text, form) in [
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            ("HTTP://EXAMPLE.org", "http://example.org/"),
            ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
            ("mailto:ada@example.org?subject=Hi%20there", "mailto:ada@example.org?subject=Hi%20there"),
        ] {
            assert_eq!(text.parse::<Link>().unwrap().as_str(), form);
        }
    }

    #[test]
    fn what_does_more_than_show_a_page_is_refused() {
        for bad in [
            "",
            "example.org",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "smb://share/x",
            "ms-msdt:/id",
            "--help",
            "https://",
            "https://bank.example@evil.example/",
            "https://a:b@evil.example/",
            "https://exa mple.org",
            "https://example.org/\u{202e}\n",
            "java\tscript:alert(1)",
            "mailto:nobody",
            "mailto:-oX@example.org",
            "mailto:ada@example.org?attach=/etc/passwd",
            "mailto:ada@example.org?Attachment=x",
        ] {
            assert!(matches!(bad.parse::<Link>(), Err(OsError::LinkRefused { .. })), "{bad}");
        }
        assert!(format!("https://example.org/{}", "a".repeat(3000)).parse::<Link>().is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_opened_is_ascii_and_of_a_known_kind(text in "(https?://|mailto:|[a-z]{0,6}:)?\\PC{0,60}") {
            if let Ok(link) = text.parse::<Link>() {
                let link = link.as_str();
                prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic()), "{link}");
                prop_assert!(["https://", "http://", "mailto:"].iter().any(|kind| link.starts_with(kind)), "{link}");
                let again = link.parse::<Link>().unwrap();
                prop_assert_eq!(again.as_str(), link, "parsed again it is the same");
            }
        }
    }
}
