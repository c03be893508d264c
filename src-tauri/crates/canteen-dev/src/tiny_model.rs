//! A whole llama model in 200 KB, with random weights: two layers, 64 wide, a vocabulary of bytes, a ChatML template. It loads
//! in milliseconds and answers nonsense without an end, which is what tests of the engine, of limits and of the audit need.
//!
//! ```
//! use canteen_dev::tiny_model::{TinyModel, Vocabulary};
//!
//! let bytes = TinyModel { seed: 1, vocabulary: Vocabulary::Printable, layers: TinyModel::LAYERS }.bytes();
//! assert!(bytes.starts_with(b"GGUF"));
//! ```

use std::path::Path;

use crate::gguf::Gguf;

const WIDTH: usize = 64;
const HEADS: u32 = 4;
const INNER: usize = 128;
const CONTEXT: u32 = 2048;
/// ids: the 256 bytes, one merged pair, begin and end of a turn.
const MERGED: &str = "th";
const TURN_BEGINS: usize = 257;
const TURN_ENDS: usize = 258;

/// `LLAMA_TOKEN_TYPE_NORMAL` and `…_CONTROL` of llama.cpp.
const NORMAL: i32 = 1;
const CONTROL: i32 = 3;
/// `LLAMA_FTYPE_MOSTLY_F16`.
const MOSTLY_F16: u32 = 1;

const TEMPLATE: &str = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// What the model may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vocabulary {
    /// Printable ASCII only, and never an end: only a limit or a stop ends the answer.
    Printable,
    /// Every byte, so answers are no valid UTF-8.
    AnyByte,
}

/// Which tiny model. The same one is the same bytes, on every computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TinyModel {
    /// Of the weights.
    pub seed: u64,
    /// What it may say.
    pub vocabulary: Vocabulary,
    /// How many, [`TinyModel::LAYERS`] in the usual one: each makes it slower.
    pub layers: u32,
}

impl TinyModel {
    /// Of the usual one.
    pub const LAYERS: u32 = 2;

    /// The GGUF file.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        let mut file = Gguf::default();
        describe(&mut file, self.layers);
        let mut weights = Weights(self.seed);
        let mut embedding = weights.matrix(TURN_ENDS + 1, WIDTH);
        if self.vocabulary == Vocabulary::Printable {
            // The output shares these weights: a row of zeros has the score 0, and of 95 others one is always higher.
            for (id, row) in embedding.chunks_mut(WIDTH).enumerate() {
                if id >= TURN_BEGINS || (id < 256 && !(32..127).contains(&id)) {
                    row.fill(0.0);
                }
            }
        }
        file.matrix("token_embd.weight", WIDTH, &embedding);
        for layer in 0..self.layers {
            let name = |part: &str| format!("blk.{layer}.{part}.weight");
            file.row(&name("attn_norm"), &weights.norm());
            file.row(&name("ffn_norm"), &weights.norm());
            for part in ["attn_q", "attn_k", "attn_v", "attn_output"] {
                file.matrix(&name(part), WIDTH, &weights.matrix(WIDTH, WIDTH));
            }
            file.matrix(&name("ffn_gate"), WIDTH, &weights.matrix(INNER, WIDTH));
            file.matrix(&name("ffn_up"), WIDTH, &weights.matrix(INNER, WIDTH));
            file.matrix(&name("ffn_down"), INNER, &weights.matrix(WIDTH, INNER));
        }
        file.row("output_norm.weight", &weights.norm());
        file.finish()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn write(self, path: &Path) -> std::io::Result<()> {
        fs_err::write(path, self.bytes())
    }
}

