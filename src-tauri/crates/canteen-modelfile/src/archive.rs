//! Archives, read without unpacking anything onto a disk.

pub(crate) mod fields;
pub(crate) mod hazards;
pub(crate) mod names;
pub(crate) mod sevenzip;
pub(crate) mod tar;
pub(crate) mod unpack;
pub(crate) mod zip;
