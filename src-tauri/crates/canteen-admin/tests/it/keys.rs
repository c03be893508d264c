use crate::company::{Company, PASSPHRASE};

#[test]
fn keys_are_encrypted_and_listed_with_their_roles() {
    let company = Company::made();
    let keys = company.json(&["keys", "list", "acme"]);
    let files: Vec<&str> = keys.as_array().unwrap().iter().map(|key| key["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["root-1", "root-2", "root-3", "targets-1", "snapshot-1", "timestamp-1"]);
    for file in files {
        let text = fs_err::read_to_string(company.path(&format!("acme/keys/{file}.pem"))).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    }
    assert!(company.refused(&["init", "acme", "--organisation", "Acme GmbH"]).contains("catalogue.repository_exists"));
}

#[test]
fn a_replaced_timestamp_key_reaches_clients_in_one_step() {
    let company = Company::published();
    let before = company.json(&["keys", "list", "acme"]);
    company.ok(&["keys", "rotate", "acme", "timestamp"]);
    let after = company.json(&["keys", "list", "acme"]);
    assert_eq!(after[5]["file"], "timestamp-2");
    assert_ne!(before[5]["id"], after[5]["id"]);
    assert_eq!(before[3]["id"], after[3]["id"]);
    assert_eq!(company.seen(), ["tiny 1"]);
    company.ok(&["publish", "acme"]);
    assert_eq!(company.seen(), ["tiny 1"]);
}

#[test]
fn a_root_key_is_replaced_by_several_people_one_after_the_other() {
    let company = Company::published();
    // Each root key lies with another person: here only the first is left.
    for name in ["root-2", "root-3"] {
        for ending in ["pem", "pub"] {
            fs_err::rename(company.path(&format!("acme/keys/{name}.{ending}")), company.path(&format!("{name}.{ending}")))
                .unwrap();
        }
    }
    assert!(company.refused(&["keys", "rotate", "acme", "root"]).contains("admin.retire_missing"));
    let third = company.json(&["keys", "list", "acme"])[2]["id"].as_str().unwrap().to_owned();
    let waiting = company.json(&["keys", "rotate", "acme", "root", "--retire", &third]);
    assert_eq!((waiting["published"].as_bool(), waiting["signatures"].as_u64()), (Some(false), Some(1)));
    assert!(company.ok(&["status", "acme"]).contains("A new root waits for signatures"));
    assert!(company.refused(&["keys", "sign", "acme", "--key", "acme/keys/targets-1.pem"]).contains("key_not_authorised"));
    let done = company.json(&["keys", "sign", "acme", "--key", "root-2.pem"]);
    assert_eq!((done["published"].as_bool(), done["root"].as_u64()), (Some(true), Some(2)));
    assert_eq!(company.seen(), ["tiny 1"]);
    assert!(company.refused(&["keys", "sign", "acme", "--key", "root-2.pem"]).contains("admin.nothing_to_sign"));
}

#[test]
fn a_root_is_renewed_before_it_runs_out() {
    let company = Company::published();
    company.ok(&["keys", "renew", "acme", "--at", "2027-11-01"]);
    let root = company.json(&["status", "acme", "--at", "2027-11-01"])["roles"][0].clone();
    assert_eq!((root["version"].as_u64(), root["expires"].as_str()), (Some(2), Some("2028-10-31T00:00:00Z")));
}

#[test]
fn a_wrong_or_absent_passphrase_is_refused() {
    let company = Company::published();
    let output = company.command(&["publish", "acme"]).env("CANTEEN_ADMIN_PASSPHRASE", "wrong horse").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("catalogue.wrong_passphrase"));
    let output = company.command(&["publish", "acme"]).env_remove("CANTEEN_ADMIN_PASSPHRASE").output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("admin.no_passphrase"));
    company.write("passphrase", format!("{PASSPHRASE}\n").as_bytes());
    let mut command = company.command(&["publish", "acme", "--passphrase-file", "passphrase"]);
    assert!(command.env_remove("CANTEEN_ADMIN_PASSPHRASE").output().unwrap().status.success());
    let output = Company::empty()
        .command(&["init", "acme", "--organisation", "A"])
        .env("CANTEEN_ADMIN_PASSPHRASE", "short")
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("catalogue.passphrase_too_short"));
}

#[test]
fn keys_may_lie_in_a_folder_of_their_own() {
    let company = Company::empty();
    company.ok(&[
        "init",
        "acme",
        "--organisation",
        "Acme GmbH",
        "--keys",
        "safe",
        "--root-keys",
        "1",
        "--root-threshold",
        "1",
        "--algorithm",
        "p256",
    ]);
    assert!(company.path("safe/root-1.pem").is_file() && !company.path("acme/keys").exists());
    company.ok(&["publish", "acme"]);
    assert_eq!(company.seen(), Vec::<String>::new());
    company.ok(&["keys", "new", "acme", "spare"]);
    assert!(company.path("safe/spare.pem").is_file());
    assert!(company.refused(&["keys", "new", "acme", "../spare"]).contains("admin.key_name"));
}
