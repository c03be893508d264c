//! Follows an installation: a bar with speed and time left on a terminal, nothing in a pipe.

use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{AppEvent, InstallModel, Installation, ModelPage};
use canteen_types::EntryId;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;
use crate::out::Out;

/// Installs `model` and waits for the end. Ctrl C pauses: the next attempt goes on from there.
pub(crate) async fn install(client: &mut Client, model: &EntryId, accept_licence: bool, out: &Out) -> Result<(), Failure> {
    let page: ModelPage = client.call(Call::GetModel(ById { id: model.clone() })).await?;
    client.subscribe().await?;
    let request = InstallModel { id: model.clone(), accepted_licence: accept_licence.then_some(page.licence_digest) };
    client.call::<()>(Call::InstallModel(request)).await?;
    let bar = ProgressBar::with_draw_target(Some(page.model.size), target(out));
    if let Ok(style) =
        ProgressStyle::with_template("{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta} left")
    {
        bar.set_style(style);
    }
    bar.set_message(page.model.name.clone());
    loop {
        let page: ModelPage = client.call(Call::GetModel(ById { id: model.clone() })).await?;
        match page.model.installation {
            Installation::Installed => {
                bar.finish_and_clear();
                return Ok(());
            }
            Installation::Failed { fault } => {
                bar.abandon();
                return Err(Box::new(fault).into());
            }
            Installation::Fetching { done, .. } => bar.set_position(done),
            Installation::Verifying => bar.set_message(format!("{}: checking", page.model.name)),
            Installation::Paused { .. }
            | Installation::Absent
            | Installation::UpdateAvailable { .. }
            | Installation::Withdrawn
            | Installation::NotForGroup { .. } => {
                bar.abandon();
                return Err(Failure::Other(anyhow::anyhow!(
                    "the installation was paused or cancelled; `canteen install {model}` goes on"
                )));
            }
        }
        tokio::select! {
            event = moved(client, model) => event?,
            _ = tokio::signal::ctrl_c() => {
                client.call::<()>(Call::PauseInstall(ById { id: model.clone() })).await?;
                bar.abandon();
                out.note(&format!("Paused. `canteen install {model}` goes on from here."));
                return Err(Failure::Interrupted);
            }
        }
    }
}

async fn moved(client: &mut Client, model: &EntryId) -> Result<(), Failure> {
    loop {
        match client.next_event().await? {
            AppEvent::Progress { model: about, .. } if about == *model => return Ok(()),
            AppEvent::Changed { .. } | AppEvent::Resync => return Ok(()),
            AppEvent::Progress { .. }
            | AppEvent::Attention { .. }
            | AppEvent::Show { .. }
            | AppEvent::Leaving
            | AppEvent::Closing => {}
        }
    }
}

fn target(out: &Out) -> ProgressDrawTarget {
    if out.terminal() && !out.json() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
