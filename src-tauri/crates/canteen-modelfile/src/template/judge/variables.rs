//! Variables: each is all that was ever put into it.

use super::Judge;
use crate::template::value::Value;

impl Judge {
    pub(super) fn put(&mut self, name: &str, mut value: Value) {
        value.hinge = value.hinge.or(self.under);
        // Macros keep their names to themselves; an attribute belongs to the namespace that is seen from here.
        let space = name.split_once('.').map(|(space, _)| self.scoped(space));
        let outer = self.scope.is_empty() || space.is_some_and(|space| !self.names.contains_key(&space));
        let name = if outer { name.to_owned() } else { self.scoped(name) };
        self.put_into(&name, value);
    }

    fn scoped(&self, name: &str) -> String {
        format!("{}\0{name}", self.scope)
    }

    pub(super) fn put_into(&mut self, name: &str, value: Value) {
        let all = match self.names.remove(name) {
            Some(before) => self.either(before, &value),
            None => value,
        };
        self.names.insert(name.to_owned(), all);
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Value> {
        let inner = if self.scope.is_empty() { None } else { self.names.get(&self.scoped(name)) };
        inner.or_else(|| self.names.get(name))
    }
}
