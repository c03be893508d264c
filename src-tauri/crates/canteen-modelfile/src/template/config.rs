//! Configuration in JSON: templates in it, and names of Python code that a loader imports.

use std::io;

use super::{hazards, judge};
use crate::called_names;
use crate::examine::hazards::REMOTE_CODE;
use crate::hazard::{Hazard, HazardCode};
use crate::json::{self, JsonError, Member, Value};
use crate::section::{Source, read_at};

/// A tokenizer's configuration has 10 MB at most.
const LONGEST: u64 = 64 << 20;
/// Of JSON under other names, most of which is something else.
const LONGEST_OTHER: u64 = 4 << 20;
/// Templates of one file, and names of code that are said.
const MOST: usize = 32;

pub(super) fn look(name: &str, source: &mut dyn Source, size: u64) -> io::Result<Option<Vec<Hazard>>> {
    if !is_known(name) {
        return by_form(name, source, size);
    }
    if size > LONGEST {
        return Ok(Some(vec![Hazard::of(&hazards::TOO_MUCH, "length")]));
    }
    let mut found = Found::default();
    match json::parse(&read_at(source, 0, size)?) {
        Ok(value) => {
            found.value(&value);
            match name {
                "model_index.json" => found.parts_of_pipeline(&value),
                "modules.json" => found.sentence_modules(&value),
                "adapter_config.json" => found.adapter(&value),
                _ => {}
            }
        }
        // Nothing is loaded from a broken one, and its own reader says so where it is Keras'.
        Err(JsonError::Broken { .. }) if name == "config.json" => {}
        Err(JsonError::Broken { at }) => found.hazards.push(Hazard::at(&hazards::UNREADABLE, at, "JSON")),
        Err(JsonError::TooMuch { at }) => found.hazards.push(Hazard::at(&hazards::TOO_MUCH, at, "JSON")),
    }
    Ok(Some(found.hazards))
}

/// A configuration of a model under another name: one copy of many, or one that waits to be renamed. JSON that only speaks of
/// templates, as data do, has not its form.
fn by_form(name: &str, source: &mut dyn Source, size: u64) -> io::Result<Option<Vec<Hazard>>> {
    if !name.ends_with(".json") || size > LONGEST_OTHER {
        return Ok(None);
    }
    let bytes = read_at(source, 0, size)?;
    let says = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    if !says(b"\"chat_template\"") && !says(b"\"auto_map\"") && !says(b"_target_") {
        return Ok(None);
    }
    let Ok(value) = json::parse(&bytes) else { return Ok(None) };
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    let is_one = has(&["chat_template", "auto_map"])
        && has(&["tokenizer_class", "processor_class", "model_type", "architectures", "bos_token", "eos_token"]);
    let mut found = Found::default();
    if is_one {
        found.value(&value);
    } else {
        found.hazards = called_names::targets(&bytes);
    }
    Ok((is_one || !found.hazards.is_empty()).then_some(found.hazards))
}

/// By these names loaders take them.
fn is_known(name: &str) -> bool {
    matches!(
        name,
        "tokenizer_config.json"
            | "chat_template.json"
            | "chat_templates.json"
            | "processor_config.json"
            | "preprocessor_config.json"
            | "image_processor_config.json"
            | "video_preprocessor_config.json"
            | "config.json"
            | "generation_config.json"
            | "model_index.json"
            | "adapter_config.json"
            | "modules.json"
    )
}

#[derive(Default)]
struct Found {
    hazards: Vec<Hazard>,
    templates: usize,
    named: usize,
}

impl Found {
    /// Every value; as deep as the reader of JSON goes.
    fn value(&mut self, value: &Value) {
        value.list().iter().for_each(|value| self.value(value));
        for member in value.members() {
            self.member(member);
            self.value(&member.value);
        }
    }

    fn member(&mut self, member: &Member) {
        let name = member.name.as_str();
        // What a list calls `template` was met with the list.
        if name.contains("template") && name != "template" {
            self.templates(name, &member.value);
        }
        match (name, &member.value) {
            ("auto_map", Value::Object(classes)) if !classes.is_empty() => self.code(member.at, "auto_map"),
            ("auto_map", Value::List(_) | Value::Text(_)) => self.code(member.at, "auto_map"),
            ("_target_", Value::Text(target)) if called_names::is_executor(target) => {
                self.say(&called_names::RUNS_CODE, member.at, target);
            }
            ("custom_pipelines", Value::Object(pipelines)) if !pipelines.is_empty() => self.code(member.at, "custom_pipelines"),
            // A kernel of the hub is a native library.
            ("attn_implementation" | "_attn_implementation" | "experts_implementation", Value::Text(kernel))
                if kernel.contains('/') =>
            {
                self.code(member.at, kernel);
            }
            _ => {}
        }
    }

