use canteen_app::wire::{Run, Status};
use canteen_app::{Pointed, Startable};
use canteen_types::{IncidentId, Remedy};
use std::fmt::Write as _;

use super::*;

const NOW: &str = "2026-11-24T10:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn standing() -> Standing {
    Standing {
        status: Status {
            version: "0.1.0".into(),
            host: "tray".into(),
            catalogue: CatalogueStatus {
                state: "fresh".into(),
                organisation: Some("Acme GmbH".into()),
                version: Some(42),
                entries: 3,
                checked: Some(time("2026-11-24T09:52:00Z")),
                expires: None,
                refused: None,
            },
            runs: Vec::new(),
            attention: Vec::new(),
            paused_until: None,
            key_place: "keyring".into(),
            sandbox: None,
            notifications: true,
            log_rows: 7,
            memory: 16 << 30,
        },
        startable: Vec::new(),
        fetching: 0,
        attention: Vec::new(),
        tongue: Tongue::En,
        text_size: None,
    }
}

fn run(name: &str, state: RunState, speed: Option<f64>) -> Run {
    Run {
        id: RunId::new(time(NOW), [1; 10]),
        model: "smollm2".parse().unwrap(),
        name: name.into(),
        state,
        ended: None,
        started: time(NOW),
        ended_at: None,
        sandbox: None,
        landlock_abi: 6,
        memory: 1_288_490_189,
        cpu_ms: 9,
        answer_tokens: 12,
        speed,
        memory_limit: None,
        idle_ms: None,
        answering: None,
    }
}

fn fault(code: &str, remedy: Remedy) -> Fault {
    Fault {
        code: code.into(),
        message: "Told in the window.".into(),
        remedy,
        subject: std::collections::BTreeMap::new(),
        incident: IncidentId::new(time(NOW), [0; 10]),
    }
}

fn pointed(n: usize) -> Vec<Pointed> {
    (0..n).map(|n| Pointed { id: NudgeId::new(time(NOW), [1; 10]), title: format!("llama-{n} is not approved yet") }).collect()
}

fn startable(n: usize) -> Vec<Startable> {
    (0..n).map(|n| Startable { id: format!("model-{n}").parse().unwrap(), name: format!("Model {n}") }).collect()
}

/// As Berlin sees it, without asking this computer for its zone.
fn local(at: Timestamp) -> Option<Local> {
    let days = at.as_millis().div_euclid(86_400_000) - time(NOW).as_millis().div_euclid(86_400_000);
    let minutes = at.as_millis().rem_euclid(86_400_000) / 60_000 + 60;
    Some(Local {
        days: days.try_into().unwrap(),
        weekday: (1 + days).rem_euclid(7).try_into().unwrap(),
        year: 2026,
        month: 11,
        day: (24 + days).try_into().unwrap(),
        clock: format!("{:02}:{:02}", minutes / 60, minutes % 60),
    })
}

fn at(now: &str, checking: bool) -> Now<'static> {
    Now { at: time(now), local: &local, checking }
}

