//! The slow look through the home folder, through the front door.

use canteen_app::wire::{Computer, HomeLookState, Sighting};
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};

/// Once the look is through: those in the home folder, outside of Downloads.
fn found(home: &Home, what: &str, wanted: impl Fn(&[Sighting]) -> bool) -> Vec<Sighting> {
    until(what, || {
        let computer: Computer = home.json(&["scan"]).ok()?;
        let through = computer.home.is_some_and(|look| look.state == HomeLookState::Through && look.percent == 100);
        let mut found = computer.sightings;
        found.retain(|sighting| sighting.path.starts_with("~/work/"));
        (through && wanted(&found)).then_some(found)
    })
    .unwrap()
}

fn paths(found: &[Sighting]) -> Vec<&str> {
    let mut paths: Vec<&str> = found.iter().map(|sighting| sighting.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

#[test]
fn a_model_in_the_home_folder_is_found_under_any_name_and_again_after_a_kill() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    let work = home.downloads().with_file_name("work");
    for folder in ["reports", "private/deep", "zeros"] {
        fs_err::create_dir_all(work.join(folder)).unwrap();
    }
    let model = weights::smollm2().unwrap();
    engines::altered(&model, &work.join("reports/annual.pptx")).unwrap();
    engines::altered(&model, &work.join("private/deep/a.gguf")).unwrap();
    let zeros = fs_err::File::create(work.join("zeros/model.gguf")).unwrap();
    zeros.set_len(200 << 20).unwrap();

    let mut host = home.serve().unwrap();
    let both = ["~/work/private/deep/a.gguf", "~/work/reports/annual.pptx"];
    let before = found(&home, "both models", |found| paths(found) == both);
    assert!(before.iter().any(|sighting| sighting.found_in == "reports"));
    host.kill().unwrap();
    host.wait().unwrap();
    let _host = home.serve().unwrap();
    let mut after = found(&home, "both models after the kill", |found| paths(found) == both);
    let ids = |found: &[Sighting]| found.iter().map(|sighting| sighting.id).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids(&after), ids(&before), "the same sightings");

    // One is gone; what the organisation excludes is not looked for.
    fs_err::remove_file(work.join("reports/annual.pptx")).unwrap();
    let folder = company.path();
    let rule = ["policy".as_ref(), "set".as_ref(), folder.as_os_str(), "--exclude-folder".as_ref(), "~/work/private".as_ref()];
    company.admin(rule).unwrap().succeeded().unwrap();
    company.publish().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    engines::altered(&model, &work.join("private/deep/b.bin")).unwrap();
    engines::altered(&model, &work.join("zeros/c.bin")).unwrap();
    after = found(&home, "the new one", |found| paths(found).contains(&"~/work/zeros/c.bin"));
    assert_eq!(paths(&after), ["~/work/private/deep/a.gguf", "~/work/zeros/c.bin"], "known before, and new");
}
