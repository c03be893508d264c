//! Key files: written and read back, never plain, never written over.

use canteen_catalogue::sign::{Algorithm, SignError, Signer as _, SigningKey, read_key, read_public, write_key};
use canteen_types::Coded as _;

const PASSPHRASE: &str = "correct horse battery";

#[test]
fn a_key_file_gives_back_the_key_that_was_written() {
    for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("root-1.pem");
        let key = SigningKey::generate(algorithm).unwrap();
        write_key(&path, &key, PASSPHRASE).unwrap();
        assert_eq!(read_key(&path, PASSPHRASE).unwrap().public(), key.public());
        assert_eq!(&read_public(&path.with_extension("pub")).unwrap(), key.public());
        let text = fs_err::read_to_string(&path).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{text}");
        assert_eq!(read_key(&path, "wrong horse").unwrap_err().code(), "catalogue.wrong_passphrase");
        assert_eq!(write_key(&path, &key, PASSPHRASE).unwrap_err().code(), "catalogue.key_exists");
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_key_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys").join("a.pem");
    write_key(&path, &SigningKey::generate(Algorithm::Ed25519).unwrap(), PASSPHRASE).unwrap();
    let mode = |path: &std::path::Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn what_is_no_encrypted_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pem");
    let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
    assert!(matches!(write_key(&path, &key, "short"), Err(SignError::PassphraseTooShort { .. })));
    for text in [
        "",
        "no pem",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END ENCRYPTED PRIVATE KEY-----\n",
    ] {
        fs_err::write(&path, text).unwrap();
        assert_eq!(read_key(&path, PASSPHRASE).unwrap_err().code(), "catalogue.key_unreadable", "{text}");
    }
}

#[test]
fn both_kinds_of_key_can_sign_one_repository() {
    use canteen_catalogue::sign::{Lifetimes, Repository, RolePlan, RootPlan, Signing};
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (SigningKey::generate(Algorithm::Ed25519).unwrap(), SigningKey::generate(Algorithm::P256).unwrap());
    let plan = RootPlan::for_all_roles(RolePlan { keys: vec![one.public().clone(), two.public().clone()], threshold: 2 });
    let signing = Signing { signers: &[&one, &two], lifetimes: Lifetimes::default(), now: crate::house::start() };
    let repository = Repository::create(folder.path(), &plan, signing).unwrap();
    repository.publish(&crate::house::content(1, &["one"]), signing).unwrap();
    let status = repository.status(crate::house::start()).unwrap();
    assert!(status.roles.iter().all(|role| role.signed_by.len() == 2), "{status:?}");
    assert_eq!(status.refused, None);
}
