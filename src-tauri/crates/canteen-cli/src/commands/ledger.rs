use canteen_app::call::Call;
use canteen_app::client::Client;
use canteen_app::wire::{
    DeletedData, ExportLogPart, Exported, Held, Ledger, LogCheck, LogFilter, LogForm, LogLines, LogPage, LogRow, ReadLog,
};
use serde::Serialize;

use crate::args::{Form, Kind, LogArguments};
use crate::failure::Failure;
use crate::out::{Out, moment, table};

/// Rows and, where it was asked for, the check of the whole chain.
#[derive(Serialize)]
struct Shown {
    rows: Vec<LogRow>,
    check: Option<LogCheck>,
}

pub(crate) async fn log(client: &mut Client, arguments: LogArguments, out: &Out) -> Result<(), Failure> {
    if let Some(form) = arguments.export {
        return export(client, form, out).await;
    }
    let check: Option<LogCheck> = if arguments.verify { Some(client.call(Call::VerifyLog).await?) } else { None };
    let mut rows = read(client, &arguments).await?;
    rows.sort_by_key(|row| row.seq);
    let broken = check.as_ref().is_some_and(|check| !check.unbroken);
    out.show(&Shown { rows, check }, |shown| {
        let mut text = if shown.rows.is_empty() { "Nothing like that is recorded.".to_owned() } else { rows_table(&shown.rows) };
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

async fn read(client: &mut Client, arguments: &LogArguments) -> Result<Vec<LogRow>, Failure> {
    let mut filter =
        LogFilter { model: arguments.model.clone(), since: arguments.since, until: arguments.until, ..LogFilter::default() };
    match &arguments.kind {
        Some(Kind::Group(group)) => {
            filter.group = serde_json::from_value(serde_json::Value::String(group.clone())).map_err(anyhow::Error::from)?;
        }
        Some(Kind::One(kind)) => filter.kind = Some(kind.clone()),
        None => {}
    }
    let (mut rows, mut before) = (Vec::new(), None);
    loop {
        let left = arguments.limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let request = ReadLog { before, limit: left.max(1), filter: Some(filter.clone()) };
        let page: LogPage = client.call(Call::ReadLog(request)).await?;
        rows.extend(page.rows);
        before = page.next;
        if before.is_none() || rows.len() >= usize::try_from(arguments.limit).unwrap_or(usize::MAX) {
            return Ok(rows);
        }
    }
}

fn rows_table(rows: &[LogRow]) -> String {
    let rows = rows.iter().map(|row| {
        let when = row.at.map_or_else(|| "–".to_owned(), moment);
        vec![
            row.seq.to_string(),
            when,
            row.text.clone(),
            kept(row),
            if row.sent.is_empty() { "nothing".into() } else { row.sent.join(", ") },
        ]
    });
    table(&["#", "WHEN", "WHAT HAPPENED", "KEPT HERE", "SENT"], rows)
}

fn kept(row: &LogRow) -> String {
    let names = row.fields.iter().map(|field| field.name.rsplit('.').next().unwrap_or_default().replace('_', " "));
    std::iter::once("time".to_owned()).chain(names).collect::<Vec<_>>().join(", ")
}

async fn export(client: &mut Client, form: Form, out: &Out) -> Result<(), Failure> {
    let form = match form {
        Form::Jsonl => LogForm::Jsonl,
        Form::Csv => LogForm::Csv,
    };
    let mut after = Some(0);
    while let Some(from) = after {
        let lines: LogLines = client.call(Call::ExportLogPart(ExportLogPart { form, after: from })).await?;
        if !out.exact(&lines.text)? {
            return Ok(());
        }
        after = lines.next;
    }
    Ok(())
}

pub(crate) async fn export_data(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let exported: Exported = client.call(Call::ExportData).await?;
    out.show(&exported, |exported| format!("{} rows were written to {}. It is not encrypted.", exported.rows, exported.path))
}

pub(crate) async fn delete_data(client: &mut Client, yes: bool, out: &Out) -> Result<(), Failure> {
    if !yes {
        let ledger: Ledger = client.call(Call::GetLedger).await?;
        return out.show(&ledger, would_go);
    }
    let deleted: DeletedData = client.call(Call::DeleteData).await?;
    out.show(&deleted, |deleted| {
        let DeletedData { conversations, messages, sightings, evidence, nudges, requests, runs } = deleted;
        format!(
            "Deleted: {conversations} conversations with {messages} messages, {sightings} models that were seen earlier, {evidence} observations, {nudges} nudges, {requests} requests, {runs} runs. The log stays and says so: canteen log"
        )
    })
}

fn would_go(ledger: &Ledger) -> String {
    let held = ledger.held;
    let Held { conversations, messages, past_sightings, evidence, nudges, requests, open_requests, runs, live_runs, .. } = held;
    let until = match (ledger.kept_until, &ledger.organisation) {
        (Some(until), _) => format!("until {}", moment(until)),
        (None, Some(organisation)) => format!("as long as Canteen is set up for {organisation}"),
        (None, None) => "as long as Canteen is set up here".to_owned(),
    };
    format!(
        "Would go: {conversations} conversations with {messages} messages, {past_sightings} models that were seen earlier, {evidence} observations, {nudges} nudges, {} requests, {} runs with their speeds.\nWould stay: {open_requests} requests that are open or granted, what is installed, licences that you accepted, your settings, and the log ({} rows), {until}: who could empty it could hide what happened, from you as well.\nModels that lie on this computer stay listed as if they had just been seen, and may be pointed out to you again.\nTo delete: canteen delete-data --yes",
        requests.saturating_sub(open_requests),
        runs.saturating_sub(live_runs),
        ledger.rows,
    )
}
