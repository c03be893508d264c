//! BOMs that are written and read. The official library validates `data/bom/*.json` (`tests/it/interop.rs`).

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use canteen_provenance::bom::{self, Approval, BaseModel, File, Licence, Model, SerialNumber, Stamp};
use canteen_types::{Coded as _, Digest, Timestamp};
use proptest::prelude::*;

fn stamp() -> Stamp<'static> {
    let made_at = "2026-11-24T10:00:00Z".parse().unwrap();
    Stamp { serial: SerialNumber::of(b"one"), made_at, tool: "canteen-admin", tool_version: "0.1.0" }
}

fn full() -> Model {
    let digest = Digest::of(b"weights");
    let moment = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    Model {
        name: "Tiny instruct".into(),
        version: Some("3".into()),
        publisher: Some("Somebody".into()),
        digest: Some(digest),
        files: vec![
            File { name: "tiny.gguf".into(), digest: Some(digest), size: Some(4_920_000_000) },
            File { name: "config.json".into(), digest: Some(Digest::of(b"{}")), size: Some(2) },
        ],
        licence: Some(Licence::Spdx("Apache-2.0 OR MIT".into())),
        base_models: vec![
            BaseModel { name: "Tiny base".into(), publisher: Some("Somebody".into()) },
            BaseModel { name: "Tinier".into(), publisher: None },
        ],
        tasks: vec!["chat".into(), "code".into()],
        quantisation: Some("Q4_K_M".into()),
        chat_template: Some(Digest::of(b"{{ messages }}")),
        approval: Some(Approval {
            approver: "Ada".into(),
            role: Some("AI governance".into()),
            approved_on: moment("2026-11-24T10:00:00Z"),
            valid_until: moment("2027-11-24T10:00:00Z"),
        }),
        signatures: vec!["https://models.example.com/tiny.sig".into()],
    }
}

fn own_licence() -> Model {
    let text = Some("First.\nSecond.\n".to_owned());
    Model { name: "Gemma".into(), licence: Some(Licence::Own { name: "Gemma Terms of Use".into(), text }), ..Model::default() }
}

#[test]
fn what_is_written_is_what_the_official_library_validated() {
    for (name, model) in [("full", full()), ("own-licence", own_licence())] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/bom/{name}.json"));
        let text = bom::write(&model, &stamp()).unwrap();
        let committed = fs_err::read_to_string(&file).unwrap_or_default();
        if committed != text {
            fs_err::write(file.with_extension("new"), &text).unwrap();
        }
        assert!(committed == text, "{name}.json differs. Look at {name}.new, then put it in its place");
    }
}

#[test]
fn a_foreign_bom_gives_what_it_knows() {
    let foreign = br#"{
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 4,
        "metadata": { "tools": [{ "vendor": "x", "name": "y" }], "unknown": { "a": [1, 2] },
            "component": { "type": "application", "name": "shop", "components": [
                { "type": "machine-learning-model", "bom-ref": "m1", "name": "a", "group": "g",
                  "hashes": [{ "alg": "MD5", "content": "00" }, { "alg": "SHA-256", "content":
                      "b235266a5ffe72c2e10e09b297beba424d4720ee5463a7d70fba207800fad61d" }],
                  "licenses": [{ "license": { "id": "MIT", "url": "x" } }],
                  "modelCard": { "bom-ref": "c", "modelParameters": { "task": "ranking", "datasets": [{ "ref": "d" }] },
                      "considerations": { "users": ["everybody"] } } }] } },
        "components": [
            { "type": "library", "name": "z" }, { "type": "file", "bom-ref": "f1", "name": "one" },
            { "type": "file", "bom-ref": "f2", "name": "two", "properties": [{ "name": "canteen:size", "value": "many" }] },
            { "type": "machine-learning-model", "bom-ref": "m2", "name": "b",
              "licenses": [{ "license": { "name": "Own", "text": { "content": "QUJD", "encoding": "base64" } } }] }],
        "dependencies": [{ "ref": "m1", "dependsOn": ["f2"] }, { "ref": "m2" }], "signature": { "algorithm": "none" } }"#;
    let models = bom::read(foreign).unwrap();
    let first = Model {
        name: "a".into(),
        digest: Some(Digest::from_hex("b235266a5ffe72c2e10e09b297beba424d4720ee5463a7d70fba207800fad61d").unwrap()),
        files: vec![File { name: "two".into(), digest: None, size: None }],
        licence: Some(Licence::Spdx("MIT".into())),
        tasks: vec!["ranking".into()],
        ..Model::default()
    };
    let own = Some(Licence::Own { name: "Own".into(), text: None });
    assert_eq!(models, [first, Model { name: "b".into(), licence: own, ..Model::default() }]);
}

