//! How much memory a program takes.

use std::collections::HashMap;

use anyhow::{Context, Result};

/// Memory of a process and all below it, pages that several share counted by their share (PSS), in MiB; and how many they are.
///
/// # Errors
/// When there is no such process.
pub fn of_tree(root: u32) -> Result<(u64, usize)> {
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
    let kib = |pid: &u32| {
        let text = fs_err::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
    };
    kib(&root).with_context(|| format!("process {root} is gone"))?;
    Ok((tree.iter().filter_map(kib).sum::<u64>() / 1024, tree.len()))
}
