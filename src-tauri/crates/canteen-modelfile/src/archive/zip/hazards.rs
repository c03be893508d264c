//! What can be wrong with a zip.

use crate::hazard::{HazardCode, Severity};

const SAY_BLIND: &str = "Canteen cannot look into this file, so nobody knows what is in it. Ask IT before you use it.";
const SAY_BOMB: &str = "Unpacking this archive could fill this computer. Do not open it; tell IT where it came from.";
const SAY_HIDE: &str =
    "This archive is built so that two programs see different things in it. Do not open it; tell IT where it came from.";
const SAY_MUCH: &str =
    "This file has more in it than any published model has, so it was not read to its end. Ask IT before you use it.";
const SAY_ODD: &str = "This archive holds something that an honest tool does not put there. Ask IT before you use it.";
const SAY_OUT: &str =
    "Unpacking this archive could write into other folders of this computer. Do not open it; tell IT where it came from.";

pub(crate) static NO_DIRECTORY: HazardCode = HazardCode {
    code: "zip.no_directory",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "The zip has no readable central directory; its local headers were walked instead.",
};
pub(crate) static SECOND_END: HazardCode = HazardCode {
    code: "zip.second_end",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "A second end record of a zip stands in the comment or behind the end, so readers choose different directories.",
};
pub(crate) static HEADER_MISMATCH: HazardCode = HazardCode {
    code: "zip.header_mismatch",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "A member's local header and its entry in the central directory disagree in name, size, method, flags or check sum.",
};
pub(crate) static NAME_TWICE: HazardCode = HazardCode {
    code: "zip.name_twice",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "Two members have the same name, or names that differ in letter case only.",
};
pub(crate) static OVERLAP: HazardCode =
    HazardCode { code: "zip.overlap", severity: Severity::Dangerous, employee: SAY_HIDE, it: "Members of the zip share bytes." };
pub(crate) static ENCRYPTED: HazardCode = HazardCode {
    code: "zip.encrypted",
    severity: Severity::Dangerous,
    employee: SAY_BLIND,
    it: "A member is encrypted, or says so, and cannot be looked into.",
};
pub(crate) static OUTSIDE: HazardCode = HazardCode {
    code: "zip.outside",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "A member's name leaves the folder: it has `..`, a drive, a backslash, or begins at the root.",
};
pub(crate) static LINK: HazardCode = HazardCode {
    code: "zip.link",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "A member is a symbolic link or a device.",
};
pub(crate) static BOMB: HazardCode = HazardCode {
    code: "zip.bomb",
    severity: Severity::Dangerous,
    employee: SAY_BOMB,
    it: "A member unpacks to far more than it takes.",
};
pub(crate) static BEFORE: HazardCode = HazardCode {
    code: "zip.before",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Bytes stand before the first member.",
};
pub(crate) static HIDDEN_BYTES: HazardCode = HazardCode {
    code: "zip.hidden_bytes",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Bytes between the members belong to none of them.",
};
pub(crate) static HIDDEN_MEMBER: HazardCode = HazardCode {
    code: "zip.hidden_member",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "A member stands in the file that the central directory does not name.",
};
pub(crate) static TAIL: HazardCode = HazardCode {
    code: "zip.tail",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Bytes stand behind the end of the zip.",
};
pub(crate) static FOLDER_WITH_DATA: HazardCode = HazardCode {
    code: "zip.folder_with_data",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "A member is named like a folder and holds data.",
};
pub(crate) static METHOD: HazardCode = HazardCode {
    code: "zip.method",
    severity: Severity::Suspicious,
    employee: SAY_BLIND,
    it: "A member is compressed by a method that is not looked into.",
};
pub(crate) static DAMAGED: HazardCode = HazardCode {
    code: "zip.damaged",
    severity: Severity::Dangerous,
    employee: SAY_HIDE,
    it: "A member does not unpack to the size and check sum that are written beside it.",
};
pub(crate) static TOO_MUCH: HazardCode = HazardCode {
    code: "zip.too_much",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "The zip has too many members, or too long names.",
};

/// All of them.
pub(crate) const ALL: &[&HazardCode] = &[
    &NO_DIRECTORY,
    &SECOND_END,
    &HEADER_MISMATCH,
    &NAME_TWICE,
    &OVERLAP,
    &ENCRYPTED,
    &OUTSIDE,
    &LINK,
    &BOMB,
    &BEFORE,
    &HIDDEN_BYTES,
    &HIDDEN_MEMBER,
    &TAIL,
    &FOLDER_WITH_DATA,
    &METHOD,
    &DAMAGED,
    &TOO_MUCH,
];
