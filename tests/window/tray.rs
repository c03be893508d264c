//! The tray's icon and menu, as a desktop gets them, in every state of the real app.

use std::time::Duration;

use canteen_app::wire::{Installation, LogRow, Model};
use canteen_os::SystemClock;
use canteen_tests::{
    Home, Keyring, Notes, Organisation, Parts, Portal, Running, TrayHost, TrayItem, Window, engines, until, weights,
};
use canteen_types::{Clock as _, Timestamp};

fn home() -> Home {
    Home::start(Parts::DESKTOP).unwrap()
}

async fn hidden(home: &Home) -> (TrayHost, TrayItem, Running) {
    let tray = TrayHost::start(home).await.unwrap();
    let app = home.desktop(["--hidden"]).unwrap();
    let item = tray.item().await.unwrap();
    (tray, item, app)
}

async fn reads(item: &TrayItem, wanted: &str) {
    item.line(&format!("“{wanted}”"), |label| label == wanted).await.unwrap();
}

async fn lacks(item: &TrayItem, unwanted: &str) {
    let menu = item.menu().await.unwrap();
    assert!(menu.flat().iter().all(|line| !line.label.contains(unwanted)), "{unwanted} is in the menu");
}

fn window(home: &Home) {
    until("the window", || home.display().unwrap().windows().unwrap().contains(&"Canteen".to_owned()).then_some(())).unwrap();
}

/// Signed a week ago and a little: its signature runs out while one waits.
fn sync_just_before_it_runs_out(home: &Home, company: &Organisation) {
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    let synced = [10, 20, 40].into_iter().any(|seconds| {
        let now = SystemClock.now().as_millis() - i64::try_from(week.as_millis()).unwrap();
        let then = Timestamp::from_millis(now).plus(Duration::from_secs(seconds)).to_string();
        let place = company.path();
        let asked = ["publish".as_ref(), place.as_os_str(), "--timestamp-only".as_ref(), "--at".as_ref(), then.as_ref()];
        company.admin(asked).unwrap().succeeded().unwrap();
        home.canteen(["sync"]).unwrap().code == Some(0)
    });
    assert!(synced);
}

