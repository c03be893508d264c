use crate::hazard::{hazards, say};

const RUNS: &str =
    "This file runs a program on your computer as soon as it is opened. Do not open it, and tell IT where it came from.";
const HIDES: &str = "This file hides what it does when it is opened. Do not open it, and tell IT where it came from.";
const UNUSUAL: &str = "This file needs program code that Canteen does not know. Use it only if IT has looked at it.";
const ODD: &str = "This file is not put together the way model files are. Use it only if IT has looked at it.";

hazards! {
    Dangerous EXECUTOR = "pickle.executor", RUNS,
        "Unpickling imports a function that starts programs, evaluates code, reaches the network or writes files.";
    Dangerous COMPUTED_NAME = "pickle.computed_name", HIDES,
        "STACK_GLOBAL takes a name that is not a constant of the stream, so it cannot be known what is imported.";
    Dangerous COMPUTED_CALL = "pickle.computed_call", HIDES,
        "Unpickling calls something that is itself the result of a call, so it cannot be known what runs.";
    Dangerous WALKS_ATTRIBUTES = "pickle.walks_attributes", HIDES,
        "A dotted name walks from a known object to something that its module does not offer under that name.";
    Dangerous PATCHES = "pickle.patches", HIDES,
        "Unpickling changes a class, a function or a tensor in place, or sets a method that Python calls by itself.";
    Dangerous FORGED_MEMORY = "pickle.forged_memory", say::LIE,
        "A dtype says that its bytes hold no objects where they do, or a tensor reaches beyond its storage: bytes of the file become pointers.";
    Dangerous HIDDEN_ARRAY = "pickle.hidden_array", HIDES,
        "An array of joblib lies between the opcodes in a way that its size cannot be told, so what follows it was not read.";
    Suspicious ARGUMENTS = "pickle.arguments", UNUSUAL,
        "A function that model files need is called with arguments that no pickler writes.";
    Suspicious GLOBAL_NOT_ALLOWED = "pickle.global_not_allowed", UNUSUAL,
        "Unpickling imports a name that is not on the list of what model files need.";
    Suspicious GLOBAL_UNLISTED = "pickle.global_unlisted", UNUSUAL,
        "Unpickling imports a name of a known library that is not among those that model files usually need.";
    Suspicious EXTENSION = "pickle.extension", UNUSUAL,
        "An EXT opcode takes an import from the extension registry of the reading program; published models have none.";
    Suspicious PERSISTENT_ID = "pickle.persistent_id", ODD,
        "A persistent id outside a PyTorch file: the reading program decides what it means.";
    Suspicious NESTED = "pickle.nested", ODD, "A text or bytes constant is itself a pickle, perhaps encoded or compressed.";
    Suspicious BROKEN = "pickle.broken", "This file breaks off or is damaged. Fetch it again; if that does not help, tell IT.",
        "The stream breaks; what stands before the break is executed all the same.";
    Suspicious TRAILING_BYTES = "pickle.trailing_bytes", ODD,
        "Bytes that belong to no pickle lie between the streams or behind the last one.";
    Suspicious ODD_OPCODES = "pickle.odd_opcodes", ODD,
        "Opcodes that no pickler writes: an unknown protocol, a frame that lies, a huge memo index, a codec or size out of place.";
    Suspicious TOO_MUCH = "pickle.too_much",
        "This file is larger inside than any published model, so Canteen did not look at all of it. Ask IT before you use it.",
        "A limit was reached; what lies behind that place was not looked at.";
}
