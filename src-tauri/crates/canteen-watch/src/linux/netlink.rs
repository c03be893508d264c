//! Questions to the kernel and its messages over netlink, read with bounds and from nobody but the kernel.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recvfrom, sendto, socket_with, sockopt,
};

use crate::bytes::{u16_at, u32_at};

/// Of a message's header.
const HEADER: usize = 16;
/// One answer of the kernel fits: it makes them of 32 KiB at most.
const LONGEST: usize = 64 << 10;

/// What waits at a socket.
pub(super) enum Received<'a> {
    /// One datagram of the kernel.
    Datagram(&'a [u8]),
    /// Messages were lost: more came than the socket holds.
    Lost,
    /// Nothing more.
    Nothing,
}

/// A netlink socket that never waits.
#[derive(Debug)]
pub(super) struct Kernel {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Kernel {
    /// Joins these groups of multicasts.
    pub(super) fn open(protocol: Protocol, groups: u32) -> rustix::io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(protocol))?;
        bind(&socket, &SocketAddrNetlink::new(0, groups))?;
        Ok(Self { socket, buffer: vec![0; LONGEST] })
    }

    /// As much as this account may have waiting; failing leaves what there was.
    pub(super) fn widen(&self, bytes: usize) {
        if let Err(error) = sockopt::set_socket_recv_buffer_size(&self.socket, bytes) {
            tracing::debug!(%error, "the queue of the kernel's messages keeps its size");
        }
    }

    /// Sends one message to the kernel.
    pub(super) fn ask(&self, kind: u16, flags: u16, body: &[u8]) -> rustix::io::Result<()> {
        let length = u32::try_from(HEADER + body.len()).map_err(|_| Errno::INVAL)?;
        let head = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 8]].concat();
        sendto(&self.socket, &[&head, body].concat(), SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).map(|_| ())
    }

    /// The next datagram. What another process sent is passed over.
    pub(super) fn receive(&mut self) -> Received<'_> {
        let length = loop {
            match recvfrom(&self.socket, &mut self.buffer, RecvFlags::DONTWAIT) {
                Ok((_, length, Some(from))) => match SocketAddrNetlink::try_from(from) {
                    Ok(from) if from.pid() == 0 => break length,
                    Ok(_) | Err(_) => {}
                },
                Ok((_, _, None)) | Err(Errno::INTR) => {}
                Err(Errno::NOBUFS) => return Received::Lost,
                Err(_) => return Received::Nothing,
            }
        };
        self.buffer.get(..length).map_or(Received::Lost, Received::Datagram)
    }
}

impl AsFd for Kernel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// One message of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) kind: u16,
    pub(super) body: &'a [u8],
}

/// The messages of a datagram, up to the first that does not fit into it.
pub(super) fn messages(mut bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
        let message = Message { kind: u16_at(bytes, 4)?, body: bytes.get(HEADER..length)? };
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEADER + body.len()).unwrap();
        let mut bytes = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), &[0; 10], body].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn messages_are_taken_one_after_another_up_to_one_that_lies() {
        let mut bytes = [message(3, b"abcde"), message(4, b"")].concat();
        let read: Vec<_> = messages(&bytes).map(|message| (message.kind, message.body.to_vec())).collect();
        assert_eq!(read, [(3, b"abcde".to_vec()), (4, Vec::new())]);
        for length in [0_u32, 15, 1000, u32::MAX] {
            bytes.splice(24..28, length.to_ne_bytes());
            assert_eq!(messages(&bytes).count(), 1, "{length}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_read_on_for_ever(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            prop_assert!(messages(&bytes).count() <= bytes.len() / HEADER);
        }
    }
}
