use std::fmt;

use crate::facts::printable;

/// How bad a hazard is. The worst one of a file is what the file is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Odd: no honest tool writes it, or it could be misused. A person with a reason may approve it.
    Suspicious,
    /// Runs code, writes files or hides what it is. Never to be loaded.
    Dangerous,
}

/// What kind of thing is wrong. Each module that finds hazards has a table of its own, which [`HAZARDS`] lists.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct HazardCode {
    /// Stable, `format.what`.
    pub code: &'static str,
    /// Of every hazard of this kind.
    pub severity: Severity,
    /// One sentence for an employee: what it means and what to do.
    pub employee: &'static str,
    /// One sentence for IT: what was found, in the field's terms.
    pub it: &'static str,
}

/// What is said to an employee of hazards in more than one module.
pub(crate) mod say {
    pub(crate) const BLIND: &str = "Canteen cannot look into this file, so nobody knows what is in it. Ask IT before you use it.";
    pub(crate) const BOMB: &str = "Unpacking this archive could fill this computer. Do not open it; tell IT where it came from.";
    pub(crate) const BROKEN: &str = "This file is not complete or is damaged. Fetch it again, and ask IT if that does not help.";
    pub(crate) const LIE: &str =
        "This file lies about what is in it, which is how models attack programs. Do not load it; tell IT where it came from.";
    pub(crate) const MUCH: &str =
        "This file has more in it than any published model has, so it was not read to its end. Ask IT before you use it.";
    pub(crate) const ODD: &str = "This file holds something that an honest tool does not put there. Ask IT before you use it.";
    pub(crate) const OUT: &str =
        "Unpacking this archive could write into other folders of this computer. Do not open it; tell IT where it came from.";
}

/// A module's table of hazards: severity, name, code, and a sentence for each reader. Each stands there once; `ALL` has them all.
macro_rules! hazards {
    ($($(#[$doc:meta])* $severity:ident $name:ident = $code:literal, $employee:expr, $it:literal;)+) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: $crate::hazard::HazardCode = $crate::hazard::HazardCode {
                code: $code,
                severity: $crate::hazard::Severity::$severity,
                employee: $employee,
                it: $it,
            };
        )+
        /// All of them.
        pub(crate) const ALL: &[&$crate::hazard::HazardCode] = &[$(&$name),+];
    };
}
pub(crate) use hazards;

/// Every kind of hazard that this crate can find, by the module that finds it.
pub const HAZARDS: &[&[&HazardCode]] = &[
    crate::archive::hazards::ALL,
    crate::archive::sevenzip::hazards::ALL,
    crate::archive::zip::hazards::ALL,
    crate::called_names::ALL,
    crate::examine::hazards::ALL,
    crate::examine::TORCH_HAZARDS,
    crate::examine::TORCHSCRIPT_HAZARDS,
    crate::formats::coreml::HAZARDS,
    crate::formats::ggml::HAZARDS,
    crate::formats::hdf5::HAZARDS,
    crate::formats::keras::HAZARDS,
    crate::formats::onnx::HAZARDS,
    crate::formats::opaque::HAZARDS,
    crate::formats::openvino::HAZARDS,
    crate::formats::skops::HAZARDS,
    crate::formats::tensorflow::HAZARDS,
    crate::formats::tflite::HAZARDS,
    crate::header_hazards::ALL,
    crate::numpy::HAZARDS,
    crate::pickle::HAZARDS,
    crate::template::hazards::ALL,
];

/// Where in a file a hazard lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// Names of the members of archives that lead there, outermost first; printable. Empty: the file itself.
    pub members: Vec<String>,
    /// In bytes from the beginning of the innermost one, where there is one place.
    pub offset: Option<u64>,
}

/// Something dangerous or odd in a model file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hazard {
    /// What.
    pub code: &'static HazardCode,
    /// Where.
    pub position: Position,
    /// What exactly, as the file has it, e.g. `os.system`; printable, at most 200 characters.
    pub detail: Option<String>,
}

impl Hazard {
    /// At `offset` of the file that is being read, which whoever opened it may put into an archive with [`Hazard::within`].
    #[must_use]
    pub fn at(code: &'static HazardCode, offset: u64, detail: &str) -> Self {
        let position = Position { members: Vec::new(), offset: Some(offset) };
        Self { code, position, detail: printable(detail, 200) }
    }

    /// Of the whole file.
    #[must_use]
    pub fn of(code: &'static HazardCode, detail: &str) -> Self {
        Self { code, position: Position::default(), detail: printable(detail, 200) }
    }

    /// An address that leads out of a file of `size` bytes is wrong where the file ends: there is nothing to see behind.
    pub(crate) fn keep_inside(&mut self, size: u64) {
        self.position.offset = self.position.offset.map(|offset| offset.min(size));
    }

    /// The same, seen from the archive whose member of this name was read.
    #[must_use]
    pub fn within(mut self, member: &str) -> Self {
        self.position.members.insert(0, printable(member, 200).unwrap_or_default());
        self
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.members.join(" › "))?;
        match (self.members.is_empty(), self.offset) {
            (true, Some(offset)) => write!(f, "byte {offset}"),
            (false, Some(offset)) => write!(f, ", byte {offset}"),
            (_, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_stable_words_and_each_is_declared_once() {
        let mut seen = BTreeSet::new();
        for hazard in HAZARDS.iter().copied().flatten() {
            let (format, what) = hazard.code.split_once('.').unwrap();
            let word =
                |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(word(format) && word(what), "{}", hazard.code);
            assert!(seen.insert(hazard.code), "{} is declared twice", hazard.code);
            assert!(hazard.employee.ends_with('.') && hazard.it.ends_with('.'), "{}", hazard.code);
        }
    }
}
