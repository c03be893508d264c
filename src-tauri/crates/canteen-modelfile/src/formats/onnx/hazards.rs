use crate::hazard::hazards;

hazards! {
    Dangerous EXTERNAL_OUTSIDE = "onnx.external_outside",
        "This model reads a file of your computer that is no part of it, so do not use it.",
        "ONNX external data names a location outside the model's folder.";
    Dangerous EXTERNAL_LINK = "onnx.external_link",
        "This model comes with a link to another file of your computer, so do not use it.",
        "ONNX external data goes through a symbolic link, or to a file that has other names on this disk.";
    Suspicious EXTERNAL_MISSING = "onnx.external_missing", "A part of this model is missing, so fetch it again as a whole.",
        "ONNX external data names a file that is not there.";
    Suspicious EXTERNAL_RANGE = "onnx.external_range", "This model is damaged or was altered, so ask IT before you use it.",
        "Offset or length of ONNX external data is no number, or goes past the end of the file.";
    Dangerous EXTERNAL_MEMORY = "onnx.external_memory",
        "This model reads the memory of the program that runs it, so do not use it.",
        "ONNX external data carries a runtime's mark for an address in memory.";
    Suspicious CUSTOM_OPERATOR = "onnx.custom_operator",
        "This model needs a program part that does not come with it, so ask IT before you use it.",
        "An ONNX operator of an unknown domain that the model does not define itself: it needs a native library.";
    Dangerous PYTHON_OPERATOR = "onnx.python_operator", "This model runs program code on your computer, so do not use it.",
        "An ONNX operator that calls into Python or compiles a kernel.";
    Suspicious OPAQUE_ENGINE = "onnx.opaque_engine", "A part of this model cannot be looked into, so ask IT before you use it.",
        "ONNX holds a context compiled for one processor (EPContext), which is opaque.";
    Suspicious TENSOR_SIZE = "onnx.tensor_size", "This model is damaged or was altered, so ask IT before you use it.",
        "The bytes of an ONNX tensor do not fit its shape and kind, or its shape fits no number.";
    Suspicious UNREADABLE = "onnx.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The ONNX protobuf is broken, cut, or beyond the limits; what stands before was examined.";
}
