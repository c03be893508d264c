//! The package as a person gets it: installed by the system's own tool into a root of its own, started from there, removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use canteen_app::call::Call;
use canteen_app::client;
use canteen_app::wire::{Message, SettingsChange, SettingsPage, Status};
use canteen_tests::{Home, Organisation, Parts, Programs, Said, TrayHost, until};

/// A computer that has nothing but the package tool's own folder.
struct Root(tempfile::TempDir);

impl Root {
    fn new() -> Self {
        let root = tempfile::Builder::new().prefix("root-").tempdir().unwrap();
        for folder in ["info", "updates"] {
            fs_err::create_dir_all(root.path().join("var/lib/dpkg").join(folder)).unwrap();
        }
        fs_err::write(root.path().join("var/lib/dpkg/status"), "").unwrap();
        Self(root)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Into this root only. Who is not root becomes it in a namespace of their own, for files must get their owner.
    fn dpkg(&self, arguments: &[&str]) {
        let is_root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
        let mut command = if is_root { Command::new("dpkg") } else { Command::new("unshare") };
        if !is_root {
            command.args(["--map-root-user", "dpkg"]);
        }
        command.arg(format!("--root={}", self.0.path().display()));
        // Nothing of what they depend on is installed there, and no script may leave the root.
        command.args(["--force-depends", "--force-script-chrootless", "--log=/dev/null"]).args(arguments);
        Said::by(&mut command).unwrap().succeeded().unwrap();
    }

    fn files(&self) -> BTreeSet<String> {
        let mut files = files(self.0.path());
        files.retain(|file| !file.starts_with("var/lib/dpkg"));
        files
    }
}

/// Files and links below a folder, and folders that are empty.
fn files(root: &Path) -> BTreeSet<String> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs_err::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
        if entries.is_empty() && folder != root {
            found.insert(name(&folder));
        }
        for path in entries {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                found.insert(name(&path));
            }
        }
    }
    found
}

fn package(into: &Path, kind: &str) -> Vec<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/canteen-dev/scripts/package.sh");
    let mut command = Command::new(script);
    command.arg("--bin").arg(Programs::find().unwrap().folder()).arg("--out").arg(into).args(["--only", kind, "--fast"]);
    Said::by(&mut command).unwrap().succeeded().unwrap();
    let mut made: Vec<_> = fs_err::read_dir(into).unwrap().map(|entry| entry.unwrap().path()).collect();
    made.retain(|path| path.extension().is_some_and(|extension| extension == kind));
    made.sort();
    assert_eq!(made.len(), 2, "{made:?}");
    made
}

/// What a desktop, a shell and a reader of manuals look for, by the paths of Debian.
const EXPECTED: &[&str] = &[
    "usr/bin/canteen",
    "usr/bin/canteen-admin",
    "usr/bin/canteen-desktop",
    "usr/lib/canteen/canteen",
    "usr/lib/canteen/canteen-desktop",
    "usr/lib/canteen/canteen-engine",
    "usr/lib/systemd/user/canteen.service",
    "usr/share/applications/canteen-desktop.desktop",
    "usr/share/bash-completion/completions/canteen",
    "usr/share/bash-completion/completions/canteen-admin",
    "usr/share/doc/canteen/copyright",
    "usr/share/doc/canteen-admin/copyright",
    "usr/share/fish/vendor_completions.d/canteen.fish",
    "usr/share/fish/vendor_completions.d/canteen-admin.fish",
    "usr/share/icons/hicolor/32x32/apps/canteen.png",
    "usr/share/icons/hicolor/128x128/apps/canteen.png",
    "usr/share/icons/hicolor/256x256/apps/canteen.png",
    "usr/share/icons/hicolor/512x512/apps/canteen.png",
    "usr/share/icons/hicolor/scalable/apps/canteen.svg",
    "usr/share/man/man1/canteen.1.gz",
    "usr/share/man/man1/canteen-admin.1.gz",
    "usr/share/metainfo/app.canteen.desktop.metainfo.xml",
    "usr/share/zsh/vendor-completions/_canteen",
    "usr/share/zsh/vendor-completions/_canteen-admin",
];

fn looked_at(root: &Root) {
    let entry = root.path("usr/share/applications/canteen-desktop.desktop");
    Said::by(Command::new("desktop-file-validate").arg(&entry)).unwrap().succeeded().unwrap();
    let text = fs_err::read_to_string(entry).unwrap();
    assert!(text.contains("\nMimeType=x-scheme-handler/canteen;\n") && text.contains("\nExec=canteen-desktop %u\n"), "{text}");
    let about = root.path("usr/share/metainfo/app.canteen.desktop.metainfo.xml");
    Said::by(Command::new("appstreamcli").args(["validate", "--no-net"]).arg(about)).unwrap().succeeded().unwrap();
}

