use canteen_types::Digest;

use crate::company::{Company, add, gguf};

#[test]
fn an_entry_says_what_the_file_says() {
    let company = Company::made();
    let bytes = gguf("Tiny");
    company.write("model.gguf", &bytes);
    let added = company.json(&add("model.gguf", "tiny"));
    assert_eq!(added["change"], "new");
    assert_eq!(added["entry"]["artifact"]["digest"], Digest::of(&bytes).to_string());
    assert_eq!(added["entry"]["chat_template"], Digest::of(b"{{ messages }}").to_string());
    insta::assert_json_snapshot!(added["entry"]);
}

#[test]
fn adding_again_is_the_next_version_unless_nothing_changed() {
    let company = Company::made();
    company.write("model.gguf", &gguf("Tiny"));
    company.ok(&add("model.gguf", "tiny"));
    let again = company.json(&[&add("model.gguf", "tiny")[..], &["--at", "2026-12-01"]].concat());
    assert_eq!((again["change"].as_str(), again["entry"]["version"].as_u64()), (Some("unchanged"), Some(1)));
    let changed = company.json(&[&add("model.gguf", "tiny")[..], &["--summary", "Small."]].concat());
    assert_eq!((changed["change"].as_str(), changed["entry"]["version"].as_u64()), (Some("replaced"), Some(2)));
    company.write("model.gguf", &gguf("Tinier"));
    let other_bytes = company.json(&add("model.gguf", "tiny"));
    assert_eq!(other_bytes["entry"]["version"], 3);
}

#[test]
fn a_suspicious_file_wants_a_reason_and_a_dangerous_one_is_refused() {
    let company = Company::made();
    company.write("model.gguf", &[&gguf("Tiny")[..], b"who knows what this is"].concat());
    let refused = company.refused(&add("model.gguf", "tiny"));
    assert!(refused.contains("admin.suspicious") && refused.contains("gguf.tail"), "{refused}");
    let added = company.json(&[&add("model.gguf", "tiny")[..], &["--accept-hazards", "Padding of the maker."]].concat());
    let accepted = serde_json::json!({ "codes": ["gguf.tail"], "reason": "Padding of the maker." });
    assert_eq!(added["entry"]["approval"]["accepted_hazards"], accepted);

    company.write("model.gguf", &[&gguf("Tiny")[..], b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"].concat());
    let refused = company.refused(&[&add("model.gguf", "tiny")[..], &["--accept-hazards", "I like it."]].concat());
    assert!(refused.contains("admin.dangerous") && refused.contains("file.two_things"), "{refused}");
}

#[test]
fn fields_come_from_a_toml_file_and_flags_win() {
    let company = Company::made();
    company.write("model.gguf", &gguf("Tiny"));
    company.write("terms.txt", b"First.\nSecond.\n");
    company.write(
        "entry.toml",
        br#"
id = "gemma"
publisher = "Google"
licence_name = "Gemma Terms of Use"
licence_text = "terms.txt"
must_accept = true
approver = "Ada"
role = "AI governance"
approved_on = "2026-11-01"
review_due = "2027-05-31"
quantisation = "F32"
memory_minimum = "2GiB"
data_not_approved = ["special_category"]

[[base_chain]]
name = "Gemma 3"
publisher = "Google"
"#,
    );
    let arguments = ["model", "add", "acme", "--file", "model.gguf", "--entry", "entry.toml", "--publisher", "Google DeepMind"];
    let added = company.json(&arguments);
    let entry = &added["entry"];
    assert_eq!(entry["publisher"], "Google DeepMind");
    assert_eq!(entry["licence"]["terms"]["own"]["text"], "First.\nSecond.\n");
    assert_eq!(entry["memory_minimum"], 2_u64 << 30);
    assert_eq!(entry["approval"]["approved_on"], "2026-11-01T00:00:00Z");
    assert_eq!(entry["base_chain"][0]["name"], "Gemma 3");
}

#[test]
fn a_file_that_is_no_model_or_whose_header_lies_is_refused() {
    let company = Company::made();
    let mut refused = Vec::new();
    company.write("model.gguf", b"a letter to the editor, much longer than sixteen bytes");
    refused.push(company.refused(&add("model.gguf", "tiny")));
    let mut cut = gguf("Tiny");
    cut.truncate(cut.len() - 100);
    company.write("model.gguf", &cut);
    refused.push(company.refused(&add("model.gguf", "tiny")));
    let mut lies = gguf("Tiny");
    lies[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    company.write("model.gguf", &lies);
    refused.push(company.refused(&add("model.gguf", "tiny")));
    insta::assert_snapshot!(refused.concat());
    assert_eq!(company.json(&["model", "list", "acme"]), serde_json::json!([]), "nothing was added");
}

#[test]
fn what_is_missing_or_contradicts_is_named() {
    let company = Company::made();
    company.write("model.gguf", &gguf("Tiny"));
    let without = |flag: &str| {
        let all = add("model.gguf", "tiny");
        let at = all.iter().position(|a| *a == flag).unwrap();
        company.refused(&[&all[..at], &all[at + 2..]].concat())
    };
    let with = |more: &[&str]| company.refused(&[&add("model.gguf", "tiny")[..], more].concat());
    let refused = [
        without("--id"),
        without("--publisher"),
        without("--approver"),
        without("--licence"),
        with(&["--licence-name", "Terms"]),
        with(&["--context-length", "77"]),
        with(&["--context-tokens", "300"]),
        with(&["--source", "http://models.acme.example/x"]),
        with(&["--data", "public", "--not-data", "public"]),
        with(&["--review-due", "2020-01-01"]),
    ]
    .concat();
    insta::assert_snapshot!(refused);
}

#[test]
fn a_removed_entry_is_withdrawn_with_the_next_publication() {
    let company = Company::published();
    assert_eq!(company.seen(), ["tiny 1"]);
    company.ok(&["model", "remove", "acme", "tiny"]);
    assert_eq!(company.seen(), ["tiny 1"]);
    company.ok(&["publish", "acme"]);
    assert_eq!(company.seen(), Vec::<String>::new());
    assert!(company.refused(&["model", "remove", "acme", "tiny"]).contains("admin.no_entry"));
}
