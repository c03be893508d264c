//! Nudges and what the person is doing: a notification waits, shows once, and goes with its cause.

use canteen_app::wire::{Nudge, Status};
use canteen_tests::{Home, Keyring, Note, Notes, Organisation, Parts, Running, engines, eventually, until, weights};

use crate::hazards;

const DESKTOP_WITHOUT_DISPLAY: Parts = Parts { bus: true, keyring: Keyring::Unlocked, notifications: true, display: false };

fn joined() -> (Home, Organisation) {
    let home = Home::start(DESKTOP_WITHOUT_DISPLAY).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    (home, company)
}

/// A program with a model that nobody approved.
fn use_private(home: &Home, file: &str, program: &str) -> Running {
    let private = home.downloads().join(file);
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    engines::run(home, &private, program).unwrap()
}

fn nudges(home: &Home) -> Vec<Nudge> {
    home.json(&["nudges"]).unwrap()
}

fn the_nudge(home: &Home, what: &str, wanted: impl Fn(&Nudge) -> bool) -> Nudge {
    until(what, || nudges(home).into_iter().find(&wanted)).unwrap()
}

/// What the tray counts.
fn badge(home: &Home) -> usize {
    home.json::<Status>(&["status"]).unwrap().attention.len()
}

async fn on_screen(notes: &Notes, what: &str, count: usize) -> Vec<Note> {
    let is = async || notes.on_screen().await.map(|all| Some(all).filter(|all| all.len() == count));
    eventually(what, is).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_do_not_disturb_holds_stands_in_the_tray_and_is_shown_once_when_it_ends() {
    let (home, _company) = joined();
    let notes = Notes::of(&home).await.unwrap();
    notes.do_not_disturb(true).await.unwrap();
    let _host = home.serve().unwrap();
    let mut server = use_private(&home, "weights.gguf", "notes-app");
    let held = the_nudge(&home, "the held nudge", |nudge| nudge.state == "shown");
    assert_eq!((held.shown_by.as_deref(), badge(&home)), (Some("window"), 1), "it stands in the tray and the window");
    assert_eq!(notes.all().await.unwrap(), [], "and disturbs nobody");

    notes.do_not_disturb(false).await.unwrap();
    let note = on_screen(&notes, "the notification", 1).await.remove(0);
    assert_eq!(note.urgency, 1);
    let shown = the_nudge(&home, "the shown nudge", |nudge| nudge.shown_by.as_deref() == Some("notification"));
    assert_eq!((shown.id, badge(&home)), (held.id, 1), "the same one goes on");

    // Held again, looked again, let go again: nothing is said twice.
    notes.do_not_disturb(true).await.unwrap();
    home.canteen(["scan"]).unwrap().succeeded().unwrap();
    notes.do_not_disturb(false).await.unwrap();
    home.canteen(["scan"]).unwrap().succeeded().unwrap();
    assert_eq!(notes.all().await.unwrap().len(), 1);

    // The cause goes, and everything with it.
    server.kill().unwrap();
    fs_err::remove_file(home.downloads().join("weights.gguf")).unwrap();
    on_screen(&notes, "the notification to be withdrawn", 0).await;
    the_nudge(&home, "the nudge to be withdrawn", |nudge| nudge.state == "withdrawn");
    assert_eq!(badge(&home), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dangerous_and_runs_breaks_through_and_looks_different() {
    let (home, _company) = joined();
    let notes = Notes::of(&home).await.unwrap();
    notes.do_not_disturb(true).await.unwrap();
    let _host = home.serve().unwrap();
    fs_err::write(home.downloads().join("holiday.mp4"), hazards::checkpoint(true)).unwrap();
    let _program = hazards::hold(&home, "holiday.mp4");
    let note = on_screen(&notes, "the warning", 1).await.remove(0);
    assert_eq!((note.urgency, badge(&home)), (2, 1), "{note:?}");
    assert!(note.title.contains("is dangerous"), "{note:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_of_one_model_make_one_notification() {
    let (home, _company) = joined();
    let notes = Notes::of(&home).await.unwrap();
    let _host = home.serve().unwrap();
    let _first = use_private(&home, "weights.gguf", "notes-app");
    on_screen(&notes, "the notification", 1).await;
    let _second = use_private(&home, "holiday.mp4", "video-app");
    until("the second program to be noticed", || {
        let seen = home.json::<canteen_app::wire::Computer>(&["scan"]).ok()?.sightings;
        let held = seen.iter().filter(|one| one.path.starts_with("~/Downloads/") && one.holder.is_some()).count();
        (held == 2 && seen.iter().all(|one| one.verdict.is_some())).then_some(())
    })
    .unwrap();
    assert_eq!(notes.all().await.unwrap().len(), 1);
    assert_eq!((nudges(&home).len(), badge(&home)), (1, 1));
}

/// The host knows that it is on the screen: the daemon has it a moment earlier.
fn kept(home: &Home) {
    the_nudge(home, "the notification to be kept", |nudge| nudge.shown_by.as_deref() == Some("notification"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_of_a_killed_host_is_answered_and_withdrawn_by_the_next() {
    let (home, _company) = joined();
    let notes = Notes::of(&home).await.unwrap();
    let mut host = home.serve().unwrap();
    let mut server = use_private(&home, "weights.gguf", "notes-app");
    let note = on_screen(&notes, "the notification", 1).await.remove(0);
    kept(&home);
    host.kill().unwrap();
    let mut host = home.serve().unwrap();
    assert_eq!(on_screen(&notes, "the notification to stay", 1).await, std::slice::from_ref(&note));
    // Pressed in the moment of the change it may be lost, and is pressed again.
    let snoozed = async || {
        notes.press(&note, "Tomorrow at 9:00").await?;
        anyhow::Ok(nudges(&home).into_iter().find(|nudge| nudge.state == "snoozed"))
    };
    eventually("the answer to be heard", snoozed).await.unwrap();
    // Whoever is away cannot take it away: the next one does.
    host.kill().unwrap();
    let mut host = home.serve().unwrap();
    assert_eq!(notes.all().await.unwrap().len(), 1, "what is put off is not shown by a restart");
    host.kill().unwrap();
    server.kill().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_whose_cause_went_while_no_host_ran_is_withdrawn_by_the_next() {
    let (home, _company) = joined();
    let notes = Notes::of(&home).await.unwrap();
    let mut host = home.serve().unwrap();
    let mut server = use_private(&home, "weights.gguf", "notes-app");
    on_screen(&notes, "the notification", 1).await;
    kept(&home);
    host.kill().unwrap();
    server.kill().unwrap();
    fs_err::remove_file(home.downloads().join("weights.gguf")).unwrap();
    let _host = home.serve().unwrap();
    on_screen(&notes, "the notification to be withdrawn", 0).await;
    the_nudge(&home, "the nudge to be withdrawn", |nudge| nudge.state == "withdrawn");
    assert_eq!(badge(&home), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_daemon_the_window_is_the_inbox() {
    let (mut home, _company) = joined();
    home.stop_notifications();
    let _host = home.serve().unwrap();
    let _server = use_private(&home, "weights.gguf", "notes-app");
    let nudge = the_nudge(&home, "the nudge", |nudge| nudge.state == "shown");
    assert_eq!((nudge.shown_by.as_deref(), badge(&home)), (Some("window"), 1));
    assert!(!home.json::<Status>(&["status"]).unwrap().notifications);
}
