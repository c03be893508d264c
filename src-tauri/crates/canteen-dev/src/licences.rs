//! What Canteen is made of, with the licence of each part: the list in the window. Read from `cargo metadata` and from the UI's lock
//! file, so that nobody keeps it by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use serde_json::Value;

/// The programs that people get.
const SHIPPED: [&str; 4] = ["canteen-admin", "canteen-cli", "canteen-desktop", "canteen-engine"];
/// Where the list lies, in the repository.
pub const FILE: &str = "ui/src/lib/licences.json";

/// All parts under one licence.
#[derive(Debug, Default, Serialize)]
struct Group {
    licence: String,
    rust: BTreeSet<String>,
    npm: BTreeSet<String>,
}

/// The text of [`FILE`] for the repository in `root`.
///
/// # Errors
/// When cargo does not say, a file cannot be read, or a part names no licence.
pub fn text(cargo: &OsStr, root: &Path) -> Result<String> {
    // Not offline: packages that only other systems build are named, too, and a fresh machine has not fetched them.
    let said = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .output()
        .context("cargo does not start")?;
    ensure!(said.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr));
    let lock = fs_err::read(root.join("ui/package-lock.json"))?;
    written(&serde_json::from_slice(&said.stdout)?, &serde_json::from_slice(&lock)?)
}

fn written(metadata: &Value, lock: &Value) -> Result<String> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for (name, licence) in crates(metadata)? {
        groups.entry(licence).or_default().rust.insert(name);
    }
    for (name, licence) in packages(lock)? {
        groups.entry(licence).or_default().npm.insert(name);
    }
    let groups: Vec<_> = groups.into_iter().map(|(licence, group)| Group { licence, ..group }).collect();
    Ok(serde_json::to_string_pretty(&groups)? + "\n")
}

/// Crates that the shipped programs are linked from, on any system; what only builds or tests them is left out.
fn crates(metadata: &Value) -> Result<Vec<(String, String)>> {
    let known = |list: &str| {
        let items = metadata.pointer(list).and_then(Value::as_array).with_context(|| format!("cargo metadata has no {list}"))?;
        Ok::<_, anyhow::Error>(items.iter().map(|item| (word(item, "id"), item)).collect::<BTreeMap<_, _>>())
    };
    let (packages, nodes) = (known("/packages")?, known("/resolve/nodes")?);
    let mut todo: Vec<&str> =
        packages.iter().filter(|(_, package)| SHIPPED.contains(&word(package, "name"))).map(|(id, _)| *id).collect();
    ensure!(todo.len() == SHIPPED.len(), "a shipped program is missing in the workspace");
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = packages.get(id).with_context(|| format!("cargo metadata does not describe {id}"))?;
        if !word(package, "name").starts_with("canteen-") {
            found.push(part(package, word(package, "name"))?);
        }
        let dependencies = nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
        let linked = dependencies.filter(|dependency| {
            dependency["dep_kinds"].as_array().is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        });
        todo.extend(linked.map(|dependency| word(dependency, "pkg")));
    }
    Ok(found)
}

/// Packages that the window is built from.
fn packages(lock: &Value) -> Result<Vec<(String, String)>> {
    let all = lock["packages"].as_object().context("package-lock.json has no packages")?;
    let used = all.iter().filter(|(path, package)| !path.is_empty() && package["dev"] != Value::Bool(true));
    used.map(|(path, package)| part(package, path.rsplit("node_modules/").next().unwrap_or(path))).collect()
}

fn part(package: &Value, name: &str) -> Result<(String, String)> {
    let licence = word(package, "license");
    ensure!(!licence.is_empty(), "{name} names no licence: look into it, then say so here");
    Ok((format!("{name} {}", word(package, "version")), expression(licence)))
}

/// One spelling per choice: `MIT/Apache-2.0` and `Apache-2.0 OR MIT` are the same.
fn expression(licence: &str) -> String {
    let plain = licence.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|rest| !rest.contains('('));
    let plain = plain.unwrap_or(licence).replace(" / ", " OR ").replace('/', " OR ");
    if plain.contains('(') || plain.contains(" AND ") {
        return plain;
    }
    let mut choices: Vec<&str> = plain.split(" OR ").collect();
    choices.sort_unstable();
    choices.join(" OR ")
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_has_one_spelling_and_what_must_be_kept_together_stays() {
        for (given, shown) in [
            ("MIT/Apache-2.0", "Apache-2.0 OR MIT"),
            ("MIT OR Apache-2.0", "Apache-2.0 OR MIT"),
            ("Apache-2.0 / MIT", "Apache-2.0 OR MIT"),
            ("(MPL-2.0 OR Apache-2.0)", "Apache-2.0 OR MPL-2.0"),
            ("MIT", "MIT"),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0"),
            ("ISC AND (Apache-2.0 OR ISC)", "ISC AND (Apache-2.0 OR ISC)"),
        ] {
            assert_eq!(expression(given), shown);
        }
    }

    fn metadata(extra_licence: Option<&str>) -> Value {
        let package =
            |name: &str, licence: Option<&str>| json!({ "id": name, "name": name, "version": "1.0.0", "license": licence });
        let dep = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let ours = SHIPPED.map(|name| package(name, Some("Apache-2.0")));
        let others = [package("linked", Some("MIT")), package("below", extra_licence), package("builds", Some("GPL-3.0-only"))];
        json!({
            "packages": ours.into_iter().chain(others).collect::<Vec<_>>(),
            "resolve": { "nodes": [
                { "id": "canteen-cli", "deps": [dep("linked", Value::Null), dep("builds", json!("build"))] },
                { "id": "linked", "deps": [dep("below", Value::Null)] },
                { "id": "below", "deps": [] },
            ] },
        })
    }

    #[test]
    fn what_is_linked_is_listed_and_what_only_builds_is_not() {
        let lock = json!({ "packages": {
            "": { "version": "0.1.0" },
            "node_modules/svelte": { "version": "5.0.0", "license": "MIT" },
            "node_modules/a/node_modules/@b/c": { "version": "2.0.0", "license": "OFL-1.1" },
            "node_modules/vite": { "version": "8.0.0", "license": "MIT", "dev": true },
        } });
        let text = written(&metadata(Some("MIT")), &lock).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            json!([
                { "licence": "MIT", "rust": ["below 1.0.0", "linked 1.0.0"], "npm": ["svelte 5.0.0"] },
                { "licence": "OFL-1.1", "rust": [], "npm": ["@b/c 2.0.0"] },
            ])
        );
    }

    #[test]
    fn a_part_without_a_licence_is_not_passed_over() {
        let error = written(&metadata(None), &json!({ "packages": {} })).unwrap_err();
        assert!(error.to_string().contains("below names no licence"), "{error}");
    }
}
