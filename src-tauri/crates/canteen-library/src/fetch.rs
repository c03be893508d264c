use canteen_types::{Artifact, Source};
use tokio::time::{Instant, timeout};
use tokio_util::bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::disk::{Disk, Ended, blocking};
use crate::limits::Floor;
use crate::partial::Finished;
use crate::progress::Reporter;
use crate::source::{self, Fault, source_name};
use crate::{FetchLimits, Library, LibraryError, Origin, Progress, Stored};

/// Once all bytes are there, a source is given this long to send one too many.
const LAST_WORD: std::time::Duration = std::time::Duration::from_secs(1);

impl Library {
    /// Brings the bytes of `artifact` into the library: goes on from what an earlier try left, asks the sources in their order,
    /// and checks every byte. `progress` is called about ten times a second.
    ///
    /// *Pause* is `cancel` (or dropping the future): what is there stays and the next call goes on from it. *Cancel* is `cancel`,
    /// then [`Library::discard_partial`].
    ///
    /// # Errors
    /// [`LibraryError::DiskFull`] before the first byte or in the middle; what the gravest of the sources did when none gave
    /// the right bytes; [`LibraryError::Cancelled`]; [`LibraryError::Busy`]; [`LibraryError::Io`].
    pub async fn fetch(
        &self,
        artifact: &Artifact,
        cancel: CancellationToken,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Stored, LibraryError> {
        let claim = self.claim(artifact.digest)?;
        if let Some(stored) = self.already_there(artifact, &cancel).await? {
            return Ok(stored);
        }
        let (disk, at) = Disk::open(self, artifact, &cancel, claim).await?;
        let reporter = Reporter::new(artifact.size, progress);
        reporter.say(at);
        let mut transfer = Transfer { artifact, limits: self.limits(), cancel, disk, reporter, at, best: at };
        let outcome = transfer.run().await;
        transfer.end(outcome).await
    }

    /// A file that stands under its name counts only after its digest was taken again; a damaged one makes room.
    async fn already_there(&self, artifact: &Artifact, cancel: &CancellationToken) -> Result<Option<Stored>, LibraryError> {
        if !self.path_of(&artifact.digest).exists() {
            return Ok(None);
        }
        let (library, wanted, cancel) = (self.clone(), artifact.clone(), cancel.clone());
        match blocking(move || library.open_verified(&wanted, &cancel)).await {
            Ok(_) => Ok(Some(self.stored(artifact, Origin::Library))),
            Err(LibraryError::Missing { .. }) => Ok(None),
            Err(LibraryError::Altered { .. }) => {
                tracing::warn!(digest = %artifact.digest, "a file in the library was altered; it is fetched again");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn stored(&self, artifact: &Artifact, origin: Origin) -> Stored {
        Stored { digest: artifact.digest, size: artifact.size, path: self.path_of(&artifact.digest), origin }
    }
}

/// Why a transfer does not go on.
enum Halt {
    /// This source failed; another may do.
    Source(Fault),
    /// The caller said stop.
    Cancelled,
    /// The writing thread has ended.
    Disk,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Source(fault)
    }
}

impl From<Ended> for Halt {
    fn from(_: Ended) -> Self {
        Self::Disk
    }
}

/// How the whole transfer went.
enum Outcome {
    Stored(Stored),
    /// No source gave the right bytes.
    Failed(LibraryError),
    Cancelled,
    Disk,
}

struct Transfer<'a, F> {
    artifact: &'a Artifact,
    limits: &'a FetchLimits,
    cancel: CancellationToken,
    disk: Disk,
    reporter: Reporter<F>,
    /// Bytes handed to the disk.
    at: u64,
    /// The furthest that `at` has been: a source that begins at 0 each time must not look like headway.
    best: u64,
}

impl<F: Fn(Progress) + Send + Sync> Transfer<'_, F> {
    async fn run(&mut self) -> Outcome {
        let mut gravest: Option<LibraryError> = None;
        for source in &self.artifact.sources {
            let halt = match self.draw(source).await {
                Ok(Finished::Stored(path)) => {
                    let origin = Origin::Source(source_name(source));
                    return Outcome::Stored(Stored { digest: self.artifact.digest, size: self.artifact.size, path, origin });
                }
                Ok(Finished::Wrong(found)) => {
                    (self.at, self.best) = (0, 0);
                    Ok(LibraryError::WrongDigest { from: source_name(source), expected: self.artifact.digest, found })
                }
                Err(Halt::Source(fault)) => Ok(fault.into_error(source, self.artifact.size, self.limits)),
                Err(Halt::Cancelled) => Err(Outcome::Cancelled),
                Err(Halt::Disk) => Err(Outcome::Disk),
            };
            match halt {
                Ok(error) => {
                    tracing::warn!(%error, "a source failed");
                    if gravest.as_ref().is_none_or(|known| gravity(&error) >= gravity(known)) {
                        gravest = Some(error);
                    }
                }
                Err(outcome) => return outcome,
            }
        }
        Outcome::Failed(gravest.unwrap_or_else(|| LibraryError::SourceGone {
            from: "The model".to_owned(),
            why: "the catalogue names no source for it".to_owned(),
        }))
    }

    /// Asks one source until all is there, or it fails too often in a row.
    async fn draw(&mut self, source: &Source) -> Result<Finished, Halt> {
        let mut tries = 0u32;
        let mut gave = false;
        while self.at < self.artifact.size.bytes() {
            let best = self.best;
            let Err(halt) = self.once(source).await else { break };
            let headway = self.best.saturating_sub(best);
            gave |= headway > 0;
            tries = if headway >= self.limits.headway { 1 } else { tries.saturating_add(1) };
            let may_pass = match &halt {
                Halt::Source(Fault::Cut(_) | Fault::Unavailable(_)) => true,
                // A server that restarts refuses connections for a moment; one that never answered is not waited for.
                Halt::Source(Fault::Gone(_)) => gave,
                Halt::Source(_) | Halt::Cancelled | Halt::Disk => false,
            };
            if !may_pass || tries >= self.limits.attempts {
                return Err(halt);
            }
            let pause = self.limits.backoff.saturating_mul(1 << (tries - 1).min(5));
            if timeout(pause, self.cancel.cancelled()).await.is_ok() {
                return Err(Halt::Cancelled);
            }
        }
        Ok(self.disk.finish().await?)
    }

    /// One connection, from opening to its end.
    async fn once(&mut self, source: &Source) -> Result<(), Halt> {
        let cancel = self.cancel.clone();
        let size = self.artifact.size.bytes();
        let mut opened = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Halt::Cancelled),
            opened = source::open(source, self.at, size, self.limits) => opened?,
        };
        if opened.from_start {
            self.disk.restart().await?;
            self.at = 0;
        }
        let mut floor = Floor::new(self.limits);
        loop {
            let complete = self.at == size;
            let patience = if complete { LAST_WORD } else { floor.patience() };
            let asked = Instant::now();
            let piece = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Halt::Cancelled),
                piece = timeout(patience, opened.next()) => piece,
            };
            match piece {
                Ok(None) if complete => return Ok(()),
                Ok(None) => return Err(Fault::Truncated(self.at).into()),
                // The digest decides; a connection that stays open is no reason to throw everything away.
                Ok(Some(Err(_))) | Err(_) if complete => return Ok(()),
                Ok(Some(Err(fault))) => return Err(fault.into()),
                Err(_) if floor.holds(asked.elapsed(), 0) => {}
                Err(_) => return Err(Fault::TooSlow.into()),
                Ok(Some(Ok(bytes))) => {
                    let holds = floor.holds(asked.elapsed(), bytes.len() as u64);
                    self.take(bytes).await?;
                    if !holds {
                        return Err(Fault::TooSlow.into());
                    }
                }
            }
        }
    }

    async fn take(&mut self, bytes: Bytes) -> Result<(), Halt> {
        let at = self.at.saturating_add(bytes.len() as u64);
        if at > self.artifact.size.bytes() {
            // Who sends too much does not send this file: none of it is kept.
            self.disk.restart().await?;
            (self.at, self.best) = (0, 0);
            return Err(Fault::TooLarge.into());
        }
        self.disk.write(bytes).await?;
        self.at = at;
        self.best = self.best.max(at);
        self.reporter.at(at);
        Ok(())
    }

    async fn end(self, outcome: Outcome) -> Result<Stored, LibraryError> {
        match outcome {
            Outcome::Stored(stored) => {
                self.disk.keep().await?;
                self.reporter.say(self.artifact.size.bytes());
                Ok(stored)
            }
            Outcome::Cancelled => self.disk.keep().await.and(Err(LibraryError::Cancelled)),
            Outcome::Failed(error) if self.at == 0 => self.disk.discard().await.and(Err(error)),
            Outcome::Failed(error) => self.disk.keep().await.and(Err(error)),
            Outcome::Disk => {
                let ended = std::io::Error::other("the writing thread ended early");
                self.disk.keep().await.and(Err(LibraryError::Io { what: "write the model", cause: ended }))
            }
        }
    }
}

/// Which of several failures the person should hear of: altered bytes before absent ones.
#[expect(clippy::wildcard_enum_match_arm, reason = "only three kinds stand out")]
fn gravity(error: &LibraryError) -> u8 {
    match error {
        LibraryError::WrongDigest { .. } => 3,
        LibraryError::TooLarge { .. } => 2,
        LibraryError::Truncated { .. } => 1,
        _ => 0,
    }
}
