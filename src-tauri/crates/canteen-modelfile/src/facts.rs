use canteen_types::{Digest, Quantisation, WeightFormat};

/// The container of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// GGUF.
    Gguf,
    /// safetensors.
    Safetensors,
}

impl From<Format> for WeightFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Gguf => Self::Gguf,
            Format::Safetensors => Self::Safetensors,
        }
    }
}

/// What the weights are for, as far as the header tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelKind {
    /// Writes text.
    Text,
    /// Makes pictures or films.
    Image,
    /// Makes vectors of texts.
    Embedder,
    /// Changes another model (LoRA).
    Adapter,
    /// Lets a text model see or hear.
    Projector,
    /// Understands speech, or speaks.
    Speech,
    /// The header does not tell.
    Other,
}

/// What a header says. Claims, all of them: only the digest of the file proves anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Container.
    pub format: Format,
    /// Version of the container, for GGUF.
    pub version: Option<u32>,
    /// e.g. `llama`; letters, digits, `-` and `_` only.
    pub architecture: Option<String>,
    /// What it calls itself; printable, at most 120 characters.
    pub name: Option<String>,
    /// What it is for.
    pub kind: ModelKind,
    /// Number of weights, counted from the tensors' shapes.
    pub parameters: Option<u64>,
    /// Of most of the weights.
    pub quantisation: Option<Quantisation>,
    /// Longest context, in tokens.
    pub context_length: Option<u32>,
    /// The chat template, whole; code from a stranger.
    pub chat_template: Option<String>,
    /// Further ones by the end of their key, for GGUF: an engine may be told to take one of them. Only as long as is judged.
    pub more_templates: Vec<(String, String)>,
    /// As the file names it; printable.
    pub licence: Option<String>,
    /// Names of the models that it claims to be made from, nearest first; printable.
    pub base_models: Vec<String>,
    /// Number of tensors.
    pub tensors: u64,
    /// Layers, for GGUF.
    pub blocks: Option<u64>,
    /// Part of a split file: parts in all.
    pub split_count: Option<u64>,
    /// The vocabulary names a token twice, for GGUF: the engine would abort on it.
    pub repeated_tokens: bool,
    /// Bytes of the header.
    pub header_bytes: u64,
    /// Bytes that header and data take by its own account.
    pub promised_bytes: u64,
}

impl Facts {
    /// SHA-256 of the chat template's bytes.
    #[must_use]
    pub fn chat_template_digest(&self) -> Option<Digest> {
        self.chat_template.as_ref().map(|template| Digest::of(template.as_bytes()))
    }
}

/// Whether weights make pictures or films, by the names that the usual diffusion models give their layers.
#[must_use]
pub fn makes_pictures<'a>(mut tensors: impl Iterator<Item = &'a str>) -> bool {
    let parts = ["model.diffusion_model.", "double_blocks.", "time_text_embed.", "time_embedding.linear_1", "adaln_single."];
    tensors.any(|name| parts.iter().any(|part| name.contains(part)))
}

/// A text from a file, fit for a screen: no control characters, no line breaks, nothing invisible, no change of direction.
pub(crate) fn printable(text: &str, longest: usize) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_control() && !invisible(*c)).take(longest).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// Characters without a width of their own that hide or turn text around.
const fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}
