use std::collections::{BTreeMap, BTreeSet};

use canteen_types::Digest;

use super::document::{Component, Dependency, Document, FILE, FORMAT, MODEL, Property, SHA256, SIGNATURE, Terms, property};
use super::{Approval, BaseModel, File, Licence, Model};
use crate::ProvenanceError;
use crate::text::line;

/// Longest BOM that is read, in bytes. One model with thousands of files takes 2 MB.
pub const LONGEST_BOM: u64 = 8 << 20;
/// Models that one BOM may list.
const MOST_MODELS: usize = 1000;
/// Files and parts in all.
const MOST_COMPONENTS: usize = 50_000;

/// The models of a BOM in JSON, that which it is about first. At least one.
///
/// # Errors
/// [`ProvenanceError::BadBom`] when it is none, or about no model; [`ProvenanceError::TooMuch`] beyond [`LONGEST_BOM`].
pub fn read(bytes: &[u8]) -> Result<Vec<Model>, ProvenanceError> {
    if bytes.len() as u64 > LONGEST_BOM {
        return Err(ProvenanceError::TooMuch { what: "a longer BOM" });
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|e| bad(line(&e.to_string())))?;
    if document.bom_format != FORMAT || !document.spec_version.starts_with("1.") {
        return Err(bad(format!("it is {} {}", line(&document.bom_format), line(&document.spec_version))));
    }
    let mut all = Vec::new();
    flatten(document.metadata.into_iter().filter_map(|metadata| metadata.component), &mut all)?;
    flatten(document.components, &mut all)?;
    let (models, others): (Vec<Component>, Vec<Component>) = all.into_iter().partition(|component| component.kind == MODEL);
    let mut files = Files::new(&others, &document.dependencies, models.len() == 1);
    match models.len() {
        0 => Err(bad("it is about no model".to_owned())),
        1..=MOST_MODELS => Ok(models.iter().map(|model| facts(model, &files.of(model))).collect()),
        _ => Err(ProvenanceError::TooMuch { what: "a longer BOM" }),
    }
}

/// With those that stand within others. The parser has bounded how deep.
fn flatten(components: impl IntoIterator<Item = Component>, all: &mut Vec<Component>) -> Result<(), ProvenanceError> {
    let mut waiting: Vec<Component> = components.into_iter().collect();
    waiting.reverse();
    while let Some(mut component) = waiting.pop() {
        waiting.extend(std::mem::take(&mut component.components).into_iter().rev());
        all.push(component);
        if all.len() > MOST_COMPONENTS {
            return Err(ProvenanceError::TooMuch { what: "a longer BOM" });
        }
    }
    Ok(())
}

/// Which files belong to which model.
struct Files<'a> {
    /// All, where there is but one model.
    of_the_only: Option<Vec<&'a Component>>,
    by_ref: BTreeMap<&'a str, &'a Component>,
    /// Each is taken once, so that the answer is no longer than the BOM.
    needs: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Files<'a> {
    fn new(components: &'a [Component], dependencies: &'a [Dependency], only: bool) -> Self {
        let files = || components.iter().filter(|component| component.kind == FILE);
        let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for Dependency { of, depends_on } in dependencies {
            needs.entry(of).or_default().extend(depends_on.iter().map(String::as_str));
        }
        Self {
            of_the_only: only.then(|| files().collect()),
            by_ref: files().filter_map(|file| Some((file.bom_ref.as_deref()?, file))).collect(),
            needs,
        }
    }

    fn of(&mut self, model: &Component) -> Vec<&'a Component> {
        self.of_the_only.take().unwrap_or_else(|| {
            let needs = model.bom_ref.as_deref().and_then(|name| self.needs.remove(name)).unwrap_or_default();
            needs.into_iter().filter_map(|name| self.by_ref.get(name).copied()).collect()
        })
    }
}

fn facts(model: &Component, files: &[&Component]) -> Model {
    let card = model.model_card.as_ref();
    let properties: Vec<&Property> = card.iter().flat_map(|card| &card.properties).chain(&model.properties).collect();
    let value = |name: &str| value(&properties, name);
    let task = card.and_then(|card| card.model_parameters.as_ref()).and_then(|parameters| parameters.task.clone());
    let more = properties.iter().filter(|property| property.name == property::TASK).map(|property| property.value.clone());
    let base = |base: &Component| BaseModel { name: base.name.clone(), publisher: base.publisher.clone() };
    let signatures = model.external_references.iter().filter(|reference| reference.kind == SIGNATURE);
    Model {
        name: model.name.clone(),
        version: model.version.clone(),
        publisher: model.publisher.clone(),
        digest: digest(model),
        files: files.iter().map(|component| file(component)).collect(),
        licence: model.licenses.iter().find_map(licence),
        base_models: model.pedigree.iter().flat_map(|pedigree| &pedigree.ancestors).map(base).collect(),
        tasks: task.into_iter().chain(more).collect(),
        quantisation: value(property::QUANTISATION).map(str::to_owned),
        chat_template: value(property::CHAT_TEMPLATE).and_then(|text| text.parse().ok()),
        approval: value(property::APPROVER).map(|approver| Approval {
            approver: approver.to_owned(),
            role: value(property::ROLE).map(str::to_owned),
            approved_on: value(property::APPROVED_ON).and_then(|text| text.parse().ok()),
            valid_until: value(property::VALID_UNTIL).and_then(|text| text.parse().ok()),
        }),
        signatures: signatures.map(|reference| reference.url.clone()).collect(),
    }
}

fn value<'a>(properties: &[&'a Property], name: &str) -> Option<&'a str> {
    properties.iter().find(|property| property.name == name).map(|property| property.value.as_str())
}

fn file(component: &Component) -> File {
    let properties: Vec<&Property> = component.properties.iter().collect();
    let size = value(&properties, property::SIZE).and_then(|text| text.parse().ok());
    File { name: component.name.clone(), digest: digest(component), size }
}

fn digest(component: &Component) -> Option<Digest> {
    component.hashes.iter().find(|hash| hash.alg == SHA256).and_then(|hash| Digest::from_hex(&hash.content).ok())
}

fn licence(terms: &Terms) -> Option<Licence> {
    let id = || terms.license.as_ref().and_then(|licence| licence.id.clone());
    if let Some(expression) = terms.expression.clone().or_else(id) {
        return Some(Licence::Spdx(expression));
    }
    let licence = terms.license.as_ref()?;
    let text = licence.text.as_ref().filter(|text| text.encoding.is_none()).map(|text| text.content.clone());
    Some(Licence::Own { name: licence.name.clone()?, text })
}

fn bad(because: String) -> ProvenanceError {
    ProvenanceError::BadBom { because }
}
