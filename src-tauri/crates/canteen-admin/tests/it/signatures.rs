use crate::company::Company;

const GOOD: &str = "format = 1\nversion = 1\n\n[[runner]]\nid = \"acme\"\nname = \"Acme Runner\"\nsource = \"its manual\"\n\
    [[runner.store]]\nlinux = [\"~/acme/models\"]\n[[runner.ask]]\npath = \"/about\"\nsign = [{ at = \"/acme\" }]\n";

#[test]
fn a_document_is_checked_with_lines_and_reasons() {
    let company = Company::empty();
    company.write("good.toml", GOOD.as_bytes());
    insta::assert_snapshot!("lint_good", company.ok(&["signatures", "lint", "good.toml"]));
    let bad = GOOD.replace("~/acme/models", "/").replace("/about", "/about/delete").replace("its manual", "");
    company.write("bad.toml", bad.as_bytes());
    insta::assert_snapshot!("lint_bad", company.refused(&["signatures", "lint", "bad.toml"]));
    company.write("worse.toml", b"format = 1\nversion = 1\n[[runer]]\n");
    insta::assert_snapshot!("lint_worse", company.refused(&["signatures", "lint", "worse.toml"]));
    assert_eq!(company.ok(&["signatures", "schema"]).trim(), canteen_signatures::schema().trim());
}

#[test]
fn it_is_published_and_a_change_needs_a_higher_version() {
    let company = Company::published();
    let version = || company.read().unwrap().runner_signatures.map(|known| known.version());
    company.write("ours.toml", GOOD.as_bytes());
    company.ok(&["signatures", "set", "acme", "ours.toml"]);
    assert_eq!(version(), None, "not before it is published");
    assert_eq!(company.json(&["publish", "acme"])["signatures"], 1);
    assert_eq!(version(), Some(1));
    company.ok(&["publish", "acme"]);
    company.write("ours.toml", GOOD.replace("Acme Runner", "Acme").as_bytes());
    insta::assert_snapshot!("same_version", company.refused(&["signatures", "set", "acme", "ours.toml"]));
    company.write("ours.toml", GOOD.replace("Acme Runner", "Acme").replace("version = 1", "version = 2").as_bytes());
    company.ok(&["signatures", "set", "acme", "ours.toml"]);
    assert_eq!(company.json(&["signatures", "show", "acme"])["runners"][0]["name"], "Acme");
    company.ok(&["publish", "acme"]);
    assert_eq!(version(), Some(2));
    company.write("acme/draft/signatures.toml", b"format = 1\n");
    assert!(company.refused(&["publish", "acme"]).contains("admin.signatures_invalid"), "somebody edited the draft");
    company.ok(&["signatures", "remove", "acme"]);
    company.ok(&["publish", "acme"]);
    assert_eq!(version(), None);
}

#[test]
fn asking_servers_is_a_rule() {
    let company = Company::published();
    assert!(company.read().unwrap().policy.watch.ask_servers);
    company.ok(&["policy", "set", "acme", "--ask-servers", "false"]);
    company.ok(&["publish", "acme"]);
    assert!(!company.read().unwrap().policy.watch.ask_servers);
}
