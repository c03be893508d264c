//! What can be wrong with a zip.

use crate::hazard::{hazards, say};

const SAY_HIDE: &str =
    "This archive is built so that two programs see different things in it. Do not open it; tell IT where it came from.";

hazards! {
    Dangerous NO_DIRECTORY = "zip.no_directory", SAY_HIDE,
        "The zip has no readable central directory; its local headers were walked instead.";
    Dangerous SECOND_END = "zip.second_end", SAY_HIDE,
        "A second end record of a zip stands in the comment or behind the end, so readers choose different directories.";
    Dangerous HEADER_MISMATCH = "zip.header_mismatch", SAY_HIDE,
        "A member's local header and its entry in the central directory disagree in name, size, method, flags or check sum.";
    Dangerous NAME_TWICE = "zip.name_twice", SAY_HIDE,
        "Two members have the same name, or names that differ in letter case only.";
    Dangerous OVERLAP = "zip.overlap", SAY_HIDE, "Members of the zip share bytes.";
    Dangerous ENCRYPTED = "zip.encrypted", say::BLIND, "A member is encrypted, or says so, and cannot be looked into.";
    Dangerous OUTSIDE = "zip.outside", say::OUT,
        "A member's name leaves the folder: by `..`, a drive, a backslash, a variable, an address, or from the root.";
    Dangerous LINK = "zip.link", say::OUT, "A member is a symbolic link or a device.";
    Dangerous BOMB = "zip.bomb", say::BOMB, "A member unpacks to far more than it takes.";
    Suspicious BEFORE = "zip.before", say::ODD, "Bytes stand before the first member.";
    Suspicious HIDDEN_BYTES = "zip.hidden_bytes", say::ODD, "Bytes between the members belong to none of them.";
    Dangerous HIDDEN_MEMBER = "zip.hidden_member", SAY_HIDE,
        "A member stands in the file that the central directory does not name.";
    Suspicious TAIL = "zip.tail", say::ODD, "Bytes stand behind the end of the zip.";
    Suspicious COMMENT_CUT = "zip.comment_cut", say::BROKEN, "The zip's comment is longer than what is left of the file.";
    Dangerous FOLDER_WITH_DATA = "zip.folder_with_data", SAY_HIDE, "A member is named like a folder and holds data.";
    Suspicious METHOD = "zip.method", say::BLIND, "A member is compressed by a method that is not looked into.";
    Dangerous DAMAGED = "zip.damaged", SAY_HIDE,
        "A member does not unpack to the size and check sum that are written beside it.";
    Suspicious TOO_MUCH = "zip.too_much", say::MUCH, "The zip has too many members, or too long names.";
}
