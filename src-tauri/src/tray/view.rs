//! What the tray shows, as a pure function of the state.

use canteen_app::Standing;
use canteen_app::text::{Age, CatalogueNow, Texts, Tongue};
use canteen_app::wire::{CatalogueStatus, Fault, Run};
use canteen_os::Local;
use canteen_types::{ByteSize, EntryId, NudgeId, RunId, RunState, Timestamp};

/// Nudges that are named; the others are counted.
const NAMED: usize = 5;
/// Models that the menu offers to start; the catalogue shows the others.
const STARTABLE: usize = 20;
/// While a model runs, its figures are looked at again so often, in milliseconds.
const FIGURES: u64 = 15_000;

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
    OpenWindow,
    OpenCatalogue,
    OpenNudge(NudgeId),
    NewChat,
    StartModel(EntryId),
    StopRun(RunId),
    OpenComputer,
    PauseForAnHour,
    PauseUntilTomorrow,
    PauseUntilMonday,
    EndPause,
    OpenLedger,
    OpenSettings,
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
    /// In so many milliseconds it would read otherwise though nothing happens; absent when never.
    pub(crate) lasts: Option<u64>,
}

/// The moment, and how the person's calendar shows others.
pub(crate) struct Now<'a> {
    pub(crate) at: Timestamp,
    pub(crate) local: &'a dyn Fn(Timestamp) -> Option<Local>,
    /// A check for updates that was asked for here is under way.
    pub(crate) checking: bool,
}

/// An open store.
pub(crate) fn view(standing: &Standing, now: &Now<'_>) -> TrayView {
    let texts = standing.tongue.texts();
    let status = &standing.status;
    let title = match status.runs.len() {
        0 => texts.tray.nothing_running.to_owned(),
        n => (texts.tray.running)(n),
    };
    let mut items = vec![Item::Line(title.clone())];
    items.extend(status.runs.iter().flat_map(|run| running(run, texts)));
    items.extend(start(standing, texts));
    items.push(Item::Separator);
    items.extend(attention(standing, texts));
    items.extend([pause(standing, texts, now), Item::Separator]);
    items.extend([
        button(texts.tray.open_catalogue, Press::OpenCatalogue),
        button(texts.tray.new_chat, Press::NewChat),
        button(texts.tray.computer, Press::OpenComputer),
        button(texts.tray.ledger, Press::OpenLedger),
        button(texts.tray.settings, Press::OpenSettings),
        Item::Separator,
    ]);
    items.extend(catalogue(&status.catalogue, texts, now));
    items.push(Item::Separator);
    items.push(button(&(texts.tray.quit)(status.runs.len(), standing.fetching), Press::Quit));
    TrayView { icon: icon(standing), title, items, lasts: lasts(standing, now) }
}

/// A store that is just being opened.
pub(crate) fn opening(tongue: Tongue) -> TrayView {
    let texts = &tongue.texts().tray;
    let items = vec![Item::Line(texts.opening.to_owned()), Item::Separator, button(&(texts.quit)(0, 0), Press::Quit)];
    TrayView { icon: Icon::Offline, title: texts.opening.to_owned(), items, lasts: None }
}

/// A store that is not open: only the window can help.
pub(crate) fn waiting(fault: &Fault, tongue: Tongue) -> TrayView {
    let texts = &tongue.texts().tray;
    let unlock = fault.remedy == canteen_types::Remedy::Unlock;
    TrayView {
        icon: Icon::Offline,
        title: texts.waiting.to_owned(),
        items: vec![
            Item::Line(texts.waiting.to_owned()),
            button(if unlock { texts.needs_unlock } else { texts.cannot_start }, Press::OpenWindow),
            Item::Separator,
            button(&(texts.quit)(0, 0), Press::Quit),
        ],
        lasts: None,
    }
}

