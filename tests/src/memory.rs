//! How much memory a program takes.

use std::collections::HashMap;

use anyhow::{Context, Result};

/// A process and all below it.
#[derive(Clone, Debug)]
pub struct Tree(Vec<u32>);

impl Tree {
    /// Memory, pages that several share counted by their share (PSS), in MiB.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self) -> Result<u64> {
        let kib = |pid: &u32| {
            let text = fs_err::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
        };
        self.0.first().and_then(kib).context("the process is gone")?;
        Ok(self.0.iter().filter_map(kib).sum::<u64>() / 1024)
    }

    /// What the processes are called, the first 15 bytes.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let name = |pid: &u32| fs_err::read_to_string(format!("/proc/{pid}/comm")).ok().map(|name| name.trim().to_owned());
        self.0.iter().filter_map(name).collect()
    }
}

/// The process and all below it, as they are now.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn tree(root: u32) -> Result<Tree> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for process in fs_err::read_dir("/proc")?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(status) = fs_err::read_to_string(process.path().join("status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok());
        children.entry(parent.unwrap_or_default()).or_default().push(pid);
    }
    let (mut tree, mut next) = (vec![root], 0);
    while let Some(pid) = tree.get(next) {
        tree.extend(children.remove(pid).unwrap_or_default());
        next += 1;
    }
    Ok(Tree(tree))
}
