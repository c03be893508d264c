//! What a comparison says, in words.

use std::iter::once;

use canteen_modelfile::lineage::{
    Comparison, Container, Evidence, Explanation, FalseClaim, KeyChanges, Kinship, NormEvidence, TemplateChange, TensorChanges,
    WeightEvidence,
};

use crate::compare::{Compared, Outcome};

const MOST_LINES: usize = 10;
/// Of each list.
const MOST_NAMES: usize = 6;
/// Of each side of a changed template.
const MOST_CHARACTERS: usize = 120;
/// Below it a light fine-tune would look the same.
const SURE: f32 = 0.9;
/// Named elsewhere, so not counted among the keys.
const TEMPLATE: &str = "tokenizer.chat_template";

pub(super) fn lines(compared: &Compared) -> Vec<String> {
    let head = format!("{}, held against {}:", compared.file, compared.known);
    match &compared.outcome {
        Outcome::NotCompared(because) => vec![head, format!("  Not compared. {because}")],
        Outcome::Comparison(comparison) => {
            let found = evidence(comparison).into_iter().take(MOST_LINES).map(|line| format!("    {line}"));
            once(head).chain(once(format!("  {}", sentence(comparison)))).chain(found).collect()
        }
    }
}

fn sentence(comparison: &Comparison) -> String {
    let evidence = &comparison.evidence;
    let kinship = match comparison.kinship {
        Kinship::Identical => "The same file, byte for byte".to_owned(),
        Kinship::SameWeights => {
            let [there, here] = evidence.containers.map(container);
            let how = if there == here { "written anew" } else { "in another container" };
            format!("The same weights {how} ({there} there, {here} here)")
        }
        Kinship::AlteredCopy => format!("An altered copy: {}", altered(evidence)),
        Kinship::Requantised => requantised(evidence, comparison.confidence),
        Kinship::Derived => "Fine-tuned, merged or pruned from it, it from this one, or both from a third".to_owned(),
        Kinship::Unrelated => "No relation was found".to_owned(),
        Kinship::Unknown => return unknown(evidence).to_owned(),
    };
    format!("{kinship} ({}).", sure(comparison.confidence))
}

const fn unknown(evidence: &Evidence) -> &str {
    if evidence.norms.is_some() && evidence.weights.is_some() {
        "Cannot be told: its norm vectors are like those of the known one, and its matrices are not. Either they were copied into \
         another model, or its units were rearranged."
    } else {
        "Cannot be told: the two have too little in common that can be compared."
    }
}

fn sure(confidence: f32) -> String {
    let word = match confidence {
        1.0.. => "certain",
        0.99.. => "nearly certain",
        0.95.. => "very likely",
        0.8.. => "likely",
        _ => "possible",
    };
    let percent = format!("{:.1}", confidence * 100.0);
    format!("{word}, {} %", percent.trim_end_matches(".0"))
}

const fn container(container: Container) -> &'static str {
    match container {
        Container::Gguf => "GGUF",
        Container::Safetensors => "safetensors",
        Container::Onnx => "ONNX",
    }
}

fn altered(evidence: &Evidence) -> String {
    let mut parts = Vec::new();
    if let Some(tensors) = &evidence.tensors {
        let other = other(tensors);
        let all = other + tensors.equal + tensors.renamed + tensors.reformed_vectors;
        parts.extend((other > 0).then(|| (format!("{other} of {all} tensors"), other)));
        parts.extend((tensors.renamed > 0).then(|| (format!("the names of {} tensors", tensors.renamed), 2)));
        parts.extend((tensors.reformed_vectors > 0).then(|| (format!("the form of {} vectors", tensors.reformed_vectors), 1)));
    }
    parts.extend(evidence.template.as_ref().map(|_| ("the chat template".to_owned(), 1)));
    let keys = evidence.keys.as_ref().map_or(0, |keys| {
        let listed = [&keys.changed, &keys.added, &keys.removed].into_iter().flatten();
        listed.filter(|name| *name != TEMPLATE).count() + keys.unlisted
    });
    parts.extend((keys > 0).then(|| (format!("{keys} {} of the metadata", if keys == 1 { "key" } else { "keys" }), keys)));
    let verb = if matches!(parts.as_slice(), [(_, 1)]) { "differs" } else { "differ" };
    let names: Vec<String> = parts.into_iter().map(|(part, _)| part).collect();
    match names.split_last() {
        Some((last, [])) => format!("{last} {verb}"),
        Some((last, before)) => format!("{} and {last} {verb}", before.join(", ")),
        None => "how it is written differs".to_owned(),
    }
}

