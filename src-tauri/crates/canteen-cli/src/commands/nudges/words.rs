use canteen_app::wire::{
    Alternative, Because, Decided, LogRow, NothingSuits, Nudge, NudgeBasis, NudgeStep, NudgeWhy, OutcomeCounts, Outcomes,
    OutcomesOf, Quiet,
};
use canteen_types::{AfterDeadline, ByteSize, HeldBy};

use crate::commands::models::word;
use crate::out::{moment, table};

/// All that is known of one, in lines.
pub(super) fn nudge(nudge: &Nudge) -> String {
    let until = nudge.until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
    let mut lines = vec![nudge.title.clone(), nudge.body.clone()];
    if let Some(subject) = &nudge.subject {
        lines.push(format!("{} · {}, since {}", subject.path, subject.found_in, moment(subject.since)));
    }
    lines.push(format!("{}{until} · {}", nudge.state, nudge.id));
    lines.extend(nudge.alternative.as_ref().map(|alternative| format!("Why {}: {}", alternative.name, reasons(alternative))));
    lines.extend(nudge.others.iter().map(|other| format!("Approved, too: {}: {}", other.name, reasons(other))));
    lines.extend(nudge.nothing_suits.as_ref().map(nothing_suits));
    lines.extend(nudge.basis.iter().flat_map(times));
    lines.extend(nudge.why.iter().map(|why| format!("– {why}")));
    lines.join("\n  ")
}

/// A nudge, and what the log holds about it.
pub(super) fn why(why: &NudgeWhy) -> String {
    let mut text = nudge(&why.nudge);
    text.push_str("\n\nRecorded on this computer about it:");
    for row in &why.recorded {
        text.push_str(&format!("\n  {}", recorded(row)));
    }
    if why.more {
        text.push_str("\n  There is more: canteen log --kind computer");
    }
    text
}

fn recorded(row: &LogRow) -> String {
    let sent = if row.sent.is_empty() { "nothing".to_owned() } else { row.sent.join(", ") };
    format!("{}  {}  (entry {}, sent to IT: {sent})", row.at.map(moment).unwrap_or_default(), row.text, row.seq)
}

/// What holds it back, and the date.
fn times(basis: &NudgeBasis) -> Vec<String> {
    let mut lines = Vec::new();
    if !basis.held_by.is_empty() {
        let by: Vec<&str> = basis.held_by.iter().map(|by| held_by(*by)).collect();
        let until = basis.held_until.map(|until| format!(", until {}", moment(until))).unwrap_or_default();
        lines.push(format!("Its notification was held back: {}{until}.", by.join(", ")));
    }
    lines.extend(basis.deadline.map(|deadline| {
        let by = moment(deadline.at);
        match deadline.then {
            AfterDeadline::Remind => format!("Please stop using it by {by}."),
            AfterDeadline::Stop => format!("Please stop using it by {by}; after that Canteen asks the program to end."),
        }
    }));
    lines
}

const fn held_by(by: HeldBy) -> &'static str {
    match by {
        HeldBy::Paused => "nudges rest",
        HeldBy::DoNotDisturb => "do not disturb",
        HeldBy::FullScreen => "a program fills the screen",
        HeldBy::ScreenShared => "the screen is shared",
        HeldBy::Camera => "a camera is in use",
        HeldBy::Microphone => "a microphone is in use",
        HeldBy::Budget => "this working day's interruption is used up",
        HeldBy::Repeat => "the same was said not long ago",
    }
}

fn reasons(alternative: &Alternative) -> String {
    let mut said: Vec<String> = alternative.reasons.iter().map(because).collect();
    said.push(format!("licence {}", alternative.licence));
    if !alternative.data.is_empty() {
        said.push(format!("may be given {} data", listed(&alternative.data)));
    }
    said.join(", ")
}

fn because(because: &Because) -> String {
    match because {
        Because::SameModel => "the approved form of the same model".into(),
        Because::SameWork { tasks } => format!("approved for {}", listed(tasks)),
        Because::Languages { languages } => format!("knows {}", languages.join(", ")),
        Because::NoLanguage => "was not made for your language".into(),
        Because::Data { classes } => format!("may be given {} data", listed(classes)),
        Because::Runs { suits, speed: None, .. } => format!("runs {suits} here"),
        Because::Runs { suits, speed: Some(speed), measured: true } => format!("runs {suits} here: {speed:.0} tokens/s measured"),
        Because::Runs { suits, speed: Some(speed), measured: false } => {
            format!("runs {suits} here: about {speed:.0} tokens/s expected")
        }
        Because::Ready => "is on this computer already".into(),
        Because::ToFetch { size } => format!("fetching it takes {}", ByteSize::new(*size).as_file()),
        Because::LicenceToAccept { licence } => format!("its licence {licence} must be accepted first"),
    }
}

