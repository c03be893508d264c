//! Pieces of a template, and the tokens of its actions.

use crate::template::lex::unescape;
use crate::template::syntax::{At, Literal};

#[derive(Debug)]
pub(super) enum Piece<'t> {
    Text(At, &'t str),
    Action(At, Vec<Token<'t>>),
}

#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) at: At,
    pub(super) kind: Symbol<'t>,
    /// Nothing stands between it and what is in front.
    pub(super) joined: bool,
}

#[derive(Debug)]
pub(super) enum Symbol<'t> {
    Word(&'t str),
    /// `.Name`.
    Field(&'t str),
    Dot,
    /// `$`, or `$name`, without the mark.
    Variable(&'t str),
    Text(Literal),
    Number(f64),
    Open,
    Close,
    Pipe,
    /// `:=` and `=`.
    Assign,
    Comma,
}

impl<'t> Token<'t> {
    pub(super) fn word(&self) -> Option<&'t str> {
        if let Symbol::Word(word) = self.kind { Some(word) } else { None }
    }
}

#[derive(Debug, Default)]
pub(super) struct Lexed<'t> {
    pub(super) pieces: Vec<Piece<'t>>,
    /// The first thing that is no template.
    pub(super) broken: Option<At>,
}

pub(super) fn lex(source: &str) -> Lexed<'_> {
    let (mut lexed, mut at) = (Lexed::default(), 0);
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let length = rest.find("{{").unwrap_or(rest.len());
        if length > 0 {
            lexed.pieces.push(Piece::Text(at, rest.get(..length).unwrap_or_default()));
        }
        let Some(inner) = rest.get(length + 2..) else { return lexed };
        let begins = at + length + 2;
        let mut action = Action { source: inner, base: begins, at: 0, broken: None };
        let tokens = action.tokens();
        if !tokens.is_empty() {
            lexed.pieces.push(Piece::Action(begins, tokens));
        }
        lexed.broken = lexed.broken.or(action.broken);
        at = begins + action.at;
    }
}

struct Action<'t> {
    source: &'t str,
    base: At,
    at: usize,
    broken: Option<At>,
}

impl<'t> Action<'t> {
    fn rest(&self) -> &'t str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn broken(&mut self) {
        self.broken = self.broken.or(Some(self.base + self.at));
    }

    /// Those of one action; the place is behind it then.
    fn tokens(&mut self) -> Vec<Token<'t>> {
        let mut tokens = Vec::new();
        self.at += usize::from(self.rest().starts_with("- ") || self.rest().starts_with("-\n"));
        if let Some(comment) = self.rest().trim_start().strip_prefix("/*") {
            self.at = comment.find("*/").map_or(self.source.len(), |end| self.source.len() - comment.len() + end + 2);
        }
        let mut joined = false;
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            joined &= blank == 0;
            let rest = self.rest();
            if let Some(end) = ["}}", "-}}"].into_iter().find(|end| rest.starts_with(end)) {
                self.at += end.len();
                return tokens;
            }
            if rest.is_empty() {
                self.broken();
                return tokens;
            }
            let at = self.base + self.at;
            if let Some(kind) = self.symbol() {
                tokens.push(Token { at, kind, joined });
            }
            joined = true;
        }
    }

    fn symbol(&mut self) -> Option<Symbol<'t>> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        let named = |from: usize| {
            let name = rest.get(from..).unwrap_or_default();
            name.get(..name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len())).unwrap_or_default()
        };
        let (kind, length) = match first {
            '"' | '\'' | '`' => return Some(self.quoted(first)),
            '.' if named(1).is_empty() => (Symbol::Dot, 1),
            '.' if rest.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) => {
                return Some(self.number());
            }
            '.' => (Symbol::Field(named(1)), 1 + named(1).len()),
            '$' => (Symbol::Variable(named(1)), 1 + named(1).len()),
            '(' => (Symbol::Open, 1),
            ')' => (Symbol::Close, 1),
            '|' => (Symbol::Pipe, 1),
            ',' => (Symbol::Comma, 1),
            '=' => (Symbol::Assign, 1),
            ':' if rest.starts_with(":=") => (Symbol::Assign, 2),
            '0'..='9' | '+' | '-' => return Some(self.number()),
            _ if !named(0).is_empty() => (Symbol::Word(named(0)), named(0).len()),
            _ => {
                self.broken();
                self.at += first.len_utf8();
                return None;
            }
        };
        self.at += length;
        Some(kind)
    }

    fn number(&mut self) -> Symbol<'t> {
        let rest = self.rest();
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
        let length = rest.find(|c: char| !part(c)).unwrap_or(rest.len()).max(1);
        // The mark of an end stands behind a blank, and may be joined all the same.
        let text = rest.get(..length).unwrap_or_default();
        let text = text.strip_suffix('-').filter(|text| !text.is_empty()).unwrap_or(text);
        self.at += text.len();
        let plain = text.replace('_', "").to_ascii_lowercase();
        let radix = [("0x", 16), ("0o", 8), ("0b", 2)];
        let whole = radix.iter().find_map(|(mark, radix)| u32::from_str_radix(plain.strip_prefix(mark)?, *radix).ok());
        Symbol::Number(whole.map(f64::from).or_else(|| plain.parse().ok()).unwrap_or(f64::NAN))
    }

    fn quoted(&mut self, quote: char) -> Symbol<'t> {
        let inner = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = inner.find(|c: char| {
            let ends = c == quote && !escaped;
            escaped = c == '\\' && !escaped && quote != '`';
            ends
        });
        if end.is_none() {
            self.broken();
        }
        let body = inner.get(..end.unwrap_or(inner.len())).unwrap_or_default();
        self.at += 1 + body.len() + usize::from(end.is_some());
        let plain = || Literal { text: body.to_owned(), disguised: false };
        Symbol::Text(if quote == '`' { plain() } else { unescape(body) })
    }
}
