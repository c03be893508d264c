//! Templates of Go's `text/template`, as Ollama keeps them: read into the same tree as Jinja's, and judged by the same walk.
//!
//! Go's templates reach nothing but what they are handed. What remains are the words that they put into a conversation, and what
//! decides over them. So a field that holds what people write becomes a message, whatever it is taken from.

mod expression;
mod lex;
#[cfg(test)]
mod tests;

use super::parse::Fault;
use super::syntax::{Args, At, Expr, For, Kind, Statement, Step, StepKind};
use expression::{literal_name, name};
use lex::{Piece, Token};

/// Actions in each other. Published templates stay below 10.
const DEEPEST: usize = 64;
const MOST_FAULTS: usize = 8;

/// A template, as far as it can be read, and the first faults.
pub(super) fn parse(source: &str) -> (Vec<Statement<'_>>, Vec<Fault>) {
    let lexed = lex::lex(source);
    let faults = lexed.broken.map(Fault::Broken).into_iter().collect();
    let mut parser = Parser { pieces: lexed.pieces.into_iter(), faults, dots: vec![Dot::All], depth: 0, dots_made: 0 };
    let mut all = Vec::new();
    loop {
        let (statements, end) = parser.body();
        all.extend(statements);
        match end {
            End::OfFile => return (all, parser.faults),
            End::OfBlock(at) | End::Else(at, _) => parser.broken(at),
        }
    }
}

/// What `.` is.
#[derive(Clone, Debug)]
enum Dot {
    /// All that the template is handed.
    All,
    /// A variable of our own.
    Named(String),
}

struct Parser<'t> {
    pieces: std::vec::IntoIter<Piece<'t>>,
    faults: Vec<Fault>,
    dots: Vec<Dot>,
    depth: usize,
    dots_made: usize,
}

enum End<'t> {
    OfFile,
    OfBlock(At),
    Else(At, Vec<Token<'t>>),
}

