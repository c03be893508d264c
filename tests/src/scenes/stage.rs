use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use canteen_app::call::Call;
use canteen_app::client::{self, Client};
use canteen_app::wire::{Computer, Nudge, Sighting};
use canteen_os::SystemClock;
use canteen_types::{Clock as _, Digest, Grade, Verdict};

use super::disguise::{Disguise, Worn};
use crate::engines::{self, Engine};
use crate::{Home, Keyring, Organisation, Parts, Programs, Running, eventually, weights};

/// How long a scene goes on when nothing is noticed.
const PATIENCE: Duration = Duration::from_secs(25);
const STEP: Duration = Duration::from_millis(20);

/// A person's computer with the host, and a company that approved SmolLM2.
#[derive(Debug)]
pub struct Stage {
    client: Client,
    host: Running,
    scenes: u8,
    _company: Organisation,
    /// The computer.
    pub home: Home,
}

/// One use of a model.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// By which program.
    pub engine: Engine,
    /// In what.
    pub disguise: Disguise,
}

/// What the host made of a use.
#[derive(Clone, Debug)]
pub struct Noticed {
    /// Since the program was started.
    pub after: Duration,
    /// How far it took the use to be.
    pub grade: Grade,
    /// What it calls the model.
    pub name: String,
    /// What it calls the program.
    pub holder: Option<String>,
    /// Once the digest was known.
    pub verdict: Option<Verdict>,
}

/// What became of a scene.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// When the program said that the weights are there.
    pub loaded: Duration,
    /// `None` when nothing was.
    pub noticed: Option<Noticed>,
    /// Noticed to be over once it was.
    pub released: bool,
}

impl Stage {
    /// With notifications, so many a day; the host is ready and has looked through everything once.
    ///
    /// # Errors
    /// When a part is missing.
    pub async fn open(notifications_a_day: u8) -> Result<Self> {
        Self::open_with(Programs::find()?, notifications_a_day).await
    }

    /// As [`Stage::open`], with other programs than those that were built.
    ///
    /// # Errors
    /// As [`Stage::open`].
    pub async fn open_with(programs: Programs, notifications_a_day: u8) -> Result<Self> {
        let parts = Parts { bus: true, keyring: Keyring::Unlocked, notifications: true, display: false };
        let home = Home::start_with(parts, programs)?;
        let company = Organisation::found(&home)?;
        company.approve("smollm2", &weights::smollm2()?, "")?;
        let policy = company.path();
        let a_day = notifications_a_day.to_string();
        let set = ["policy", "set"].map(std::ffi::OsStr::new).into_iter().chain([policy.as_os_str()]);
        company.admin(set.chain(["--nudges-per-day", &a_day, "--quiet-days", "0"].map(std::ffi::OsStr::new)))?.succeeded()?;
        company.publish()?;
        company.join(&home)?;
        let host = home.serve()?;
        let client = client::connect(&home.environment()).await?.context("the host answers")?;
        let mut stage = Self { client, host, scenes: 0, _company: company, home };
        stage.client.call::<serde_json::Value>(Call::SyncCatalogue).await?;
        stage.client.call::<Computer>(Call::ScanNow).await?;
        Ok(stage)
    }

    /// The host.
    #[must_use]
    pub const fn host(&self) -> &Running {
        &self.host
    }

    /// What the host shows on the screen *This computer*.
    ///
    /// # Errors
    /// When the host is gone.
    pub async fn computer(&mut self) -> Result<Computer> {
        Ok(self.client.call(Call::ListSightings).await?)
    }

    /// Its nudges.
    ///
    /// # Errors
    /// When the host is gone.
    pub async fn nudges(&mut self) -> Result<Vec<Nudge>> {
        Ok(self.client.call(Call::ListNudges).await?)
    }

