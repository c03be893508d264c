use canteen_catalogue::EntryDocument;
use canteen_catalogue::document::check_entry;
use canteen_catalogue::sign::SignError;
use serde::Serialize;

use super::Session;
use crate::args::{Add, Model};
use crate::draft::Draft;
use crate::entry_fields::EntryFields;
use crate::model_file::measure;
use crate::out::table;
use crate::place::Company;

pub(super) fn run(asked: Model, session: &Session) -> anyhow::Result<()> {
    match asked {
        Model::Add(asked) => add(*asked, session),
        Model::List(place) => {
            let company = Company::open(&place.dir)?;
            session.out.show(&Draft(&company).entries()?, |entries| {
                table(
                    &["ID", "VERSION", "NAME", "QUANTISATION", "SIZE", "LICENCE", "REVIEW DUE"],
                    entries.iter().map(|entry| {
                        vec![
                            entry.id.to_string(),
                            entry.version.to_string(),
                            entry.display_name.clone(),
                            entry.quantisation.to_string(),
                            entry.artifact.size.as_file(),
                            licence_name(entry).to_owned(),
                            entry.approval.review_due.to_string().chars().take(10).collect(),
                        ]
                    }),
                )
            })
        }
        Model::Remove { place, id } => {
            Draft(&Company::open(&place.dir)?).remove_entry(&id)?;
            let removed = serde_json::json!({ "removed": id });
            session.out.show(&removed, |_| format!("“{id}” will not be in the next publication. Publish to withdraw it."))
        }
    }
}

#[derive(Serialize)]
struct Added<'a> {
    change: Change,
    entry: &'a EntryDocument,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    New,
    Replaced,
    Unchanged,
}

fn add(asked: Add, session: &Session) -> anyhow::Result<()> {
    let company = Company::open(&asked.place.dir)?;
    let draft = Draft(&company);
    let fields = match &asked.entry {
        Some(path) => asked.fields.or(EntryFields::from_toml(path)?),
        None => asked.fields,
    };
    let dated = (fields.approved_on.is_some(), fields.review_due.is_some());
    let mut entry = measure(&asked.file)?.into_entry(fields, session.now)?;
    let change = match draft.entry(&entry.id)? {
        None => Change::New,
        Some(before) => {
            let mut same_dates = entry.clone();
            // Said again without dates it is the same approval.
            if !dated.0 {
                same_dates.approval.approved_on = before.approval.approved_on;
            }
            if !dated.1 {
                same_dates.approval.review_due = before.approval.review_due;
            }
            same_dates.version = before.version;
            if same_dates == before {
                entry = same_dates;
                Change::Unchanged
            } else {
                entry.version = before.version.saturating_add(1);
                Change::Replaced
            }
        }
    };
    check_entry(&entry).map_err(|source| SignError::Document { what: format!("The entry “{}”", entry.id), source })?;
    if change != Change::Unchanged {
        draft.save_entry(&entry)?;
    }
    if entry.artifact.sources.is_empty() {
        session.out.note("The entry names no --source, so computers can only import a file that they have already.");
    }
    session.out.show(&Added { change, entry: &entry }, |added| {
        let verb = match added.change {
            Change::New => "Added",
            Change::Replaced => "Replaced",
            Change::Unchanged => "Unchanged:",
        };
        let EntryDocument { id, version, display_name, artifact, quantisation, context_length, .. } = &entry;
        format!(
            "{verb} {id} version {version}: {display_name}, {} ({quantisation}, context {context_length}).\n  {}\nPublish to make it \
             visible.",
            artifact.size.as_file(),
            artifact.digest,
        )
    })
}

fn licence_name(entry: &EntryDocument) -> &str {
    use canteen_catalogue::document::TermsDocument;
    match &entry.licence.terms {
        TermsDocument::Spdx(name) | TermsDocument::Own { name, .. } => name,
    }
}
