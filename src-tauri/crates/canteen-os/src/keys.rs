//! The key of the store: in the system's keyring, or in a passphrase file where there is none.

mod decision;
mod lane;
mod passphrase;
mod vault;

#[cfg(target_os = "linux")]
#[path = "keys/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "keys/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "keys/windows.rs"]
mod system;

pub use decision::{Canary, KeyDecision, KeyFacts, KeyPlaceKnown, decide, first_key, settle};
pub use passphrase::{Passphrase, PassphraseFile};
pub use vault::{Found, KeyVault, Keyring, StoreId};
