//! What can be wrong with a 7z.

use crate::hazard::{hazards, say};

const SAY_HIDE: &str =
    "This archive is built so that two programs see different things in it. Do not open it; tell IT where it came from.";

hazards! {
    Suspicious DAMAGED = "7z.damaged", say::BROKEN,
        "The 7z, its listing or a member ends early, or does not have the check sum that is written beside it.";
    Dangerous HEADER_LIES = "7z.header_lies", say::LIE, "A number or a name in the listing of the 7z cannot be true.";
    Dangerous ENCRYPTED = "7z.encrypted", say::BLIND, "The listing or a member is encrypted and cannot be looked into.";
    Dangerous OUTSIDE = "7z.outside", say::OUT,
        "A member's name leaves the folder: by `..`, a drive, a backslash, a variable, an address, or from the root.";
    Dangerous LINK = "7z.link", say::OUT, "A member is a symbolic link or a device.";
    Dangerous DELETES = "7z.deletes", say::OUT, "An entry of the listing deletes a file when the archive is unpacked.";
    Dangerous NAME_TWICE = "7z.name_twice", SAY_HIDE,
        "Two members have the same name, or names that differ in letter case only.";
    Dangerous OVERLAP = "7z.overlap", SAY_HIDE, "Packed streams of the 7z share bytes.";
    Suspicious HIDDEN_BYTES = "7z.hidden_bytes", say::ODD, "Bytes between the packed streams belong to none of them.";
    Suspicious TAIL = "7z.tail", say::ODD, "Bytes stand behind the end of the 7z.";
    Suspicious METHOD = "7z.method", say::BLIND, "A member is compressed by a method that is not looked into.";
    Suspicious TOO_MUCH = "7z.too_much", say::MUCH,
        "The 7z has a longer listing, more streams, or a larger dictionary than is looked into.";
}
