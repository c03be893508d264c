//! Whose weights these are: a digest of every tensor, a fingerprint of a few kilobytes that outlives quantisation and merging, and
//! what two of them say about each other.
//!
//! What a file says of its origin is a claim. The [`Fingerprint`] is taken from what a descendant keeps: the norms, which no common
//! tool quantises, and a few samples of each layer's matrices. Where a model has too little of both, it says so and nothing is
//! concluded. Only some kilobytes are read for it; [`contents()`] reads the file once, whole, and [`profile()`] takes
//! both from one reading.

mod compare;
mod contents;
mod element;
mod explain;
mod fingerprint;
mod index;
mod judge;
mod kinship;
mod measure;
mod names;
mod onnx;
mod parts;
mod profile;
mod sketch;
mod taking;
#[cfg(test)]
mod tests;
mod weights;

pub use compare::{
    Comparison, Evidence, Explanation, FalseClaim, KeyChanges, Kinship, NormEvidence, Profile, RoleEvidence, TemplateChange,
    TensorChanges, WeightEvidence, compare,
};
pub use contents::{Contents, KeyDigest, TensorDigest, contents};
pub use fingerprint::{Claims, Fingerprint, Norms, Shape, Unusable, fingerprint};
pub use index::{Container, Index, index};
pub use kinship::kinship;
pub use parts::index_parts;
pub(crate) use profile::profile_of;
pub use profile::{profile, profile_of_parts};
pub use sketch::{LayerSketch, Mark};
