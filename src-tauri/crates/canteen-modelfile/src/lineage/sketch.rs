//! What a fingerprint keeps of one layer: samples of its norms and of its matrices.
//!
//! Sizes: 16 samples of each of two norms and 12 of each of five matrices, with what says how far off those may be, make at most 242
//! bytes a layer. Two unrelated models of 30 layers then stand within 0.03 of a correlation of nothing by their norms and within 0.05 by
//! one kind of matrix, where a model and its descendant stand at 0.7 and more: more samples would win nothing, fewer would leave models
//! of six layers in doubt. Samples are 16-bit floats, because what merging does to a matrix is no more than some hundredths of its spread.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::element;

/// Samples of one norm.
pub(super) const SAMPLES: usize = 16;
/// Samples of one matrix.
pub(super) const WEIGHT_SAMPLES: usize = 12;
/// The norms in front of attention and feed-forward, or those behind them where a model has only these.
pub(super) const NORM_ROLES: [[&str; 2]; 2] = [["attn_norm", "attn_output_norm"], ["ffn_norm", "layer_output_norm"]];
/// Queries and keys are left out: converters turn their rows.
pub(super) const WEIGHT_ROLES: [&str; 5] = ["attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];

/// Of one norm. 16-bit floats, as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NormSketch {
    /// At places that its role and its layer's number choose.
    pub(super) samples: [[u8; 2]; SAMPLES],
    /// Smallest tenth, middle, largest tenth: the same in any order of the units.
    pub(super) spread: [[u8; 2]; 3],
}

/// Of one matrix: from the beginnings of two of its rows. 16-bit floats, as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WeightSketch {
    /// Form it is kept in, by [`super::element::code`].
    pub(super) element: u8,
    /// Of the blocks that the samples of each row stand in.
    pub(super) scales: [[u8; 2]; 2],
    /// A bit for each sample that stands at an end of its block's scale.
    pub(super) open: u16,
    /// How long the first row is, as a share of the second: the same in any order of their numbers. Nothing where that is not known.
    pub(super) length: [u8; 2],
    pub(super) samples: [[u8; 2]; WEIGHT_SAMPLES],
}

/// Of one layer. In text: base64 of a mask of what is there, and what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerSketch {
    pub(super) norms: [Option<NormSketch>; 2],
    pub(super) weights: [Option<WeightSketch>; 5],
}

impl NormSketch {
    /// `None` where one of them is no number, or too large to be one of 16 bits: it would drown all others. Nor where 16 bits make
    /// one of them all, by which nothing could be like it.
    pub(super) fn of(samples: [[u8; 2]; SAMPLES], spread: [[u8; 2]; 3]) -> Option<Self> {
        let [low, _, high] = spread.map(element::half);
        (are_numbers(&samples) && are_numbers(&spread) && low < high).then_some(Self { samples, spread })
    }
}

impl WeightSketch {
    const BYTES: usize = 9 + WEIGHT_SAMPLES * 2;

    /// `None` where something is no number of 16 bits.
    pub(super) fn checked(self) -> Option<Self> {
        let numbers = are_numbers(&self.samples) && are_numbers(&self.scales) && are_numbers(&[self.length]);
        (numbers && self.open < 1 << WEIGHT_SAMPLES && element::half(self.length) >= 0.0).then_some(self)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.element);
        bytes.extend(self.scales.as_flattened());
        bytes.extend(self.open.to_le_bytes());
        bytes.extend(self.length);
        bytes.extend(self.samples.as_flattened());
    }

    fn read(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let (element, rest) = bytes.split_first()?;
        let (first, rest) = rest.split_first_chunk()?;
        let (second, rest) = rest.split_first_chunk()?;
        let (open, rest) = rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let samples = rest.as_chunks().0.first_chunk()?;
        let open = u16::from_le_bytes(*open);
        Self { element: *element, scales: [*first, *second], open, length: *length, samples: *samples }.checked()
    }
}

fn are_numbers(halves: &[[u8; 2]]) -> bool {
    halves.iter().all(|half| element::half(*half).is_finite())
}

