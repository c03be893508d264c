//! Models that came with something else: a browser, a development environment, the system; or that write no text.

use std::path::{Component, Path};

use crate::document::InventoryDocument;
use crate::signatures::of_this_system;
use crate::{Class, Signatures};

impl Signatures {
    /// The class that a model belongs to by where it lies, or by what its header says that it is.
    #[must_use]
    pub fn class_of(&self, path: &Path, home: &Path, architecture: Option<&str>) -> Option<Class<'_>> {
        let (path, home) = (names(path), names(home));
        self.classes().find(|class| {
            let InventoryDocument { linux, macos, windows, architectures, .. } = class.0;
            architecture.is_some_and(|one| architectures.iter().any(|known| known == one))
                || of_this_system([linux, macos, windows]).iter().any(|folder| lies_in(&path, folder, &home))
        })
    }
}

impl<'a> Class<'a> {
    /// Stands for it in documents.
    #[must_use]
    pub fn id(self) -> &'a str {
        &self.0.id
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.0.name
    }
}

fn lies_in(path: &[String], folder: &str, home: &[String]) -> bool {
    let (start, below) = folder.strip_prefix("~/").map_or((&[][..], folder), |below| (home, below));
    let wanted = start.iter().map(String::as_str).chain(below.split('/').filter(|name| !name.is_empty()));
    let mut given = path.iter();
    wanted.into_iter().all(|wanted| given.next().is_some_and(|name| wanted == "*" || wanted == name)) && given.next().is_some()
}

fn names(path: &Path) -> Vec<String> {
    let name = |component: Component<'_>| match component {
        Component::RootDir | Component::CurDir => None,
        Component::Prefix(_) | Component::ParentDir | Component::Normal(_) => {
            Some(component.as_os_str().to_string_lossy().into_owned())
        }
    };
    path.components().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_listed_by_its_folder_or_by_what_it_is() {
        let text =
            "format = 1\nversion = 1\n[[inventory]]\nid = \"x\"\nname = \"X\"\nsource = \"y\"\narchitectures = [\"whisper\"]\n";
        let folders = "[\"~/.cache/ide/*/models\", \"/System/Assets\"]";
        let text = format!("{text}linux = {folders}\nmacos = {folders}\nwindows = {folders}\n");
        let known = Signatures::read(&text).unwrap();
        for (path, architecture, expected) in [
            ("/home/ada/.cache/ide/2026.1/models/a.gguf", None, true),
            ("/home/ada/.cache/ide/2026.1/models/deep/a.gguf", Some("llama"), true),
            ("/home/ada/.cache/ide/2026.1/models", None, false),
            ("/home/ada/.cache/ide/2026.1/a.gguf", None, false),
            ("/home/bob/.cache/ide/2026.1/models/a.gguf", None, false),
            ("/System/Assets/a.gguf", None, true),
            ("/home/ada/System/Assets/a.gguf", None, false),
            ("/home/ada/a.gguf", Some("whisper"), true),
            ("/home/ada/a.gguf", Some("llama"), false),
        ] {
            let class = known.class_of(Path::new(path), Path::new("/home/ada"), architecture);
            assert_eq!(class.map(Class::name), expected.then_some("X"), "{path} {architecture:?}");
        }
    }
}
