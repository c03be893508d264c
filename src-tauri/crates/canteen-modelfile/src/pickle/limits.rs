/// Bounds for one pickle file. The defaults hold what is published with room to spare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PickleLimits {
    /// Opcodes, over all streams and pickles in pickles. Word vectors, of three million words, have some fifteen million.
    pub opcodes: u64,
    /// Objects on the stack at a time, and open marks.
    pub stack: usize,
    /// Objects in the memo. Word vectors have up to three million words.
    pub memo: usize,
    /// Bytes of texts and tuples that the memo keeps.
    pub memo_text: usize,
    /// Different names that are imported. Published files have some dozens.
    pub names: usize,
    /// PyTorch's storages. The largest mixtures of experts have some tens of thousands.
    pub storages: usize,
    /// Hazards that are listed; after these only worse ones are.
    pub hazards: usize,
    /// Streams behind one another.
    pub streams: u64,
    /// Pickles in constants of pickles.
    pub nested_depth: u8,
    /// Bytes behind the last stream in which others are looked for.
    pub search: u64,
}

impl Default for PickleLimits {
    fn default() -> Self {
        Self {
            opcodes: 60_000_000,
            stack: 1 << 20,
            memo: 4 << 20,
            memo_text: 384 << 20,
            names: 4096,
            storages: 1 << 18,
            hazards: 200,
            streams: 1 << 20,
            nested_depth: 3,
            search: 64 << 20,
        }
    }
}
