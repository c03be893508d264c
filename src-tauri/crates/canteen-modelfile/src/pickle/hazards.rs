use crate::hazard::{HazardCode, Severity};

const RUNS: &str =
    "This file runs a program on your computer as soon as it is opened. Do not open it, and tell IT where it came from.";
const HIDES: &str = "This file hides what it does when it is opened. Do not open it, and tell IT where it came from.";
const UNUSUAL: &str = "This file needs program code that Canteen does not know. Use it only if IT has looked at it.";
const ODD: &str = "This file is not put together the way model files are. Use it only if IT has looked at it.";

pub(crate) const EXECUTOR: HazardCode = HazardCode {
    code: "pickle.executor",
    severity: Severity::Dangerous,
    employee: RUNS,
    it: "Unpickling imports a function that starts programs, evaluates code, reaches the network or writes files.",
};
pub(crate) const COMPUTED_NAME: HazardCode = HazardCode {
    code: "pickle.computed_name",
    severity: Severity::Dangerous,
    employee: HIDES,
    it: "STACK_GLOBAL takes a name that is not a constant of the stream, so it cannot be known what is imported.",
};
pub(crate) const COMPUTED_CALL: HazardCode = HazardCode {
    code: "pickle.computed_call",
    severity: Severity::Dangerous,
    employee: HIDES,
    it: "Unpickling calls something that is itself the result of a call, so it cannot be known what runs.",
};
pub(crate) const WALKS_ATTRIBUTES: HazardCode = HazardCode {
    code: "pickle.walks_attributes",
    severity: Severity::Dangerous,
    employee: HIDES,
    it: "A dotted name walks from a known object to something that its module does not offer under that name.",
};
pub(crate) const PATCHES: HazardCode = HazardCode {
    code: "pickle.patches",
    severity: Severity::Dangerous,
    employee: HIDES,
    it: "Unpickling changes a class, a function or a tensor in place, or sets a method that Python calls by itself.",
};
pub(crate) const GLOBAL_NOT_ALLOWED: HazardCode = HazardCode {
    code: "pickle.global_not_allowed",
    severity: Severity::Suspicious,
    employee: UNUSUAL,
    it: "Unpickling imports a name that is not on the list of what model files need.",
};
pub(crate) const GLOBAL_UNLISTED: HazardCode = HazardCode {
    code: "pickle.global_unlisted",
    severity: Severity::Suspicious,
    employee: UNUSUAL,
    it: "Unpickling imports a name of a known library that is not among those that model files usually need.",
};
pub(crate) const EXTENSION: HazardCode = HazardCode {
    code: "pickle.extension",
    severity: Severity::Suspicious,
    employee: UNUSUAL,
    it: "An EXT opcode takes an import from the extension registry of the reading program; published models have none.",
};
pub(crate) const PERSISTENT_ID: HazardCode = HazardCode {
    code: "pickle.persistent_id",
    severity: Severity::Suspicious,
    employee: ODD,
    it: "A persistent id outside a PyTorch file: the reading program decides what it means.",
};
pub(crate) const NESTED: HazardCode = HazardCode {
    code: "pickle.nested",
    severity: Severity::Suspicious,
    employee: ODD,
    it: "A text or bytes constant is itself a pickle, perhaps encoded or compressed.",
};
pub(crate) const BROKEN: HazardCode = HazardCode {
    code: "pickle.broken",
    severity: Severity::Suspicious,
    employee: "This file breaks off or is damaged. Fetch it again; if that does not help, tell IT.",
    it: "The stream breaks; what stands before the break is executed all the same.",
};
pub(crate) const TRAILING_BYTES: HazardCode = HazardCode {
    code: "pickle.trailing_bytes",
    severity: Severity::Suspicious,
    employee: ODD,
    it: "Bytes that belong to no pickle lie between the streams or behind the last one.",
};
pub(crate) const ODD_OPCODES: HazardCode = HazardCode {
    code: "pickle.odd_opcodes",
    severity: Severity::Suspicious,
    employee: ODD,
    it: "Opcodes that no pickler writes: an unknown protocol, a frame that lies, a huge memo index, a codec or size out of place.",
};
pub(crate) const TOO_MUCH: HazardCode = HazardCode {
    code: "pickle.too_much",
    severity: Severity::Suspicious,
    employee: "This file is larger inside than any published model, so Canteen did not look at all of it. Ask IT before you use it.",
    it: "A limit was reached; what lies behind that place was not looked at.",
};

pub(crate) const ALL: &[&HazardCode] = &[
    &EXECUTOR,
    &COMPUTED_NAME,
    &COMPUTED_CALL,
    &WALKS_ATTRIBUTES,
    &PATCHES,
    &GLOBAL_NOT_ALLOWED,
    &GLOBAL_UNLISTED,
    &EXTENSION,
    &PERSISTENT_ID,
    &NESTED,
    &BROKEN,
    &TRAILING_BYTES,
    &ODD_OPCODES,
    &TOO_MUCH,
];
