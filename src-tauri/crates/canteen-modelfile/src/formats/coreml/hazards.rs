use crate::hazard::hazards;

const SAY_NEEDS: &str = "This model needs a program part that does not come with it, so ask IT before you use it.";

hazards! {
    Suspicious CUSTOM_LAYER = "coreml.custom_layer", SAY_NEEDS,
        "A Core ML layer, model or operation that names a class of an application, which runs in it.";
    Suspicious LINKED_MODEL = "coreml.linked_model", SAY_NEEDS, "Core ML names another model that is to be found elsewhere.";
    Dangerous OUTSIDE = "coreml.outside", "This model reads a file of your computer that is no part of it, so do not use it.",
        "Core ML weights, or an item of the package, are named outside the model's folder.";
    Suspicious WEIGHTS_MISSING = "coreml.weights_missing", "A part of this model is missing, so fetch it again as a whole.",
        "Core ML names a file of weights that is not there.";
    Suspicious UNREADABLE = "coreml.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The Core ML protobuf is broken, cut, or beyond the limits; what stands before was examined.";
}
