//! What can be wrong with the header of GGUF or safetensors: one hazard for each code of [`crate::ModelFileError`].

use crate::hazard::{HazardCode, hazards, say};

const SAY_LIE: &str = say::LIE;

hazards! {
    Suspicious FILE_HEADER_TOO_LONG = "file.header_too_long", say::MUCH, "It has a longer header than any published model has.";
    Dangerous GGUF_ALIGNMENT = "gguf.alignment", SAY_LIE, "Its alignment is impossible.";
    Dangerous GGUF_ARCHITECTURE = "gguf.architecture", SAY_LIE, "Its architecture is no name.";
    Dangerous GGUF_BLOCK_COUNT = "gguf.block_count", SAY_LIE, "Its number of layers is impossible.";
    Dangerous GGUF_BOOL = "gguf.bool", SAY_LIE, "A yes-or-no value is neither.";
    Dangerous GGUF_COUNT_LIES = "gguf.count_lies", SAY_LIE, "It promises more tensors than it has room for.";
    Dangerous GGUF_KEY_LENGTH = "gguf.key_length", SAY_LIE, "A metadata key has an impossible length.";
    Dangerous GGUF_KEY_TEXT = "gguf.key_text", SAY_LIE, "A metadata key is no text.";
    Dangerous GGUF_KEY_TWICE = "gguf.key_twice", SAY_LIE, "A metadata key stands there twice.";
    Dangerous GGUF_KEY_TYPE = "gguf.key_type", SAY_LIE, "A metadata key has a value of the wrong kind.";
    Suspicious GGUF_LIST_TOO_LONG = "gguf.list_too_long", say::MUCH, "It has a longer list than any published model has.";
    Dangerous GGUF_NESTED_ARRAY = "gguf.nested_array", SAY_LIE, "It holds a list of lists.";
    Dangerous GGUF_SIZE_OVERFLOWS = "gguf.size_overflows", SAY_LIE, "Its size does not fit a number.";
    Suspicious GGUF_TAIL = "gguf.tail", say::ODD, "Bytes stand behind the last tensor that the header does not claim.";
    Dangerous GGUF_TEMPLATE_TEXT = "gguf.template_text", SAY_LIE, "Its chat template is no text.";
    Dangerous GGUF_TENSOR_NAME = "gguf.tensor_name", SAY_LIE, "A tensor's name has an impossible length.";
    Dangerous GGUF_TENSOR_OFFSET = "gguf.tensor_offset", SAY_LIE, "A tensor does not stand where it may.";
    Dangerous GGUF_TENSOR_OVERLAP = "gguf.tensor_overlap", SAY_LIE, "Its tensors overlap or leave gaps.";
    Dangerous GGUF_TENSOR_ROW = "gguf.tensor_row", SAY_LIE, "A tensor's rows do not fit its kind.";
    Dangerous GGUF_TENSOR_SHAPE = "gguf.tensor_shape", SAY_LIE, "A tensor has an impossible shape.";
    Dangerous GGUF_TENSOR_TWICE = "gguf.tensor_twice", SAY_LIE, "A tensor stands there twice.";
    Dangerous GGUF_TENSOR_TYPE = "gguf.tensor_type", SAY_LIE, "A tensor is of a kind that does not exist.";
    Dangerous GGUF_TEXT_LENGTH = "gguf.text_length", SAY_LIE, "A text is longer than the file.";
    Suspicious GGUF_TEXT_TOO_LONG = "gguf.text_too_long", say::MUCH, "It has a longer text than any published model has.";
    Suspicious GGUF_TOKENS_TWICE = "gguf.tokens_twice", say::BROKEN,
        "The vocabulary names a token twice, which makes the engine stop.";
    Suspicious GGUF_TOO_MANY_KEYS = "gguf.too_many_keys", say::MUCH, "It has more metadata than any published model has.";
    Suspicious GGUF_TOO_MANY_TENSORS = "gguf.too_many_tensors", say::MUCH, "It has more tensors than any published model has.";
    Suspicious GGUF_TRUNCATED = "gguf.truncated", say::BROKEN, "The file ends before the data that its header promises.";
    Dangerous GGUF_VALUE_TYPE = "gguf.value_type", SAY_LIE, "A metadata value is of a kind that does not exist.";
    Dangerous GGUF_VERSION = "gguf.version", SAY_LIE, "Its format version does not exist.";
    Dangerous SAFETENSORS_DTYPE = "safetensors.dtype", SAY_LIE, "A tensor is of a kind that does not exist.";
    Dangerous SAFETENSORS_HEADER_LENGTH = "safetensors.header_length", SAY_LIE, "Its header is longer than the format allows.";
    Dangerous SAFETENSORS_HEADER_TEXT = "safetensors.header_text", SAY_LIE, "Its header is no JSON object.";
    Dangerous SAFETENSORS_SIZE_OVERFLOWS = "safetensors.size_overflows", SAY_LIE, "Its size does not fit a number.";
    Dangerous SAFETENSORS_TAIL = "safetensors.tail", SAY_LIE, "Bytes stand behind its last tensor.";
    Dangerous SAFETENSORS_TENSOR_OVERLAP = "safetensors.tensor_overlap", SAY_LIE, "Its tensors overlap or leave gaps.";
    Dangerous SAFETENSORS_TENSOR_SIZE = "safetensors.tensor_size", SAY_LIE, "A tensor's size does not fit its shape.";
    Suspicious SAFETENSORS_TOO_MANY_TENSORS = "safetensors.too_many_tensors", say::MUCH,
        "It has more tensors than any published model has.";
    Suspicious SAFETENSORS_TRUNCATED = "safetensors.truncated", say::BROKEN,
        "The file ends before the data that its header promises.";
}

/// The hazard that a header's error is. `None` for what is no hazard: a disk that fails, a file that is only not for our engine.
pub(crate) fn of_error(code: &str) -> Option<&'static HazardCode> {
    ALL.iter().copied().find(|hazard| hazard.code == code)
}
