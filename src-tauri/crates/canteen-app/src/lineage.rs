//! Whose weights these are: fingerprints held against those of the approved entries.

use std::sync::Arc;

use canteen_modelfile::lineage::{Fingerprint, Kinship, kinship};
use canteen_types::{Entry, EntryId};

use crate::wire;
use crate::wire::Relation;

/// An approved entry that weights are kin of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kin {
    pub(crate) entry: Arc<Entry>,
    pub(crate) relation: Relation,
    /// From 0 to 1.
    pub(crate) confidence: f32,
}

/// Of the entries of one catalogue, as far as they have one that this version reads.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(Vec<(Arc<Entry>, Fingerprint)>);

impl Fingerprints {
    pub(crate) fn of(entries: &[Arc<Entry>]) -> Self {
        let read = |entry: &Arc<Entry>| Some((Arc::clone(entry), Fingerprint::from_text(entry.fingerprint.as_ref()?.as_str())?));
        Self(entries.iter().filter_map(read).collect())
    }

    fn get(&self, id: &EntryId) -> Option<&Fingerprint> {
        self.0.iter().find(|(entry, _)| entry.key.id == *id).map(|(_, fingerprint)| fingerprint)
    }

    /// All entries that `weights` are kin of, the nearest first.
    pub(crate) fn kin(&self, weights: &Fingerprint) -> Vec<Kin> {
        let related = self.0.iter().filter_map(|(entry, known)| {
            let (relation, confidence) = relation(known, weights)?;
            (relation != Relation::Unrelated).then(|| Kin { entry: Arc::clone(entry), relation, confidence })
        });
        let mut kin: Vec<Kin> = related.collect();
        kin.sort_by(|one, other| one.relation.cmp(&other.relation).then(other.confidence.total_cmp(&one.confidence)));
        kin
    }

    /// The other entries that this one is kin of.
    pub(crate) fn kin_of(&self, id: &EntryId) -> Vec<Kin> {
        let mut kin = self.get(id).map(|weights| self.kin(weights)).unwrap_or_default();
        kin.retain(|kin| kin.entry.key.id != *id);
        kin
    }

    /// How one entry stands to another; `None` where that cannot be told.
    pub(crate) fn relation(&self, base: &EntryId, id: &EntryId) -> Option<Relation> {
        relation(self.get(base)?, self.get(id)?).map(|(relation, _)| relation)
    }
}

fn relation(known: &Fingerprint, weights: &Fingerprint) -> Option<(Relation, f32)> {
    let (kinship, confidence) = kinship(known, weights);
    let relation = match kinship {
        Kinship::Identical | Kinship::AlteredCopy => Relation::AlteredCopy,
        Kinship::SameWeights => Relation::SameWeights,
        Kinship::Requantised => Relation::Requantised,
        Kinship::Derived => Relation::Derived,
        Kinship::Unrelated => Relation::Unrelated,
        Kinship::Unknown => return None,
    };
    Some((relation, confidence))
}

impl From<Kin> for wire::Kin {
    fn from(kin: Kin) -> Self {
        Self {
            entry: kin.entry.key.id.clone(),
            name: kin.entry.display_name.clone(),
            relation: kin.relation,
            confidence: kin.confidence,
        }
    }
}
