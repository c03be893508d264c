//! One name for each tensor, whoever wrote the file: GGUF's.

use crate::listing::TensorEntry;

/// In front of everything, put there by what trained or wrapped the model.
const WRAPPERS: &[&str] = &[
    "_orig_mod.",
    "module.",
    "base_model.model.",
    "0.auto_model.",
    "auto_model.",
    "model.",
    "language_model.",
    "transformer.",
    "gpt_neox.",
    "bert.",
    "roberta.",
    "distilbert.",
    "electra.",
    "albert.",
];

/// In front of a layer's number.
const LAYERS: &[&str] = &[
    "blk.",
    "layers.",
    "encoder.layer.",
    "decoder.layers.",
    "encoder.layers.",
    "h.",
    "enc.blk.",
    "dec.blk.",
    "encoder.block.",
    "decoder.block.",
    "layer.",
    "encoder.albert_layer_groups.",
];

/// Within a layer, without `.weight` or `.bias`.
const IN_LAYER: &[(&str, &str)] = &[
    // Llama, Mistral, Qwen, Gemma, Phi 3.
    ("input_layernorm", "attn_norm"),
    ("post_attention_layernorm", "ffn_norm"),
    ("pre_feedforward_layernorm", "ffn_norm"),
    ("post_feedforward_layernorm", "post_ffw_norm"),
    ("self_attn.q_proj", "attn_q"),
    ("self_attn.k_proj", "attn_k"),
    ("self_attn.v_proj", "attn_v"),
    ("self_attn.qkv_proj", "attn_qkv"),
    ("self_attn.o_proj", "attn_output"),
    ("self_attn.q_norm", "attn_q_norm"),
    ("self_attn.k_norm", "attn_k_norm"),
    ("mlp.gate_proj", "ffn_gate"),
    ("mlp.up_proj", "ffn_up"),
    ("mlp.gate_up_proj", "ffn_up"),
    ("mlp.down_proj", "ffn_down"),
    // Phi 2.
    ("self_attn.dense", "attn_output"),
    ("mlp.fc1", "ffn_up"),
    ("mlp.fc2", "ffn_down"),
    // OPT, Bart and Whisper.
    ("self_attn_layer_norm", "attn_norm"),
    ("final_layer_norm", "ffn_norm"),
    ("self_attn.out_proj", "attn_output"),
    ("fc1", "ffn_up"),
    ("fc2", "ffn_down"),
    // Llama as its maker wrote it.
    ("attention_norm", "attn_norm"),
    ("attention.wq", "attn_q"),
    ("attention.wk", "attn_k"),
    ("attention.wv", "attn_v"),
    ("attention.wo", "attn_output"),
    ("feed_forward.w1", "ffn_gate"),
    ("feed_forward.w2", "ffn_down"),
    ("feed_forward.w3", "ffn_up"),
    // GPT 2 and GPT NeoX.
    ("ln_1", "attn_norm"),
    ("ln_2", "ffn_norm"),
    ("attn.c_attn", "attn_qkv"),
    ("attn.c_proj", "attn_output"),
    ("mlp.c_fc", "ffn_up"),
    ("mlp.c_proj", "ffn_down"),
    ("attention.query_key_value", "attn_qkv"),
    ("attention.dense", "attn_output"),
    ("mlp.dense_h_to_4h", "ffn_up"),
    ("mlp.dense_4h_to_h", "ffn_down"),
    // Bert.
    ("attention.self.query", "attn_q"),
    ("attention.self.key", "attn_k"),
    ("attention.self.value", "attn_v"),
    ("attention.output.dense", "attn_output"),
    ("attention.output.LayerNorm", "attn_output_norm"),
    ("intermediate.dense", "ffn_up"),
    ("output.dense", "ffn_down"),
    ("output.LayerNorm", "layer_output_norm"),
    // DistilBert.
    ("attention.q_lin", "attn_q"),
    ("attention.k_lin", "attn_k"),
    ("attention.v_lin", "attn_v"),
    ("attention.out_lin", "attn_output"),
    ("sa_layer_norm", "attn_output_norm"),
    ("ffn.lin1", "ffn_up"),
    ("ffn.lin2", "ffn_down"),
    ("output_layer_norm", "layer_output_norm"),
    // Albert, of which each group is one layer that is used again and again.
    ("albert_layers.0.attention.query", "attn_q"),
    ("albert_layers.0.attention.key", "attn_k"),
    ("albert_layers.0.attention.value", "attn_v"),
    ("albert_layers.0.attention.dense", "attn_output"),
    ("albert_layers.0.attention.LayerNorm", "attn_output_norm"),
    ("albert_layers.0.ffn", "ffn_up"),
    ("albert_layers.0.ffn_output", "ffn_down"),
    ("albert_layers.0.full_layer_layer_norm", "layer_output_norm"),
    // T5; what is the last part of its encoder's layers stands between the two others of its decoder's.
    ("layer.0.layer_norm", "attn_norm"),
    ("layer.0.SelfAttention.q", "attn_q"),
    ("layer.0.SelfAttention.k", "attn_k"),
    ("layer.0.SelfAttention.v", "attn_v"),
    ("layer.0.SelfAttention.o", "attn_output"),
    ("layer.1.layer_norm", "ffn_norm"),
    ("layer.1.DenseReluDense.wi", "ffn_up"),
    ("layer.1.DenseReluDense.wi_0", "ffn_gate"),
    ("layer.1.DenseReluDense.wi_1", "ffn_up"),
    ("layer.1.DenseReluDense.wo", "ffn_down"),
    ("layer.1.EncDecAttention.q", "cross_attn_q"),
    ("layer.1.EncDecAttention.k", "cross_attn_k"),
    ("layer.1.EncDecAttention.v", "cross_attn_v"),
    ("layer.1.EncDecAttention.o", "cross_attn_o"),
    ("layer.2.layer_norm", "ffn_norm"),
    ("layer.2.DenseReluDense.wi", "ffn_up"),
    ("layer.2.DenseReluDense.wi_0", "ffn_gate"),
    ("layer.2.DenseReluDense.wi_1", "ffn_up"),
    ("layer.2.DenseReluDense.wo", "ffn_down"),
    // Bloom and Falcon.
    ("self_attention.query_key_value", "attn_qkv"),
    ("self_attention.dense", "attn_output"),
    // What builds graphs for ONNX Runtime.
    ("attn.q_proj", "attn_q"),
    ("attn.k_proj", "attn_k"),
    ("attn.v_proj", "attn_v"),
    ("attn.qkv_proj", "attn_qkv"),
    ("attn.o_proj", "attn_output"),
];

