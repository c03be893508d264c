use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{Conversation, Installation, ListRunSamples, Model, ModelPage, Run, RunSamples};
use canteen_types::{ByteSize, Enforcement, EntryId};

use crate::args::Talk;
use crate::chat;
use crate::failure::Failure;
use crate::out::{Out, table};
use crate::progress;

/// What to run, and with which words.
#[derive(Debug)]
pub(crate) struct First {
    pub(crate) model: EntryId,
    pub(crate) prompt: Vec<String>,
    pub(crate) accept_licence: bool,
}

pub(crate) async fn run(client: &mut Client, first: First, talk: Talk, out: &Out) -> Result<(), Failure> {
    let First { model: id, prompt, accept_licence } = first;
    let prompt = chat::prompt_or_pipe(&prompt)?;
    let page: ModelPage = client.call(Call::GetModel(ById { id: id.clone() })).await?;
    if page.model.installation != Installation::Installed {
        progress::install(client, &id, accept_licence, out).await?;
    }
    let Some(prompt) = prompt else { return chat::converse(client, &page.model, talk, out).await };
    let (_, message) = chat::ask(client, chat::question(&id, &talk, prompt), out).await?;
    if out.json() {
        return out.show(&message, |_| String::new());
    }
    if out.terminal() {
        out.note(&chat::figures(&message));
    }
    Ok(())
}

pub(crate) async fn chat(client: &mut Client, id: Option<EntryId>, talk: Talk, out: &Out) -> Result<(), Failure> {
    let id = match (id, talk.conversation) {
        (None, Some(conversation)) => {
            let known: Conversation = client.call(Call::GetConversation(ById { id: conversation })).await?;
            Some(known.line.model)
        }
        (id, _) => id,
    };
    let models: Vec<Model> = client.call(Call::ListModels).await?;
    let ready = |model: &&Model| model.runs_in_engine && model.installation == Installation::Installed;
    let model = match &id {
        Some(id) => models.iter().find(|model| model.id == *id),
        None => models.iter().find(ready),
    };
    match model {
        Some(model) => chat::converse(client, model, talk, out).await,
        None => Err(anyhow::anyhow!("no installed model to chat with; `canteen list` shows what there is").into()),
    }
}

pub(crate) async fn ps(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let runs: Vec<Run> = client.call(Call::ListRuns).await?;
    let live: Vec<Run> = runs.into_iter().filter(|run| run.ended.is_none()).collect();
    let samples: Vec<RunSamples> = client.call(Call::ListRunSamples(ListRunSamples { after: None })).await?;
    out.show(&live, |runs| {
        if runs.is_empty() {
            return "Nothing is running.".into();
        }
        let rows = runs.iter().map(|run| {
            vec![
                run.model.to_string(),
                format!("{:?}", run.state).to_lowercase(),
                ByteSize::new(run.memory).as_memory(),
                load(run, &samples),
                format!("{:.1} s", std::time::Duration::from_millis(run.cpu_ms).as_secs_f64()),
                run.answer_tokens.to_string(),
                run.speed.map_or_else(|| "–".into(), |speed| format!("{speed:.0}")),
                sandbox(run),
            ]
        });
        table(&["MODEL", "STATE", "MEMORY", "LOAD", "CPU", "TOKENS", "TOKENS/S", "SANDBOX"], rows)
    })
}

/// In percent of the whole computer, over the last second.
fn load(run: &Run, samples: &[RunSamples]) -> String {
    let of_run = samples.iter().find(|samples| samples.run == run.id);
    of_run.and_then(|samples| samples.samples.last()).map_or_else(|| "–".into(), |last| format!("{:.0} %", last.cpu_percent))
}

fn sandbox(run: &Run) -> String {
    match &run.sandbox {
        None => "–".into(),
        Some(Enforcement::Enforced) => format!("enforced (Landlock ABI {})", run.landlock_abi),
        Some(Enforcement::Partly { missing }) => format!("partly, without {}", missing.join(", ")),
        Some(Enforcement::Refused { missing }) => format!("refused, no {}", missing.join(", ")),
    }
}

pub(crate) async fn stop(client: &mut Client, id: Option<EntryId>, out: &Out) -> Result<(), Failure> {
    let runs: Vec<Run> = client.call(Call::ListRuns).await?;
    let chosen: Vec<Run> =
        runs.into_iter().filter(|run| run.ended.is_none() && id.as_ref().is_none_or(|id| run.model == *id)).collect();
    if let (true, Some(id)) = (chosen.is_empty(), &id) {
        return Err(anyhow::anyhow!("{id} is not running; `canteen ps` shows what is").into());
    }
    for run in &chosen {
        client.call::<()>(Call::StopRun(ById { id: run.id })).await?;
    }
    out.show(&chosen, |runs| {
        if runs.is_empty() {
            "Nothing was running.".into()
        } else {
            runs.iter().map(|run| format!("{} was stopped.", run.name)).collect::<Vec<_>>().join("\n")
        }
    })
}
