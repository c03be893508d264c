//! What types cannot say: limits, and what a document of strangers must not be able to bring about.

use std::collections::BTreeSet;

use crate::document::{AskDocument, Document, InventoryDocument, RunnerDocument, SignDocument, StoreDocument};
use crate::lines::Way;

const RUNNERS: usize = 200;
const CLASSES: usize = 100;
const STORES: usize = 16;
const FOLDERS: usize = 16;
const PROGRAMS: usize = 32;
const PORTS: usize = 16;
const ASKS: usize = 4;
const SIGNS: usize = 8;
const ARCHITECTURES: usize = 64;
const LATEST: u32 = 1_000_000_000;
/// Longest folder, in bytes: what the systems allow for one path in common.
const FOLDER: usize = 255;
/// Folders of the kernel: they hold no files, and reading some of them does something.
const OF_THE_KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
/// Words in the path of a question that make servers do something, however well the rest is meant.
const VERBS: [&str; 24] = [
    "abort",
    "add",
    "cancel",
    "chat",
    "clear",
    "completion",
    "completions",
    "create",
    "delete",
    "download",
    "embeddings",
    "exec",
    "generate",
    "install",
    "kill",
    "load",
    "pull",
    "push",
    "remove",
    "reset",
    "restart",
    "shutdown",
    "stop",
    "unload",
];

/// Every rule that is broken: where, and why.
pub(crate) fn broken(document: &Document) -> Vec<(Way, String)> {
    let mut rules = Rules::default();
    let top = Way::default();
    rules.hold(document.format == 1, &top.key("format"), "must be 1");
    rules.hold((1..=LATEST).contains(&document.version), &top.key("version"), &format!("must be from 1 to {LATEST}"));
    rules.count(&document.runner, RUNNERS, &top.key("runner"));
    rules.count(&document.inventory, CLASSES, &top.key("inventory"));
    let mut ids = BTreeSet::new();
    for (way, runner) in ways(&top.key("runner"), &document.runner) {
        rules.hold(ids.insert(&runner.id), &way.key("id"), "stands there twice");
        rules.runner(runner, &way);
    }
    let mut ids = BTreeSet::new();
    for (way, class) in ways(&top.key("inventory"), &document.inventory) {
        rules.hold(ids.insert(&class.id), &way.key("id"), "stands there twice");
        rules.class(class, &way);
    }
    rules.0
}

fn ways<'a, T>(list: &Way, items: &'a [T]) -> impl Iterator<Item = (Way, &'a T)> {
    items.iter().enumerate().map(|(at, item)| (list.item(at), item))
}

#[derive(Default)]
struct Rules(Vec<(Way, String)>);

impl Rules {
    fn hold(&mut self, holds: bool, way: &Way, because: &str) {
        if !holds {
            self.0.push((way.clone(), because.to_owned()));
        }
    }

    fn count<T>(&mut self, items: &[T], most: usize, way: &Way) {
        self.hold(items.len() <= most, way, &format!("has more than {most} items"));
    }

    /// A text of 1 to `most` bytes on one line.
    fn line(&mut self, text: &str, most: usize, way: &Way) {
        self.hold(!text.trim().is_empty(), way, "must not be empty");
        self.hold(text.len() <= most, way, &format!("is longer than {most} bytes"));
        self.hold(!text.chars().any(char::is_control), way, "holds a control character");
        let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        self.hold(!text.chars().any(turns), way, "changes the direction of writing");
    }

    fn id(&mut self, id: &str, way: &Way) {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        self.hold(id.len() <= 64 && id.split('-').all(plain), way, "must be small letters and digits with “-” between them");
    }

    fn runner(&mut self, runner: &RunnerDocument, way: &Way) {
        self.id(&runner.id, &way.key("id"));
        self.line(&runner.name, 80, &way.key("name"));
        self.line(&runner.source, 300, &way.key("source"));
        self.count(&runner.programs, PROGRAMS, &way.key("programs"));
        for (way, program) in ways(&way.key("programs"), &runner.programs) {
            self.line(program, 80, &way);
        }
        self.count(&runner.ports, PORTS, &way.key("ports"));
        for (way, port) in ways(&way.key("ports"), &runner.ports) {
            self.hold(*port != 0, &way, "must not be 0");
        }
        if let Some(server) = &runner.server {
            self.line(server, 80, &way.key("server"));
        }
        self.count(&runner.store, STORES, &way.key("store"));
        for (way, store) in ways(&way.key("store"), &runner.store) {
            self.store(store, &way);
        }
        self.count(&runner.ask, ASKS, &way.key("ask"));
        for (way, ask) in ways(&way.key("ask"), &runner.ask) {
            self.ask(ask, &way);
        }
    }

    fn store(&mut self, store: &StoreDocument, way: &Way) {
        let StoreDocument { linux, macos, windows, variable, below } = store;
        self.folders([linux, macos, windows], way, Stars::None);
        let names_none = linux.is_empty() && macos.is_empty() && windows.is_empty() && variable.is_none();
        self.hold(!names_none, way, "names neither a folder nor a variable");
        if let Some(variable) = variable {
            let plain = variable.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
            let good = plain && variable.len() <= 64 && variable.starts_with(|c: char| c.is_ascii_uppercase());
            self.hold(good, &way.key("variable"), "must be capital letters, digits and “_”");
        }
        if let Some(below) = below {
            let way = way.key("below");
            self.line(below, 200, &way);
            self.hold(variable.is_some() || names_none, &way, "follows a variable, and there is none");
            self.names(below, &way, Stars::None);
        }
    }

