//! Ports for servers that must be told theirs before they begin.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// The first port that is tried: below those that systems give to whoever asks for any, so that nobody gets it by chance
/// before the server binds it.
const FIRST: u32 = 10_000;
const PORTS: u32 = 20_000;
/// So many a process has for itself before it could meet those of a process beside it.
const OWN: u32 = 8;

/// An address of this machine that is free, and that no other test process is handed while this one runs.
#[must_use]
pub fn free_address() -> SocketAddr {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    for _ in 0..PORTS {
        let own = TAKEN.fetch_add(1, Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(OWN).wrapping_add(own) % PORTS;
        let port = u16::try_from(FIRST + place).expect("below 30,000");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port is free");
}
