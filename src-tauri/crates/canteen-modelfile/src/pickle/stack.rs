//! The unpickler's stack and memo, with limits, and lenient where the unpickler would give up: that is counted, not obeyed.

use std::collections::HashMap;

use crate::pickle::PickleLimits;
use crate::pickle::value::Value;

#[derive(Clone, Default)]
pub(super) struct Stack {
    items: Vec<Value>,
    marks: Vec<usize>,
}

impl Stack {
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn full(&self, limits: &PickleLimits) -> bool {
        self.items.len() > limits.stack || self.marks.len() > limits.stack
    }

    pub(super) fn push(&mut self, value: Value) {
        self.items.push(value);
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.items.len());
    }

    /// `None` where the unpickler finds nothing above the mark.
    pub(super) fn pop(&mut self) -> Option<Value> {
        if self.items.len() > self.fence() { self.items.pop() } else { None }
    }

    pub(super) fn top(&self) -> Option<&Value> {
        if self.items.len() > self.fence() { self.items.last() } else { None }
    }

    /// POP takes the mark where nothing stands above it.
    pub(super) fn drop_one(&mut self) -> Option<()> {
        match self.pop() {
            Some(_) => Some(()),
            None => self.marks.pop().map(|_| ()),
        }
    }

    /// What stands above the mark, which goes.
    pub(super) fn take_to_mark(&mut self) -> Option<Vec<Value>> {
        let mark = self.marks.pop()?;
        Some(self.items.split_off(mark.min(self.items.len())))
    }
}

/// Dense as picklers write it, with room aside for indices that no pickler writes.
#[derive(Clone, Default)]
pub(super) struct Memo {
    dense: Vec<Option<Value>>,
    sparse: HashMap<u64, Value>,
    used: usize,
    text: usize,
}

impl Memo {
    /// What MEMOIZE takes for index.
    pub(super) const fn used(&self) -> u64 {
        self.used as u64
    }

    pub(super) fn full(&self, limits: &PickleLimits) -> bool {
        self.used > limits.memo || self.text > limits.memo_text
    }

    pub(super) fn get(&self, index: u64) -> Option<&Value> {
        let dense = usize::try_from(index).ok().and_then(|index| self.dense.get(index)).and_then(Option::as_ref);
        dense.or_else(|| self.sparse.get(&index))
    }

    pub(super) fn put(&mut self, index: u64, value: Value) {
        self.text = self.text.saturating_add(value.weight());
        let new = match usize::try_from(index) {
            Ok(index) if index < self.dense.len() => self.dense.get_mut(index).is_some_and(|slot| slot.replace(value).is_none()),
            Ok(index) if index == self.dense.len() && self.sparse.is_empty() => {
                self.dense.push(Some(value));
                true
            }
            _ => self.sparse.insert(index, value).is_none(),
        };
        self.used = self.used.saturating_add(usize::from(new));
    }
}
