//! Managed over chosen over usual: pure, so that every rule is a line of a test.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::wire::{Settings, SettingsChange};

/// Smallest and largest size of the window's text, in per cent.
const TEXT_SIZE: (u32, u32) = (80, 200);
/// Shortest and longest rest of an unused model, in minutes: a day.
const IDLE_MINUTES: (u32, u32) = (1, 24 * 60);
/// Longest instructions, in characters: they take room in every context.
const INSTRUCTIONS: u32 = 4000;
/// Longest name of who set something, in characters.
const BY: usize = 200;

/// A value that is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfBounds {
    pub(crate) name: &'static str,
    pub(crate) least: u32,
    pub(crate) most: u32,
}

/// What the organisation's file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Managed {
    /// Who is shown as the one who set it.
    #[serde(default)]
    pub(crate) set_by: Option<String>,
    pub(crate) settings: SettingsChange,
}

impl Managed {
    /// Reads the organisation's file. Everything in it must be understood: a misspelt name must not quietly leave a setting free.
    pub(crate) fn parse(bytes: &[u8], cores: u32) -> Result<Self, String> {
        let managed: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if managed.set_by.as_ref().is_some_and(|by| by.chars().count() > BY) {
            return Err(format!("set_by has more than {BY} characters"));
        }
        match managed.settings.check(cores) {
            Ok(()) => Ok(managed),
            Err(OutOfBounds { name, least, most }) => Err(format!("{name} must be between {least} and {most}")),
        }
    }
}

/// What is in force.
pub(crate) fn merged(chosen: &SettingsChange, managed: &SettingsChange) -> Settings {
    let mut settings = Settings::default();
    settings.take(chosen);
    settings.take(managed);
    settings
}

/// What the person chose, as it was kept. A value that this version does not know is as if it had not been chosen: a newer
/// version may have been here.
pub(crate) fn kept(stored: Map<String, Value>) -> SettingsChange {
    let mut chosen = SettingsChange::default();
    for (name, value) in stored {
        let one = Value::Object(Map::from_iter([(name, value)]));
        if let Ok(one) = serde_json::from_value::<SettingsChange>(one) {
            chosen.take(one);
        }
    }
    chosen
}

macro_rules! fields {
    ($($name:ident),+ $(,)?) => {
        impl Settings {
            fn take(&mut self, change: &SettingsChange) {
                $(if let Some(value) = &change.$name { self.$name.clone_from(value); })+
            }
        }

        impl SettingsChange {
            /// The names of what is given.
            #[must_use]
            pub fn names(&self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $(if self.$name.is_some() { names.push(stringify!($name)); })+
                names
            }

            /// Later values over earlier ones.
            pub(crate) fn take(&mut self, later: Self) {
                $(if later.$name.is_some() { self.$name = later.$name; })+
            }

            /// Only what differs from `settings`.
            pub(crate) fn news(mut self, settings: &Settings) -> Self {
                $(if self.$name.as_ref() == Some(&settings.$name) { self.$name = None; })+
                self
            }
        }
    };
}

fields!(
    language,
    appearance,
    text_size,
    catalogue_layout,
    autostart,
    idle_minutes,
    threads,
    instructions,
    first_start_done,
    ask_servers,
);

impl SettingsChange {
    /// Every value is one that may be chosen on a computer with so many cores.
    pub(crate) fn check(&self, cores: u32) -> Result<(), OutOfBounds> {
        let length = self.instructions.as_ref().map(|text| u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        let given = [
            ("text_size", self.text_size, TEXT_SIZE),
            ("idle_minutes", self.idle_minutes, IDLE_MINUTES),
            ("threads", self.threads.flatten(), (1, cores)),
            ("instructions", length, (0, INSTRUCTIONS)),
        ];
        for (name, value, (least, most)) in given {
            if value.is_some_and(|value| value < least || value > most) {
                return Err(OutOfBounds { name, least, most });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::{Appearance, Language};

    fn change(value: Value) -> SettingsChange {
        serde_json::from_value(value).unwrap()
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn managed_wins_over_chosen_and_chosen_over_usual() {
        let settings = merged(
            &change(json!({ "language": "de", "idle_minutes": 60, "threads": 2 })),
            &change(json!({ "idle_minutes": 5, "threads": null })),
        );
        assert_eq!((settings.language, settings.idle_minutes, settings.threads), (Language::De, 5, None));
        assert_eq!(settings.appearance, Appearance::System);
    }

    #[test]
    fn no_threads_is_a_choice_and_absent_is_none() {
        assert_eq!(change(json!({ "threads": null })).threads, Some(None));
        assert_eq!(change(json!({})).threads, None);
        assert_eq!(serde_json::to_value(change(json!({ "threads": null }))).unwrap(), json!({ "threads": null }));
    }

    #[test]
    fn what_a_newer_version_kept_does_no_harm() {
        let chosen = kept(map(json!({ "language": "fr", "appearance": "dark", "hologram": true, "text_size": "large" })));
        assert_eq!(chosen, change(json!({ "appearance": "dark" })));
    }

    #[test]
    fn values_have_bounds() {
        for (good, bad) in [
            (json!({ "text_size": 80 }), json!({ "text_size": 79 })),
            (json!({ "text_size": 200 }), json!({ "text_size": 201 })),
            (json!({ "idle_minutes": 1 }), json!({ "idle_minutes": 0 })),
            (json!({ "idle_minutes": 1440 }), json!({ "idle_minutes": 1441 })),
            (json!({ "threads": 1 }), json!({ "threads": 0 })),
            (json!({ "threads": 4 }), json!({ "threads": 5 })),
            (json!({ "instructions": "ü".repeat(4000) }), json!({ "instructions": "ü".repeat(4001) })),
        ] {
            assert_eq!(change(good).check(4), Ok(()));
            let bad = change(bad);
            assert_eq!(bad.check(4).unwrap_err().name, bad.names()[0]);
        }
    }

    #[test]
    fn a_managed_file_is_understood_whole_or_refused() {
        let good = br#"{ "set_by": "IT of Brightwater", "settings": { "language": "de" } }"#;
        let managed = Managed::parse(good, 4).unwrap();
        assert_eq!((managed.set_by.as_deref(), managed.settings.names()), (Some("IT of Brightwater"), vec!["language"]));
        for bad in [
            &b""[..],
            b"{}",
            b"[]",
            br#"{ "settings": { "langauge": "de" } }"#,
            br#"{ "settings": { "language": "fr" } }"#,
            br#"{ "settings": {}, "by": "IT" }"#,
            br#"{ "settings": { "threads": 5 } }"#,
        ] {
            assert!(Managed::parse(bad, 4).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn only_what_differs_is_news() {
        let settings = Settings::default();
        assert_eq!(change(json!({ "language": "system", "idle_minutes": 15 })).news(&settings).names(), Vec::<&str>::new());
        assert_eq!(change(json!({ "language": "de", "threads": null })).news(&settings).names(), ["language"]);
    }

    #[test]
    fn instructions_are_never_in_a_debug_text() {
        let change = change(json!({ "instructions": "SECRET" }));
        let settings = merged(&change, &SettingsChange::default());
        assert!(!format!("{change:?}{settings:?}").contains("SECRET"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            drop(Managed::parse(&bytes, 4));
        }
    }
}
