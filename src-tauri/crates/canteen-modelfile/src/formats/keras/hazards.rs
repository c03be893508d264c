use crate::hazard::hazards;

const SAY_RUNS: &str = "This model runs program code on your computer, so do not use it.";
const SAY_NEEDS: &str = "This model needs a program part that does not come with it, so ask IT before you use it.";

hazards! {
    Dangerous LAMBDA = "keras.lambda", SAY_RUNS,
        "The Keras configuration carries compiled Python code: a Lambda layer, or a serialised lambda.";
    Dangerous UNSAFE_FUNCTION = "keras.unsafe_function", SAY_RUNS,
        "The Keras configuration names a function of Keras or TensorFlow that fetches files, loads models or changes settings.";
    Dangerous FOREIGN_MODULE = "keras.foreign_module", SAY_RUNS,
        "The Keras configuration names a function or class of a Python module that is no part of Keras, which loading imports.";
    Dangerous WRAPPER = "keras.wrapper", SAY_RUNS,
        "A Keras layer that loads a model of another framework from bytes or a path, code included.";
    Dangerous OUTSIDE_FILE = "keras.outside_file",
        "This model reads files of your computer that are no part of it, so do not use it.",
        "A Keras configuration names a file or an address where a list belongs, such as a vocabulary, which loading reads.";
    Suspicious CUSTOM_OBJECT = "keras.custom_object", SAY_NEEDS,
        "The Keras configuration names a class or function that is no part of Keras: its code has to come from elsewhere.";
    Suspicious UNREADABLE = "keras.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The Keras configuration is missing, is no JSON, or is beyond the limits.";
}
