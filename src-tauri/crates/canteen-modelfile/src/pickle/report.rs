use std::collections::{BTreeSet, HashSet};

use crate::hazard::{Hazard, HazardCode, Severity};
use crate::pickle::hazards::GLOBAL_NOT_ALLOWED;
use crate::pickle::{Context, PickleLimits, names};

/// What was found so far: each thing once, where it first stood.
pub(super) struct Report<'l> {
    pub(super) context: Context,
    pub(super) limits: &'l PickleLimits,
    pub(super) hazards: Vec<Hazard>,
    pub(super) globals: BTreeSet<String>,
    seen: HashSet<(&'static str, String)>,
}

impl<'l> Report<'l> {
    pub(super) fn new(context: Context, limits: &'l PickleLimits) -> Self {
        Self { context, limits, hazards: Vec::new(), globals: BTreeSet::new(), seen: HashSet::new() }
    }

    pub(super) fn full(&self) -> bool {
        self.globals.len() > self.limits.names
    }

    pub(super) fn add(&mut self, code: &'static HazardCode, at: u64, detail: &str) {
        self.hold(Hazard::at(code, at, detail));
    }

    pub(super) fn hold(&mut self, hazard: Hazard) {
        // Dangerous ones have room of their own: harmless noise must not crowd them out.
        let room =
            if hazard.code.severity == Severity::Dangerous { self.limits.hazards.saturating_mul(2) } else { self.limits.hazards };
        if self.hazards.len() < room && self.seen.insert((hazard.code.code, hazard.detail.clone().unwrap_or_default())) {
            self.hazards.push(hazard);
        }
    }

    pub(super) fn import(&mut self, module: &[u8], name: &[u8], at: u64) {
        let shown = format!("{}.{}", String::from_utf8_lossy(module), String::from_utf8_lossy(name));
        let judged = match (std::str::from_utf8(module), std::str::from_utf8(name)) {
            (Ok(module), Ok(name)) => names::judge(module, name, self.context),
            _ => Some(&GLOBAL_NOT_ALLOWED),
        };
        if let Some(code) = judged {
            self.add(code, at, &shown);
        }
        self.globals.insert(shown);
    }
}
