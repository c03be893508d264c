//! Canteen's reader against repositories that its own publisher wrote and that an attacker changed. Every refresh is a new
//! client over a folder, as in a new process. Keys are made for each test and stay in memory.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod attacks;
mod departments;
mod documents;
mod house;
mod keys;
mod outages;
mod publishing;
mod runners;
mod signatures;
mod web;
