//! Bundles by the reference tool and by a malicious signer (`tests/corpora/signing.py`): `cases.json` says what must come out.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_inspect::Disk;
use canteen_modelfile::{Entry, EntryKind, Source, Tree};
use canteen_provenance::ProvenanceError;
use canteen_provenance::signing::{Bundle, Model, PublicKey, Roots, Signer, Sigstore, Trust, Verification, people, verify};
use canteen_types::Coded as _;
use proptest::prelude::*;
use serde::Deserialize;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing")
}

fn read(name: &str) -> Vec<u8> {
    fs_err::read(data().join(name)).unwrap()
}

fn key(name: &str) -> Trust {
    Trust::Key(PublicKey::from_pem(&read(name)).unwrap())
}

fn roots(name: &str) -> Trust {
    Trust::Roots(Roots::from_pem(&read(name)).unwrap())
}

fn judge(signature: &[u8], trust: &Trust, model: &Path, inside: Option<&str>) -> Result<Verification, ProvenanceError> {
    let bundle = Bundle::parse(signature)?;
    let mut disk = Disk::at(model).unwrap();
    let model = if model.is_file() { Model::file(&mut disk) } else { Model::folder(&mut disk, inside.map(Path::new)) };
    verify(&bundle, trust, model, &mut |_| ControlFlow::Continue(()))
}

fn by_key(model: &Path) -> Verification {
    judge(&read("key.sig"), &key("key.pub"), model, None).unwrap()
}

/// A copy of the signed model that a test may change.
fn copy() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let model = place.path().join("model");
    fs_err::create_dir_all(model.join("weights")).unwrap();
    for file in ["config.json", "weights/model.bin"] {
        fs_err::copy(data().join("model").join(file), model.join(file)).unwrap();
    }
    (place, model)
}

#[derive(Deserialize)]
struct Case {
    name: String,
    signature: String,
    model: String,
    expected: String,
    key: Option<String>,
    roots: Option<String>,
}

