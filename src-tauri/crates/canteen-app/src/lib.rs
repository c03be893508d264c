//! The one API of Canteen: every use case, the events that follow, the wire types and the error shape. Window, tray and
//! command line are faces of it; none of them decides anything.
//!
//! There is exactly one [`Host`] per user. It owns the store, the engines and the watch, and serves faces of the same user
//! over a local socket ([`client`], [`call`]). What a host does is an [`App`]; until its store is open, every call gets the
//! fault that says what to do.
//!
//! ```
//! use canteen_app::call::{ById, Call};
//!
//! let call = Call::GetModel(ById { id: "smollm2-135m-instruct".parse()? });
//! assert_eq!(serde_json::to_value(&call).unwrap()["call"], "get_model");
//! # Ok::<(), canteen_types::WordError>(())
//! ```

mod app;
mod asking;
#[cfg(test)]
mod bare_app;
mod bindings;
pub mod call;
mod catalogue;
mod chat;
pub mod client;
mod computer;
mod connection;
mod conversations;
mod diagnostics;
mod dispatch;
mod dispute;
mod downloads;
mod events;
mod evidence;
mod explain;
mod export;
mod fault;
mod gap;
mod hardware;
mod home_look;
pub mod host;
mod installs;
mod instead;
mod ledger;
mod lineage;
pub mod link;
pub mod logs;
mod models;
mod models_folder;
mod named_file;
mod notes;
mod nudges;
mod nudging;
mod open_link;
mod opening;
mod outcomes;
mod presence;
pub mod purge;
mod requests;
mod runners;
mod runs;
mod samples;
mod server;
mod settings;
mod standing;
mod status;
mod tasks;
pub mod text;
mod verdicts;
pub mod wire;
mod working;

pub use app::App;
pub use bindings::{WINDOW_COMMANDS, bindings};
pub use chat::{ChatError, ChatSink};
pub use events::{Events, Listener};
pub use fault::{AppError, told};
pub use host::Host;
pub use standing::{Pointed, Standing, Startable};