fn other(tensors: &TensorChanges) -> usize {
    tensors.changed.len() + tensors.added.len() + tensors.removed.len() + tensors.unlisted
}

fn requantised(evidence: &Evidence, confidence: f32) -> String {
    if evidence.weights.is_none() {
        return "The same norm vectors; whether the other weights are the same as well, or were tuned, cannot be seen".to_owned();
    }
    let how = match evidence.weights.as_ref().and_then(|weights| weights.explanation) {
        Some(Explanation::SecondFromFirst) => "Re-quantised from it",
        Some(Explanation::FirstFromSecond) => "The one that it was re-quantised from",
        Some(Explanation::BothFromThird) => "Both re-quantised from the same weights",
        Some(Explanation::Verbatim) | None => "The same weights but for their quantisation",
    };
    let [there, here] = &evidence.quantisation;
    let unknown = "unknown".to_owned();
    let tuned = if confidence < SURE { ", or tuned so lightly that this hides it" } else { "" };
    format!("{how} ({} there, {} here){tuned}", there.as_ref().unwrap_or(&unknown), here.as_ref().unwrap_or(&unknown))
}

/// The most telling first.
fn evidence(comparison: &Comparison) -> Vec<String> {
    let (kinship, evidence) = (comparison.kinship, &comparison.evidence);
    let mut lines: Vec<String> = comparison.false_claims.iter().take(3).map(|claim| false_claim(claim, kinship)).collect();
    if kinship == Kinship::Identical {
        return lines;
    }
    let same_container = evidence.containers[0] == evidence.containers[1];
    lines.extend(evidence.template.as_ref().map(|change| template(change, same_container)));
    // Of strangers everything differs, and of what was trained further nearly everything.
    let copy = matches!(kinship, Kinship::AlteredCopy | Kinship::SameWeights);
    if let Some(changes) = &evidence.tensors {
        lines.push(format!(
            "Tensors: {} equal, {} renamed, {} other.",
            changes.equal,
            changes.renamed,
            other(changes) + changes.reformed
        ));
        if copy {
            lines.extend(differences("Tensors", [&changes.changed, &changes.removed, &changes.added]));
        }
    }
    lines.extend(evidence.keys.as_ref().filter(|_| kinship != Kinship::Unrelated).and_then(keys));
    lines.extend(evidence.norms.as_ref().filter(|_| !copy).map(norms));
    lines.extend(evidence.weights.as_ref().filter(|_| !copy).map(weights));
    let tokenizer = evidence.same_tokenizer.filter(|_| !copy);
    lines.extend(tokenizer.map(|same| format!("Vocabulary: {}.", if same { "the same" } else { "another" })));
    lines
}

fn false_claim(claim: &FalseClaim, kinship: Kinship) -> String {
    let text = match claim {
        FalseClaim::BaseModel(text) => format!("that it is made from “{text}”"),
        FalseClaim::Name(text) => format!("that it is “{text}”"),
        FalseClaim::Architecture(text) => format!("that its architecture is “{text}”"),
    };
    let why = if kinship == Kinship::Unrelated { "its weights are others" } else { "its weights are those of the known one" };
    format!("False claim: its metadata says {text}, but {why}.")
}

fn template(change: &TemplateChange, same_container: bool) -> String {
    if !same_container {
        return "Chat template: not compared, as only one of the two containers holds one.".to_owned();
    }
    let what = match (change.removed.is_empty(), change.added.is_empty()) {
        (true, _) => format!("{} was added", quoted(&change.added)),
        (false, true) => format!("{} was taken out", quoted(&change.removed)),
        (false, false) => format!("{} became {}", quoted(&change.removed), quoted(&change.added)),
    };
    format!("Chat template, at byte {}: {what}.", change.at)
}

/// One line, and a short one.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_CHARACTERS).map(|c| if c.is_control() { '␤' } else { c }).collect();
    if text.chars().nth(MOST_CHARACTERS).is_some() {
        shown.push('…');
    }
    format!("“{shown}”")
}

/// Changed, removed, added.
fn differences(of: &str, changes: [&Vec<String>; 3]) -> Option<String> {
    let parts: Vec<String> = ["changed", "only there", "only here"]
        .into_iter()
        .zip(changes)
        .filter(|(_, list)| !list.is_empty())
        .map(|(how, list)| format!("{how}: {}", names(list)))
        .collect();
    (!parts.is_empty()).then(|| format!("{of} {}.", parts.join("; ")))
}

