//! On Linux only: a small disk is a tmpfs. What a full disk does to the store everywhere is tested beside the writer.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use canteen_audit::Event;
use canteen_store::{KeyPlace, Store, StoreError};
use canteen_types::TestClock;

use super::{NOW, key};

/// A disk of three megabytes.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = c"size=3m,mode=700";
        rustix::mount::mount("tmpfs", folder.path(), "tmpfs", rustix::mount::MountFlags::empty(), options).ok()?;
        Some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = rustix::mount::unmount(self.0.path(), rustix::mount::UnmountFlags::DETACH).is_ok();
    }
}

/// Runs `test` on a small disk. An ordinary user is root in a namespace of their own, where the system allows it: then the test
/// of this `name` runs once more, in there.
fn on_a_small_disk(name: &str, test: impl FnOnce(&SmallDisk)) {
    if let Some(disk) = SmallDisk::new() {
        return test(&disk);
    }
    let inside = ["--user", "--map-root-user", "--mount", "--"];
    let may = Command::new("unshare").args(inside).arg("true").output().is_ok_and(|done| done.status.success());
    if rustix::process::geteuid().is_root() || !may {
        // No small disk here. `store::tests` hold the rule without one.
        return;
    }
    let myself = std::env::current_exe().unwrap();
    let name = format!("full_disk::{name}");
    let done = Command::new("unshare").args(inside).arg(myself).args(["--exact", &name]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_full_disk_is_said_and_nothing_that_was_saved_is_lost() {
    on_a_small_disk("a_full_disk_is_said_and_nothing_that_was_saved_is_lost", nothing_that_was_saved_is_lost);
}

#[test]
fn a_first_start_on_a_full_disk_can_be_tried_again() {
    on_a_small_disk("a_first_start_on_a_full_disk_can_be_tried_again", a_first_start_can_be_tried_again);
}

#[test]
fn the_reserve_lets_the_person_in_on_a_full_disk() {
    on_a_small_disk("the_reserve_lets_the_person_in_on_a_full_disk", the_reserve_lets_the_person_in);
}

fn nothing_that_was_saved_is_lost(disk: &SmallDisk) {
    let open = || Store::open(disk.path(), &key(), Arc::new(TestClock::at(NOW)));
    Store::prepare(disk.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    let store = open().unwrap();
    let mut saved = 0;
    let refused = loop {
        match store.audit().append(Event::SettingsChanged { what: "x".repeat(4000) }) {
            Ok(seq) => saved = seq,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::DiskFull), "{refused}");
    assert!(saved > 10);
    assert_eq!(store.audit().rows().unwrap(), saved, "reading goes on");
    assert!(!disk.path().join("ballast").exists(), "the reserve was given back");
    store.settings().put("after", &1, None).unwrap();
    store.close().unwrap();
    // Nothing at all is left, and no reserve.
    let other = disk.path().join("other");
    fs_err::write(&other, vec![1; 3 << 20]).unwrap_err();
    let refused = open().unwrap_err();
    assert!(matches!(refused, StoreError::DiskFull), "{refused}");
    fs_err::remove_file(&other).unwrap();
    let store = open().unwrap();
    let check = store.audit().verify().unwrap();
    assert_eq!((check.rows, check.broken_at), (saved, None));
    assert_eq!(store.settings().get::<u32>("after").unwrap(), Some(1));
}

fn the_reserve_lets_the_person_in(disk: &SmallDisk) {
    let open = || Store::open(disk.path(), &key(), Arc::new(TestClock::at(NOW)));
    Store::prepare(disk.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    open().unwrap().close().unwrap();
    fs_err::write(disk.path().join("other"), vec![1; 3 << 20]).unwrap_err();
    assert!(disk.path().join("ballast").exists());
    assert_eq!(open().unwrap().audit().append(Event::HostStopped).unwrap(), 1);
}

fn a_first_start_can_be_tried_again(disk: &SmallDisk) {
    Store::prepare(disk.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    fs_err::write(disk.path().join("other"), vec![1; 3 << 20]).unwrap_err();
    let open = || Store::open(disk.path(), &key(), Arc::new(TestClock::at(NOW)));
    let refused = open().unwrap_err();
    assert!(matches!(refused, StoreError::DiskFull), "{refused}");
    fs_err::remove_file(disk.path().join("other")).unwrap();
    assert_eq!(open().unwrap().audit().append(Event::HostStopped).unwrap(), 1);
}
