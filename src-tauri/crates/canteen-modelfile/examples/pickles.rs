//! Prints, for each pickle file named, the worst of it and why.

use std::io::{self, Write};

use canteen_modelfile::pickle::{Context, PickleLimits, scan};

fn main() -> io::Result<()> {
    for path in std::env::args().skip(1) {
        let mut file = fs_err::File::open(&path)?;
        let size = file.metadata()?.len();
        let found = scan(&mut file, size, Context::Plain, &PickleLimits::default());
        let worst = found.hazards.iter().map(|hazard| hazard.code.severity).max();
        let word = worst.map_or_else(|| "Clean".to_owned(), |worst| format!("{worst:?}"));
        let why: Vec<String> = found
            .hazards
            .iter()
            .map(|hazard| format!("{} {}", hazard.code.code, hazard.detail.as_deref().unwrap_or_default()))
            .collect();
        writeln!(io::stdout(), "{word}\t{path}\t{}", why.join("; "))?;
    }
    Ok(())
}
