//! Settings that the organisation has set, the folder of the models on its way to another disk, and the text that helps IT.

use std::path::{Path, PathBuf};

use canteen_app::call::Call;
use canteen_app::client::{self, Client, ClientError};
use canteen_app::wire::{ModelsFolder, MoveModels, MovingState, Settings, SettingsChange, SettingsPage};
use canteen_tests::{Home, Managed, Organisation, Parts, eventually, until};
use canteen_types::Digest;
use serde_json::json;

/// A host that follows a killed one may still be on its way up.
async fn face(home: &Home) -> Client {
    let environment = home.environment();
    eventually("a host that answers", || client::connect(&environment)).await.unwrap()
}

async fn page(face: &mut Client) -> SettingsPage {
    face.call(Call::GetSettings).await.unwrap()
}

async fn change(face: &mut Client, change: serde_json::Value) -> Result<SettingsPage, String> {
    let change: SettingsChange = serde_json::from_value(change).unwrap();
    match face.call(Call::ChangeSettings(change)).await {
        Ok(page) => Ok(page),
        Err(ClientError::Fault(fault)) => Err(fault.code),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_organisation_has_set_wins_and_a_broken_file_frees_nothing() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let managed = Managed::of(&home).unwrap();
    let write = |text: &str, mode| managed.write("settings.json", text, mode).unwrap();
    write(r#"{ "set_by": "IT of Brightwater", "settings": { "language": "de", "threads": 1 } }"#, 0o644);
    let _host = managed.serve(&home).unwrap();
    let mut face = face(&home).await;

    let shown = page(&mut face).await;
    assert_eq!(shown.managed.fields, ["language", "threads"]);
    assert_eq!(shown.managed.by.as_deref(), Some("IT of Brightwater"));
    assert_eq!(json!(shown.settings.language), "de");
    assert_eq!(change(&mut face, json!({ "language": "en" })).await.unwrap_err(), "app.managed_setting");
    assert_eq!(change(&mut face, json!({ "idle_minutes": 0 })).await.unwrap_err(), "app.out_of_bounds");
    let own = change(&mut face, json!({ "idle_minutes": 60, "appearance": "dark" })).await.unwrap();
    assert_eq!((own.settings.idle_minutes, own.settings.threads), (60, Some(1)));
    let log = home.canteen(["log"]).unwrap();
    assert!(log.succeeded().unwrap().contains("appearance, idle_minutes"), "{log:?}");

    for (text, mode, code) in [
        ("{", 0o644, "app.managed_broken"),
        (r#"{ "settings": { "langauge": "en" } }"#, 0o644, "app.managed_broken"),
        (r#"{ "settings": {} }"#, 0o666, "os.managed_unsafe"),
    ] {
        write(text, mode);
        let broken = page(&mut face).await;
        assert_eq!(broken.managed.fault.map(|fault| fault.code).as_deref(), Some(code), "{text}");
        assert_eq!(json!(broken.settings.language), "de", "{text}");
        assert_eq!(change(&mut face, json!({ "language": "en" })).await.unwrap_err(), "app.managed_setting", "{text}");
    }

    managed.remove("settings.json").unwrap();
    let free = change(&mut face, json!({ "language": "en" })).await.unwrap();
    assert_eq!((free.managed.fields.len(), free.managed.fault), (0, None));
    let expected = Settings { threads: None, ..free.settings.clone() };
    assert_eq!(free.settings, expected, "what only the organisation had set is as usual again");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_survive_a_kill() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let mut host = home.serve().unwrap();
    change(&mut face(&home).await, json!({ "language": "de", "instructions": "Be brief." })).await.unwrap();
    host.kill().unwrap();
    let _host = home.serve().unwrap();
    let kept = page(&mut face(&home).await).await.settings;
    assert_eq!((json!(kept.language), kept.instructions.as_str()), (json!("de"), "Be brief."));
}

async fn folder(home: &Home) -> ModelsFolder {
    face(home).await.call(Call::GetModelsFolder).await.unwrap()
}

async fn move_to(home: &Home, to: Option<&Path>) -> Result<(), String> {
    let request = MoveModels { to: to.map(|to| to.display().to_string()) };
    match face(home).await.call::<()>(Call::MoveModels(request)).await {
        Ok(()) => Ok(()),
        Err(ClientError::Fault(fault)) => Err(fault.code),
        Err(other) => panic!("{other}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs_err::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect()
}

/// `/dev/shm` is a disk of its own. The second file is large enough that its copy does not end before the kill.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_killed_while_models_are_moved_loses_none_and_the_move_goes_on() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "").unwrap();
    let mut host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let old = home.path("canteen/data/models");
    let large = vec![7; 400 << 20];
    fs_err::write(old.join("blobs").join(format!("sha256-{}", Digest::of(&large).hex())), &large).unwrap();
    drop(large);
    let disk = tempfile::tempdir_in("/dev/shm").unwrap();
    let new = disk.path().join("models");

    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    assert_eq!(move_to(&home, Some(&new)).await.unwrap_err(), "app.in_use", "a model is loaded");
    home.canteen(["stop", "--all"]).unwrap().succeeded().unwrap();
    assert_eq!(move_to(&home, Some(&home.downloads().join("x/../y"))).await.unwrap_err(), "library.folder_relative");

    move_to(&home, Some(&new)).await.unwrap();
    let growing = || files(&new.join("partial")).iter().any(|file| file.metadata().is_ok_and(|found| found.len() > 1 << 20));
    until("bytes in the new folder", || growing().then_some(())).unwrap();
    home.canteen(["run", "tiny", "hello"]).unwrap().refused("app.moving").unwrap();
    host.kill().unwrap();
    assert_eq!(files(&old.join("blobs")).len(), 2, "nothing is gone before everything is there");

    let mut host = home.serve().unwrap();
    let cut = folder(&home).await;
    assert_eq!(Path::new(&cut.path), old);
    assert!(matches!(cut.moving.unwrap().state, MovingState::Stopped { fault: None }));
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    home.canteen(["stop", "--all"]).unwrap().succeeded().unwrap();
    assert_eq!(move_to(&home, Some(&home.path("elsewhere"))).await.unwrap_err(), "app.move_begun");

    move_to(&home, None).await.unwrap();
    eventually("the move", || async {
        let now = folder(&home).await;
        Ok::<_, String>((now.moving.is_none() && Path::new(&now.path) == new).then_some(()))
    })
    .await
    .unwrap();
    until("the old files to go", || (!old.exists()).then_some(())).unwrap();
    assert_eq!(files(&new.join("blobs")).len(), 2);
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    let log = home.canteen(["log", "--verify"]).unwrap();
    assert!(log.succeeded().unwrap().contains("models_folder"), "{log:?}");

    host.kill().unwrap();
    let _host = home.serve().unwrap();
    assert_eq!(Path::new(&folder(&home).await.path), new);
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    home.canteen(["stop", "--all"]).unwrap().succeeded().unwrap();

    // The disk goes away: nothing is made in its place, and the usual folder is a way out.
    fs_err::rename(&new, disk.path().join("away")).unwrap();
    assert!(!folder(&home).await.there);
    home.canteen(["install", "tiny"]).unwrap().refused("library.away").unwrap();
    assert!(!new.exists());
    move_to(&home, Some(&old)).await.unwrap();
    eventually("the usual folder", || async { Ok::<_, String>(folder(&home).await.there.then_some(())) }).await.unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
}

#[test]
fn diagnostics_name_no_person_no_folder_and_nothing_that_was_said() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "name = \"Brightwater Secret\"").unwrap();
    let _host = home.serve().unwrap();
    home.canteen(["run", "tiny", "--accept-licence", "marmalade"]).unwrap().succeeded().unwrap();
    home.canteen(["install", "nothing"]).unwrap().refused("app.unknown").unwrap();
    let said = home.canteen(["diagnostics"]).unwrap();
    let text = said.succeeded().unwrap();
    let read: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(read["models"][0]["entry"], "tiny");
    assert_eq!(read["faults"][0]["code"], "app.unknown");
    assert_eq!(read["store"]["log_unbroken"], true);
    let root = home.path("").display().to_string();
    for private in [root.as_str(), "marmalade", "Brightwater", "ada", "/home", "/tmp"] {
        assert!(!text.contains(private), "{private} is in {text}");
    }
}
