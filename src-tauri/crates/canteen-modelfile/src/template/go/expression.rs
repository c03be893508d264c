//! Values: a function with its arguments, several of them in a pipe.

use super::lex::{Symbol, Token};
use super::{DEEPEST, Dot};
use crate::template::parse::Fault;
use crate::template::syntax::{Args, At, Expr, Kind, Op, Step, StepKind};

/// The variables that a value is put into, and the value.
pub(super) fn read(at: At, tokens: &[Token<'_>], dot: &Dot) -> (Vec<String>, Result<Expr, Fault>) {
    let assign = tokens.iter().position(|token| matches!(token.kind, Symbol::Assign));
    let (front, rest) = assign.and_then(|assign| tokens.split_at_checked(assign)).unwrap_or((&[], tokens));
    let rest = if assign.is_some() { rest.get(1..).unwrap_or_default() } else { rest };
    let variables =
        front.iter().filter_map(|token| if let Symbol::Variable(name) = token.kind { Some(variable(name)) } else { None });
    let mut reader = Reader { tokens: rest, next: 0, end: at, dot, depth: 0 };
    let value = reader.pipe().and_then(|value| if reader.next < rest.len() { Err(reader.broken()) } else { Ok(value) });
    (variables.collect(), value)
}

pub(super) fn name(at: At, name: &str) -> Expr {
    Expr { at, kind: Kind::Name(name.to_owned()) }
}

/// A template's own name, as that of a macro.
pub(super) fn literal_name(token: Option<&Token<'_>>) -> String {
    match token.map(|token| &token.kind) {
        Some(Symbol::Text(literal)) => format!("template_{}", plain(&literal.text)),
        _ => "template_".to_owned(),
    }
}

/// No name of Go's leads out, so none may look as if it did.
fn plain(name: &str) -> String {
    name.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

fn variable(name: &str) -> String {
    format!("variable_{}", plain(name))
}

/// `ToolCalls` is `tool_calls`, as other templates have it.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    plain(&snake)
}

fn steps(base: Expr, kind: StepKind) -> Expr {
    let at = base.at;
    Expr { at, kind: Kind::Steps(Box::new(base), vec![Step { at, kind }]) }
}

fn filter(value: Expr, name: &str, plain: Vec<Expr>) -> Expr {
    steps(value, StepKind::Filter(name.to_owned(), Args { plain, named: Vec::new() }))
}

/// What people, or the model, write.
fn content(at: At) -> Expr {
    let first = Expr { at, kind: Kind::Number(0.0) };
    let message = steps(name(at, "messages"), StepKind::Item(first));
    steps(message, StepKind::Attribute("content".to_owned()))
}

fn field(at: At, base: Option<Expr>, field: &str) -> Expr {
    match (field, base) {
        ("Messages", _) => name(at, "messages"),
        ("Prompt" | "Response" | "Suffix" | "Content" | "Thinking" | "Input", _) => content(at),
        (_, None) => name(at, &format!("data_{}", snake(field))),
        (_, Some(base)) => steps(base, StepKind::Attribute(snake(field))),
    }
}

struct Reader<'t, 's> {
    tokens: &'s [Token<'t>],
    next: usize,
    /// Where what is missing at the end is said.
    end: At,
    dot: &'s Dot,
    depth: usize,
}

impl<'t> Reader<'t, '_> {
    fn at(&self) -> At {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    fn peek(&self) -> Option<&Symbol<'t>> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn broken(&self) -> Fault {
        Fault::Broken(self.at())
    }

    /// What comes out of one command is the last argument of the next.
    fn pipe(&mut self) -> Result<Expr, Fault> {
        let mut value = self.command(None)?;
        while matches!(self.peek(), Some(Symbol::Pipe)) {
            self.next += 1;
            value = self.command(Some(value))?;
        }
        Ok(value)
    }

    fn command(&mut self, last: Option<Expr>) -> Result<Expr, Fault> {
        let at = self.at();
        let function = match self.peek() {
            Some(Symbol::Word(word)) if !matches!(*word, "true" | "false" | "nil") => Some(*word),
            _ => None,
        };
        let mut arguments = Vec::new();
        self.next += usize::from(function.is_some());
        while !matches!(self.peek(), None | Some(Symbol::Pipe | Symbol::Close)) {
            arguments.push(self.operand()?);
        }
        arguments.extend(last);
        match function {
            Some(function) => Ok(apply(at, function, arguments)),
            // A method with arguments: nothing that a template is handed has one that would do harm.
            None => arguments.into_iter().next().ok_or_else(|| self.broken()),
        }
    }

    fn operand(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        let Some(symbol) = self.tokens.get(self.next) else { return Err(self.broken()) };
        self.next += 1;
        let mut value = match &symbol.kind {
            Symbol::Dot => self.here(at),
            Symbol::Field(found) => {
                let base = if let Dot::Named(dot) = self.dot { Some(name(at, dot)) } else { None };
                field(at, base, found)
            }
            // All that the template was handed.
            Symbol::Variable("") => match self.tokens.get(self.next) {
                Some(Token { kind: Symbol::Field(found), joined: true, .. }) => {
                    self.next += 1;
                    field(at, None, found)
                }
                _ => name(at, "data_all"),
            },
            Symbol::Variable(found) => name(at, &variable(found)),
            Symbol::Text(literal) => Expr { at, kind: Kind::Text(literal.clone()) },
            Symbol::Number(number) => Expr { at, kind: Kind::Number(*number) },
            Symbol::Word("true" | "false" | "nil") => Expr { at, kind: Kind::Constant },
            Symbol::Word(function) => apply(at, function, Vec::new()),
            Symbol::Open => self.bracket(at)?,
            Symbol::Close | Symbol::Pipe | Symbol::Assign | Symbol::Comma => return Err(Fault::Broken(at)),
        };
        while let Some(Token { kind: Symbol::Field(found), joined: true, at }) = self.tokens.get(self.next) {
            self.next += 1;
            value = field(*at, Some(value), found);
        }
        Ok(value)
    }

    fn here(&self, at: At) -> Expr {
        match self.dot {
            Dot::All => name(at, "data_all"),
            Dot::Named(dot) => name(at, dot),
        }
    }

    fn bracket(&mut self, at: At) -> Result<Expr, Fault> {
        if self.depth >= DEEPEST {
            return Err(Fault::Deep(at));
        }
        self.depth += 1;
        let value = self.pipe()?;
        self.depth -= 1;
        if !matches!(self.peek(), Some(Symbol::Close)) {
            return Err(self.broken());
        }
        self.next += 1;
        Ok(value)
    }
}

