//! What can be wrong with the header of GGUF or safetensors: one hazard for each code of [`crate::ModelFileError`].

use crate::hazard::{HazardCode, Severity};

const SAY_BROKEN: &str = "This file is not complete or is damaged. Fetch it again, and ask IT if that does not help.";
const SAY_LIE: &str =
    "This file lies about what is in it, which is how models attack programs. Do not load it; tell IT where it came from.";
const SAY_MUCH: &str =
    "This file has more in it than any published model has, so it was not read to its end. Ask IT before you use it.";
const SAY_ODD: &str = "This archive holds something that an honest tool does not put there. Ask IT before you use it.";

pub(crate) static FILE_HEADER_TOO_LONG: HazardCode = HazardCode {
    code: "file.header_too_long",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has a longer header than any published model has.",
};
pub(crate) static GGUF_ALIGNMENT: HazardCode =
    HazardCode { code: "gguf.alignment", severity: Severity::Dangerous, employee: SAY_LIE, it: "Its alignment is impossible." };
pub(crate) static GGUF_ARCHITECTURE: HazardCode = HazardCode {
    code: "gguf.architecture",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its architecture is no name.",
};
pub(crate) static GGUF_BOOL: HazardCode =
    HazardCode { code: "gguf.bool", severity: Severity::Dangerous, employee: SAY_LIE, it: "A yes-or-no value is neither." };
pub(crate) static GGUF_COUNT_LIES: HazardCode = HazardCode {
    code: "gguf.count_lies",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "It promises more tensors than it has room for.",
};
pub(crate) static GGUF_KEY_LENGTH: HazardCode = HazardCode {
    code: "gguf.key_length",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A metadata key has an impossible length.",
};
pub(crate) static GGUF_KEY_TEXT: HazardCode =
    HazardCode { code: "gguf.key_text", severity: Severity::Dangerous, employee: SAY_LIE, it: "A metadata key is no text." };
pub(crate) static GGUF_KEY_TWICE: HazardCode = HazardCode {
    code: "gguf.key_twice",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A metadata key stands there twice.",
};
pub(crate) static GGUF_KEY_TYPE: HazardCode = HazardCode {
    code: "gguf.key_type",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A metadata key has a value of the wrong kind.",
};
pub(crate) static GGUF_LIST_TOO_LONG: HazardCode = HazardCode {
    code: "gguf.list_too_long",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has a longer list than any published model has.",
};
pub(crate) static GGUF_NESTED_ARRAY: HazardCode =
    HazardCode { code: "gguf.nested_array", severity: Severity::Dangerous, employee: SAY_LIE, it: "It holds a list of lists." };
