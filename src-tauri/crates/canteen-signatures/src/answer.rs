//! What a server on this computer is asked, step by step, and what its answers say. Every answer comes from a stranger.

use serde_json::Value;

use crate::document::{AskDocument, RunnerDocument, SignDocument};
use crate::{Runner, Signatures};

/// Questions until it is clear what a server is.
const MOST_FIRST: usize = 8;
/// Models of one answer that are looked at.
const MOST_MODELS: usize = 64;
/// Longest name of a model or a computer, in characters.
const LONGEST_NAME: usize = 120;

/// One answer, as it came in. Whoever asks has limited its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What was asked.
    pub path: String,
    /// The status, e.g. 200.
    pub status: u16,
    /// The line `Server`.
    pub server: Option<String>,
    /// What followed.
    pub body: Vec<u8>,
}

/// A model that an answer names. A claim: weights are the only proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedModel {
    /// What it is called there; printable, at most 120 characters.
    pub name: String,
    /// Longest context, in tokens.
    pub context: Option<u64>,
    /// The computer that it is computed on, where that is another one: no weights are held here.
    pub forwards_to: Option<String>,
    /// It is in memory, not only on offer.
    pub loaded: bool,
}

/// What a server says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which runner, e.g. `ollama`.
    pub runner: String,
    /// What people call it.
    pub product: String,
    /// What it names, as far as it does; at most 64.
    pub models: Vec<ClaimedModel>,
}

impl Answer {
    /// The other computer that it forwards to, where it does.
    #[must_use]
    pub fn forwards_to(&self) -> Option<&str> {
        self.models.iter().find_map(|model| model.forwards_to.as_deref())
    }

    /// Everything that it names is computed on another computer, so it holds no weights.
    #[must_use]
    pub fn only_forwards(&self) -> bool {
        !self.models.is_empty() && self.models.iter().all(|model| model.forwards_to.is_some())
    }

    /// The model that it has in memory, where it names exactly one that is computed here.
    #[must_use]
    pub fn model(&self) -> Option<&ClaimedModel> {
        let mut here = self.models.iter().filter(|model| model.loaded && model.forwards_to.is_none());
        here.next().filter(|_| here.next().is_none())
    }
}

/// One server being asked: what comes next, until enough is known.
#[derive(Debug)]
pub struct Inquiry<'a> {
    known: &'a Signatures,
    /// What tells runners apart, the likeliest first.
    first: std::vec::IntoIter<&'a str>,
    runner: Option<&'a RunnerDocument>,
    replies: Vec<Reply>,
}

impl Signatures {
    /// Begins to ask a server. Its port and its program's name decide what is asked first, and nothing else.
    #[must_use]
    pub fn questions(&self, port: u16, program: &str) -> Inquiry<'_> {
        let called = self.runner_of_program(program).map(Runner::id);
        let mut runners: Vec<&RunnerDocument> = self.0.runner.iter().filter(|runner| !runner.ask.is_empty()).collect();
        runners.sort_by_key(|runner| {
            let likely = runner.ports.contains(&port) || called == Some(runner.id.as_str());
            (runner.fallback, !likely)
        });
        let mut first: Vec<&str> = Vec::new();
        for path in runners.iter().filter_map(|runner| runner.ask.first()).map(|ask| ask.path.as_str()) {
            if first.len() < MOST_FIRST && !first.contains(&path) {
                first.push(path);
            }
        }
        Inquiry { known: self, first: first.into_iter(), runner: None, replies: Vec::new() }
    }

    /// Whether something is known of a server at this port or of this program: reason enough to ask it soon.
    #[must_use]
    pub fn expects(&self, port: u16, program: &str) -> bool {
        let asks = |runner: &RunnerDocument| !runner.ask.is_empty();
        self.0.runner.iter().any(|runner| asks(runner) && runner.ports.contains(&port))
            || self.runner_of_program(program).is_some_and(|runner| asks(runner.0))
    }
}

impl<'a> Inquiry<'a> {
    /// The path to ask for next; `None` when enough is known.
    pub fn next_path(&mut self) -> Option<&'a str> {
        match self.runner {
            Some(runner) => runner.ask.iter().map(|ask| ask.path.as_str()).find(|path| self.reply(path).is_none()),
            None => self.first.next(),
        }
    }

    /// Takes an answer in.
    pub fn take(&mut self, reply: Reply) {
        if self.runner.is_none() {
            self.runner = self.known.0.runner.iter().filter(|runner| !runner.fallback).find(|runner| fits(runner, &reply));
        }
        self.replies.push(reply);
    }

    /// What all the answers say together; `None` where they fit nothing that is known.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        let fallback = || {
            let mut fallbacks = self.known.0.runner.iter().filter(|runner| runner.fallback);
            fallbacks.find(|runner| self.replies.iter().any(|reply| fits(runner, reply)))
        };
        let runner = self.runner.or_else(fallback)?;
        let mut models: Vec<ClaimedModel> = Vec::new();
        for ask in &runner.ask {
            let Some(value) = self.reply(&ask.path).and_then(json) else { continue };
            merge(&mut models, ask, &value);
        }
        Some(Answer { runner: runner.id.clone(), product: runner.name.clone(), models })
    }

    fn reply(&self, path: &str) -> Option<&Reply> {
        self.replies.iter().find(|reply| reply.path == path)
    }
}

