use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_policy::{Policy, catalogue_state};
use canteen_signatures::Signatures;
use canteen_types::{CatalogueState, EntryId, Timestamp};
use tokio::runtime::Handle;

use crate::assemble::{Content, assemble};
use crate::departments::Ignored;
use crate::kept::{Kept, load_time, names, save_time};
use crate::limits::{ROOT_BYTES, ROOTS_KEPT, ROOTS_PER_CHECK, SNAPSHOT_BYTES, TIMESTAMP_BYTES};
use crate::supply::Supply;
use crate::transport::{Patience, Transport};
use crate::trust::{Expiry, Trust};
use crate::{Catalogue, CatalogueError, Location, MetadataStore, SignedRole, Verified};

/// No clock is believed to be earlier than this: 2026-11-01T00:00:00Z, raised with each release.
const BUILD_FLOOR: Timestamp = Timestamp::from_millis(1_793_491_200_000);
/// The largest time ever seen is written at every check, and between checks when it grew by this much.
const LATEST_STEP: Duration = Duration::from_secs(60);

/// A verified catalogue with its rules, and how old it is.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The entries.
    pub catalogue: Verified<Catalogue>,
    /// The rules.
    pub policy: Verified<Policy>,
    /// What the organisation knows about runners, besides what Canteen knows by itself.
    pub runner_signatures: Option<Verified<Signatures>>,
    /// When the first of its signatures runs out.
    pub expires: Timestamp,
    /// The last check that succeeded.
    pub refreshed: Timestamp,
    /// What was left out, for IT to see.
    pub ignored: Vec<Ignored>,
    /// Which keys signed it, from the root down.
    pub signatures: Vec<SignedRole>,
    /// Role names of the departments, for the entries that departments published.
    pub departments: BTreeMap<EntryId, String>,
    latest: Timestamp,
}

impl Snapshot {
    /// The signed files that vouch for this entry, from the root down: the organisation's, and its department's where it has one.
    #[must_use]
    pub fn signatures_of(&self, entry: &EntryId) -> Vec<&SignedRole> {
        let department = self.departments.get(entry);
        let vouches = |role: &str| !role.starts_with("dept-") || department.is_some_and(|own| own == role);
        self.signatures.iter().filter(|signed| vouches(&signed.role)).collect()
    }

    /// Where it stands at `now`. A clock that was set back does not make it younger: the largest time ever seen wins.
    #[must_use]
    pub fn state_at(&self, now: Timestamp, policy: &Policy) -> CatalogueState {
        catalogue_state(policy, self.expires, self.refreshed, now.max(self.latest))
    }
}

/// Reads one repository. Cloning is cheap; all clones take turns.
#[derive(Clone)]
pub struct CatalogueClient {
    inner: Arc<Inner>,
}

struct Inner {
    pinned: Vec<u8>,
    store: Arc<dyn MetadataStore>,
    transport: Transport,
    turn: Mutex<()>,
}

impl std::fmt::Debug for CatalogueClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CatalogueClient").finish_non_exhaustive()
    }
}

impl CatalogueClient {
    /// `pinned_root` is the root file that came with the invitation; every check begins there.
    ///
    /// # Errors
    /// [`CatalogueError::NotJoined`] without a root, [`CatalogueError::BadRoot`] and [`CatalogueError::BadLocation`] for what
    /// cannot be used. Nothing is fetched.
    pub fn open(location: &Location, pinned_root: Vec<u8>, store: Arc<dyn MetadataStore>) -> Result<Self, CatalogueError> {
        Self::open_with(location, pinned_root, store, Patience::default())
    }