    /// Ends the host as a log-out does, and starts it again.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn restart(&mut self) -> Result<()> {
        self.home.canteen(["quit"])?.succeeded()?;
        self.host.wait()?;
        self.host = self.home.serve()?;
        // What the one before said stands in the log, too.
        let environment = self.home.environment();
        self.client = eventually("the host", || client::connect(&environment)).await?;
        Ok(())
    }

    /// A name that no other scene has, and weights by it that nobody approved: a few megabytes of `of` are read, one bit differs.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn weights(&mut self, of: &Path) -> Result<(String, PathBuf)> {
        self.scenes = self.scenes.checked_add(1).context("255 scenes are enough for one computer")?;
        let mark = format!("scene-{}", self.scenes);
        // Prepared where nobody looks, so that it comes whole.
        let path = self.home.path(&mark);
        engines::altered_by(of, &path, self.scenes)?;
        Ok((mark, path))
    }

    /// Plays a scene to its end.
    ///
    /// # Errors
    /// When the program cannot be had, or does not load.
    pub async fn play(&mut self, scene: Scene) -> Result<Outcome> {
        let Scene { engine, disguise } = scene;
        let (mark, path) = self.weights(&engine.weights()?)?;
        let worn = disguise.wear(&self.home, &path, &mark)?;
        let digest = Digest::of(&fs_err::read(&worn.file)?);
        if worn.file.starts_with(self.home.downloads()) {
            self.known(&mark).await?;
        }
        let outcome = self.watch(scene, &worn, (&mark, digest)).await;
        if worn.file.exists() {
            fs_err::remove_file(&worn.file)?;
        }
        for rest in fs_err::read_dir(self.home.downloads())?.flatten() {
            if rest.file_name().to_string_lossy().starts_with(&format!("{mark}-")) {
                fs_err::remove_file(rest.path())?;
            }
        }
        outcome
    }

    /// The file was found and judged while nobody used it.
    async fn known(&mut self, mark: &str) -> Result<()> {
        let client = tokio::sync::Mutex::new(&mut self.client);
        eventually("the file to be known", || async {
            let computer: Computer = client.lock().await.call(Call::ListSightings).await?;
            Ok::<_, anyhow::Error>(
                computer.sightings.iter().any(|one| one.path.contains(mark) && one.verdict.is_some()).then_some(()),
            )
        })
        .await
    }

    async fn watch(&mut self, scene: Scene, worn: &Worn, is: (&str, Digest)) -> Result<Outcome> {
        let mut command = worn.command(&self.home, scene.engine, scene.disguise)?;
        let from = SystemClock.monotonic();
        let mut program = Running::start_with_all(&mut command, self.home.path("logs").join(is.0), scene.engine.words())?;
        let mut loaded = None;
        let mut noticed: Option<Noticed> = None;
        while SystemClock.monotonic() - from < PATIENCE {
            let now = SystemClock.monotonic() - from;
            if loaded.is_none() && program.said().contains(scene.engine.when_loaded()) {
                loaded = Some(now);
                if scene.disguise == Disguise::Deleted {
                    fs_err::remove_file(&worn.file)?;
                } else if scene.disguise == Disguise::Replaced {
                    worn.replace()?;
                }
            }
            let computer = self.computer().await?;
            if let Some(sighting) = computer.sightings.iter().find(|one| is_used(one, is)) {
                let after = noticed.as_ref().map_or(now, |noticed| noticed.after);
                noticed = Some(Noticed::of(sighting, after));
            }
            if loaded.is_some() && noticed.as_ref().is_some_and(|noticed| noticed.verdict.is_some()) {
                break;
            }
            tokio::time::sleep(STEP).await;
        }
        let loaded = loaded.with_context(|| format!("{} did not load: {}", scene.engine.words(), program.said()))?;
        program.kill()?;
        let released = match noticed {
            Some(_) => self.released(is).await?,
            None => true,
        };
        Ok(Outcome { loaded, noticed, released })
    }

    async fn released(&mut self, is: (&str, Digest)) -> Result<bool> {
        let from = SystemClock.monotonic();
        while SystemClock.monotonic() - from < PATIENCE {
            if !self.computer().await?.sightings.iter().any(|one| is_used(one, is)) {
                return Ok(true);
            }
            tokio::time::sleep(STEP).await;
        }
        Ok(false)
    }

    /// Names of what is said to be in use below the home, or to be worth a nudge, beside `but`.
    ///
    /// # Errors
    /// When the host is gone.
    pub async fn alarms(&mut self) -> Result<Vec<String>> {
        let computer = self.computer().await?;
        let root = self.home.path("").display().to_string();
        let ours = |sighting: &&Sighting| sighting.path.starts_with("~/") || sighting.path.starts_with(&root);
        let used = computer.sightings.iter().filter(ours).filter(|sighting| sighting.grade > Grade::Arriving);
        let mut alarms: Vec<String> =
            used.map(|sighting| format!("{} by {:?}: {:?}", sighting.path, sighting.holder, sighting.evidence)).collect();
        let own: Vec<_> = computer.sightings.iter().filter(ours).map(|sighting| sighting.id).collect();
        alarms.extend(self.nudges().await?.into_iter().filter(|nudge| own.contains(&nudge.sighting)).map(|nudge| nudge.title));
        Ok(alarms)
    }

    /// Waits until `wanted` holds of what the host shows.
    ///
    /// # Errors
    /// When it never does.
    pub async fn shows(&mut self, what: &str, wanted: impl Fn(&Computer) -> bool) -> Result<Computer> {
        let client = tokio::sync::Mutex::new(&mut self.client);
        let wanted = &wanted;
        eventually(what, || async {
            let computer: Computer = client.lock().await.call(Call::ListSightings).await?;
            Ok::<_, anyhow::Error>(wanted(&computer).then_some(computer))
        })
        .await
    }
}

/// In use, and this one: by its bytes, or by a name while they are not known.
fn is_used(sighting: &Sighting, (mark, digest): (&str, Digest)) -> bool {
    let named = |path: &str| {
        path.split(['/', '.', ' ', ':']).any(|part| part == mark || part.ends_with(&format!("-{mark}")))
            || path.contains(&format!("{mark}-0"))
    };
    sighting.grade >= Grade::Loaded && (sighting.digest == Some(digest) || sighting.digest.is_none() && named(&sighting.path))
}

impl Noticed {
    fn of(sighting: &Sighting, after: Duration) -> Self {
        Self {
            after,
            grade: sighting.grade,
            name: sighting.name.clone(),
            holder: sighting.holder.clone(),
            verdict: sighting.verdict,
        }
    }
}
