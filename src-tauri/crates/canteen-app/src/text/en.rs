use canteen_types::{AfterDeadline, NudgeReason};

use super::{Age, CatalogueNow, NoteTexts, PurgeTexts, Texts, TrayTexts};

pub(super) const TEXTS: Texts = Texts {
    tray: TrayTexts {
        nothing_running: "Canteen · nothing running",
        running: |n| if n == 1 { "Canteen · 1 model running".into() } else { format!("Canteen · {n} models running") },
        opening: "Canteen · opening …",
        waiting: "Canteen · waiting",
        needs_unlock: "Unlock Canteen's store …",
        cannot_start: "Canteen's store is not open: see why …",
        run: |name, speed, memory| match speed {
            Some(speed) => format!("{name} · {speed:.0} tokens/s · {}", memory.as_memory()),
            None => format!("{name} · {}", memory.as_memory()),
        },
        run_starting: |name| format!("{name} · starting …"),
        stop: |name| format!("Stop {name}"),
        start: "Start a model",
        open_catalogue: "Open catalogue",
        new_chat: "New chat",
        computer: "This computer",
        ledger: "What IT sees",
        settings: "Settings",
        attention: |n| if n == 1 { "1 thing needs your attention".into() } else { format!("{n} things need your attention") },
        more: |n| format!("{n} more …"),
        pause: "Pause nudges",
        pause_hour: "For one hour",
        pause_tomorrow: "Until tomorrow at 9:00",
        pause_monday: "Until Monday at 9:00",
        paused_until: |when| format!("Nudges paused until {when}"),
        end_pause: "End the pause",
        no_catalogue: "No catalogue yet",
        catalogue: |version, now, age| {
            let state = match now {
                CatalogueNow::Fresh => "",
                CatalogueNow::Stale => " · out of date",
                CatalogueNow::Expired => " · expired",
            };
            format!("Catalogue {version}{state} · {}", self::age(age))
        },
        check_failed: "The last check failed: see why …",
        check: "Check for updates",
        checking: "Checking for updates …",
        quit: |models, fetches| {
            let models = match models {
                0 => None,
                1 => Some("stops 1 model".to_owned()),
                n => Some(format!("stops {n} models")),
            };
            let fetches = match fetches {
                0 => None,
                1 => Some("rests 1 download".to_owned()),
                n => Some(format!("rests {n} downloads")),
            };
            match [models, fetches].into_iter().flatten().collect::<Vec<_>>().as_slice() {
                [] => "Quit".to_owned(),
                what => format!("Quit ({})", what.join(", ")),
            }
        },
        moment: |at| match (at.days, at.weekday) {
            (0, _) => at.clock.clone(),
            (1, _) => format!("tomorrow at {}", at.clock),
            (2..7, day) => format!("{} at {}", weekday(day), at.clock),
            _ => format!("{:04}-{:02}-{:02} {}", at.year, at.month, at.day, at.clock),
        },
    },
    note: NoteTexts {
        headline: |about| {
            let (name, of) = (about.name, about.of.unwrap_or("an approved model"));
            match about.reason {
                NudgeReason::ApprovedForOthers => format!("{name} is approved for others, not for you yet"),
                NudgeReason::Derivative => match about.of {
                    Some(of) => format!("{name} was made from {of}, which is approved; this one is not yet"),
                    None => format!("{name} was made from an approved model; this one is not approved yet"),
                },
                NudgeReason::Unapproved => format!("{name} is not approved yet"),
                NudgeReason::Altered => format!("{name} is an altered copy of {of}"),
                NudgeReason::Recalled => format!("{name} was recalled by IT"),
                NudgeReason::Dangerous => format!("{name} is dangerous: the file can do harm"),
            }
        },
        deadline: |when, then| match then {
            AfterDeadline::Remind => format!("Please stop using it by {when}."),
            AfterDeadline::Stop => format!("Please stop using it by {when}; after that Canteen asks the program to end."),
        },
        running_it: |holder| format!("{holder} is running it."),
        found_in: |place| format!("It was found in {place}."),
        alternative_ready: |name| format!("{name} is approved for the same work and is ready on this computer."),
        alternative_to_fetch: |name, size| format!("{name} is approved for the same work; fetching it takes {}.", size.as_file()),
        ask_instead: "You can ask for approval.",
        use_it: |name| format!("Use {name}"),
        ask: "Ask for approval",
        tomorrow: "Tomorrow at 9:00",
        answer_elsewhere: "Open Canteen to answer.",
        up_to_date: "The catalogue is up to date",
        new_catalogue: "There is a new catalogue",
        version: |version| format!("Version {version}"),
        check_failed: "The check for updates failed",
        not_started: |name| format!("{name} was not started"),
        not_done: "That did not work",
        open_for_reason: "Canteen's window says why.",
    },
    purge: PurgeTexts {
        nothing: "Nothing of Canteen is left for this user.",
        will_remove: "This removes for this user, for ever:",
        host_ends: "Canteen ends first; running models stop.",
        key: "the key of the encrypted store, in the keyring",
        autostart: "the entry that starts Canteen with the computer",
        question: "Remove all of this? Type “yes” to go on: ",
        yes: "yes",
        kept: "Nothing was removed.",
        needs_yes: "Nothing was removed. There is no terminal to ask at; say it with: canteen purge --yes",
        removed: "Removed:",
        left: "Left as it is:",
        left_key: "no keyring answered, so its key stays there. It opens nothing any more.",
        left_foreign: "not made by Canteen",
        left_failed: "the system refused",
        done: "All of Canteen's data of this user is gone. The programs stay; your package manager removes them.",
    },
};

fn age(age: Age) -> String {
    match age {
        Age::Never => "not checked yet".into(),
        Age::JustNow => "checked just now".into(),
        Age::Minutes(n) => format!("checked {n} minutes ago"),
        Age::Hours(1) => "checked 1 hour ago".into(),
        Age::Hours(n) => format!("checked {n} hours ago"),
        Age::Days(1) => "checked 1 day ago".into(),
        Age::Days(n) => format!("checked {n} days ago"),
    }
}

const fn weekday(day: u8) -> &'static str {
    match day {
        0 => "Monday",
        1 => "Tuesday",
        2 => "Wednesday",
        3 => "Thursday",
        4 => "Friday",
        5 => "Saturday",
        _ => "Sunday",
    }
}
