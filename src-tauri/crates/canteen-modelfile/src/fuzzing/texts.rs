//! JSON with what is looked for in it, and chat templates.

use super::{again, file, sound};
use crate::{Hazard, called_names, formats, json, template};

/// Names by which loaders take a configuration.
const CONFIGURATIONS: &[&str] =
    &["tokenizer_config.json", "config.json", "model_index.json", "modules.json", "adapter_config.json"];

/// JSON: what a strict reader takes is read, and means the same. Then everything that looks into JSON.
pub fn json(bytes: &[u8]) {
    let ours = json::parse(bytes);
    if let Ok(strict) = serde_json::from_slice::<serde_json::Value>(bytes) {
        let ours = ours.as_ref().expect("a strict reader takes it");
        assert!(same(ours, &strict), "{ours:?} is not {strict:?}");
    }
    for name in CONFIGURATIONS {
        let (mut source, size) = file(bytes);
        let found =
            template::look(name, &mut source, size).expect("memory does not fail").expect("it is looked into by its name");
        placed(&found, bytes);
        assert!(ours.is_ok() || !found.is_empty() || *name == "config.json", "what is no JSON is never clean");
    }
    if let Some((_, found)) = formats::document(bytes) {
        placed(&found.hazards, bytes);
    }
}

/// Places are those of the text as UTF-8, in which a byte that is none takes three.
fn placed(hazards: &[Hazard], bytes: &[u8]) {
    sound(hazards, bytes.len() * 3);
}

/// A name that stands there twice means its last value.
fn same(ours: &json::Value, strict: &serde_json::Value) -> bool {
    match (ours, strict) {
        (json::Value::Null, serde_json::Value::Null) => true,
        (json::Value::Bool(ours), serde_json::Value::Bool(strict)) => ours == strict,
        (json::Value::Number(ours), serde_json::Value::Number(strict)) => {
            // The strict reader rounds the last digit its own way.
            strict.as_f64().is_some_and(|strict| (ours - strict).abs() <= strict.abs() * 1e-15)
        }
        (json::Value::Text(ours), serde_json::Value::String(strict)) => ours == strict,
        (json::Value::List(ours), serde_json::Value::Array(strict)) => {
            ours.len() == strict.len() && ours.iter().zip(strict).all(|(ours, strict)| same(ours, strict))
        }
        (json::Value::Object(members), serde_json::Value::Object(strict)) => {
            let both = |name: &String, strict| ours.get(name).is_some_and(|ours| same(ours, strict));
            members.iter().all(|member| strict.contains_key(&member.name)) && strict.iter().all(|(name, value)| both(name, value))
        }
        _ => false,
    }
}

/// Go's templates, and words that every conversation begins with.
pub fn go_templates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let found = template::judge_go(&text);
    sound(&found, text.len());
    again(bytes, &found, || template::judge_go(&text));
    sound(&template::judge_words(&text), text.len());
}

/// Chat templates, and configurations in YAML.
pub fn templates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    sound(&called_names::yaml(&text), text.len());
    let found = template::judge(&text);
    sound(&found, text.len());
    again(bytes, &found, || template::judge(&text));
}
