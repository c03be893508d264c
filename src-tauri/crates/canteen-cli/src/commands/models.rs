use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{Fit, Installation, Kin, Model, ModelPage, Relation, SourcePlace};
use canteen_types::{ByteSize, EntryId};

use crate::failure::Failure;
use crate::out::{Out, moment, table};
use crate::progress;

pub(crate) async fn list(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let models: Vec<Model> = client.call(Call::ListModels).await?;
    out.show(&models, |models| {
        if models.is_empty() {
            return "No models yet. `canteen status` says where the catalogue stands.".into();
        }
        let rows = models.iter().map(|model| {
            vec![
                model.id.to_string(),
                model.name.clone(),
                model.licence.clone(),
                ByteSize::new(model.size).as_file(),
                ByteSize::new(model.memory_minimum).as_memory(),
                fit(model.fit).to_owned(),
                installation(&model.installation),
            ]
        });
        table(&["MODEL", "NAME", "LICENCE", "SIZE", "MEMORY", "HERE", "STATE"], rows)
    })
}

pub(crate) async fn show(client: &mut Client, id: EntryId, out: &Out) -> Result<(), Failure> {
    let page: ModelPage = client.call(Call::GetModel(ById { id })).await?;
    out.show(&page, describe)
}

pub(crate) async fn install(client: &mut Client, id: &EntryId, accept_licence: bool, out: &Out) -> Result<(), Failure> {
    progress::install(client, id, accept_licence, out).await?;
    let page: ModelPage = client.call(Call::GetModel(ById { id: id.clone() })).await?;
    out.show(&page.model, |model| format!("{} is ready. Try: canteen run {id} \"Hello\"", model.name))
}

pub(crate) async fn remove(client: &mut Client, id: EntryId, out: &Out) -> Result<(), Failure> {
    let page: ModelPage = client.call(Call::GetModel(ById { id: id.clone() })).await?;
    client.call::<()>(Call::RemoveModel(ById { id: id.clone() })).await?;
    let disallowed = matches!(page.model.installation, Installation::Withdrawn | Installation::NotForGroup { .. });
    let model = Model { installation: Installation::Absent, run: None, ..page.model };
    out.show(&model, |model| {
        let again = format!("; `canteen install {id}` fetches it again");
        format!("{} was removed{}.", model.name, if disallowed { "" } else { &again })
    })
}

const fn fit(fit: Fit) -> &'static str {
    match fit {
        Fit::Well => "runs well",
        Fit::Slow => "runs slowly",
        Fit::Tight => "tight",
        Fit::TooLarge => "too large",
    }
}

fn installation(state: &Installation) -> String {
    match state {
        Installation::Absent => "not installed".into(),
        Installation::Fetching { done, total, .. } => format!("fetching {}", percent(*done, *total)),
        Installation::Paused { done, total, .. } => format!("paused at {}", percent(*done, *total)),
        Installation::Verifying => "checking".into(),
        Installation::Installed => "installed".into(),
        Installation::UpdateAvailable { installed_version } => format!("update available (version {installed_version} is here)"),
        Installation::Failed { fault } => format!("failed ({})", fault.code),
        Installation::Withdrawn => "withdrawn".into(),
        Installation::NotForGroup { .. } => "not for your group".into(),
    }
}

fn percent(done: u64, total: u64) -> String {
    let share = u128::from(done).saturating_mul(100).checked_div(u128::from(total)).unwrap_or(0);
    format!("{share} %")
}

fn describe(page: &ModelPage) -> String {
    let model = &page.model;
    let words = |list: &[String]| if list.is_empty() { "–".to_owned() } else { list.join(", ") };
    let text = |list: &[canteen_types::DataClass]| words(&list.iter().map(word).collect::<Vec<_>>());
    let bases: Vec<String> = page.base_chain.iter().map(|base| format!("{} ({})", base.name, base.publisher)).collect();
    let mut lines = vec![
        format!("{} · {}", model.name, model.publisher),
        model.summary.clone(),
        String::new(),
        format!("State              {}", installation(&model.installation)),
        format!("Licence            {}{}", model.licence, if model.licence_to_accept { " (must be accepted first)" } else { "" }),
        format!("Quantisation       {}", model.quantisation),
        format!("Parameters         {} million", model.parameters / 1_000_000),
        format!("Context            {} tokens, {} allocated", page.context_length, page.context_tokens),
        format!("Download           {}", ByteSize::new(model.size).as_file()),
        format!("Memory             at least {}", ByteSize::new(model.memory_minimum).as_memory()),
        format!("Data               {}", text(&model.data_approved)),
        format!("Not for data       {}", text(&model.data_not_approved)),
        format!("Uses               {}", words(&page.uses_approved)),
        format!("Not for            {}", words(&page.uses_not_approved)),
        format!("For                {}", if page.groups.is_empty() { "everybody".to_owned() } else { page.groups.join(", ") }),
        format!("Derived from       {}", words(&bases)),
        format!("Kin                {}", words(&page.kin.iter().map(kin).collect::<Vec<_>>())),
        format!("Approved by        {}, {}, on {}", page.approver, page.approver_role, moment(model.approved_on)),
        format!("Review due         {}{}", moment(page.review_due), if model.review_overdue { " (overdue)" } else { "" }),
        format!("Digest             {}", page.digest),
        format!("Sources            {}", words(&page.sources.iter().map(place).collect::<Vec<_>>())),
    ];
    if let Some(path) = &page.installed_path {
        lines.push(format!("File               {path}"));
    }
    if let Some(text) = page.licence_text.as_ref().filter(|_| model.licence_to_accept) {
        lines.extend([
            String::new(),
            text.clone(),
            String::new(),
            format!("To accept it: canteen install {} --accept-licence", model.id),
        ]);
    }
    lines.join("\n")
}

fn kin(kin: &Kin) -> String {
    let relation = match kin.relation {
        Relation::AlteredCopy => "weights that look the same",
        Relation::SameWeights => "the same weights in another container",
        Relation::Requantised => "the same weights, quantised differently or tuned too lightly to tell",
        Relation::Derived => "one made from the other, or both from a third",
        Relation::Unrelated => "nothing in common",
    };
    format!("{} ({relation}, {:.0} % sure)", kin.entry, (kin.confidence * 100.0).floor())
}

fn place(source: &SourcePlace) -> String {
    match source {
        SourcePlace::Mirror { host } => host.clone(),
        SourcePlace::Folder => "a folder or share of your organisation".to_owned(),
    }
}

pub(crate) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text.replace('_', " "),
        _ => String::new(),
    }
}
