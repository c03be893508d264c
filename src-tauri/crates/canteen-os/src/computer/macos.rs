use super::Gpu;

/// A chip of Apple's has its graphics inside and shares the computer's memory with it. What an Intel Mac has is not looked up.
pub(super) fn gpus(processor: &str) -> Option<Vec<Gpu>> {
    cfg!(target_arch = "aarch64").then(|| vec![Gpu { name: processor.to_owned(), memory: None }])
}
