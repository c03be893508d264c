//! Which crate may see which. The table is the law; [`offenders`] reads what `cargo metadata` says and names each breach.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Layer of each crate of ours; an arrow points to a lower one.
const LAYERS: &[(&str, u8)] = &[
    ("canteen-types", 0),
    ("canteen-modelfile", 1),
    ("canteen-policy", 1),
    ("canteen-audit", 1),
    ("canteen-signatures", 1),
    ("canteen-os", 2),
    ("canteen-store", 2),
    ("canteen-catalogue", 2),
    ("canteen-files", 2),
    ("canteen-library", 2),
    ("canteen-sandbox", 2),
    ("canteen-provenance", 2),
    ("canteen-watch", 3),
    ("canteen-inspect", 3),
    ("canteen-runner", 3),
    ("canteen-engine", 3),
    ("canteen-app", 4),
    ("canteen-desktop", 6),
    ("canteen-cli", 6),
    ("canteen-admin", 6),
    ("canteen-dev", 7),
    ("canteen-tests", 8),
];

/// Crates that see only these of ours, whatever their layer.
const SEES_ONLY: &[(&str, &[&str])] = &[
    ("canteen-engine", &["canteen-types", "canteen-modelfile", "canteen-sandbox"]),
    (
        "canteen-admin",
        &[
            "canteen-types",
            "canteen-modelfile",
            "canteen-policy",
            "canteen-audit",
            "canteen-signatures",
            "canteen-catalogue",
            "canteen-inspect",
            "canteen-provenance",
        ],
    ),
    ("canteen-desktop", &["canteen-types", "canteen-os", "canteen-app"]),
    ("canteen-cli", &["canteen-types", "canteen-os", "canteen-inspect", "canteen-app"]),
];

/// Outside crates that only these of ours may use. A name ending in `*` stands for all that begin so.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("tauri*", &["canteen-desktop"]),
    ("wry", &[]),
    ("axum", &[]),
    ("rusqlite", &["canteen-store"]),
    ("libsqlite3-sys", &[]),
    ("sigstore-tuf", &["canteen-catalogue"]),
    ("reqwest", &["canteen-catalogue", "canteen-library"]),
    ("hyper", &["canteen-watch"]),
    ("http-body-util", &["canteen-watch"]),
    ("rustls", &["canteen-catalogue", "canteen-library"]),
    ("rustls-webpki", &["canteen-provenance"]),
    ("sigstore-trust-root", &["canteen-provenance"]),
    ("sigstore-types", &["canteen-provenance"]),
    ("sigstore-verify", &["canteen-provenance"]),
    ("x509-cert", &["canteen-provenance"]),
    ("llama-cpp-*", &["canteen-engine"]),
    ("landlock", &["canteen-sandbox"]),
    ("seccompiler", &["canteen-sandbox"]),
    ("command-fds", &["canteen-sandbox"]),
    ("libc", &["canteen-os", "canteen-files", "canteen-sandbox", "canteen-watch", "canteen-engine"]),
    ("rustix", &["canteen-os", "canteen-files", "canteen-sandbox", "canteen-watch", "canteen-library"]),
    ("inotify", &["canteen-watch"]),
    ("nvml-wrapper", &["canteen-watch"]),
    ("keyring", &["canteen-os"]),
    ("notify-rust", &["canteen-os"]),
    ("secret-service", &["canteen-os"]),
    ("zbus", &["canteen-os", "canteen-tests"]),
    ("sysinfo", &["canteen-os"]),
    ("x11rb", &["canteen-os"]),
    ("age", &["canteen-os"]),
    ("ts-rs", &["canteen-app"]),
    ("fantoccini", &["canteen-tests"]),
];

/// The lowest two layers open nothing: no paths, sockets, clocks, runtime or log.
const PURE: u8 = 1;
const OPENS_SOMETHING: &[&str] =
    &["tokio", "tokio-util", "tracing", "fs-err", "reqwest", "rustix", "libc", "getrandom", "tempfile", "sysinfo", "socket2"];

/// The half of the catalogue that signs is for IT and for tests.
const MAY_SIGN: &[&str] = &["canteen-admin", "canteen-dev", "canteen-tests"];

/// A crate of the workspace, as `cargo metadata` describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    /// e.g. `canteen-store`.
    pub name: String,
    /// All kinds and targets.
    pub dependencies: Vec<Dependency>,
}

/// One dependency of a crate.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    /// Name of the package.
    pub name: String,
    /// `None` for a normal one, `dev` or `build`.
    pub kind: Option<String>,
    /// Features that are asked for.
    #[serde(default)]
    pub features: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// All crates of this workspace.
///
/// # Errors
/// When cargo does not say.
pub fn workspace() -> Result<Vec<Package>> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--manifest-path"])
        .arg(manifest)
        .output()
        .context("cargo does not start")?;
    ensure!(said.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&said.stderr));
    let metadata: Metadata = serde_json::from_slice(&said.stdout)?;
    Ok(metadata.packages)
}

/// Every breach, as a sentence. Empty when all arrows hold.
///
/// Dev-dependencies may be anything: what a test uses is not in the product, and cargo itself refuses a cycle of the others.
#[must_use]
pub fn offenders(packages: &[Package]) -> Vec<String> {
    let mut all = Vec::new();
    for package in packages {
        let from = package.name.as_str();
        let Some(layer) = layer(from) else {
            all.push(format!("{from} stands in no layer: put it into the table in tests/src/arrows.rs and into ARCHITECTURE.md"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev")) {
            let to = dependency.name.as_str();
            if to.starts_with("canteen-") {
                all.extend(ours(from, layer, dependency));
            } else {
                all.extend(outside(from, layer, to));
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer)
}

fn ours(from: &str, layer_from: u8, dependency: &Dependency) -> Option<String> {
    let to = dependency.name.as_str();
    let only = SEES_ONLY.iter().find(|(name, _)| *name == from).map(|(_, seen)| *seen);
    if let Some(seen) = only.filter(|seen| !seen.contains(&to)) {
        return Some(format!("{from} -> {to}: {from} sees only {}", seen.join(", ")));
    }
    if to == "canteen-catalogue" && dependency.features.iter().any(|feature| feature == "sign") && !MAY_SIGN.contains(&from) {
        return Some(format!("{from} -> {to} with “sign”: only {} sign", MAY_SIGN.join(", ")));
    }
    match layer(to) {
        None => Some(format!("{from} -> {to}: {to} stands in no layer")),
        Some(layer_to) if layer_to >= layer_from => {
            Some(format!("{from} (L{layer_from}) -> {to} (L{layer_to}): arrows point down"))
        }
        Some(_) => None,
    }
}

fn outside(from: &str, layer_from: u8, to: &str) -> Option<String> {
    if layer_from <= PURE && OPENS_SOMETHING.contains(&to) {
        return Some(format!("{from} (L{layer_from}) -> {to}: L0 and L1 open nothing"));
    }
    let fits = |pattern: &str| pattern.strip_suffix('*').map_or(pattern == to, |beginning| to.starts_with(beginning));
    let (_, allowed) = ONLY_IN.iter().find(|(pattern, _)| fits(pattern))?;
    let whom = if allowed.is_empty() { "nobody".to_owned() } else { allowed.join(", ") };
    (!allowed.contains(&from)).then(|| format!("{from} -> {to}: only in {whom}"))
}
