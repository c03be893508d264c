//! Starts of programs: told by the kernel where it tells ordinary users, else found by comparing lists.
//!
//! Only starts are subscribed to. The end of a program matters where it holds weights, and a descriptor of that process tells it
//! (`holders.rs`), so that no message is sent for the thousands of others.

mod connector;
mod newborns;

use std::collections::BTreeSet;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::Duration;

use canteen_types::Clock;

use super::proc;
use crate::sensor;
use connector::{Connector, Told};
pub(super) use newborns::Newborns;

/// The list is compared so often: reading it takes 0.2 ms.
const COMPARED: Duration = Duration::from_secs(2);
/// Messages are collected so long: a compiler starts hundreds of programs a second, and none of them holds weights so soon.
const COLLECTED: Duration = Duration::from_millis(200);

/// Where starts come from.
#[derive(Debug)]
enum Source {
    Told(Connector),
    /// With the last list.
    Compared(BTreeSet<u32>),
}

/// Starts of programs since they were last asked for.
#[derive(Debug)]
pub(super) struct Births {
    source: Source,
    due: Duration,
}

impl Births {
    /// By the kernel's messages where that is permitted and works.
    pub(super) fn start(clock: &dyn Clock) -> Self {
        match Connector::listen(clock) {
            Ok(connector) => Self { source: Source::Told(connector), due: Duration::ZERO },
            Err(refused) => {
                tracing::info!(%refused, "starts of programs are found by comparing lists");
                Self::compared()
            }
        }
    }

    /// By comparing lists.
    pub(super) fn compared() -> Self {
        Self { source: Source::Compared(all()), due: Duration::ZERO }
    }

    pub(super) const fn how(&self) -> sensor::Births {
        match self.source {
            Source::Told(_) => sensor::Births::Event,
            Source::Compared(_) => sensor::Births::Poll,
        }
    }

    /// To be woken by, unless messages are being collected.
    pub(super) fn wakes_by(&self, now: Duration) -> Option<BorrowedFd<'_>> {
        match &self.source {
            Source::Told(connector) if now >= self.due => Some(connector.as_fd()),
            Source::Told(_) | Source::Compared(_) => None,
        }
    }

    /// Time until it wants its turn without being woken.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        let collecting = now < self.due;
        (collecting || matches!(self.source, Source::Compared(_))).then(|| self.due.saturating_sub(now))
    }

    /// Processes that began or became another program. When messages were lost, every process is one: any of them may be new.
    pub(super) fn take(&mut self, now: Duration) -> BTreeSet<u32> {
        if now < self.due {
            return BTreeSet::new();
        }
        let born = match &mut self.source {
            Source::Told(connector) => match connector.take() {
                Told::Nothing => return BTreeSet::new(),
                Told::Started(pids) => pids,
                Told::Lost => all(),
            },
            Source::Compared(listed) => {
                let before = std::mem::replace(listed, all());
                listed.difference(&before).copied().collect()
            }
        };
        self.due = now + if matches!(self.source, Source::Compared(_)) { COMPARED } else { COLLECTED };
        born
    }
}

fn all() -> BTreeSet<u32> {
    proc::pids(&[]).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::testing::real;

    fn program() -> Child {
        Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap()
    }

    fn end(mut child: Child) {
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Looks again for two seconds at most.
    fn finds(births: &mut Births, pid: u32) -> bool {
        (0..40).any(|step| {
            std::thread::sleep(Duration::from_millis(50));
            births.take(COMPARED * step).contains(&pid)
        })
    }

    #[test]
    fn a_program_is_found_by_comparing_lists_and_told_once() {
        let mut births = Births::compared();
        assert_eq!(births.how(), sensor::Births::Poll);
        let child = program();
        let found = births.take(Duration::ZERO).contains(&child.id());
        let again = births.take(COMPARED).contains(&child.id());
        assert_eq!(births.wait(COMPARED), Some(COMPARED), "it rests");
        end(child);
        assert_eq!((found, again), (true, false));
    }

    #[test]
    fn a_program_that_starts_is_told_by_the_kernel_where_it_tells() {
        let mut births = Births::start(&*real());
        if births.how() == sensor::Births::Poll {
            // This kernel does not tell ordinary users; the other way has its own test.
            return;
        }
        assert!(births.wakes_by(Duration::ZERO).is_some());
        assert_eq!(births.wait(Duration::ZERO), None, "it sleeps until it is woken");
        let child = program();
        let found = finds(&mut births, child.id());
        end(child);
        assert!(found);
    }

    #[test]
    fn lost_messages_make_every_process_a_new_one() {
        let mut births = Births::start(&*real());
        if births.how() == sensor::Births::Poll {
            return;
        }
        let Source::Told(connector) = &births.source else { unreachable!("asked above") };
        connector.shrink();
        for _ in 0..200 {
            assert!(Command::new("true").status().unwrap().success());
        }
        assert!(births.take(Duration::ZERO).contains(&std::process::id()), "this process is older than the watch");
    }

    #[test]
    fn where_the_kernel_does_not_tell_lists_are_compared() {
        // A network namespace of its own has no process connector.
        let inside = std::thread::spawn(|| {
            // Only this thread moves, and it ends.
            #[expect(unsafe_code, reason = "no safe call gives a thread a namespace of its own")]
            // SAFETY: no descriptor table is unshared, so no other thread's descriptors change.
            let moved = unsafe { rustix::thread::unshare_unsafe(rustix::thread::UnshareFlags::NEWNET) };
            moved.is_ok().then(|| Births::start(&*real()).how())
        });
        // Without the right to do that there is nothing to see.
        if let Some(how) = inside.join().unwrap() {
            assert_eq!(how, sensor::Births::Poll);
        }
    }
}
