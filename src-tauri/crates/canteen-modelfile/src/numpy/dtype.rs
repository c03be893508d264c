use super::literal::Literal;

/// What an element is, as far as its memory goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dtype {
    /// In bytes.
    pub(crate) size: Option<u64>,
    /// Texts, bytes and records have the size that comes with the state of a pickled dtype.
    pub(crate) flexible: bool,
    /// Pointers to Python objects are among it.
    pub(crate) objects: bool,
}

impl Dtype {
    pub(crate) const UNKNOWN: Self = Self { size: None, flexible: false, objects: false };
    pub(crate) const RECORD: Self = Self { size: Some(0), flexible: true, objects: false };

    /// `<f4`, `U10`, `|O`, `<M8[ns]`: the short names, which are the ones that numpy writes.
    pub(crate) fn named(name: &str) -> Self {
        let bare = name.strip_prefix(['<', '>', '|', '=']).unwrap_or(name);
        let bare = bare.split_once('[').map_or(bare, |(bare, unit)| if unit.ends_with(']') { bare } else { "" });
        let mut letters = bare.chars();
        let Some(kind) = letters.next() else { return Self::UNKNOWN };
        let digits = letters.as_str();
        let number = || digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten();
        let (size, flexible) = match (kind, number()) {
            ('O', _) if digits.is_empty() || number().is_some() => {
                return Self { size: Some(8), flexible: false, objects: true };
            }
            ('?', _) if digits.is_empty() => (Some(1), false),
            ('b' | 'i' | 'u' | 'f' | 'c' | 'm' | 'M', Some(size @ (1 | 2 | 4 | 8 | 12 | 16 | 24 | 32))) => (Some(size), false),
            ('S' | 'a' | 'V', Some(size)) => (Some(size), true),
            ('U', Some(size)) => (size.checked_mul(4), true),
            ('S' | 'a' | 'V' | 'U', None) if digits.is_empty() => (Some(0), true),
            _ => return Self::UNKNOWN,
        };
        Self { size, flexible, objects: false }
    }
}

/// The `descr` of a header: a name, a list of fields, or a pair of one of these and a shape. `None` where its size or kind is open.
pub(super) fn described(descr: &Literal) -> Option<Dtype> {
    let dtype = match descr {
        Literal::Text(name) => Dtype::named(name),
        Literal::List(fields) => {
            let whole = Dtype { size: Some(0), flexible: true, objects: false };
            fields.iter().try_fold(whole, |whole, field| {
                let field = match field.tuple()? {
                    [_, descr] => described(descr)?,
                    [_, descr, shape] => repeated(described(descr)?, shape)?,
                    _ => return None,
                };
                Some(Dtype { size: Some(whole.size?.checked_add(field.size?)?), objects: whole.objects | field.objects, ..whole })
            })?
        }
        Literal::Tuple(pair) => match pair.as_slice() {
            [descr, shape] => repeated(described(descr)?, shape)?,
            _ => return None,
        },
        Literal::Dict(_) | Literal::Number(_) | Literal::Word => return None,
    };
    (dtype.objects || dtype.size.is_some()).then_some(dtype)
}

fn repeated(dtype: Dtype, shape: &Literal) -> Option<Dtype> {
    let sizes = if shape.number().is_some() { std::slice::from_ref(shape) } else { shape.tuple()? };
    let size = sizes.iter().try_fold(dtype.size?, |bytes, size| bytes.checked_mul(size.number()?))?;
    Some(Dtype { size: Some(size), ..dtype })
}