/// Outside of layers.
const OUTSIDE: &[(&str, &str)] = &[
    ("embed_tokens", "token_embd"),
    ("tok_embeddings", "token_embd"),
    ("wte", "token_embd"),
    ("shared", "token_embd"),
    ("word_embeddings", "token_embd"),
    ("embed_in", "token_embd"),
    ("embeddings.word_embeddings", "token_embd"),
    ("wpe", "position_embd"),
    ("embeddings.position_embeddings", "position_embd"),
    ("embeddings.token_type_embeddings", "token_types"),
    ("embeddings.LayerNorm", "token_embd_norm"),
    ("norm", "output_norm"),
    ("final_layernorm", "output_norm"),
    ("final_layer_norm", "output_norm"),
    ("ln_f", "output_norm"),
    ("lm_head", "output"),
    ("embed_out", "output"),
];

/// How this file names its tensors.
pub(super) struct Naming {
    /// Norms before and after each part, Hugging Face's names: the one after attention stands under Llama's name for another.
    four_norms: bool,
    /// An encoder and a decoder, each with a layer 0: those of the decoder are the layers.
    two_stacks: bool,
    /// GPT 2 as Hugging Face keeps it: what are rows elsewhere are columns. Others have its names, and rows as everybody.
    columns: bool,
}