#[tokio::test(flavor = "multi_thread")]
async fn models_start_and_stop_and_quitting_says_what_ends() {
    let home = home();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny & model_1\"").unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    reads(&item, "Canteen · nothing running").await;
    lacks(&item, "Start a model").await;
    item.looks("on-light/idle").await.unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    reads(&item, "Start a model").await;
    item.press("Tiny & model_1").await.unwrap();
    reads(&item, "Stop Tiny & model_1").await;
    item.line("its memory", |label| label.starts_with("Tiny & model_1 · ") && label.ends_with("iB")).await.unwrap();
    reads(&item, "Quit (stops 1 model)").await;
    reads(&item, "Canteen · 1 model running").await;
    lacks(&item, "Start a model").await;
    item.looks("on-light/running").await.unwrap();
    home.canteen(["run", "tiny", "Hello"]).unwrap().succeeded().unwrap();
    item.line("its speed", |label| label.contains("tokens/s")).await.unwrap();
    item.press("Stop Tiny & model_1").await.unwrap();
    reads(&item, "Canteen · nothing running").await;
    // The bytes are no longer those that were approved: it does not start, and that is told.
    let notes = Notes::of(&home).await.unwrap();
    let blobs = home.path("canteen/data/models/blobs");
    let blob = fs_err::read_dir(blobs).unwrap().next().unwrap().unwrap().path();
    engines::altered(&blob, &home.path("altered")).unwrap();
    fs_err::rename(home.path("altered"), blob).unwrap();
    item.press("Tiny & model_1").await.unwrap();
    notes.wait("that it did not start", |note| note.title == "Tiny & model_1 was not started").await.unwrap();
    item.press("Quit").await.unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_with_the_window_open_ends_the_run_and_closes_the_store_before_the_process_goes() {
    #[derive(serde::Deserialize)]
    struct Log {
        rows: Vec<LogRow>,
    }
    let home = home();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let tray = TrayHost::start(&home).await.unwrap();
    let mut app = home.desktop(Vec::<&str>::new()).unwrap();
    let item = tray.item().await.unwrap();
    window(&home);
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["run", "tiny", "Hello"]).unwrap().succeeded().unwrap();
    item.press("Quit (stops 1 model)").await.unwrap();
    let ended = app.wait().unwrap();
    assert!(ended.success(), "{ended}: {}", app.said());
    let log: Log = home.json(&["log"]).unwrap();
    let mut kinds: Vec<_> = log.rows.into_iter().map(|row| row.kind).collect();
    kinds.retain(|kind| ["run.ended", "host.stopped", "host.started"].contains(&kind.as_str()));
    // The last is the host that was started to ask for the log.
    assert_eq!(kinds, ["host.started", "run.ended", "host.stopped", "host.started"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_for_updates_tells_its_result() {
    let home = home();
    let company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    let notes = Notes::of(&home).await.unwrap();
    item.line("the catalogue's age", |label| label.starts_with("Catalogue ") && label.ends_with(" · checked just now"))
        .await
        .unwrap();
    item.press("Check for updates").await.unwrap();
    notes.wait("that nothing is new", |note| note.title == "The catalogue is up to date").await.unwrap();
    company.publish().unwrap();
    item.press("Check for updates").await.unwrap();
    notes.wait("that there is a new one", |note| note.title == "There is a new catalogue").await.unwrap();
    fs_err::rename(company.repository(), company.path().join("away")).unwrap();
    item.press("Check for updates").await.unwrap();
    let note = notes.wait("that it failed", |note| note.title == "The check for updates failed").await.unwrap();
    assert_eq!(note.body, "Canteen's window says why.");
    reads(&item, "The last check failed: see why …").await;
    item.press("The last check failed: see why …").await.unwrap();
    window(&home);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn nudges_are_named_and_paused_until_a_named_time() {
    let home = home();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    item.press("Until tomorrow at 9:00").await.unwrap();
    reads(&item, "Nudges paused until tomorrow at 09:00").await;
    item.looks("on-light/paused").await.unwrap();
    item.press("End the pause").await.unwrap();
    reads(&item, "Pause nudges").await;
    item.press("For one hour").await.unwrap();
    item.line("the pause", |label| label.starts_with("Nudges paused until ")).await.unwrap();
    item.press("End the pause").await.unwrap();
    item.looks("on-light/idle").await.unwrap();

    let private = home.downloads().join("holiday.bin");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "photo-viewer").unwrap();
    reads(&item, "1 thing needs your attention").await;
    item.looks("on-light/attention").await.unwrap();
    let line = item.line("the nudge", |label| label.ends_with(" is an altered copy of SmolLM2")).await.unwrap();
    assert!(home.display().unwrap().windows().unwrap().is_empty());
    item.press(&line.label).await.unwrap();
    window(&home);
    server.kill().unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_catalogue_it_is_offline_and_says_so_in_german() {
    let mut home = home();
    home.set("LANG", "de_DE.UTF-8");
    let (_tray, item, mut app) = hidden(&home).await;
    reads(&item, "Noch kein Katalog").await;
    reads(&item, "Canteen · es läuft nichts").await;
    item.looks("on-light/offline").await.unwrap();
    item.press("Was die IT sieht").await.unwrap();
    window(&home);
    item.press("Beenden").await.unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_store_asks_to_be_opened() {
    let home = Home::start(Parts { keyring: Keyring::Closed, ..Parts::DESKTOP }).unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    reads(&item, "Canteen · waiting").await;
    item.looks("on-light/offline").await.unwrap();
    lacks(&item, "Open catalogue").await;
    item.press("Unlock Canteen's store …").await.unwrap();
    window(&home);
    item.press("Quit").await.unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_catalogue_shows_a_clock() {
    let home = home();
    let company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    reads(&item, "Canteen · nothing running").await;
    sync_just_before_it_runs_out(&home, &company);
    // Nobody does anything: the tray knows by itself when to look again.
    item.looks("on-light/stale").await.unwrap();
    item.line("that it is old", |label| label.contains(" · out of date · ")).await.unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_follows_the_desktop() {
    let home = home();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let portal = Portal::dark(&home).await.unwrap();
    let (_tray, item, mut app) = hidden(&home).await;
    item.looks("on-dark/idle").await.unwrap();
    portal.raise_contrast().await.unwrap();
    item.looks("chalk/idle").await.unwrap();
    portal.turn_light().await.unwrap();
    item.looks("ink/idle").await.unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(app.wait().unwrap().success());
}

/// A second start only carries the link to the host that runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_its_page_and_nothing_else() {
    let home = home();
    let _company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let window = Window::open(&home).await.unwrap();
    window.reads("Tiny model").await.unwrap();
    // What names no page leaves the window where it is.
    let links = [
        ("canteen:model/tiny", "Mara Lindqvist"),
        ("canteen:nonsense", "Mara Lindqvist"),
        ("canteen://ledger", "Check the chain"),
    ];
    for (link, reads) in links {
        let mut second = home.desktop([link]).unwrap();
        assert!(second.wait().unwrap().success(), "{}", second.said());
        window.reads(reads).await.unwrap();
    }
    let models: Vec<Model> = home.json(&["list"]).unwrap();
    assert_eq!(models[0].installation, Installation::Absent);
    window.quit(&home).await.unwrap();
}
