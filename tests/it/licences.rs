//! The window's list of what Canteen is made of is that of the lock files.

use std::path::Path;

use canteen_dev::licences;

#[test]
fn the_list_of_licences_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let text = licences::text(&cargo, &root).unwrap();
    let committed = fs_err::read_to_string(root.join(licences::FILE)).unwrap();
    assert!(committed == text, "{} is stale. Write it again: cargo dev licences", licences::FILE);
}
