//! What developers and tests need and nobody ships: the tiny model, the real weights, the demo company.
//!
//! The demo company is set up by the product's own program for IT, `canteen-admin`, as an organisation would do it; this crate
//! only calls it in order. No registry's host stands here: packages come through the ordinary package client.
//!
//! ```
//! use canteen_dev::tiny_model::{TinyModel, Vocabulary};
//!
//! let model = TinyModel { seed: 7, vocabulary: Vocabulary::AnyByte, layers: TinyModel::LAYERS };
//! assert_eq!(model.bytes(), model.bytes());
//! ```

pub mod demo;
mod gguf;
pub mod licences;
pub mod many;
mod plain_text;
pub mod tiny_model;
pub mod weights;

pub use plain_text::plain_text;