fn drawn(view: &TrayView) -> String {
    fn lines(items: &[Item], indent: usize, out: &mut String) {
        for item in items {
            let pad = "  ".repeat(indent);
            match item {
                Item::Line(label) => writeln!(out, "{pad}{label}").unwrap(),
                Item::Button { label, press } => writeln!(out, "{pad}[{label}] {}", pressed(press)).unwrap(),
                Item::Menu { label, items } => {
                    writeln!(out, "{pad}{label} >").unwrap();
                    lines(items, indent + 1, out);
                }
                Item::Separator => writeln!(out, "{pad}---").unwrap(),
            }
        }
    }
    let mut out = format!("{:?} · {} · holds {:?} ms\n", view.icon, view.title, view.lasts);
    lines(&view.items, 0, &mut out);
    out
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all others have no id that differs by the time")]
fn pressed(press: &Press) -> String {
    match press {
        Press::StopRun(_) => "StopRun".into(),
        Press::OpenNudge(_) => "OpenNudge".into(),
        other => format!("{other:?}"),
    }
}

fn cases() -> Vec<(&'static str, Standing, Now<'static>)> {
    let base = standing();
    let with = |change: &dyn Fn(&mut Standing)| {
        let mut standing = base.clone();
        change(&mut standing);
        standing
    };
    let usual = || at(NOW, false);
    vec![
        ("idle", base.clone(), usual()),
        ("idle, two to start", with(&|s| s.startable = startable(2)), usual()),
        ("more to start than the menu takes", with(&|s| s.startable = startable(STARTABLE + 3)), usual()),
        (
            "running and fetching",
            with(&|s| {
                s.status.runs = vec![run("SmolLM2", RunState::Ready, Some(61.7)), run("Gemma", RunState::Starting, None)];
                s.fetching = 1;
            }),
            usual(),
        ),
        ("attention", with(&|s| s.attention = pointed(1)), usual()),
        ("much attention", with(&|s| s.attention = pointed(7)), usual()),
        ("paused", with(&|s| s.status.paused_until = Some(time("2026-11-25T08:00:00Z"))), usual()),
        ("paused until Monday", with(&|s| s.status.paused_until = Some(time("2026-11-30T08:00:00Z"))), usual()),
        ("on a Sunday", base.clone(), at("2026-11-29T10:00:00Z", false)),
        ("stale", with(&|s| s.status.catalogue.state = "stale".into()), at("2026-11-26T10:00:00Z", false)),
        (
            "expired, and the last check refused",
            with(&|s| {
                s.status.catalogue.state = "expired".into();
                s.status.catalogue.refused = Some(fault("catalogue.expired", Remedy::AskIt));
            }),
            at("2026-12-24T10:00:00Z", false),
        ),
        (
            "no catalogue",
            with(&|s| {
                s.status.catalogue.state = "none".into();
                s.status.catalogue.version = None;
                s.status.catalogue.checked = None;
            }),
            usual(),
        ),
        ("checking", base.clone(), at(NOW, true)),
        (
            "quits two of each",
            with(&|s| {
                s.status.runs = vec![run("SmolLM2", RunState::Ready, None), run("Gemma", RunState::Answering, Some(8.0))];
                s.fetching = 2;
            }),
            usual(),
        ),
    ]
}

#[test]
fn the_tray_in_every_state_in_english() {
    insta::assert_snapshot!(all(Tongue::En));
}

#[test]
fn the_tray_in_every_state_in_german() {
    insta::assert_snapshot!(all(Tongue::De));
}

fn all(tongue: Tongue) -> String {
    let mut out = String::new();
    for (name, mut standing, now) in cases() {
        standing.tongue = tongue;
        writeln!(out, "# {name}\n{}", drawn(&view(&standing, &now))).unwrap();
    }
    writeln!(out, "# opening\n{}", drawn(&opening(tongue))).unwrap();
    for (code, remedy) in [("keyring.locked", Remedy::Unlock), ("store.damaged", Remedy::AskIt)] {
        writeln!(out, "# {code}\n{}", drawn(&waiting(&fault(code, remedy), tongue))).unwrap();
    }
    out
}

#[test]
fn attention_wins_over_stale_and_stale_over_running() {
    let mut standing = standing();
    standing.status.paused_until = Some(time("2026-11-25T08:00:00Z"));
    assert_eq!(icon(&standing), Icon::Paused);
    standing.status.runs = vec![run("SmolLM2", RunState::Ready, None)];
    assert_eq!(icon(&standing), Icon::Running);
    standing.status.catalogue.state = "stale".into();
    assert_eq!(icon(&standing), Icon::Stale);
    standing.status.catalogue.state = "none".into();
    assert_eq!(icon(&standing), Icon::Offline);
    standing.attention = pointed(1);
    assert_eq!(icon(&standing), Icon::Attention);
}

/// What it says holds until `lasts` is over, so that nothing has to be drawn before.
#[test]
fn at_rest_a_menu_holds_for_minutes_to_a_day() {
    let mut standing = standing();
    let minute = 60_000;
    assert_eq!(view(&standing, &at(NOW, false)).lasts, Some(2 * minute));
    assert_eq!(view(&standing, &at("2026-11-26T10:00:00Z", false)).lasts, Some((23 * 60 + 52) * minute));
    standing.status.catalogue.checked = None;
    assert_eq!(view(&standing, &at(NOW, false)).lasts, None);
    standing.status.paused_until = Some(time("2026-11-24T10:01:00Z"));
    assert_eq!(view(&standing, &at(NOW, false)).lasts, Some(minute + 1));
    standing.status.runs = vec![run("SmolLM2", RunState::Ready, None)];
    assert_eq!(view(&standing, &at(NOW, false)).lasts, Some(FIGURES));
}
