use crate::hazard::hazards;

const SAY_NEEDS: &str = "This model needs a program part that does not come with it, so ask IT before you use it.";
const SAY_MISSING: &str = "A part of this model is missing, so fetch it again as a whole.";

hazards! {
    Dangerous DOCTYPE = "openvino.doctype",
        "This model makes a program read other files of your computer, so do not use it.",
        "The XML of an OpenVINO network declares a document type, through which entities reach other files.";
    Dangerous LIBRARY = "openvino.library", "This model runs program code on your computer, so do not use it.",
        "The XML of an OpenVINO network names a library to load.";
    Suspicious EXTENSION_LAYER = "openvino.extension_layer", SAY_NEEDS,
        "An OpenVINO layer that is in no operation set: it needs an extension library.";
    Suspicious WEIGHTS_MISSING = "openvino.weights_missing", SAY_MISSING, "The weights (`.bin`) of an OpenVINO network are not there.";
    Suspicious WEIGHTS_RANGE = "openvino.weights_range", SAY_MISSING,
        "A constant of an OpenVINO network lies past the end of the weights.";
    Suspicious UNREADABLE = "openvino.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The XML of an OpenVINO network is broken, cut, or beyond the limits; what stands before was examined.";
}
