//! What can be wrong with a tar or with compressed data.

use crate::hazard::{hazards, say};

hazards! {
    Dangerous TAR_OUTSIDE = "tar.outside", say::OUT,
        "A member's name leaves the folder: by `..`, a drive, a backslash, a variable, an address, or from the root.";
    Suspicious TAR_LINK = "tar.link", say::ODD, "A member is a link within the archive.";
    Dangerous TAR_LINK_OUTSIDE = "tar.link_outside", say::OUT, "A member is a link that leads out of the folder.";
    Dangerous TAR_DEVICE = "tar.device", say::OUT, "A member is a device or a pipe.";
    Suspicious TAR_NAME_TWICE = "tar.name_twice", say::ODD,
        "Two members have the same name; the later one replaces the earlier.";
    Suspicious TAR_DAMAGED = "tar.damaged", say::BROKEN, "A header of the tar is damaged or the archive ends early.";
    Suspicious TAR_TAIL = "tar.tail", say::ODD, "Bytes stand behind the end of the tar.";
    Suspicious TAR_TOO_MUCH = "tar.too_much", say::MUCH, "The tar has too many members, or too long names.";
    Suspicious NOT_LOOKED_INTO = "archive.not_looked_into", say::BLIND,
        "The archive is of a kind that is recognised but not unpacked.";
    Suspicious NESTED = "archive.nested_too_deep", say::BLIND, "Archives stand in archives deeper than is looked into.";
    Dangerous BOMB = "archive.bomb", say::BOMB, "The archive unpacks to far more than it takes.";
    Suspicious DAMAGED = "archive.damaged", say::BROKEN, "The compressed data does not unpack to its end.";
    Suspicious TOO_MUCH = "archive.too_much", say::MUCH, "More was to be unpacked than is looked into; the rest was not.";
}
