//! What can be wrong with a file as a whole, or with the folder that it lies in.

use crate::hazard::{hazards, say};

const SAY_CODE: &str = "Code lies beside this model and may run when the model is loaded. Ask IT before you use it.";
const SAY_PROG: &str = "This is a program that is made to look like a model. Do not open it; tell IT where it came from.";
const SAY_TWO: &str =
    "This file is two things at once, which hides what it really is. Do not open it; tell IT where it came from.";

const SAY_NO_MODEL: &str =
    "This file is named like a model, and nothing in it is one that Canteen knows. Ask IT before you use it.";
const SAY_LINK: &str =
    "Something in this folder leads to other files of this computer. Do not load it; tell IT where it came from.";
const SAY_SPECIAL: &str = "Something in this folder is no file, which no model needs. Ask IT before you use it.";

hazards! {
    Dangerous EXECUTABLE = "file.executable", SAY_PROG, "A program has the name of a model file.";
    Suspicious NATIVE_CODE = "file.native_code", SAY_CODE, "A program or a native library.";
    Suspicious SCRIPT = "file.script", SAY_CODE, "A script that a shell or an interpreter would run.";
    Suspicious PYTHON = "file.python", SAY_CODE, "Python source, which some loaders import.";
    Dangerous TWO_THINGS = "file.two_things", SAY_TWO,
        "A whole file of another kind stands behind or before the one that it begins as.";
    Suspicious LLAMAFILE = "file.llamafile", SAY_CODE,
        "A llamafile: a program with weights in it, which runs outside of the sandbox.";
    Dangerous LINK_OUTSIDE = "file.link_outside", SAY_LINK, "A symbolic link leads out of the folder.";
    Dangerous SPECIAL = "file.special", SAY_SPECIAL, "A device, pipe or socket, which no model has.";
    Suspicious NO_MODEL = "file.no_model", SAY_NO_MODEL, "It has the name of a model file and its bytes are of no known kind.";
    Suspicious NOT_AS_NAMED = "file.not_as_named", SAY_NO_MODEL,
        "Its bytes are of another kind than its name promises, and both are read alike: what loads it may see something else.";
    Suspicious NOT_INSPECTED = "file.not_inspected", say::BLIND,
        "The format is recognised, and its content is not looked into.";
    Suspicious PART_MISSING = "file.part_missing", say::BROKEN,
        "Parts that the index or the number in the name asks for are missing.";
    Dangerous INDEX_OUTSIDE = "file.index_outside", SAY_LINK, "The index names a part outside of its folder.";
    Suspicious REMOTE_CODE = "file.remote_code", SAY_CODE,
        "The configuration names classes in Python files (`auto_map`), which a loader imports when it trusts remote code.";
    Suspicious TOO_MANY = "file.too_many", say::MUCH, "The folder has more files or is nested deeper than is looked into.";
}
