//! What tests of every system share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use canteen_types::{Clock, Timestamp};

/// Real time: these tests wait for real processes.
#[derive(Debug)]
pub(crate) struct Real(Instant, AtomicI64);

impl Clock for Real {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.1.fetch_add(1, Ordering::Relaxed))
    }
    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "a clock for tests")]
pub(crate) fn real() -> Arc<Real> {
    Arc::new(Real(Instant::now(), AtomicI64::new(0)))
}

/// A valid GGUF with one tensor of `data` bytes.
pub(crate) fn gguf(data: u64, seed: u8) -> Vec<u8> {
    let text = |text: &str| [(text.len() as u64).to_le_bytes().to_vec(), text.as_bytes().to_vec()].concat();
    let mut bytes = b"GGUF".to_vec();
    bytes.extend_from_slice(&3_u32.to_le_bytes());
    bytes.extend_from_slice(&1_u64.to_le_bytes());
    bytes.extend_from_slice(&1_u64.to_le_bytes());
    bytes.extend_from_slice(&[text("general.architecture"), 8_u32.to_le_bytes().to_vec(), text("llama")].concat());
    bytes.extend_from_slice(
        &[
            text("w"),
            1_u32.to_le_bytes().to_vec(),
            data.to_le_bytes().to_vec(),
            24_u32.to_le_bytes().to_vec(),
            0_u64.to_le_bytes().to_vec(),
        ]
        .concat(),
    );
    bytes.resize(bytes.len().next_multiple_of(32), 0);
    bytes.resize(bytes.len() + usize::try_from(data).unwrap(), seed);
    bytes
}
