//! What allowed functions are given. A harmless function is a tool where it is handed something to call, a size out of nowhere, or
//! a description of memory that does not fit; picklers write the same few arguments every time.

use super::hazards::{ARGUMENTS, COMPUTED_CALL, FORGED_MEMORY, HIDDEN_ARRAY};
use super::report::Report;
use super::value::{Facts, Global, Items, Value};
use super::{legacy, names};
use crate::numpy::Dtype;

/// What an unpickler of joblib reads in place of the opcodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Array {
    /// Behind a byte that says how many others align them, if `padded`.
    Bytes { padded: bool, bytes: u64 },
    /// The objects in it, as a pickle of their own.
    Pickle,
    /// As large as the reading program makes out.
    Unknown,
    /// It was read, as a pickle.
    Read,
}

#[derive(Clone, Copy)]
enum Fit {
    Fine,
    Odd,
    /// It gets something to call that is not known.
    Computed,
    Forged,
}

type Rule = fn(&[Value]) -> Fit;

/// `None` where the unpickler gives up.
pub(super) fn call(callee: &Value, arguments: &Value, at: u64, report: &mut Report<'_>) -> Option<Value> {
    if callee.is_no_callable() || arguments.is_no_list() {
        return None;
    }
    let Value::Global(function) = callee else {
        report.add(&COMPUTED_CALL, at, "");
        return Some(Value::Unknown);
    };
    let arguments = arguments.items();
    let code = match judge(function, arguments) {
        Fit::Fine => return Some(result(function, arguments, at, report)),
        Fit::Odd => &ARGUMENTS,
        Fit::Computed => &COMPUTED_CALL,
        Fit::Forged => &FORGED_MEMORY,
    };
    report.add(code, at, &function.shown());
    Some(Value::object(Facts::MadeText(Items::default())))
}

/// Parts of networks are made without a call; one that is called may fetch its weights, or take all memory.
pub(super) fn not_only_made(callee: &Value, at: u64, report: &mut Report<'_>) {
    if let Value::Global(class) = callee
        && class.listed
        && names::built(&class.module, &class.name)
    {
        report.add(&ARGUMENTS, at, &class.shown());
    }
}

fn result(function: &Global, arguments: Option<&[Value]>, at: u64, report: &mut Report<'_>) -> Value {
    match function.names() {
        ("numpy", "dtype") => Value::object(Facts::Dtype(dtype(arguments.unwrap_or_default()))),
        ("builtins", "range" | "xrange") => Value::object(Facts::Range),
        ("joblib.numpy_pickle", "NumpyArrayWrapper") => {
            if arguments.is_none_or(|arguments| !arguments.is_empty()) {
                report.add(&HIDDEN_ARRAY, at, "arguments");
            }
            Value::object(Facts::ArrayBehind)
        }
        ("copyreg", "_reconstructor") if wraps_an_array(arguments) => Value::object(Facts::ArrayBehind),
        _ if may_make_text(function) || arguments.is_none_or(|given| given.iter().any(made_of_text)) => {
            Value::object(Facts::MadeText(Items::default()))
        }
        _ => Value::made(),
    }
}

/// Unlisted functions may do anything.
fn may_make_text(function: &Global) -> bool {
    !function.listed
        || matches!(
            function.names(),
            ("builtins", "str" | "unicode")
                | ("numpy", "str_")
                | ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar")
                | ("torch.jit._pickle", "restore_type_tag")
        )
}

/// A class that is handed over may be one of texts.
fn made_of_text(given: &Value) -> bool {
    matches!(given, Value::Global(class) if may_make_text(class))
}

fn wraps_an_array(arguments: Option<&[Value]>) -> bool {
    arguments.and_then(<[Value]>::first).is_some_and(|class| class.is("joblib.numpy_pickle", "NumpyArrayWrapper"))
}

fn judge(function: &Global, arguments: Option<&[Value]>) -> Fit {
    match (rule(function), arguments) {
        (None, _) => Fit::Fine,
        (Some(rule), Some(arguments)) => rule(arguments),
        (Some(_), None) => Fit::Odd,
    }
}

