use std::path::{Path, PathBuf};
use std::process::ExitCode;

use canteen_inspect::{Disk, Interrupt};
use canteen_provenance::ProvenanceError;
use canteen_provenance::signing::{
    Bundle, LONGEST_BUNDLE, LONGEST_TRUST, Model, Progress, PublicKey, Roots, Sigstore, Trust, Verification, people, verify,
};
use serde::Serialize;

use super::Session;
use crate::args::Verify;
use crate::place::read_within;

/// Not as it was signed, or not believed.
const NOT_GOOD: u8 = 20;
const INTERRUPTED: u8 = 130;

#[derive(Serialize)]
struct Answer {
    good: bool,
    #[serde(flatten)]
    found: Verification,
}

pub(super) fn run(asked: &Verify, session: &Session) -> anyhow::Result<ExitCode> {
    let trust = trust(asked)?;
    let signature = read_within(&asked.signature, LONGEST_BUNDLE)?;
    let mut disk = Disk::at(&asked.path)?;
    let inside = inside(&asked.signature, &asked.path)?;
    let model = if asked.path.is_file() { Model::file(&mut disk) } else { Model::folder(&mut disk, inside.as_deref()) };
    let interrupt = Interrupt::heard()?;
    let go_on = &mut |_: Progress<'_>| interrupt.go_on();
    let found = Bundle::parse(&signature).and_then(|bundle| verify(&bundle, &trust, model, go_on));
    match found {
        Ok(found) => {
            let answer = Answer { good: found.good(), found };
            session.out.show(&answer, |answer| people(&answer.found))?;
            Ok(if answer.good { ExitCode::SUCCESS } else { ExitCode::from(NOT_GOOD) })
        }
        Err(error) if error.is_refusal() => {
            session.out.fail(&error.into());
            Ok(ExitCode::from(NOT_GOOD))
        }
        Err(error @ ProvenanceError::Cancelled) => {
            session.out.fail(&error.into());
            Ok(ExitCode::from(INTERRUPTED))
        }
        Err(error) => Err(error.into()),
    }
}

fn trust(asked: &Verify) -> anyhow::Result<Trust> {
    let read = |path: &PathBuf| read_within(path, LONGEST_TRUST);
    if let Some(key) = &asked.whom.key {
        return Ok(Trust::Key(PublicKey::from_pem(&read(key)?)?));
    }
    if let Some(roots) = &asked.whom.roots {
        return Ok(Trust::Roots(Roots::from_pem(&read(roots)?)?));
    }
    // The command line asks for one of the three, and for both names with the last.
    let root = asked.whom.trusted_root.as_ref().map(read).transpose()?.unwrap_or_default();
    let named = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(Trust::Sigstore(Sigstore::new(&root, &named(&asked.identity), &named(&asked.issuer))?))
}

/// Where in the model the signature lies, if it does.
fn inside(signature: &Path, model: &Path) -> anyhow::Result<Option<PathBuf>> {
    let (signature, model) = (fs_err::canonicalize(signature)?, fs_err::canonicalize(model)?);
    Ok(signature.strip_prefix(model).ok().filter(|path| !path.as_os_str().is_empty()).map(Path::to_path_buf))
}
