//! What the catalogue says to bytes that were seen: by their digest, and where that says nothing, by whose weights they are.

use std::path::Path;
use std::sync::Arc;

use canteen_modelfile::lineage::Fingerprint;
use canteen_modelfile::{HAZARDS, Severity};
use canteen_store::SightingRow;
use canteen_types::{Digest, Entry, EntryId, Verdict};
use canteen_watch::Opened;

use crate::App;
use crate::computer::convert;
use crate::evidence::Observed;
use crate::fault::AppError;
use crate::lineage::Kin;
use crate::wire::Relation;

/// What a look into the bytes found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Of a kind that is listed and never nudged about.
    pub(crate) inventory: bool,
    /// It can do harm.
    pub(crate) dangerous: bool,
}

impl Looked {
    pub(crate) fn of(row: &SightingRow) -> Self {
        let codes = HAZARDS.iter().flat_map(|codes| codes.iter());
        let mut dangerous = codes.filter(|code| code.severity == Severity::Dangerous).map(|code| code.code);
        Self { inventory: row.inventory, dangerous: dangerous.any(|code| row.hazards.iter().any(|known| known == code)) }
    }
}

/// What the catalogue says to some bytes.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// With the same bytes, or the nearest kin.
    pub(crate) entry: Option<EntryId>,
    pub(crate) kin: Option<Kin>,
}

impl App {
    /// Once its digest is known.
    pub(crate) fn judge_row(&self, row: &mut SightingRow) -> Option<Kin> {
        let judged = self.judge(row.digest?, Looked::of(row), || self.fingerprint_at(row));
        (row.verdict, row.entry) = (Some(judged.verdict), judged.entry);
        judged.kin
    }

    pub(crate) fn note_kin(&self, row: &SightingRow, kin: Option<Kin>) -> Result<(), AppError> {
        let Some(Kin { entry, relation, confidence }) = kin else { return Ok(()) };
        let observed = Observed::Kin { relation, name: entry.display_name.clone(), confidence };
        Ok(self.store.sightings().note(&observed.row(row.id, self.now()))?)
    }

    /// Holds bytes against the catalogue. Their fingerprint is asked for only where they are not approved.
    pub(crate) fn judge(&self, digest: Digest, looked: Looked, fingerprint: impl FnOnce() -> Option<Arc<Fingerprint>>) -> Judged {
        if let Some(entry) = self.listed_with(digest) {
            let verdict = if self.shelf.is_for_me(&entry) { Verdict::Approved } else { Verdict::ApprovedForOthers };
            return Judged { verdict, entry: Some(entry.key.id.clone()), kin: None };
        }
        // What bites is not made harmless by what it is for; whose weights it has is no comfort.
        if looked.dangerous {
            return Judged { verdict: Verdict::Dangerous, entry: None, kin: None };
        }
        if looked.inventory {
            return Judged { verdict: Verdict::InventoryOnly, entry: None, kin: None };
        }
        let kin = fingerprint().and_then(|weights| self.shelf.fingerprints().kin(&weights).into_iter().next());
        let verdict = match kin.as_ref().map(|kin| kin.relation) {
            Some(Relation::AlteredCopy) => Verdict::Altered,
            Some(Relation::SameWeights | Relation::Requantised | Relation::Derived) => Verdict::Derivative,
            Some(Relation::Unrelated) | None => Verdict::Unapproved,
        };
        Judged { verdict, entry: kin.as_ref().map(|kin| kin.entry.key.id.clone()), kin }
    }

    /// Of the weights that were seen, as long as they still lie there.
    fn fingerprint_at(&self, row: &SightingRow) -> Option<Arc<Fingerprint>> {
        let digest = row.digest?;
        if let Some(known) = self.watched.fingerprint(digest) {
            return known;
        }
        let open = |path: &Path| {
            let opened = Opened::named(path.to_str()?, &self.home).ok()?;
            (convert(opened.identity()) == row.identity).then_some(opened)
        };
        let mut opened = open(&row.path).or_else(|| open(&self.watched.way(row.id)?))?;
        let taken = opened.fingerprint().map(Arc::new);
        self.watched.remember(digest, taken.clone());
        taken
    }

    /// The entry for these bytes; where there are several, one that is for this person.
    fn listed_with(&self, digest: Digest) -> Option<Arc<Entry>> {
        let (snapshot, groups) = (self.shelf.snapshot()?, self.shelf.groups());
        let entries = snapshot.catalogue.entries.iter().filter(|entry| entry.artifact.digest == digest);
        entries.max_by_key(|entry| entry.is_for(&groups)).cloned()
    }
}
