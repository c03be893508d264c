//! A model that was never trained, written into each container.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::super::*;
use crate::Limits;
use crate::formats::protobuf::tests::Message;

pub(super) const WIDTH: usize = 64;

/// Numbers that are spread like weights, the same for the same seed.
pub(super) fn weights(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut uniform = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    };
    (0..count).map(|_| (uniform() + uniform() + uniform()) * 0.1).collect()
}

#[derive(Clone)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f32>,
    pub(super) element: &'static str,
}

#[derive(Clone)]
pub(super) struct Model {
    pub(super) keys: Vec<(&'static str, String)>,
    pub(super) tensors: Vec<Tensor>,
}

impl Model {
    pub(super) fn new(seed: u64, layers: usize) -> Self {
        let mut tensors: Vec<Tensor> = Vec::new();
        let mut add = |name: String, shape: &[usize]| {
            let seed = seed * 100_000 + tensors.len() as u64 + 7;
            let mut numbers = weights(seed, shape.iter().product());
            if shape.len() == 1 {
                numbers.iter_mut().for_each(|number| *number = 1.0 + *number * 2.0);
            }
            tensors.push(Tensor { name, shape: shape.to_vec(), numbers, element: "F32" });
        };
        add("token_embd.weight".into(), &[10, WIDTH]);
        for layer in 0..layers {
            for norm in ["attn_norm", "ffn_norm"] {
                add(format!("blk.{layer}.{norm}.weight"), &[WIDTH]);
            }
            for matrix in ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"] {
                add(format!("blk.{layer}.{matrix}.weight"), &[WIDTH, WIDTH]);
            }
        }
        add("output_norm.weight".into(), &[WIDTH]);
        let keys = vec![
            ("general.architecture", "llama".to_owned()),
            ("general.name", "Small Model".to_owned()),
            ("tokenizer.chat_template", "{{ messages }} — end".to_owned()),
        ];
        Self { keys, tensors }
    }

    pub(super) fn key(mut self, name: &'static str, value: &str) -> Self {
        self.keys.retain(|(other, _)| *other != name);
        self.keys.push((name, value.to_owned()));
        self
    }

    pub(super) fn with(mut self, change: impl Fn(&mut Tensor)) -> Self {
        self.tensors.iter_mut().for_each(change);
        self
    }

    pub(super) fn norms(self, change: impl Fn(&mut Vec<f32>)) -> Self {
        self.with(|tensor| {
            if tensor.shape.len() == 1 {
                change(&mut tensor.numbers);
            }
        })
    }

    /// Its numbers as the form that it is stored in leaves them.
    pub(super) fn read_back(self) -> Self {
        self.with(|tensor| {
            if tensor.shape.len() > 1 {
                tensor.numbers = element::row(tensor.element, &tensor.bytes()).unwrap().iter().map(|one| one.value).collect();
                tensor.element = "F32";
            }
        })
    }

    /// Matrices in another form; norms stay.
    pub(super) fn stored_as(self, element: &'static str) -> Self {
        self.with(|tensor| {
            if tensor.shape.len() > 1 {
                tensor.element = element;
            }
        })
    }

    /// These layers, in this order.
    pub(super) fn of_layers(self, chosen: &[u32]) -> Self {
        let (layers, mut tensors): (Vec<Tensor>, Vec<Tensor>) =
            self.tensors.into_iter().partition(|tensor| names::layer(&tensor.name).is_some());
        for (at, wanted) in chosen.iter().enumerate() {
            let of = layers.iter().filter_map(|tensor| names::layer(&tensor.name).map(|(number, part)| (number, part, tensor)));
            let of = of.filter(|(number, ..)| number == wanted);
            tensors.extend(of.map(|(_, part, tensor)| Tensor { name: format!("blk.{at}.{part}"), ..tensor.clone() }));
        }
        Self { tensors, ..self }
    }

    pub(super) fn without_layers(mut self, gone: &[usize]) -> Self {
        let mut kept = Vec::new();
        for mut tensor in self.tensors {
            if let Some((number, part)) = names::layer(&tensor.name) {
                let number = number as usize;
                if gone.contains(&number) {
                    continue;
                }
                let before = gone.iter().filter(|gone| **gone < number).count();
                tensor.name = format!("blk.{}.{part}", number - before);
            }
            kept.push(tensor);
        }
        self.tensors = kept;
        self
    }

