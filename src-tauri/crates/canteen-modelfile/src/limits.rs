/// Bounds for one file. The defaults hold every model that is published today with room to spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Metadata keys of a GGUF file. Published files have some dozens.
    pub keys: u64,
    /// Tensors. The largest mixtures of experts have some tens of thousands.
    pub tensors: u64,
    /// Longest text in the metadata, in bytes. Chat templates stay below 100 kB.
    pub text: u64,
    /// Longest array in the metadata, in elements. Vocabularies have some 300,000.
    pub elements: u64,
    /// Longest header, in bytes: no file makes the reader go further, however large it is. Published ones stay below 10 MB.
    pub header: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { keys: 100_000, tensors: 1_000_000, text: 16 << 20, elements: 16 << 20, header: 256 << 20 }
    }
}
