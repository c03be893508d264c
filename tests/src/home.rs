use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use canteen_os::Environment;

use crate::{Bus, Display, Programs, Running, Said, until};

/// What the computer has. Everything that is not asked for is absent, not merely unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// A D-Bus session. Keyring, notifications and tray need it.
    pub bus: bool,
    /// A keyring.
    pub keyring: Keyring,
    /// A notification daemon.
    pub notifications: bool,
    /// A display.
    pub display: bool,
}

/// The keyring of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// There is no such service.
    None,
    /// Open, as after a login.
    Unlocked,
    /// The service is there and has no open collection, as after a login without a password.
    Closed,
}

impl Parts {
    /// A desktop with everything.
    pub const DESKTOP: Self = Self { bus: true, keyring: Keyring::Unlocked, notifications: true, display: true };
    /// A login without a desktop: a bus and a keyring.
    pub const HEADLESS: Self = Self { bus: true, keyring: Keyring::Unlocked, notifications: false, display: false };
    /// A bare machine: no bus, no keyring, no display.
    pub const BARE: Self = Self { bus: false, keyring: Keyring::None, notifications: false, display: false };
}

/// A person's computer in a temporary folder. When it goes, every process that was started in it ends.
#[derive(Debug)]
pub struct Home {
    parts: Parts,
    variables: BTreeMap<OsString, OsString>,
    programs: Programs,
    // Ended in this order: first what needs the others.
    notifications: Option<Running>,
    keyring: Option<Child>,
    bus: Option<Bus>,
    display: Option<Display>,
    root: tempfile::TempDir,
}

impl Home {
    /// Sets it up.
    ///
    /// # Errors
    /// When a part is not installed on the real computer; the sentence names the package.
    pub fn start(parts: Parts) -> Result<Self> {
        Self::start_with(parts, Programs::find()?)
    }

    /// As [`Home::start`], with other programs than those that were built.
    ///
    /// # Errors
    /// As [`Home::start`].
    pub fn start_with(parts: Parts, programs: Programs) -> Result<Self> {
        // Socket paths must stay below 108 bytes.
        let root = tempfile::Builder::new().prefix("canteen-").tempdir()?;
        let variables = variables(root.path());
        for folder in ["home/Downloads", "canteen", "run", "logs"] {
            private_folder(&root.path().join(folder))?;
        }
        let (notifications, keyring, bus, display) = (None, None, None, None);
        let mut home = Self { parts, variables, programs, notifications, keyring, bus, display, root };
        if parts.bus {
            let bus = Bus::start(&home.path("run"))?;
            home.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
            home.bus = Some(bus);
        }
        if parts.keyring != Keyring::None {
            home.start_keyring()?;
        }
        if parts.notifications {
            home.start_notifications()?;
        }
        if parts.display {
            let display = Display::start()?;
            home.set("DISPLAY", display.name());
            home.display = Some(display);
        }
        Ok(home)
    }

    /// What was asked for.
    #[must_use]
    pub fn parts(&self) -> Parts {
        self.parts
    }

    /// A path below the temporary folder: `home` is `HOME`, `canteen` is `CANTEEN_HOME`, `logs` holds what programs wrote.
    #[must_use]
    pub fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// The person's Downloads folder.
    #[must_use]
    pub fn downloads(&self) -> PathBuf {
        self.path("home/Downloads")
    }

