//! Formats that nobody but their own program can look into.

use super::Found;
use crate::Hazard;
use crate::hazard::{hazards, say};

hazards! {
    Suspicious TENSORRT = "tensorrt.opaque", say::BLIND,
        "A compiled TensorRT engine: programs for one graphics processor, which may need plugins and cannot be looked into.";
}
pub(crate) use self::ALL as HAZARDS;

/// An engine of TensorRT.
pub(super) fn tensorrt() -> Found {
    Found { hazards: vec![Hazard::of(&TENSORRT, "")], ..Found::default() }
}
