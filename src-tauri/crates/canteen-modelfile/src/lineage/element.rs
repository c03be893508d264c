//! Numbers out of the forms that weights are kept in: floats whole, quantised blocks as far as a sample needs.
//!
//! Layouts are GGUF's, from the format's public description. Every super-block of 256 begins with 32 numbers that share one or two
//! scales, so a sample of a row's first 32 needs no more than the block's beginning.

/// Numbers of a row's beginning that are sampled from.
pub(super) const RUN: usize = 32;

/// Spread of what quantisation alone does to a weight, as a share of the weights' own spread. Measured on the matrices of a small
/// published model by `tests/corpora/lineage.py` with the reference quantiser, without an importance matrix.
const NOISE: &[(&str, f32)] = &[
    ("F32", 0.0),
    ("F16", 0.000_3),
    ("BF16", 0.002),
    ("Q8_0", 0.006),
    ("Q6_K", 0.020),
    ("Q5_K", 0.035),
    ("Q5_1", 0.040),
    ("Q5_0", 0.045),
    ("Q4_K", 0.070),
    ("IQ4_NL", 0.075),
    ("IQ4_XS", 0.077),
    ("Q4_1", 0.080),
    ("Q4_0", 0.090),
    ("Q3_K", 0.150),
    ("Q2_K", 0.280),
];

/// See [`NOISE`]; `None` for a form that cannot be sampled.
pub(super) fn noise(element: &str) -> Option<f32> {
    NOISE.iter().find(|(name, _)| *name == element).map(|(_, noise)| *noise)
}

/// One byte for a form, as a fingerprint keeps it.
pub(super) fn code(element: &str) -> Option<u8> {
    NOISE.iter().position(|(name, _)| *name == element).and_then(|at| u8::try_from(at).ok())
}

/// The form that a byte stands for.
pub(super) fn of_code(code: u8) -> Option<&'static str> {
    NOISE.get(usize::from(code)).map(|(name, _)| *name)
}

/// All numbers of plain floats; `None` for any other form.
pub(super) fn floats(element: &str, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match element {
        "F32" => bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect(),
        "F16" => bytes.as_chunks().0.iter().map(|two| half(*two)).collect(),
        "BF16" => bytes.as_chunks().0.iter().map(|two| brain(*two)).collect(),
        _ => return None,
    })
}

/// Bytes that hold a row's first [`RUN`] numbers, and bytes of `columns` numbers; `None` for a form that cannot be sampled.
pub(super) fn run_bytes(element: &str, columns: u64) -> Option<(u64, u64)> {
    let plain = |bytes: u64| Some((bytes * RUN as u64, columns.checked_mul(bytes)?));
    let (per_block, block) = match element {
        "F32" => return plain(4),
        "F16" | "BF16" => return plain(2),
        _ => crate::quantisation::by_name(element)?,
    };
    noise(element)?;
    columns.is_multiple_of(per_block).then_some(())?;
    Some((block, (columns / per_block).checked_mul(block)?))
}

/// A row's first [`RUN`] numbers. Forms are those of [`run_bytes`].
pub(super) fn run(element: &str, bytes: &[u8]) -> Option<[f32; RUN]> {
    if let Some(numbers) = floats(element, bytes) {
        return numbers.first_chunk().copied();
    }
    let block = Block(bytes);
    let mut numbers = [0.0; RUN];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = match element {
            "Q8_0" => block.half(0)? * f32::from(block.signed(2 + at)?),
            "Q4_0" => block.half(0)? * (block.nibble(2, at)? - 8.0),
            "Q4_1" => block.half(0)? * block.nibble(4, at)? + block.half(2)?,
            "Q5_0" => block.half(0)? * (block.nibble(6, at)? + block.bit(2, at)? * 16.0 - 16.0),
            "Q5_1" => block.half(0)? * (block.nibble(8, at)? + block.bit(4, at)? * 16.0) + block.half(2)?,
            "IQ4_NL" => block.half(0)? * block.bent(2, at)?,
            "IQ4_XS" => block.iq4_xs(at)?,
            "Q2_K" => block.q2_k(at)?,
            "Q3_K" => block.q3_k(at)?,
            "Q4_K" => {
                block.half(0)? * block.low_six(4)? * f32::from(block.byte(16 + at)? & 15) - block.half(2)? * block.low_six(8)?
            }
            "Q5_K" => {
                let value = f32::from(block.byte(48 + at)? & 15) + f32::from(block.byte(16 + at)? & 1) * 16.0;
                block.half(0)? * block.low_six(4)? * value - block.half(2)? * block.low_six(8)?
            }
            "Q6_K" => {
                let value = (block.byte(at)? & 15) | (block.byte(128 + at)? & 3) << 4;
                block.half(208)? * f32::from(block.signed(192 + at / 16)?) * (f32::from(value) - 32.0)
            }
            _ => return None,
        };
    }
    Some(numbers)
}

struct Block<'a>(&'a [u8]);

