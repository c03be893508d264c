//! The engine: the one program that links llama.cpp. It locks itself in, reads one model from an inherited descriptor, and
//! answers over an inherited channel. It is started by `canteen-runner` and by nobody else.
//!
//! The order is the point of this program ([`run()`]): look at the processor, start llama.cpp's tables, **lock in**, report,
//! wait for the parent's word, and only then read the first byte of the model. From there on everything is hostile: the file
//! with its chat template, and whatever the model writes. What goes wrong is a frame, or the end of this process; the parent
//! survives both.
//!
//! Not here: policy, digests, names of people. It knows a descriptor, settings and a conversation.
//!
//! ```
//! use canteen_engine::Pieces;
//!
//! let mut pieces = Pieces::default();
//! assert_eq!(pieces.push(b"Gr\xc3"), "Gr"); // never half a character
//! assert_eq!(pieces.push(b"\xbc\xc3\x9fe"), "üße");
//! assert_eq!(pieces.push(b"\xff!"), "\u{fffd}!");
//! ```

mod answer;
mod load;
mod pieces;
mod processor;
mod prompt;
mod run;
mod stop;
mod stopwatch;
mod template;

pub mod llama;

pub use pieces::Pieces;
pub use run::run;