    /// Sets a variable for all programs that are started from now on.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.variables.insert(name.into(), value.as_ref().to_owned());
    }

    /// The bus.
    ///
    /// # Errors
    /// When this home has none.
    pub fn bus(&self) -> Result<&Bus> {
        self.bus.as_ref().context("this home has no bus")
    }

    /// The display.
    ///
    /// # Errors
    /// When this home has none.
    pub fn display(&self) -> Result<&Display> {
        self.display.as_ref().context("this home has no display")
    }

    /// The built programs.
    #[must_use]
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The same environment as the programs get, for `canteen_app::client`.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment::from_pairs(&self.variables)
    }

    /// Any program, with the variables of this home and nothing of the real computer but `PATH`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).current_dir(self.path("home"));
        command
    }

    /// Runs `canteen` to its end. It starts a host when none runs.
    ///
    /// # Errors
    /// When it does not end.
    pub fn canteen<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Said> {
        Said::by(self.command(self.programs.path("canteen")).args(arguments))
    }

    /// As [`Home::canteen`], with `--json`.
    ///
    /// # Errors
    /// When it fails.
    pub fn json<T: serde::de::DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        self.canteen(arguments.iter().chain(&["--json"]))?.read()
    }

    /// Starts `canteen` with these arguments and leaves it running, e.g. `serve`.
    ///
    /// # Errors
    /// When it does not start.
    pub fn canteen_beside<A: AsRef<OsStr>>(&self, name: &str, arguments: impl IntoIterator<Item = A>) -> Result<Running> {
        let mut command = self.command(self.programs.path("canteen"));
        Running::start(command.args(arguments), self.path("logs").join(name), "canteen (cargo build --workspace --bins)")
    }

    /// Starts `canteen serve` and waits until it answers.
    ///
    /// # Errors
    /// When it does not come up, with what it said.
    pub fn serve(&self) -> Result<Running> {
        self.serve_below::<&str>(&[])
    }

    /// As [`Home::serve`], with words before the program, e.g. `strace` and what belongs to it.
    ///
    /// # Errors
    /// When it does not come up, with what it said.
    pub fn serve_below<A: AsRef<OsStr>>(&self, words: &[A]) -> Result<Running> {
        let canteen = self.programs.path("canteen");
        let mut words = words.iter().map(AsRef::as_ref).chain([canteen.as_os_str(), OsStr::new("serve")]);
        let mut command = self.command(words.next().context("a program")?);
        let mut host = Running::start(command.args(words), self.path("logs/serve"), "canteen (cargo build --workspace --bins)")?;
        let up = until("the headless host", || (!host.is_alive() || host.said().contains("Canteen is ready")).then_some(()));
        if up.is_err() || !host.is_alive() {
            bail!("canteen serve did not come up: {}", host.said());
        }
        Ok(host)
    }

    /// Starts the desktop app without WebDriver: tray, and the window unless `--hidden` is among the arguments.
    ///
    /// # Errors
    /// When it does not start.
    pub fn desktop<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Running> {
        let mut command = self.command(self.programs.path("canteen-desktop"));
        Running::start(command.args(arguments), self.path("logs/desktop"), "canteen-desktop (cargo build --workspace --bins)")
    }

    /// Takes the notification daemon away.
    pub fn stop_notifications(&mut self) {
        self.notifications = None;
    }

    /// Takes the keyring away.
    pub fn stop_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            drop(keyring.kill());
            drop(keyring.wait());
        }
    }

    /// The processes of this home, by its variables.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let mark = format!("CANTEEN_HOME={}", self.path("canteen").display()).into_bytes();
        let Ok(all) = fs_err::read_dir("/proc") else { return Vec::new() };
        let pids = all.flatten().filter_map(|process| process.file_name().to_str()?.parse().ok());
        pids.filter(|pid| {
            let environment = fs_err::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark)
        })
        .collect()
    }

    fn start_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        if self.parts.keyring == Keyring::Unlocked {
            command.arg("--unlock");
        }
        let mut daemon =
            command.spawn().context("gnome-keyring-daemon does not start; install gnome-keyring, as `make test` does")?;
        if let Some(mut input) = daemon.stdin.take() {
            input.write_all(b"correct horse")?;
        }
        self.keyring = Some(daemon);
        self.bus()?.wait_for("org.freedesktop.secrets")
    }

    fn start_notifications(&mut self) -> Result<()> {
        let mut command = self.command("/usr/bin/python3");
        command.args(["-u", "-m", "dbusmock", "--session", "--template", "notification_daemon"]);
        command.args(["--parameters", r#"{"capabilities": "actions body body-markup persistence"}"#]);
        self.notifications = Some(Running::start(&mut command, self.path("logs/notifications"), "python3-dbusmock")?);
        self.bus()?.wait_for("org.freedesktop.Notifications")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell_logs();
        }
        drop(self.canteen_quit());
        // A detached host and the engines of a killed one have no parent that could end them.
        for pid in self.processes() {
            let own = [self.notifications.as_ref().map(Running::pid), self.keyring.as_ref().map(Child::id)];
            if !own.contains(&Some(pid)) {
                drop(Command::new("kill").arg("-KILL").arg(pid.to_string()).stderr(Stdio::null()).status());
            }
        }
        self.stop_notifications();
        self.stop_keyring();
    }
}

impl Home {
    /// Nothing is started for it: without a host it only says so.
    fn canteen_quit(&self) -> Result<Said> {
        Said::by(self.command(self.programs.path("canteen")).arg("quit"))
    }

    #[expect(clippy::print_stderr, reason = "a failed test shows what the programs said")]
    fn tell_logs(&self) {
        for folder in [self.path("logs"), self.path("canteen/state/logs")] {
            for log in fs_err::read_dir(folder).into_iter().flatten().flatten() {
                let text = fs_err::read_to_string(log.path()).unwrap_or_default();
                let tail: Vec<_> = text.lines().rev().take(40).collect();
                eprintln!("--- {}", log.file_name().to_string_lossy());
                tail.iter().rev().for_each(|line| eprintln!("{line}"));
            }
        }
    }
}

fn variables(root: &Path) -> BTreeMap<OsString, OsString> {
    let below = |path: &str| root.join(path).into_os_string();
    BTreeMap::from([
        ("PATH".into(), std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into())),
        ("HOME".into(), below("home")),
        ("USER".into(), "ada".into()),
        ("XDG_RUNTIME_DIR".into(), below("run")),
        ("XDG_DATA_HOME".into(), below("home/.local/share")),
        ("XDG_CONFIG_HOME".into(), below("home/.config")),
        ("XDG_CACHE_HOME".into(), below("home/.cache")),
        ("XDG_STATE_HOME".into(), below("home/.local/state")),
        ("CANTEEN_HOME".into(), below("canteen")),
        ("CANTEEN_LOG".into(), "info".into()),
        // WebKit makes of C.UTF-8 a language that no Intl function takes.
        ("LANG".into(), "en_US.UTF-8".into()),
        ("TZ".into(), "Europe/Berlin".into()),
        ("GDK_BACKEND".into(), "x11".into()),
        // No accessibility bus stands on a bus without services, and GTK would wait for it.
        ("NO_AT_BRIDGE".into(), "1".into()),
        ("GTK_A11Y".into(), "none".into()),
        ("GSETTINGS_BACKEND".into(), "memory".into()),
        // Software rendering either way; this paints in half the time.
        ("WEBKIT_DISABLE_DMABUF_RENDERER".into(), "1".into()),
    ])
}

fn private_folder(folder: &Path) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
