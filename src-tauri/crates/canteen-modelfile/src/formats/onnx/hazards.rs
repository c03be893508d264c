use crate::{HazardCode, Severity};

pub(crate) const ALL: &[&HazardCode] = &[
    &EXTERNAL_OUTSIDE,
    &EXTERNAL_LINK,
    &EXTERNAL_MISSING,
    &EXTERNAL_RANGE,
    &EXTERNAL_MEMORY,
    &CUSTOM_OPERATOR,
    &PYTHON_OPERATOR,
    &OPAQUE_ENGINE,
    &TENSOR_SIZE,
    &UNREADABLE,
];

pub(super) static EXTERNAL_OUTSIDE: HazardCode = HazardCode {
    code: "onnx.external_outside",
    severity: Severity::Dangerous,
    employee: "This model reads a file of your computer that is no part of it, so do not use it.",
    it: "ONNX external data names a location outside the model's folder.",
};
pub(super) static EXTERNAL_LINK: HazardCode = HazardCode {
    code: "onnx.external_link",
    severity: Severity::Dangerous,
    employee: "This model comes with a link to another file of your computer, so do not use it.",
    it: "ONNX external data goes through a symbolic link, or to a file that has other names on this disk.",
};
pub(super) static EXTERNAL_MISSING: HazardCode = HazardCode {
    code: "onnx.external_missing",
    severity: Severity::Suspicious,
    employee: "A part of this model is missing, so fetch it again as a whole.",
    it: "ONNX external data names a file that is not there.",
};
pub(super) static EXTERNAL_RANGE: HazardCode = HazardCode {
    code: "onnx.external_range",
    severity: Severity::Suspicious,
    employee: "This model is damaged or was altered, so ask IT before you use it.",
    it: "Offset or length of ONNX external data is no number, or goes past the end of the file.",
};
pub(super) static EXTERNAL_MEMORY: HazardCode = HazardCode {
    code: "onnx.external_memory",
    severity: Severity::Dangerous,
    employee: "This model reads the memory of the program that runs it, so do not use it.",
    it: "ONNX external data carries a runtime's mark for an address in memory.",
};
pub(super) static CUSTOM_OPERATOR: HazardCode = HazardCode {
    code: "onnx.custom_operator",
    severity: Severity::Suspicious,
    employee: "This model needs a program part that does not come with it, so ask IT before you use it.",
    it: "An ONNX operator of an unknown domain that the model does not define itself: it needs a native library.",
};
pub(super) static PYTHON_OPERATOR: HazardCode = HazardCode {
    code: "onnx.python_operator",
    severity: Severity::Dangerous,
    employee: "This model runs program code on your computer, so do not use it.",
    it: "An ONNX operator that calls into Python or compiles a kernel.",
};
pub(super) static OPAQUE_ENGINE: HazardCode = HazardCode {
    code: "onnx.opaque_engine",
    severity: Severity::Suspicious,
    employee: "A part of this model cannot be looked into, so ask IT before you use it.",
    it: "ONNX holds a context compiled for one processor (EPContext), which is opaque.",
};
pub(super) static TENSOR_SIZE: HazardCode = HazardCode {
    code: "onnx.tensor_size",
    severity: Severity::Suspicious,
    employee: "This model is damaged or was altered, so ask IT before you use it.",
    it: "The bytes of an ONNX tensor do not fit its shape and kind, or its shape fits no number.",
};
pub(super) static UNREADABLE: HazardCode = HazardCode {
    code: "onnx.unreadable",
    severity: Severity::Suspicious,
    employee: "This model could not be looked through to its end, so ask IT before you use it.",
    it: "The ONNX protobuf is broken, cut, or beyond the limits; what stands before was examined.",
};
