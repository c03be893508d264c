use crate::hazard::hazards;

const SAY_READS: &str = "This model reads or writes files of your computer that are no part of it, so do not use it.";
const SAY_ODD: &str = "This model does more than compute when it runs, so ask IT before you use it.";

hazards! {
    Dangerous RUNS_CODE = "tensorflow.runs_code", "This model runs program code on your computer, so do not use it.",
        "A TensorFlow operation calls into Python or loads a native library.";
    Dangerous TOUCHES_FILES = "tensorflow.touches_files", SAY_READS,
        "A TensorFlow operation reads, writes, lists, moves or deletes files by name.";
    Suspicious READS_DATA = "tensorflow.reads_data", SAY_ODD,
        "A TensorFlow operation of data pipelines or logging, which opens files or connections, and which no finished model needs.";
    Suspicious CUSTOM_OPERATOR = "tensorflow.custom_operator",
        "This model needs a program part that does not come with it, so ask IT before you use it.",
        "A TensorFlow operation of an added library, or compiled code that is opaque.";
    Dangerous ASSET_OUTSIDE = "tensorflow.asset_outside", SAY_READS, "The name of an asset leaves the model's folder.";
    Suspicious UNREADABLE = "tensorflow.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The TensorFlow protobuf is broken, cut, or beyond the limits; what stands before was examined.";
}
