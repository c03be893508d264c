//! A few connections that only see what is committed, lent one by one.

use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use crate::StoreError;

pub(crate) struct Readers {
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    /// `None` once closed.
    free: Option<Vec<Connection>>,
    lent: usize,
}

/// Comes back by itself, also when the one who looks panics.
pub(crate) struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        Self { state: Mutex::new(State { free: Some(connections), lent: 0 }), returned: Condvar::new() }
    }

    /// Waits for a free one.
    pub(crate) fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match state.free.as_mut().ok_or(StoreError::Closed)?.pop() {
                Some(connection) => {
                    state.lent += 1;
                    return Ok(Lent { readers: self, connection: Some(connection) });
                }
                None => state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Closes all of them and waits for those that are lent.
    pub(crate) fn shut(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.free = None;
        self.returned.notify_all();
        while state.lent > 0 {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Lent<'_> {
    pub(crate) fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.lent = state.lent.saturating_sub(1);
        match (&mut state.free, self.connection.take()) {
            (Some(free), Some(connection)) => free.push(connection),
            // Closed meanwhile: the connection goes, before the checkpoint begins.
            (_, connection) => drop(connection),
        }
        self.readers.returned.notify_all();
    }
}
