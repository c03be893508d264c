use canteen_types::{Enforcement, SandboxReport};

/// Is what the engine reports enough? The floor is seccomp and Landlock with no path (ABI 1); what an older Landlock lacks is
/// carried by seccomp.
#[must_use]
pub fn enforcement(report: &SandboxReport, allow_partial: bool) -> Enforcement {
    let missing = report.missing();
    match (missing.is_empty(), allow_partial) {
        (true, _) => Enforcement::Enforced,
        (false, true) => Enforcement::Partly { missing },
        (false, false) => Enforcement::Refused { missing },
    }
}
