//! Keras: the configuration in JSON from which a model is built, by names of classes and functions.
//!
//! Loading resolves each name, so a name is a call. What Keras itself has to offer is known; every other name needs code from
//! elsewhere, and one that is installed on any computer needs nothing from the model's maker at all.

mod hazards;
mod names;

pub(crate) use hazards::ALL as HAZARDS;
pub(crate) use hazards::UNREADABLE;
use hazards::{CUSTOM_OBJECT, FOREIGN_MODULE, LAMBDA, OUTSIDE_FILE, UNSAFE_FUNCTION, WRAPPER};

use super::collector::{Gathered, shown};
use super::paths::leaves;
use super::{Found, tensorflow};
use crate::json::{self, Value};

/// Packages whose classes are Keras' own.
const OWN: &[&str] =
    &["keras", "keras_hub", "keras_nlp", "keras_cv", "keras_core", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"];
/// Modules of Keras, below the package, whose functions compute and do nothing else.
const HARMLESS: &[&str] =
    &["activations", "losses", "metrics", "initializers", "regularizers", "constraints", "ops", "backend.nn", "backend.numpy"];
const MAKERS: &[&str] =
    &["ConvNeXt", "DenseNet", "EfficientNet", "Inception", "MobileNet", "NASNet", "ResNet", "VGG", "Xception"];
const WRAPPERS: &[&str] = &["TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "ModuleWrapper"];
/// Names of values that are read from a file when they are a text.
const FILES: &[&str] = &["vocabulary", "filepath", "file_path", "vocabulary_file", "vocab_file", "fname", "origin"];
/// Of TensorFlow's functions, by the beginnings of their names: what `TFOpLambda` may call that does more than compute.
const UNSAFE_OPERATIONS: &[&str] = &[
    "io.",
    "load_",
    "py_function",
    "numpy_function",
    "saved_model.",
    "keras.",
    "data.",
    "train.",
    "summary.",
    "raw_ops.",
    "compat.",
];

/// What the configuration of a model is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The model is built from it, so every class has to be there.
    Builds,
    /// It stands beside a graph, which runs without the classes.
    Describes,
}

/// Judges the text of a configuration that stands at `at`.
pub(crate) fn config(found: &mut Gathered, text: &[u8], at: u64, used: Use) {
    match json::parse(text) {
        Ok(value) => judge(found, &value, at, used),
        Err(error) => found.stopped(&UNREADABLE, at, &error.to_string()),
    }
}

/// A file of its own. `None` where it is another kind of JSON.
pub(crate) fn document(text: &[u8]) -> Option<Found> {
    let value = json::parse(text).ok()?;
    // Both an architecture that Keras 2 wrote by itself, and what stands in the zip of Keras 3.
    value.get("class_name")?.text()?;
    value.get("config")?;
    let mut found = Gathered::of(text.len() as u64);
    judge(&mut found, &value, 0, Use::Builds);
    found.done(Ok(()), &UNREADABLE).ok()
}

fn judge(found: &mut Gathered, value: &Value, at: u64, used: Use) {
    let architecture = value.get("class_name").and_then(Value::text).and_then(shown);
    // The outermost object comes first.
    if architecture.is_some() && found.facts.architecture.is_none() {
        found.facts.name = value.get("config").and_then(|config| config.get("name")).and_then(Value::text).and_then(shown);
        found.facts.architecture = architecture;
    }
    if let Some(version) = value.get("keras_version").and_then(Value::text) {
        found.facts.producer = shown(&format!("keras {version}"));
    }
    Walk { found, begins_at: at, at, used }.value(value);
}

/// A class or function that the configuration names.
#[derive(Clone, Copy)]
struct Named<'v> {
    module: Option<&'v str>,
    name: &'v str,
    /// `package>name`, as classes are registered.
    registered: Option<&'v str>,
}

