use canteen_app::call::Call;
use canteen_app::client::Client;
use canteen_app::wire::{CatalogueStatus, Diagnostics, Status};

use crate::failure::Failure;
use crate::out::{Out, moment};

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
