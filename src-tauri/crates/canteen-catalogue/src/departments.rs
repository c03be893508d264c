use std::fmt;
use std::sync::Arc;

use canteen_types::{Coded as _, Entry};
use sigstore_tuf::DelegatedRole;

use crate::assemble::{document, malformed};
use crate::document::CatalogueDocument;
use crate::error::printable;
use crate::kept::Kept;
use crate::limits::{DEPARTMENTS, TARGETS_BYTES};
use crate::supply::Supply;
use crate::trust::Trust;
use crate::{Catalogue, CatalogueError};

/// Something in a catalogue that was left out, for IT to see. The rest of the catalogue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Role name of the department, e.g. `dept-finance`.
    pub department: String,
    /// What was left out and why.
    pub because: String,
}

impl Ignored {
    pub(crate) fn new(department: &str, because: impl Into<String>) -> Self {
        Self { department: printable(department), because: printable(&because.into()) }
    }
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.department, self.because)
    }
}

/// An entry and the department that published it.
pub(crate) struct Delegated {
    pub(crate) department: String,
    pub(crate) entry: Arc<Entry>,
}

/// Reads the catalogues of all departments. A department that is damaged, expired or out of its bounds loses its own
/// entries and is reported; the others are not touched by it. What looks like an outage ends the whole check, so that a
/// department's models do not vanish because of a cable.
pub(crate) fn read(
    trust: &mut Trust,
    supply: &Supply<'_>,
    keep: &mut Kept,
    ignored: &mut Vec<Ignored>,
) -> Result<Vec<Delegated>, CatalogueError> {
    let roles = trust.delegations();
    for role in roles.iter().skip(DEPARTMENTS) {
        ignored.push(Ignored::new(&role.name, format!("only {DEPARTMENTS} departments are read")));
    }
    let mut entries = Vec::new();
    for role in roles.iter().take(DEPARTMENTS) {
        match read_one(trust, supply, keep, role, ignored) {
            Ok(found) => entries.extend(found),
            Err(error @ (CatalogueError::Unreachable { .. } | CatalogueError::StoreFailed { .. })) => return Err(error),
            Err(error) => ignored.push(Ignored::new(&role.name, format!("{}: {error}", error.code()))),
        }
    }
    Ok(entries)
}

fn read_one(
    trust: &mut Trust,
    supply: &Supply<'_>,
    keep: &mut Kept,
    role: &DelegatedRole,
    ignored: &mut Vec<Ignored>,
) -> Result<Vec<Delegated>, CatalogueError> {
    let odd = |because: &str| CatalogueError::Malformed { what: printable(&role.name), because: because.to_owned() };
    let slug = slug_of(&role.name).ok_or_else(|| odd("a department's role is named dept-… in small letters, digits and -"))?;
    let path = format!("{}/catalogue.json", role.name);
    let may = |path: &str| role.matches_path(path).map_err(|e| CatalogueError::from_tuf("targets.json", e));
    if !may(&path)? {
        return Err(odd("its place is outside the names that were handed to it"));
    }
    let name = trust.role_name(&role.name).ok_or_else(|| odd("the list of files does not name it"))?;
    let bytes = supply.role(&role.name, &name, trust.role_digest(&role.name), TARGETS_BYTES)?;
    trust.accept_delegated(&role.name, &bytes)?;
    keep.keep_role(&role.name, bytes)?;
    for listed in trust.listed(&role.name) {
        if !may(&listed)? {
            ignored.push(Ignored::new(&role.name, format!("it lists “{}”, which is not its own", printable(&listed))));
        }
    }
    let read: CatalogueDocument = document(trust, supply, keep, &role.name, &path)?;
    let catalogue = Catalogue::try_from(read).map_err(|e| malformed(&path, &e))?;
    let prefix = format!("{slug}-");
    let (own, foreign): (Vec<_>, Vec<_>) =
        catalogue.entries.into_iter().partition(|entry| entry.key.id.as_str().starts_with(&prefix));
    for entry in foreign {
        ignored.push(Ignored::new(&role.name, format!("the id of “{}” does not begin with “{prefix}”", entry.key.id)));
    }
    Ok(own.into_iter().map(|entry| Delegated { department: role.name.clone(), entry }).collect())
}

/// The department's slug, from a role name that is safe as a file name everywhere.
pub(crate) fn slug_of(role: &str) -> Option<&str> {
    let slug = role.strip_prefix("dept-")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = |c: Option<char>| c.is_some_and(|c| c != '-');
    (slug.len() <= 48 && slug.chars().all(plain) && edge(slug.chars().next()) && edge(slug.chars().next_back())).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_are_safe_file_names() {
        assert_eq!(slug_of("dept-finance"), Some("finance"));
        assert_eq!(slug_of("dept-r-and-d2"), Some("r-and-d2"));
        for bad in ["finance", "dept-", "dept--x", "dept-x-", "dept-../x", "dept-a/b", "dept-ö", "dept-A", "2.root", "dept-a.b"]
        {
            assert_eq!(slug_of(bad), None, "{bad}");
        }
    }
}
