//! The audit log's record format and its hash chain. Bytes in, verdict out: nothing is stored or opened here.
//!
//! A row's hash covers the stored bytes, the row's number and the hash before it, so a changed, removed, added or swapped row
//! is noticed. That makes the log *tamper-evident since the last report*, not tamper-proof: whoever holds the store's key
//! could write another history from the start.
//!
//! ```
//! use canteen_audit::{Chain, Event, GENESIS, seal};
//! use canteen_types::Timestamp;
//!
//! let body = Event::LogVerified { rows: 0, unbroken: true }.encode(Timestamp::from_millis(0))?;
//! let hash = seal(&GENESIS, 1, &body);
//! let mut chain = Chain::default();
//! chain.next(1, &body, &GENESIS, &hash);
//! assert_eq!(chain.check().broken_at, None);
//! # Ok::<(), canteen_audit::AuditError>(())
//! ```

mod chain;
mod event;
mod exact;
mod fields;
mod group;
mod words;

pub use chain::{Chain, ChainBreak, ChainCheck, GENESIS, message, seal};
pub use event::{AuditError, Event, MAX_BODY, Record, Sketch};
pub use fields::{Field, Kept};
pub use group::Group;
