use canteen_catalogue::EntryDocument;
use canteen_catalogue::document::TermsDocument;
use canteen_provenance::bom::{Approval, BaseModel, File, Licence, Model, SerialNumber, Stamp, write};
use canteen_types::{Task, WeightFormat};

use super::Session;
use crate::args::Bom;
use crate::draft::Draft;
use crate::failure::AdminError;
use crate::place::{Company, write_bytes};

pub(super) fn run(asked: &Bom, session: &Session) -> anyhow::Result<()> {
    let company = Company::open(&asked.place.dir)?;
    let entry = Draft(&company).entry(&asked.id)?.ok_or_else(|| AdminError::NoEntry { id: asked.id.clone() })?;
    let unique = serde_json::to_vec(&(&entry, &asked.signatures, session.now))?;
    let stamp = Stamp {
        serial: SerialNumber::of(&unique),
        made_at: session.now,
        tool: env!("CARGO_PKG_NAME"),
        tool_version: env!("CARGO_PKG_VERSION"),
    };
    let text = write(&described(entry, asked.signatures.clone()), &stamp)?;
    let Some(file) = &asked.out else { return session.out.print(&text) };
    write_bytes(file, text.as_bytes())?;
    let written = serde_json::json!({ "written": file });
    session.out.show(&written, |_| format!("The ML-BOM of “{}” stands in {}.", asked.id, file.display()))
}

fn described(entry: EntryDocument, signatures: Vec<String>) -> Model {
    let extension = match entry.artifact.format {
        WeightFormat::Gguf => "gguf",
        WeightFormat::Safetensors => "safetensors",
    };
    let file = File {
        name: format!("{}.{extension}", entry.id),
        digest: Some(entry.artifact.digest),
        size: Some(entry.artifact.size.bytes()),
    };
    Model {
        name: entry.display_name,
        version: Some(entry.version.to_string()),
        publisher: Some(entry.publisher),
        digest: Some(entry.artifact.digest),
        files: vec![file],
        licence: Some(match entry.licence.terms {
            TermsDocument::Spdx(expression) => Licence::Spdx(expression),
            TermsDocument::Own { name, text } => Licence::Own { name, text: Some(text) },
        }),
        base_models: entry
            .base_chain
            .into_iter()
            .map(|base| BaseModel { name: base.name, publisher: Some(base.publisher) })
            .collect(),
        tasks: entry.tasks.into_iter().map(word).collect(),
        quantisation: Some(entry.quantisation.to_string()),
        chat_template: entry.chat_template,
        approval: Some(Approval {
            approver: entry.approval.approver,
            role: Some(entry.approval.role),
            approved_on: Some(entry.approval.approved_on),
            valid_until: Some(entry.approval.review_due),
        }),
        signatures,
    }
}

/// As entries write it.
fn word(task: Task) -> String {
    serde_json::to_value(task).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
