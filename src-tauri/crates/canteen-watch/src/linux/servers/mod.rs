//! Servers that wait on this computer: which port, whose, and by which process. Nothing is sent to them from here.

mod diag;

use std::collections::{BTreeMap, BTreeSet};

use super::proc;
use crate::Listener;
use crate::observation::{Holder, Server};
use diag::Socket;
pub(super) use diag::{Diag, State};

/// Servers whose process is looked for at once; it costs a look at the descriptors of all own processes.
const MOST_NEW: usize = 256;

/// The servers as last seen.
#[derive(Debug)]
pub(super) struct Servers {
    diag: Diag,
    /// By the socket's inode.
    known: BTreeMap<u32, (Server, Option<u32>)>,
}

impl Servers {
    pub(super) fn open() -> rustix::io::Result<Self> {
        Ok(Self { diag: Diag::open()?, known: BTreeMap::new() })
    }

    /// Compares with the last time: servers that are new, with the process where it is of this user.
    pub(super) fn new_ones(&mut self) -> Vec<(Server, Option<Holder>)> {
        let Ok(listed) = self.diag.list(State::Listening) else { return Vec::new() };
        let listed: BTreeMap<u32, Socket> =
            listed.into_iter().filter(|socket| is_local(*socket)).map(|socket| (socket.inode, socket)).collect();
        self.known.retain(|inode, _| listed.contains_key(inode));
        let new: BTreeMap<u32, Socket> =
            listed.into_iter().filter(|(inode, _)| !self.known.contains_key(inode)).take(MOST_NEW).collect();
        if new.is_empty() {
            return Vec::new();
        }
        let own = proc::own();
        let wanted: BTreeSet<u32> = new.values().filter(|socket| socket.uid == own).map(|socket| socket.inode).collect();
        let owners = proc::owners_of_sockets(&wanted);
        new.into_iter()
            .map(|(inode, socket)| {
                let server = Server { address: socket.address, port: socket.port, uid: socket.uid };
                let pid = owners.get(&inode).copied();
                self.known.insert(inode, (server, pid));
                (server, pid.and_then(proc::holder))
            })
            .collect()
    }

    /// Ports at which this process waits.
    pub(super) fn ports_of(&self, pid: u32) -> BTreeSet<u16> {
        self.known.values().filter(|(_, owner)| *owner == Some(pid)).map(|(server, _)| server.port).collect()
    }

    /// Of these ports, those that somebody on this computer is connected to.
    pub(super) fn in_use(&mut self, ports: &BTreeSet<u16>) -> BTreeSet<u16> {
        if ports.is_empty() {
            return BTreeSet::new();
        }
        let connected = self.diag.list(State::Connected).unwrap_or_default();
        connected
            .into_iter()
            .filter(|socket| socket.peer.is_loopback() && ports.contains(&socket.port))
            .map(|socket| socket.port)
            .collect()
    }
}

/// Whether this process still waits there: between seeing and asking, another one may have taken the port.
pub(crate) fn still_waits(listener: &Listener) -> bool {
    let Listener { server, holder } = listener;
    let is_there = |socket: &Socket| (socket.address, socket.port, socket.uid) == (server.address, server.port, server.uid);
    let listed = Diag::open().and_then(|mut diag| diag.list(State::Listening)).unwrap_or_default();
    let inodes: BTreeSet<u32> = listed.into_iter().filter(is_there).map(|socket| socket.inode).collect();
    let is_holder = |pid: &u32| *pid == holder.pid && proc::holder(*pid).is_some_and(|now| now.started == holder.started);
    proc::owners_of_sockets(&inodes).values().any(is_holder)
}

/// Reachable from this computer itself.
const fn is_local(socket: Socket) -> bool {
    socket.address.is_loopback() || socket.address.is_unspecified()
}
