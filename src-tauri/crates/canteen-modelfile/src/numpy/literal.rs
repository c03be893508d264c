//! As much of Python's literals as `repr` writes into the header of an array.

/// In one another: fields of fields. Numpy's own are two or three deep.
const DEEPEST: u8 = 16;

/// A value. Numbers that do not fit are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Dict(Vec<(Literal, Literal)>),
    List(Vec<Literal>),
    Tuple(Vec<Literal>),
    Text(String),
    Number(u64),
    /// `None`, `True` or `False`.
    Word,
}

impl Literal {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(super) fn tuple(&self) -> Option<&[Self]> {
        if let Self::Tuple(items) = self { Some(items) } else { None }
    }
}

/// `None` for anything else, and for anything behind it but blanks.
pub(super) fn parse(text: &[u8]) -> Option<Literal> {
    let mut parser = Parser { rest: std::str::from_utf8(text).ok()? };
    let value = parser.value(DEEPEST)?;
    parser.blanks();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\t', '\r']);
    }

    fn take(&mut self, wanted: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u8) -> Option<Literal> {
        let depth = depth.checked_sub(1)?;
        if self.take("{") {
            let items = self.items("}", |parser| {
                let key = parser.value(depth)?;
                parser.take(":").then_some(())?;
                Some((key, parser.value(depth)?))
            })?;
            return Some(Literal::Dict(items.0));
        }
        if self.take("[") {
            return Some(Literal::List(self.items("]", |parser| parser.value(depth))?.0));
        }
        if self.take("(") {
            let (mut items, comma) = self.items(")", |parser| parser.value(depth))?;
            // Brackets around one value make no tuple; a comma does.
            return if items.len() == 1 && !comma { items.pop() } else { Some(Literal::Tuple(items)) };
        }
        if self.take("None") || self.take("True") || self.take("False") {
            return Some(Literal::Word);
        }
        if self.take("'") {
            return self.text('\'');
        }
        if self.take("\"") {
            return self.text('"');
        }
        self.number()
    }

    /// And whether a comma stood behind the last.
    fn items<T>(&mut self, end: &str, item: impl Fn(&mut Self) -> Option<T>) -> Option<(Vec<T>, bool)> {
        let (mut items, mut comma) = (Vec::new(), true);
        while !self.take(end) {
            comma.then_some(())?;
            items.push(item(self)?);
            comma = self.take(",");
        }
        Some((items, comma))
    }

    fn text(&mut self, quote: char) -> Option<Literal> {
        let mut text = String::new();
        let mut letters = self.rest.chars();
        loop {
            match letters.next()? {
                letter if letter == quote => break,
                '\n' => return None,
                '\\' => text.push(escaped(&mut letters)?),
                letter => text.push(letter),
            }
        }
        self.rest = letters.as_str();
        Some(Literal::Text(text))
    }

    /// Python 2 wrote an `L` behind long ones.
    fn number(&mut self) -> Option<Literal> {
        let end = self.rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix('L').unwrap_or(rest);
        digits.parse().ok().map(Literal::Number)
    }
}

/// What `repr` escapes.
fn escaped(letters: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match letters.next()? {
        letter @ ('\\' | '\'' | '"') => return Some(letter),
        'n' => return Some('\n'),
        't' => return Some('\t'),
        'r' => return Some('\r'),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut value = 0_u32;
    for _ in 0..digits {
        value = value.checked_mul(16)?.checked_add(letters.next()?.to_digit(16)?)?;
    }
    char::from_u32(value)
}
