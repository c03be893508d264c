//! Who vouches for a model, and the paper that goes with it: OpenSSF Model Signing bundles are verified offline, CycloneDX
//! ML-BOMs are written and read.
//!
//! A signature is only believed against what the caller trusts: a public key, root certificates, or a Sigstore trusted root with
//! the identity that must have signed. Nothing is fetched and nothing is trusted by default. What the signature covers is
//! compared with every file that is there, both ways. This crate opens nothing: a [`Tree`](canteen_modelfile::Tree) lists, opens and
//! says where links lead, and only those of a Hugging Face cache into its own blobs are read through.
//!
//! ```
//! use std::ops::ControlFlow;
//! use canteen_provenance::signing::{Bundle, Model, PublicKey, Trust, verify};
//!
//! # let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signing");
//! let bundle = Bundle::parse(&fs_err::read(data.join("key.sig"))?)?;
//! let trust = Trust::Key(PublicKey::from_pem(&fs_err::read(data.join("key.pub"))?)?);
//! let mut disk = canteen_inspect::Disk::at(&data.join("model"))?;
//! let model = Model::folder(&mut disk, None);
//! let verification = verify(&bundle, &trust, model, &mut |_| ControlFlow::Continue(()))?;
//! assert!(verification.good());
//! assert_eq!(verification.signed, ["config.json", "weights/model.bin"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod bom;
mod error;
pub mod signing;
mod text;

pub use error::ProvenanceError;