#[test]
fn every_bundle_of_the_corpus_comes_out_as_its_maker_says() {
    let cases: Vec<Case> = serde_json::from_slice(&read("cases.json")).unwrap();
    assert!(cases.len() > 50, "the corpus was read");
    let mut wrong = Vec::new();
    for case in cases {
        let trust = case.key.as_deref().map_or_else(|| roots(case.roots.as_deref().unwrap()), key);
        let found = match judge(&read(&case.signature), &trust, &data().join(&case.model), None) {
            Ok(found) if found.good() => "good",
            Ok(_) => "not good",
            Err(error) => error.code(),
        };
        if found != case.expected {
            wrong.push(format!("{}: {found}, not {}", case.name, case.expected));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_differs_is_named() {
    let found = |model: &str| by_key(&data().join(model));
    assert_eq!(found("changed").changed, ["weights/model.bin"]);
    assert_eq!(found("missing").missing, ["weights/model.bin"]);
    assert_eq!(found("extra").unsigned, ["weights/adapter.bin"]);
    assert_eq!(found("filled").ignored, [".github"]);
    let case = found("case");
    assert_eq!((case.missing, case.unsigned), (vec!["config.json".to_owned()], vec!["Config.json".to_owned()]));
    let left_out = judge(&read("left-out.sig"), &key("key.pub"), &data().join("model"), None).unwrap();
    assert_eq!((left_out.unsigned, left_out.left_out), (vec!["weights/model.bin".to_owned()], vec!["weights".to_owned()]));
}

#[test]
fn who_signed_is_told_and_that_the_time_is_not_proven() {
    let by_key = by_key(&data().join("model"));
    let Trust::Key(key) = key("key-uncanonical.pub") else { unreachable!() };
    assert_eq!(by_key.signer, Signer::Key { hint: key.hint().to_owned() });
    assert_eq!(by_key.model, "model");
    let found = judge(&read("leaf.sig"), &roots("roots.pem"), &data().join("model"), None).unwrap();
    let Signer::Certificate { subject, issuer, names, root, not_before, not_after } = &found.signer else { unreachable!() };
    assert_eq!(subject, "CN=leaf,O=Canteen tests");
    assert_eq!((issuer.as_str(), root.as_str()), ("CN=middle,O=Canteen tests", "CN=root,O=Canteen tests"));
    assert_eq!(names, &["models@example.com", "https://models.example.com/signer"]);
    assert_eq!((not_before.to_string(), not_after.to_string()), ("2025-01-01T00:00:00Z".into(), "2025-06-01T00:00:00Z".into()));
    assert!(people(&found).contains("When it was signed is not proven"), "{}", people(&found));
}

#[test]
fn a_signature_within_the_model_is_not_asked_to_sign_itself_and_another_one_is() {
    let (_place, model) = copy();
    fs_err::write(model.join("model.sig"), read("key.sig")).unwrap();
    let found = judge(&read("key.sig"), &key("key.pub"), &model, Some("model.sig")).unwrap();
    assert!(found.good());
    assert_eq!(found.ignored, ["model.sig"]);
    assert_eq!(by_key(&model).unsigned, ["model.sig"]);
}

#[test]
fn the_signature_of_one_file_is_none_of_a_folder_that_holds_it() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("renamed.bin");
    fs_err::copy(data().join("model/weights/model.bin"), &file).unwrap();
    let judge = |path: &Path| judge(&read("single.sig"), &key("key.pub"), path, None).unwrap();
    assert!(judge(&file).good());
    assert_eq!(judge(place.path()).unsigned, ["renamed.bin"]);
}

#[cfg(unix)]
#[test]
fn a_name_with_a_line_end_does_not_speak_for_us() {
    let (_place, model) = copy();
    fs_err::write(model.join("x\nGood: 2 files, all as signed."), "").unwrap();
    let said = people(&by_key(&model));
    assert!(said.starts_with("Not good") && !said.lines().any(|line| line.starts_with("Good")), "{said}");
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_forgiven() {
    use fs_err::os::unix::fs::symlink;
    let (place, model) = copy();
    fs_err::rename(model.join("config.json"), place.path().join("config.json")).unwrap();
    symlink("../config.json", model.join("config.json")).unwrap();
    symlink("weights", model.join("more")).unwrap();
    let found = by_key(&model);
    assert_eq!(found.links, ["config.json", "more"]);
    assert!(!found.good() && found.missing.is_empty());
}

#[cfg(unix)]
#[test]
fn a_snapshot_of_hugging_faces_cache_is_compared_through_its_links() {
    use fs_err::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    let repository = place.path().join("models--a--b");
    let snapshot = repository.join("snapshots/1");
    fs_err::create_dir_all(snapshot.join("weights")).unwrap();
    fs_err::create_dir(repository.join("blobs")).unwrap();
    for (blob, link, up) in [("0a", "config.json", "../../"), ("0b", "weights/model.bin", "../../../")] {
        fs_err::copy(data().join("model").join(link), repository.join("blobs").join(blob)).unwrap();
        symlink(format!("{up}blobs/{blob}"), snapshot.join(link)).unwrap();
    }
    assert!(by_key(&snapshot).good());
    fs_err::write(repository.join("blobs/0b"), "other weights").unwrap();
    assert_eq!(by_key(&snapshot).changed, ["weights/model.bin"]);
}

#[test]
fn verifying_breaks_off_when_it_is_told_to() {
    let bundle = Bundle::parse(&read("key.sig")).unwrap();
    for calls in 1..7 {
        let mut told = Vec::new();
        let mut disk = Disk::at(&data().join("model")).unwrap();
        let verified = verify(&bundle, &key("key.pub"), Model::folder(&mut disk, None), &mut |progress| {
            told.push((progress.file.to_owned(), progress.read));
            if told.len() == calls { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(verified.unwrap_err().code(), "provenance.cancelled");
        let (config, weights) = ("config.json", "weights/model.bin");
        let all = [("", 0), ("weights", 0), (config, 0), (config, 28), (weights, 28), (weights, 2588)];
        assert_eq!(told, all[..calls].iter().map(|&(file, read)| (file.to_owned(), read)).collect::<Vec<_>>());
    }
}

#[test]
fn nothing_is_trusted_that_is_no_key_and_no_root() {
    let refused = |error: ProvenanceError| (error.code(), error.is_refusal());
    let bad = ("provenance.bad_trust", false);
    let ed25519 =
        b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    for key in [&b""[..], b"nothing", &read("roots.pem"), ed25519] {
        assert_eq!(refused(PublicKey::from_pem(key).unwrap_err()), bad);
    }
    for roots in [&b""[..], b"nothing", &read("key.pub")] {
        assert_eq!(refused(Roots::from_pem(roots).unwrap_err()), bad);
    }
    for (identity, issuer) in [("", "x"), ("x", "")] {
        let root = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes();
        assert_eq!(refused(Sigstore::new(root, identity, issuer).unwrap_err()), bad);
    }
    assert_eq!(refused(Sigstore::new(b"{}", "x", "y").unwrap_err()), bad);
}

#[test]
fn a_sigstore_bundle_is_believed_of_the_identity_that_was_asked_for_and_of_no_other() {
    let signer = String::from_utf8(read("sigstore/signer.txt")).unwrap();
    let (identity, issuer) = signer.trim().split_once('\n').unwrap();
    let root = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes();
    let trust = |identity: &str, issuer: &str| Trust::Sigstore(Sigstore::new(root, identity, issuer).unwrap());
    let judge = |trust: &Trust, model: &Path| judge(&read("sigstore/model.sig"), trust, model, None);
    let model = data().join("sigstore/model");
    let found = judge(&trust(identity, issuer), &model).unwrap();
    assert!(found.good(), "{found:?}");
    let Signer::Identity { signed_at: Some(signed_at), .. } = &found.signer else { unreachable!("{:?}", found.signer) };
    assert!(signed_at.to_string().starts_with("2025-"), "{signed_at}");
    for other in [trust("somebody@example.com", issuer), trust(identity, "https://example.com")] {
        assert_eq!(judge(&other, &model).unwrap_err().code(), "provenance.identity");
    }
    assert_eq!(judge(&key("key.pub"), &model).unwrap_err().code(), "provenance.other_kind");
    let place = tempfile::tempdir().unwrap();
    fs_err::copy(model.join("signme-1"), place.path().join("signme-1")).unwrap();
    fs_err::write(place.path().join("signme-2"), "another").unwrap();
    assert_eq!(judge(&trust(identity, issuer), place.path()).unwrap().changed, ["signme-2"]);
}

#[test]
fn a_bundle_of_version_0_2_asks_to_sign_again() {
    let error = judge(&read("sigstore/old.sig"), &roots("roots.pem"), &data().join("sigstore/model"), None).unwrap_err();
    assert_eq!((error.code(), error.is_refusal()), ("provenance.old_bundle", true));
    assert!(error.to_string().contains("sign again"));
}

/// A tree that only tests have.
struct Invented {
    entries: Vec<Entry>,
    /// Every folder holds the same.
    nested: bool,
    content: &'static [u8],
    said_size: u64,
}

impl Tree for Invented {
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        let inside = |entry: &Entry| Entry { path: folder.join(&entry.path), kind: entry.kind };
        let shown = self.nested || folder.as_os_str().is_empty();
        Ok(if shown { self.entries.iter().map(inside).collect() } else { Vec::new() })
    }

    fn open(&mut self, _: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        Ok((Box::new(io::Cursor::new(self.content)), self.said_size))
    }
}

fn in_invented(mut tree: Invented, signature: &str) -> Result<Verification, ProvenanceError> {
    let bundle = Bundle::parse(&read(signature)).unwrap();
    verify(&bundle, &key("key.pub"), Model::folder(&mut tree, None), &mut |_| ControlFlow::Continue(()))
}

#[test]
fn folders_without_end_and_without_number_are_left() {
    let entry = |path: String, kind| Entry { path: path.into(), kind };
    let tree = |entries, nested| Invented { entries, nested, content: b"", said_size: 0 };
    let endless = tree(vec![entry("a".into(), EntryKind::Folder)], true);
    assert_eq!(in_invented(endless, "key.sig").unwrap_err().code(), "provenance.too_much");
    let branching = tree((0..3).map(|at| entry(at.to_string(), EntryKind::Folder)).collect(), true);
    assert_eq!(in_invented(branching, "key.sig").unwrap_err().code(), "provenance.too_much");
    let many = tree((0..200_001).map(|at| entry(at.to_string(), EntryKind::File)).collect(), false);
    assert_eq!(in_invented(many, "key.sig").unwrap_err().code(), "provenance.too_much");
    let device = tree(vec![entry("tty".into(), EntryKind::Special)], false);
    assert_eq!(in_invented(device, "key.sig").unwrap().links, ["tty"]);
}

#[test]
fn a_file_that_grows_while_it_is_read_has_changed() {
    const SIGNED: &[u8] = b"{\"architectures\": [\"Tiny\"]}\n";
    const GROWN: &[u8] = b"{\"architectures\": [\"Tiny\"]}\n\n";
    for signature in ["key.sig", "shards.sig"] {
        let found = |content, said_size| {
            let entries = vec![Entry { path: "config.json".into(), kind: EntryKind::File }];
            in_invented(Invented { entries, nested: false, content, said_size }, signature).unwrap().changed
        };
        assert_eq!(found(SIGNED, SIGNED.len() as u64), Vec::<String>::new());
        for size in [SIGNED.len(), GROWN.len()] {
            assert_eq!(found(GROWN, size as u64), ["config.json"], "{size}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_does_not_pass_for_one_that_is_signed() {
    use std::os::unix::ffi::OsStrExt as _;
    let path = Path::new(std::ffi::OsStr::from_bytes(b"config\xff.json")).to_owned();
    let entries = vec![Entry { path, kind: EntryKind::File }];
    let content = b"{\"architectures\": [\"Tiny\"]}\n";
    let tree = Invented { entries, nested: false, content, said_size: content.len() as u64 };
    let found = in_invented(tree, "replacement-character.sig").unwrap();
    let name = vec!["config\u{fffd}.json".to_owned()];
    assert_eq!((&found.signed, &found.unsigned, &found.missing), (&name, &name, &name));
}

#[test]
fn a_long_chain_and_a_long_file_are_not_read() {
    let mut bundle: serde_json::Value = serde_json::from_slice(&read("leaf.sig")).unwrap();
    let certificates = &mut bundle["verificationMaterial"]["x509CertificateChain"]["certificates"];
    *certificates = vec![certificates[0].clone(); 17].into();
    let code = |bytes: &[u8]| Bundle::parse(bytes).unwrap_err().code();
    assert_eq!(code(&serde_json::to_vec(&bundle).unwrap()), "provenance.too_much");
    assert_eq!(code(&vec![b' '; (16 << 20) + 1]), "provenance.too_much");
    let padded = [read("sigstore/model.sig"), vec![b' '; 4 << 20]].concat();
    assert_eq!(code(&padded), "provenance.too_much");
    let roots = read("roots.pem").repeat(1001);
    assert_eq!(Roots::from_pem(&roots).unwrap_err().code(), "provenance.bad_trust");
}

/// No panic, and never good.
fn never_good(signature: &[u8]) {
    for trust in [key("key.pub"), roots("roots.pem")] {
        let believed = judge(signature, &trust, &data().join("model"), None).is_ok_and(|found| found.good());
        assert!(!believed);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        never_good(&bytes);
        drop(PublicKey::from_pem(&bytes));
        drop(Roots::from_pem(&bytes));
        drop(Sigstore::new(&bytes, "a", "b"));
    }

    #[test]
    fn a_cut_bundle_is_no_bundle(at in 0.0..0.999_f64) {
        for name in ["key.sig", "leaf.sig"] {
            let whole = read(name);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in it")]
            never_good(&whole[..(whole.len() as f64 * at) as usize]);
        }
    }

    #[test]
    fn certificates_with_a_changed_byte_do_not_panic(at: prop::sample::Index, byte: u8) {
        let mut bundle: serde_json::Value = serde_json::from_slice(&read("leaf.sig")).unwrap();
        let raw = &mut bundle["verificationMaterial"]["x509CertificateChain"]["certificates"][0]["rawBytes"];
        let mut text: Vec<u8> = raw.as_str().unwrap().into();
        let at = at.index(text.len());
        let before = text[at];
        text[at] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[usize::from(byte % 64)];
        prop_assume!(text[at] != before);
        *raw = String::from_utf8(text).unwrap().into();
        never_good(&serde_json::to_vec(&bundle).unwrap());
    }
}
