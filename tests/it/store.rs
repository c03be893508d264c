//! The encrypted store when something is wrong with it: a sentence, an exit code, and nothing lost or made anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use canteen_app::wire::{LogCheck, Status};
use canteen_tests::{Home, Organisation, Parts, Running, Said, until};
use serde::Deserialize;

const STORE: &str = "canteen/data/store";

fn once_started() -> Home {
    let home = Home::start(Parts::HEADLESS).unwrap();
    home.json::<Status>(&["status"]).unwrap();
    quit(&home);
    home
}

fn quit(home: &Home) {
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    // It closes the store after its socket.
    let runs = |pid: &u32| fs_err::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "canteen");
    until("the host to end", || (!home.processes().iter().any(runs)).then_some(())).unwrap();
}

fn private_folder(path: &Path) {
    fs_err::create_dir(path).unwrap();
    #[cfg(unix)]
    fs_err::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    private_folder(to);
    for file in fs_err::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs_err::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = fs_err::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| (path.clone(), fs_err::read(path).unwrap()))
        .collect();
    all.sort();
    all
}

#[derive(Deserialize)]
struct Log {
    check: Option<LogCheck>,
}

fn rows(home: &Home) -> u64 {
    let check = home.json::<Log>(&["log", "--verify"]).unwrap().check.unwrap();
    assert_eq!(check.broken_at, None);
    check.rows
}

/// Refused with `code`, and not a byte of the store was touched; with the old store in its place all is as it was.
fn is_refused_untouched(home: &Home, code: &str, spoil: impl FnOnce(&Path)) {
    let store = home.path(STORE);
    let before = rows(home);
    quit(home);
    let kept = home.path("kept");
    copy(&store, &kept);
    spoil(&store);
    let spoiled = contents(&store);
    home.canteen(["status"]).unwrap().refused(code).unwrap();
    home.canteen(["list"]).unwrap().refused(code).unwrap();
    quit(home);
    assert!(contents(&store) == spoiled, "the store was changed although it was refused");
    fs_err::remove_dir_all(&store).unwrap();
    fs_err::rename(&kept, &store).unwrap();
    assert!(rows(home) > before);
}

#[test]
fn the_store_of_another_computer_does_not_open_with_this_ones_key() {
    let (home, other) = (once_started(), once_started());
    is_refused_untouched(&home, "store.wrong_key", |store| {
        fs_err::remove_dir_all(store).unwrap();
        copy(&other.path(STORE), store);
    });
}

#[test]
fn the_store_of_a_newer_version_is_left_alone() {
    let home = once_started();
    is_refused_untouched(&home, "store.newer_version", |store| {
        let note = store.join("store.meta");
        let text = fs_err::read_to_string(&note).unwrap();
        let newer = text.replace("\"format\": 1", "\"format\": 2");
        assert_ne!(newer, text);
        fs_err::write(note, newer).unwrap();
    });
}

#[test]
fn a_damaged_store_is_not_replaced() {
    let home = once_started();
    is_refused_untouched(&home, "store.damaged", |store| {
        let file = store.join("store.sqlite");
        let mut bytes = fs_err::read(&file).unwrap();
        bytes.iter_mut().take(4096).for_each(|byte| *byte ^= 0x55);
        fs_err::write(file, bytes).unwrap();
    });
}

#[test]
fn a_lost_store_is_not_made_anew() {
    let home = once_started();
    is_refused_untouched(&home, "store.missing", |store| fs_err::remove_file(store.join("store.sqlite")).unwrap());
    is_refused_untouched(&home, "store.missing", |store| {
        fs_err::remove_file(store.join("store.sqlite")).unwrap();
        fs_err::remove_file(store.join("store.meta")).unwrap();
    });
}

/// A first start that is killed when its key is in the keyring and nothing else is there yet.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_first_start_killed_between_key_and_store_goes_on_at_the_next() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let pipe = held_before_the_note(&home);
    let mut host = home.canteen_beside("first", ["serve"]).unwrap();
    canteen_tests::eventually("the key in the keyring", || keys(&home)).await.unwrap();
    host.kill().unwrap();
    fs_err::remove_file(&pipe).unwrap();
    assert!(!home.path(STORE).join("store.sqlite").exists());

    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!(status.key_place, "keyring");
    assert_eq!(keys(&home).await.unwrap(), Some(1), "with the key that was made first");
    let before = rows(&home);
    quit(&home);
    assert!(rows(&home) > before, "the next start finds what this one wrote");
}

/// The desktop app asks a headless host for its place. One that is just making key and store keeps the lock until it is done:
/// else two would be at it, and the second would find a key without a store.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_in_its_first_start_keeps_its_place_until_the_store_stands() {
    let home = Home::start(Parts { display: true, ..Parts::HEADLESS }).unwrap();
    let pipe = held_before_the_note(&home);
    let mut host = home.canteen_beside("first", ["serve"]).unwrap();
    canteen_tests::eventually("the key in the keyring", || keys(&home)).await.unwrap();
    let mut desktop = home.desktop(["--hidden"]).unwrap();
    assert_eq!(desktop.wait().unwrap().code(), Some(1), "it must not get the place: {}", desktop.said());
    assert!(host.is_alive(), "{}", host.said());
    host.kill().unwrap();
    fs_err::remove_file(&pipe).unwrap();
    home.canteen(["status"]).unwrap().succeeded().unwrap();
}

