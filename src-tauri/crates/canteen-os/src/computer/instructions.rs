//! What the processor can do beyond the least of its architecture, as far as inference gains from it.

/// In the order in which they came up.
#[cfg(target_arch = "x86_64")]
pub(super) fn found() -> Vec<&'static str> {
    let mut found = vec![];
    macro_rules! look {
        ($($feature:tt $name:literal),+ $(,)?) => { $(if std::is_x86_feature_detected!($feature) { found.push($name); })+ };
    }
    look!(
        "sse4.2" "SSE4.2",
        "avx" "AVX",
        "f16c" "F16C",
        "fma" "FMA",
        "avx2" "AVX2",
        "bmi2" "BMI2",
        "avx512f" "AVX-512",
        "avx512vnni" "AVX-512 VNNI",
        "avx512bf16" "AVX-512 BF16",
        "avxvnni" "AVX-VNNI",
    );
    found
}

/// In the order in which they came up.
#[cfg(target_arch = "aarch64")]
pub(super) fn found() -> Vec<&'static str> {
    let mut found = vec![];
    macro_rules! look {
        ($($feature:tt $name:literal),+ $(,)?) => {
            $(if std::arch::is_aarch64_feature_detected!($feature) { found.push($name); })+
        };
    }
    look!("neon" "NEON", "fp16" "FP16", "dotprod" "DotProd", "i8mm" "I8MM", "bf16" "BF16", "sve" "SVE");
    found
}

/// Of other architectures nothing is known.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) const fn found() -> Vec<&'static str> {
    Vec::new()
}
