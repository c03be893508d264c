use canteen_types::ByteSize;

/// Programs, buffers for computing, vocabulary, stacks: the largest that was seen is 300 MiB, for a vocabulary of 262,144.
const BASE: f64 = 512.0 * 1024.0 * 1024.0;

/// The hard limit for an engine's own memory. Generous: it stops a runaway, not a model that is a little larger than thought.
///
/// The mapped file does not count against it, but repacked weights do, so the whole file is added. The cache holds two vectors
/// of 16-bit numbers per layer and token; layers times width is guessed from the number of parameters with the usual shape of
/// a transformer (12 · layers · width², width = 128 · layers) and doubled.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate; `as` saturates at the ends, and no factor is negative"
)]
pub(crate) fn limit(file: ByteSize, parameters: u64, context_tokens: u32) -> ByteSize {
    let width = (parameters as f64 * 128.0 / 12.0).cbrt();
    let cache = 4.0 * (width / 128.0).max(1.0) * width * 2.0 * f64::from(context_tokens);
    ByteSize::new((BASE + file.bytes() as f64 + cache) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_models_fit_and_a_runaway_does_not() {
        const MIB: u64 = 1 << 20;
        // Used by the engine, measured: SmolLM2-135M at 2,048 tokens takes 181 MiB with its file.
        let small = limit(ByteSize::new(98_362_432), 134_515_008, 2048).bytes() / MIB;
        assert!((600..1200).contains(&small), "{small} MiB");
        // 7 B with full attention at 4,096 tokens: 2 GiB of cache.
        let large = limit(ByteSize::new(4 << 30), 6_738_000_000, 4096).bytes() / MIB;
        assert!((4096 + 2048..12_000).contains(&large), "{large} MiB");
        assert_eq!(limit(ByteSize::new(u64::MAX), u64::MAX, u32::MAX).bytes(), u64::MAX);
    }
}
