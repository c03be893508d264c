//! How Canteen reads files that are not its own: opened plainly, at the pace that was asked for, and so that what other programs
//! have in the file cache stays there, however much is read.
//!
//! It knows nothing of models. Only the system's part is here: who reads what is decided elsewhere.
//!
//! ```
//! use std::io::Read as _;
//!
//! use canteen_files::{Gentle, open_plainly};
//!
//! let mut first = [0; 9];
//! Gentle::new(open_plainly("Cargo.toml".as_ref())?).read_exact(&mut first)?;
//! assert_eq!(&first, b"[package]");
//! # std::io::Result::Ok(())
//! ```

mod gentle;
mod pace;
#[cfg(unix)]
mod unix;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub use gentle::Gentle;
pub use pace::Pace;
#[cfg(windows)]
pub use system::{names, open_plainly};
#[cfg(unix)]
pub use unix::{names, open_plainly};
