use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::{Command, Stdio};
#[cfg(target_os = "linux")]
use std::time::Duration;

use canteen_provenance::bom;
use serde_json::Value;

use crate::company::{Company, add, gguf};

/// Test data of canteen-provenance, below this program's own folder of a test.
fn corpus() -> Company {
    fn copy(from: &Path, to: &Path) {
        fs_err::create_dir_all(to).unwrap();
        for found in fs_err::read_dir(from).unwrap() {
            let (path, to) = (found.as_ref().unwrap().path(), to.join(found.unwrap().file_name()));
            if path.is_dir() {
                copy(&path, &to);
            } else {
                fs_err::copy(&path, &to).unwrap();
            }
        }
    }
    let company = Company::empty();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../canteen-provenance/tests/data/signing"), company.place.path());
    company
}

fn verify(company: &Company, model: &str, signature: &str, trust: &[&str]) -> (Option<i32>, Value) {
    let output = company.run(&[&["--json", "verify", model, "--signature", signature], trust].concat());
    let said = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    (output.status.code(), serde_json::from_slice(&said).unwrap())
}

#[test]
fn the_exit_code_says_whether_it_is_good() {
    let company = corpus();
    let (code, good) = verify(&company, "model", "key.sig", &["--key", "key.pub"]);
    assert_eq!((code, &good["good"], &good["signer"]["mode"]), (Some(0), &true.into(), &"key".into()));
    let (code, changed) = verify(&company, "changed", "leaf.sig", &["--roots", "roots.pem"]);
    assert_eq!((code, &changed["good"]), (Some(20), &false.into()));
    assert_eq!(changed["changed"], serde_json::json!(["weights/model.bin"]));
    let (code, refused) = verify(&company, "model", "key.sig", &["--key", "other.pub"]);
    assert_eq!((code, &refused["code"]), (Some(20), &"provenance.wrong_signature".into()));
    for (trust, expected) in
        [(["--key", "roots.pem"], "provenance.bad_trust"), (["--roots", "roots.pem"], "provenance.other_kind")]
    {
        let (code, failed) = verify(&company, "model", "key.sig", &trust);
        assert_eq!((code, failed["code"].as_str()), (Some(1), Some(expected)));
    }
    assert_eq!(verify(&company, "nowhere", "key.sig", &["--key", "key.pub"]).0, Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_it_while_it_reads() {
    let company = corpus();
    // A terabyte of nothing, which nobody has read by then.
    let weights = fs_err::OpenOptions::new().write(true).open(company.path("model/weights/model.bin")).unwrap();
    weights.set_len(1 << 40).unwrap();
    let mut command = company.command(&["--json", "verify", "model", "--signature", "key.sig", "--key", "key.pub"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let read = || {
        let io = fs_err::read_to_string(format!("/proc/{}/io", child.id())).unwrap();
        io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse::<u64>().ok()).unwrap()
    };
    while read() < 64 << 20 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), &said["code"]), (Some(130), &"provenance.cancelled".into()));
}

#[test]
fn who_must_have_signed_is_never_left_open() {
    let company = corpus();
    let wrong = |trust: &[&str]| {
        let usual = ["verify", "model", "--signature", "key.sig"];
        assert_eq!(company.run(&[&usual[..], trust].concat()).status.code(), Some(2), "{trust:?}");
    };
    wrong(&[]);
    wrong(&["--key", "key.pub", "--roots", "roots.pem"]);
    wrong(&["--trusted-root", "root.json"]);
    wrong(&["--trusted-root", "root.json", "--identity", "somebody@example.com"]);
    wrong(&["--key", "key.pub", "--identity", "somebody@example.com"]);
}

#[test]
fn a_signature_lies_in_the_folder_that_it_signs() {
    let company = corpus();
    fs_err::copy(company.path("key.sig"), company.path("model/model.sig")).unwrap();
    let (code, good) = verify(&company, "model", "model/model.sig", &["--key", "key.pub"]);
    assert_eq!((code, &good["ignored"]), (Some(0), &serde_json::json!(["model.sig"])));
    let (code, other) = verify(&company, "model", "key.sig", &["--key", "key.pub"]);
    assert_eq!((code, &other["unsigned"]), (Some(20), &serde_json::json!(["model.sig"])));
}

#[test]
fn people_read_who_signed_and_what_differs() {
    let company = corpus();
    let said = |arguments: &[&str]| String::from_utf8(company.run(arguments).stdout).unwrap();
    insta::assert_snapshot!("verified", said(&["verify", "model", "--signature", "leaf.sig", "--roots", "roots.pem"]));
    let extra = said(&["verify", "extra", "--signature", "key.sig", "--key", "key.pub"]);
    assert!(extra.contains("Not signed:\n  weights/adapter.bin"), "{extra}");
}

#[test]
fn the_bom_of_an_entry_says_what_the_entry_says() {
    let company = Company::made();
    company.write("model.gguf", &gguf("Tiny"));
    company.ok(&add("model.gguf", "tiny"));
    let text = company.ok(&["bom", "acme", "tiny", "--signature", "https://models.acme.example/tiny.sig"]);
    assert_eq!(text, company.ok(&["bom", "acme", "tiny", "--signature", "https://models.acme.example/tiny.sig"]));
    let entry = company.json(&["model", "list", "acme"])[0].clone();
    let [model] = <[bom::Model; 1]>::try_from(bom::read(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(model.digest.unwrap().to_string(), entry["artifact"]["digest"]);
    assert_eq!(model.files[0].size, entry["artifact"]["size"].as_u64());
    assert_eq!(model.chat_template.unwrap().to_string(), entry["chat_template"]);
    assert_eq!(model.approval.unwrap().valid_until.unwrap().to_string(), entry["approval"]["review_due"]);
    assert_eq!(model.signatures, ["https://models.acme.example/tiny.sig"]);
    insta::assert_snapshot!("bom", text);
    let said = company.ok(&["bom", "acme", "tiny", "--out", "tiny.cdx.json"]);
    assert!(said.contains("tiny.cdx.json"), "{said}");
    assert!(bom::read(&fs_err::read(company.path("tiny.cdx.json")).unwrap()).is_ok());
    assert!(company.refused(&["bom", "acme", "nobody"]).contains("admin.no_entry"));
    assert!(company.refused(&["bom", "acme", "tiny", "--signature", "two words"]).contains("provenance.bad_bom"));
}
