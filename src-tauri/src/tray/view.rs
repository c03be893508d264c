//! What the tray shows, as a pure function of the state.

use canteen_app::wire::{Fault, Status};
use canteen_types::{ByteSize, RunId};

/// States differ by shape, not only by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Idle,
    Running,
    Attention,
    Paused,
    Stale,
    Offline,
}

/// What pressing an item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    OpenCatalogue,
    NewChat,
    StopRun(RunId),
    OpenComputer,
    PauseUntilTomorrow,
    PauseForAnHour,
    EndPause,
    OpenLedger,
    Sync,
    Quit,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Line(String),
    Button { label: String, press: Press },
    Menu { label: String, items: Vec<Item> },
    Separator,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrayView {
    pub(crate) icon: Icon,
    pub(crate) title: String,
    pub(crate) items: Vec<Item>,
}

/// `local` shows a moment as the person's clock does.
pub(crate) fn view(status: Result<&Status, &Fault>, local: impl Fn(canteen_types::Timestamp) -> String) -> TrayView {
    match status {
        Ok(status) => open(status, &local),
        Err(fault) => locked(fault),
    }
}

fn locked(fault: &Fault) -> TrayView {
    TrayView {
        icon: Icon::Offline,
        title: "Canteen · waiting".into(),
        items: vec![
            Item::Line("Canteen · waiting".into()),
            button(&first_sentence(&fault.message), Press::OpenCatalogue),
            Item::Separator,
            button("Quit", Press::Quit),
        ],
    }
}

fn open(status: &Status, local: &impl Fn(canteen_types::Timestamp) -> String) -> TrayView {
    let title = match status.runs.len() {
        0 => "Canteen · nothing running".to_owned(),
        1 => "Canteen · 1 model running".to_owned(),
        n => format!("Canteen · {n} models running"),
    };
    let mut items = vec![Item::Line(title.clone())];
    for run in &status.runs {
        let memory = ByteSize::new(run.memory).as_memory();
        items.push(Item::Line(match run.speed {
            Some(speed) => format!("{} · {speed:.0} tokens/s · {memory}", run.name),
            None => format!("{} · {memory}", run.name),
        }));
        items.push(button(&format!("Stop {}", run.name), Press::StopRun(run.id)));
    }
    items.extend([
        Item::Separator,
        button("Open catalogue", Press::OpenCatalogue),
        button("New chat", Press::NewChat),
        Item::Separator,
    ]);
    match status.attention.len() {
        0 => items.push(button("This computer", Press::OpenComputer)),
        1 => items.push(button("1 thing needs your attention", Press::OpenComputer)),
        n => items.push(button(&format!("{n} things need your attention"), Press::OpenComputer)),
    }
    items.push(pause(status, local));
    items.extend([button("What IT sees", Press::OpenLedger), Item::Separator]);
    items.push(Item::Line(catalogue_line(status, local)));
    items.extend([button("Check for updates", Press::Sync), button(&quit_label(status), Press::Quit)]);
    TrayView { icon: icon(status), title, items }
}

fn icon(status: &Status) -> Icon {
    if !status.attention.is_empty() {
        Icon::Attention
    } else if status.catalogue.state == "none" {
        Icon::Offline
    } else if status.catalogue.state != "fresh" {
        Icon::Stale
    } else if !status.runs.is_empty() {
        Icon::Running
    } else if status.paused_until.is_some() {
        Icon::Paused
    } else {
        Icon::Idle
    }
}

fn pause(status: &Status, local: &impl Fn(canteen_types::Timestamp) -> String) -> Item {
    let (label, items) = match status.paused_until {
        Some(until) => (format!("Nudges paused until {}", local(until)), vec![button("End the pause", Press::EndPause)]),
        None => (
            "Pause nudges".to_owned(),
            vec![button("For one hour", Press::PauseForAnHour), button("Until tomorrow at 9:00", Press::PauseUntilTomorrow)],
        ),
    };
    Item::Menu { label, items }
}

fn catalogue_line(status: &Status, local: &impl Fn(canteen_types::Timestamp) -> String) -> String {
    let catalogue = &status.catalogue;
    let age = catalogue.checked.map_or_else(|| "not checked yet".to_owned(), |at| format!("checked {}", local(at)));
    match (catalogue.version, catalogue.state.as_str()) {
        (None, _) => "No catalogue yet".to_owned(),
        (Some(version), "fresh") => format!("Catalogue {version} · {age}"),
        (Some(version), state) => format!("Catalogue {version} · {state} · {age}"),
    }
}

fn quit_label(status: &Status) -> String {
    match status.runs.len() {
        0 => "Quit".to_owned(),
        1 => "Quit (stops 1 model)".to_owned(),
        n => format!("Quit (stops {n} models)"),
    }
}

fn button(label: &str, press: Press) -> Item {
    Item::Button { label: label.to_owned(), press }
}

fn first_sentence(text: &str) -> String {
    text.split_inclusive(". ").next().unwrap_or(text).trim_end().chars().take(80).collect()
}
