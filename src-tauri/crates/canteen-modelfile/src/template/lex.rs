//! Text, tags and what stands in tags, as Python's Jinja tells them apart.

use super::syntax::{At, Literal};

#[derive(Clone, Debug)]
pub(super) enum Token<'t> {
    Text(&'t str),
    /// `{%`.
    Tag,
    /// `{{`.
    Print,
    /// The end of either.
    Close,
    Name(&'t str),
    Number(f64),
    Quoted(Literal),
    Op(&'static str),
}

/// Longest first.
const OPS: &[&str] = &[
    "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|",
    ",", ";",
];

pub(super) struct Lexed<'t> {
    pub(super) tokens: Vec<(At, Token<'t>)>,
    /// Where it is no Jinja, first.
    pub(super) broken: Option<At>,
}

pub(super) fn lex(source: &str) -> Lexed<'_> {
    let mut lexer = Lexer { source, at: 0, lexed: Lexed { tokens: Vec::new(), broken: None } };
    while lexer.at < source.len() {
        lexer.outside();
    }
    lexer.lexed
}

struct Lexer<'t> {
    source: &'t str,
    at: At,
    lexed: Lexed<'t>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, token: Token<'t>, length: usize) {
        self.lexed.tokens.push((self.at, token));
        self.at += length;
    }

    fn broken(&mut self) {
        self.lexed.broken.get_or_insert(self.at);
    }

    /// Text up to the next tag, and that tag.
    fn outside(&mut self) {
        let rest = self.rest();
        let begin = rest.as_bytes().windows(2).position(|two| matches!(two, b"{{" | b"{%" | b"{#"));
        let text = rest.get(..begin.unwrap_or(rest.len())).unwrap_or_default();
        if !text.is_empty() {
            self.push(Token::Text(text), text.len());
        }
        let rest = self.rest();
        match rest.as_bytes() {
            [b'{', b'#', ..] => self.comment(),
            [b'{', b'{', ..] => self.tag(Token::Print, "}}"),
            [b'{', b'%', ..] => match only_word(rest, "raw") {
                Some(length) => self.raw(length),
                None => self.tag(Token::Tag, "%}"),
            },
            _ => {}
        }
    }

    fn comment(&mut self) {
        let end = self.rest().get(2..).and_then(|rest| rest.find("#}"));
        if end.is_none() {
            self.broken();
        }
        self.at = end.map_or(self.source.len(), |end| self.at + end + 4);
    }

    fn raw(&mut self, length: usize) {
        self.at += length;
        let rest = self.rest();
        let end = rest.match_indices("{%").find_map(|(at, _)| Some((at, only_word(rest.get(at..)?, "endraw")?)));
        if end.is_none() {
            self.broken();
        }
        let (at, length) = end.unwrap_or((rest.len(), 0));
        self.push(Token::Text(rest.get(..at).unwrap_or_default()), at);
        self.at += length;
    }

    fn tag(&mut self, open: Token<'t>, end: &str) {
        self.push(open, 2);
        if self.rest().starts_with(['-', '+']) {
            self.at += 1;
        }
        let mut brackets = 0_usize;
        while let Some(first) = self.rest().chars().next() {
            let rest = self.rest();
            let ends = rest.strip_prefix(['-', '+']).unwrap_or(rest).starts_with(end);
            // Within brackets `}}` closes two of them, and is no end.
            if brackets == 0 && (ends || rest.starts_with(end)) {
                let length = if rest.starts_with(end) { 2 } else { 3 };
                return self.push(Token::Close, length);
            }
            match first {
                _ if first.is_whitespace() => self.at += first.len_utf8(),
                '"' | '\'' => self.quoted(first),
                '0'..='9' => self.number(),
                _ if word(first) => {
                    let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
                    self.push(Token::Name(rest.get(..length).unwrap_or_default()), length);
                }
                _ => self.operator(first, &mut brackets),
            }
        }
        self.broken();
        self.push(Token::Close, 0);
    }

    fn operator(&mut self, first: char, brackets: &mut usize) {
        let Some(op) = OPS.iter().find(|op| self.rest().starts_with(**op)) else {
            self.broken();
            self.at += first.len_utf8();
            return;
        };
        match *op {
            "(" | "[" | "{" => *brackets += 1,
            ")" | "]" | "}" => *brackets = brackets.saturating_sub(1),
            _ => {}
        }
        self.push(Token::Op(op), op.len());
    }

    fn number(&mut self) {
        let rest = self.rest();
        let behind_dot = self.at > 0 && self.source.as_bytes().get(self.at - 1) == Some(&b'.');
        let mut length = rest.find(|c| !word(c)).unwrap_or(rest.len());
        let after = rest.get(length..).unwrap_or_default();
        if !behind_dot && after.starts_with('.') && after.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            length += 1 + after.get(1..).and_then(|more| more.find(|c| !word(c))).unwrap_or(after.len() - 1);
        }
        let text: String = rest.get(..length).unwrap_or_default().chars().filter(|c| *c != '_').collect();
        let lower = text.to_ascii_lowercase();
        let radix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find(|(mark, _)| lower.starts_with(mark));
        let value = match radix {
            Some((_, radix)) => u32::from_str_radix(lower.get(2..).unwrap_or_default(), radix).ok().map(f64::from),
            None => lower.parse().ok(),
        };
        // A number too large to be read is as bad as infinity.
        self.push(Token::Number(value.unwrap_or(f64::INFINITY)), length);
    }

    fn quoted(&mut self, quote: char) {
        let rest = self.rest();
        let mut escaped = false;
        let end = rest.char_indices().skip(1).find(|(_, c)| {
            let ends = *c == quote && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        if end.is_none() {
            self.broken();
        }
        let end = end.map_or(rest.len(), |(end, _)| end);
        let literal = unescape(rest.get(1..end).unwrap_or_default());
        self.push(Token::Quoted(literal), (end + 1).min(rest.len()));
    }
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a tag with just this word in it.
fn only_word(rest: &str, word: &str) -> Option<usize> {
    let inner = rest.strip_prefix("{%")?;
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner).trim_start().strip_prefix(word)?.trim_start();
    let behind = inner.strip_prefix(['-', '+']).unwrap_or(inner).strip_prefix("%}")?;
    Some(rest.len() - behind.len())
}

/// Python's escapes.
pub(super) fn unescape(body: &str) -> Literal {
    let mut literal = Literal::default();
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        literal.text.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let Some(kind) = rest.chars().next() else { break };
        let behind = rest.get(kind.len_utf8()..).unwrap_or_default();
        let coded = match kind {
            'x' => digits(behind, 2, 16),
            'u' => digits(behind, 4, 16),
            'U' => digits(behind, 8, 16),
            '0'..='7' => {
                let count = rest.bytes().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
                digits(rest, count, 8)
            }
            'N' => named(behind),
            _ => None,
        };
        if let Some((c, behind)) = coded {
            literal.disguised |= c.is_alphanumeric() || c == '_';
            literal.text.push(c);
            rest = behind;
            continue;
        }
        rest = behind;
        match kind {
            '\n' => {}
            'n' => literal.text.push('\n'),
            't' => literal.text.push('\t'),
            'r' => literal.text.push('\r'),
            'a' | 'b' | 'f' | 'v' => literal.text.push(' '),
            '\\' | '\'' | '"' => literal.text.push(kind),
            _ => literal.text.extend(['\\', kind]),
        }
    }
    literal.text.push_str(rest);
    literal
}