pub(crate) static GGUF_SIZE_OVERFLOWS: HazardCode = HazardCode {
    code: "gguf.size_overflows",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its size does not fit a number.",
};
pub(crate) static GGUF_TAIL: HazardCode = HazardCode {
    code: "gguf.tail",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Bytes stand behind the last tensor that the header does not claim.",
};
pub(crate) static GGUF_TEMPLATE_TEXT: HazardCode = HazardCode {
    code: "gguf.template_text",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its chat template is no text.",
};
pub(crate) static GGUF_TENSOR_NAME: HazardCode = HazardCode {
    code: "gguf.tensor_name",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor's name has an impossible length.",
};
pub(crate) static GGUF_TENSOR_OFFSET: HazardCode = HazardCode {
    code: "gguf.tensor_offset",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor does not stand where it may.",
};
pub(crate) static GGUF_TENSOR_OVERLAP: HazardCode = HazardCode {
    code: "gguf.tensor_overlap",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its tensors overlap or leave gaps.",
};
pub(crate) static GGUF_TENSOR_ROW: HazardCode = HazardCode {
    code: "gguf.tensor_row",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor's rows do not fit its kind.",
};
pub(crate) static GGUF_TENSOR_SHAPE: HazardCode = HazardCode {
    code: "gguf.tensor_shape",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor has an impossible shape.",
};
pub(crate) static GGUF_TENSOR_TWICE: HazardCode = HazardCode {
    code: "gguf.tensor_twice",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor stands there twice.",
};
pub(crate) static GGUF_TENSOR_TYPE: HazardCode = HazardCode {
    code: "gguf.tensor_type",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor is of a kind that does not exist.",
};
pub(crate) static GGUF_TEXT_LENGTH: HazardCode = HazardCode {
    code: "gguf.text_length",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A text is longer than the file.",
};
pub(crate) static GGUF_TEXT_TOO_LONG: HazardCode = HazardCode {
    code: "gguf.text_too_long",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has a longer text than any published model has.",
};
pub(crate) static GGUF_TOKENS_TWICE: HazardCode = HazardCode {
    code: "gguf.tokens_twice",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "The vocabulary names a token twice, which makes the engine stop.",
};
pub(crate) static GGUF_TOO_MANY_KEYS: HazardCode = HazardCode {
    code: "gguf.too_many_keys",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has more metadata than any published model has.",
};
pub(crate) static GGUF_TOO_MANY_TENSORS: HazardCode = HazardCode {
    code: "gguf.too_many_tensors",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has more tensors than any published model has.",
};
pub(crate) static GGUF_TRUNCATED: HazardCode = HazardCode {
    code: "gguf.truncated",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "The file ends before the data that its header promises.",
};
pub(crate) static GGUF_VALUE_TYPE: HazardCode = HazardCode {
    code: "gguf.value_type",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A metadata value is of a kind that does not exist.",
};
pub(crate) static GGUF_VERSION: HazardCode = HazardCode {
    code: "gguf.version",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its format version does not exist.",
};
pub(crate) static SAFETENSORS_DTYPE: HazardCode = HazardCode {
    code: "safetensors.dtype",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor is of a kind that does not exist.",
};
pub(crate) static SAFETENSORS_HEADER_LENGTH: HazardCode = HazardCode {
    code: "safetensors.header_length",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its header is longer than the format allows.",
};
pub(crate) static SAFETENSORS_HEADER_TEXT: HazardCode = HazardCode {
    code: "safetensors.header_text",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its header is no JSON object.",
};
pub(crate) static SAFETENSORS_SIZE_OVERFLOWS: HazardCode = HazardCode {
    code: "safetensors.size_overflows",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its size does not fit a number.",
};
pub(crate) static SAFETENSORS_TAIL: HazardCode = HazardCode {
    code: "safetensors.tail",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Bytes stand behind its last tensor.",
};
pub(crate) static SAFETENSORS_TENSOR_OVERLAP: HazardCode = HazardCode {
    code: "safetensors.tensor_overlap",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "Its tensors overlap or leave gaps.",
};
pub(crate) static SAFETENSORS_TENSOR_SIZE: HazardCode = HazardCode {
    code: "safetensors.tensor_size",
    severity: Severity::Dangerous,
    employee: SAY_LIE,
    it: "A tensor's size does not fit its shape.",
};
pub(crate) static SAFETENSORS_TOO_MANY_TENSORS: HazardCode = HazardCode {
    code: "safetensors.too_many_tensors",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "It has more tensors than any published model has.",
};
pub(crate) static SAFETENSORS_TRUNCATED: HazardCode = HazardCode {
    code: "safetensors.truncated",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "The file ends before the data that its header promises.",
};

/// All of them.
pub(crate) const ALL: &[&HazardCode] = &[
    &FILE_HEADER_TOO_LONG,
    &GGUF_ALIGNMENT,
    &GGUF_ARCHITECTURE,
    &GGUF_BOOL,
    &GGUF_COUNT_LIES,
    &GGUF_KEY_LENGTH,
    &GGUF_KEY_TEXT,
    &GGUF_KEY_TWICE,
    &GGUF_KEY_TYPE,
    &GGUF_LIST_TOO_LONG,
    &GGUF_NESTED_ARRAY,
    &GGUF_SIZE_OVERFLOWS,
    &GGUF_TAIL,
    &GGUF_TEMPLATE_TEXT,
    &GGUF_TENSOR_NAME,
    &GGUF_TENSOR_OFFSET,
    &GGUF_TENSOR_OVERLAP,
    &GGUF_TENSOR_ROW,
    &GGUF_TENSOR_SHAPE,
    &GGUF_TENSOR_TWICE,
    &GGUF_TENSOR_TYPE,
    &GGUF_TEXT_LENGTH,
    &GGUF_TEXT_TOO_LONG,
    &GGUF_TOKENS_TWICE,
    &GGUF_TOO_MANY_KEYS,
    &GGUF_TOO_MANY_TENSORS,
    &GGUF_TRUNCATED,
    &GGUF_VALUE_TYPE,
    &GGUF_VERSION,
    &SAFETENSORS_DTYPE,
    &SAFETENSORS_HEADER_LENGTH,
    &SAFETENSORS_HEADER_TEXT,
    &SAFETENSORS_SIZE_OVERFLOWS,
    &SAFETENSORS_TAIL,
    &SAFETENSORS_TENSOR_OVERLAP,
    &SAFETENSORS_TENSOR_SIZE,
    &SAFETENSORS_TOO_MANY_TENSORS,
    &SAFETENSORS_TRUNCATED,
];

/// The hazard that a header's error is. `None` for what is no hazard: a disk that fails, a file that is only not for our engine.
pub(crate) fn of_error(code: &str) -> Option<&'static HazardCode> {
    ALL.iter().copied().find(|hazard| hazard.code == code)
}