impl Block<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn signed(&self, at: usize) -> Option<i8> {
        self.byte(at).map(u8::cast_signed)
    }

    fn half(&self, at: usize) -> Option<f32> {
        Some(half([self.byte(at)?, self.byte(at + 1)?]))
    }

    /// Of 16 bytes: the low halves first, then the high ones.
    fn four(&self, from: usize, at: usize) -> Option<u8> {
        let byte = self.byte(from + at % 16)?;
        Some(if at < 16 { byte & 15 } else { byte >> 4 })
    }

    fn nibble(&self, from: usize, at: usize) -> Option<f32> {
        self.four(from, at).map(f32::from)
    }

    fn bit(&self, from: usize, at: usize) -> Option<f32> {
        self.byte(from + at / 8).map(|byte| f32::from(byte >> (at % 8) & 1))
    }

    /// On a scale of 16 uneven steps.
    fn bent(&self, from: usize, at: usize) -> Option<f32> {
        const STEPS: [i8; 16] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
        STEPS.get(usize::from(self.four(from, at)?)).map(|step| f32::from(*step))
    }

    fn low_six(&self, at: usize) -> Option<f32> {
        self.byte(at).map(|byte| f32::from(byte & 63))
    }

    fn iq4_xs(&self, at: usize) -> Option<f32> {
        let scale = (self.byte(4)? & 15) | (self.byte(2)? & 3) << 4;
        Some(self.half(0)? * (f32::from(scale) - 32.0) * self.bent(8, at)?)
    }

    fn q2_k(&self, at: usize) -> Option<f32> {
        let scale = self.byte(at / 16)?;
        let value = f32::from(self.byte(16 + at)? & 3);
        Some(self.half(80)? * f32::from(scale & 15) * value - self.half(82)? * f32::from(scale >> 4))
    }

    fn q3_k(&self, at: usize) -> Option<f32> {
        let group = at / 16;
        let scale = (self.byte(96 + group)? & 15) | (self.byte(104 + group)? & 3) << 4;
        let below = if self.byte(at)? & 1 == 0 { 4.0 } else { 0.0 };
        Some(self.half(108)? * (f32::from(scale) - 32.0) * (f32::from(self.byte(32 + at)? & 3) - below))
    }
}

/// The upper half of a 32-bit float.
fn brain([low, high]: [u8; 2]) -> f32 {
    f32::from_le_bytes([0, 0, low, high])
}

/// IEEE 754, 16 bits.
pub(super) fn half(bytes: [u8; 2]) -> f32 {
    let bits = u16::from_le_bytes(bytes);
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 31), u32::from(bits & 0x3ff));
    match exponent {
        0 => f32::from_bits(sign | (f32::from(bits & 0x3ff) / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// The nearest 16-bit float, ties to even; what is too large becomes infinite.
pub(super) fn to_half(number: f32) -> [u8; 2] {
    let bits = number.to_bits();
    let sign = u16::try_from(bits >> 16 & 0x8000).unwrap_or(0);
    let magnitude = f32::from_bits(bits & 0x7fff_ffff);
    if magnitude.is_nan() {
        return (sign | 0x7e00).to_le_bytes();
    }
    if magnitude >= 65520.0 {
        return (sign | 0x7c00).to_le_bytes();
    }
    let rounded = if magnitude < 6.103_515_6e-5 {
        // Steps of 2^-24: adding 2^-1 makes the float unit round to them.
        (magnitude + 0.5).to_bits().wrapping_sub(0.5_f32.to_bits())
    } else {
        let bits = magnitude.to_bits();
        (bits + 0xfff + (bits >> 13 & 1)) >> 13
    };
    let rounded = if magnitude < 6.103_515_6e-5 { rounded } else { rounded.saturating_sub(112 << 10) };
    (sign | u16::try_from(rounded).unwrap_or(0x7c00)).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_there_and_back() {
        for bits in 0..=u16::MAX {
            let number = half(bits.to_le_bytes());
            if number.is_nan() {
                assert!(half(to_half(number)).is_nan());
            } else {
                assert_eq!(u16::from_le_bytes(to_half(number)), bits, "{number}");
            }
        }
        assert_eq!(half(to_half(1.000_488)), 1.0, "rounds down below the middle");
        assert_eq!(half(to_half(1.000_489)), 1.000_976_6, "and up above it");
        assert!(half(to_half(70000.0)).is_infinite());
    }

    #[test]
    fn blocks_are_read_as_the_reference_package_reads_them() {
        #[derive(serde::Deserialize)]
        struct Sample {
            block: String,
            numbers: Vec<f32>,
        }
        let text = include_str!("../../tests/data/lineage/blocks.json");
        let samples: std::collections::BTreeMap<String, Vec<Sample>> = serde_json::from_str(text).unwrap();
        assert_eq!(samples.len() + 1, NOISE.len(), "all but F32");
        for (element, sample) in samples.iter().flat_map(|(element, samples)| samples.iter().map(move |sample| (element, sample)))
        {
            let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
            let bytes: Vec<u8> = sample.block.as_bytes().chunks(2).map(byte).collect();
            let numbers = run(element, &bytes).unwrap();
            for (at, (ours, theirs)) in numbers.iter().zip(&sample.numbers).enumerate() {
                assert!((ours - theirs).abs() <= theirs.abs() * 1e-5, "{element}, number {at}: {ours}, not {theirs}");
            }
        }
    }

    #[test]
    fn a_form_that_is_cut_gives_nothing() {
        for (element, _) in NOISE {
            assert_eq!(run(element, &[]), None, "{element}");
            if let Some((bytes, _)) = run_bytes(element, 256) {
                let block = vec![1; usize::try_from(bytes).unwrap()];
                assert!(run(element, &block).is_some(), "{element}");
                assert_eq!(of_code(code(element).unwrap()), Some(*element));
            }
        }
    }
}
