//! What holds across crates, without a window. One binary: each further one would link everything again.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod arrows;
#[cfg(test)]
mod blind;
#[cfg(test)]
mod boundary;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod chat;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod hazards;
#[cfg(test)]
mod home_look;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod installs;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod lineage;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod presence;
#[cfg(test)]
mod purge;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod runners;
#[cfg(test)]
mod scenes;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sightings;
#[cfg(test)]
mod store;
#[cfg(test)]
mod web;
