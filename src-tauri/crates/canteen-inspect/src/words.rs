mod comparison;

use canteen_types::ByteSize;

use crate::report::{Facts, File, Hazard, Report, Verdict};

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// What it means and what to do.
    Employee,
    /// What was found, in the field's terms.
    It,
}

/// The report for a terminal. Names in it come from strangers: whoever prints it makes it safe.
#[must_use]
pub fn people(report: &Report) -> String {
    let mut lines: Vec<String> = report.files.iter().flat_map(file).collect();
    lines.extend(report.compared.iter().flat_map(comparison::lines));
    lines.push(summary(report));
    lines.join("\n")
}

fn file(file: &File) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", file.path, what(file))];
    lines.extend(file.whole.iter().map(|whole| format!("  {}", whole.digest)));
    lines.extend(file.hazards.iter().map(hazard));
    lines
}

fn what(file: &File) -> String {
    if let Some(because) = &file.unreadable {
        return format!("could not be read: {because}");
    }
    let mut parts = vec![file.kind.to_owned()];
    parts.extend(file.facts.iter().flat_map(facts));
    // A template is a program, so it is named: the verdict is one on it as well.
    let template = file.facts.as_ref().is_some_and(|facts| facts.chat_template.is_some());
    parts.extend(template.then(|| "chat template".to_owned()));
    parts.push(ByteSize::new(file.size).as_file());
    format!("{} · {}", parts.join(", "), word(file.verdict))
}

fn facts(facts: &Facts) -> Vec<String> {
    let parameters = facts.parameters.filter(|count| *count > 0).map(|count| format!("{count} parameters"));
    [facts.architecture.clone(), facts.quantisation.clone(), parameters].into_iter().flatten().collect()
}

fn hazard(hazard: &Hazard) -> String {
    let mut place = hazard.members.join(" › ");
    if let Some(offset) = hazard.offset {
        let comma = if place.is_empty() { "" } else { ", " };
        place = format!("{place}{comma}byte {offset}");
    }
    let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
    let detail = hazard.detail.as_ref().map_or_else(String::new, |detail| format!(" [{detail}]"));
    format!("  {} ({}){at}{detail}\n    {}", word(hazard.severity), hazard.code, hazard.sentence)
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::NotInspected => "not looked into",
        Verdict::Unreadable => "not readable",
        Verdict::Suspicious => "suspicious",
        Verdict::Dangerous => "dangerous",
    }
}

fn summary(report: &Report) -> String {
    let count = |verdict| report.files.iter().filter(|file| file.verdict == verdict).count();
    let all = [Verdict::Dangerous, Verdict::Suspicious, Verdict::Unreadable, Verdict::NotInspected, Verdict::Clean];
    let counted: Vec<String> = all
        .into_iter()
        .map(|verdict| (count(verdict), word(verdict)))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let files = if report.files.len() == 1 { "1 file".to_owned() } else { format!("{} files", report.files.len()) };
    let cut = if report.cancelled { " Stopped before the end: what is missing was not judged." } else { "" };
    if counted.is_empty() { format!("{files}.{cut}") } else { format!("{files}: {}.{cut}", counted.join(", ")) }
}