#[test]
fn files_are_told_once_however_often_a_bom_repeats_whose_they_are() {
    let model = r#"{ "type": "machine-learning-model", "bom-ref": "m", "name": "a" }"#;
    let file = r#"{ "type": "file", "bom-ref": "f", "name": "b" }"#;
    let needs = r#"{ "ref": "m", "dependsOn": ["f", "f", "nothing"] }"#;
    let text = format!(
        r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{model}, {file}, {model}], "dependencies": [{needs}, {needs}] }}"#
    );
    let counts: Vec<usize> = bom::read(text.as_bytes()).unwrap().iter().map(|model| model.files.len()).collect();
    assert_eq!(counts, [1, 0]);
}

#[test]
fn what_is_no_ml_bom_is_refused() {
    let refused = |text: &str| bom::read(text.as_bytes()).unwrap_err().code();
    let model = r#""components": [{ "type": "machine-learning-model", "name": "a" }]"#;
    assert!(bom::read(format!(r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.5", {model} }}"#).as_bytes()).is_ok());
    for wrong in [
        String::new(),
        "[]".into(),
        "{}".into(),
        "<bom/>".into(),
        format!(r#"{{ "bomFormat": "SPDX", "specVersion": "1.5", {model} }}"#),
        format!(r#"{{ "bomFormat": "CycloneDX", "specVersion": "2.0", {model} }}"#),
        r#"{ "bomFormat": "CycloneDX", "specVersion": "1.5" }"#.into(),
        r#"{ "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{ "type": "library", "name": "a" }] }"#.into(),
        format!(r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.5", "deep": {}{} }}"#, "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        assert_eq!(refused(&wrong), "provenance.bad_bom", "{wrong:.80}");
    }
    for (kind, count) in [("file", 50_001), ("machine-learning-model", 1001)] {
        let all = vec![format!(r#"{{"type":"{kind}","name":"a"}}"#); count].join(",");
        let text = format!(r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{all}] }}"#);
        assert_eq!(refused(&text), "provenance.too_much", "{kind}");
    }
    assert_eq!(refused(&" ".repeat((8 << 20) + 1)), "provenance.too_much");
}

#[test]
fn the_address_of_a_signature_is_one() {
    for wrong in ["", "two words", "a\"b", "line\nend"] {
        let model = Model { signatures: vec![wrong.into()], ..full() };
        assert_eq!(bom::write(&model, &stamp()).unwrap_err().code(), "provenance.bad_bom", "{wrong:?}");
    }
}

#[test]
fn a_serial_number_is_a_uuid_of_its_own_kind() {
    let serial = SerialNumber::of(b"one").to_string();
    assert!(serial.starts_with("urn:uuid:") && serial.len() == 45, "{serial}");
    assert_eq!(serial.as_bytes()[23], b'8', "{serial}");
    assert_ne!(serial, SerialNumber::of(b"two").to_string());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        drop(bom::read(&bytes));
    }

    #[test]
    fn a_cut_bom_is_no_bom(cut in 2_usize..3000) {
        let text = bom::write(&full(), &stamp()).unwrap();
        let end = text.len().saturating_sub(cut);
        prop_assert!(bom::read(&text.as_bytes()[..end]).is_err());
    }

    #[test]
    fn what_was_written_is_read_again(name: String, version: Option<String>, task: String, licence: String, size: Option<u64>) {
        let tasks = vec![task, name.clone()];
        let files = vec![File { name: name.clone(), digest: None, size }];
        let model = Model { name, version, tasks, licence: Some(Licence::Spdx(licence)), files, ..full() };
        prop_assert_eq!(bom::read(bom::write(&model, &stamp()).unwrap().as_bytes()).unwrap(), [model]);
    }
}
