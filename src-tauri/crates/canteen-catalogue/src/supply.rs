use canteen_types::Digest;
use tokio::runtime::Handle;

use crate::CatalogueError;
use crate::kept::Kept;
use crate::transport::Transport;
use crate::trust::{Pin, Trust};

/// Where bytes come from while a catalogue is put together. Nothing here is trusted; [`Trust`] and [`Pin`] check it all.
pub(crate) enum Supply<'a> {
    /// The repository; what is kept already and still has the signed digest is not fetched again.
    Repository { transport: &'a Transport, handle: &'a Handle, kept: Option<&'a Kept> },
    /// The last good catalogue only.
    Kept(&'a Kept),
}

impl Supply<'_> {
    /// A signed file by its name in the repository; `role` is its name in the kept copy.
    pub(crate) fn role(&self, role: &str, name: &str, digest: Option<Digest>, limit: u64) -> Result<Vec<u8>, CatalogueError> {
        let missing = || CatalogueError::Missing { name: name.to_owned() };
        match self {
            Self::Kept(kept) => kept.roles.get(role).map(|text| text.clone().into_bytes()).ok_or_else(missing),
            Self::Repository { transport, handle, kept } => {
                let known = kept.and_then(|kept| kept.roles.get(role));
                match known.filter(|text| digest == Some(Digest::of(text.as_bytes()))) {
                    Some(text) => Ok(text.clone().into_bytes()),
                    None => transport.fetch(&["metadata", name], limit, handle)?.ok_or_else(missing),
                }
            }
        }
    }

    /// A target, checked against its pin.
    pub(crate) fn target(&self, path: &str, pin: Pin, limit: u64, trust: &Trust) -> Result<Vec<u8>, CatalogueError> {
        let what = || format!("“{path}”");
        if pin.length > limit {
            return Err(CatalogueError::TooLarge { what: what(), limit });
        }
        let missing = || CatalogueError::Missing { name: path.to_owned() };
        let bytes = match self {
            Self::Kept(kept) => kept.documents.get(path).map(|text| text.clone().into_bytes()).ok_or_else(missing)?,
            Self::Repository { transport, handle, kept } => {
                let known = kept.and_then(|kept| kept.documents.get(path));
                match known.filter(|text| pin.check(path, text.as_bytes()).is_ok()) {
                    Some(text) => text.clone().into_bytes(),
                    None => {
                        let parts = target_parts(path, pin.digest, trust.consistent_snapshot());
                        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                        // One byte more than signed is enough to see that it is another file.
                        match transport.fetch(&parts, pin.length, handle) {
                            Err(CatalogueError::TooLarge { .. }) => {
                                return Err(CatalogueError::Mixed { what: format!("the size of {}", what()) });
                            }
                            other => other?.ok_or_else(missing)?,
                        }
                    }
                }
            }
        };
        pin.check(path, &bytes)?;
        Ok(bytes)
    }
}

/// `dept-x/catalogue.json` lies at `targets/dept-x/<sha256>.catalogue.json` (TUF specification, section 6.2).
fn target_parts(path: &str, digest: Digest, consistent: bool) -> Vec<String> {
    let mut parts: Vec<String> = std::iter::once("targets").chain(path.split('/')).map(str::to_owned).collect();
    if consistent && let Some(last) = parts.last_mut() {
        *last = format!("{}.{last}", digest.hex());
    }
    parts
}
