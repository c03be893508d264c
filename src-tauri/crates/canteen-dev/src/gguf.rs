//! Writes GGUF, version 3 (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>): as much of it as the tiny model needs.

/// Data of every tensor begins at a multiple of this; the format's default.
const ALIGNMENT: usize = 32;

const TYPE_U32: u32 = 4;
const TYPE_I32: u32 = 5;
const TYPE_F32: u32 = 6;
const TYPE_BOOL: u32 = 7;
const TYPE_TEXT: u32 = 8;
const TYPE_LIST: u32 = 9;

const TENSOR_F32: u32 = 0;
const TENSOR_F16: u32 = 1;

/// A file in the making: keys and tensors in the order in which they are added.
#[derive(Debug, Default)]
pub(crate) struct Gguf {
    keys: Vec<u8>,
    key_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
    data: Vec<u8>,
}

impl Gguf {
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key, TYPE_TEXT);
        put_text(&mut self.keys, value);
    }

    pub(crate) fn number(&mut self, key: &str, value: u32) {
        self.key(key, TYPE_U32);
        self.keys.extend(value.to_le_bytes());
    }

    pub(crate) fn fraction(&mut self, key: &str, value: f32) {
        self.key(key, TYPE_F32);
        self.keys.extend(value.to_le_bytes());
    }

    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        self.key(key, TYPE_BOOL);
        self.keys.push(u8::from(value));
    }

    pub(crate) fn texts(&mut self, key: &str, values: &[String]) {
        self.list(key, TYPE_TEXT, values.len());
        for value in values {
            put_text(&mut self.keys, value);
        }
    }

    pub(crate) fn numbers(&mut self, key: &str, values: &[i32]) {
        self.list(key, TYPE_I32, values.len());
        for value in values {
            self.keys.extend(value.to_le_bytes());
        }
    }

    /// A row of 32-bit floats.
    pub(crate) fn row(&mut self, name: &str, values: &[f32]) {
        self.tensor(name, &[values.len()], TENSOR_F32);
        self.data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    /// A matrix of 16-bit floats, `values` row by row.
    pub(crate) fn matrix(&mut self, name: &str, columns: usize, values: &[f32]) {
        self.tensor(name, &[columns, values.len() / columns.max(1)], TENSOR_F16);
        self.data.extend(values.iter().flat_map(|value| half(*value).to_le_bytes()));
    }

    /// The whole file.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut file = b"GGUF".to_vec();
        file.extend(3_u32.to_le_bytes());
        file.extend(self.tensor_count.to_le_bytes());
        file.extend(self.key_count.to_le_bytes());
        file.extend(self.keys);
        file.extend(self.tensors);
        pad(&mut file);
        file.extend(self.data);
        pad(&mut file);
        file
    }

    fn key(&mut self, key: &str, kind: u32) {
        put_text(&mut self.keys, key);
        self.keys.extend(kind.to_le_bytes());
        self.key_count += 1;
    }

    fn list(&mut self, key: &str, kind: u32, length: usize) {
        self.key(key, TYPE_LIST);
        self.keys.extend(kind.to_le_bytes());
        self.keys.extend((length as u64).to_le_bytes());
    }

    fn tensor(&mut self, name: &str, sides: &[usize], kind: u32) {
        pad(&mut self.data);
        put_text(&mut self.tensors, name);
        let dimensions: u32 = if sides.len() == 1 { 1 } else { 2 };
        self.tensors.extend(dimensions.to_le_bytes());
        for side in sides {
            self.tensors.extend((*side as u64).to_le_bytes());
        }
        self.tensors.extend(kind.to_le_bytes());
        self.tensors.extend((self.data.len() as u64).to_le_bytes());
        self.tensor_count += 1;
    }
}

fn put_text(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as u64).to_le_bytes());
    to.extend(text.as_bytes());
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

/// IEEE 754 binary16, cut off towards zero. What is smaller than the smallest normal number becomes zero: weights need no more.
fn half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits >> 16) & 0x8000;
    let exponent = (bits >> 23) & 0xff;
    // binary32 biases by 127, binary16 by 15; 31 is kept for infinity.
    let magnitude = match exponent.checked_sub(112) {
        None | Some(0) => 0,
        Some(exponent @ 1..=30) => (exponent << 10) | ((bits >> 13) & 0x3ff),
        Some(_) => 0x7bff,
    };
    u16::try_from(sign | magnitude).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_those_of_ieee_754() {
        for (value, bits) in [
            (0.0, 0x0000),
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (0.5, 0x3800),
            (65504.0, 0x7bff),
            (1e9, 0x7bff),
            (6.103_515_6e-5, 0x0400),
            (1e-7, 0x0000),
            (0.099_975_586, 0x2e66),
        ] {
            assert_eq!(half(value), bits, "{value}");
        }
    }
}