fn rule(function: &Global) -> Option<Rule> {
    Some(match function.names() {
        ("_codecs", "encode") => encoded,
        ("copyreg", "_reconstructor") => reconstructed,
        ("collections", "defaultdict") => factory,
        ("builtins", "bytes" | "bytearray" | "list" | "tuple" | "set" | "frozenset" | "dict")
        | ("collections", "deque" | "Counter" | "OrderedDict") => filled,
        ("numpy.core.multiarray" | "numpy._core.multiarray" | "numpy.core._internal", "_reconstruct") => |given| empty(given, 1),
        ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => scalar,
        ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => of_bytes,
        ("numpy.ma" | "numpy.ma.core", "_mareconstruct") => |given| empty(given, 2),
        ("numpy.random._pickle", _) => generator,
        // Opens a file, where it is called.
        ("numpy", "memmap") => |_| Fit::Computed,
        ("numpy", "dtype" | "poly1d") | ("torch", "Size" | "device") => return None,
        ("builtins", "type") => of_what,
        ("pandas.core.indexes.base", "_new_Index")
        | ("pandas.core.indexes.datetimes", "_new_DatetimeIndex")
        | ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked") => of_pandas,
        // Their names stand in arguments; picklers call none of them.
        (
            "numpy"
            | "numpy.dtypes"
            | "numpy.rec"
            | "numpy.matrixlib.defmatrix"
            | "numpy.core._multiarray_umath"
            | "numpy._core._multiarray_umath"
            | "scipy.special._ufuncs"
            | "scipy._lib.array_api_compat.numpy._aliases"
            | "torch"
            | "torch.storage"
            | "torch.cuda"
            | "torch._C._nn"
            | "torch.nn.functional",
            _,
        ) => |_| Fit::Odd,
        ("dill._dill", "_create_array") => of_dill,
        ("torch._tensor", "_rebuild_from_type_v2") => of_type,
        ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => tensor,
        ("torch._utils", "_rebuild_parameter_with_state") => |given| fine(!given.iter().any(Value::has_methods)),
        _ => return None,
    })
}

const fn fine(fits: bool) -> Fit {
    if fits { Fit::Fine } else { Fit::Odd }
}

/// Python imports a module by the name of the encoding, and some of them unpack.
fn encoded(given: &[Value]) -> Fit {
    const USUAL: &[&[u8]] = &[b"latin1", b"latin-1", b"ascii", b"utf-8", b"utf8", b"raw_unicode_escape"];
    fine(matches!(given, [_, encoding] if encoding.text().is_some_and(|text| USUAL.contains(&&**text))))
}

/// The second is called with the third.
fn reconstructed(given: &[Value]) -> Fit {
    match given {
        [Value::Global(_), Value::Global(_), _] => Fit::Fine,
        _ => Fit::Computed,
    }
}

fn factory(given: &[Value]) -> Fit {
    match given {
        [] | [Value::Global(_) | Value::Nothing, ..] => Fit::Fine,
        _ => Fit::Computed,
    }
}

/// The class of `None` and its like, which have no name of their own. With more arguments it makes a new class.
fn of_what(given: &[Value]) -> Fit {
    let constant = |value: &Value| value.is("builtins", "Ellipsis") || value.is("builtins", "NotImplemented");
    match given {
        [Value::Nothing] => Fit::Fine,
        [value] if constant(value) => Fit::Fine,
        _ => Fit::Computed,
    }
}

/// The first is made with what follows.
fn of_pandas(given: &[Value]) -> Fit {
    match given {
        [Value::Global(class), ..] if class.module.split('.').next() == Some("pandas") => Fit::Fine,
        _ => Fit::Computed,
    }
}

/// A few bytes must not fill the memory.
fn filled(given: &[Value]) -> Fit {
    let first = given.first();
    fine(!matches!(first, Some(Value::Number(_))) && !matches!(first.and_then(Value::facts), Some(Facts::Range)))
}

/// Arrays are made empty; size and content come by BUILD.
fn empty(given: &[Value], shape: usize) -> Fit {
    fine(given.get(shape).and_then(Value::numbers).is_some_and(|shape| shape == [0]))
}

fn scalar(given: &[Value]) -> Fit {
    fine(given.first().and_then(Value::dtype).is_some_and(|dtype| !dtype.objects))
}

fn of_bytes(given: &[Value]) -> Fit {
    fine(given.get(1).and_then(Value::dtype).is_some_and(|dtype| !dtype.objects))
}

/// The first is called where it is a class, the second with it.
fn generator(given: &[Value]) -> Fit {
    let first = match given.first() {
        Some(Value::Global(class)) => class.module.starts_with("numpy.random."),
        Some(Value::Text(_)) => true,
        other => matches!(other.and_then(Value::facts), Some(Facts::Made(_) | Facts::MadeText(_))),
    };
    let second = given.get(1).is_none_or(|maker| maker.is("numpy.random._pickle", "__bit_generator_ctor"));
    if first && second { Fit::Fine } else { Fit::Computed }
}

