//! The built program, as IT runs it: in a folder of its own, with a fixed time and the passphrase in the environment.

#![expect(clippy::unwrap_used, reason = "tests")]

mod company;
mod keys;
mod model;
mod provenance;
mod publish;
mod signatures;
mod usage;
