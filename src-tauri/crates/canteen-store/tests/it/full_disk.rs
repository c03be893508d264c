use std::path::Path;
use std::sync::Arc;

use canteen_audit::Event;
use canteen_store::{KeyPlace, Store, StoreError};
use canteen_types::TestClock;

use super::{NOW, key};

/// A disk of three megabytes. Mounting needs to be root, or root in a namespace of one's own; CI and this test's authors are.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = c"size=3m";
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

#[test]
fn a_full_disk_is_said_and_nothing_that_was_saved_is_lost() {
    let Some(disk) = SmallDisk::new() else {
        // Without the right to mount there is no small disk to fill; `make test` in CI has it.
        return;
    };
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
    store.settings().put("after", &1, None).unwrap();
    store.close().unwrap();
    let store = open().unwrap();
    let check = store.audit().verify().unwrap();
    assert_eq!((check.rows, check.broken_at), (saved, None));
}
