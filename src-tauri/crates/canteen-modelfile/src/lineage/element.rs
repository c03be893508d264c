//! Numbers out of the forms that weights are kept in: floats, and quantised blocks.
//!
//! Layouts are GGUF's, from the format's public description. Every form gives its first [`RUN`] numbers of a block one scale.

/// Numbers of a row's beginning that are sampled from.
pub(super) const RUN: usize = 16;

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
    // ONNX Runtime's, of which the steps say it.
    ("I8", 0.0),
    ("U8", 0.0),
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

/// One number of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub(super) value: f32,
    /// Of its block; 0 for floats.
    pub(super) scale: f32,
    /// The lowest or highest that its block can say, so what it was made of may lie anywhere beyond.
    pub(super) open: bool,
}

/// What a block says of a number: so many steps of its scale, from where it begins.
struct Steps {
    scale: f32,
    count: f32,
    from: f32,
    /// Lowest and highest.
    ends: [f32; 2],
}

impl From<Steps> for Number {
    fn from(steps: Steps) -> Self {
        let Steps { scale, count, from, ends } = steps;
        Self { value: scale * count + from, scale, open: scale == 0.0 || ends.contains(&count) }
    }
}

/// All numbers of a row, as far as its bytes go; `None` for a form that cannot be sampled.
pub(super) fn row(element: &str, bytes: &[u8]) -> Option<Vec<Number>> {
    if let Some(numbers) = floats(element, bytes) {
        return Some(numbers.into_iter().map(|value| Number { value, scale: 0.0, open: false }).collect());
    }
    let steps: fn(Block<'_>, usize) -> Option<Steps> = match element {
        "Q8_0" => |block, at| block.q8_0(at),
        "Q4_0" => |block, at| block.q4_0(at),
        "Q4_1" => |block, at| block.q4_1(at),
        "Q5_0" => |block, at| block.q5_0(at),
        "Q5_1" => |block, at| block.q5_1(at),
        "IQ4_NL" => |block, at| block.iq4_nl(at),
        "IQ4_XS" => |block, at| block.iq4_xs(at),
        "Q2_K" => |block, at| block.q2_k(at),
        "Q3_K" => |block, at| block.q3_k(at),
        "Q4_K" => |block, at| block.q4_k(at),
        "Q5_K" => |block, at| block.q5_k(at),
        "Q6_K" => |block, at| block.q6_k(at),
        _ => return None,
    };
    let (count, block) = crate::quantisation::by_name(element)?;
    let (count, block) = (usize::try_from(count).ok()?, usize::try_from(block).ok()?);
    let blocks = bytes.chunks_exact(block);
    blocks.flat_map(|bytes| (0..count).map(move |at| steps(Block(bytes), at).map(Number::from))).collect()
}

/// How far below and above a number that what it was made of may lie, where the nearest that its block could say was said: so do all
/// forms of the reference quantiser, with an importance matrix only its newer ones.
pub(super) fn reach(element: &str, value: f32, scale: f32) -> (f32, f32) {
    let half = scale.abs() / 2.0;
    if !element.starts_with("IQ4") {
        return (half, half);
    }
    let next = UNEVEN.partition_point(|step| f32::from(*step) < value / scale - 0.5);
    let gap = |from: Option<usize>| {
        let pair = from.and_then(|from| UNEVEN.get(from)).zip(from.and_then(|from| UNEVEN.get(from + 1)));
        pair.map_or(0.0, |(low, high)| half * (f32::from(*high) - f32::from(*low)))
    };
    let (below, above) = (gap(next.checked_sub(1)), gap(Some(next)));
    if scale < 0.0 { (above, below) } else { (below, above) }
}

/// Half a step of the 8 bits that a block's numbers may have gone through before, which is how models are often quantised a second time:
/// its largest number, in steps of its form, by two times 127.
pub(super) fn half_of_eight_bits(element: &str, scale: f32) -> f32 {
    let largest = match element {
        "Q2_K" => 2.5,
        "Q3_K" => 5.0,
        "Q4_0" => 8.0,
        "Q4_1" | "Q4_K" => 12.0,
        "Q5_0" => 16.0,
        "Q5_1" | "Q5_K" => 25.0,
        // Of 16 numbers, and others of the 32 may be larger.
        "Q6_K" => 40.0,
        _ => 127.0,
    };
    largest / 254.0 * scale.abs()
}

/// The scale of IQ4.
const UNEVEN: [i8; 16] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