impl Naming {
    pub(super) fn of(tensors: &[TensorEntry]) -> Self {
        let any = |part: &str| tensors.iter().any(|tensor| tensor.name.contains(part));
        Self {
            four_norms: any(".pre_feedforward_layernorm."),
            two_stacks: ["encoder.layers.", "encoder.block.", "enc.blk."].into_iter().any(any)
                && ["decoder.layers.", "decoder.block.", "dec.blk."].into_iter().any(any),
            columns: tensors.iter().any(|tensor| {
                tensor.name.ends_with(".c_fc.weight") && matches!(*tensor.shape, [rows, columns] if rows < columns)
            }),
        }
    }

    /// Gemma as published keeps its norms as `w`, where all else, GGUF's Gemma too, keeps `w + 1`. Gemma's first version has the
    /// names of Llama and cannot be told from it by them.
    pub(super) const fn norms_less_one(&self) -> bool {
        self.four_norms
    }

    /// The rows of this matrix are kept as columns.
    pub(super) fn turned(&self, name: &str) -> bool {
        self.columns && [".c_attn.weight", ".c_fc.weight", ".c_proj.weight"].iter().any(|ending| name.ends_with(ending))
    }

    /// GGUF's name; a name that is not known stays as it is.
    pub(super) fn canonical(&self, name: &str) -> String {
        let mut rest = name;
        while let Some(inner) = WRAPPERS.iter().find_map(|wrapper| rest.strip_prefix(wrapper)) {
            rest = inner;
        }
        let (stem, ending) = match rest.rsplit_once('.') {
            Some((stem, ending @ ("weight" | "bias"))) => (stem, ending),
            _ => return name.to_owned(),
        };
        let numbered = LAYERS.iter().find_map(|layers| numbered(stem.strip_prefix(layers)?));
        match numbered {
            Some((number, part)) if self.two_stacks && stem.starts_with("enc") => {
                format!("enc.blk.{number}.{}.{ending}", look_up(IN_LAYER, part))
            }
            Some((number, "layer.1.layer_norm")) if stem.starts_with("dec") => format!("blk.{number}.cross_attn_norm.{ending}"),
            Some((number, "post_attention_layernorm")) if self.four_norms => format!("blk.{number}.post_attention_norm.{ending}"),
            Some((number, part)) => format!("blk.{number}.{}.{ending}", look_up(IN_LAYER, part)),
            None => format!("{}.{ending}", look_up(OUTSIDE, stem)),
        }
    }
}

/// Number of the layer, and what follows, of GGUF's name.
pub(super) fn layer(name: &str) -> Option<(u32, &str)> {
    numbered(name.strip_prefix("blk.")?)
}

fn numbered(inner: &str) -> Option<(u32, &str)> {
    let (number, part) = inner.split_once('.')?;
    Some((number.parse().ok()?, part))
}

/// It is the scale of a norm, by GGUF's name or by one that is not known.
pub(super) fn is_norm(name: &str) -> bool {
    let part = name.strip_suffix(".weight").and_then(|stem| stem.rsplit('.').next()).unwrap_or_default();
    part.to_ascii_lowercase().contains("norm") || part.starts_with("ln_")
}

