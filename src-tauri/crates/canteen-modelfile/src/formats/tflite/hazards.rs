use crate::hazard::hazards;

hazards! {
    Suspicious CUSTOM_OPERATOR = "tflite.custom_operator",
        "This model needs a program part that does not come with it, so ask IT before you use it.",
        "A TensorFlow Lite operator with a name of its own: it needs a native library.";
    Dangerous EXTERNAL_OUTSIDE = "tflite.external_outside",
        "This model reads a file of your computer that is no part of it, so do not use it.",
        "A file that holds TensorFlow Lite buffers is named outside the model's folder.";
    Suspicious TENSOR_SIZE = "tflite.tensor_size", "This model is damaged or was altered, so ask IT before you use it.",
        "The bytes of a TensorFlow Lite tensor do not fit its shape and kind, or go past the end of the file.";
    Suspicious UNREADABLE = "tflite.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The flatbuffer is broken, cut, or beyond the limits; what could be reached was examined.";
}
