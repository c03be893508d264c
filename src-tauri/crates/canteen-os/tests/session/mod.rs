//! A private D-Bus session for one test: its own bus, home and runtime folder. The libraries under test read the bus address
//! from their own process, so the test runs itself again inside: [`Session::run`] outside, the body inside.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test may stop it")]
#![expect(dead_code, reason = "each test file uses its part of it")]

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const INSIDE: &str = "CANTEEN_TEST_INSIDE";

/// Runs `body` inside a private session. `name` is the name of the calling test.
pub(crate) fn in_session(name: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        body();
        return;
    }
    let session = Session::start();
    rerun(
        name,
        &[
            ("DBUS_SESSION_BUS_ADDRESS", session.address.clone().into()),
            // One bus is both.
            ("DBUS_SYSTEM_BUS_ADDRESS", session.address.clone().into()),
            ("GSETTINGS_BACKEND", "keyfile".into()),
            ("XDG_CONFIG_HOME", session.home.path().into()),
            ("HOME", session.home.path().into()),
            ("XDG_RUNTIME_DIR", session.home.path().into()),
        ],
    );
}

/// Runs `body` where the bus address points nowhere.
pub(crate) fn without_bus(name: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        body();
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let address = format!("unix:path={}", home.path().join("no-bus").display());
    rerun(
        name,
        &[("DBUS_SESSION_BUS_ADDRESS", address.into()), ("HOME", home.path().into()), ("XDG_RUNTIME_DIR", home.path().into())],
    );
}

fn rerun(name: &str, variables: &[(&str, OsString)]) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env(INSIDE, "1")
        .envs(variables.iter().cloned())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let ran = output.status.success() && text.contains("1 passed");
    assert!(ran, "inside the session: {text}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// A child that ends with the test.
pub(crate) struct Ends(pub(crate) Child);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Session {
    _bus: Ends,
    address: String,
    home: tempfile::TempDir,
}

impl Session {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        // No service folders: nothing is started by itself.
        let config = format!(
            "<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            home.path().display()
        );
        let path = home.path().join("bus.conf");
        fs_err::write(&path, config).unwrap();
        let mut bus = start(
            Command::new("dbus-daemon")
                .arg("--nofork")
                .arg("--print-address=1")
                .arg("--config-file")
                .arg(&path)
                .stdout(Stdio::piped()),
            "dbus-daemon",
            "dbus",
        );
        let mut address = String::new();
        BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { _bus: bus, address: address.trim().to_owned(), home }
    }
}

/// Starts a program, or says which package brings it.
pub(crate) fn start(command: &mut Command, program: &str, package: &str) -> Ends {
    match command.spawn() {
        Ok(child) => Ends(child),
        Err(error) => panic!("{program} does not start ({error}): install the package {package}, as `make test` does"),
    }
}

/// A service of `dbusmock` by its template. What it is told goes to `notify.log`.
pub(crate) fn mock_service(template: &str, parameters: &str) -> Ends {
    let log = fs_err::File::create(home().join("notify.log")).unwrap().into_parts().0;
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-u", "-m", "dbusmock", "--session", "--template", template, "--parameters", parameters]);
    start(command.stdout(Stdio::from(log)), "python3 -m dbusmock", "python3-dbusmock")
}

/// GNOME Keyring with this password, once it answers. Without a password it has no keyring at all.
pub(crate) fn keyring_daemon(password: Option<&str>) -> Ends {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if password.is_some() {
        command.arg("--unlock");
    }
    let mut daemon = start(&mut command, "gnome-keyring-daemon", "gnome-keyring");
    daemon.0.stdin.take().unwrap().write_all(password.unwrap_or_default().as_bytes()).unwrap();
    wait_for_name("org.freedesktop.secrets");
    daemon
}

/// Waits until a service is on the bus.
pub(crate) fn wait_for_name(name: &str) {
    for _ in 0..600 {
        if bus_call(&["--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")])
            .contains("true")
        {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{name} does not come up");
}

/// Calls a method with `dbus-send` and gives what it printed.
pub(crate) fn bus_call(arguments: &[&str]) -> String {
    let output = Command::new("dbus-send").args(["--session", "--print-reply"]).args(arguments).output();
    String::from_utf8(output.expect("dbus-send is missing: install the package dbus-bin or dbus").stdout).unwrap()
}

/// A script for the system's Python, which has `dbusmock` and `dbus`.
pub(crate) fn python(script: &str, arguments: &[&str]) {
    let status = Command::new("/usr/bin/python3").arg("-c").arg(script).args(arguments).status();
    assert!(status.expect("/usr/bin/python3 is missing").success(), "install the packages python3-dbus and python3-dbusmock");
}

/// The folder of the session.
pub(crate) fn home() -> std::path::PathBuf {
    Path::new(&std::env::var_os("HOME").unwrap()).to_path_buf()
}