/// Functions of Go, of Ollama, and those that others add.
fn apply(at: At, function: &str, mut arguments: Vec<Expr>) -> Expr {
    let expr = |kind| Expr { at, kind };
    let list = |list| Expr { at, kind: Kind::List(list) };
    let chain = |op: Op, mut arguments: Vec<Expr>| {
        if arguments.len() < 2 {
            return arguments.pop().unwrap_or(Expr { at, kind: Kind::Constant });
        }
        let rest = arguments.split_off(1);
        let first = arguments.pop().unwrap_or(Expr { at, kind: Kind::Constant });
        Expr { at, kind: Kind::Chain(Box::new(first), rest.into_iter().map(|other| (op, other)).collect()) }
    };
    match function {
        // How many turns there are, which is asked for the last of them.
        "len" if arguments.first().is_some_and(is_conversation) => name(at, "data_count"),
        "eq" if arguments.len() > 2 => {
            let others = arguments.split_off(1);
            arguments.push(list(others));
            chain(Op::Compare, arguments)
        }
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "hasPrefix" | "hasSuffix" | "has" | "regexMatch" => {
            chain(Op::Compare, arguments)
        }
        "and" => chain(Op::And, arguments),
        "or" | "default" | "coalesce" => chain(Op::Or, arguments),
        "print" | "println" | "printf" | "cat" => chain(Op::Join, arguments),
        "not" => expr(Kind::Not(Box::new(arguments.pop().unwrap_or(expr(Kind::Constant))))),
        "list" | "dict" | "tuple" => list(arguments),
        "ternary" if arguments.len() == 3 => {
            let (test, otherwise) = (arguments.pop(), arguments.pop());
            let value = arguments.pop().unwrap_or(expr(Kind::Constant));
            expr(Kind::Choice(Box::new(value), test.into_iter().collect(), otherwise.map(Box::new)))
        }
        "index" => indexed(arguments).unwrap_or(expr(Kind::Constant)),
        "slice" => sliced(arguments).unwrap_or(expr(Kind::Constant)),
        "currentDate" | "yesterdayDate" | "now" | "date" => {
            steps(name(at, "strftime_now"), StepKind::Call(Args { plain: arguments, named: Vec::new() }))
        }
        _ => match (changes(function), arguments.pop()) {
            (Some(filtered), Some(value)) => filter(value, filtered, arguments),
            (_, value) => {
                arguments.extend(value);
                steps(name(at, &format!("function_{function}")), StepKind::Call(Args { plain: arguments, named: Vec::new() }))
            }
        },
    }
}

/// The messages, or some of them.
fn is_conversation(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Name(name) => name == "messages",
        Kind::Steps(base, steps) => {
            steps.iter().all(|step| matches!(step.kind, StepKind::Slice(_)))
                && matches!(&base.kind, Kind::Name(name) if name == "messages")
        }
        Kind::Text(_) | Kind::Number(_) | Kind::Constant | Kind::List(_) | Kind::Dict(_) => false,
        Kind::Not(_) | Kind::Negative(_) | Kind::Chain(..) | Kind::Choice(..) => false,
    }
}

/// What does the same to the last argument in Jinja.
fn changes(function: &str) -> Option<&'static str> {
    Some(match function {
        "len" => "length",
        "json" | "toJson" | "toPrettyJson" | "mustToJson" | "toTypeScriptType" => "tojson",
        "html" | "js" | "urlquery" => "escape",
        "trim" | "trimAll" | "trimPrefix" | "trimSuffix" | "nospace" | "indent" | "nindent" | "quote" | "toString" => "trim",
        "lower" => "lower",
        "upper" => "upper",
        "title" => "title",
        "replace" => "replace",
        "join" => "join",
        "first" => "first",
        "last" => "last",
        "reverse" => "reverse",
        _ => return None,
    })
}

fn indexed(arguments: Vec<Expr>) -> Option<Expr> {
    arguments.into_iter().reduce(|value, key| steps(value, StepKind::Item(key)))
}

fn sliced(arguments: Vec<Expr>) -> Option<Expr> {
    let mut arguments = arguments.into_iter();
    let value = arguments.next()?;
    let mut bounds: Vec<Option<Expr>> = arguments.map(Some).take(2).collect();
    bounds.resize_with(2, || None);
    Some(steps(value, StepKind::Slice(bounds)))
}
