//! The catalogue that this host goes by: the last one that was verified, where it stands, and why an update was refused.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use canteen_audit::Event;
use canteen_catalogue::{CatalogueClient, Location, MetadataStore, Snapshot, StoreFault, Verified};
use canteen_policy::Policy;
use canteen_signatures::Signatures;
use canteen_store::Store;
use canteen_types::{CatalogueState, Coded as _, Digest, Entry, EntryId, Group, Timestamp};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::call::Join;
use crate::fault::{AppError, fault};
use crate::lineage::Fingerprints;
use crate::wire::{CatalogueStatus, Fault, Topic};

const JOINED: &str = "catalogue.joined";

/// Longest root, in bytes; the reader's own limit.
const LONGEST_ROOT: usize = 512 * 1024;

/// Where the organisation publishes, and the root that everything is checked against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Joined {
    pub(crate) location: String,
    pub(crate) root: String,
}

/// Who joined a catalogue. The first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetBy {
    /// The organisation, for this computer.
    Managed,
    /// The person.
    Person,
    /// A set-up script, for this person.
    Preset,
}

/// What is known about the catalogue now.
#[derive(Debug, Default)]
pub(crate) struct Current {
    client: Option<Arc<CatalogueClient>>,
    snapshot: Option<Arc<Snapshot>>,
    refused: Option<Fault>,
    groups: Arc<BTreeSet<Group>>,
    /// Of the snapshot, once somebody has asked.
    fingerprints: OnceLock<Arc<Fingerprints>>,
    /// What Canteen knows about runners, and what the organisation knows besides, once somebody has asked.
    runners: OnceLock<Arc<Signatures>>,
}

/// Shared by every part of the app; the lock is held for copies only.
#[derive(Debug, Default)]
pub(crate) struct Shelf(RwLock<Current>);

impl Shelf {
    fn read<T>(&self, look: impl FnOnce(&Current) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, change: impl FnOnce(&mut Current)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.read(|current| current.snapshot.clone())
    }

    pub(crate) fn policy(&self) -> Policy {
        self.snapshot().map(|snapshot| Policy::clone(&snapshot.policy)).unwrap_or_default()
    }

    pub(crate) fn entry(&self, id: &EntryId) -> Option<Verified<Entry>> {
        self.snapshot()?.catalogue.entry(id)
    }

    pub(crate) fn entries(&self) -> Vec<Arc<Entry>> {
        self.snapshot().map(|snapshot| snapshot.catalogue.entries.clone()).unwrap_or_default()
    }

    /// What is approved for the groups that this computer belongs to.
    pub(crate) fn entries_for_me(&self) -> Vec<Arc<Entry>> {
        let groups = self.groups();
        self.entries().into_iter().filter(|entry| entry.is_for(&groups)).collect()
    }

    /// Read at the first question to each catalogue.
    pub(crate) fn fingerprints(&self) -> Arc<Fingerprints> {
        self.read(|current| {
            let entries = current.snapshot.as_ref().map(|snapshot| snapshot.catalogue.entries.as_slice()).unwrap_or_default();
            Arc::clone(current.fingerprints.get_or_init(|| Arc::new(Fingerprints::of(entries))))
        })
    }

    /// What is known about runners, the organisation's knowledge included.
    pub(crate) fn runners(&self) -> Arc<Signatures> {
        self.read(|current| {
            let own = current.snapshot.as_ref().and_then(|snapshot| snapshot.runner_signatures.as_deref());
            let whole = || {
                let built_in = Signatures::built_in();
                Arc::new(own.map_or_else(|| built_in.clone(), |own| built_in.extended_by(own)))
            };
            Arc::clone(current.runners.get_or_init(whole))
        })
    }

    /// Version of what the organisation knows about runners.
    pub(crate) fn runners_version(&self) -> Option<u32> {
        self.read(|current| current.snapshot.as_ref()?.runner_signatures.as_ref().map(|own| own.version()))
    }

    pub(crate) fn groups(&self) -> Arc<BTreeSet<Group>> {
        self.read(|current| Arc::clone(&current.groups))
    }

