use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use super::TARGETS;

/// The files of a folder below `fuzz/`; none where there is no such folder.
fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder).join(target);
    let Ok(found) = fs_err::read_dir(folder) else { return Vec::new() };
    found.map(|file| file.unwrap().path()).collect()
}

#[test]
fn every_seed_and_all_that_once_did_harm_is_read_without_harm() {
    let mut harmed = Vec::new();
    for (name, target) in TARGETS {
        let seeds = files("seeds", name);
        assert!(!seeds.is_empty(), "{name} has seeds");
        let inputs = seeds.into_iter().chain(files("crashers", name));
        harmed.extend(inputs.filter(|path| {
            let bytes = fs_err::read(path).unwrap();
            catch_unwind(|| target(&bytes)).is_err()
        }));
    }
    assert!(harmed.is_empty(), "what is wrong with these stands above, in this order: {harmed:#?}");
}

/// A folder that no target reads would be forgotten, and so would a function without a program around it.
#[test]
fn each_target_has_its_program_and_no_folder_has_none() {
    let names = |paths: Vec<PathBuf>| -> BTreeSet<String> {
        paths.iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(files("fuzz_targets", "")), targets);
    assert_eq!(names(files("seeds", "")), targets);
    assert!(names(files("crashers", "")).is_subset(&targets));
}
