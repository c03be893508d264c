//! The formats: schemas that are committed, what is refused on the way into the domain, and the numbers of the limits.

use std::path::Path;

use canteen_catalogue::document::{catalogue_schema, entry_from_text, entry_text, policy_schema};
use canteen_catalogue::{Catalogue, CatalogueDocument, EntryDocument};
use canteen_types::{Entry, Source};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::house::{content, entry};

fn check_schema(name: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs_err::write(&path, generated).unwrap();
    }
    let committed = fs_err::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "schema/{name} is out of date: run this test with UPDATE_SCHEMA=1 and commit it");
}

#[test]
fn the_committed_schemas_are_current() {
    check_schema("catalogue.schema.json", &catalogue_schema());
    check_schema("policy.schema.json", &policy_schema());
}

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::to_value(entry("one")).unwrap();
    change(&mut value);
    match serde_json::from_value::<EntryDocument>(value) {
        Ok(document) => Entry::try_from(document).expect_err("must be refused").to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_entry_comes_through_whole() {
    let mut value = serde_json::to_value(entry("one")).unwrap();
    value["base_chain"] = json!([{ "name": "Base", "publisher": "Somebody", "entry": "base" }]);
    value["licence"] = json!({ "terms": { "own": { "name": "Terms", "text": "First.\nSecond." } }, "must_accept": true });
    value["data_approved"] = json!(["public", "internal"]);
    value["data_not_approved"] = json!(["special_category"]);
    value["uses_approved"] = json!(["summarise"]);
    value["engine"] = json!({ "context_tokens": 4096, "temperature": 0.0 });
    let document: EntryDocument = serde_json::from_value(value).unwrap();
    let entry = Entry::try_from(document).unwrap();
    assert_eq!(entry.artifact.sources, [Source::Https("https://models.example/one.gguf".into())]);
    assert_eq!((entry.engine.context_tokens, entry.engine.temperature, entry.engine.top_k), (4096, 0.0, 40));
    assert_eq!(entry.licence.name(), "Terms");
    assert_eq!(entry.base_chain[0].entry.as_ref().unwrap().as_str(), "base");
}

#[test]
fn what_is_kept_of_an_entry_reads_back_as_that_entry() {
    let mut value = serde_json::to_value(entry("one")).unwrap();
    value["base_chain"] = json!([{ "name": "Base", "publisher": "Somebody", "entry": "base" }]);
    value["licence"] = json!({ "terms": { "own": { "name": "Terms", "text": "First.\nSecond." } }, "must_accept": true });
    value["artifact"]["sources"] =
        json!(["https://models.example/a b.gguf", "/srv/é.gguf", "D:\\m\\a.gguf", "file://nas/m/a.gguf"]);
    value["uses_not_approved"] = json!(["hiring"]);
    value["groups"] = json!(["finance"]);
    value["fingerprint"] = json!("{}");
    let entry: Entry = serde_json::from_value::<EntryDocument>(value).unwrap().try_into().unwrap();
    assert_eq!(entry_from_text(&entry_text(&entry)), Some(entry));
    assert_eq!(entry_from_text("{}"), None);
}

#[test]
fn every_rule_has_its_sentence() {
    let sentences = [
        refused(|e| e["id"] = json!("One")),
        refused(|e| e["version"] = json!(0)),
        refused(|e| e["display_name"] = json!(" ")),
        refused(|e| e["display_name"] = json!("a\u{7}b")),
        refused(|e| e["display_name"] = json!("a\u{202e}b")),
        refused(|e| e["summary"] = json!("x".repeat(1001))),
        refused(|e| e["tasks"] = json!([])),
        refused(|e| e["tasks"] = json!(["chat", "chat"])),
        refused(|e| e["tasks"] = json!(["spy"])),
        refused(|e| e["languages"] = json!(["english language"])),
        refused(|e| e["context_length"] = json!(0)),
        refused(|e| e["artifact"]["digest"] = json!("sha256:1234")),
        refused(|e| e["artifact"]["size"] = json!(0)),
        refused(|e| e["artifact"]["size"] = json!(u64::MAX)),
        refused(|e| e["artifact"]["sources"] = json!(["http://models.example/x"])),
        refused(|e| e["artifact"]["sources"] = json!(["models/x.gguf"])),
        refused(|e| e["licence"]["terms"] = json!({ "spdx": "" })),
        refused(|e| e["licence"]["terms"] = json!({ "spdx": "MIT", "own": { "name": "a", "text": "b" } })),
        refused(|e| e["licence"]["terms"] = json!({ "own": { "name": "a", "text": "x".repeat((256 << 10) + 1) } })),
        refused(|e| (e["data_approved"], e["data_not_approved"]) = (json!(["public"]), json!(["public"]))),
        refused(|e| e["uses_not_approved"] = json!(["Hiring"])),
        refused(|e| e["groups"] = json!(["Finance"])),
        refused(|e| e["groups"] = json!(["finance", "finance"])),
        refused(|e| e["fingerprint"] = json!("x".repeat((32 << 10) + 1))),
        refused(|e| e["approval"]["review_due"] = json!("2020-01-01T00:00:00Z")),
        refused(|e| e["approval"]["approver"] = json!("")),
        refused(|e| e["engine"] = json!({ "context_tokens": 8193 })),
        refused(|e| e["engine"] = json!({ "max_answer_tokens": 4000 })),
        refused(|e| e["engine"] = json!({ "top_p": 1.5 })),
        refused(|e| e["engine"] = json!({ "speed": 1 })),
        refused(|e| e["surprise"] = json!(true)),
    ]
    .join("\n");
    insta::assert_snapshot!(sentences);
}

#[test]
fn a_catalogue_names_every_id_once_and_is_bounded() {
    let twice = content(1, &["one", "two", "one"]).catalogue;
    assert_eq!(Catalogue::try_from(twice).unwrap_err().to_string(), "entries: “one” stands there twice");
    let mut many = content(1, &[]).catalogue;
    many.entries = vec![entry("one"); 10_001];
    assert_eq!(Catalogue::try_from(many).unwrap_err().to_string(), "entries: has more than 10000 items");
    let mut wrong = content(1, &["one"]).catalogue;
    wrong.entries[0].publisher = String::new();
    assert_eq!(Catalogue::try_from(wrong).unwrap_err().to_string(), "entries[0].publisher: must not be empty");
    let mut newer = content(1, &[]).catalogue;
    newer.format = 2;
    assert_eq!(Catalogue::try_from(newer).unwrap_err().to_string(), "format: must be from 1 to 1");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(document) = serde_json::from_slice::<CatalogueDocument>(&bytes) {
            drop(Catalogue::try_from(document));
        }
    }

    #[test]
    fn an_entry_that_is_accepted_keeps_its_bounds(
        context in any::<u32>(), tokens in any::<u32>(), answer in any::<u32>(), top_p in any::<f32>(), heat in any::<f32>(),
    ) {
        let mut document = entry("one");
        document.context_length = context;
        document.engine.context_tokens = tokens;
        document.engine.max_answer_tokens = answer;
        document.engine.top_p = top_p;
        document.engine.temperature = heat;
        if let Ok(entry) = Entry::try_from(document) {
            prop_assert!(entry.engine.max_answer_tokens <= entry.engine.context_tokens);
            prop_assert!(entry.engine.context_tokens <= entry.context_length.max(16));
            prop_assert!(entry.engine.top_p.is_finite() && entry.engine.temperature.is_finite());
        }
    }
}