    fn class(&mut self, class: &InventoryDocument, way: &Way) {
        let InventoryDocument { id, name, source, linux, macos, windows, architectures } = class;
        self.id(id, &way.key("id"));
        self.line(name, 80, &way.key("name"));
        self.line(source, 300, &way.key("source"));
        self.folders([linux, macos, windows], way, Stars::Whole);
        self.count(architectures, ARCHITECTURES, &way.key("architectures"));
        for (way, architecture) in ways(&way.key("architectures"), architectures) {
            self.line(architecture, 64, &way);
        }
        let names_none = linux.is_empty() && macos.is_empty() && windows.is_empty() && architectures.is_empty();
        self.hold(!names_none, way, "names neither a folder nor an architecture");
    }

    fn folders(&mut self, [linux, macos, windows]: [&[String]; 3], way: &Way, stars: Stars) {
        for (key, folders) in [("linux", linux), ("macos", macos), ("windows", windows)] {
            let way = way.key(key);
            self.count(folders, FOLDERS, &way);
            for (way, folder) in ways(&way, folders) {
                self.folder(folder, &way, stars);
            }
        }
    }

    fn folder(&mut self, folder: &str, way: &Way, stars: Stars) {
        self.line(folder, FOLDER, way);
        let drive = |folder: &str| {
            folder.get(..3).is_some_and(|start| start.starts_with(|c: char| c.is_ascii_alphabetic()) && start.ends_with(":/"))
        };
        let (names, least) = match (folder.strip_prefix("~/"), folder.strip_prefix('/')) {
            (Some(below_home), _) => (below_home, 1),
            (None, Some(below_root)) => (below_root, 2),
            (None, None) if drive(folder) => (folder.get(3..).unwrap_or_default(), 2),
            (None, None) => return self.hold(false, way, "must begin with ~/ or be a whole path"),
        };
        let named = names.split('/').filter(|name| !name.is_empty() && *name != "*").count();
        if named < least {
            let because = "must name a folder of its own, two names deep at least where it is not in the home folder";
            return self.hold(false, way, because);
        }
        let kernels = OF_THE_KERNEL.into_iter().find(|one| folder.strip_prefix(one).is_some_and(|rest| rest.starts_with('/')));
        if let Some(one) = kernels {
            self.hold(false, way, &format!("must not lie in {one}, which holds no files of its own"));
        }
        self.names(names, way, stars);
    }

    fn names(&mut self, names: &str, way: &Way, stars: Stars) {
        let odd = |name: &str| matches!(name, "" | "." | "..");
        self.hold(!names.split('/').any(odd), way, "must not hold “.” or “..” or an empty name");
        self.hold(!names.contains(['\\', '\0']), way, "has “/” between its names");
        match stars {
            Stars::None => self.hold(!names.contains('*'), way, "must not hold “*”"),
            Stars::Whole => {
                let whole = names.split('/').all(|name| name == "*" || !name.contains('*'));
                self.hold(whole, way, "may hold “*” only for a whole name");
            }
        }
    }

    fn ask(&mut self, ask: &AskDocument, way: &Way) {
        self.path(&ask.path, &way.key("path"));
        self.count(&ask.sign, SIGNS, &way.key("sign"));
        for (way, sign) in ways(&way.key("sign"), &ask.sign) {
            self.sign(sign, &way);
        }
        for (key, pointer) in [("list", &ask.list), ("name", &ask.name), ("context", &ask.context), ("forwards", &ask.forwards)] {
            if let Some(pointer) = pointer {
                self.pointer(pointer, &way.key(key));
            }
        }
    }

    fn path(&mut self, path: &str, way: &Way) {
        self.hold(path.len() <= 128, way, "is longer than 128 bytes");
        let Some(names) = path.strip_prefix('/') else { return self.hold(false, way, "must begin with /") };
        let plain = names.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-'));
        if !plain {
            return self.hold(false, way, "may hold letters, digits, “/”, “.”, “_” and “-”");
        }
        if !names.is_empty() {
            self.names(names, way, Stars::None);
        }
        let words = names.split(['/', '.', '_', '-']).map(str::to_ascii_lowercase);
        if let Some(verb) = words.into_iter().find(|word| VERBS.contains(&word.as_str())) {
            self.hold(false, way, &format!("holds the word “{verb}”: only what changes nothing may be asked"));
        }
    }

    fn sign(&mut self, sign: &SignDocument, way: &Way) {
        let SignDocument { body, at, is } = sign;
        self.hold(body.is_some() != at.is_some(), way, "needs either “body” or “at”");
        self.hold(is.is_none() || at.is_some() || body.is_none(), way, "has “is”, which goes with “at”");
        for (key, text) in [("body", body), ("is", is)] {
            if let Some(text) = text {
                self.line(text, 200, &way.key(key));
            }
        }
        if let Some(at) = at {
            self.pointer(at, &way.key("at"));
        }
    }

    fn pointer(&mut self, pointer: &str, way: &Way) {
        self.line(pointer, 128, way);
        self.hold(pointer.starts_with('/'), way, "must be a JSON pointer, which begins with /");
    }
}

/// Whether `*` may stand for a name.
#[derive(Clone, Copy)]
enum Stars {
    None,
    Whole,
}
