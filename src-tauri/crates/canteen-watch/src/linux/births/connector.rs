//! The kernel's process connector: a message for each program that starts, of every user, with the filter in the kernel.

use std::collections::BTreeSet;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use canteen_types::Clock;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::netlink;

use super::super::netlink::{Kernel, Received, messages};
use crate::bytes::{u16_at, u32_at};

/// `NLMSG_DONE`: the kind that the connector takes and sends.
const KIND: u16 = 3;
/// `CN_IDX_PROC` and `CN_VAL_PROC`, and the group of its multicasts.
const PROCESSES: u32 = 1;
/// `PROC_CN_MCAST_LISTEN`
const LISTEN: u32 = 1;
/// `PROC_EVENT_NONE`: the answer to a request.
const ANSWER: u32 = 0;
/// `PROC_EVENT_EXEC`
const EXEC: u32 = 2;
/// Of `struct cn_msg`, before the event.
const ENVELOPE: usize = 20;
/// Of an event's head, before what is particular to its kind.
const EVENT: usize = 16;
/// The kernel answers at once or never.
const PATIENCE: Duration = Duration::from_millis(200);
/// Asked for; accounts without privileges get half a megabyte at most, some 500 messages.
const QUEUE: usize = 1 << 20;
/// Datagrams in one go; what is left comes with the next.
const MOST: usize = 8192;

/// Why the kernel does not tell.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// No connector in this kernel or namespace, or not for this account.
    #[error("the kernel refuses: {0}")]
    By(#[from] Errno),
    /// In a process or user namespace of its own nobody answers.
    #[error("the kernel does not answer")]
    Silence,
}

/// What was told since it was last asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// These became another program.
    Started(BTreeSet<u32>),
    /// More than the queue holds.
    Lost,
}

/// An open subscription.
#[derive(Debug)]
pub(super) struct Connector(Kernel);

impl Connector {
    /// Subscribes, and sees that it works: a subscription may be accepted by a kernel that never sends.
    pub(super) fn listen(clock: &dyn Clock) -> Result<Self, Refused> {
        let mut kernel = Kernel::open(netlink::CONNECTOR, PROCESSES)?;
        kernel.widen(QUEUE);
        let ours = std::process::id();
        kernel.ask(KIND, 0, &request(ours, &[LISTEN]))?;
        if !answered(&mut kernel, ours, clock)? {
            return Err(Refused::Silence);
        }
        // Kernels before 6.6 pass over a request of this length and go on to tell everything; that is sorted out below.
        kernel.ask(KIND, 0, &request(ours, &[LISTEN, EXEC]))?;
        Ok(Self(kernel))
    }

    /// Takes what waits.
    pub(super) fn take(&mut self) -> Told {
        let (mut started, mut any) = (BTreeSet::new(), false);
        for _ in 0..MOST {
            match self.0.receive() {
                Received::Datagram(bytes) => started.extend(events(bytes).filter_map(Event::started)),
                Received::Lost => {
                    // What is left in the queue is among all of them.
                    while matches!(self.0.receive(), Received::Datagram(_)) {}
                    return Told::Lost;
                }
                Received::Nothing => break,
            }
            any = true;
        }
        if any { Told::Started(started) } else { Told::Nothing }
    }

    #[cfg(test)]
    pub(super) fn shrink(&self) {
        self.0.widen(1);
    }
}

impl AsFd for Connector {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// `struct cn_msg` with these words behind it. Its answer has the next number as its mark; the sequence is the kernel's own.
fn request(mark: u32, words: &[u32]) -> Vec<u8> {
    let length = u16::try_from(words.len() * 4).unwrap_or(0);
    let envelope = [PROCESSES, PROCESSES, 0, mark].map(u32::to_ne_bytes).concat();
    let lengths = [length, 0].map(u16::to_ne_bytes).concat();
    let body: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    [envelope, lengths, body].concat()
}

/// Waits for the answer to our own request among what is told to all.
fn answered(kernel: &mut Kernel, mark: u32, clock: &dyn Clock) -> Result<bool, Refused> {
    let until = clock.monotonic() + PATIENCE;
    loop {
        let left = until.saturating_sub(clock.monotonic());
        let wait = Timespec { tv_sec: 0, tv_nsec: i64::from(left.subsec_nanos()) };
        if left.is_zero() || poll(&mut [PollFd::new(kernel, PollFlags::IN)], Some(&wait))? == 0 {
            return Ok(false);
        }
        if let Received::Datagram(bytes) = kernel.receive()
            && let Some(answer) = events(bytes).find(|event| event.what == ANSWER && event.mark == mark.wrapping_add(1))
        {
            return match answer.first.cast_signed() {
                0 => Ok(true),
                error => Err(Refused::By(Errno::from_raw_os_error(error.saturating_abs()))),
            };
        }
    }
}

/// One event, as far as it is of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Event {
    what: u32,
    /// One more than that of the request that it answers.
    mark: u32,
    /// The error of an answer, or the thread that started a program.
    first: u32,
    /// Its process.
    second: u32,
}

impl Event {
    fn started(self) -> Option<u32> {
        (self.what == EXEC).then_some(self.second).filter(|pid| *pid != 0)
    }
}

fn events(datagram: &[u8]) -> impl Iterator<Item = Event> {
    messages(datagram).filter_map(|message| {
        let is_ours = u32_at(message.body, 0)? == PROCESSES && u32_at(message.body, 4)? == PROCESSES;
        let length = usize::from(u16_at(message.body, 16)?);
        let event = message.body.get(ENVELOPE..ENVELOPE + length).filter(|_| is_ours)?;
        Some(Event {
            what: u32_at(event, 0)?,
            mark: u32_at(message.body, 12)?,
            first: u32_at(event, EVENT)?,
            second: u32_at(event, EVENT + 4)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the kernel sends it.
    fn datagram(what: u32, thread: u32, process: u32) -> Vec<u8> {
        let body = request(9, &[what, 0, 0, 0, thread, process]);
        let length = u32::try_from(16 + body.len()).unwrap();
        [&length.to_ne_bytes()[..], &KIND.to_ne_bytes(), &[0; 10], &body].concat()
    }

    #[test]
    fn only_starts_count() {
        let started = |bytes: &[u8]| events(bytes).filter_map(Event::started).collect::<Vec<_>>();
        assert_eq!(started(&datagram(EXEC, 8, 7)), [7]);
        assert!(started(&datagram(1, 8, 7)).is_empty(), "a fork");
        assert!(started(&datagram(0x8000_0000, 8, 7)).is_empty(), "an end");
        let mut lies = datagram(EXEC, 8, 7);
        lies.splice(32..34, u16::MAX.to_ne_bytes());
        assert!(started(&lies).is_empty(), "a length that does not fit");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            prop_assert!(events(&bytes).count() <= 16);
        }
    }
}
