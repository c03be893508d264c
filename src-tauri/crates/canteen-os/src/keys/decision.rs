use canteen_types::{FoundStore, Secret};

use super::vault::{Found, KeyVault};
use crate::{OsError, entropy};

/// Where the plain file beside the store says that the key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlaceKnown {
    /// In the keyring.
    Keyring,
    /// In a passphrase file.
    Passphrase,
}

/// What writing, reading and deleting a test entry said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Canary {
    /// Not tried, because the look already decides.
    NotTried,
    /// Write, read and compare went well.
    Works,
    /// Refused as by a locked keyring.
    Locked,
    /// No answer in time.
    TimedOut,
    /// Answers, and does not keep what it is given.
    Broken {
        /// What went wrong.
        because: String,
    },
}

/// Everything that the decision rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// What the look said.
    pub found: Found,
    /// What the canary said.
    pub canary: Canary,
    /// The key, when an unlocked keyring gave it.
    pub key: Option<Secret>,
    /// What the file beside the store says, when there is one.
    pub known: Option<KeyPlaceKnown>,
    /// What is in the store's folder.
    pub store: FoundStore,
}

/// What to do at start. No decision ever makes a new key while a store exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyDecision {
    /// Open the store with this key.
    Open(Secret),
    /// Nothing is there yet and the keyring works: mark the first start, make a key ([`first_key`]), then the store.
    FirstStart,
    /// A first start was cut off after its key was made: make the store with this key.
    GoOnWithFirstStart(Secret),
    /// The store was made with a passphrase: ask for it.
    AskPassphrase,
    /// First start on a computer without a keyring that works: offer a passphrase, openly.
    OfferPassphrase {
        /// Why the keyring cannot be used.
        because: String,
    },
    /// The store is there and its key is gone: restore the keyring, or start anew with the old store kept aside.
    KeyLost,
    /// A key is there and its store is gone: ask; the key is not used again in silence.
    StoreMissing,
    /// Wait for the person to unlock the keyring; try again on a click or each 30 s.
    Locked {
        /// Nothing is stored yet, so a passphrase may be offered beside it.
        passphrase_allowed: bool,
    },
    /// As locked: the keyring does not answer, perhaps for a dialog of its own.
    TimedOut {
        /// Nothing is stored yet, so a passphrase may be offered beside it.
        passphrase_allowed: bool,
    },
    /// The store was made with a keyring and none answers: explain, wait, try again.
    NoService {
        /// What the bus said.
        because: String,
    },
    /// The store was made with a keyring that now forgets what it is given.
    NotWorking {
        /// What went wrong.
        because: String,
    },
}

impl KeyDecision {
    /// The error to show for it; `None` where there is something to do without one.
    #[must_use]
    pub fn fault(&self) -> Option<OsError> {
        match self {
            Self::Open(_) | Self::FirstStart | Self::GoOnWithFirstStart(_) | Self::AskPassphrase | Self::StoreMissing => None,
            Self::KeyLost => Some(OsError::KeyLost),
            Self::Locked { .. } => Some(OsError::KeyringLocked),
            Self::TimedOut { .. } => Some(OsError::KeyringTimedOut { seconds: 10 }),
            Self::NoService { because } | Self::OfferPassphrase { because } => {
                Some(OsError::KeyringNoService { because: because.clone() })
            }
            Self::NotWorking { because } => Some(OsError::KeyringNotWorking { because: because.clone() }),
        }
    }
}