fn listed<T: serde::Serialize>(all: &[T]) -> String {
    all.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn nothing_suits(nothing: &NothingSuits) -> String {
    match nothing {
        NothingSuits::NothingApproved => "Nothing is approved for you yet.".into(),
        NothingSuits::OtherWork => "Nothing that is approved does this work yet.".into(),
        NothingSuits::NotForData => "What is approved for this work must not be given such data.".into(),
        NothingSuits::NeedsMemory { least } => {
            format!("What is approved for this work needs at least {} of memory.", ByteSize::new(*least).as_memory())
        }
    }
}

/// What is decided about a sighting now, in a few words.
pub(super) fn decided(decided: &Decided) -> String {
    match &decided.step {
        NudgeStep::Nothing => "–".into(),
        NudgeStep::Record { because } => quiet(because),
        NudgeStep::Hold { until } => format!("held until {}", moment(*until)),
        NudgeStep::Badge | NudgeStep::Notify => "due".into(),
        NudgeStep::Stop => "time is over".into(),
        NudgeStep::Stays { .. } => "pointed out".into(),
    }
}

fn quiet(quiet: &Quiet) -> String {
    match quiet {
        Quiet::NotYetKnown => "being checked".into(),
        Quiet::RecordOnly => "recorded only".into(),
        Quiet::TooSmall => "too small to matter".into(),
        Quiet::Asked => "IT was asked".into(),
        Quiet::Granted { until } => format!("granted until {}", moment(*until)),
        Quiet::NotInUse => "not in use".into(),
        Quiet::TooFewSignals { needed } => format!("fewer than {needed} signals"),
        Quiet::Resting { until } => format!("rests until {}", moment(*until)),
        Quiet::SaidWith { .. } => "said with another place".into(),
    }
}

/// What became of nudges.
pub(super) fn outcomes(outcomes: &Outcomes) -> String {
    let Some(since) = outcomes.since else {
        return "No nudge was shown yet.".into();
    };
    let mut text = format!("Nudges since {}, counted on this computer and sent to nobody.\n\n", moment(since));
    let counts = [("IN 30 DAYS", &outcomes.month), ("IN ALL", &outcomes.all)];
    let heads: Vec<&str> = std::iter::once("").chain(counts.iter().map(|(name, _)| *name)).collect();
    let cells: Vec<Vec<String>> = counts.iter().map(|(_, of)| cells(of.counts)).collect();
    let rows = NAMES.iter().enumerate().map(|(at, name)| {
        let of = cells.iter().map(|cells| cells.get(at).cloned().unwrap_or_default());
        std::iter::once((*name).to_owned()).chain(of).collect()
    });
    text.push_str(&table(&heads, rows));
    text.push_str("\n\n");
    text.push_str(&by_model(&outcomes.all));
    text
}

const NAMES: [&str; 11] = [
    "shown",
    "answered",
    "  moved to an approved model",
    "  asked",
    "  disputed",
    "  put off",
    "  silenced",
    "  closed",
    "no answer",
    "gone before an answer",
    "waiting",
];

fn cells(counts: OutcomeCounts) -> Vec<String> {
    [
        counts.shown,
        counts.acted,
        counts.moved,
        counts.asked,
        counts.disputed,
        counts.put_off,
        counts.silenced,
        counts.closed,
        counts.ignored,
        counts.gone,
        counts.waiting,
    ]
    .iter()
    .map(ToString::to_string)
    .collect()
}

fn by_model(of: &OutcomesOf) -> String {
    let rows = of.models.iter().map(|model| {
        let counts = model.counts;
        let name = model.name.clone().unwrap_or_else(|| model.digest.short());
        let cells = [counts.shown, counts.acted, counts.moved, counts.asked, counts.disputed, counts.ignored];
        std::iter::once(name).chain(cells.iter().map(ToString::to_string)).collect()
    });
    table(&["MODEL", "SHOWN", "ANSWERED", "MOVED", "ASKED", "DISPUTED", "NO ANSWER"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_stands_beside_its_name() {
        let counts = OutcomeCounts { shown: 9, acted: 6, moved: 1, waiting: 3, ..OutcomeCounts::default() };
        let told: Vec<_> = NAMES.iter().zip(cells(counts)).filter(|(_, cell)| cell != "0").collect();
        assert_eq!(
            told,
            [
                (&"shown", "9".to_owned()),
                (&"answered", "6".to_owned()),
                (&"  moved to an approved model", "1".to_owned()),
                (&"waiting", "3".to_owned())
            ]
        );
        assert_eq!(cells(counts).len(), NAMES.len());
    }
}