async fn starts_by_itself(home: &Home, on: bool) {
    let mut host = client::connect(&home.environment()).await.unwrap().unwrap();
    let change = SettingsChange { autostart: Some(on), ..SettingsChange::default() };
    let page: SettingsPage = host.call(Call::ChangeSettings(change)).await.unwrap();
    assert_eq!(page.settings.autostart, on);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deb_installs_starts_is_removed_and_purge_takes_the_rest() {
    let made = tempfile::tempdir().unwrap();
    let packages = package(made.path(), "deb");
    let root = Root::new();
    for package in &packages {
        root.dpkg(&["--install", package.to_str().unwrap()]);
    }
    let installed = root.files();
    let missing: Vec<_> = EXPECTED.iter().filter(|file| !installed.contains(**file)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in {installed:#?}");
    let manuals = |file: &&String| file.starts_with("usr/share/man/man1/canteen");
    let others: Vec<_> = installed.iter().filter(|file| !EXPECTED.contains(&file.as_str()) && !manuals(file)).collect();
    assert!(others.is_empty(), "{others:?}");
    looked_at(&root);

    let home = Home::start_with(Parts::DESKTOP, Programs::installed(&root.path("usr/bin")).unwrap()).unwrap();
    let company = Organisation::with_tiny(&home, "name = \"Tiny model\"").unwrap();
    let before = files(&home.path("home"));
    let tray = TrayHost::start(&home).await.unwrap();
    let mut app = home.desktop(Vec::<&str>::new()).unwrap();
    let shows = || home.display().unwrap().windows().unwrap().contains(&"Canteen".to_owned());
    until("the window of the installed app", || shows().then_some(())).unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.json::<Message>(&["run", "tiny", "Hello"]).unwrap();
    assert_eq!(home.json::<Status>(&["status"]).unwrap().host, "tray");

    let entries = home.path("home/.config/autostart");
    starts_by_itself(&home, true).await;
    let entry = fs_err::read_dir(&entries).unwrap().next().unwrap().unwrap().path();
    let text = fs_err::read_to_string(&entry).unwrap();
    assert!(text.contains(&format!("{} --hidden\n", root.path("usr/lib/canteen/canteen-desktop").display())), "{text}");
    starts_by_itself(&home, false).await;
    assert!(!entry.exists());
    tray.item().await.unwrap().press("Quit (stops 1 model)").await.unwrap();
    assert!(app.wait().unwrap().success());

    // Off stays off, whatever the app does at its next start; and what is on goes with the rest.
    let mut app = home.desktop(["--hidden"]).unwrap();
    until("the host", || home.json::<Status>(&["status"]).ok().filter(|status| status.host == "tray")).unwrap();
    assert!(!entry.exists());
    starts_by_itself(&home, true).await;

    root.dpkg(&["--remove", "canteen", "canteen-admin"]);
    assert_eq!(root.files(), BTreeSet::new(), "nothing of the packages stays");
    for kept in ["store/store.sqlite", "models/blobs"] {
        assert!(home.path("canteen/data").join(kept).exists(), "the person's data stays: {kept}");
    }

    // The app still runs, as a program does whose package was removed. Purge ends it.
    let purge = |arguments: &[&str]| {
        Said::by(home.command(Programs::find().unwrap().path("canteen")).arg("purge").args(arguments)).unwrap()
    };
    let asked = purge(&[]);
    assert!(asked.code == Some(1) && asked.err.contains("canteen purge --yes"), "{asked:?}");
    assert!(home.path("canteen/data/store/store.sqlite").exists());
    let purged: canteen_app::wire::Purged = {
        let said = purge(&["--yes", "--json"]);
        said.read().unwrap()
    };
    assert!(purged.key && purged.autostart && purged.left.is_empty(), "{purged:?}");
    assert!(app.wait().unwrap().success());
    assert!(!home.path("canteen").exists(), "{:?}", files(&home.path("canteen")));
    let after: BTreeSet<_> = files(&home.path("home")).difference(&before).cloned().collect();
    assert_eq!(after, BTreeSet::from([".config/autostart".to_owned()]), "only a folder of the desktop's own");
    let said = purge(&["--yes"]);
    assert!(said.succeeded().unwrap().contains("Nothing of Canteen is left"), "{said:?}");
    drop(company);
}

#[test]
fn the_rpm_holds_the_same_and_knows_what_it_needs() {
    let made = tempfile::tempdir().unwrap();
    let packages = package(made.path(), "rpm");
    let ask = |what: &str, package: &Path| {
        Said::by(Command::new("rpm").args(["-qp", what]).arg(package)).unwrap().succeeded().unwrap().to_owned()
    };
    let lists: Vec<_> = packages.iter().map(|package| ask("--list", package)).collect();
    let held: BTreeSet<_> = lists.iter().flat_map(|list| list.lines()).map(|line| line.trim_start_matches('/')).collect();
    for file in EXPECTED.iter().filter(|file| !file.starts_with("usr/share/doc/")) {
        let file = file.replace("vendor-completions", "site-functions");
        assert!(held.contains(file.as_str()), "{file} is missing in {held:#?}");
    }
    let needs = ask("--requires", packages.iter().find(|path| !path.to_string_lossy().contains("admin")).unwrap());
    for library in ["libwebkit2gtk-4.1.so.0", "libayatana-appindicator3.so.1", "libgomp.so.1"] {
        assert!(needs.contains(library), "{library} is missing in {needs}");
    }
}
