//! Servers that wait on this computer, compared with the last time. Nothing is sent to them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Socket, System};
use crate::Listener;
use crate::observation::Server;

/// Servers that are remembered; more than any computer has.
const MOST: usize = 4096;

/// The servers as last seen, by process.
#[derive(Debug, Default)]
pub(super) struct Servers {
    known: BTreeSet<(u32, IpAddr, u16)>,
    /// Ports that somebody on this computer was connected to.
    used: BTreeSet<(u32, u16)>,
}

impl Servers {
    /// Those that were not there the last time, with their process.
    pub(super) fn new_ones(&mut self, sockets: &[Socket], account: u32) -> Vec<(Server, u32)> {
        let waits = |socket: &&Socket| socket.peer.is_none() && is_local(socket.address);
        let listed: BTreeSet<_> =
            sockets.iter().filter(waits).take(MOST).map(|socket| (socket.pid, socket.address, socket.port)).collect();
        self.used = sockets
            .iter()
            .filter(|socket| socket.peer.is_some_and(|peer| peer.is_loopback()))
            .map(|socket| (socket.pid, socket.port))
            .collect();
        let before = std::mem::replace(&mut self.known, listed);
        let server = |(pid, address, port): &(u32, IpAddr, u16)| (Server { address: *address, port: *port, uid: account }, *pid);
        self.known.difference(&before).map(server).collect()
    }

    /// A port at which this process waits and somebody on this computer is connected.
    pub(super) fn used_port(&self, pid: u32) -> Option<u16> {
        self.known.iter().find(|(owner, _, port)| *owner == pid && self.used.contains(&(pid, *port))).map(|(_, _, port)| *port)
    }
}

/// Whether this process still waits there: between seeing and asking, another one may have taken the port.
pub(crate) fn still_waits(system: &mut impl System, listener: &Listener) -> bool {
    let Listener { server, holder } = listener;
    let is_there = |socket: &Socket| {
        socket.peer.is_none() && (socket.pid, socket.address, socket.port) == (holder.pid, server.address, server.port)
    };
    let waits = system.sockets().is_some_and(|sockets| sockets.iter().any(is_there));
    // Asked after the sockets: it was the same process then.
    let mut is_it = || system.processes()?.into_iter().find(|one| one.pid == holder.pid).map(|one| one.started == holder.started);
    waits && is_it().unwrap_or(false)
}

/// Reachable from this computer itself.
const fn is_local(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    const fn socket(pid: u32, address: IpAddr, port: u16, peer: Option<IpAddr>) -> Socket {
        Socket { pid, address, port, peer }
    }

    #[test]
    fn a_server_is_told_once_and_only_where_it_can_be_reached_from_here() {
        let mut servers = Servers::default();
        let all = [socket(7, HERE, 80, None), socket(8, AWAY, 81, None), socket(7, HERE, 82, Some(HERE))];
        let told = servers.new_ones(&all, 501);
        assert_eq!(told, [(Server { address: HERE, port: 80, uid: 501 }, 7)]);
        assert_eq!(servers.new_ones(&all, 501), []);
        assert_eq!(servers.new_ones(&[], 501), []);
        assert_eq!(servers.new_ones(&all, 501).len(), 1, "it came again");
    }

    #[test]
    fn a_port_is_used_by_whoever_is_connected_from_here() {
        let mut servers = Servers::default();
        for (peer, used) in [(None, None), (Some(AWAY), None), (Some(HERE), Some(80))] {
            servers.new_ones(&[socket(7, HERE, 80, None), socket(7, HERE, 80, peer), socket(8, HERE, 80, Some(HERE))], 0);
            assert_eq!(servers.used_port(7), used, "{peer:?}");
        }
        assert_eq!(servers.used_port(8), None, "the client");
    }
}
