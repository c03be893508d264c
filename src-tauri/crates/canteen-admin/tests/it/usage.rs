use crate::company::Company;

#[test]
fn wrong_usage_is_2_and_a_refusal_is_1_with_code_and_sentence() {
    let company = Company::empty();
    for wrong in [&[][..], &["frobnicate"], &["init", "acme"], &["publish"], &["model", "add", "acme"], &["status", "a", "b"]] {
        assert_eq!(company.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
    insta::assert_snapshot!("refused_for_people", company.refused(&["publish", "nowhere"]));
    insta::assert_snapshot!("refused_as_json", company.refused(&["--json", "publish", "nowhere"]));
    let threshold = ["init", "acme", "--organisation", "A", "--root-keys", "2", "--root-threshold", "3"];
    insta::assert_snapshot!("refused_threshold", company.refused(&threshold));
    assert!(!company.path("acme").exists(), "no keys were made");
    assert!(company.refused(&["init", "acme", "--organisation", " "]).contains("must not be empty"));
}

#[test]
fn completions_name_the_commands() {
    let company = Company::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(company.ok(&["completions", shell]).contains("publish"), "{shell}");
    }
}

#[test]
fn init_says_what_was_made() {
    let company = Company::empty();
    let said = company.ok(&["init", "acme", "--organisation", "Acme GmbH"]);
    let folder = company.place.path().to_str().unwrap();
    insta::assert_snapshot!("init", said.replace(folder, "[folder]"));
}
