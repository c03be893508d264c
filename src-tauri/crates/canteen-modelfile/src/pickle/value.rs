use std::cell::Cell;
use std::rc::Rc;

use crate::numpy::Dtype;

/// What is known of an object: enough to follow names, calls and the arguments that matter. Shared, so that GETs cost nothing.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Neither a text, a tuple nor anything that can be called.
    Other,
    /// `None`.
    Nothing,
    /// Could be anything.
    Unknown,
    /// The number that torch's old format begins with.
    TorchMagic,
    Number(i64),
    /// A `str` constant short enough to be a name, decoded as the unpickler would.
    Text(Rc<[u8]>),
    /// Imported.
    Global(Rc<Global>),
    /// `None` where it is too long or too deep to be kept.
    Tuple(Option<Rc<Tuple>>),
    /// Can change after it was put into the memo.
    Object(Rc<Object>),
}

/// An imported name, under its name in Python 3.
#[derive(Debug)]
pub(super) struct Global {
    pub(super) module: String,
    pub(super) name: String,
    /// On the list of what model files need.
    pub(super) listed: bool,
}

impl Global {
    pub(super) fn names(&self) -> (&str, &str) {
        (&self.module, &self.name)
    }

    pub(super) fn shown(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }
}

/// Short ones are kept, and few in one another: an attacker's chain of a million must not be taken apart by recursion.
#[derive(Debug)]
pub(super) struct Tuple {
    pub(super) items: Vec<Value>,
    depth: u8,
}

const LONGEST_TUPLE: usize = 32;
const DEEPEST_TUPLE: u8 = 4;

/// It holds no other value, so that there are no circles.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) facts: Cell<Facts>,
    /// BUILD has given it a state.
    pub(super) built: Cell<bool>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Facts {
    Dict(Items),
    /// Made by calling something that makes no text.
    Made(Items),
    /// Made by calling something that may make one.
    MadeText(Items),
    /// A range: small in the file, and as large as it says when something is made of it.
    Range,
    Dtype(Dtype),
    /// Of so many elements.
    Storage(u64),
    /// Joblib's place-holder for an array that follows its BUILD.
    ArrayBehind,
}

/// What matters of the items of a mapping, when it becomes the state of an object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Items {
    /// Elements, by the key `shape`.
    pub(super) elements: Option<u64>,
    pub(super) dtype: Option<Dtype>,
    /// Joblib's arrays stand behind some bytes that align them.
    pub(super) padded: bool,
    /// A value is a dtype with objects in it, or a tuple that begins with one.
    pub(super) objects: bool,
    /// A key is no constant.
    pub(super) computed: bool,
    /// A key is the name of a method that Python or numpy calls by itself.
    pub(super) method: bool,
}

impl Value {
    pub(super) fn object(facts: Facts) -> Self {
        Self::Object(Rc::new(Object { facts: Cell::new(facts), built: Cell::new(false) }))
    }

    pub(super) fn dict() -> Self {
        Self::object(Facts::Dict(Items::default()))
    }

    /// Imported, and said to be unknown.
    pub(super) fn nameless() -> Self {
        Self::Global(Rc::new(Global { module: String::new(), name: String::new(), listed: false }))
    }

    pub(super) fn made() -> Self {
        Self::object(Facts::Made(Items::default()))
    }

    pub(super) fn tuple(items: Vec<Self>) -> Self {
        let inner = |item: &Self| if let Self::Tuple(Some(tuple)) = item { tuple.depth } else { 0 };
        let depth = items.iter().map(inner).max().unwrap_or(0).saturating_add(1);
        let kept = items.len() <= LONGEST_TUPLE && depth <= DEEPEST_TUPLE;
        Self::Tuple(kept.then(|| Rc::new(Tuple { items, depth })))
    }

