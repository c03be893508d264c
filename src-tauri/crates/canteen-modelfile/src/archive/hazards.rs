//! What can be wrong with a tar or with compressed data.

use crate::hazard::{HazardCode, Severity};

const SAY_BLIND: &str = "Canteen cannot look into this file, so nobody knows what is in it. Ask IT before you use it.";
const SAY_BOMB: &str = "Unpacking this archive could fill this computer. Do not open it; tell IT where it came from.";
const SAY_BROKEN: &str = "This file is not complete or is damaged. Fetch it again, and ask IT if that does not help.";
const SAY_MUCH: &str =
    "This file has more in it than any published model has, so it was not read to its end. Ask IT before you use it.";
const SAY_ODD: &str = "This archive holds something that an honest tool does not put there. Ask IT before you use it.";
const SAY_OUT: &str =
    "Unpacking this archive could write into other folders of this computer. Do not open it; tell IT where it came from.";

pub(crate) static TAR_OUTSIDE: HazardCode = HazardCode {
    code: "tar.outside",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "A member's name leaves the folder: it has `..`, a drive, a backslash, or begins at the root.",
};
pub(crate) static TAR_LINK: HazardCode = HazardCode {
    code: "tar.link",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "A member is a link within the archive.",
};
pub(crate) static TAR_LINK_OUTSIDE: HazardCode = HazardCode {
    code: "tar.link_outside",
    severity: Severity::Dangerous,
    employee: SAY_OUT,
    it: "A member is a link that leads out of the folder.",
};
pub(crate) static TAR_DEVICE: HazardCode =
    HazardCode { code: "tar.device", severity: Severity::Dangerous, employee: SAY_OUT, it: "A member is a device or a pipe." };
pub(crate) static TAR_NAME_TWICE: HazardCode = HazardCode {
    code: "tar.name_twice",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Two members have the same name; the later one replaces the earlier.",
};
pub(crate) static TAR_DAMAGED: HazardCode = HazardCode {
    code: "tar.damaged",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "A header of the tar is damaged or the archive ends early.",
};
pub(crate) static TAR_TAIL: HazardCode = HazardCode {
    code: "tar.tail",
    severity: Severity::Suspicious,
    employee: SAY_ODD,
    it: "Bytes stand behind the end of the tar.",
};
pub(crate) static TAR_TOO_MUCH: HazardCode = HazardCode {
    code: "tar.too_much",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "The tar has too many members, or too long names.",
};
pub(crate) static NOT_LOOKED_INTO: HazardCode = HazardCode {
    code: "archive.not_looked_into",
    severity: Severity::Suspicious,
    employee: SAY_BLIND,
    it: "The archive is of a kind that is recognised but not unpacked.",
};
pub(crate) static NESTED: HazardCode = HazardCode {
    code: "archive.nested_too_deep",
    severity: Severity::Suspicious,
    employee: SAY_BLIND,
    it: "Archives stand in archives deeper than is looked into.",
};
pub(crate) static BOMB: HazardCode = HazardCode {
    code: "archive.bomb",
    severity: Severity::Dangerous,
    employee: SAY_BOMB,
    it: "The archive unpacks to far more than it takes.",
};
pub(crate) static DAMAGED: HazardCode = HazardCode {
    code: "archive.damaged",
    severity: Severity::Suspicious,
    employee: SAY_BROKEN,
    it: "The compressed data does not unpack to its end.",
};
pub(crate) static TOO_MUCH: HazardCode = HazardCode {
    code: "archive.too_much",
    severity: Severity::Suspicious,
    employee: SAY_MUCH,
    it: "More was to be unpacked than is looked into; the rest was not.",
};

/// All of them.
pub(crate) const ALL: &[&HazardCode] = &[
    &TAR_OUTSIDE,
    &TAR_LINK,
    &TAR_LINK_OUTSIDE,
    &TAR_DEVICE,
    &TAR_NAME_TWICE,
    &TAR_DAMAGED,
    &TAR_TAIL,
    &TAR_TOO_MUCH,
    &NOT_LOOKED_INTO,
    &NESTED,
    &BOMB,
    &DAMAGED,
    &TOO_MUCH,
];