    /// [`Self::open`] with other time limits.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        location: &Location,
        pinned_root: Vec<u8>,
        store: Arc<dyn MetadataStore>,
        patience: Patience,
    ) -> Result<Self, CatalogueError> {
        Trust::pinned(&pinned_root, Expiry::Ignored)?;
        let transport = Transport::new(location, patience)?;
        Ok(Self { inner: Arc::new(Inner { pinned: pinned_root, store, transport, turn: Mutex::new(()) }) })
    }

    /// Looks for a newer catalogue. On any error the last good one stays; [`Self::last_good`] still gives it.
    ///
    /// Runs on tokio's blocking pool: signatures are computing work and the store may wait for a disk.
    ///
    /// # Errors
    /// Why there is no newer one.
    pub async fn refresh(&self, now: Timestamp) -> Result<Snapshot, CatalogueError> {
        let inner = Arc::clone(&self.inner);
        let handle = Handle::current();
        match tokio::task::spawn_blocking(move || inner.refresh(now, &handle)).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(cancelled) => Err(CatalogueError::Unreachable {
                    because: "Canteen is being closed".to_owned(),
                    source: Some(cancelled.into()),
                }),
            },
        }
    }

    /// The last good catalogue, verified anew from the pinned root; `None` before the first. Touches no network. Its age is
    /// a state ([`Snapshot::state_at`]), not an error.
    ///
    /// # Errors
    /// [`CatalogueError::KeptDamaged`] when the kept copy was altered, [`CatalogueError::StoreFailed`].
    pub fn last_good(&self, now: Timestamp) -> Result<Option<Snapshot>, CatalogueError> {
        self.inner.last_good(now)
    }
}

impl Inner {
    fn refresh(&self, now: Timestamp, handle: &Handle) -> Result<Snapshot, CatalogueError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let store = self.store.as_ref();
        let now = self.latest(now)?;
        save_time(store, names::LATEST, now)?;
        // A damaged copy is no reason not to fetch a good one.
        let kept = Kept::load(store).unwrap_or_default();

        let mut trust = Trust::pinned(&self.pinned, Expiry::At(now))?;
        self.replay_roots(&mut trust, None)?;
        self.follow_roots(&mut trust, handle)?;
        trust.check_root_age()?;

        let mut keep = Kept { root_version: trust.root_version(), ..Kept::default() };
        let supply = Supply::Repository { transport: &self.transport, handle, kept: kept.as_ref() };
        self.timestamp(&mut trust, &mut keep, handle)?;
        self.snapshot(&mut trust, &mut keep, handle)?;
        let content = assemble(&mut trust, &supply, &mut keep)?;

