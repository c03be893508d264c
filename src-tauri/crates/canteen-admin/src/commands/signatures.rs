use std::path::Path;

use canteen_signatures::{Signatures, lint, schema};
use serde::Serialize;

use super::Session;
use crate::args;
use crate::draft::Draft;
use crate::failure::AdminError;
use crate::out::table;
use crate::place::{Company, read_text};

/// What a document says, as it is shown.
#[derive(Serialize)]
struct Shown {
    version: u32,
    runners: Vec<ShownRunner>,
    inventory: Vec<String>,
}

#[derive(Serialize)]
struct ShownRunner {
    id: String,
    name: String,
    stores: usize,
    questions: Vec<String>,
    source: String,
}

pub(super) fn run(asked: args::Signatures, session: &Session) -> anyhow::Result<()> {
    match asked {
        args::Signatures::Lint { file } => show(&good(&file)?.1, session),
        args::Signatures::Set { place, file } => {
            let company = Company::open(&place.dir)?;
            let (text, known) = good(&file)?;
            let current = company.repository()?.current()?;
            check_successor(&text, current.and_then(|current| current.runner_signatures).as_deref())?;
            Draft(&company).save_signatures(&text)?;
            show(&known, session)
        }
        args::Signatures::Remove(place) => {
            Draft(&Company::open(&place.dir)?).remove_signatures()?;
            session.out.show(&serde_json::json!({ "version": null }), |_| "The next publication has no runner signatures.".into())
        }
        args::Signatures::Show(place) => match Draft(&Company::open(&place.dir)?).signatures()? {
            Some(text) => show(&read(&text, "signatures.toml")?, session),
            None => session
                .out
                .show(&serde_json::json!({ "version": null }), |_| "There are no runner signatures of your own.".into()),
        },
        args::Signatures::Schema => session.out.print(&schema()),
    }
}

/// The version of a document that was published.
pub(super) fn version(text: &str) -> Option<u32> {
    Signatures::read(text).ok().map(|known| known.version())
}

/// Another text needs a higher version, so that people can tell which one a computer goes by.
pub(super) fn check_successor(text: &str, published: Option<&str>) -> Result<(), AdminError> {
    let Some(before) = published.filter(|published| *published != text) else { return Ok(()) };
    let (given, published) = (read(text, "signatures.toml")?.version(), version(before).unwrap_or_default());
    if given > published { Ok(()) } else { Err(AdminError::SignaturesVersion { given, published }) }
}

fn good(file: &Path) -> anyhow::Result<(String, Signatures)> {
    let text = read_text(file)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let known = read(&text, &name)?;
    Ok((text, known))
}

fn read(text: &str, name: &str) -> Result<Signatures, AdminError> {
    Signatures::read(text).map_err(|_| {
        let complaints: Vec<String> = lint(text).iter().map(|complaint| format!("  {complaint}")).collect();
        AdminError::Signatures { name: name.to_owned(), complaints: complaints.join("\n") }
    })
}

fn show(known: &Signatures, session: &Session) -> anyhow::Result<()> {
    let runners = known.runners().map(|runner| ShownRunner {
        id: runner.id().to_owned(),
        name: runner.name().to_owned(),
        stores: runner.stores(),
        questions: runner.questions().map(str::to_owned).collect(),
        source: runner.source().to_owned(),
    });
    let inventory = known.classes().map(|class| class.id().to_owned()).collect();
    let shown = Shown { version: known.version(), runners: runners.collect(), inventory };
    session.out.show(&shown, |shown| {
        let rows = shown.runners.iter().map(|runner| {
            let questions = runner.questions.join(" ");
            vec![runner.id.clone(), runner.name.clone(), runner.stores.to_string(), questions, runner.source.clone()]
        });
        let listed = if shown.inventory.is_empty() { "nothing".to_owned() } else { shown.inventory.join(", ") };
        let runners = table(&["RUNNER", "NAME", "STORES", "QUESTIONS", "SOURCE"], rows);
        format!("{runners}\n\nVersion {}. Only listed: {listed}.", shown.version)
    })
}