/// The table, over plain facts.
#[must_use]
pub fn decide(facts: &KeyFacts) -> KeyDecision {
    if facts.known == Some(KeyPlaceKnown::Passphrase) {
        return KeyDecision::AskPassphrase;
    }
    let nothing_stored = match facts.store {
        FoundStore::Absent => facts.known.is_none(),
        FoundStore::Begun => true,
        FoundStore::There => false,
    };
    match (&facts.found, &facts.canary) {
        (Found::NoService { because }, _) if nothing_stored => KeyDecision::OfferPassphrase { because: because.clone() },
        (Found::NoService { because }, _) => KeyDecision::NoService { because: because.clone() },
        (Found::Hangs, _) | (Found::Unlocked { .. }, Canary::TimedOut) => {
            KeyDecision::TimedOut { passphrase_allowed: nothing_stored }
        }
        // “No keyring yet” beside a store may be a keyring that was not loaded: never “key lost”.
        (Found::Locked | Found::Empty, _) | (Found::Unlocked { .. }, Canary::Locked | Canary::NotTried) => {
            KeyDecision::Locked { passphrase_allowed: nothing_stored }
        }
        (Found::Unlocked { .. }, Canary::Broken { because }) if nothing_stored => {
            KeyDecision::OfferPassphrase { because: because.clone() }
        }
        (Found::Unlocked { .. }, Canary::Broken { because }) => KeyDecision::NotWorking { because: because.clone() },
        (Found::Unlocked { .. }, Canary::Works) => match (&facts.key, facts.store) {
            (Some(key), FoundStore::There) => KeyDecision::Open(key.clone()),
            (Some(key), FoundStore::Begun) => KeyDecision::GoOnWithFirstStart(key.clone()),
            (None, FoundStore::There) => KeyDecision::KeyLost,
            (None, FoundStore::Begun) => KeyDecision::FirstStart,
            (None, FoundStore::Absent) if nothing_stored => KeyDecision::FirstStart,
            (Some(_) | None, FoundStore::Absent) => KeyDecision::StoreMissing,
        },
    }
}

/// Looks, tries the canary where the look says “unlocked”, reads the key, and decides. Blocks up to the vault's limit.
#[must_use]
pub fn settle(vault: &dyn KeyVault, known: Option<KeyPlaceKnown>, store: FoundStore) -> KeyDecision {
    decide(&gather(vault, known, store))
}

fn gather(vault: &dyn KeyVault, known: Option<KeyPlaceKnown>, store: FoundStore) -> KeyFacts {
    let mut facts = KeyFacts { found: Found::Empty, canary: Canary::NotTried, key: None, known, store };
    if known == Some(KeyPlaceKnown::Passphrase) {
        return facts;
    }
    facts.found = vault.look();
    if let Found::Unlocked { .. } = facts.found {
        let key = vault.check().and_then(|()| vault.get());
        (facts.canary, facts.key) = match key {
            Ok(key) => (Canary::Works, key),
            Err(OsError::KeyringLocked) => (Canary::Locked, None),
            Err(OsError::KeyringTimedOut { .. }) => (Canary::TimedOut, None),
            Err(other) => (Canary::Broken { because: other.to_string() }, None),
        };
    }
    facts
}