struct Walk<'f> {
    found: &'f mut Gathered,
    /// Where the text begins in its file.
    begins_at: u64,
    /// What is judged stands there.
    at: u64,
    used: Use,
}

impl Walk<'_> {
    /// As deep as the reader of JSON goes, which has a bound. Of names that stand twice each is judged.
    fn value(&mut self, value: &Value) {
        self.object(value);
        for member in value.members() {
            if let Some(path) = member.value.text() {
                self.at = self.begins_at.saturating_add(member.at);
                self.file(&member.name, path);
            }
            self.value(&member.value);
        }
        for element in value.list() {
            self.value(element);
        }
    }

    fn say(&mut self, code: &'static crate::HazardCode, detail: &str) {
        if self.used == Use::Builds || code != &CUSTOM_OBJECT {
            self.found.at(code, self.at, detail);
        }
    }

    fn file(&mut self, key: &str, path: &str) {
        let is_list = key == "vocabulary" || key.starts_with("vocab");
        if FILES.contains(&key) && !path.is_empty() && (is_list || leaves(path).is_some()) {
            self.say(&OUTSIDE_FILE, &format!("{key}: {path}"));
        }
    }

    fn object(&mut self, value: &Value) {
        for (at, class) in every_text(value, "class_name") {
            self.at = self.begins_at.saturating_add(at);
            let registered = value.get("registered_name").and_then(Value::text);
            let config = value.get("config");
            let modules = every_text(value, "module");
            for module in modules.iter().map(|(_, module)| Some(*module)).chain(modules.is_empty().then_some(None)) {
                let named = Named { module, name: class, registered };
                match class {
                    "__lambda__" => self.say(&LAMBDA, class),
                    "__typespec__" => self.typespec(value, module),
                    "function" => {
                        if let Some(name) = config.and_then(Value::text) {
                            self.function(Named { name, ..named });
                        }
                    }
                    _ if class.starts_with("__") && class.ends_with("__") => {}
                    _ => self.class(named),
                }
            }
            if let Some(config) = config {
                self.code(class, config);
            }
        }
    }

    /// Layers that hold code, or call what a name says.
    fn code(&mut self, class: &str, config: &Value) {
        match class {
            "Lambda" => self.lambda(config),
            "TFOpLambda" | "ClassMethod" | "InstanceMethod" | "SlicingOpLambda" => {
                let called =
                    config.get("function").or_else(|| config.get("cls_symbol")).and_then(Value::text).unwrap_or_default();
                let called =
                    called.trim_start_matches("tf.").trim_start_matches("compat.v1.").trim_start_matches("__operators__.");
                if UNSAFE_OPERATIONS.iter().any(|unsafe_one| called.starts_with(unsafe_one)) {
                    self.say(&UNSAFE_FUNCTION, &format!("{class}: {called}"));
                }
            }
            "TensorFlowOpLayer" => {
                let node = config.get("node_def").and_then(Value::text).unwrap_or_default();
                if let Some(operation) = tensorflow::dangerous_in(node) {
                    self.say(&UNSAFE_FUNCTION, &format!("{class}: {operation}"));
                }
            }
            _ => {}
        }
    }

    fn lambda(&mut self, config: &Value) {
        for part in ["function", "output_shape", "mask"] {
            let kind = config.get(&format!("{part}_type")).and_then(Value::text);
            let Some(value) = config.get(part) else { continue };
            // Compiled code stands in a list: code, defaults, closure.
            let tuple = value.get("class_name").and_then(Value::text) == Some("__tuple__");
            let listed = part == "function" && (matches!(value, Value::List(_)) || tuple);
            if kind == Some("lambda") || listed {
                self.say(&LAMBDA, part);
            } else if let Some(name) = value.text() {
                let module = if part == "function" { "module" } else { &format!("{part}_module") };
                let module = config.get(module).and_then(Value::text);
                self.function(Named { module, name, registered: None });
            }
        }
    }

    fn typespec(&mut self, value: &Value, module: Option<&str>) {
        let name = value.get("spec_name").and_then(Value::text).unwrap_or_default();
        let known =
            name.ends_with("Spec") && module.is_some_and(|module| is_within(module, "tensorflow") || own(module).is_some());
        if !known {
            self.say(&FOREIGN_MODULE, &dotted(module, name));
        }
    }

    fn function(&mut self, named: Named<'_>) {
        let Named { module, name, .. } = named;
        match module {
            // Where the name alone is written, only Keras' own are found.
            None => {
                if !names::is_function(name) && !names::is_class(name) {
                    self.say(&CUSTOM_OBJECT, name);
                }
            }
            // Some versions write this of every function, whatever module it stands in.
            Some("builtins") if !names::is_builtin(name) => self.function(Named { module: None, ..named }),
            Some(module) => match own(module) {
                Some(below) => {
                    let harmless = HARMLESS.iter().any(|part| is_within(below, part)) && names::is_plain(name);
                    let prepares = name == "preprocess_input" && is_within(below, "applications");
                    if !harmless && !prepares {
                        self.say(&UNSAFE_FUNCTION, &dotted(Some(module), name));
                    }
                }
                None => self.foreign(named),
            },
        }
    }

    fn class(&mut self, named: Named<'_>) {
        let Named { module, name, registered } = named;
        if WRAPPERS.contains(&name) {
            self.say(&WRAPPER, name);
        }
        let below = module.and_then(own);
        match (module, below) {
            (Some(_), Some(below)) => {
                let known = names::is_class(name) || names::is_function(name);
                // Functions that make whole models and fetch their weights are named like classes.
                let makes = is_within(below, "applications") && MAKERS.iter().any(|maker| name.starts_with(maker));
                if !known && (makes || !is_class_name(name)) {
                    self.say(&UNSAFE_FUNCTION, &dotted(module, name));
                }
            }
            (Some(_), None) => self.foreign(named),
            (None, _) => {
                // `package>name`: Keras' own have been registered so, too.
                let registered = registered.unwrap_or(name);
                let (package, bare) = registered.rsplit_once('>').unwrap_or(("", registered));
                if !names::is_class(bare) && !OWN.contains(&package) {
                    self.say(&CUSTOM_OBJECT, registered);
                }
            }
        }
    }

    /// A module that is no part of Keras: what is installed anyway is called, whatever else is missing.
    fn foreign(&mut self, named: Named<'_>) {
        let module = named.module.unwrap_or_default();
        let odd = !module.split('.').chain([named.name]).all(names::is_plain);
        let called = names::is_installed(module) && !is_class_name(named.name);
        let code = if odd || called || names::is_python(module) { &FOREIGN_MODULE } else { &CUSTOM_OBJECT };
        self.say(code, &dotted(named.module, named.name));
    }
}

/// The texts of a name, and where each stands, which may stand there more than once; readers take the last, and not all take the same.
fn every_text<'v>(value: &'v Value, name: &str) -> Vec<(u64, &'v str)> {
    let text = |member: &'v json::Member| member.value.text().map(|text| (member.at, text));
    value.members().iter().filter(|member| member.name == name).filter_map(text).take(8).collect()
}

/// What stands below Keras' own package in a module's name.
fn own(module: &str) -> Option<&str> {
    let plain = module.split('.').all(names::is_plain);
    let within = OWN.iter().filter(|package| plain && is_within(module, package)).max_by_key(|package| package.len())?;
    let below = module.get(within.len()..)?.trim_start_matches('.');
    Some(below.strip_prefix("src.").or_else(|| below.strip_prefix("api.")).unwrap_or(below))
}

fn is_within(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_class_name(name: &str) -> bool {
    names::is_plain(name) && name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_uppercase())
}

fn dotted(module: Option<&str>, name: &str) -> String {
    module.map_or_else(|| name.to_owned(), |module| format!("{module}.{name}"))
}

#[cfg(test)]
mod tests;