impl<'t> Parser<'t> {
    fn broken(&mut self, at: At) {
        self.fault(Fault::Broken(at));
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// As far as what ends it.
    fn body(&mut self) -> (Vec<Statement<'t>>, End<'t>) {
        let mut statements = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let (at, mut tokens) = match piece {
                Piece::Text(at, text) => {
                    statements.push(Statement::Text(at, text));
                    continue;
                }
                Piece::Action(at, tokens) => (at, tokens),
            };
            let word = tokens.first().and_then(Token::word).unwrap_or_default();
            match word {
                "end" => return (statements, End::OfBlock(at)),
                "else" => return (statements, End::Else(at, tokens.split_off(1))),
                "break" | "continue" => {}
                "if" | "with" | "range" | "define" | "block" if self.depth >= DEEPEST => self.fault(Fault::Deep(at)),
                "if" => statements.push(self.nested(|parser| parser.choice(at, &tokens, false))),
                "with" => statements.push(self.nested(|parser| parser.choice(at, &tokens, true))),
                "range" => statements.push(self.nested(|parser| parser.range(at, &tokens))),
                "define" => statements.push(self.nested(|parser| parser.define(at, &tokens))),
                "block" => {
                    statements.push(self.nested(|parser| parser.define(at, &tokens)));
                    statements.push(self.template(at, &tokens));
                }
                "template" => statements.push(self.template(at, &tokens)),
                _ => statements.push(self.action(at, &tokens)),
            }
        }
        (statements, End::OfFile)
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Statement<'t>) -> Statement<'t> {
        self.depth += 1;
        let statement = read(self);
        self.depth -= 1;
        statement
    }

    /// What stands in the block, with this for `.`.
    fn within(&mut self, dot: Dot) -> (Vec<Statement<'t>>, End<'t>) {
        self.dots.push(dot);
        let read = self.body();
        self.dots.pop();
        read
    }

    fn here(&self) -> Dot {
        self.dots.last().cloned().unwrap_or(Dot::All)
    }

    fn new_dot(&mut self) -> String {
        self.dots_made += 1;
        format!("dot_{}", self.dots_made)
    }

    /// The variables in front, and the value.
    fn value(&mut self, at: At, tokens: &[Token<'t>]) -> (Vec<String>, Expr) {
        let (variables, value) = expression::read(at, tokens, &self.here());
        let value = value.unwrap_or_else(|fault| {
            self.fault(fault);
            name(at, "data_unknown")
        });
        (variables, value)
    }

    fn action(&mut self, at: At, tokens: &[Token<'t>]) -> Statement<'t> {
        let (mut variables, value) = self.value(at, tokens);
        match variables.pop() {
            Some(variable) => Statement::Set(name(at, &variable), value),
            None => Statement::Print(value),
        }
    }

    /// `if` and `with`, which also takes the value for `.`.
    fn choice(&mut self, at: At, tokens: &[Token<'t>], with: bool) -> Statement<'t> {
        let (mut names, mut branches) = (Vec::new(), Vec::new());
        let (mut test, mut with) = (Some(self.test(at, tokens, &mut names)), with);
        loop {
            let dot = match test.as_ref().map(|test| &test.kind) {
                Some(Kind::Name(name)) if with => Dot::Named(name.clone()),
                _ => self.here(),
            };
            let (body, end) = self.within(dot);
            branches.push((test.take(), body));
            match end {
                End::Else(at, tokens) => {
                    let word = tokens.first().and_then(Token::word);
                    with = word == Some("with");
                    if matches!(word, Some("if" | "with")) {
                        test = Some(self.test(at, &tokens, &mut names));
                    }
                }
                End::OfBlock(_) => break,
                End::OfFile => {
                    self.broken(at);
                    break;
                }
            }
        }
        Statement::Body(names, vec![Statement::If(branches)])
    }

    /// A value that is tested is kept under a name, so that it can be `.`, or has one already.
    fn test(&mut self, at: At, tokens: &[Token<'t>], names: &mut Vec<(Expr, Expr)>) -> Expr {
        let (mut variables, value) = self.value(at, tokens.get(1..).unwrap_or_default());
        let is_with = tokens.first().and_then(Token::word) == Some("with");
        let Some(variable) = variables.pop().or_else(|| is_with.then(|| self.new_dot())) else { return value };
        names.push((name(at, &variable), value));
        name(at, &variable)
    }

    fn range(&mut self, at: At, tokens: &[Token<'t>]) -> Statement<'t> {
        let (mut variables, over) = self.value(at, tokens.get(1..).unwrap_or_default());
        let element = variables.pop().unwrap_or_else(|| self.new_dot());
        let (mut body, mut end) = self.within(Dot::Named(element.clone()));
        // The place in the list is no part of what people write.
        body.splice(0..0, variables.iter().map(|index| Statement::Set(name(at, index), Expr { at, kind: Kind::Constant })));
        let mut otherwise = Vec::new();
        while let End::Else(..) = end {
            let dot = self.here();
            let read = self.within(dot);
            otherwise.extend(read.0);
            end = read.1;
        }
        if matches!(end, End::OfFile) {
            self.broken(at);
        }
        Statement::For(Box::new(For { target: name(at, &element), over, only: None, body, otherwise }))
    }

    fn define(&mut self, at: At, tokens: &[Token<'t>]) -> Statement<'t> {
        let dot = self.new_dot();
        let (body, end) = self.within(Dot::Named(dot.clone()));
        if !matches!(end, End::OfBlock(_)) {
            self.broken(at);
        }
        Statement::Macro(literal_name(tokens.get(1)), vec![(dot, None)], body)
    }

    fn template(&mut self, at: At, tokens: &[Token<'t>]) -> Statement<'t> {
        let value = match tokens.get(2..) {
            None | Some([]) => None,
            Some(rest) => Some(self.value(at, rest).1),
        };
        let call = Step { at, kind: StepKind::Call(Args { plain: value.into_iter().collect(), named: Vec::new() }) };
        let callee = name(at, &literal_name(tokens.get(1)));
        Statement::Print(Expr { at, kind: Kind::Steps(Box::new(callee), vec![call]) })
    }
}
