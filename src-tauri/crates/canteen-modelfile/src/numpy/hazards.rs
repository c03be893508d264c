use crate::hazard::{hazards, say};

hazards! {
    Suspicious HEADER = "numpy.header", say::BROKEN, "The header of an array is none that numpy writes.";
    Suspicious TRUNCATED = "numpy.truncated", say::BROKEN, "The file ends before the data that the shape and the dtype promise.";
    Dangerous SIZE_OVERFLOWS = "numpy.size_overflows", say::LIE, "The size of an array does not fit a number.";
    Suspicious TAIL = "numpy.tail", say::ODD, "Bytes stand behind the last array, or more arrays than are looked at.";
}
