use canteen_types::{Digest, Timestamp};

use super::document::{
    Attachment, Card, Component, Dependency, Document, FILE, FORMAT, Hash, License, MODEL, Metadata, Parameters, Pedigree,
    Property, Reference, SHA256, SIGNATURE, Terms, Tools, property,
};
use super::{Approval, File, Licence, Model, Stamp};
use crate::ProvenanceError;
use crate::text::line;

const SPEC: &str = "1.7";
const MODEL_REF: &str = "model";

/// The BOM of one model, as JSON with a line end.
///
/// # Errors
/// [`ProvenanceError::BadBom`] when the address of a signature is none.
pub fn write(model: &Model, stamp: &Stamp<'_>) -> Result<String, ProvenanceError> {
    if let Some(wrong) = model.signatures.iter().find(|address| !is_address(address)) {
        return Err(bad(format!("“{}” is no address of a signature", line(wrong))));
    }
    let files: Vec<Component> = model.files.iter().zip(1_usize..).map(|(file, at)| component_of(file, at)).collect();
    let parts: Vec<String> = files.iter().filter_map(|file| file.bom_ref.clone()).collect();
    let mut dependencies = vec![Dependency { of: MODEL_REF.to_owned(), depends_on: parts.clone() }];
    dependencies.extend(parts.into_iter().map(|of| Dependency { of, depends_on: Vec::new() }));
    let document = Document {
        bom_format: FORMAT.to_owned(),
        spec_version: SPEC.to_owned(),
        serial_number: Some(stamp.serial.to_string()),
        version: Some(1),
        metadata: Some(Metadata {
            timestamp: Some(stamp.made_at.to_string()),
            tools: Some(Tools { components: vec![tool(stamp)] }),
            component: Some(component(model)),
        }),
        components: files,
        dependencies,
    };
    let mut text = serde_json::to_string_pretty(&document).map_err(|e| bad(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn tool(stamp: &Stamp<'_>) -> Component {
    let version = Some(stamp.tool_version.to_owned());
    Component { kind: "application".to_owned(), name: stamp.tool.to_owned(), version, ..Component::default() }
}

fn component(model: &Model) -> Component {
    Component {
        kind: MODEL.to_owned(),
        bom_ref: Some(MODEL_REF.to_owned()),
        name: model.name.clone(),
        version: model.version.clone(),
        publisher: model.publisher.clone(),
        hashes: hashes(model.digest),
        licenses: model.licence.iter().map(terms).collect(),
        pedigree: pedigree(model),
        external_references: model
            .signatures
            .iter()
            .map(|url| Reference { kind: SIGNATURE.to_owned(), url: url.clone() })
            .collect(),
        model_card: card(model),
        ..Component::default()
    }
}

fn component_of(file: &File, at: usize) -> Component {
    Component {
        kind: FILE.to_owned(),
        bom_ref: Some(format!("file-{at}")),
        name: file.name.clone(),
        hashes: hashes(file.digest),
        properties: file.size.map(|size| own(property::SIZE, size.to_string())).into_iter().collect(),
        ..Component::default()
    }
}

fn hashes(digest: Option<Digest>) -> Vec<Hash> {
    digest.map(|digest| Hash { alg: SHA256.to_owned(), content: digest.hex() }).into_iter().collect()
}

/// An identifier is an expression as well, and an expression needs no list of what SPDX knows.
fn terms(licence: &Licence) -> Terms {
    match licence {
        Licence::Spdx(expression) => Terms { expression: Some(expression.clone()), license: None },
        Licence::Own { name, text } => {
            let text = text.clone().map(|content| Attachment { content, encoding: None });
            Terms { license: Some(License { id: None, name: Some(name.clone()), text }), expression: None }
        }
    }
}

fn pedigree(model: &Model) -> Option<Pedigree> {
    let ancestors = model.base_models.iter().map(|base| Component {
        kind: MODEL.to_owned(),
        name: base.name.clone(),
        publisher: base.publisher.clone(),
        ..Component::default()
    });
    (!model.base_models.is_empty()).then(|| Pedigree { ancestors: ancestors.collect() })
}

fn card(model: &Model) -> Option<Card> {
    let mut properties: Vec<Property> = model.tasks.iter().skip(1).map(|task| own(property::TASK, task.clone())).collect();
    properties.extend(model.quantisation.iter().map(|name| own(property::QUANTISATION, name.clone())));
    properties.extend(model.chat_template.map(|digest| own(property::CHAT_TEMPLATE, digest.to_string())));
    properties.extend(model.approval.iter().flat_map(approval));
    let task = model.tasks.first().cloned();
    let card = Card { model_parameters: task.map(|task| Parameters { task: Some(task) }), properties };
    (card.model_parameters.is_some() || !card.properties.is_empty()).then_some(card)
}

fn approval(approval: &Approval) -> Vec<Property> {
    let moment = |name, time: Option<Timestamp>| time.map(|time| own(name, time.to_string()));
    let all = [
        Some(own(property::APPROVER, approval.approver.clone())),
        approval.role.clone().map(|role| own(property::ROLE, role)),
        moment(property::APPROVED_ON, approval.approved_on),
        moment(property::VALID_UNTIL, approval.valid_until),
    ];
    all.into_iter().flatten().collect()
}

fn own(name: &str, value: String) -> Property {
    Property { name: name.to_owned(), value }
}

/// What may stand in an IRI reference (RFC 3987): no space, no control character and none of those that need escaping.
fn is_address(text: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    !text.is_empty() && !text.contains(forbidden)
}

fn bad(because: String) -> ProvenanceError {
    ProvenanceError::BadBom { because }
}
