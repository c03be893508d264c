//! What is known about programs that run models, as data: where they keep weights, how a server on this computer is asked what it
//! is, and which models are only listed.
//!
//! The document that ships with Canteen is `data/signatures.toml`; an organisation adds to it through its signed catalogue. Both are
//! the same form, read by [`Signatures::read`] within limits, and refused whole at the first rule that is broken. This crate opens
//! nothing and asks nobody: [`Signatures::questions`] says what may be asked, [`Inquiry`] what to ask next and what the answers mean.
//!
//! ```
//! use canteen_signatures::Signatures;
//!
//! let known = Signatures::built_in();
//! assert_eq!(known.runner_of_program("llama-server").map(|runner| runner.name()), Some("llama.cpp"));
//! let refused = Signatures::read("format = 1\nversion = 1\n[[runner]]\nid = \"x\"\nname = \"\"\nsource = \"here\"\n");
//! assert_eq!(refused.unwrap_err().to_string(), "line 5: runner[0].name must not be empty");
//! ```

mod answer;
mod document;
mod inventory;
mod lines;
mod read;
mod rules;
mod signatures;

pub use answer::{Answer, ClaimedModel, Inquiry, Reply};
pub use document::schema;
pub use read::{Complaint, LONGEST, Refused, lint};
pub use signatures::{Class, Runner, Signatures, Store};
