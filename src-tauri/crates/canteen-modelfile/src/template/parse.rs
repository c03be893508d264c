//! Statements. A tag that cannot be read is said and stepped over, so that what stands behind it is judged as well.

use super::lex::{Token, lex};
use super::syntax::{At, Expr, For, Kind, Parameter, Statement, Step};

/// Statements and brackets in each other. Published templates stay below 20.
const DEEPEST: usize = 64;

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is no Jinja.
    Broken(At),
    /// It is nested too deep.
    Deep(At),
}

/// A template, as far as it can be read, and the first faults.
pub(super) fn parse(source: &str) -> (Vec<Statement<'_>>, Vec<Fault>) {
    let lexed = lex(source);
    let faults = lexed.broken.map(Fault::Broken).into_iter().collect();
    let mut parser = Parser { tokens: lexed.tokens, next: 0, end: source.len(), depth: 0, faults };
    let mut all = Vec::new();
    loop {
        let (statements, end) = parser.statements(&[]);
        all.extend(statements);
        if end.is_none() {
            return (all, parser.faults);
        }
    }
}

pub(super) struct Parser<'t> {
    tokens: Vec<(At, Token<'t>)>,
    next: usize,
    end: At,
    depth: usize,
    faults: Vec<Fault>,
}

impl<'t> Parser<'t> {
    pub(super) fn at(&self) -> At {
        self.tokens.get(self.next).map_or(self.end, |token| token.0)
    }

