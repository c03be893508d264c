//! Scenes on a person's computer: a program that nobody here wrote loads a model, plainly or in disguise, and the host is asked
//! through its front door what it noticed.
//!
//! The same scenes make a few tests, which run always, and the table of `tests/benches/watch.rs`, which runs for figures.

mod decoys;
mod disguise;
mod stage;

pub use decoys::{DECOYS, Decoy};
pub use disguise::Disguise;
pub use stage::{Noticed, Outcome, Scene, Stage};