    /// A text, a list of `{name, template}`, or texts by name.
    fn templates(&mut self, name: &str, value: &Value) {
        match value {
            Value::Text(text) => self.template(name, text),
            Value::List(list) => {
                for value in list {
                    value.text().into_iter().for_each(|text| self.template(name, text));
                    let inner = value.get("name").and_then(Value::text).unwrap_or("?");
                    let all = value.members().iter().filter(|member| member.name == "template");
                    all.filter_map(|member| member.value.text()).for_each(|text| self.template(&format!("{name}.{inner}"), text));
                }
            }
            Value::Object(members) => {
                for Member { name: inner, value, .. } in members {
                    // A list within is met again as a member of its own.
                    value.text().into_iter().for_each(|text| self.template(&format!("{name}.{inner}"), text));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn template(&mut self, name: &str, text: &str) {
        self.templates += 1;
        if self.templates == MOST {
            self.hazards.push(Hazard::of(&hazards::TOO_MUCH, "templates"));
        }
        if self.templates < MOST {
            let found = judge(text).into_iter().map(|hazard| hazard.within(name));
            let new: Vec<_> = found.filter(|hazard| !self.hazards.contains(hazard)).collect();
            self.hazards.extend(new);
        }
    }

    fn code(&mut self, at: u64, what: &str) {
        self.say(&REMOTE_CODE, at, what);
    }

    fn say(&mut self, code: &'static HazardCode, at: u64, what: &str) {
        self.named += 1;
        if self.named <= MOST {
            self.hazards.push(Hazard::at(code, at, what));
        }
    }

    /// Diffusers: each part is `[library, class]`, and a library that it does not know is a file of the folder.
    fn parts_of_pipeline(&mut self, index: &Value) {
        for member in index.members() {
            // `_class_name` as a pair names a pipeline in a file.
            let library = member.value.list().first().and_then(Value::text);
            let known = |library: &str| {
                let root = library.split('.').next().unwrap_or_default();
                matches!(
                    root,
                    "diffusers" | "transformers" | "onnxruntime" | "optimum" | "flax" | "stable_diffusion" | "latent_diffusion"
                ) || matches!(
                    root,
                    "deepfloyd_if" | "kandinsky" | "paint_by_example" | "unidiffuser" | "audioldm2" | "controlnet"
                ) || matches!(
                    root,
                    "stable_cascade" | "wuerstchen" | "musicldm" | "semantic_stable_diffusion" | "peft" | "k_diffusion"
                )
            };
            if let Some(library) = library.filter(|library| member.name == "_class_name" || !known(library)) {
                self.code(member.at, library);
            }
        }
    }

    fn sentence_modules(&mut self, modules: &Value) {
        let types = modules.list().iter().flat_map(Value::members).filter(|member| member.name == "type");
        for member in types {
            let name = member.value.text().unwrap_or_default();
            if !matches!(name.split('.').next(), Some("sentence_transformers" | "pylate")) {
                self.code(member.at, name);
            }
        }
    }

    /// PEFT imports the library that an automatic mapping names.
    fn adapter(&mut self, config: &Value) {
        for member in config.members().iter().filter(|member| member.name == "auto_mapping") {
            let library = member.value.get("parent_library").and_then(Value::text).unwrap_or_default();
            let root = library.split('.').next().unwrap_or_default();
            if !matches!(root, "" | "transformers" | "diffusers" | "peft" | "torch" | "sentence_transformers" | "timm") {
                self.code(member.at, library);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[track_caller]
    fn check(name: &str, json: &str, expected: Option<&[&str]>) {
        let found = look(name, &mut Cursor::new(json), json.len() as u64).unwrap();
        let codes = found.map(|found| found.into_iter().map(|hazard| hazard.code.code).collect::<Vec<_>>());
        assert_eq!(codes.as_deref(), expected, "{name} {json}");
    }

    #[test]
    fn each_of_several_templates_is_judged() {
        let evil = "{{ x.__class__ }}";
        for json in [
            format!(r#"{{"chat_template": [{{"name": "default", "template": "a"}}, {{"name": "b", "template": "{evil}"}}]}}"#),
            format!(r#"{{"chat_template": {{"default": "a", "tool_use": "{evil}"}}}}"#),
            format!(r#"{{"chat_template": "{evil}"}}"#),
        ] {
            check("tokenizer_config.json", &json, Some(&["template.reaches_outside"]));
            check("chat_template.json", &json, Some(&["template.reaches_outside"]));
        }
    }

    #[test]
    fn a_configuration_is_judged_under_another_name_and_what_only_looks_like_one_is_not() {
        let code = r#"{"auto_map": {"AutoModel": "own.Net"}, "architectures": ["Net"]}"#;
        check("config_old.json", code, Some(&["file.remote_code"]));
        let template = r#"{"chat_template": "{{ x.__class__ }}", "bos_token": "<s>"}"#;
        check("tokenizer_config.backup.json", template, Some(&["template.reaches_outside"]));
        check("data.json", r#"[{"chat_template": "{{ x.__class__ }}"}]"#, None);
        check("data.json", r#"{"chat_template": "{{ x.__class__ }}"}"#, None);
        check("data.json", r#"{"auto_map": {"x": "y.z"}}"#, None);
        check("data.txt", code, None);
        check("data.json", r#"{"chat_template""#, None);
    }
}
