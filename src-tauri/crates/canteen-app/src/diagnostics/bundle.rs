//! The text itself, made of facts alone: what is not a field here cannot get into it.

use canteen_types::{EndReason, Timestamp};
use serde::Serialize;

use crate::wire::{AskingServers, KnownRunners};

/// Everything that the text says. No path, no prompt, no name of a person, a computer or a model; entries by their ids.
#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    pub(crate) taken: Timestamp,
    pub(crate) canteen: Canteen,
    pub(crate) system: System,
    pub(crate) hardware: Hardware,
    pub(crate) sandbox: Option<String>,
    pub(crate) store: StoreHealth,
    pub(crate) catalogue: Catalogue,
    pub(crate) models_folder: Folder,
    pub(crate) models: Vec<ModelLine>,
    pub(crate) runs: Vec<RunLine>,
    pub(crate) settings: SettingsLine,
    pub(crate) watch: Watch,
    pub(crate) faults: Vec<FaultLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Canteen {
    pub(crate) version: &'static str,
    pub(crate) build: &'static str,
    pub(crate) host: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct System {
    pub(crate) name: String,
    pub(crate) kernel: String,
    pub(crate) architecture: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Hardware {
    pub(crate) processor: String,
    pub(crate) physical_cores: u32,
    pub(crate) logical_cores: u32,
    pub(crate) memory_bytes: u64,
    pub(crate) memory_available_bytes: u64,
    pub(crate) instruction_sets: Vec<&'static str>,
    pub(crate) graphics: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreHealth {
    pub(crate) key_place: String,
    pub(crate) log_rows: u64,
    pub(crate) log_unbroken: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Catalogue {
    pub(crate) state: String,
    pub(crate) set_by: Option<String>,
    pub(crate) version: Option<u64>,
    pub(crate) entries: u32,
    pub(crate) checked: Option<Timestamp>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) refused: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Folder {
    pub(crate) usual: bool,
    pub(crate) there: bool,
    pub(crate) used_bytes: u64,
    pub(crate) free_bytes: Option<u64>,
    pub(crate) moving: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct ModelLine {
    pub(crate) entry: String,
    pub(crate) version: u32,
    pub(crate) state: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct RunLine {
    pub(crate) entry: String,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) why: Option<EndReason>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SettingsLine {
    pub(crate) language: crate::wire::Language,
    pub(crate) appearance: crate::wire::Appearance,
    pub(crate) text_size: u32,
    pub(crate) autostart: bool,
    pub(crate) idle_minutes: u32,
    pub(crate) threads: Option<u32>,
    pub(crate) managed: Vec<String>,
    pub(crate) managed_fault: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Watch {
    pub(crate) places: usize,
    pub(crate) runners: KnownRunners,
    pub(crate) asking_servers: AskingServers,
    pub(crate) last_look: Option<Timestamp>,
    pub(crate) open_sightings: usize,
    pub(crate) notifications: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FaultLine {
    pub(crate) at: Timestamp,
    pub(crate) code: String,
    pub(crate) incident: String,
}

/// For people first: one fact a line.
pub(crate) fn text(facts: &Facts) -> String {
    // Plain structs with text keys always have a JSON form.
    serde_json::to_string_pretty(facts).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    #[test]
    fn the_text_says_this_and_nothing_else() {
        let facts = Facts {
            taken: AT,
            canteen: Canteen { version: "0.1.0", build: "release", host: "tray" },
            system: System {
                name: "Linux (Debian GNU/Linux 12)".into(),
                kernel: "6.1.0-18-amd64".into(),
                architecture: "x86_64".into(),
            },
            hardware: Hardware {
                processor: "Example 9000".into(),
                physical_cores: 4,
                logical_cores: 8,
                memory_bytes: 16 << 30,
                memory_available_bytes: 9 << 30,
                instruction_sets: vec!["AVX2"],
                graphics: Some(vec!["Example Graphics".into()]),
            },
            sandbox: Some("enforced".into()),
            store: StoreHealth { key_place: "keyring".into(), log_rows: 1284, log_unbroken: true },
            catalogue: Catalogue {
                state: "fresh".into(),
                set_by: Some("managed".into()),
                version: Some(42),
                entries: 12,
                checked: Some(AT),
                expires: None,
                refused: Some("catalogue.unreachable".into()),
            },
            models_folder: Folder { usual: true, there: true, used_bytes: 253_000_000, free_bytes: Some(1 << 40), moving: false },
            models: vec![ModelLine { entry: "gemma-3-270m".into(), version: 3, state: "installed".into() }],
            runs: vec![RunLine { entry: "gemma-3-270m".into(), started: AT, ended: Some(AT), why: Some(EndReason::Idle) }],
            settings: SettingsLine {
                language: crate::wire::Language::De,
                appearance: crate::wire::Appearance::System,
                text_size: 110,
                autostart: true,
                idle_minutes: 15,
                threads: None,
                managed: vec!["language".into()],
                managed_fault: None,
            },
            watch: Watch {
                places: 9,
                runners: KnownRunners { built_in: 1, organisation: Some(7) },
                asking_servers: AskingServers::On,
                last_look: Some(AT),
                open_sightings: 2,
                notifications: true,
            },
            faults: vec![FaultLine { at: AT, code: "library.disk_full".into(), incident: "0198c0de".into() }],
        };
        insta::assert_snapshot!(text(&facts));
    }
}
