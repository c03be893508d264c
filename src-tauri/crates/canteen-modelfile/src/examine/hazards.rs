//! What can be wrong with a file as a whole, or with the folder that it lies in.

use crate::hazard::{HazardCode, Severity};

const SAY_BLIND: &str = "Canteen cannot look into this file, so nobody knows what is in it. Ask IT before you use it.";
const SAY_BROKEN: &str = "This file is not complete or is damaged. Fetch it again, and ask IT if that does not help.";
const SAY_CODE: &str = "Code lies beside this model and may run when the model is loaded. Ask IT before you use it.";
const SAY_MUCH: &str =
    "This file has more in it than any published model has, so it was not read to its end. Ask IT before you use it.";
const SAY_ODD: &str = "This archive holds something that an honest tool does not put there. Ask IT before you use it.";
const SAY_OUT: &str =
    "Unpacking this archive could write into other folders of this computer. Do not open it; tell IT where it came from.";
const SAY_PROG: &str = "This is a program that is made to look like a model. Do not open it; tell IT where it came from.";
const SAY_TWO: &str =
    "This file is two things at once, which hides what it really is. Do not open it; tell IT where it came from.";

pub(crate) static EXECUTABLE: HazardCode = HazardCode {
    code: "file.executable",
    severity: Severity::Dangerous,
    employee: SAY_PROG,
    it: "A program has the name of a model file.",
};
pub(crate) static NATIVE_CODE: HazardCode = HazardCode {
    code: "file.native_code",
    severity: Severity::Suspicious,
    employee: SAY_CODE,
    it: "A program or a native library.",
};
pub(crate) static SCRIPT: HazardCode = HazardCode {
    code: "file.script",
    severity: Severity::Suspicious,
    employee: SAY_CODE,
    it: "A script that a shell or an interpreter would run.",
};
pub(crate) static PYTHON: HazardCode = HazardCode {
    code: "file.python",
    severity: Severity::Suspicious,
    employee: SAY_CODE,
    it: "Python source, which some loaders import.",
};
pub(crate) static TWO_THINGS: HazardCode = HazardCode {
    code: "file.two_things",
    severity: Severity::Dangerous,
    employee: SAY_TWO,
    it: "A whole file of another kind stands behind or before the one that it begins as.",
};
pub(crate) static LLAMAFILE: HazardCode = HazardCode {
    code: "file.llamafile",
    severity: Severity::Suspicious,
    employee: SAY_CODE,
    it: "A llamafile: a program with weights in it, which runs outside of the sandbox.",
};
pub(crate) static LINK_OUTSIDE: HazardCode = HazardCode {
    code: "file.link_outside",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "A symbolic link leads out of the folder.",
};
pub(crate) static SPECIAL: HazardCode = HazardCode {
    code: "file.special",
    severity: Severity::Dangerous,
    employee: SAY_ODD,
    it: "A device, pipe or socket, which no model has.",
};
pub(crate) static NO_MODEL: HazardCode = HazardCode {
    code: "file.no_model",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "It has the name of a model file and its bytes are of no known kind.",
};
pub(crate) static NOT_INSPECTED: HazardCode = HazardCode {
    code: "file.not_inspected",
    severity: Severity::Suspicious,
    employee: SAY_BLIND,
    it: "The format is recognised, and its content is not looked into.",
};
pub(crate) static PART_MISSING: HazardCode = HazardCode {
    code: "file.part_missing",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "Parts that the index or the number in the name asks for are missing.",
};
pub(crate) static INDEX_OUTSIDE: HazardCode = HazardCode {
    code: "file.index_outside",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "The index names a part outside of its folder.",
};
pub(crate) static REMOTE_CODE: HazardCode = HazardCode {
    code: "file.remote_code",
    severity: Severity::Suspicious,
    employee: SAY_CODE,
    it: "The configuration names classes in Python files (`auto_map`), which a loader imports when it trusts remote code.",
};
pub(crate) static TOO_MANY: HazardCode = HazardCode {
    code: "file.too_many",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "The folder has more files or is nested deeper than is looked into.",
};

/// All of them.
pub(crate) const ALL: &[&HazardCode] = &[
    &EXECUTABLE,
    &NATIVE_CODE,
    &SCRIPT,
    &PYTHON,
    &TWO_THINGS,
    &LLAMAFILE,
    &LINK_OUTSIDE,
    &SPECIAL,
    &NO_MODEL,
    &NOT_INSPECTED,
    &PART_MISSING,
    &INDEX_OUTSIDE,
    &REMOTE_CODE,
    &TOO_MANY,
];