impl LayerSketch {
    fn bytes(&self) -> Vec<u8> {
        let there = self.norms.iter().map(Option::is_some).chain(self.weights.iter().map(Option::is_some));
        let mask = there.rev().fold(0_u8, |mask, there| mask << 1 | u8::from(there));
        let mut bytes = vec![mask];
        for norm in self.norms.iter().flatten() {
            bytes.extend(norm.samples.as_flattened());
            bytes.extend(norm.spread.as_flattened());
        }
        for weight in self.weights.iter().flatten() {
            weight.write(&mut bytes);
        }
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (mask, mut rest) = bytes.split_first()?;
        let mut layer = Self::default();
        for (at, norm) in layer.norms.iter_mut().enumerate() {
            if mask >> at & 1 == 1 {
                let (halves, behind) = rest.split_first_chunk::<{ (SAMPLES + 3) * 2 }>()?;
                let (samples, spread) = halves.as_chunks().0.split_first_chunk()?;
                *norm = Some(NormSketch::of(*samples, *spread.first_chunk()?)?);
                rest = behind;
            }
        }
        for (at, weight) in layer.weights.iter_mut().enumerate() {
            if mask >> (at + 2) & 1 == 1 {
                let (bytes, behind) = rest.split_first_chunk()?;
                *weight = Some(WeightSketch::read(bytes)?);
                rest = behind;
            }
        }
        (rest.is_empty() && *mask < 0x80).then_some(layer)
    }
}

impl Serialize for LayerSketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(self.bytes()))
    }
}

impl<'de> Deserialize<'de> for LayerSketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD_NO_PAD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        Self::of_bytes(&bytes).ok_or_else(|| D::Error::custom("no sketch of a layer"))
    }
}

/// Of one norm vector: eight bytes of the SHA-256 of its numbers, and of its numbers in order of size.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub(super) exact: [u8; 8],
    pub(super) sorted: [u8; 8],
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mark({:016x})", u64::from_be_bytes(self.exact))
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode([self.exact, self.sorted].concat()))
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = STANDARD_NO_PAD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        match bytes.as_chunks() {
            ([exact, sorted], []) => Ok(Self { exact: *exact, sorted: *sorted }),
            _ => Err(D::Error::custom("no mark of a vector")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn norm() -> impl Strategy<Value = NormSketch> {
        let halves = (any::<[[u8; 2]; SAMPLES]>(), any::<[[u8; 2]; 3]>());
        halves.prop_filter_map("no numbers", |(samples, spread)| NormSketch::of(samples, spread))
    }

    fn weight() -> impl Strategy<Value = WeightSketch> {
        let parts = (
            any::<u8>(),
            any::<[[u8; 2]; 2]>(),
            0_u16..1 << WEIGHT_SAMPLES,
            any::<[u8; 2]>(),
            any::<[[u8; 2]; WEIGHT_SAMPLES]>(),
        );
        parts.prop_filter_map("no numbers", |(element, scales, open, length, samples)| {
            WeightSketch { element, scales, open, length, samples }.checked()
        })
    }

    proptest! {
        #[test]
        fn a_layer_is_read_as_it_was_written(
            norms in prop::array::uniform2(prop::option::of(norm())),
            weights in prop::array::uniform5(prop::option::of(weight())),
        ) {
            let layer = LayerSketch { norms, weights };
            let bytes = layer.bytes();
            prop_assert!(bytes.len() <= 242);
            prop_assert_eq!(LayerSketch::of_bytes(&bytes), Some(layer));
            prop_assert!((0..bytes.len()).all(|end| LayerSketch::of_bytes(&bytes[..end]).is_none()), "no cut one is read");
        }

        #[test]
        fn what_is_no_number_is_no_sample(weight in weight(), at in 0..WEIGHT_SAMPLES, bits in prop::sample::select(vec![0x7c00_u16, 0xfc00, 0x7e00])) {
            let mut bytes = LayerSketch { weights: [Some(weight), None, None, None, None], ..LayerSketch::default() }.bytes();
            bytes[10 + at * 2..12 + at * 2].copy_from_slice(&bits.to_le_bytes());
            prop_assert_eq!(LayerSketch::of_bytes(&bytes), None);
        }

        #[test]
        fn no_text_panics(text: String, bytes: Vec<u8>) {
            drop(serde_json::from_value::<LayerSketch>(text.clone().into()));
            drop(serde_json::from_value::<Mark>(text.into()));
            let _ = LayerSketch::of_bytes(&bytes);
        }
    }
}
