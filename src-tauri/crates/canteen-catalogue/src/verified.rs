use std::ops::Deref;
use std::sync::Arc;

use canteen_types::{Entry, EntryId};

use crate::Catalogue;

/// Something whose signatures were checked, back to the pinned root. Only this crate can make one, and only from bytes that
/// passed; holding it is the proof.
///
/// ```compile_fail,E0423
/// let forged = canteen_catalogue::Verified(std::sync::Arc::new(7));
/// ```
///
/// ```compile_fail,E0451
/// # fn forge(entry: canteen_types::Entry) {
/// let forged = canteen_catalogue::Verified::<canteen_types::Entry> { inner: std::sync::Arc::new(entry) };
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Verified<T> {
    inner: Arc<T>,
}

impl<T> Verified<T> {
    /// The one place where the proof is made; called by the driver after its checks.
    pub(crate) fn new(checked: T) -> Self {
        Self { inner: Arc::new(checked) }
    }
}

impl<T> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl Verified<Catalogue> {
    /// The entry with this id.
    #[must_use]
    pub fn entry(&self, id: &EntryId) -> Option<Verified<Entry>> {
        let at = self.entries.binary_search_by(|entry| entry.key.id.cmp(id)).ok()?;
        self.entries.get(at).map(|entry| Verified { inner: Arc::clone(entry) })
    }

    /// All entries, by id.
    pub fn entries(&self) -> impl Iterator<Item = Verified<Entry>> + '_ {
        self.entries.iter().map(|entry| Verified { inner: Arc::clone(entry) })
    }
}