fn fits(runner: &RunnerDocument, reply: &Reply) -> bool {
    let calls_itself = |wanted: &String| reply.server.as_ref().is_some_and(|server| server.starts_with(wanted.as_str()));
    if runner.server.as_ref().is_some_and(calls_itself) {
        return true;
    }
    let signs: Vec<&SignDocument> = runner.ask.iter().filter(|ask| ask.path == reply.path).flat_map(|ask| &ask.sign).collect();
    if signs.is_empty() || !is_good(reply) {
        return false;
    }
    let value = json(reply);
    signs.into_iter().any(|sign| match (&sign.body, &sign.at) {
        (Some(body), _) => reply.body.trim_ascii() == body.as_bytes(),
        (None, Some(at)) => {
            let found = value.as_ref().and_then(|value| value.pointer(at)).filter(|found| !found.is_null());
            found.is_some_and(|found| sign.is.as_ref().is_none_or(|is| text(found).as_deref() == Some(is)))
        }
        (None, None) => false,
    })
}

const fn is_good(reply: &Reply) -> bool {
    matches!(reply.status, 200..=299)
}

fn json(reply: &Reply) -> Option<Value> {
    if is_good(reply) { serde_json::from_slice(&reply.body).ok() } else { None }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What one answer says about models, to what others said. What names no model is about the only one that is known.
fn merge(models: &mut Vec<ClaimedModel>, ask: &AskDocument, value: &Value) {
    let items: Vec<&Value> = match &ask.list {
        Some(list) => value.pointer(list).and_then(Value::as_array).into_iter().flatten().take(MOST_MODELS).collect(),
        None => vec![value],
    };
    for item in items {
        let at = |pointer: &Option<String>| item.pointer(pointer.as_deref()?);
        let name = at(&ask.name).and_then(text).and_then(|text| plain(last_name(&text)));
        let (room, alone) = (models.len() < MOST_MODELS, models.len() == 1);
        let known = match &name {
            Some(name) => models.iter_mut().find(|model| model.name == *name),
            None => models.first_mut().filter(|_| alone),
        };
        let context = at(&ask.context).and_then(Value::as_u64);
        let forwards_to = at(&ask.forwards).and_then(Value::as_str).and_then(plain);
        match (known, name) {
            (Some(known), _) => {
                known.context = known.context.or(context);
                known.forwards_to = known.forwards_to.take().or(forwards_to);
                known.loaded |= ask.loaded;
            }
            (None, Some(name)) if room => {
                models.push(ClaimedModel { name, context, forwards_to, loaded: ask.loaded });
            }
            (None, _) => {}
        }
    }
}

/// Of a whole path, the last name: where a file lies is nothing that an answer is asked for.
fn last_name(text: &str) -> &str {
    let is_path = text.starts_with('/') || text.contains('\\');
    if is_path { text.rsplit(['/', '\\']).next().unwrap_or(text) } else { text }
}

fn plain(text: &str) -> Option<String> {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text.trim().chars().filter(|c| !c.is_control() && !turns(*c)).take(LONGEST_NAME).collect();
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A server that answers so, and 404 to everything else; what was asked, and what came out.
    fn ask(port: u16, server: Option<&str>, pages: &[(&str, &str)]) -> (Vec<String>, Option<Answer>) {
        let known = Signatures::built_in();
        let pages: BTreeMap<&str, &str> = pages.iter().copied().collect();
        let mut inquiry = known.questions(port, "notes-app");
        let mut asked = Vec::new();
        while let Some(path) = inquiry.next_path() {
            asked.push(path.to_owned());
            let (status, body) = pages.get(path).map_or((404, "{}"), |body| (200, *body));
            let body = body.as_bytes().to_vec();
            inquiry.take(Reply { path: path.to_owned(), status, server: server.map(str::to_owned), body });
            assert!(asked.len() <= MOST_FIRST + 4);
        }
        (asked, inquiry.answer())
    }

    #[test]
    fn a_llama_server_is_known_by_its_own_line_also_while_it_loads() {
        let models = r#"{"models":[{"name":"x","type":"model"}],"object":"list","data":[{"id":"/home/ada/private/secret-project.gguf",
            "aliases":[],"object":"model","owned_by":"llamacpp","meta":{"n_ctx":4096,"n_ctx_train":8192,"n_params":134515008}}]}"#;
        let props = r#"{"default_generation_settings":{"n_ctx":4096},"model_path":"/home/ada/private/x.gguf"}"#;
        let (asked, answer) = ask(8123, Some("llama.cpp"), &[("/v1/models", models), ("/props", props)]);
        assert_eq!(asked, ["/v1/models", "/props"]);
        let answer = answer.unwrap();
        assert_eq!(answer.product, "llama.cpp");
        let model = answer.model().unwrap();
        assert_eq!((model.name.as_str(), model.context), ("secret-project.gguf", Some(4096)));
        let (_, loading) = ask(8123, Some("llama.cpp"), &[]);
        assert_eq!(loading.map(|answer| (answer.product, answer.models)), Some(("llama.cpp".into(), vec![])));
    }

    #[test]
    fn ollama_says_what_it_holds_and_what_it_forwards() {
        let tags = r#"{"models":[{"name":"gpt-oss:120b-cloud","remote_host":"https://ollama.com:443","remote_model":"gpt-oss:120b"},{"name":"smollm2:135m"}]}"#;
        let ps = r#"{"models":[{"name":"smollm2:135m","context_length":2048}]}"#;
        let (asked, answer) = ask(11434, None, &[("/", "Ollama is running"), ("/api/tags", tags), ("/api/ps", ps)]);
        assert_eq!(asked, ["/", "/api/ps", "/api/tags"]);
        let answer = answer.unwrap();
        assert_eq!((answer.product.as_str(), answer.only_forwards()), ("Ollama", false));
        assert_eq!(answer.forwards_to(), Some("https://ollama.com:443"));
        assert_eq!(answer.model().map(|model| (model.name.as_str(), model.context)), Some(("smollm2:135m", Some(2048))));

        let cloud = r#"{"models":[{"name":"gpt-oss:120b-cloud","remote_host":"https://ollama.com:443"}]}"#;
        let (_, answer) = ask(11434, None, &[("/", "Ollama is running"), ("/api/tags", cloud), ("/api/ps", r#"{"models":[]}"#)]);
        let answer = answer.unwrap();
        assert!(answer.only_forwards());
        assert_eq!(answer.model(), None);
    }

    #[test]
    fn others_are_told_apart_and_the_interface_alone_counts_last() {
        let product = |pages: &[(&str, &str)]| ask(40_000, None, pages).1.map(|answer| answer.product);
        let list = r#"{"data":[{"id":"m","owned_by":"somebody"}]}"#;
        let vllm = r#"{"data":[{"id":"org/m","owned_by":"vllm","max_model_len":8192}]}"#;
        assert_eq!(product(&[("/v1/models", list)]).as_deref(), Some("a server with OpenAI's interface"));
        assert_eq!(product(&[("/v1/models", vllm)]).as_deref(), Some("vLLM"));
        assert_eq!(
            product(&[("/v1/models", list), ("/lmstudio-greeting", r#"{"lmstudio":true}"#)]).as_deref(),
            Some("LM Studio")
        );
        assert_eq!(
            product(&[("/v1/models", list), ("/lmstudio-greeting", r#"{"lmstudio":false}"#)]).as_deref(),
            Some("a server with OpenAI's interface")
        );
        assert_eq!(
            product(&[("/v1/models", list), ("/api/extra/version", r#"{"result":"KoboldCpp"}"#)]).as_deref(),
            Some("KoboldCpp")
        );
        assert_eq!(product(&[("/", "<html>Ollama is running</html>")]), None);
        assert_eq!(product(&[("/v1/models", "{\"data\":[]}")]), None);
        assert_eq!(product(&[]), None);
    }

    #[test]
    fn a_port_or_a_name_decides_the_order_and_never_the_answer() {
        let known = Signatures::built_in();
        assert_eq!(known.questions(11434, "x").next_path(), Some("/"));
        assert_eq!(known.questions(5001, "x").next_path(), Some("/api/extra/version"));
        assert_eq!(known.questions(40_000, "LM Studio.exe").next_path(), Some("/lmstudio-greeting"));
        assert_eq!(known.questions(40_000, "x").next_path(), Some("/v1/models"));
        assert!(known.expects(11434, "x") && known.expects(1, "ollama") && !known.expects(1, "gpt4all"));
        assert_eq!(ask(11434, None, &[]).1, None);
    }

    #[test]
    fn an_answer_is_cut_to_what_a_person_can_read() {
        let many: Vec<String> = (0..500).map(|n| format!(r#"{{"id":"m{n}\u001b[31m\u202e"}}"#)).collect();
        let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(5000));
        let body = format!(r#"{{"data":[{long},{}]}}"#, many.join(","));
        let answer = ask(1, Some("llama.cpp"), &[("/v1/models", &body)]).1.unwrap();
        assert_eq!(answer.models.len(), MOST_MODELS);
        assert_eq!(answer.models[0].name.len(), LONGEST_NAME);
        assert_eq!(answer.models[1].name, "m0[31m");
        assert_eq!(answer.model(), None, "which of many is not said");
    }

    proptest! {
        #[test]
        fn no_answer_panics(body in proptest::collection::vec(any::<u8>(), 0..300), status in 0..1000_u16, server in "\\PC{0,20}") {
            let known = Signatures::built_in();
            let mut inquiry = known.questions(1, "x");
            let mut asked = 0;
            while let Some(path) = inquiry.next_path() {
                inquiry.take(Reply { path: path.to_owned(), status, server: Some(server.clone()), body: body.clone() });
                asked += 1;
            }
            prop_assert!(asked <= MOST_FIRST + 4);
            drop(inquiry.answer());
        }
    }
}