    pub(crate) fn is_for_me(&self, entry: &Entry) -> bool {
        entry.is_for(&self.groups())
    }

    pub(crate) fn state(&self, now: Timestamp) -> CatalogueState {
        self.read(|current| match &current.snapshot {
            None => CatalogueState::None,
            Some(snapshot) => snapshot.state_at(now, &snapshot.policy),
        })
    }

    pub(crate) fn status(&self, now: Timestamp) -> CatalogueStatus {
        let state = self.state(now).word();
        self.read(|current| {
            let snapshot = current.snapshot.as_deref();
            CatalogueStatus {
                state: state.to_owned(),
                organisation: snapshot.map(|snapshot| snapshot.catalogue.organisation.clone()),
                version: snapshot.map(|snapshot| snapshot.catalogue.version),
                entries: snapshot.map_or(0, |snapshot| u32::try_from(snapshot.catalogue.entries.len()).unwrap_or(u32::MAX)),
                checked: snapshot.map(|snapshot| snapshot.refreshed),
                expires: snapshot.map(|snapshot| snapshot.expires),
                refused: current.refused.clone(),
            }
        })
    }
}

/// TUF metadata and targets in the encrypted store, so that the floor against rollback lies under the store's key.
/// Every root has names of its own there: joining another organisation neither meets nor loses what is known of the last one.
#[derive(Debug)]
struct InStore {
    store: Store,
    root: Digest,
}

impl InStore {
    fn name(&self, name: &str) -> String {
        format!("{}/{name}", self.root.hex())
    }
}

impl MetadataStore for InStore {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        self.store.catalogue_files().load(&self.name(name)).map_err(|error| StoreFault::reading(name, error))
    }

    fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        self.store.catalogue_files().save(&self.name(name), bytes).map_err(|error| StoreFault::writing(name, error))
    }

    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        self.store.catalogue_files().remove(&self.name(name)).map_err(|error| StoreFault::removing(name, error))
    }
}