    pub(super) fn gguf(&self) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat();
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend((self.tensors.len() as u64).to_le_bytes());
        bytes.extend((self.keys.len() as u64).to_le_bytes());
        for (name, value) in &self.keys {
            bytes.extend([text(name), 8_u32.to_le_bytes().to_vec(), text(value)].concat());
        }
        let mut data = Vec::new();
        for tensor in &self.tensors {
            bytes.extend(text(&tensor.name));
            bytes.extend(u32::try_from(tensor.shape.len()).unwrap().to_le_bytes());
            tensor.shape.iter().rev().for_each(|length| bytes.extend((*length as u64).to_le_bytes()));
            let id: u32 = match tensor.element {
                "F32" => 0,
                "F16" => 1,
                "Q4_0" => 2,
                _ => 8,
            };
            bytes.extend(id.to_le_bytes());
            bytes.extend((data.len() as u64).to_le_bytes());
            data.extend(tensor.bytes());
            data.resize(data.len().next_multiple_of(32), 0);
        }
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.extend(data);
        bytes
    }

    /// With Llama's names as Hugging Face has them, or Gemma's.
    pub(super) fn safetensors_as(&self, norm_before_feedforward: &str) -> Vec<u8> {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for tensor in &self.tensors {
            let begin = data.len();
            data.extend(tensor.bytes());
            let entry =
                serde_json::json!({ "dtype": tensor.element, "shape": tensor.shape, "data_offsets": [begin, data.len()] });
            let name = huggingface(&tensor.name).replace("post_attention_layernorm", norm_before_feedforward);
            header.insert(name, entry);
        }
        let header = serde_json::to_vec(&header).unwrap();
        [(header.len() as u64).to_le_bytes().to_vec(), header, data].concat()
    }

    pub(super) fn safetensors(&self) -> Vec<u8> {
        self.safetensors_as("post_attention_layernorm")
    }

    /// As exporters write it: matrices of layers without their names.
    pub(super) fn onnx(&self) -> Vec<u8> {
        let mut graph = Message::new();
        for (at, tensor) in self.tensors.iter().enumerate() {
            let named = tensor.shape.len() == 1 || tensor.name.starts_with("token");
            let name = if named { huggingface(&tensor.name) } else { format!("onnx::MatMul_{at}") };
            // Turned, so that their digest is another.
            let mut turned = tensor.clone();
            if !named {
                turned.numbers.reverse();
            }
            let lengths = tensor.shape.iter().fold(Message::new(), |message, length| message.number(1, *length as u64));
            graph = graph.message(5, lengths.number(2, 1).text(8, name).text(9, turned.bytes()));
        }
        Message::new().number(1, 8).message(7, graph).0
    }
}

impl Tensor {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self.element {
            "F32" => self.numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            "F16" => self.numbers.iter().flat_map(|number| element::to_half(*number)).collect(),
            "Q4_0" => self.numbers.chunks(32).flat_map(four_bits).collect(),
            _ => self.numbers.chunks(32).flat_map(eight_bits).collect(),
        }
    }

    /// Every number moved by about this share of itself.
    pub(super) fn moved(&mut self, share: f32) {
        let by = weights(99 + self.numbers[0].to_bits() as u64, self.numbers.len());
        self.numbers.iter_mut().zip(by).for_each(|(number, by)| *number *= 1.0 + by * 20.0 * share);
    }
}

fn eight_bits(block: &[f32]) -> Vec<u8> {
    let scale = block.iter().fold(0.0_f32, |most, number| most.max(number.abs())) / 127.0;
    #[expect(clippy::cast_possible_truncation, reason = "at most 127 steps")]
    let steps = block.iter().map(|number| ((number / scale).round() as i8).cast_unsigned());
    element::to_half(scale).into_iter().chain(steps).collect()
}

/// As the reference quantiser does it: what is largest decides the scale, the rest is rounded to the nearest.
fn four_bits(block: &[f32]) -> Vec<u8> {
    let largest = block.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap();
    let scale = largest / -8.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 15")]
    let code = |number: f32| (number / scale + 8.5).min(15.0) as u8;
    let codes = (0..16).map(|at| code(block[at]) | code(block[at + 16]) << 4);
    element::to_half(scale).into_iter().chain(codes).collect()
}

pub(super) fn huggingface(name: &str) -> String {
    if name.starts_with("transformer.") {
        return name.to_owned();
    }
    let parts = [
        ("attn_norm", "input_layernorm"),
        ("ffn_norm", "post_attention_layernorm"),
        ("attn_q", "self_attn.q_proj"),
        ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"),
        ("attn_output", "self_attn.o_proj"),
        ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"),
        ("ffn_down", "mlp.down_proj"),
    ];
    match names::layer(name) {
        Some((number, part)) => {
            let stem = part.trim_end_matches(".weight");
            let theirs = parts.iter().find(|(ours, _)| *ours == stem).unwrap().1;
            format!("model.layers.{number}.{theirs}.weight")
        }
        None if name.starts_with("token") => "model.embed_tokens.weight".into(),
        None => "model.norm.weight".into(),
    }
}

pub(super) fn profile(bytes: &[u8]) -> Profile {
    let (mut file, size) = (Cursor::new(bytes), bytes.len() as u64);
    let index = index(&mut file, size, &Limits::default()).unwrap();
    let fingerprint = fingerprint(&mut file, &index).unwrap();
    let contents = contents(&mut file, size, &index, &mut |_| ControlFlow::Continue(())).unwrap();
    Profile { fingerprint, contents, template: index.facts.and_then(|facts| facts.chat_template) }
}

pub(super) fn compared(first: &[u8], second: &[u8]) -> Comparison {
    compare(&profile(first), &profile(second))
}
