//! Gathers what a reader finds, within bounds: a hostile file may have a million faults.

use std::collections::BTreeMap;
use std::io;

use super::source::Stop;
use super::{Described, Found, MOST_TENSORS_KEPT, TensorShape};
use crate::facts::printable;
use crate::{Hazard, HazardCode, ModelFileError};

/// Of one kind. A person reads the first; the rest would only hide the other kinds.
const MOST_OF_ONE_KIND: usize = 24;
const LONGEST_NAME: usize = 200;

/// What a reader gathers while it reads.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// Of the file, in bytes.
    size: u64,
    pub(crate) facts: Described,
    hazards: Vec<Hazard>,
    by_kind: BTreeMap<&'static str, usize>,
    elements: BTreeMap<&'static str, u64>,
    numbers: Option<u64>,
    not_whole: bool,
}

impl Gathered {
    /// Of a file of `size` bytes, in which every place lies.
    pub(crate) fn of(size: u64) -> Self {
        Self {
            size,
            facts: Described::default(),
            hazards: Vec::new(),
            by_kind: BTreeMap::new(),
            elements: BTreeMap::new(),
            numbers: None,
            not_whole: false,
        }
    }

    /// At a place of the file.
    pub(crate) fn at(&mut self, code: &'static HazardCode, offset: u64, detail: &str) {
        self.push(Hazard::at(code, offset, detail));
    }

    pub(crate) fn push(&mut self, mut hazard: Hazard) {
        hazard.keep_inside(self.size);
        let count = self.by_kind.entry(hazard.code.code).or_default();
        if *count < MOST_OF_ONE_KIND && !self.hazards.contains(&hazard) {
            *count += 1;
            self.hazards.push(hazard);
        }
    }

    /// Not everything that matters could be read; `code` says so.
    pub(crate) fn stopped(&mut self, code: &'static HazardCode, offset: u64, detail: &str) {
        self.not_whole = true;
        self.at(code, offset, detail);
    }

    /// One tensor of the model.
    pub(crate) fn tensor(&mut self, name: &str, shape: Vec<u64>, element: &'static str) {
        self.facts.tensor_count = self.facts.tensor_count.saturating_add(1);
        let count = shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length)).unwrap_or(0);
        let of_kind = self.elements.entry(element).or_default();
        *of_kind = of_kind.saturating_add(count);
        self.numbers = Some(self.numbers.unwrap_or(0).saturating_add(count));
        if self.facts.tensors.len() < MOST_TENSORS_KEPT {
            let name = printable(name, LONGEST_NAME).unwrap_or_default();
            self.facts.tensors.push(TensorShape { name, shape, element });
        }
    }

    /// Ends reading: a break becomes a hazard, trouble with the disk an error.
    ///
    /// # Errors
    /// [`ModelFileError::Io`] only.
    pub(crate) fn done(mut self, ended: Result<(), Stop>, unreadable: &'static HazardCode) -> Result<Found, ModelFileError> {
        match ended {
            Ok(()) => {}
            Err(Stop::Io(error)) => return Err(error.into()),
            Err(Stop::Broken { at, what } | Stop::TooMuch { at, what }) => self.stopped(unreadable, at, what),
        }
        self.facts.parameters = self.facts.parameters.or(self.numbers);
        let most_common = self.elements.iter().max_by_key(|(_, count)| **count).map(|(name, _)| (*name).to_owned());
        self.facts.element = self.facts.element.or(most_common);
        Ok(Found { facts: self.facts, hazards: self.hazards, whole: !self.not_whole })
    }
}

/// A text of the file, fit to be shown.
pub(crate) fn shown(text: &str) -> Option<String> {
    printable(text, LONGEST_NAME)
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