        if kept.as_ref() != Some(&keep) {
            keep.save(store)?;
        }
        save_time(store, names::REFRESHED, now)?;
        Ok(snapshot(content, now, now))
    }

    /// The largest of the clock, the largest time ever seen, and the build.
    fn latest(&self, now: Timestamp) -> Result<Timestamp, CatalogueError> {
        let seen = load_time(self.store.as_ref(), names::LATEST)?;
        Ok(now.max(seen.unwrap_or(BUILD_FLOOR)).max(BUILD_FLOOR))
    }

    /// Walks the roots that were accepted before, up to `until`. Stops at the first that does not fit: the rest is fetched
    /// again.
    fn replay_roots(&self, trust: &mut Trust, until: Option<u64>) -> Result<(), CatalogueError> {
        for _ in 0..ROOTS_KEPT {
            if until.is_some_and(|until| trust.root_version() >= until) {
                break;
            }
            let Some(next) = trust.root_version().checked_add(1) else { break };
            let Some(bytes) = self.store.load(&names::root(next))? else { break };
            if let Err(error) = trust.accept_root(&bytes) {
                tracing::warn!(version = next, %error, "a kept root does not follow from the pinned one");
                break;
            }
        }
        Ok(())
    }

    /// Fetches one root after the other until there is none; each is kept as soon as it is verified.
    fn follow_roots(&self, trust: &mut Trust, handle: &Handle) -> Result<(), CatalogueError> {
        for _ in 0..ROOTS_PER_CHECK {
            let Some(next) = trust.root_version().checked_add(1) else { return Ok(()) };
            let name = format!("{next}.root.json");
            let Some(bytes) = self.transport.fetch(&["metadata", &name], ROOT_BYTES, handle)? else { return Ok(()) };
            trust.accept_root(&bytes)?;
            self.store.save(&names::root(next), &bytes)?;
        }
        Err(CatalogueError::ManyRoots { followed: ROOTS_PER_CHECK })
    }

    fn timestamp(&self, trust: &mut Trust, keep: &mut Kept, handle: &Handle) -> Result<(), CatalogueError> {
        let floor = self.store.load(names::FLOOR_TIMESTAMP)?;
        if let Some(bytes) = &floor {
            trust.seed_timestamp(bytes);
        }
        let offered = self.transport.fetch(&["metadata", "timestamp.json"], TIMESTAMP_BYTES, handle)?;
        let offered = offered.ok_or_else(|| CatalogueError::Missing { name: "timestamp.json".to_owned() })?;
        if trust.accept_timestamp(&offered)? {
            self.store.save(names::FLOOR_TIMESTAMP, &offered)?;
            keep.keep_role("timestamp", offered)
        } else {
            // Of two files with one version the first one seen is the one that counts.
            keep.keep_role("timestamp", floor.unwrap_or(offered))
        }
    }

    fn snapshot(&self, trust: &mut Trust, keep: &mut Kept, handle: &Handle) -> Result<(), CatalogueError> {
        let floor = self.store.load(names::FLOOR_SNAPSHOT)?;
        if let Some(bytes) = &floor {
            trust.seed_snapshot(bytes);
        }
        let digest = trust.snapshot_digest();
        let known = floor.filter(|bytes| digest == Some(canteen_types::Digest::of(bytes)));
        let (bytes, new) = match known {
            Some(bytes) => (bytes, false),
            None => {
                let name = trust.snapshot_name()?;
                let fetched = self.transport.fetch(&["metadata", &name], SNAPSHOT_BYTES, handle)?;
                (fetched.ok_or(CatalogueError::Missing { name })?, true)
            }
        };
        trust.accept_snapshot(&bytes)?;
        if new {
            self.store.save(names::FLOOR_SNAPSHOT, &bytes)?;
        }
        keep.keep_role("snapshot", bytes)
    }

    fn last_good(&self, now: Timestamp) -> Result<Option<Snapshot>, CatalogueError> {
        let store = self.store.as_ref();
        let now = self.latest(now)?;
        let seen = load_time(store, names::LATEST)?;
        if seen.is_none_or(|seen| now.since(seen) >= LATEST_STEP) {
            save_time(store, names::LATEST, now)?;
        }
        let Some(kept) = Kept::load(store)? else { return Ok(None) };
        let content = self.verify_kept(&kept).map_err(|error| {
            let store_failed = matches!(error, CatalogueError::StoreFailed { .. });
            if store_failed { error } else { CatalogueError::KeptDamaged { because: error.to_string() } }
        })?;
        // Without a record of the last check, it is as old as its signatures say at most.
        let refreshed = load_time(store, names::REFRESHED)?.unwrap_or(content.catalogue.published);
        Ok(Some(snapshot(content, refreshed, now)))
    }

    fn verify_kept(&self, kept: &Kept) -> Result<Content, CatalogueError> {
        let mut trust = Trust::pinned(&self.pinned, Expiry::Ignored)?;
        self.replay_roots(&mut trust, Some(kept.root_version))?;
        if trust.root_version() != kept.root_version {
            let what = format!("root {} of the kept catalogue", kept.root_version);
            return Err(CatalogueError::Mixed { what });
        }
        let supply = Supply::Kept(kept);
        trust.accept_timestamp(&supply.role("timestamp", "timestamp.json", None, TIMESTAMP_BYTES)?)?;
        trust.accept_snapshot(&supply.role("snapshot", "snapshot.json", None, SNAPSHOT_BYTES)?)?;
        assemble(&mut trust, &supply, &mut Kept::default())
    }
}

fn snapshot(content: Content, refreshed: Timestamp, latest: Timestamp) -> Snapshot {
    let Content { catalogue, policy, runner_signatures, expires, ignored, signatures, departments } = content;
    Snapshot { catalogue, policy, runner_signatures, expires, refreshed, ignored, signatures, departments, latest }
}
