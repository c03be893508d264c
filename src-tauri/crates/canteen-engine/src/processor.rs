//! The static build of llama.cpp needs x86-64-v3. On an older processor its first instruction would end this program without
//! a word, so this is looked at before any of its code runs.

/// What this processor lacks, by name.
#[cfg(target_arch = "x86_64")]
pub(crate) fn missing() -> Vec<&'static str> {
    let mut missing = vec![];
    macro_rules! need {
        ($($feature:tt $name:literal),+) => { $(if !std::is_x86_feature_detected!($feature) { missing.push($name); })+ };
    }
    need!("sse4.2" "SSE4.2", "avx" "AVX", "f16c" "F16C", "fma" "FMA", "avx2" "AVX2", "bmi2" "BMI2");
    missing
}

/// Other builds take the least that their architecture has.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) const fn missing() -> Vec<&'static str> {
    Vec::new()
}
