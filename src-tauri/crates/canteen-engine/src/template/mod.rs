//! Chat templates: small Jinja programs that come with the model. They are code from a file that may be hostile, so they run
//! in the locked engine with limited fuel, a limited output, and no way to load anything.

mod date;
mod json;
mod methods;

use canteen_types::frames::{Role, Turn};
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, context};

/// Steps that one rendering may take. A conversation of 200 turns takes about 20,000.
const FUEL: u64 = 2_000_000;
/// Longest rendered conversation, in bytes: more than any frame holds, with markers around each turn.
const OUTPUT: usize = 4 << 20;
/// Nested macros and includes.
const DEPTH: usize = 64;
const NAME: &str = "chat";

/// A template that compiled and rendered a first conversation.
#[derive(Debug)]
pub(crate) struct Template {
    environment: Environment<'static>,
    begin: String,
    end: String,
}

impl Template {
    /// Compiles `source` and tries it on one short message.
    pub(crate) fn new(source: &str, begin: String, end: String) -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH);
        environment.set_undefined_behavior(UndefinedBehavior::Lenient);
        // As the templates' authors have them: `transformers` sets both.
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_unknown_method_callback(methods::call);
        environment.add_filter("tojson", json::filter);
        environment.add_function("raise_exception", raise);
        environment.add_function("strftime_now", |format: &str| date::format(format, date::now()));
        environment.add_template_owned(NAME, without_generation_marks(source))?;
        let template = Self { environment, begin, end };
        template.render(&[Turn { role: Role::User, content: "Hello".into() }])?;
        Ok(template)
    }

    /// The conversation as the model wants to read it, up to where its answer begins.
    ///
    /// Some templates accept no instructions in front, or want the roles to take turns. Those get the conversation a second
    /// time with the instructions in the first message and neighbours of one role joined.
    pub(crate) fn render(&self, turns: &[Turn]) -> Result<String, Error> {
        let first = self.render_once(turns);
        let joined = in_turns(turns);
        if first.is_err() && joined != turns { self.render_once(&joined).or(first) } else { first }
    }

    fn render_once(&self, turns: &[Turn]) -> Result<String, Error> {
        let messages: Vec<Value> =
            turns.iter().map(|turn| context! { role => role_name(turn.role), content => turn.content.as_str() }).collect();
        let variables = context! {
            messages,
            add_generation_prompt => true,
            bos_token => self.begin.as_str(),
            eos_token => self.end.as_str(),
            tools => (),
            documents => (),
        };
        let mut output = Bounded(Vec::new());
        self.environment.get_template(NAME)?.render_captured_to(variables, &mut output)?;
        String::from_utf8(output.0).map_err(|_| Error::new(ErrorKind::BadSerialization, "the output is no text"))
    }
}

/// What went wrong, without the surroundings that may quote a conversation.
pub(crate) fn sentence(error: &Error) -> String {
    format!("the chat template does not render: {error}")
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

fn raise(message: &str) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message.chars().take(200).collect::<String>()))
}

/// No system turn, and never two of one role in a row.
fn in_turns(turns: &[Turn]) -> Vec<Turn> {
    let mut joined: Vec<Turn> = Vec::new();
    for turn in turns {
        let role = if turn.role == Role::System { Role::User } else { turn.role };
        match joined.last_mut() {
            Some(last) if last.role == role => {
                last.content.push_str("\n\n");
                last.content.push_str(&turn.content);
            }
            _ => joined.push(Turn { role, content: turn.content.clone() }),
        }
    }
    joined
}

/// `{% generation %}` marks the answers for training. Jinja itself does not know it: it becomes a comment of the same shape.
fn without_generation_marks(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, tag)) = rest.split_once("{%") {
        out.push_str(before);
        let Some((inside, after)) = tag.split_once("%}") else {
            out.push_str("{%");
            rest = tag;
            break;
        };
        let word = inside.trim_matches(|c: char| c == '-' || c == '+' || c.is_whitespace());
        let (open, close) = if matches!(word, "generation" | "endgeneration") { ("{#", "#}") } else { ("{%", "%}") };
        out.extend([open, inside, close]);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Refuses to grow past [`OUTPUT`].
struct Bounded(Vec<u8>);

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > OUTPUT {
            return Err(std::io::Error::other("the chat template writes too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Named arguments that a method of Python has and we do not use are still no error.
fn ignore(arguments: &Kwargs) {
    for name in arguments.args() {
        drop(arguments.get::<Value>(name));
    }
}

#[cfg(test)]
mod tests;
