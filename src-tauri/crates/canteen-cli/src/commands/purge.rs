use std::io::{BufRead as _, IsTerminal as _};

use canteen_app::text::{PurgeTexts, Tongue};
use canteen_app::wire::{Language, Left, LeftBecause, PurgePlan, Purged};
use canteen_app::{AppError, purge};
use canteen_os::Environment;
use canteen_types::ByteSize;

use crate::failure::Failure;
use crate::out::Out;

/// Says what goes, asks, and says what went. What the person answers is read in their language.
pub(crate) async fn purge(environment: &Environment, yes: bool, out: &Out) -> Result<(), Failure> {
    let tongue = Tongue::of(Language::System, canteen_os::system_language(environment).as_deref());
    let texts = &tongue.texts().purge;
    let plan = purge::plan(environment).await.map_err(told)?;
    if plan.is_empty() {
        return out.show(&Purged::default(), |_| texts.nothing.to_owned());
    }
    if !yes && !confirmed(&plan, texts, out)? {
        return out.line(texts.kept);
    }
    let purged = purge::carry_out(environment, plan).await.map_err(told)?;
    out.show(&purged, |purged| report(purged, texts))?;
    if purged.left.is_empty() { Ok(()) } else { Err(Failure::Left) }
}

fn told(error: AppError) -> Failure {
    Failure::Fault(Box::new(canteen_app::told(&error, canteen_types::Clock::now(&canteen_os::SystemClock))))
}

fn confirmed(plan: &PurgePlan, texts: &PurgeTexts, out: &Out) -> Result<bool, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(anyhow::anyhow!(texts.needs_yes).into());
    }
    let mut lines = vec![texts.will_remove.to_owned()];
    lines.extend(plan.paths.iter().map(|path| format!("  {} ({})", path.path, ByteSize::new(path.bytes).as_file())));
    lines.extend(plan.key.then(|| format!("  {}", texts.key)));
    lines.extend(plan.autostart.then(|| format!("  {}", texts.autostart)));
    lines.extend(plan.host.then(|| texts.host_ends.to_owned()));
    out.note(&lines.join("\n"));
    out.note(texts.question.trim_end());
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case(texts.yes))
}

fn report(purged: &Purged, texts: &PurgeTexts) -> String {
    let mut lines = vec![texts.removed.to_owned()];
    lines.extend(purged.removed.iter().map(|path| format!("  {path}")));
    lines.extend(purged.key.then(|| format!("  {}", texts.key)));
    lines.extend(purged.autostart.then(|| format!("  {}", texts.autostart)));
    if purged.left.is_empty() {
        lines.push(texts.done.to_owned());
    } else {
        lines.push(texts.left.to_owned());
        lines.extend(purged.left.iter().map(|left| format!("  {}", left_over(left, texts))));
    }
    lines.join("\n")
}

fn left_over(left: &Left, texts: &PurgeTexts) -> String {
    let why = match left.why {
        LeftBecause::Foreign => texts.left_foreign,
        LeftBecause::Failed => texts.left_failed,
        LeftBecause::NoKeyring => texts.left_key,
    };
    match &left.path {
        Some(path) => format!("{path}: {why}"),
        None => format!("{}: {why}", texts.key),
    }
}
