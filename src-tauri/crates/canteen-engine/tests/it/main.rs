//! The real engine, locked in for real, on a tiny real model, started by the real runner with real proofs.

#![expect(clippy::indexing_slicing, clippy::wildcard_enum_match_arm, reason = "a test ends where it does not fit")]

#[path = "../../../canteen-runner/tests/support/listener.rs"]
mod listener;
#[path = "../../../canteen-runner/tests/support/ticket.rs"]
mod ticket;

mod answers;
mod files;
mod house;
mod templates;