#[derive(Clone, Copy)]
struct Block<'a>(&'a [u8]);

impl Block<'_> {
    fn byte(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn signed(self, at: usize) -> Option<f32> {
        self.byte(at).map(|byte| f32::from(byte.cast_signed()))
    }

    fn half(self, at: usize) -> Option<f32> {
        Some(half([self.byte(at)?, self.byte(at + 1)?]))
    }

    /// Of 16 bytes: the low halves first, then the high ones.
    fn four(self, from: usize, at: usize) -> Option<u8> {
        let byte = self.byte(from + at % 16)?;
        Some(if at < 16 { byte & 15 } else { byte >> 4 })
    }

    fn nibble(self, from: usize, at: usize) -> Option<f32> {
        self.four(from, at).map(f32::from)
    }

    fn bit(self, from: usize, at: usize) -> Option<f32> {
        self.byte(from + at / 8).map(|byte| f32::from(byte >> (at % 8) & 1))
    }

    fn uneven(self, from: usize, at: usize) -> Option<f32> {
        UNEVEN.get(usize::from(self.four(from, at)?)).map(|step| f32::from(*step))
    }

    fn q8_0(self, at: usize) -> Option<Steps> {
        // Nothing is cut off: the largest number of a block decides its scale.
        Some(Steps { scale: self.half(0)?, count: self.signed(2 + at)?, from: 0.0, ends: [-128.0, 128.0] })
    }

    fn q4_0(self, at: usize) -> Option<Steps> {
        Some(Steps { scale: self.half(0)?, count: self.nibble(2, at)? - 8.0, from: 0.0, ends: [-8.0, 7.0] })
    }

    fn q4_1(self, at: usize) -> Option<Steps> {
        Some(Steps { scale: self.half(0)?, count: self.nibble(4, at)?, from: self.half(2)?, ends: [0.0, 15.0] })
    }

    fn q5_0(self, at: usize) -> Option<Steps> {
        let count = self.nibble(6, at)? + self.bit(2, at)? * 16.0 - 16.0;
        Some(Steps { scale: self.half(0)?, count, from: 0.0, ends: [-16.0, 15.0] })
    }

    fn q5_1(self, at: usize) -> Option<Steps> {
        let count = self.nibble(8, at)? + self.bit(4, at)? * 16.0;
        Some(Steps { scale: self.half(0)?, count, from: self.half(2)?, ends: [0.0, 31.0] })
    }

    fn iq4_nl(self, at: usize) -> Option<Steps> {
        Some(Steps { scale: self.half(0)?, count: self.uneven(2, at)?, from: 0.0, ends: [-127.0, 113.0] })
    }

    fn iq4_xs(self, at: usize) -> Option<Steps> {
        let part = at / 32;
        let low = self.byte(4 + part / 2)? >> (part % 2 * 4) & 15;
        let high = self.byte(2 + part / 4)? >> (part % 4 * 2) & 3;
        let scale = self.half(0)? * (f32::from(low | high << 4) - 32.0);
        Some(Steps { scale, count: self.uneven(8 + part * 16, at % 32)?, from: 0.0, ends: [-127.0, 113.0] })
    }

    /// Two bits of every fourth part of each half.
    fn two(self, from: usize, at: usize) -> Option<u8> {
        Some(self.byte(from + at / 128 * 32 + at % 32)? >> (at % 128 / 32 * 2) & 3)
    }

    fn q2_k(self, at: usize) -> Option<Steps> {
        let scales = self.byte(at / 16)?;
        let from = -(self.half(82)? * f32::from(scales >> 4));
        Some(Steps {
            scale: self.half(80)? * f32::from(scales & 15),
            count: f32::from(self.two(16, at)?),
            from,
            ends: [0.0, 3.0],
        })
    }

    fn q3_k(self, at: usize) -> Option<Steps> {
        let part = at / 16;
        let low = self.byte(96 + part % 8)? >> (part / 8 * 4) & 15;
        let high = self.byte(104 + part % 4)? >> (part / 4 * 2) & 3;
        let below = if self.byte(at % 32)? >> (at / 32) & 1 == 0 { 4.0 } else { 0.0 };
        let scale = self.half(108)? * (f32::from(low | high << 4) - 32.0);
        Some(Steps { scale, count: f32::from(self.two(32, at)?) - below, from: 0.0, ends: [-4.0, 3.0] })
    }

    /// Scale and beginning of a part of 32, in steps of the block's own.
    fn six_and_six(self, part: usize) -> Option<(f32, f32)> {
        let (scale, from) = match part.checked_sub(4) {
            None => (self.byte(4 + part)? & 63, self.byte(8 + part)? & 63),
            Some(late) => {
                let both = self.byte(12 + late)?;
                ((both & 15) | self.byte(4 + late)? >> 6 << 4, both >> 4 | self.byte(8 + late)? >> 6 << 4)
            }
        };
        Some((self.half(0)? * f32::from(scale), -(self.half(2)? * f32::from(from))))
    }

    /// Low halves of 32 bytes, then their high ones.
    fn of_pairs(self, from: usize, at: usize) -> Option<f32> {
        let byte = self.byte(from + at / 64 * 32 + at % 32)?;
        Some(f32::from(if (at / 32).is_multiple_of(2) { byte & 15 } else { byte >> 4 }))
    }

    fn q4_k(self, at: usize) -> Option<Steps> {
        let (scale, from) = self.six_and_six(at / 32)?;
        Some(Steps { scale, count: self.of_pairs(16, at)?, from, ends: [0.0, 15.0] })
    }

    fn q5_k(self, at: usize) -> Option<Steps> {
        let (scale, from) = self.six_and_six(at / 32)?;
        let high = f32::from(self.byte(16 + at % 32)? >> (at / 32) & 1);
        Some(Steps { scale, count: self.of_pairs(48, at)? + high * 16.0, from, ends: [0.0, 31.0] })
    }

    fn q6_k(self, at: usize) -> Option<Steps> {
        let (half, part, within) = (at / 128, at % 128 / 32, at % 32);
        let low = self.byte(half * 64 + part % 2 * 32 + within)? >> (part / 2 * 4) & 15;
        let high = self.byte(128 + half * 32 + within)? >> (part * 2) & 3;
        let scale = self.half(208)? * self.signed(192 + at / 16)?;
        Some(Steps { scale, count: f32::from(low | high << 4) - 32.0, from: 0.0, ends: [-32.0, 31.0] })
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
        assert_eq!(samples.len() + 3, NOISE.len(), "all but F32 and what is no form of GGUF's");
        for (element, sample) in samples.iter().flat_map(|(element, samples)| samples.iter().map(move |sample| (element, sample)))
        {
            let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
            let bytes: Vec<u8> = sample.block.as_bytes().chunks(2).map(byte).collect();
            let numbers = row(element, &bytes).unwrap();
            assert_eq!(numbers.len(), sample.numbers.len(), "{element}");
            for (at, (ours, theirs)) in numbers.iter().map(|number| number.value).zip(&sample.numbers).enumerate() {
                assert!((ours - theirs).abs() <= theirs.abs() * 1e-5, "{element}, number {at}: {ours}, not {theirs}");
            }
        }
    }

    #[test]
    fn a_form_that_is_cut_gives_nothing() {
        for (element, _) in NOISE.iter().filter(|(element, _)| !matches!(*element, "I8" | "U8")) {
            assert_eq!(row(element, &[]), Some(Vec::new()), "{element}");
            if let Some((bytes, _)) = run_bytes(element, 256) {
                let block = vec![1; usize::try_from(bytes).unwrap()];
                assert!(row(element, &block).is_some_and(|numbers| numbers.len() >= RUN), "{element}");
                assert!(row(element, &block[1..]).is_some_and(|numbers| numbers.len() < RUN), "{element}");
                assert_eq!(of_code(code(element).unwrap()), Some(*element));
            }
        }
        assert_eq!(row("I8", &[1; 64]), None);
    }

    #[test]
    fn what_was_rounded_lay_within_reach() {
        assert_eq!(reach("Q4_0", 0.3, -0.1), (0.05, 0.05));
        assert_eq!(reach("IQ4_NL", 1.0, 1.0), (5.5, 6.0), "steps are uneven");
        assert_eq!(reach("IQ4_NL", -1.0, -1.0), (6.0, 5.5), "and turned where the scale is");
        assert_eq!(reach("IQ4_XS", 113.0, 1.0), (12.0, 0.0));
        let ends = row("Q4_0", &[&to_half(0.5)[..], &[0x0f, 0x81], &[0x88; 14]].concat()).unwrap();
        let open: Vec<bool> = [0, 1, 16, 17].iter().map(|at| ends[*at].open).collect();
        assert_eq!(open, [true, false, true, false], "7, -7, -8 and 0 steps");
    }
}
