//! Landlock: every right of the newest ABI is handled and no rule allows any.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, RestrictionStatus, Ruleset, RulesetAttr,
    RulesetError, RulesetStatus, Scope,
};

/// What the crate knows.
const NEWEST: u32 = 10;

/// Forbids all paths, TCP, abstract sockets and signals to others, as far as the kernel goes. Returns the ABI in force; 0 for
/// none: on a kernel without it, best effort is `Ok` and does nothing.
pub(super) fn forbid_all(at_most: u32) -> u32 {
    let at_most = at_most.min(NEWEST);
    if at_most == 0 {
        return 0;
    }
    let Ok(abi) = i32::try_from(at_most).map(ABI::from) else { return 0 };
    match restrict(abi) {
        Ok(RestrictionStatus { ruleset, landlock: LandlockStatus::Available { effective_abi, .. }, .. })
            if ruleset != RulesetStatus::NotEnforced =>
        {
            (effective_abi as u32).min(at_most)
        }
        Ok(_) | Err(_) => 0,
    }
}

fn restrict(abi: ABI) -> Result<RestrictionStatus, RulesetError> {
    // A right that is not handled stays open without a word, so each kind is named here.
    let mut ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(abi))?;
    if abi >= ABI::V4 {
        ruleset = ruleset.handle_access(AccessNet::from_all(abi))?;
    }
    if abi >= ABI::V6 {
        ruleset = ruleset.scope(Scope::from_all(abi))?;
    }
    ruleset.create()?.restrict_self()
}