fn describe(file: &mut Gguf, layers: u32) {
    file.text("general.architecture", "llama");
    file.text("general.name", "tiny");
    file.text("general.license", "CC0-1.0");
    file.number("general.file_type", MOSTLY_F16);
    file.number("llama.context_length", CONTEXT);
    file.number("llama.embedding_length", u32::try_from(WIDTH).unwrap_or(0));
    file.number("llama.block_count", layers);
    file.number("llama.feed_forward_length", u32::try_from(INNER).unwrap_or(0));
    file.number("llama.attention.head_count", HEADS);
    file.number("llama.attention.head_count_kv", HEADS);
    file.fraction("llama.attention.layer_norm_rms_epsilon", 1e-5);
    file.number("llama.rope.dimension_count", u32::try_from(WIDTH).unwrap_or(0) / HEADS);
    let tokens = tokens();
    file.number("llama.vocab_size", u32::try_from(tokens.len()).unwrap_or(0));
    file.text("tokenizer.ggml.model", "gpt2");
    file.text("tokenizer.ggml.pre", "default");
    let kinds: Vec<i32> = (0..tokens.len()).map(|id| if id >= TURN_BEGINS { CONTROL } else { NORMAL }).collect();
    file.texts("tokenizer.ggml.tokens", &tokens);
    file.numbers("tokenizer.ggml.token_type", &kinds);
    // A gpt2 tokenizer without a merge does not load.
    file.texts("tokenizer.ggml.merges", &["t h".to_owned()]);
    file.number("tokenizer.ggml.bos_token_id", u32::try_from(TURN_BEGINS).unwrap_or(0));
    file.number("tokenizer.ggml.eos_token_id", u32::try_from(TURN_ENDS).unwrap_or(0));
    file.flag("tokenizer.ggml.add_bos_token", false);
    file.text("tokenizer.chat_template", TEMPLATE);
}

/// The 256 bytes by the printable stand-ins that GPT-2's tokenizer has for them, the pair, the two turn marks.
fn tokens() -> Vec<String> {
    let mut stand_in = 256_u32;
    let mut tokens: Vec<String> = (0..256_u32)
        .filter_map(|byte| {
            let printable = matches!(byte, 33..=126 | 161..=172 | 174..=255);
            char::from_u32(if printable {
                byte
            } else {
                stand_in += 1;
                stand_in - 1
            })
        })
        .map(String::from)
        .collect();
    tokens.extend([MERGED, "<|im_start|>", "<|im_end|>"].map(str::to_owned));
    tokens
}

/// Numbers of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): no library function whose
/// last bit differs between computers.
struct Weights(u64);

impl Weights {
    /// Near enough to a normal distribution: the sum of twelve uniform numbers, less six.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }

    fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The top 16 bits: exact in an f32, as are their sums.
        f32::from(u16::try_from(z >> 48).unwrap_or(0)) / 65536.0
    }

    /// Scaled so that sums over a row stay near 1. 1/8 and 1/11.3 are the roots of 64 and 128.
    fn matrix(&mut self, rows: usize, columns: usize) -> Vec<f32> {
        let scale = if columns == INNER { 0.088_388_35 } else { 0.125 };
        (0..rows * columns).map(|_| self.normal() * scale).collect()
    }

    fn norm(&mut self) -> Vec<f32> {
        (0..WIDTH).map(|_| 1.0 + 0.1 * self.normal()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use canteen_types::Digest;

    #[test]
    fn the_same_seed_is_the_same_bytes_on_every_computer() {
        let tiny = TinyModel { seed: 1, vocabulary: Vocabulary::Printable, layers: TinyModel::LAYERS };
        assert_eq!(
            Digest::of(&tiny.bytes()).to_string(),
            "sha256:428288415d9668db60dde19ca7834662e2d5f71bf39eec272d87be2ae8fb071f"
        );
        assert_ne!(tiny.bytes(), TinyModel { seed: 2, ..tiny }.bytes());
        assert_ne!(tiny.bytes(), TinyModel { vocabulary: Vocabulary::AnyByte, ..tiny }.bytes());
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let mut tokens = tokens();
        assert_eq!(tokens.len(), TURN_ENDS + 1);
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), TURN_ENDS + 1, "llama.cpp aborts on a token that stands twice");
    }
}