    pub(super) fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next).map(|token| &token.1)
    }

    pub(super) fn peek_after(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next + 1).map(|token| &token.1)
    }

    pub(super) fn step(&mut self) {
        self.next += 1;
    }

    pub(super) fn broken<T>(&self) -> Result<T, Fault> {
        Err(Fault::Broken(self.at()))
    }

    /// Reads something that may nest.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= DEEPEST {
            return Err(Fault::Deep(self.at()));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn take(&mut self, op: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Op(found)) if *found == op);
        self.next += usize::from(there);
        there
    }

    pub(super) fn expect(&mut self, op: &str) -> Result<(), Fault> {
        if self.take(op) { Ok(()) } else { self.broken() }
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Name(found)) if *found == word);
        self.next += usize::from(there);
        there
    }

    pub(super) fn name(&mut self) -> Result<&'t str, Fault> {
        match self.peek() {
            Some(Token::Name(name)) => {
                let name = *name;
                self.step();
                Ok(name)
            }
            _ => self.broken(),
        }
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < 8 {
            self.faults.push(fault);
        }
    }

    /// To behind the end of the tag, which should come next.
    fn close(&mut self) {
        if !matches!(self.peek(), Some(Token::Close)) {
            self.fault(Fault::Broken(self.at()));
        }
        self.skip_tag();
    }

    fn skip_tag(&mut self) {
        while let Some(token) = self.peek() {
            let close = matches!(token, Token::Close);
            self.step();
            if close {
                break;
            }
        }
    }

    /// Up to a tag with one of these names, or to the end.
    fn statements(&mut self, ends: &[&str]) -> (Vec<Statement<'t>>, Option<&'t str>) {
        let mut read = Vec::new();
        while let Some((at, token)) = self.tokens.get(self.next).cloned() {
            self.step();
            let statement = match token {
                Token::Text(text) => Ok(Some(Statement::Text(at, text))),
                Token::Print => self.tuple().map(|value| {
                    self.close();
                    Some(Statement::Print(value))
                }),
                Token::Tag => match self.name() {
                    Ok(name) if ends.contains(&name) => return (read, Some(name)),
                    Ok(name) => self.nested(|parser| parser.tag(at, name)),
                    Err(fault) => Err(fault),
                },
                Token::Close | Token::Name(_) | Token::Number(_) | Token::Quoted(_) | Token::Op(_) => Err(Fault::Broken(at)),
            };
            match statement {
                Ok(statement) => read.extend(statement),
                Err(fault) => {
                    self.fault(fault);
                    self.skip_tag();
                }
            }
        }
        if !ends.is_empty() {
            self.fault(Fault::Broken(self.end));
        }
        (read, None)
    }

    /// The body of a tag, with the tag that ends it.
    fn body(&mut self, end: &str) -> Vec<Statement<'t>> {
        self.close();
        let (body, found) = self.statements(&[end]);
        if found.is_some() {
            self.skip_tag();
        }
        body
    }

    fn tag(&mut self, at: At, name: &'t str) -> Result<Option<Statement<'t>>, Fault> {
        Ok(Some(match name {
            "if" => return self.branches().map(Some),
            "for" => return self.repeat().map(Some),
            "set" => return self.set().map(Some),
            "macro" => {
                let (name, parameters) = (self.name()?.to_owned(), self.parameters()?);
                Statement::Macro(name, parameters, self.body("endmacro"))
            }
            "call" => {
                let parameters = self.parameters()?;
                let call = self.expression()?;
                Statement::Call(parameters, call, self.body("endcall"))
            }
            "filter" => {
                let filters = self.filters(true)?;
                Statement::Filter(filters, self.body("endfilter"))
            }
            "with" => {
                let mut names = Vec::new();
                while !matches!(self.peek(), Some(Token::Close) | None) {
                    let target = self.target()?;
                    self.expect("=")?;
                    names.push((target, self.expression()?));
                    self.take(",");
                }
                Statement::Body(names, self.body("endwith"))
            }
            "block" => {
                self.skip_words();
                Statement::Body(Vec::new(), self.body("endblock"))
            }
            "autoescape" => {
                let value = self.expression()?;
                Statement::Body(vec![(Expr { at, kind: Kind::Constant }, value)], self.body("endautoescape"))
            }
            // Training wants to know what the model itself said.
            "generation" => Statement::Body(Vec::new(), self.body("endgeneration")),
            "print" | "do" => {
                let value = self.tuple()?;
                self.close();
                if name == "do" { Statement::Do(value) } else { Statement::Print(value) }
            }
            "break" | "continue" => {
                self.close();
                return Ok(None);
            }
            _ if name.starts_with("end") || matches!(name, "else" | "elif") => return Err(Fault::Broken(at)),
            _ => {
                self.skip_tag();
                Statement::Tag(at, name.to_owned())
            }
        }))
    }

    fn skip_words(&mut self) {
        while matches!(self.peek(), Some(Token::Name(_))) {
            self.step();
        }
    }

    fn branches(&mut self) -> Result<Statement<'t>, Fault> {
        let mut branches = Vec::new();
        let mut test = Some(self.tuple()?);
        loop {
            self.close();
            let (body, end) = self.statements(&["elif", "else", "endif"]);
            branches.push((test.take(), body));
            match end {
                // What stands before it is judged although it cannot be read.
                Some("elif") => test = self.tuple().map_err(|fault| self.fault(fault)).ok(),
                Some("else") => {}
                _ => break,
            }
        }
        self.skip_tag();
        Ok(Statement::If(branches))
    }

    fn repeat(&mut self) -> Result<Statement<'t>, Fault> {
        let target = self.target()?;
        if !self.take_word("in") {
            return self.broken();
        }
        let over = self.tuple_of(Self::without_choice)?;
        let only = if self.take_word("if") { Some(self.expression()?) } else { None };
        self.take_word("recursive");
        self.close();
        let (body, end) = self.statements(&["else", "endfor"]);
        let otherwise = if end == Some("else") { self.body("endfor") } else { Vec::new() };
        if end == Some("endfor") {
            self.skip_tag();
        }
        Ok(Statement::For(Box::new(For { target, over, only, body, otherwise })))
    }

    fn set(&mut self) -> Result<Statement<'t>, Fault> {
        let target = self.target()?;
        if self.take("=") {
            let value = self.tuple()?;
            self.close();
            return Ok(Statement::Set(target, value));
        }
        let filters: Vec<Step> = self.filters(false)?;
        Ok(Statement::SetBlock(target, filters, self.body("endset")))
    }

    /// `(a, b=1)`; none where there are no brackets.
    fn parameters(&mut self) -> Result<Vec<Parameter>, Fault> {
        let mut parameters = Vec::new();
        if !self.take("(") {
            return Ok(parameters);
        }
        while !self.take(")") {
            let name = self.name()?.to_owned();
            let default = if self.take("=") { Some(self.expression()?) } else { None };
            parameters.push((name, default));
            if !matches!(self.peek(), Some(Token::Op(")"))) {
                self.expect(",")?;
            }
        }
        Ok(parameters)
    }

    /// Names that take values: `a`, `a, b`, `(a, b)`, `space.name`.
    fn target(&mut self) -> Result<Expr, Fault> {
        self.tuple_of(|parser| parser.nested(Self::one_target))
    }

    fn one_target(&mut self) -> Result<Expr, Fault> {
        if self.take("(") {
            let inner = self.target()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let (at, mut name) = (self.at(), self.name()?.to_owned());
        while self.take(".") {
            name = format!("{name}.{}", self.name()?);
        }
        Ok(Expr { at, kind: Kind::Name(name) })
    }
}
