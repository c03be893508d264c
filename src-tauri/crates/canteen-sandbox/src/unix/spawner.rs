//! Children are started by one thread that lives as long as the process.
//!
//! `PR_SET_PDEATHSIG` fires when the *thread* that started the child ends, not the process: a child started from a pool thread
//! would be killed when the pool shrinks.

use std::io;
use std::process::{Child, Command};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

struct Order {
    command: Command,
    answer: Sender<io::Result<Child>>,
}

static SPAWNER: LazyLock<io::Result<Mutex<Sender<Order>>>> = LazyLock::new(|| {
    let (orders, incoming) = channel::<Order>();
    thread::Builder::new().name("engine-spawner".into()).spawn(move || {
        for Order { mut command, answer } in incoming {
            let child = command.spawn();
            // It owns the child's ends of the channel: the end of the child would never be seen.
            drop(command);
            // Whoever asked may have gone.
            drop(answer.send(child));
        }
    })?;
    Ok(Mutex::new(orders))
});

pub(super) fn spawn(command: Command) -> io::Result<Child> {
    let orders = SPAWNER.as_ref().map_err(|e| io::Error::new(e.kind(), e.to_string()))?;
    let (answer, child) = channel();
    let gone = || io::Error::other("the thread that starts engines has ended");
    orders.lock().unwrap_or_else(PoisonError::into_inner).send(Order { command, answer }).map_err(|_| gone())?;
    child.recv().map_err(|_| gone())?
}
