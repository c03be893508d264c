//! Prints, for each file of a folder, the worst of it and why.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_modelfile::{Bounds, Entry, EntryKind, Source, Tree, examine};

struct Folder(PathBuf);

impl Tree for Folder {
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        let entry = |name: PathBuf| Entry { path: folder.join(name), kind: EntryKind::File };
        fs_err::read_dir(self.0.join(folder))?.map(|file| Ok(entry(file?.file_name().into()))).collect()
    }

    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let file = fs_err::File::open(self.0.join(file))?;
        let size = file.metadata()?.len();
        Ok((Box::new(file), size))
    }
}

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
    let found = examine(&mut Folder(folder.into()), &Bounds::default(), &mut |_| ControlFlow::Continue(()));
    for file in found.files {
        let worst = file.hazards.iter().map(|hazard| hazard.code.severity).max();
        let word =
            worst.map_or_else(|| if file.looked_into { "Clean" } else { "Unknown" }.to_owned(), |worst| format!("{worst:?}"));
        let say =
            |hazard: &canteen_modelfile::Hazard| format!("{} {}", hazard.code.code, hazard.detail.as_deref().unwrap_or_default());
        let why: Vec<String> = file.hazards.iter().map(say).collect();
        writeln!(io::stdout(), "{word}\t{}\t{}\t{}", file.path.display(), file.kind.name(), why.join("; "))?;
    }
    Ok(())
}
