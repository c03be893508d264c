//! Expressions, by rank.

use super::lex::Token;
use super::parse::{Fault, Parser};
use super::syntax::{Args, Expr, Kind, Literal, Op, Step, StepKind};

/// Rank of `not`, and of what compares: between `and` and `+`.
const NOT: usize = 2;
const COMPARE: usize = 3;
const HIGHEST: usize = 7;

impl Parser<'_> {
    /// `a, b` or just `a`.
    pub(super) fn tuple(&mut self) -> Result<Expr, Fault> {
        self.tuple_of(Self::expression)
    }

    pub(super) fn tuple_of(&mut self, read: impl Fn(&mut Self) -> Result<Expr, Fault>) -> Result<Expr, Fault> {
        let at = self.at();
        let first = read(self)?;
        if !matches!(self.peek(), Some(Token::Op(","))) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.take(",") && !self.ends_tuple() {
            all.push(read(self)?);
        }
        Ok(Expr { at, kind: Kind::List(all) })
    }

    fn ends_tuple(&self) -> bool {
        matches!(self.peek(), None | Some(Token::Close | Token::Op(")" | "]" | "=") | Token::Name("in")))
    }

    pub(super) fn expression(&mut self) -> Result<Expr, Fault> {
        self.nested(Self::choice)
    }

    pub(super) fn without_choice(&mut self) -> Result<Expr, Fault> {
        self.nested(|parser| parser.ranked(0))
    }

    fn choice(&mut self) -> Result<Expr, Fault> {
        let value = self.ranked(0)?;
        let (at, mut tests, mut otherwise) = (value.at, Vec::new(), None);
        while otherwise.is_none() && self.take_word("if") {
            tests.push(self.ranked(0)?);
            otherwise = if self.take_word("else") { Some(Box::new(self.expression()?)) } else { None };
        }
        if tests.is_empty() {
            return Ok(value);
        }
        Ok(Expr { at, kind: Kind::Choice(Box::new(value), tests, otherwise) })
    }

    fn ranked(&mut self, rank: usize) -> Result<Expr, Fault> {
        if rank > HIGHEST {
            return self.unary();
        }
        let at = self.at();
        if rank == NOT {
            if self.take_word("not") {
                let negated = self.nested(|parser| parser.ranked(NOT))?;
                return Ok(Expr { at, kind: Kind::Not(Box::new(negated)) });
            }
            return self.ranked(COMPARE);
        }
        let first = self.ranked(rank + 1)?;
        let mut rest = Vec::new();
        while let Some(op) = self.operator(rank) {
            rest.push((op, self.ranked(rank + 1)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Expr { at, kind: Kind::Chain(Box::new(first), rest) })
    }

    fn operator(&mut self, rank: usize) -> Option<Op> {
        let op = match (rank, self.peek()?) {
            (0, Token::Name("or")) => Op::Or,
            (1, Token::Name("and")) => Op::And,
            (COMPARE, Token::Op("==" | "!=" | "<" | "<=" | ">" | ">=") | Token::Name("in")) => Op::Compare,
            (COMPARE, Token::Name("not")) if matches!(self.peek_after(), Some(Token::Name("in"))) => {
                self.step();
                Op::Compare
            }
            (4, Token::Op("+")) => Op::Add,
            (5, Token::Op("~")) => Op::Join,
            (6, Token::Op("*")) => Op::Times,
            (6, Token::Op("%")) => Op::Remainder,
            (4, Token::Op("-")) | (6, Token::Op("/" | "//")) => Op::Other,
            (7, Token::Op("**")) => Op::Power,
            _ => return None,
        };
        self.step();
        Some(op)
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        let minus = self.take("-");
        let base = if minus || self.take("+") { self.nested(Self::unary)? } else { self.primary()? };
        let base = if minus { Expr { at, kind: Kind::Negative(Box::new(base)) } } else { base };
        let steps = self.steps()?;
        if steps.is_empty() {
            return Ok(base);
        }
        Ok(Expr { at, kind: Kind::Steps(Box::new(base), steps) })
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        let token = self.peek().cloned();
        // The end of the tag stays, for whoever steps over what cannot be read.
        if !matches!(token, Some(Token::Close)) {
            self.step();
        }
        let kind = match token {
            Some(Token::Name("true" | "false" | "none" | "True" | "False" | "None")) => Kind::Constant,
            Some(Token::Name(name)) => Kind::Name(name.to_owned()),
            Some(Token::Number(number)) => Kind::Number(number),
            Some(Token::Quoted(first)) => Kind::Text(self.adjacent(first)),
            Some(Token::Op("(")) => return self.in_brackets(),
            Some(Token::Op("[")) => Kind::List(self.listed("]")?),
            Some(Token::Op("{")) => self.dict()?,
            _ => return Err(Fault::Broken(at)),
        };
        Ok(Expr { at, kind })
    }

    /// Texts that follow each other are one.
    fn adjacent(&mut self, mut literal: Literal) -> Literal {
        while let Some(Token::Quoted(more)) = self.peek() {
            literal.text.push_str(&more.text);
            literal.disguised |= more.disguised;
            self.step();
        }
        literal
    }

    fn in_brackets(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        if self.take(")") {
            return Ok(Expr { at, kind: Kind::List(Vec::new()) });
        }
        let inner = self.tuple()?;
        self.expect(")")?;
        Ok(inner)
    }

    fn listed(&mut self, end: &str) -> Result<Vec<Expr>, Fault> {
        let mut list = Vec::new();
        while !self.take(end) {
            if !list.is_empty() {
                self.expect(",")?;
                if self.take(end) {
                    break;
                }
            }
            list.push(self.expression()?);
        }
        Ok(list)
    }

    fn dict(&mut self) -> Result<Kind, Fault> {
        let mut pairs = Vec::new();
        while !self.take("}") {
            if !pairs.is_empty() {
                self.expect(",")?;
                if self.take("}") {
                    break;
                }
            }
            let key = self.expression()?;
            self.expect(":")?;
            pairs.push((key, self.expression()?));
        }
        Ok(Kind::Dict(pairs))
    }

    fn steps(&mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = Vec::new();
        loop {
            let at = self.at();
            let kind = if self.take(".") {
                self.attribute()?
            } else if self.take("[") {
                self.item()?
            } else if self.take("(") {
                StepKind::Call(self.args()?)
            } else if self.take("|") {
                self.filter()?
            } else if self.take_word("is") {
                self.test()?
            } else {
                return Ok(steps);
            };
            steps.push(Step { at, kind });
        }
    }

    fn attribute(&mut self) -> Result<StepKind, Fault> {
        if let Some(Token::Number(number)) = self.peek() {
            let (at, kind) = (self.at(), Kind::Number(*number));
            self.step();
            return Ok(StepKind::Item(Expr { at, kind }));
        }
        Ok(StepKind::Attribute(self.name()?.to_owned()))
    }

    fn item(&mut self) -> Result<StepKind, Fault> {
        let mut parts = vec![None];
        let mut slice = false;
        while !self.take("]") {
            if self.take(":") || self.take(",") {
                slice = true;
                parts.push(None);
            } else if let Some(last @ None) = parts.last_mut() {
                *last = Some(self.expression()?);
            } else {
                return self.broken();
            }
        }
        match (slice, parts.pop()) {
            (false, Some(Some(index))) => Ok(StepKind::Item(index)),
            (true, last) => {
                parts.extend(last);
                Ok(StepKind::Slice(parts))
            }
            _ => self.broken(),
        }
    }

    pub(super) fn args(&mut self) -> Result<Args, Fault> {
        let mut args = Args::default();
        while !self.take(")") {
            let starred = self.take("**") || self.take("*");
            match (self.peek(), self.peek_after()) {
                (Some(Token::Name(name)), Some(Token::Op("="))) if !starred => {
                    let name = (*name).to_owned();
                    self.step();
                    self.step();
                    args.named.push((name, self.expression()?));
                }
                _ => args.plain.push(self.expression()?),
            }
            if !matches!(self.peek(), Some(Token::Op(")"))) {
                self.expect(",")?;
            }
        }
        Ok(args)
    }

    fn dotted(&mut self) -> Result<String, Fault> {
        let mut name = self.name()?.to_owned();
        while self.take(".") {
            name = format!("{name}.{}", self.name()?);
        }
        Ok(name)
    }

    fn filter(&mut self) -> Result<StepKind, Fault> {
        let name = self.dotted()?;
        let args = if self.take("(") { self.args()? } else { Args::default() };
        Ok(StepKind::Filter(name, args))
    }

    /// `name|name(…)`, as the tags `filter` and `set` have them.
    pub(super) fn filters(&mut self, first_is_bare: bool) -> Result<Vec<Step>, Fault> {
        let mut filters = Vec::new();
        let mut bare = first_is_bare;
        while bare || self.take("|") {
            bare = false;
            filters.push(Step { at: self.at(), kind: self.filter()? });
        }
        Ok(filters)
    }

    fn test(&mut self) -> Result<StepKind, Fault> {
        self.take_word("not");
        let name = self.dotted()?;
        let operand = match self.peek() {
            Some(Token::Name("else" | "or" | "and" | "is" | "if" | "not" | "in")) => false,
            Some(Token::Name(_) | Token::Number(_) | Token::Quoted(_) | Token::Op("[" | "{")) => true,
            _ => false,
        };
        let args = if self.take("(") {
            self.args()?
        } else if operand {
            let at = self.at();
            let base = self.nested(Self::primary)?;
            let mut steps = Vec::new();
            while self.take(".") {
                steps.push(Step { at, kind: self.attribute()? });
            }
            let whole = if steps.is_empty() { base } else { Expr { at, kind: Kind::Steps(Box::new(base), steps) } };
            Args { plain: vec![whole], named: Vec::new() }
        } else {
            Args::default()
        };
        Ok(StepKind::Test(name, args))
    }
}
