use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::Fault;

/// The language that Canteen speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// That of the system, where Canteen knows it; else English.
    #[default]
    System,
    /// English.
    En,
    /// German.
    De,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How the catalogue is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueLayout {
    /// Cards.
    #[default]
    Grid,
    /// Lines.
    List,
}

/// The settings in force: what the organisation set, over what the person chose, over what is usual.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// Language of the window, the tray and the messages.
    pub language: Language,
    /// Light or dark.
    pub appearance: Appearance,
    /// Size of everything in the window, in per cent.
    pub text_size: u32,
    /// How the catalogue is laid out.
    pub catalogue_layout: CatalogueLayout,
    /// Canteen starts with the computer.
    pub autostart: bool,
    /// A model that nobody asked anything for so many minutes is unloaded.
    pub idle_minutes: u32,
    /// Threads of a new run; absent: as many as pay.
    pub threads: Option<u32>,
    /// What every new conversation begins with; empty for nothing.
    pub instructions: String,
    /// The first start was gone through or skipped.
    pub first_start_done: bool,
    /// Servers on this computer may be asked what they are, once each.
    pub ask_servers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            appearance: Appearance::System,
            text_size: 100,
            catalogue_layout: CatalogueLayout::Grid,
            autostart: false,
            idle_minutes: 15,
            threads: None,
            instructions: String::new(),
            first_start_done: false,
            ask_servers: true,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("language", &self.language)
            .field("appearance", &self.appearance)
            .field("text_size", &self.text_size)
            .field("catalogue_layout", &self.catalogue_layout)
            .field("autostart", &self.autostart)
            .field("idle_minutes", &self.idle_minutes)
            .field("threads", &self.threads)
            .field("instructions", &format_args!("{} bytes", self.instructions.len()))
            .field("first_start_done", &self.first_start_done)
            .field("ask_servers", &self.ask_servers)
            .finish()
    }
}

/// New values; what is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsChange {
    /// See [`Settings::language`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub language: Option<Language>,
    /// See [`Settings::appearance`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub appearance: Option<Appearance>,
    /// See [`Settings::text_size`]: 80 to 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text_size: Option<u32>,
    /// See [`Settings::catalogue_layout`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub catalogue_layout: Option<CatalogueLayout>,
    /// See [`Settings::autostart`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub autostart: Option<bool>,
    /// See [`Settings::idle_minutes`]: 1 to 1,440.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub idle_minutes: Option<u32>,
    /// See [`Settings::threads`]: `null` for automatic, else 1 to the number of cores.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    #[ts(optional)]
    pub threads: Option<Option<u32>>,
    /// See [`Settings::instructions`]: up to 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub instructions: Option<String>,
    /// See [`Settings::first_start_done`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_start_done: Option<bool>,
    /// See [`Settings::ask_servers`].
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ask_servers: Option<bool>,
}

/// `null` is a value here, and not the same as absent.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl fmt::Debug for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsChange({})", self.names().join(", "))
    }
}

/// What the organisation has set on this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ManagedSettings {
    /// Names of the fields of [`Settings`] that the person cannot change.
    pub fields: Vec<String>,
    /// Who set them, in the organisation's words.
    pub by: Option<String>,
    /// Why the organisation's file could not be used; what it said before is still in force then.
    pub fault: Option<Fault>,
}

/// The settings, and what of them is not the person's to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettingsPage {
    /// In force.
    pub settings: Settings,
    /// Set by the organisation.
    pub managed: ManagedSettings,
    /// Most threads that a run may have here: the logical cores.
    pub cores: u32,
    /// Threads of a run when nothing was chosen.
    pub automatic_threads: u32,
}
