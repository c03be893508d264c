use canteen_app::call::Call;
use canteen_app::client::Client;
use canteen_app::wire::{CatalogueStatus, Diagnostics, LogCheck, LogRow, ReadLog, Status};
use serde::Serialize;

use crate::failure::Failure;
use crate::out::{Out, moment, table};

pub(crate) async fn status(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let status: Status = client.call(Call::GetStatus).await?;
    out.show(&status, |status| {
        let mut lines = vec![format!("Canteen {} · {} host", status.version, status.host), catalogue(&status.catalogue)];
        if let Some(refused) = &status.catalogue.refused {
            lines.push(format!("Last update refused: {} ({})", refused.message, refused.code));
        }
        lines.push(format!("{} running · sandbox {}", status.runs.len(), status.sandbox.as_deref().unwrap_or("not used yet")));
        match status.attention.as_slice() {
            [] => lines.push("Nothing needs your attention.".into()),
            some => lines.extend(some.iter().map(|nudge| format!("Attention: {} (canteen nudges)", nudge.title))),
        }
        if let Some(until) = status.paused_until {
            lines.push(format!("Nudges rest until {}.", moment(until)));
        }
        lines.push(format!("Store open, key in the {} · {} rows in the log", status.key_place, status.log_rows));
        if !status.notifications {
            lines.push("No notification daemon answers; nudges wait here and in the window.".into());
        }
        lines.join("\n")
    })
}

fn catalogue(status: &CatalogueStatus) -> String {
    let Some(version) = status.version else {
        return "No catalogue yet. Join with: canteen join LOCATION --root FILE".into();
    };
    let organisation = status.organisation.as_deref().unwrap_or("your organisation");
    let checked = status.checked.map_or_else(|| "never checked".into(), |at| format!("checked {}", moment(at)));
    format!("Catalogue {version} of {organisation}: {} · {} entries · {checked}", status.state, status.entries)
}

pub(crate) async fn sync(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let status: CatalogueStatus = client.call(Call::SyncCatalogue).await?;
    out.show(&status, catalogue)
}

/// The text is JSON either way; what people read is what they would give away.
pub(crate) async fn diagnostics(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let diagnostics: Diagnostics = client.call(Call::GetDiagnostics).await?;
    out.line(&diagnostics.text)
}

/// Rows and, where it was asked for, the check of the whole chain.
#[derive(Serialize)]
struct Shown {
    rows: Vec<LogRow>,
    check: Option<LogCheck>,
}

pub(crate) async fn log(client: &mut Client, verify: bool, limit: u32, out: &Out) -> Result<(), Failure> {
    let check: Option<LogCheck> = if verify { Some(client.call(Call::VerifyLog).await?) } else { None };
    let mut rows: Vec<LogRow> = client.call(Call::ReadLog(ReadLog { before: None, limit })).await?;
    rows.sort_by_key(|row| row.seq);
    let broken = check.as_ref().is_some_and(|check| !check.unbroken);
    out.show(&Shown { rows, check }, |shown| {
        let rows = shown.rows.iter().map(|row| vec![row.seq.to_string(), moment(row.at), row.text.clone(), row.kept.clone()]);
        let mut text = table(&["#", "WHEN", "WHAT HAPPENED", "KEPT HERE"], rows);
        if let Some(check) = &shown.check {
            text.push_str("\n\n");
            text.push_str(&match check.broken_at {
                None => format!("{} rows, chain unbroken. Head {}", check.rows, check.head),
                Some(row) => format!("The chain is broken at row {row} of {}. Tell IT.", check.rows),
            });
        }
        text
    })?;
    if broken { Err(anyhow::anyhow!("the log was changed outside Canteen").into()) } else { Ok(()) }
}
