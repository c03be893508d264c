use std::path::Path;
use std::time::Duration;

use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{AskAbout, AskForApproval, CheckFile, FileCheck, FileCheckState, Request};
use canteen_types::Verdict;

use super::nudges::{ask, asked};
use crate::args::RequestAction;
use crate::failure::Failure;
use crate::out::{Out, moment, table};

/// How often a file that is being read is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn requests(client: &mut Client, action: Option<RequestAction>, out: &Out) -> Result<(), Failure> {
    match action {
        Some(RequestAction::Ask { sighting, file, name, details, reason, days }) => {
            let about = match (sighting, file, name) {
                (Some(id), _, _) => AskAbout::Sighting { id },
                (None, Some(path), _) => by_file(client, &path, out).await?,
                (None, None, name) => AskAbout::Name { name: name.unwrap_or_default(), details },
            };
            return ask(client, AskForApproval { about, reason, days }, out).await;
        }
        Some(RequestAction::Again { request }) => {
            let request: Request = client.call(Call::AskAgain(ById { id: request })).await?;
            return out.show(&request, asked);
        }
        Some(RequestAction::Withdraw { request }) => client.call::<()>(Call::WithdrawRequest(ById { id: request })).await?,
        None => {}
    }
    let all: Vec<Request> = client.call(Call::ListRequests).await?;
    out.show(&all, |all| {
        if all.is_empty() {
            return "You have not asked for anything.".into();
        }
        let rows = all.iter().map(|request| {
            let days = if request.days == 1 { "1 day".to_owned() } else { format!("{} days", request.days) };
            vec![request.name.clone(), state(request), moment(request.asked), days, request.id.to_string()]
        });
        table(&["MODEL", "STATE", "ASKED", "FOR", "ID"], rows)
    })
}

fn state(request: &Request) -> String {
    match (request.until, request.state.as_str()) {
        (Some(until), "granted") => format!("granted until {}", moment(until)),
        (_, state) => state.to_owned(),
    }
}

/// The host reads the file: it keeps the digest that the request is about.
async fn by_file(client: &mut Client, path: &Path, out: &Out) -> Result<AskAbout, Failure> {
    let path = std::path::absolute(path)?;
    let path = path.to_str().ok_or_else(|| anyhow::anyhow!("the path of this file is not UTF-8; give the file another name"))?;
    let mut check: FileCheck = client.call(Call::CheckFile(CheckFile { path: path.to_owned() })).await?;
    if out.terminal() {
        out.note(&format!("Reading {} …", check.path));
    }
    loop {
        match check.state {
            FileCheckState::Read { verdict: Verdict::Approved, entry, .. } => {
                let entry = entry.map(|entry| format!(": canteen show {entry}")).unwrap_or_default();
                return Err(anyhow::anyhow!("this file is approved already{entry}").into());
            }
            FileCheckState::Read { digest, .. } => return Ok(AskAbout::File { digest }),
            FileCheckState::Failed { fault } => return Err(Failure::Fault(Box::new(fault))),
            FileCheckState::Reading { .. } => tokio::time::sleep(LOOK).await,
        }
        let now: Option<FileCheck> = client.call(Call::GetFileCheck).await?;
        check = now.ok_or_else(|| anyhow::anyhow!("the reading was ended elsewhere; try again"))?;
    }
}