fn icon(standing: &Standing) -> Icon {
    let status = &standing.status;
    if !standing.attention.is_empty() {
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

fn running(run: &Run, texts: &Texts) -> [Item; 2] {
    let line = match run.state {
        RunState::Requested | RunState::Checking | RunState::Starting => (texts.tray.run_starting)(&run.name),
        RunState::Ready | RunState::Answering | RunState::Stopping | RunState::Ended => {
            (texts.tray.run)(&run.name, run.speed, ByteSize::new(run.memory))
        }
    };
    [Item::Line(line), button(&(texts.tray.stop)(&run.name), Press::StopRun(run.id))]
}

fn start(standing: &Standing, texts: &Texts) -> Option<Item> {
    let model = |model: &canteen_app::Startable| button(&model.name, Press::StartModel(model.id.clone()));
    let mut items: Vec<_> = standing.startable.iter().take(STARTABLE).map(model).collect();
    if let Some(more) = standing.startable.len().checked_sub(STARTABLE).filter(|more| *more > 0) {
        items.push(button(&(texts.tray.more)(more), Press::OpenCatalogue));
    }
    (!items.is_empty()).then(|| Item::Menu { label: texts.tray.start.to_owned(), items })
}

fn attention(standing: &Standing, texts: &Texts) -> Vec<Item> {
    let all = &standing.attention;
    if all.is_empty() {
        return Vec::new();
    }
    let mut items = vec![Item::Line((texts.tray.attention)(all.len()))];
    items.extend(all.iter().take(NAMED).map(|one| button(&one.title, Press::OpenNudge(one.id))));
    if let Some(more) = all.len().checked_sub(NAMED).filter(|more| *more > 0) {
        items.push(button(&(texts.tray.more)(more), Press::OpenComputer));
    }
    items
}

fn pause(standing: &Standing, texts: &Texts, now: &Now<'_>) -> Item {
    let Some(until) = standing.status.paused_until else {
        let mut items = vec![
            button(texts.tray.pause_hour, Press::PauseForAnHour),
            button(texts.tray.pause_tomorrow, Press::PauseUntilTomorrow),
        ];
        // On a Sunday both would be the same.
        if (now.local)(now.at).is_none_or(|today| today.weekday != 6) {
            items.push(button(texts.tray.pause_monday, Press::PauseUntilMonday));
        }
        return Item::Menu { label: texts.tray.pause.to_owned(), items };
    };
    let when = (now.local)(until).map_or_else(|| until.to_string(), |local| (texts.tray.moment)(&local));
    Item::Menu { label: (texts.tray.paused_until)(&when), items: vec![button(texts.tray.end_pause, Press::EndPause)] }
}

fn catalogue(catalogue: &CatalogueStatus, texts: &Texts, now: &Now<'_>) -> Vec<Item> {
    let state = match catalogue.state.as_str() {
        "stale" => CatalogueNow::Stale,
        "expired" => CatalogueNow::Expired,
        _ => CatalogueNow::Fresh,
    };
    let mut items = vec![Item::Line(match catalogue.version {
        Some(version) => (texts.tray.catalogue)(version, state, Age::of(catalogue.checked, now.at)),
        None => texts.tray.no_catalogue.to_owned(),
    })];
    if now.checking {
        items.push(Item::Line(texts.tray.checking.to_owned()));
        return items;
    }
    if catalogue.refused.is_some() {
        items.push(button(texts.tray.check_failed, Press::OpenSettings));
    }
    items.push(button(texts.tray.check, Press::Sync));
    items
}

/// Until the catalogue's age is told otherwise, its signature runs out or a pause ends. At rest that is minutes to days.
fn lasts(standing: &Standing, now: &Now<'_>) -> Option<u64> {
    let age = Age::lasts(standing.status.catalogue.checked, now.at);
    let until = |then: Option<Timestamp>| {
        let left = u64::try_from(then?.as_millis().saturating_sub(now.at.as_millis())).ok()?;
        Some(left.saturating_add(1))
    };
    let (pause, expiry) = (until(standing.status.paused_until), until(standing.status.catalogue.expires));
    let figures = (!standing.status.runs.is_empty()).then_some(FIGURES);
    [age, pause, expiry, figures].into_iter().flatten().min()
}

fn button(label: &str, press: Press) -> Item {
    Item::Button { label: label.to_owned(), press }
}

#[cfg(test)]
mod tests;
