//! Links that open a page of Canteen: `canteen:model/smollm2`. Anybody can write one, so it can name a page and nothing else.

use canteen_types::EntryId;

use crate::wire::Screen;

/// The scheme, with its colon.
pub const SCHEME: &str = "canteen:";
/// Longest link, in bytes: an id and then some.
const LONGEST: usize = 200;

/// The page that a link names; `None` for anything that is no link of ours, exactly.
///
/// `canteen:catalogue`, `canteen:model/<id>`, `canteen:chat`, `canteen:running`, `canteen:computer`, `canteen:ledger`,
/// `canteen:requests`, `canteen:settings`. Some browsers put `//` after the colon and `/` at the end.
///
/// ```
/// use canteen_app::{link, wire::Screen};
///
/// assert_eq!(link::page("canteen:settings"), Some(Screen::Settings));
/// assert_eq!(link::page("canteen:install/smollm2"), None);
/// ```
#[must_use]
pub fn page(link: &str) -> Option<Screen> {
    if link.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = link.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    match rest.split_once('/') {
        None => match rest {
            "catalogue" => Some(Screen::Catalogue),
            "chat" => Some(Screen::Chat { model: None }),
            "running" => Some(Screen::Running),
            "computer" => Some(Screen::Computer { ask: None }),
            "ledger" => Some(Screen::Ledger),
            "requests" => Some(Screen::Requests),
            "settings" => Some(Screen::Settings),
            _ => None,
        },
        Some(("model", id)) => id.parse::<EntryId>().ok().map(|id| Screen::Model { id }),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn model(id: &str) -> Option<Screen> {
        Some(Screen::Model { id: id.parse().unwrap() })
    }

    #[test]
    fn every_page_has_a_link() {
        for (link, page_of_it) in [
            ("canteen:catalogue", Some(Screen::Catalogue)),
            ("canteen://catalogue/", Some(Screen::Catalogue)),
            ("CANTEEN:chat", Some(Screen::Chat { model: None })),
            ("canteen:running", Some(Screen::Running)),
            ("canteen:computer", Some(Screen::Computer { ask: None })),
            ("canteen:ledger", Some(Screen::Ledger)),
            ("canteen:requests", Some(Screen::Requests)),
            ("canteen:settings", Some(Screen::Settings)),
            ("canteen:model/smollm2-135m-instruct", model("smollm2-135m-instruct")),
            ("canteen://model/smollm2", model("smollm2")),
        ] {
            assert_eq!(page(link), page_of_it, "{link}");
        }
    }

    #[test]
    fn what_is_no_page_opens_none() {
        for link in [
            "",
            "canteen:",
            "canteen",
            "canteen:/catalogue",
            "canteen: catalogue",
            "canteen:catalogue?install=smollm2",
            "canteen:catalogue#x",
            "canteen:install/smollm2",
            "canteen:approve/smollm2",
            "canteen:chat/smollm2",
            "canteen:computer/0198",
            "canteen:model",
            "canteen:model/",
            "canteen:model/../settings",
            "canteen:model/smollm2/install",
            "canteen:model/smoll%6d2",
            "canteen:Settings",
            "https:catalogue",
            "file:///etc/passwd",
            "--hidden",
            "kantine:chat",
        ] {
            assert_eq!(page(link), None, "{link}");
        }
        assert_eq!(page(&format!("canteen:model/{}", "a".repeat(300))), None);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_a_model_keeps_its_name(text in ".{0,300}") {
            if let Some(Screen::Model { id }) = page(&text) {
                prop_assert!(text.contains(id.as_str()));
            }
            if let Some(Screen::Model { id }) = page(&format!("canteen:model/{text}")) {
                prop_assert!(text.contains(id.as_str()));
            }
        }

        #[test]
        fn every_id_can_be_linked(id in "[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?") {
            if let Ok(parsed) = id.parse::<EntryId>() {
                prop_assert_eq!(page(&format!("canteen:model/{id}")), Some(Screen::Model { id: parsed }));
            }
        }
    }
}
