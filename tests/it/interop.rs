//! Both directions with the packages that write and read models for everybody: what they write is described and judged as it was
//! made, what Canteen writes they read, and what one of the two does not believe the other does not either.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use canteen_modelfile::{Limits, lineage};
use canteen_tests::python::Python;
use canteen_tests::{Home, Organisation, Parts, Said, weights};
use serde::Deserialize;
use serde_json::Value;

/// One file that a package wrote, as `interop.py` lists it.
#[derive(Deserialize)]
struct Expected {
    path: String,
    /// As far as it is listed.
    report: Value,
    codes: Vec<String>,
    digests: BTreeMap<String, String>,
}

fn home() -> Home {
    Home::start(Parts::BARE).unwrap()
}

/// What both command lines say of each file of a folder, by its path in there.
fn inspected(home: &Home, folder: &Path) -> BTreeMap<String, Value> {
    let reports = ["canteen", "canteen-admin"].map(|program| {
        let said = Said::by(home.command(home.programs().path(program)).args(["inspect", "--json"]).arg(folder)).unwrap();
        assert_eq!(said.code, Some(20), "something in each corpus is dangerous: {said:?}");
        let mut report: Value = serde_json::from_str(&said.out).unwrap();
        let files: Vec<Value> = serde_json::from_value(report["files"].take()).unwrap();
        let name = |file: &Value| Path::new(file["path"].as_str().unwrap()).strip_prefix(folder).unwrap().display().to_string();
        files.into_iter().map(|file| (name(&file), file)).collect::<BTreeMap<_, _>>()
    });
    let [employee, it] = reports;
    let verdicts = |report: &BTreeMap<String, Value>| {
        report.iter().map(|(path, file)| (path.clone(), file["verdict"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&employee), verdicts(&it));
    it
}

/// What `found` lacks of `wanted`.
fn lacks(wanted: &Value, found: &Value, at: &str) -> Vec<String> {
    if let Value::Object(wanted) = wanted {
        return wanted.iter().flat_map(|(key, wanted)| lacks(wanted, &found[key], &format!("{at}.{key}"))).collect();
    }
    if wanted == found { Vec::new() } else { vec![format!("{at} is {found}, not {wanted}")] }
}

fn digests(path: &Path) -> BTreeMap<String, String> {
    let mut file = fs_err::File::open(path).unwrap();
    let size = file.metadata().unwrap().len();
    let index = lineage::index(&mut file, size, &Limits::default()).unwrap();
    let contents = lineage::contents(&mut file, size, &index, &mut |_| ControlFlow::Continue(())).unwrap().unwrap();
    contents.tensors.into_iter().map(|tensor| (tensor.name, tensor.digest.hex())).collect()
}

/// How many files there were.
#[track_caller]
fn check(folder: &Path) -> usize {
    let expected: Vec<Expected> = serde_json::from_slice(&fs_err::read(folder.join("expected.json")).unwrap()).unwrap();
    let found = inspected(&home(), folder);
    let mut wrong = Vec::new();
    for expected in &expected {
        let report = &found[&expected.path];
        wrong.extend(lacks(&expected.report, report, &expected.path));
        let hazards = report["hazards"].as_array().unwrap();
        let mut codes: Vec<_> = hazards.iter().map(|hazard| hazard["code"].as_str().unwrap()).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes != expected.codes {
            wrong.push(format!("{}: {codes:?}, not {:?}", expected.path, expected.codes));
        }
        if !expected.digests.is_empty() && digests(&folder.join(&expected.path)) != expected.digests {
            wrong.push(format!("{}: other digests of its tensors", expected.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    expected.len()
}

#[test]
fn what_the_reference_packages_write_is_described_as_they_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let python = Python::with_packages().unwrap();
    python.corpora("interop.py", ["make".as_ref(), folder.path().as_os_str()]).unwrap().succeeded().unwrap();
    assert!(check(folder.path()) > 75);
}

#[test]
fn what_pytorch_writes_is_judged_by_what_it_would_call() {
    let folder = tempfile::tempdir().unwrap();
    let python = Python::with_torch().unwrap();
    python.corpora("interop.py", ["torch".as_ref(), folder.path().as_os_str()]).unwrap().succeeded().unwrap();
    assert!(check(folder.path()) >= 15);
}

/// Every protocol, by two releases of Python's packages: one with PyTorch, one with the latest NumPy.
#[test]
fn pickles_of_each_protocol_are_judged_by_what_they_would_call() {
    let home = home();
    for (python, fewest) in [(Python::with_torch().unwrap(), 390), (Python::with_packages().unwrap(), 350)] {
        let folder = tempfile::tempdir().unwrap();
        python.corpora("pickles.py", [folder.path()]).unwrap().succeeded().unwrap();
        let manifest: BTreeMap<String, String> =
            serde_json::from_slice(&fs_err::read(folder.path().join("manifest.json")).unwrap()).unwrap();
        assert!(manifest.len() >= fewest, "{} files", manifest.len());
        let found = inspected(&home, folder.path());
        let wrong: Vec<String> = manifest
            .iter()
            .map(|(path, expected)| (path, expected, found[path]["verdict"].as_str().unwrap()))
            // Weights without any form of their own are not looked into, and that is said.
            .filter(|(_, expected, verdict)| {
                *verdict != **expected && (*verdict, expected.as_str()) != ("not_inspected", "clean")
            })
            .map(|(path, expected, verdict)| format!("{path}: {verdict}, not {expected}"))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn what_canteen_writes_is_read_by_the_reference_package() {
    let folder = tempfile::tempdir().unwrap();
    let model = weights::tiny(folder.path(), 1).unwrap();
    let python = Python::with_packages().unwrap();
    let read = python.corpora("interop.py", ["tensors".as_ref(), model.as_os_str()]).unwrap().json().unwrap();
    assert_eq!(read["architecture"], "llama");
    assert_eq!(serde_json::from_value::<BTreeMap<String, String>>(read["digests"].clone()).unwrap(), digests(&model));
}

/// Of an approved entry, with the weights and their template in it.
fn bom(home: &Home) -> (Organisation, std::path::PathBuf) {
    let company = Organisation::found(home).unwrap();
    let model = weights::tiny(&company.mirror(), 1).unwrap();
    company.approve("tiny", &model, "licence = \"CC0-1.0\"\n").unwrap();
    let bom = company.path().join("tiny.cdx.json");
    let (place, out) = (company.path(), bom.clone());
    let asked = ["bom".as_ref(), place.as_os_str(), "tiny".as_ref(), "--out".as_ref(), out.as_os_str()];
    company.admin(asked).unwrap().succeeded().unwrap();
    (company, bom)
}

/// Some sixty bundles, good and forged, in key and certificate mode.
#[test]
fn a_signature_is_good_for_both_or_for_neither() {
    let admin = home().programs().path("canteen-admin");
    let said = Python::with_packages().unwrap().corpora("signing.py", ["check".as_ref(), admin.as_os_str()]).unwrap();
    said.succeeded().unwrap();
}

#[test]
fn the_official_library_validates_the_bom_of_an_entry() {
    let home = home();
    let (_company, bom) = bom(&home);
    let python = Python::with_packages().unwrap();
    let validated = |boms: &[&Path]| python.corpora("signing.py", [Path::new("bom")].iter().chain(boms)).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/canteen-provenance/tests/data/bom");
    validated(&[&bom, &committed.join("full.json"), &committed.join("own-licence.json")]).succeeded().unwrap();
    let written = fs_err::read_to_string(&bom).unwrap();
    fs_err::write(&bom, written.replace("machine-learning-model", "language-model")).unwrap();
    assert_eq!(validated(&[&bom]).code, Some(1));
}

/// The reference tool as people call it.
#[test]
fn a_signed_model_is_refused_by_both_once_a_byte_of_it_is_another() {
    let home = home();
    let folder = home.path("home/model");
    fs_err::create_dir(&folder).unwrap();
    let model = weights::tiny(&folder, 1).unwrap();
    let (private, public, signature) = (home.path("home/key.pem"), home.path("home/key.pub"), home.path("home/model.sig"));
    let openssl = |arguments: &[&str], to: &Path| {
        Said::by(home.command("openssl").args(arguments).arg(to)).unwrap().succeeded().unwrap();
    };
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out"], &private);
    openssl(&["pkey", "-in", private.to_str().unwrap(), "-pubout", "-out"], &public);
    let python = Python::with_packages().unwrap();
    let theirs = |verb: &str, key: (&str, &Path)| {
        let [verb, mode, folder, to] = [verb.as_ref(), "key".as_ref(), folder.as_os_str(), signature.as_os_str()];
        let arguments = [verb, mode, folder, "--signature".as_ref(), to, key.0.as_ref(), key.1.as_os_str()];
        python.module("model_signing", arguments).unwrap().code
    };
    let ours = || {
        let mut command = home.command(home.programs().path("canteen-admin"));
        command.arg("verify").arg(&folder).arg("--signature").arg(&signature).arg("--key").arg(&public);
        Said::by(&mut command).unwrap().code
    };
    assert_eq!(theirs("sign", ("--private_key", &private)), Some(0));
    assert_eq!((ours(), theirs("verify", ("--public_key", &public))), (Some(0), Some(0)));
    let mut bytes = fs_err::read(&model).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs_err::write(&model, bytes).unwrap();
    assert_eq!(ours(), Some(20));
    assert_ne!(theirs("verify", ("--public_key", &public)), Some(0));
}
