//! OpenSSF Model Signing, version 1.0 of its statement: key, certificate and Sigstore mode, all offline.
//!
//! Order, from least to most believed: the bundle's shape, then its signature against what the caller trusts, then what was
//! signed, then the files. Nothing of the statement is used before its signature holds, save to see that it is an old one, and the
//! digest over its files that Sigstore's check is bound to.

mod bundle;
mod certificate;
mod compare;
mod identity;
mod key;
mod outcome;
mod statement;
mod words;

use std::ops::ControlFlow;
use std::path::Path;

use canteen_modelfile::Tree;

pub use bundle::Bundle;
pub use certificate::Roots;
pub use compare::Progress;
pub use identity::Sigstore;
pub use key::PublicKey;
pub use outcome::{Signer, Verification};
pub use words::people;

use crate::ProvenanceError;
use bundle::Material;
use statement::Statement;

/// Longest bundle that is read, in bytes. 50,000 files take some 12 MB.
pub const LONGEST_BUNDLE: u64 = 16 << 20;

/// Longest file with a key, with roots or with a trusted root, in bytes: all public web roots together have 250 kB.
pub const LONGEST_TRUST: u64 = 4 << 20;

/// Whom the caller believes. There is no default.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Whoever has the other half of this key.
    Key(PublicKey),
    /// Whoever one of these roots vouches for.
    Roots(Roots),
    /// One identity, proven by a Sigstore instance.
    Sigstore(Sigstore),
}

/// What is verified.
pub struct Model<'a> {
    tree: &'a mut dyn Tree,
    shape: Shape<'a>,
}

enum Shape<'a> {
    File,
    Folder { signature: Option<&'a Path> },
}

impl<'a> Model<'a> {
    /// A model that is one file, signed as such. The signature does not cover its name.
    pub fn file(tree: &'a mut dyn Tree) -> Self {
        Self { tree, shape: Shape::File }
    }

    /// A folder. `signature` is where the bundle lies within it, if it does: nobody can sign that.
    pub fn folder(tree: &'a mut dyn Tree, signature: Option<&'a Path>) -> Self {
        Self { tree, shape: Shape::Folder { signature } }
    }
}

/// Verifies a model against a bundle.
///
/// # Errors
/// [`ProvenanceError`] when the signature is not believed, or nothing could be verified. Files that do not fit are no error, but
/// stand in the [`Verification`].
pub fn verify(
    bundle: &Bundle,
    trust: &Trust,
    model: Model<'_>,
    progress: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
) -> Result<Verification, ProvenanceError> {
    statement::refuse_old(bundle.payload())?;
    let (signer, statement) = believe(bundle, trust)?;
    let compared = compare::compare(model, &statement, progress)?;
    Ok(Verification::new(signer, statement, compared))
}

fn believe(bundle: &Bundle, trust: &Trust) -> Result<(Signer, Statement), ProvenanceError> {
    match (bundle.material(), trust) {
        (Material::Key { hint }, Trust::Key(key)) => {
            key.check(bundle, hint)?;
            Ok((Signer::Key { hint: key.hint().to_owned() }, Statement::parse(bundle.payload())?))
        }
        (Material::Chain(chain), Trust::Roots(roots)) => {
            let signer = roots.check(bundle, chain)?;
            Ok((signer, Statement::parse(bundle.payload())?))
        }
        (Material::Sigstore(whole), Trust::Sigstore(sigstore)) => {
            // The library binds the payload by its subject, so the digest comes from the files that the payload lists.
            let statement = Statement::parse(bundle.payload())?;
            Ok((sigstore.check(whole, statement.root)?, statement))
        }
        (material, trust) => Err(other_kind(material, trust)),
    }
}

fn other_kind(material: &Material, trust: &Trust) -> ProvenanceError {
    let (found, needed) = match material {
        Material::Key { .. } => ("with a key", "the signer's public key"),
        Material::Chain(_) => ("with a certificate", "the root certificates that vouch for the signer"),
        Material::Sigstore(_) => ("by an identity, through Sigstore", "a trusted root of Sigstore, the identity and its issuer"),
    };
    let given = match trust {
        Trust::Key(_) => "a key",
        Trust::Roots(_) => "root certificates",
        Trust::Sigstore(_) => "a trusted root of Sigstore",
    };
    ProvenanceError::OtherKind { found, given, needed }
}