/// Else a kill in between would leave a key that looks like that of a lost store.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_key_is_made_before_the_mark_of_the_first_start_stands() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    private_folder(&home.path("canteen/data"));
    private_folder(&home.path(STORE));
    let in_its_place = home.path(STORE).join("store.first");
    fs_err::create_dir(&in_its_place).unwrap();
    home.canteen(["status"]).unwrap().refused("store.io").unwrap();
    assert_eq!(keys(&home).await.unwrap(), None);
    fs_err::remove_dir(in_its_place).unwrap();
    quit(&home);
    home.canteen(["status"]).unwrap().succeeded().unwrap();
    assert_eq!(keys(&home).await.unwrap(), Some(1));
}

/// The note beside the store is written through this name: a pipe that nobody reads holds a host right before it.
#[cfg(target_os = "linux")]
fn held_before_the_note(home: &Home) -> PathBuf {
    for folder in ["canteen/data", STORE] {
        private_folder(&home.path(folder));
    }
    let pipe = home.path(STORE).join("store.meta.new");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    pipe
}

/// How many keys of stores are in the keyring.
#[cfg(target_os = "linux")]
async fn keys(home: &Home) -> anyhow::Result<Option<usize>> {
    let bus = home.bus()?.connect().await?;
    let name = "org.freedesktop.secrets";
    let service = zbus::Proxy::new(&bus, name, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service").await?;
    let wanted = std::collections::HashMap::from([("service", "canteen")]);
    let (open, _locked): (Vec<zbus::OwnedObjectPath>, Vec<zbus::OwnedObjectPath>) =
        service.call("SearchItems", &(wanted,)).await?;
    let mut count = 0;
    for path in open {
        let item = zbus::Proxy::new(&bus, name, path, "org.freedesktop.Secret.Item").await?;
        let attributes: std::collections::HashMap<String, String> = item.get_property("Attributes").await?;
        count += usize::from(attributes.values().any(|value| value.starts_with("store-")));
    }
    Ok((count > 0).then_some(count))
}

/// A host whose data lie on a disk of four megabytes that only it sees; `None` where the system allows no such disk.
#[cfg(target_os = "linux")]
fn on_a_small_disk(home: &Home) -> Option<Running> {
    private_folder(&home.path("canteen/data"));
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-current-user", "--keep-caps", "--mount"]];
    let mount = "mount -t tmpfs -o size=4m,mode=700 canteen \"$CANTEEN_HOME/data\"";
    let may = |way: &&[&str]| {
        let tried = home.command("unshare").args(*way).args(["--", "sh", "-c", mount]).output();
        tried.is_ok_and(|done| done.status.success())
    };
    let way = ways.into_iter().find(may)?;
    let mut command = home.command("unshare");
    command.args(way).args(["--", "sh", "-c", &format!("{mount} && exec \"$0\" serve")]).arg(home.programs().path("canteen"));
    let mut host = Running::start(&mut command, home.path("logs/serve"), "util-linux").unwrap();
    until("the host", || (!host.is_alive() || host.said().contains("Canteen is ready")).then_some(())).unwrap();
    assert!(host.is_alive(), "{}", host.said());
    Some(host)
}

/// Takes all the room that is left.
#[cfg(target_os = "linux")]
fn fill(disk: &Path, n: u32) {
    // To the last byte: the file is begun with what fits, and the rest is refused.
    fs_err::write(disk.join(format!("other-{n}")), vec![1; 4 << 20]).unwrap_err();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_nothing_that_was_saved_is_lost() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "").unwrap();
    let Some(host) = on_a_small_disk(&home) else {
        // No small disk here; the store's own tests hold the rule without one.
        return;
    };
    let disk = PathBuf::from(format!("/proc/{}/root{}", host.pid(), home.path("canteen/data").display()));
    let before = rows(&home);
    // First the store gives its own reserve back, so that a person can still remove things; then it is full.
    let mut tries = 0..40;
    let refused = until("the store to say that the disk is full", || {
        fill(&disk, tries.next()?);
        Some(home.canteen(["install", "tiny"]).unwrap()).filter(|said| said.err.contains("store.disk_full"))
    })
    .unwrap();
    let text = Said::refused(&refused, "store.disk_full").unwrap();
    assert!(text.contains("What was saved before is safe; make room and try again"), "{text}");
    assert_eq!(home.json::<Vec<canteen_app::wire::Model>>(&["list"]).unwrap().len(), 1, "reading goes on");
    // Checking the chain would be recorded, and so needs room; reading it does not.
    home.canteen(["log"]).unwrap().succeeded().unwrap();

    for file in fs_err::read_dir(&disk).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("other-") {
            fs_err::remove_file(file.path()).unwrap();
        }
    }
    home.canteen(["install", "tiny"]).unwrap().refused("library.disk_full").unwrap();
    let after = rows(&home);
    assert!(after > before, "there is room again, and the failed installation is recorded");
}