fn names(list: &[String]) -> String {
    let shown = list.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn keys(keys: &KeyChanges) -> Option<String> {
    differences("Metadata", [&keys.changed, &keys.removed, &keys.added])
}

fn norms(norms: &NormEvidence) -> String {
    let equal = norms.equal.max(norms.equal_in_any_order);
    let ranks = norms.correlation.map_or_else(String::new, |number| format!(", ranks correlate by {number:.2}"));
    format!("Norm vectors: {equal} the same, of {} there and {} here{ranks}.", norms.of_first, norms.of_second)
}

fn weights(weights: &WeightEvidence) -> String {
    let explained = match (weights.explanation, weights.unseen) {
        (Some(_), Some(unseen)) => {
            format!("quantisation explains all differences, and a change of more than {:.1} % would show", unseen * 100.0)
        }
        (Some(_), None) => "quantisation explains all differences".to_owned(),
        (None, _) => "no quantisation explains the differences".to_owned(),
    };
    format!("Samples of {} layers correlate by {:.2}; {explained}.", weights.layers_paired, weights.correlation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kinship: Kinship, confidence: f32) -> Comparison {
        let evidence = Evidence {
            same_file: Some(false),
            tensors: None,
            keys: None,
            template: None,
            same_tokenizer: None,
            containers: [Container::Gguf, Container::Safetensors],
            same_shape: true,
            same_width: true,
            quantisation: [Some("F16".into()), Some("Q8_0".into())],
            norms: None,
            without_norms: false,
            weights: None,
        };
        Comparison { kinship, confidence, evidence, false_claims: Vec::new() }
    }

    fn said(comparison: Comparison) -> String {
        let outcome = Outcome::Comparison(Box::new(comparison));
        lines(&Compared { file: "a".into(), known: "b".into(), outcome }).join("\n")
    }

    #[test]
    fn kinship_is_one_sentence() {
        let kinships = [
            (Kinship::Identical, 1.0),
            (Kinship::SameWeights, 0.98),
            (Kinship::Requantised, 0.8),
            (Kinship::Derived, 0.98),
            (Kinship::Unrelated, 0.995),
            (Kinship::Unknown, 0.0),
        ];
        let text: Vec<String> = kinships.into_iter().map(|(kinship, sure)| sentence(&found(kinship, sure))).collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        The same file, byte for byte (certain, 100 %).
        The same weights in another container (GGUF there, safetensors here) (very likely, 98 %).
        The same norm vectors; whether the other weights are the same as well, or were tuned, cannot be seen (likely, 80 %).
        Fine-tuned, merged or pruned from it, it from this one, or both from a third (very likely, 98 %).
        No relation was found (nearly certain, 99.5 %).
        Cannot be told: the two have too little in common that can be compared.
        ");
    }

    #[test]
    fn what_was_altered_is_listed_in_few_and_short_lines() {
        let mut comparison = found(Kinship::AlteredCopy, 0.99);
        let names = |count: usize| (0..count).map(|at| format!("blk.{at}")).collect::<Vec<_>>();
        comparison.evidence.containers = [Container::Gguf; 2];
        comparison.evidence.tensors = Some(TensorChanges { equal: 264, changed: names(8), ..TensorChanges::default() });
        comparison.evidence.keys = Some(KeyChanges { changed: vec![TEMPLATE.into()], ..KeyChanges::default() });
        comparison.evidence.template =
            Some(TemplateChange { at: 15, removed: String::new(), added: format!("a\n{}", "b".repeat(500)), cut: false });
        comparison.false_claims = (0..9).map(|at| FalseClaim::Name(at.to_string())).collect();
        let text = said(comparison);
        assert!(
            text.contains("An altered copy: 8 of 272 tensors and the chat template differ (nearly certain, 99 %)."),
            "{text}"
        );
        assert!(text.contains("changed: blk.0, blk.1, blk.2, blk.3, blk.4, blk.5 and 2 more."), "{text}");
        assert!(text.contains(&format!("at byte 15: “a␤{}…” was added.", "b".repeat(MOST_CHARACTERS - 2))), "{text}");
        assert_eq!((text.matches("False claim").count(), text.lines().count()), (3, 9), "{text}");
    }
}