/// A new key, kept by the vault and read back. Only after [`KeyDecision::FirstStart`].
///
/// # Errors
/// As [`KeyVault::set`]; `os.no_entropy`.
pub fn first_key(vault: &dyn KeyVault) -> Result<Secret, OsError> {
    let key = Secret::new(entropy::<32>()?);
    vault.set(&key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn no_service() -> Found {
        Found::NoService { because: "no bus".into() }
    }

    fn broken() -> Canary {
        Canary::Broken { because: "forgets".into() }
    }

    #[test]
    fn every_row_of_the_table() {
        use Canary::{NotTried, TimedOut, Works};
        use FoundStore::{Absent, Begun, There};
        use KeyPlaceKnown::{Keyring, Passphrase};
        let open = |item| Found::Unlocked { item };
        let key = Some(Secret::new(KEY));
        let because = || "no bus".to_owned();
        let forgets = || "forgets".to_owned();
        let rows = [
            // found, canary, key, known, store -> decision
            (open(true), Works, key.clone(), Some(Keyring), There, KeyDecision::Open(Secret::new(KEY))),
            (open(true), Works, key.clone(), None, There, KeyDecision::Open(Secret::new(KEY))),
            (open(false), Works, None, None, Absent, KeyDecision::FirstStart),
            (open(false), Works, None, Some(Keyring), There, KeyDecision::KeyLost),
            (open(false), Works, None, None, There, KeyDecision::KeyLost),
            (open(true), Works, key.clone(), Some(Keyring), Absent, KeyDecision::StoreMissing),
            (open(true), Works, key.clone(), None, Absent, KeyDecision::StoreMissing),
            (open(false), Works, None, Some(Keyring), Absent, KeyDecision::StoreMissing),
            (Found::Locked, NotTried, None, None, Absent, KeyDecision::Locked { passphrase_allowed: true }),
            (Found::Locked, NotTried, None, Some(Keyring), There, KeyDecision::Locked { passphrase_allowed: false }),
            (Found::Locked, NotTried, None, Some(Keyring), Absent, KeyDecision::Locked { passphrase_allowed: false }),
            (open(true), Canary::Locked, None, Some(Keyring), There, KeyDecision::Locked { passphrase_allowed: false }),
            (Found::Empty, NotTried, None, None, Absent, KeyDecision::Locked { passphrase_allowed: true }),
            (Found::Empty, NotTried, None, Some(Keyring), There, KeyDecision::Locked { passphrase_allowed: false }),
            (no_service(), NotTried, None, None, Absent, KeyDecision::OfferPassphrase { because: because() }),
            (no_service(), NotTried, None, Some(Keyring), There, KeyDecision::NoService { because: because() }),
            (no_service(), NotTried, None, None, There, KeyDecision::NoService { because: because() }),
            (no_service(), NotTried, None, Some(Keyring), Absent, KeyDecision::NoService { because: because() }),
            (Found::Hangs, NotTried, None, None, Absent, KeyDecision::TimedOut { passphrase_allowed: true }),
            (Found::Hangs, NotTried, None, Some(Keyring), There, KeyDecision::TimedOut { passphrase_allowed: false }),
            (open(true), TimedOut, None, Some(Keyring), There, KeyDecision::TimedOut { passphrase_allowed: false }),
            (open(false), broken(), None, None, Absent, KeyDecision::OfferPassphrase { because: forgets() }),
            (open(true), broken(), None, Some(Keyring), There, KeyDecision::NotWorking { because: forgets() }),
            (no_service(), NotTried, None, Some(Passphrase), There, KeyDecision::AskPassphrase),
            (open(true), Works, Some(Secret::new(KEY)), Some(Passphrase), There, KeyDecision::AskPassphrase),
            (Found::Hangs, NotTried, None, Some(Passphrase), Absent, KeyDecision::AskPassphrase),
            // A first start that was cut off: before the key, after the key, after the note, and with another keyring since.
            (open(false), Works, None, None, Begun, KeyDecision::FirstStart),
            (open(true), Works, key.clone(), None, Begun, KeyDecision::GoOnWithFirstStart(Secret::new(KEY))),
            (open(true), Works, key, Some(Keyring), Begun, KeyDecision::GoOnWithFirstStart(Secret::new(KEY))),
            (open(false), Works, None, Some(Keyring), Begun, KeyDecision::FirstStart),
            (no_service(), NotTried, None, None, Begun, KeyDecision::OfferPassphrase { because: because() }),
            (no_service(), NotTried, None, Some(Keyring), Begun, KeyDecision::OfferPassphrase { because: because() }),
            (Found::Locked, NotTried, None, Some(Keyring), Begun, KeyDecision::Locked { passphrase_allowed: true }),
            (no_service(), NotTried, None, Some(Passphrase), Begun, KeyDecision::AskPassphrase),
        ];
        for (found, canary, key, known, store, expected) in rows {
            let facts = KeyFacts { found, canary, key, known, store };
            assert_eq!(decide(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn a_new_key_is_never_made_beside_a_store() {
        let founds = [
            Found::Unlocked { item: true },
            Found::Unlocked { item: false },
            Found::Locked,
            Found::Empty,
            no_service(),
            Found::Hangs,
        ];
        let canaries = [Canary::NotTried, Canary::Works, Canary::Locked, Canary::TimedOut, broken()];
        for found in &founds {
            for canary in &canaries {
                for known in [None, Some(KeyPlaceKnown::Keyring), Some(KeyPlaceKnown::Passphrase)] {
                    for key in [None, Some(Secret::new(KEY))] {
                        let facts =
                            KeyFacts { found: found.clone(), canary: canary.clone(), key, known, store: FoundStore::There };
                        let decision = decide(&facts);
                        assert!(
                            !matches!(
                                decision,
                                KeyDecision::FirstStart
                                    | KeyDecision::GoOnWithFirstStart(_)
                                    | KeyDecision::OfferPassphrase { .. }
                            ),
                            "{facts:?}"
                        );
                        assert!(!matches!(decision, KeyDecision::Locked { passphrase_allowed: true }), "{facts:?}");
                    }
                }
            }
        }
    }
}
