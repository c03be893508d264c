use canteen_types::Coded as _;

use crate::company::Company;

#[test]
fn what_is_published_is_what_a_computer_reads() {
    let company = Company::made();
    assert_eq!(company.read().unwrap_err().code(), "catalogue.missing", "nothing is published yet");
    let company = Company::published();
    let snapshot = company.read().unwrap();
    assert_eq!((snapshot.catalogue.version, snapshot.catalogue.organisation.as_str()), (1, "Acme GmbH"));
    assert_eq!(snapshot.policy.organisation, "Acme GmbH");
    assert_eq!(company.seen(), ["tiny 1"]);
}

#[test]
fn rules_change_with_the_next_publication_and_count_their_versions() {
    let company = Company::published();
    company.ok(&["policy", "set", "acme", "--when-expired", "stop", "--quiet-days", "14", "--minimum-size", "128MiB"]);
    assert_eq!(company.read().unwrap().policy.version, 1);
    assert_eq!(company.json(&["publish", "acme"])["policy"], 2);
    assert_eq!(company.json(&["publish", "acme"])["policy"], 2, "unchanged");
    let policy = company.read().unwrap().policy;
    assert_eq!((policy.nudge.quiet_days, policy.nudge.minimum_size.bytes(), policy.version), (14, 128 << 20, 2));
    company.ok(&[
        "policy",
        "set",
        "acme",
        "--ladder",
        "dangerous=stop:3",
        "--ladder",
        "derivative=record",
        "--day-starts-at",
        "5",
    ]);
    company.ok(&["policy", "set", "acme", "--ladder", "derivative=standard"]);
    company.ok(&["publish", "acme"]);
    let nudge = company.read().unwrap().policy.nudge;
    assert_eq!((nudge.ladder.dangerous.word(), nudge.ladder.derivative.word(), nudge.day_starts_at), ("stop", "toast", 5));
    let refused = company.refused(&["policy", "set", "acme", "--signals-needed", "0"]);
    insta::assert_snapshot!("refused_rule", refused);
}

#[test]
fn the_status_shows_versions_signers_and_what_runs_out() {
    let company = Company::published();
    insta::assert_snapshot!("status", company.ok(&["status", "acme"]));
    insta::assert_snapshot!("status_five_weeks_later", company.ok(&["status", "acme", "--at", "2027-01-28"]));
    company.ok(&["publish", "acme", "--timestamp-only", "--at", "2026-11-30"]);
    let status = company.json(&["status", "acme", "--at", "2026-12-02"]);
    assert_eq!(status["warnings"], serde_json::json!([]));
    assert_eq!((status["roles"][3]["version"].as_u64(), status["roles"][1]["version"].as_u64()), (Some(2), Some(1)));
}

#[test]
fn lifetimes_are_flags() {
    let company = Company::published();
    company.ok(&["publish", "acme", "--targets-days", "10", "--snapshot-days", "9", "--timestamp-days", "2"]);
    let roles = company.json(&["status", "acme"])["roles"].clone();
    let days: Vec<&str> = (1..4).map(|at| roles[at]["expires"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-12-04T10:00:00Z", "2026-12-03T10:00:00Z", "2026-11-26T10:00:00Z"]);
}

#[test]
fn an_altered_repository_is_not_signed_again() {
    let company = Company::published();
    for found in fs_err::read_dir(company.path("acme/repository/targets")).unwrap() {
        let path = found.unwrap().path();
        let text = fs_err::read_to_string(&path).unwrap();
        fs_err::write(&path, text.replace("Somebody", "Nobody!!")).unwrap();
    }
    assert!(company.refused(&["publish", "acme"]).contains("catalogue.repository_damaged"));
}