/// Calls the first with the third.
fn of_type(given: &[Value]) -> Fit {
    let [Value::Global(function), Value::Global(_), arguments, state] = given else { return Fit::Computed };
    if !function.module.starts_with("torch._") || state.has_methods() {
        return Fit::Odd;
    }
    // Ends with the tuples in one another, of which few are kept.
    judge(function, arguments.items())
}

/// Calls the first with the second.
fn of_dill(given: &[Value]) -> Fit {
    match given {
        [Value::Global(function), arguments, ..] if function.name == "_reconstruct" && function.module.starts_with("numpy.") => {
            judge(function, arguments.items())
        }
        _ => Fit::Computed,
    }
}

/// `(storage, offset, sizes, strides, …)`
fn tensor(given: &[Value]) -> Fit {
    let (Some(Facts::Storage(elements)), Some(offset)) = (given.first().and_then(Value::facts), given.get(1)) else {
        return Fit::Fine;
    };
    let numbers = |place: usize| given.get(place).and_then(Value::numbers);
    let (Some(offset), Some(sizes), Some(strides)) = (offset.number(), numbers(2), numbers(3)) else { return Fit::Odd };
    if sizes.len() != strides.len() {
        return Fit::Forged;
    }
    let end = sizes
        .iter()
        .zip(&strides)
        .try_fold(offset, |end, (size, stride)| end.checked_add(size.saturating_sub(1).checked_mul(*stride)?));
    let inside = sizes.contains(&0) || end.is_some_and(|end| end < elements);
    if inside { Fit::Fine } else { Fit::Forged }
}

/// `('storage', class, key, location, elements, …)`, as torch's persistent ids are.
pub(super) fn storage(id: &Value, report: &mut Report<'_>) -> Option<Value> {
    let [kind, class, key, _, elements, ..] = id.items()? else { return None };
    (&**kind.text()? == b"storage").then_some(())?;
    let elements = elements.number()?;
    if let Some(key) = key.text().and_then(|key| std::str::from_utf8(key).ok()) {
        let size = if let Value::Global(class) = class { legacy::element(&class.name) } else { None };
        report.storage(key, size.map(|size| size.saturating_mul(elements)));
    }
    Some(Value::object(Facts::Storage(elements)))
}

/// `('module', class, file, source)`: in torch's old format the class of a part of a network, which is then made.
pub(super) fn class_of_module(id: &Value) -> Option<Value> {
    let [kind, class @ Value::Global(_), ..] = id.items()? else { return None };
    (&**kind.text()? == b"module").then(|| class.clone())
}

/// `(name, align, copy)`
fn dtype(given: &[Value]) -> Dtype {
    match given.first() {
        Some(Value::Text(name)) => std::str::from_utf8(name).map_or(Dtype::UNKNOWN, Dtype::named),
        Some(record) if record.is("numpy", "record") => Dtype::RECORD,
        _ => Dtype::UNKNOWN,
    }
}

/// `(version, order, base, names, fields, size, alignment, flags, …)`: numpy believes the flags, and takes bytes for pointers.
pub(super) fn build_dtype(dtype: Dtype, state: &Value, at: u64, report: &mut Report<'_>) -> Dtype {
    let Some([Value::Number(3 | 4), _, base, _, fields, size, _, Value::Number(flags), ..]) = state.items() else {
        report.add(&ARGUMENTS, at, "numpy.dtype");
        return Dtype::UNKNOWN;
    };
    let of_fields = match fields.facts() {
        Some(Facts::Dict(items)) => items.objects,
        _ => false,
    };
    let of_base = base.items().and_then(<[Value]>::first).and_then(Value::dtype).is_some_and(|dtype| dtype.objects);
    let objects = flags & 1 == 1;
    if objects != (dtype.objects || of_fields || of_base) {
        report.add(&FORGED_MEMORY, at, "numpy.dtype");
    }
    Dtype { size: if dtype.flexible { size.number() } else { dtype.size }, flexible: dtype.flexible, objects }
}

/// Of a place-holder with this state.
pub(super) fn array(state: &Value) -> Array {
    let Some(Facts::Dict(items)) = state.facts() else { return Array::Unknown };
    match items.dtype.filter(|_| !items.computed) {
        Some(Dtype { objects: true, .. }) => Array::Pickle,
        Some(Dtype { size: Some(size), .. }) => {
            let bytes = items.elements.and_then(|elements| elements.checked_mul(size));
            bytes.map_or(Array::Unknown, |bytes| Array::Bytes { padded: items.padded, bytes })
        }
        _ => Array::Unknown,
    }
}
