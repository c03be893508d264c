use canteen_tests::arrows::{Dependency, Package, offenders, workspace};

#[test]
fn every_arrow_of_the_workspace_points_down() {
    let packages = workspace().unwrap();
    assert!(packages.len() >= 17, "the whole workspace was read");
    let offenders = offenders(&packages);
    assert!(offenders.is_empty(), "\n{}", offenders.join("\n"));
}

fn package(name: &str, dependencies: &[&str]) -> Package {
    let dependency = |text: &&str| {
        let (text, features) = text.split_once('+').map_or((*text, vec![]), |(text, feature)| (text, vec![feature.to_owned()]));
        let (kind, name) = text.split_once(':').map_or((None, text), |(kind, name)| (Some(kind.to_owned()), name));
        Dependency { name: name.to_owned(), kind, features }
    };
    Package { name: name.to_owned(), dependencies: dependencies.iter().map(dependency).collect() }
}

#[track_caller]
fn check(name: &str, dependencies: &[&str], expected: &[&str]) {
    assert_eq!(offenders(&[package(name, dependencies)]), expected);
}

#[test]
fn a_turned_arrow_is_an_offence() {
    check("canteen-policy", &["canteen-types", "canteen-app"], &["canteen-policy (L1) -> canteen-app (L4): arrows point down"]);
    check("canteen-store", &["canteen-library"], &["canteen-store (L2) -> canteen-library (L2): arrows point down"]);
    check("canteen-app", &["canteen-desktop"], &["canteen-app (L4) -> canteen-desktop (L6): arrows point down"]);
}

#[test]
fn an_outside_crate_in_the_wrong_place_is_an_offence() {
    check("canteen-policy", &["tauri"], &["canteen-policy -> tauri: only in canteen-desktop"]);
    check("canteen-cli", &["build:tauri-build"], &["canteen-cli -> tauri-build: only in canteen-desktop"]);
    check("canteen-app", &["rusqlite"], &["canteen-app -> rusqlite: only in canteen-store"]);
    check("canteen-runner", &["llama-cpp-2"], &["canteen-runner -> llama-cpp-2: only in canteen-engine"]);
    check("canteen-store", &["libsqlite3-sys"], &["canteen-store -> libsqlite3-sys: only in nobody"]);
}

#[test]
fn the_lowest_layers_open_nothing() {
    check("canteen-audit", &["tokio"], &["canteen-audit (L1) -> tokio: L0 and L1 open nothing"]);
    check("canteen-types", &["tracing"], &["canteen-types (L0) -> tracing: L0 and L1 open nothing"]);
}

#[test]
fn the_engine_and_the_faces_see_little() {
    check(
        "canteen-engine",
        &["canteen-types", "canteen-modelfile", "canteen-sandbox", "canteen-policy"],
        &["canteen-engine -> canteen-policy: canteen-engine sees only canteen-types, canteen-modelfile, canteen-sandbox"],
    );
    check(
        "canteen-desktop",
        &["canteen-store"],
        &["canteen-desktop -> canteen-store: canteen-desktop sees only canteen-types, canteen-os, canteen-app"],
    );
    assert_eq!(offenders(&[package("canteen-admin", &["canteen-app"])]).len(), 1);
}

#[test]
fn only_it_signs() {
    check(
        "canteen-app",
        &["canteen-catalogue+sign"],
        &["canteen-app -> canteen-catalogue with “sign”: only canteen-admin, canteen-dev, canteen-tests sign"],
    );
    check("canteen-admin", &["canteen-catalogue+sign"], &[]);
}

#[test]
fn a_crate_without_a_layer_is_an_offence_and_what_tests_use_is_not() {
    assert_eq!(offenders(&[package("canteen-new", &[])]).len(), 1);
    assert_eq!(offenders(&[package("canteen-store", &["canteen-new"])]).len(), 1);
    check("canteen-types", &["dev:canteen-app", "dev:tokio", "dev:tauri"], &[]);
}
