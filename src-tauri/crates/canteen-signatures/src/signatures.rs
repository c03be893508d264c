use crate::document::{Document, InventoryDocument, RunnerDocument, StoreDocument};

/// What is known: a document that keeps every rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signatures(pub(crate) Document);

/// A program that runs models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runner<'a>(pub(crate) &'a RunnerDocument);

/// Where a runner keeps weights on this system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store<'a> {
    /// What people call the runner.
    pub name: &'a str,
    /// `~/…` below the person's home, or whole paths; with `/` between names.
    pub folders: &'a [String],
    /// The environment variable that moves it.
    pub variable: Option<&'a str>,
    /// Follows the variable's folder.
    pub below: Option<&'a str>,
}

/// Models that are listed and never nudged about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class<'a>(pub(crate) &'a InventoryDocument);

impl Signatures {
    /// What this version of Canteen knows by itself.
    #[must_use]
    pub fn built_in() -> Self {
        // The text is part of the program and a test reads it; were it broken, weights are still recognised wherever they lie.
        Self::read(include_str!("../data/signatures.toml")).unwrap_or_default()
    }

    /// Grows with every change of the document.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.0.version
    }

    /// In the document's order.
    pub fn runners(&self) -> impl Iterator<Item = Runner<'_>> {
        self.0.runner.iter().map(Runner)
    }

    /// What is only listed, in the document's order.
    pub fn classes(&self) -> impl Iterator<Item = Class<'_>> {
        self.0.inventory.iter().map(Class)
    }

    /// With what an organisation knows besides. It adds: nothing that is known goes, and what it adds comes after that, except that
    /// what fits only where nothing else does stays last.
    #[must_use]
    pub fn extended_by(&self, other: &Self) -> Self {
        let mut whole = self.0.clone();
        for added in &other.0.runner {
            match whole.runner.iter_mut().find(|runner| runner.id == added.id) {
                Some(known) => extend(known, added),
                None => whole.runner.push(added.clone()),
            }
        }
        for added in &other.0.inventory {
            match whole.inventory.iter_mut().find(|class| class.id == added.id) {
                Some(known) => extend_class(known, added),
                None => whole.inventory.push(added.clone()),
            }
        }
        whole.version = other.0.version;
        Self(whole)
    }

    /// Where runners keep weights on this system.
    pub fn stores(&self) -> impl Iterator<Item = Store<'_>> {
        self.0.runner.iter().flat_map(|runner| {
            runner.store.iter().map(|StoreDocument { linux, macos, windows, variable, below }| Store {
                name: &runner.name,
                folders: of_this_system([linux, macos, windows]),
                variable: variable.as_deref(),
                below: below.as_deref(),
            })
        })
    }

    /// Which runner a program is by its file name. A label for people: anybody may call a program anything.
    #[must_use]
    pub fn runner_of_program(&self, program: &str) -> Option<Runner<'_>> {
        let name = program.strip_suffix(".exe").unwrap_or(program);
        self.runners().find(|runner| runner.0.programs.iter().any(|one| one == name))
    }
}

impl<'a> Runner<'a> {
    /// Stands for it in documents.
    #[must_use]
    pub fn id(self) -> &'a str {
        &self.0.id
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.0.name
    }

    /// Where the facts come from.
    #[must_use]
    pub fn source(self) -> &'a str {
        &self.0.source
    }

    /// Folders and variables in all, for every system.
    #[must_use]
    pub fn stores(self) -> usize {
        self.0.store.len()
    }

    /// What its server may be asked: paths.
    pub fn questions(self) -> impl Iterator<Item = &'a str> {
        self.0.ask.iter().map(|ask| ask.path.as_str())
    }
}

/// The one that is for the system that this program was built for.
pub(crate) fn of_this_system([linux, macos, windows]: [&Vec<String>; 3]) -> &[String] {
    match std::env::consts::OS {
        "macos" => macos,
        "windows" => windows,
        _ => linux,
    }
}

fn extend(known: &mut RunnerDocument, added: &RunnerDocument) {
    append(&mut known.programs, &added.programs);
    append(&mut known.ports, &added.ports);
    append(&mut known.store, &added.store);
    append(&mut known.ask, &added.ask);
    known.server = known.server.take().or_else(|| added.server.clone());
}

fn extend_class(known: &mut InventoryDocument, added: &InventoryDocument) {
    append(&mut known.linux, &added.linux);
    append(&mut known.macos, &added.macos);
    append(&mut known.windows, &added.windows);
    append(&mut known.architectures, &added.architectures);
}

fn append<T: Clone + PartialEq>(known: &mut Vec<T>, added: &[T]) {
    for one in added {
        if !known.contains(one) {
            known.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_keeps_every_rule_and_says_where_from() {
        let text = include_str!("../data/signatures.toml");
        assert_eq!(crate::lint(text), []);
        let known = Signatures::built_in();
        assert!(known.runners().count() > 10);
        let names: Vec<&str> = known.stores().map(|store| store.name).collect();
        for expected in ["Ollama", "LM Studio", "Hugging Face cache", "llama.cpp", "GPT4All", "Jan"] {
            assert!(names.contains(&expected), "{expected}");
        }
        for store in known.stores() {
            assert!(!store.folders.is_empty() || store.variable.is_some(), "{}", store.name);
        }
    }

    #[test]
    fn an_organisation_adds_and_takes_nothing_away() {
        let known = Signatures::built_in();
        let other = "format = 1\nversion = 7\n\
            [[runner]]\nid = \"ollama\"\nname = \"Not Ollama\"\nsource = \"x\"\nports = [11434, 4000]\n\
            [[runner.store]]\nlinux = [\"/srv/models/blobs\"]\nmacos = [\"/srv/models/blobs\"]\nwindows = [\"D:/models/blobs\"]\n\
            [[runner]]\nid = \"acme\"\nname = \"Acme\"\nsource = \"x\"\nprograms = [\"acme-run\"]\n\
            [[inventory]]\nid = \"speech\"\nname = \"x\"\nsource = \"x\"\narchitectures = [\"acme-voice\"]\n";
        let whole = known.extended_by(&Signatures::read(other).unwrap());
        assert_eq!(whole.version(), 7);
        assert_eq!(whole.runners().count(), known.runners().count() + 1);
        let before: Vec<_> = known.stores().collect();
        let after: Vec<_> = whole.stores().collect();
        assert!(before.iter().all(|store| after.contains(store)));
        let new: Vec<_> = after.iter().filter(|store| !before.contains(store)).collect();
        assert_eq!(new.len(), 1);
        assert_eq!((new[0].name, new[0].folders.len()), ("Ollama", 1));
        assert_eq!(whole.runner_of_program("acme-run.exe").unwrap().name(), "Acme");
        assert_eq!(whole.extended_by(&Signatures::read(other).unwrap()), whole);
    }
}
