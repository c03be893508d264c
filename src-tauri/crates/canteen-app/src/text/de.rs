use canteen_types::{AfterDeadline, ByteSize, NudgeReason};

use super::{Age, CatalogueNow, NoteTexts, PurgeTexts, Texts, TrayTexts};

pub(super) const TEXTS: Texts = Texts {
    tray: TrayTexts {
        nothing_running: "Canteen · es läuft nichts",
        running: |n| if n == 1 { "Canteen · 1 Modell läuft".into() } else { format!("Canteen · {n} Modelle laufen") },
        opening: "Canteen · wird geöffnet …",
        waiting: "Canteen · wartet",
        needs_unlock: "Datenspeicher von Canteen entsperren …",
        cannot_start: "Der Datenspeicher von Canteen ist nicht offen: Grund ansehen …",
        run: |name, speed, memory| match speed {
            Some(speed) => format!("{name} · {speed:.0} Tokens/s · {}", self::memory(memory)),
            None => format!("{name} · {}", self::memory(memory)),
        },
        run_starting: |name| format!("{name} · startet …"),
        stop: |name| format!("{name} beenden"),
        start: "Modell starten",
        open_catalogue: "Katalog öffnen",
        new_chat: "Neue Unterhaltung",
        computer: "Dieser Computer",
        ledger: "Was die IT sieht",
        settings: "Einstellungen",
        attention: |n| if n == 1 { "1 Hinweis wartet auf Sie".into() } else { format!("{n} Hinweise warten auf Sie") },
        more: |n| format!("{n} weitere …"),
        pause: "Hinweise pausieren",
        pause_hour: "Für eine Stunde",
        pause_tomorrow: "Bis morgen um 9:00 Uhr",
        pause_monday: "Bis Montag um 9:00 Uhr",
        paused_until: |when| format!("Hinweise pausieren bis {when}"),
        end_pause: "Pause beenden",
        no_catalogue: "Noch kein Katalog",
        catalogue: |version, now, age| {
            let state = match now {
                CatalogueNow::Fresh => "",
                CatalogueNow::Stale => " · veraltet",
                CatalogueNow::Expired => " · abgelaufen",
            };
            format!("Katalog {version}{state} · {}", self::age(age))
        },
        check_failed: "Letzte Prüfung fehlgeschlagen: Grund ansehen …",
        check: "Nach Aktualisierungen suchen",
        checking: "Suche nach Aktualisierungen …",
        quit: |models, fetches| {
            let models = match models {
                0 => None,
                1 => Some("beendet 1 Modell".to_owned()),
                n => Some(format!("beendet {n} Modelle")),
            };
            let fetches = match fetches {
                0 => None,
                1 => Some("unterbricht 1 Download".to_owned()),
                n => Some(format!("unterbricht {n} Downloads")),
            };
            match [models, fetches].into_iter().flatten().collect::<Vec<_>>().as_slice() {
                [] => "Beenden".to_owned(),
                what => format!("Beenden ({})", what.join(", ")),
            }
        },
        moment: |at| match (at.days, at.weekday) {
            (0, _) => format!("{} Uhr", at.clock),
            (1, _) => format!("morgen um {} Uhr", at.clock),
            (2..7, day) => format!("{} um {} Uhr", weekday(day), at.clock),
            _ => format!("{}.{}.{} um {} Uhr", at.day, at.month, at.year, at.clock),
        },
    },
    note: NoteTexts {
        headline: |about| {
            let name = about.name;
            match about.reason {
                NudgeReason::ApprovedForOthers => format!("{name} ist für andere freigegeben, für Sie noch nicht"),
                NudgeReason::Derivative => match about.of {
                    Some(of) => format!("{name} wurde aus {of} gemacht, das freigegeben ist; dieses ist es noch nicht"),
                    None => format!("{name} wurde aus einem freigegebenen Modell gemacht; dieses ist noch nicht freigegeben"),
                },
                NudgeReason::Unapproved => format!("{name} ist noch nicht freigegeben"),
                NudgeReason::Altered => match about.of {
                    Some(of) => format!("{name} ist eine veränderte Kopie von {of}"),
                    None => format!("{name} ist eine veränderte Kopie eines freigegebenen Modells"),
                },
                NudgeReason::Recalled => format!("{name} wurde von der IT zurückgerufen"),
                NudgeReason::Dangerous => format!("{name} ist gefährlich: Die Datei kann Schaden anrichten"),
            }
        },
        deadline: |when, then| match then {
            AfterDeadline::Remind => format!("Bitte nicht länger verwenden als bis: {when}."),
            AfterDeadline::Stop => {
                format!("Bitte nicht länger verwenden als bis: {when}. Danach bittet Canteen das Programm, sich zu beenden.")
            }
        },
        running_it: |holder| format!("{holder} führt es gerade aus."),
        found_in: |place| format!("Gefunden in: {place}."),
        alternative_ready: |name| format!("{name} ist für dieselbe Arbeit freigegeben und auf diesem Computer bereit."),
        alternative_to_fetch: |name, size| {
            format!("{name} ist für dieselbe Arbeit freigegeben; der Download umfasst {}.", decimal(&size.as_file()))
        },
        ask_instead: "Sie können um Freigabe bitten.",
        use_it: |name| format!("{name} verwenden"),
        ask: "Um Freigabe bitten",
        tomorrow: "Morgen um 9:00 Uhr",
        answer_elsewhere: "Öffnen Sie Canteen, um zu antworten.",
        up_to_date: "Der Katalog ist aktuell",
        new_catalogue: "Es gibt einen neuen Katalog",
        version: |version| format!("Version {version}"),
        check_failed: "Die Suche nach Aktualisierungen ist fehlgeschlagen",
        not_started: |name| format!("{name} wurde nicht gestartet"),
        not_done: "Das hat nicht geklappt",
        open_for_reason: "Das Fenster von Canteen nennt den Grund.",
    },
    purge: PurgeTexts {
        nothing: "Für diesen Benutzer ist nichts von Canteen vorhanden.",
        will_remove: "Das entfernt für diesen Benutzer endgültig:",
        host_ends: "Canteen wird vorher beendet; laufende Modelle enden.",
        key: "den Schlüssel des verschlüsselten Datenspeichers im Schlüsselbund",
        autostart: "den Eintrag, der Canteen mit dem Computer startet",
        question: "Alles entfernen? Tippen Sie „ja“, um fortzufahren: ",
        yes: "ja",
        kept: "Es wurde nichts entfernt.",
        needs_yes: "Es wurde nichts entfernt. Hier gibt es kein Terminal für die Rückfrage; bestätigen Sie mit: canteen purge --yes",
        removed: "Entfernt:",
        left: "Nicht angerührt:",
        left_key: "kein Schlüsselbund hat geantwortet; der Schlüssel bleibt dort und öffnet nichts mehr.",
        left_foreign: "nicht von Canteen angelegt",
        left_failed: "vom System verweigert",
        done: "Alle Daten von Canteen für diesen Benutzer sind entfernt. Die Programme entfernt Ihre Paketverwaltung.",
    },
};

fn decimal(number: &str) -> String {
    number.replace('.', ",")
}

fn memory(size: ByteSize) -> String {
    decimal(&size.as_memory())
}

fn age(age: Age) -> String {
    match age {
        Age::Never => "noch nicht geprüft".into(),
        Age::JustNow => "gerade geprüft".into(),
        Age::Minutes(n) => format!("vor {n} Minuten geprüft"),
        Age::Hours(1) => "vor 1 Stunde geprüft".into(),
        Age::Hours(n) => format!("vor {n} Stunden geprüft"),
        Age::Days(1) => "vor 1 Tag geprüft".into(),
        Age::Days(n) => format!("vor {n} Tagen geprüft"),
    }
}

const fn weekday(day: u8) -> &'static str {
    match day {
        0 => "Montag",
        1 => "Dienstag",
        2 => "Mittwoch",
        3 => "Donnerstag",
        4 => "Freitag",
        5 => "Samstag",
        _ => "Sonntag",
    }
}