    /// In bytes, about: what it takes beside its place.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Tuple(Some(_)) => 128,
            Self::Other
            | Self::Unknown
            | Self::Nothing
            | Self::TorchMagic
            | Self::Number(_)
            | Self::Global(_)
            | Self::Tuple(None)
            | Self::Object(_) => 0,
        }
    }

    pub(super) fn text(&self) -> Option<&Rc<[u8]>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Certainly no `str`.
    pub(super) fn is_no_text(&self) -> bool {
        match self {
            Self::Other | Self::Nothing | Self::TorchMagic | Self::Number(_) | Self::Tuple(_) => true,
            Self::Object(object) => !matches!(object.facts.get(), Facts::MadeText(_) | Facts::Storage(_)),
            Self::Unknown | Self::Text(_) | Self::Global(_) => false,
        }
    }

    /// Certainly nothing that can be called.
    pub(super) fn is_no_callable(&self) -> bool {
        match self {
            Self::Other | Self::Nothing | Self::TorchMagic | Self::Number(_) | Self::Text(_) | Self::Tuple(_) => true,
            Self::Object(object) => {
                !matches!(object.facts.get(), Facts::Made(_) | Facts::MadeText(_) | Facts::ArrayBehind | Facts::Storage(_))
            }
            Self::Unknown | Self::Global(_) => false,
        }
    }

    /// Certainly nothing that arguments can be taken from: the unpickler in Python takes them from lists, too.
    pub(super) const fn is_no_list(&self) -> bool {
        matches!(self, Self::Nothing | Self::TorchMagic | Self::Number(_))
    }

    pub(super) fn items(&self) -> Option<&[Self]> {
        if let Self::Tuple(Some(tuple)) = self { Some(&tuple.items) } else { None }
    }

    pub(super) fn facts(&self) -> Option<Facts> {
        if let Self::Object(object) = self { Some(object.facts.get()) } else { None }
    }

    /// A state that sets a method which is called by itself. One in two parts sets attributes by the second.
    pub(super) fn has_methods(&self) -> bool {
        if let Some(items) = self.items() {
            return items.iter().any(|item| matches!(item, Self::Object(_)) && item.has_methods());
        }
        matches!(self.facts(), Some(Facts::Dict(items) | Facts::Made(items) | Facts::MadeText(items)) if items.method)
    }

    pub(super) fn dtype(&self) -> Option<Dtype> {
        if let Some(Facts::Dtype(dtype)) = self.facts() { Some(dtype) } else { None }
    }

    pub(super) fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { u64::try_from(*number).ok() } else { None }
    }

    /// All of the numbers of a tuple, none of them negative.
    pub(super) fn numbers(&self) -> Option<Vec<u64>> {
        self.items()?.iter().map(Self::number).collect()
    }

    pub(super) fn is(&self, module: &str, name: &str) -> bool {
        matches!(self, Self::Global(global) if global.module == module && global.name == name)
    }
}

impl Items {
    pub(super) fn put(&mut self, key: &Value, value: &Value) {
        let object = value.items().and_then(<[Value]>::first).unwrap_or(value);
        self.objects |= object.dtype().is_some_and(|dtype| dtype.objects);
        let Value::Text(key) = key else {
            self.computed |= !key.is_no_text();
            return;
        };
        match &**key {
            b"shape" => self.elements = value.numbers().and_then(|sizes| product(&sizes)),
            // One that may still change has no size yet.
            b"dtype" => self.dtype = value.dtype().filter(|_| matches!(value, Value::Object(object) if object.built.get())),
            b"numpy_array_alignment_bytes" => {
                self.padded = matches!(value, Value::Number(_));
                self.computed |= !matches!(value, Value::Number(_) | Value::Nothing);
            }
            other => self.method |= METHODS.iter().any(|method| method.as_bytes() == other),
        }
    }
}

fn product(sizes: &[u64]) -> Option<u64> {
    sizes.iter().try_fold(1_u64, |product, size| product.checked_mul(*size))
}

/// What Python, copy or numpy look up on the object itself, and call or believe.
const METHODS: &[&str] = &[
    "__setstate__",
    "__getstate__",
    "__class__",
    "__reduce__",
    "__reduce_ex__",
    "__getattr__",
    "__call__",
    "__code__",
    "__globals__",
    "__del__",
    "__copy__",
    "__deepcopy__",
    "__array__",
    "__array_interface__",
    "__array_struct__",
];