impl App {
    /// Takes up what was joined and last verified. Nothing is fetched yet.
    pub(crate) fn open_catalogue(&self) -> Result<(), AppError> {
        self.take_groups();
        let joined = match self.joined() {
            Ok(Some((_, joined))) => joined,
            Ok(None) => return Ok(()),
            // The organisation's file cannot be believed, and nothing takes its place. The rest of Canteen opens all the same.
            Err(error @ (AppError::ManagedBroken { .. } | AppError::Os(_))) => {
                let refused = fault(&error, self.now());
                self.shelf.write(|current| current.refused = Some(refused));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let client = Arc::new(client(&joined, self.store.clone())?);
        let snapshot = client.last_good(self.now())?;
        self.shelf.write(|current| {
            (current.client, current.snapshot, current.refused) = (Some(client), snapshot.map(Arc::new), None);
            current.runners = OnceLock::new();
        });
        Ok(())
    }

    /// What was joined, and by whom.
    pub(crate) fn joined(&self) -> Result<Option<(SetBy, Joined)>, AppError> {
        if let Some(managed) = self.managed_catalogue()? {
            return Ok(Some((SetBy::Managed, managed)));
        }
        match self.store.settings().get::<Joined>(JOINED)? {
            Some(joined) => Ok(Some((SetBy::Person, joined))),
            None => Ok(self.preset_catalogue()?.map(|joined| (SetBy::Preset, joined))),
        }
    }

    /// Joins, or moves to another place of the same organisation. The new catalogue is verified before anything is kept.
    ///
    /// # Errors
    /// When it cannot be fetched or its signatures are not those of the root.
    pub async fn join_organisation(&self, request: Join) -> Result<CatalogueStatus, Fault> {
        let result = self.try_join(request).await;
        self.told(result)
    }

    async fn try_join(&self, request: Join) -> Result<CatalogueStatus, AppError> {
        if self.managed_catalogue()?.is_some() {
            return Err(AppError::Managed);
        }
        if request.root.len() > LONGEST_ROOT {
            return Err(AppError::Catalogue(canteen_catalogue::CatalogueError::TooLarge {
                what: "root".into(),
                limit: LONGEST_ROOT as u64,
            }));
        }
        if request.root_digest.is_some_and(|wanted| wanted != Digest::of(request.root.as_bytes())) {
            return Err(AppError::WrongRoot);
        }
        let joined = Joined { location: request.location, root: request.root };
        let client = Arc::new(client(&joined, self.store.clone())?);
        let snapshot = client.refresh(self.now()).await?;
        self.store.settings().put(JOINED, &joined, Some(Event::SettingsChanged { what: JOINED.into() }))?;
        self.shelf.write(|current| current.client = Some(client));
        self.accept(snapshot)?;
        Ok(self.shelf.status(self.now()))
    }

    /// Fetches and verifies what is published now. The last good catalogue stays whatever happens.
    ///
    /// # Errors
    /// Why the update was refused; also kept in the status.
    pub async fn sync_catalogue(&self) -> Result<CatalogueStatus, Fault> {
        let result = self.try_sync().await;
        self.told(result)
    }

    pub(crate) async fn try_sync(&self) -> Result<CatalogueStatus, AppError> {
        let client = self.shelf.read(|current| current.client.clone()).ok_or(AppError::NotJoined)?;
        match client.refresh(self.now()).await {
            Ok(snapshot) => {
                self.accept(snapshot)?;
                Ok(self.shelf.status(self.now()))
            }
            Err(error) => {
                let error = AppError::from(error);
                let code = error.code().to_owned();
                let known = self.shelf.read(|current| current.refused.as_ref().is_some_and(|refused| refused.code == code));
                let refused = fault(&error, self.now());
                self.shelf.write(|current| current.refused = Some(refused));
                if !known {
                    self.store.audit().append(Event::CatalogueRefused { code })?;
                }
                self.events.changed(&[Topic::Status, Topic::Models]);
                Err(error)
            }
        }
    }

    /// Reads which groups this computer belongs to, and whether that has changed. A file that cannot be believed names none.
    fn take_groups(&self) -> bool {
        let groups = self.managed_groups().unwrap_or_else(|error| {
            tracing::error!(%error, "the groups of this computer cannot be believed");
            self.faults.add(self.now(), &fault(&error, self.now()));
            BTreeSet::new()
        });
        let before = self.shelf.groups();
        let changed = *before != groups;
        if changed {
            self.shelf.write(|current| current.groups = Arc::new(groups));
        }
        changed
    }

    fn accept(&self, snapshot: Snapshot) -> Result<(), AppError> {
        let before = self.shelf.snapshot().map(|before| (before.catalogue.version, before.policy.version));
        let after = (snapshot.catalogue.version, snapshot.policy.version);
        let event = (before != Some(after)).then_some(Event::CatalogueAccepted { version: after.0, policy_version: after.1 });
        let news = event.is_some();
        let runners_before = self.shelf.runners();
        if let Some(event) = event {
            self.store.audit().append(event)?;
        }
        self.shelf.write(|current| {
            current.snapshot = Some(Arc::new(snapshot));
            current.fingerprints = OnceLock::new();
            current.runners = OnceLock::new();
            current.refused = None;
        });
        self.events.changed(&[Topic::Status]);
        if self.shelf.runners() != runners_before {
            self.runners_changed()?;
        }
        let regrouped = self.take_groups();
        if news || regrouped {
            self.events.changed(&[Topic::Models]);
            self.stop_disallowed();
            self.cancel_disallowed()?;
            self.judge_again()?;
        }
        Ok(())
    }
}

fn client(joined: &Joined, store: Store) -> Result<CatalogueClient, AppError> {
    let location: Location = joined.location.parse().map_err(AppError::Catalogue)?;
    let root = joined.root.clone().into_bytes();
    let kept = InStore { store, root: Digest::of(&root) };
    Ok(CatalogueClient::open(&location, root, Arc::new(kept))?)
}
