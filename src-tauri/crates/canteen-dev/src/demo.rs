//! A company to try Canteen with: its keys are made on this computer, its catalogue is signed by `canteen-admin`, its model
//! mirror is a folder with real weights, and a home of Canteen has joined it. Everything lies below one folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::weights::{self, Step, Weights, WeightsError};

/// Name of the company, as its employees see it.
pub const ORGANISATION: &str = "Brightwater (demo company)";

/// What IT says about each model; the file says the rest.
static ENTRIES: [(&str, &Weights, &str); 3] = [
    ("smollm2-135m-instruct", &weights::SMOLLM2, include_str!("../demo/smollm2-135m-instruct.toml")),
    ("gemma-3-270m", &weights::GEMMA, include_str!("../demo/gemma-3-270m.toml")),
    ("all-minilm-l6-v2", &weights::MINILM, include_str!("../demo/all-minilm-l6-v2.toml")),
];

/// Signatures of a catalogue run out, so that nobody can be held on an old one; IT signs again before that, and so does this.
const SIGN_AGAIN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Why there is no demo company.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The models.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// `canteen-admin` is not beside this program.
    #[error("canteen-admin is missing in {}. Build it: cargo build --workspace --bins", .0.display())]
    NoAdmin(PathBuf),
    /// `canteen-admin` refused.
    #[error("canteen-admin {command} failed: {said}")]
    Admin {
        /// What it was asked to do.
        command: String,
        /// What it said.
        said: String,
    },
    /// No random bytes.
    #[error("The system gave no random bytes for the passphrase of the demo's keys. Try again.")]
    NoEntropy,
    /// The disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What is being done, for whoever waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// About weights.
    Weights(Step<'a>),
    /// Keys are made.
    Keys,
    /// A model is described.
    Entry(&'a str),
    /// The catalogue is signed.
    Signing,
    /// Nothing was to do.
    Ready,
}

/// Where a demo company is set up, and with what.
#[derive(Clone, Debug)]
pub struct Demo {
    /// `CANTEEN_HOME` of the person who has joined.
    pub home: PathBuf,
    /// Where weights are kept between demos.
    pub cache: PathBuf,
    /// The folder of `canteen-admin`.
    pub programs: PathBuf,
}

impl Demo {
    /// The company's own folder, as `canteen-admin` knows it.
    #[must_use]
    pub fn company(&self) -> PathBuf {
        self.home.join("company")
    }

    /// What employees' computers read.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.company().join("repository")
    }

    /// What employees' computers pin.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.company().join("root.json")
    }

    /// The folder that stands for the company's model mirror.
    #[must_use]
    pub fn mirror(&self) -> PathBuf {
        self.company().join("mirror")
    }

    /// Protects the demo's keys. Beside them, because they protect nothing.
    fn passphrase(&self) -> PathBuf {
        self.home.join("demo-passphrase")
    }

    /// Stands when everything else does; renewed with every signing.
    fn mark(&self) -> PathBuf {
        self.home.join("demo-ready")
    }

    /// Sets the company up once; later only signs again, when a day has passed.
    ///
    /// # Errors
    /// No weights, no `canteen-admin`, no space. What was half done is done again next time.
    pub fn set_up(&self, say: &mut dyn FnMut(Progress<'_>)) -> Result<(), DemoError> {
        let age = fs_err::metadata(self.mark()).and_then(|meta| meta.modified()).map(|at| at.elapsed().unwrap_or_default());
        match age {
            Ok(age) if age < SIGN_AGAIN_AFTER => say(Progress::Ready),
            Ok(_) => self.publish(say)?,
            Err(_) => self.found(say)?,
        }
        Ok(())
    }

    fn found(&self, say: &mut dyn FnMut(Progress<'_>)) -> Result<(), DemoError> {
        for (_, weights, _) in &ENTRIES {
            weights.fetch(&self.cache, &mut |step| say(Progress::Weights(step)))?;
        }
        make_private(&self.home)?;
        let company = self.company();
        if company.exists() {
            fs_err::remove_dir_all(&company)?;
        }
        say(Progress::Keys);
        let mut secret = [0_u8; 24];
        getrandom::fill(&mut secret).map_err(|_| DemoError::NoEntropy)?;
        write_private(&self.passphrase(), hex::encode(secret).as_bytes())?;
        self.admin(Command::new("").arg("init").arg(&company).args(["--organisation", ORGANISATION]))?;
        self.fill_mirror()?;
        let entries = company.join("entries");
        fs_err::create_dir_all(&entries)?;
        let terms = weights::GEMMA.licence_in(&self.cache).map(fs_err::read_to_string).transpose()?.unwrap_or_default();
        fs_err::write(entries.join("gemma-terms.txt"), crate::plain_text(&terms))?;
        for (id, weights, text) in &ENTRIES {
            say(Progress::Entry(id));
            let entry = entries.join(format!("{id}.toml"));
            fs_err::write(&entry, text)?;
            let file = weights.path_in(&self.mirror());
            let mut add = Command::new("");
            add.args(["model", "add"])
                .arg(&company)
                .arg("--file")
                .arg(&file)
                .arg("--entry")
                .arg(&entry)
                .arg("--source")
                .arg(&file);
            self.admin(&add)?;
        }
        self.publish(say)?;
        self.join()?;
        fs_err::write(self.mark(), "")?;
        Ok(())
    }

    fn publish(&self, say: &mut dyn FnMut(Progress<'_>)) -> Result<(), DemoError> {
        say(Progress::Signing);
        self.admin(Command::new("").arg("publish").arg(self.company()))?;
        if self.mark().exists() {
            fs_err::write(self.mark(), "")?;
        }
        Ok(())
    }

    /// A second name for the same bytes where the disk can, a copy where not.
    fn fill_mirror(&self) -> Result<(), DemoError> {
        fs_err::create_dir_all(self.mirror())?;
        for (_, weights, _) in &ENTRIES {
            let (from, to) = (weights.path_in(&self.cache), weights.path_in(&self.mirror()));
            if fs_err::hard_link(&from, &to).is_err() {
                fs_err::copy(&from, &to)?;
            }
        }
        Ok(())
    }

    /// Leaves the place and the root where a host finds them at its start, as a set-up script of IT would. A host verifies
    /// both before it believes them; no store and no keyring are needed here.
    fn join(&self) -> Result<(), DemoError> {
        let config = self.home.join("config");
        make_private(&config)?;
        let root = fs_err::read_to_string(self.root())?;
        let joined = serde_json::json!({ "location": self.repository(), "root": root });
        fs_err::write(config.join("catalogue.json"), format!("{joined:#}\n"))?;
        Ok(())
    }

    fn admin(&self, wanted: &Command) -> Result<(), DemoError> {
        let program = self.programs.join(format!("canteen-admin{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            return Err(DemoError::NoAdmin(self.programs.clone()));
        }
        let ended = Command::new(program)
            .arg("--passphrase-file")
            .arg(self.passphrase())
            .args(wanted.get_args())
            .stdin(Stdio::null())
            .output()?;
        if ended.status.success() {
            return Ok(());
        }
        let command = wanted.get_args().take(2).map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        Err(DemoError::Admin { command, said: String::from_utf8_lossy(&ended.stderr).trim().to_owned() })
    }
}

#[cfg(unix)]
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    std::fs::DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;

    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs_err::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

/// On Windows a folder in a person's own data has the access list of its parent: that person alone.
#[cfg(not(unix))]
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs_err::write(path, bytes)
}
