//! Torch's oldest format, a tar, has raw data between the streams of its members `storages` and `tensors`.

use super::reader::{Break, Reader};
use super::value::Value;

/// What the stream before says that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// A count, and as many elements of so many bytes.
    Storage(u64),
    /// The number of dimensions twice as wide as it needs to be, a size and a stride for each, and an offset.
    Tensor,
}

/// Of a stream that leaves `(key, …, class)`.
pub(super) fn raw_behind(left: &Value) -> Option<Raw> {
    let [_, _, Value::Global(class)] = left.items()? else { return None };
    if class.module != "torch" {
        return None;
    }
    if class.name.ends_with("Tensor") {
        return Some(Raw::Tensor);
    }
    element(&class.name).map(Raw::Storage)
}

/// Bytes of one element, by the class of the storage.
pub(super) fn element(class: &str) -> Option<u64> {
    Some(match class.strip_suffix("Storage")? {
        "Byte" | "Char" | "Bool" | "QInt8" | "QUInt8" | "Untyped" => 1,
        "Short" | "Half" | "BFloat16" => 2,
        "Int" | "Float" | "QInt32" => 4,
        "Long" | "Double" | "ComplexFloat" => 8,
        "ComplexDouble" => 16,
        _ => return None,
    })
}

impl Raw {
    pub(super) fn step_over(self, reader: &mut Reader<'_>) -> Result<(), Break> {
        let bytes = match self {
            Self::Storage(size) => reader.number(8)?.checked_mul(size),
            Self::Tensor => {
                let dimensions = reader.number(4)?;
                dimensions.checked_mul(16).and_then(|sizes| sizes.checked_add(12))
            }
        };
        reader.skip(bytes.ok_or(Break::Ends)?)
    }
}
