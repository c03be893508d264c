use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use super::hazards::{EXECUTOR, GLOBAL_NOT_ALLOWED};
use super::value::{Global, Value};
use super::{Context, PickleLimits, names};
use crate::hazard::{Hazard, HazardCode, Severity};

/// What was found so far: each thing once, where it first stood.
pub(super) struct Report<'l> {
    pub(super) context: Context,
    pub(super) limits: &'l PickleLimits,
    pub(super) hazards: Vec<Hazard>,
    pub(super) globals: BTreeSet<String>,
    /// An unpickler has given up: what follows may be no opcodes, and only names that can be names count.
    pub(super) doubt: bool,
    /// Imports of names that can be names.
    pub(super) imports: u64,
    /// Opcodes, over all passes, streams and pickles in pickles.
    spent: Rc<Cell<u64>>,
    /// A name was imported that model files need, or that executes.
    pub(super) known: bool,
    seen: HashSet<(&'static str, String)>,
    /// Bytes of PyTorch's storages by their keys, as far as their class is known.
    pub(super) storages: BTreeMap<String, Option<u64>>,
}

impl<'l> Report<'l> {
    pub(super) fn new(context: Context, limits: &'l PickleLimits) -> Self {
        Self {
            context,
            limits,
            hazards: Vec::new(),
            globals: BTreeSet::new(),
            doubt: false,
            imports: 0,
            known: false,
            spent: Rc::default(),
            seen: HashSet::new(),
            storages: BTreeMap::new(),
        }
    }

    /// Of what may turn out to be no pickle.
    pub(super) fn trial(&self) -> Self {
        Self { spent: Rc::clone(&self.spent), ..Self::new(self.context, self.limits) }
    }

    /// `false` where that is too much.
    pub(super) fn spend(&self, opcodes: u64) -> bool {
        self.spent.set(self.spent.get().saturating_add(opcodes));
        self.spent.get() <= self.limits.opcodes
    }

    /// It turned out to be one.
    pub(super) fn absorb(&mut self, trial: Self) {
        for hazard in trial.hazards {
            self.hold(hazard);
        }
        self.globals.extend(trial.globals);
        self.storages.extend(trial.storages);
    }

    /// The larger one, where a key is named with several sizes: that is what reaches beyond its bytes.
    pub(super) fn storage(&mut self, key: &str, bytes: Option<u64>) {
        if let Some(known) = self.storages.get_mut(key) {
            *known = (*known).max(bytes);
        } else {
            self.storages.insert(key.to_owned(), bytes);
        }
    }

    pub(super) fn full(&self) -> bool {
        self.globals.len() > self.limits.names || self.storages.len() > self.limits.storages
    }

    pub(super) fn add(&mut self, code: &'static HazardCode, at: u64, detail: &str) {
        if !self.doubt {
            self.hold(Hazard::at(code, at, detail));
        }
    }

    pub(super) fn hold(&mut self, hazard: Hazard) {
        // Dangerous ones have room of their own: harmless noise must not crowd them out.
        let room =
            if hazard.code.severity == Severity::Dangerous { self.limits.hazards.saturating_mul(2) } else { self.limits.hazards };
        if self.hazards.len() < room && self.seen.insert((hazard.code.code, hazard.detail.clone().unwrap_or_default())) {
            self.hazards.push(hazard);
        }
    }

    /// `None` for what cannot be a name, where that is in doubt.
    pub(super) fn import(&mut self, module: &[u8], name: &[u8], at: u64) -> Option<Value> {
        let texts = std::str::from_utf8(module).ok().zip(std::str::from_utf8(name).ok());
        let plausible = texts.is_some_and(|(module, name)| names::plausible(module, name));
        if self.doubt && !plausible {
            return None;
        }
        self.imports = self.imports.saturating_add(u64::from(plausible));
        let shown = format!("{}.{}", String::from_utf8_lossy(module), String::from_utf8_lossy(name));
        let judged = texts.map_or(Some(&GLOBAL_NOT_ALLOWED), |(module, name)| names::judge(module, name, self.context));
        self.known |= judged.is_none_or(|code| code == &EXECUTOR);
        if let Some(code) = judged {
            self.hold(Hazard::at(code, at, &shown));
        }
        if !self.globals.contains(&shown) {
            self.globals.insert(shown);
        }
        let (module, name) = texts.unwrap_or_default();
        Some(Value::Global(Rc::new(Global {
            module: names::renamed(module).to_owned(),
            name: name.to_owned(),
            listed: judged.is_none(),
        })))
    }
}
