//! The harness of the end-to-end tests: a person's computer in a temporary folder, with real parts that can be left out.
//!
//! A [`Home`] has its own home folder, D-Bus session, keyring, notification daemon and display, and shares nothing with the
//! computer it runs on or with the test beside it. [`Organisation`] is a company whose catalogue is signed by `canteen-admin`;
//! [`Weights`](weights) are real ones. Tests go through the front door: the programs as they are installed, the window through
//! its driver ([`Window`]), the tray over D-Bus ([`TrayHost`]), nudges as the notification daemon got them ([`Notes`]).
//!
//! ```no_run
//! use canteen_tests::{Home, Organisation, Parts, weights};
//!
//! # fn main() -> anyhow::Result<()> {
//! let home = Home::start(Parts::HEADLESS)?;
//! let company = Organisation::found(&home)?;
//! company.approve("smollm2", &weights::smollm2()?, "")?;
//! company.publish()?;
//! company.join(&home)?;
//! home.canteen(["install", "smollm2"])?.succeeded()?;
//! # Ok(()) }
//! ```

pub mod arrows;
mod bus;
mod child;
mod display;
pub mod engines;
mod home;
#[cfg(target_os = "linux")]
mod managed;
pub mod memory;
mod notes;
mod organisation;
mod portal;
mod programs;
mod proxy;
pub mod python;
mod relay;
mod said;
#[cfg(target_os = "linux")]
pub mod scenes;
mod tls;
mod tray;
mod wait;
pub mod weights;
mod window;

// One server for both: the library's own tests must not depend on a crate above it.
#[path = "../../src-tauri/crates/canteen-library/tests/library/toxic.rs"]
pub mod toxic;

pub use bus::Bus;
pub use child::Running;
pub use display::Display;
pub use home::{Home, Keyring, Parts};
#[cfg(target_os = "linux")]
pub use managed::Managed;
pub use notes::{Note, Notes};
pub use organisation::Organisation;
pub use portal::Portal;
pub use programs::Programs;
pub use proxy::Proxy;
pub use said::Said;
pub use tls::{Authority, TlsFront};
pub use tray::{MenuItem, TrayHost, TrayItem};
pub use wait::{LONG, eventually, until};
pub use window::Window;