fn look_up<'t>(table: &'t [(&str, &'t str)], name: &'t str) -> &'t str {
    table.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, shape: &[u64]) -> TensorEntry {
        TensorEntry { name: name.to_owned(), element: "F32", shape: shape.to_vec(), offset: 0, bytes: 4 }
    }

    fn canonical(name: &str) -> String {
        Naming::of(&[]).canonical(name)
    }

    #[test]
    fn the_makers_names_of_one_tensor_are_one() {
        for (name, expected) in [
            ("model.layers.3.input_layernorm.weight", "blk.3.attn_norm.weight"),
            ("base_model.model.model.layers.3.input_layernorm.weight", "blk.3.attn_norm.weight"),
            ("blk.3.attn_norm.weight", "blk.3.attn_norm.weight"),
            ("layers.3.attention_norm.weight", "blk.3.attn_norm.weight"),
            ("transformer.h.3.ln_1.weight", "blk.3.attn_norm.weight"),
            ("model.norm.weight", "output_norm.weight"),
            ("output_norm.weight", "output_norm.weight"),
            ("bert.encoder.layer.0.output.LayerNorm.weight", "blk.0.layer_output_norm.weight"),
            ("encoder.layer.0.attention.output.dense.bias", "blk.0.attn_output.bias"),
            ("embeddings.LayerNorm.weight", "token_embd_norm.weight"),
            ("model.language_model.layers.7.mlp.down_proj.weight", "blk.7.ffn_down.weight"),
            ("onnx::MatMul_77", "onnx::MatMul_77"),
            ("model.layers.x.mlp.down_proj.weight", "layers.x.mlp.down_proj.weight"),
        ] {
            assert_eq!(canonical(name), expected, "{name}");
        }
    }

    #[test]
    fn the_norm_after_attention_is_another_where_there_are_four() {
        let gemma = Naming { four_norms: true, ..Naming::of(&[]) };
        assert_eq!(gemma.canonical("model.layers.1.post_attention_layernorm.weight"), "blk.1.post_attention_norm.weight");
        assert_eq!(gemma.canonical("model.layers.1.pre_feedforward_layernorm.weight"), "blk.1.ffn_norm.weight");
        assert_eq!(canonical("model.layers.1.post_attention_layernorm.weight"), "blk.1.ffn_norm.weight");
    }

    #[test]
    fn layers_of_an_encoder_are_not_those_of_the_decoder_beside_it() {
        let named = |name: &str| tensor(name, &[1]);
        let (encoder, decoder) = ("model.encoder.layers.1.fc1.weight", "model.decoder.layers.1.fc1.weight");
        let whisper = Naming::of(&[named(encoder), named(decoder)]);
        assert_eq!(
            (&*whisper.canonical(encoder), &*whisper.canonical(decoder)),
            ("enc.blk.1.ffn_up.weight", "blk.1.ffn_up.weight")
        );
        let alone = Naming::of(&[named(encoder)]);
        assert_eq!(alone.canonical(encoder), "blk.1.ffn_up.weight");
    }

    #[test]
    fn t5_has_the_names_of_its_gguf() {
        let names = [
            ("encoder.block.3.layer.1.DenseReluDense.wo.weight", "enc.blk.3.ffn_down.weight"),
            ("encoder.block.3.layer.1.layer_norm.weight", "enc.blk.3.ffn_norm.weight"),
            ("decoder.block.3.layer.0.SelfAttention.v.weight", "blk.3.attn_v.weight"),
            ("decoder.block.3.layer.1.layer_norm.weight", "blk.3.cross_attn_norm.weight"),
            ("decoder.block.3.layer.2.DenseReluDense.wi_0.weight", "blk.3.ffn_gate.weight"),
            ("dec.blk.3.ffn_gate.weight", "blk.3.ffn_gate.weight"),
            ("enc.blk.3.ffn_norm.weight", "enc.blk.3.ffn_norm.weight"),
        ];
        let naming = Naming::of(&names.map(|(name, _)| tensor(name, &[1])));
        for (name, expected) in names {
            assert_eq!(naming.canonical(name), expected);
        }
        assert_eq!(layer("enc.blk.3.ffn_norm.weight"), None, "its encoder's layers are not those that are counted");
    }

    #[test]
    fn norms_are_told_by_whatever_name_they_have() {
        let norms =
            ["blk.0.attn_norm.weight", "layers.0.layer_norm1.weight", "a.LayerNorm.weight", "norm.weight", "h.0.ln_9.weight"];
        assert!(norms.iter().all(|name| is_norm(name)));
        assert!(["blk.0.attn_norm.bias", "normal.q.weight", "weight", ""].iter().all(|name| !is_norm(name)));
    }

    #[test]
    fn rows_are_columns_in_gpt_2_and_not_in_what_has_its_names() {
        let name = "transformer.h.0.mlp.c_fc.weight";
        let turned = |shape: &[u64]| Naming::of(&[tensor(name, shape)]).turned("transformer.h.0.attn.c_proj.weight");
        assert!(turned(&[512, 2048]));
        assert!(!turned(&[2048, 512]));
        assert!(!Naming::of(&[tensor(name, &[512, 2048])]).turned("transformer.wte.weight"));
    }
}