fn digits(rest: &str, count: usize, radix: u32) -> Option<(char, &str)> {
    let number = u32::from_str_radix(rest.get(..count)?, radix).ok()?;
    Some((char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER), rest.get(count..)?))
}

/// `\N{LOW LINE}`. Only that name matters here; any other may be a letter.
fn named(rest: &str) -> Option<(char, &str)> {
    let (name, behind) = rest.strip_prefix('{')?.split_once('}')?;
    Some((if name.eq_ignore_ascii_case("LOW LINE") { '_' } else { 'a' }, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let lexed = lex(source);
        let words = lexed.tokens.iter().map(|(_, token)| match token {
            Token::Text(text) => format!("'{text}'"),
            Token::Tag => "<%".to_owned(),
            Token::Print => "<".to_owned(),
            Token::Close => ">".to_owned(),
            Token::Name(name) => (*name).to_owned(),
            Token::Number(number) => number.to_string(),
            Token::Quoted(literal) => format!("\"{}\"", literal.text),
            Token::Op(op) => (*op).to_owned(),
        });
        let broken = if lexed.broken.is_some() { " !" } else { "" };
        assert_eq!(words.collect::<Vec<_>>().join(" ") + broken, expected);
    }

    #[test]
    fn text_and_tags_are_told_apart_as_jinja_does() {
        check("a{{- b -}} c{# {{ x }} #}d", "'a' < b > ' c' 'd'");
        check("{% raw -%}{{ x }}{%- endraw %}y", "'{{ x }}' 'y'");
        check("{{ {'a': {}} }}", "< { \"a\" : { } } >");
        check("{{ '%}' ~ \"}}\" }}", "< \"%}\" ~ \"}}\" >");
        check("{%+ set x=1 +%}", "<% set x = 1 >");
        check("{{ a.0.b[1.5:0x10] }}", "< a . 0 . b [ 1.5 : 16 ] >");
    }

    #[test]
    fn escapes_are_read_as_python_reads_them() {
        check(r#"{{ "\x5f\137\u005f\N{LOW LINE}\n\'\q" }}"#, "< \"____\n'\\q\" >");
        assert!(matches!(&lex(r"{{ '\x41' }}").tokens[1].1, Token::Quoted(literal) if literal.disguised));
        assert!(matches!(&lex(r"{{ '\u003c\n' }}").tokens[1].1, Token::Quoted(literal) if !literal.disguised));
    }

    #[test]
    fn what_is_no_jinja_is_said_and_read_on() {
        check("{{ a", "< a > !");
        check("{{ 'a", "< \"a\" > !");
        check("{# a", " !");
        check("{{ a ? b }}", "< a b > !");
        check("{% raw %}{{ a }}", "'{{ a }}' !");
    }
}
