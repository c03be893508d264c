use canteen_types::Coded as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn statement(names: &[String], serialization: &Value) -> Value {
    let digest = Digest::of(b"");
    let algorithm = if serialization["method"] == "shards" { "sha256-sharded-1000" } else { "sha256" };
    let resources: Vec<Value> =
        names.iter().map(|name| json!({ "name": name, "algorithm": algorithm, "digest": digest.hex() })).collect();
    let root = Digest::of(&digest.as_bytes().repeat(names.len()));
    json!({
        "_type": STATEMENT,
        "predicateType": PREDICATE,
        "subject": [{ "name": "m", "digest": { "sha256": root.hex() } }],
        "predicate": { "serialization": serialization, "resources": resources },
    })
}

fn files() -> Value {
    json!({ "method": "files", "hash_type": "sha256", "allow_symlinks": false, "ignore_paths": [".git", "x"] })
}

fn shards() -> Value {
    json!({ "method": "shards", "hash_type": "sha256", "shard_size": 1000.0 })
}

fn parse(statement: &Value) -> Result<Statement, ProvenanceError> {
    Statement::parse(&serde_json::to_vec(statement).unwrap())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn files_are_read_with_what_was_left_out() {
    let read = parse(&statement(&owned(&["b", "a/c"]), &files())).unwrap();
    assert_eq!(read.files.keys().collect::<Vec<_>>(), ["a/c", "b"]);
    assert_eq!((read.sharded, read.left_out), (false, owned(&[".git", "x"])));
}

#[test]
fn shards_make_up_their_file_in_any_order() {
    let read = parse(&statement(&owned(&["a:1000:1500", "a:0:1000", "bb:c:0:7"]), &shards())).unwrap();
    let lengths = |name: &str| read.files[name].iter().map(|part| part.length.unwrap()).collect::<Vec<_>>();
    assert_eq!((lengths("a"), lengths("bb:c"), read.sharded), (vec![1000, 500], vec![7], true));
    for wrong in [
        &["a"][..],
        &["a:0"],
        &["a:0:x"],
        &["a:-1:5"],
        &["a:5:5"],
        &["a:1:5"],
        &["a:0:5", "a:6:9"],
        &["a:0:5", "a:4:9"],
        &["a:0:5", "a:0:5"],
        &["../a:0:5"],
        &["a:0:99999999999999999999"],
    ] {
        assert_eq!(parse(&statement(&owned(wrong), &shards())).unwrap_err().code(), "provenance.bad_statement", "{wrong:?}");
    }
}

#[test]
fn more_files_than_any_model_has_are_not_read() {
    let many: Vec<String> = (0..=MOST_RESOURCES).map(|at| at.to_string()).collect();
    assert_eq!(parse(&statement(&many, &files())).unwrap_err().code(), "provenance.too_much");
    assert_eq!(parse(&statement(&many[1..], &files())).unwrap().files.len(), MOST_RESOURCES);
    let mut left_out = files();
    left_out["ignore_paths"] = vec!["x"; MOST_LEFT_OUT + 1].into();
    assert_eq!(parse(&statement(&owned(&["a"]), &left_out)).unwrap_err().code(), "provenance.too_much");
}

#[test]
fn other_digests_are_said_to_be_unsupported() {
    for (method, hash) in [("files", "blake3"), ("files", "blake2b"), ("files", "sha256x"), ("files", ""), ("tensors", "sha256")]
    {
        let serialization = json!({ "method": method, "hash_type": hash });
        let code = parse(&statement(&owned(&["a"]), &serialization)).unwrap_err().code();
        assert_eq!(code, "provenance.unsupported", "{method} {hash}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        drop(Statement::parse(&bytes));
        drop(refuse_old(&bytes));
    }

    #[test]
    fn no_names_panic(names in prop::collection::vec(any::<String>(), 0..5), sharded: bool) {
        drop(parse(&statement(&names, &if sharded { shards() } else { files() })));
    }

    #[test]
    fn a_cut_statement_is_none(cut in 1_usize..200) {
        let whole = serde_json::to_vec(&statement(&owned(&["a", "b"]), &files())).unwrap();
        prop_assert!(Statement::parse(&whole[..whole.len().saturating_sub(cut)]).is_err());
    }
}
