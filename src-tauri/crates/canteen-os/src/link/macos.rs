use super::Link;
use crate::{Detached, OsError, spawn_detached};

/// Part of the system. A link begins with its kind, so it is never read as an option.
pub(super) fn open(link: &Link) -> Result<(), OsError> {
    let what =
        Detached { program: "/usr/bin/open".into(), arguments: vec![link.as_str().into()], variables: Vec::new(), log: None };
    spawn_detached(&what).map(drop)
}
