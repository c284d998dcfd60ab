//! How many connections are served at once, in all and for one network, and who waits. Under a flood we slow down, we do
//! not refuse: a connection over the limit is accepted and kept unread (it costs a socket and no task) until it is its turn.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use super::peer::Prefix;
use super::settings::ServerSettings;

/// A connection together with the address it came from.
pub(super) struct Arrival {
    pub(super) stream: TcpStream,
    pub(super) peer: IpAddr,
}

/// An arrival that may be served now; its place is given back when the permit is dropped.
pub(super) struct Admitted {
    pub(super) arrival: Arrival,
    pub(super) permit: Permit,
}

/// One place among the connections served.
pub(super) struct Permit {
    gate: Arc<Gate>,
    prefix: Option<Prefix>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.leave(self.prefix);
    }
}

#[derive(Default)]
struct Peers {
    active: usize,
    parked: VecDeque<Arrival>,
}

#[derive(Default)]
struct State {
    active: usize,
    parked: usize,
    closed: bool,
    peers: HashMap<Prefix, Peers>,
    /// Prefixes with parked connections, each once; served in turn so that a loud network can't starve a quiet one.
    turns: VecDeque<Prefix>,
}

/// Counts places and parks those who wait.
pub(super) struct Gate {
    connections_max: usize,
    prefix_max: usize,
    parked_max: usize,
    prefix_parked_max: usize,
    state: Mutex<State>,
    resumed: mpsc::UnboundedSender<Admitted>,
    room: Notify,
}

impl Gate {
    /// The gate and the stream of parked connections whose turn has come.
    pub(super) fn new(settings: &ServerSettings) -> (Arc<Self>, mpsc::UnboundedReceiver<Admitted>) {
        let (resumed, turns) = mpsc::unbounded_channel();
        let gate = Self {
            connections_max: settings.connections_max,
            prefix_max: settings.prefix_connections_max,
            parked_max: settings.parked_max,
            prefix_parked_max: settings.prefix_parked_max,
            state: Mutex::default(),
            resumed,
            room: Notify::new(),
        };
        (Arc::new(gate), turns)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between statements: a panic elsewhere while holding the lock can't happen half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serve now, or park. `exempt` is for trusted proxies, which stand for many networks.
    pub(super) fn arrive(self: &Arc<Self>, arrival: Arrival, exempt: bool) -> Option<Admitted> {
        let prefix = (!exempt).then(|| Prefix::of(arrival.peer));
        let mut state = self.state();
        let own = prefix.map_or(0, |prefix| {
            state.peers.get(&prefix).map_or(0, |peers| peers.active)
        });
        if state.active < self.connections_max && (prefix.is_none() || own < self.prefix_max) {
            state.active += 1;
            if let Some(prefix) = prefix {
                state.peers.entry(prefix).or_default().active += 1;
            }
            return Some(self.admit(arrival, prefix));
        }
        self.park(&mut state, arrival);
        None
    }

    fn admit(self: &Arc<Self>, arrival: Arrival, prefix: Option<Prefix>) -> Admitted {
        Admitted {
            arrival,
            permit: Permit {
                gate: Arc::clone(self),
                prefix,
            },
        }
    }

    fn park(&self, state: &mut State, arrival: Arrival) {
        let prefix = Prefix::of(arrival.peer);
        let peers = state.peers.entry(prefix).or_default();
        if state.closed || peers.parked.len() >= self.prefix_parked_max {
            return;
        }
        if peers.parked.is_empty() {
            state.turns.push_back(prefix);
        }
        peers.parked.push_back(arrival);
        state.parked += 1;
        metrics::gauge!("cairn_http_connections_parked").increment(1.0);
    }

    fn leave(self: &Arc<Self>, prefix: Option<Prefix>) {
        let mut state = self.state();
        state.active = state.active.saturating_sub(1);
        if let Some(prefix) = prefix
            && let Some(peers) = state.peers.get_mut(&prefix)
        {
            peers.active = peers.active.saturating_sub(1);
            if peers.active == 0 && peers.parked.is_empty() {
                state.peers.remove(&prefix);
            }
        }
        let next = self.next(&mut state);
        drop(state);
        if let Some((arrival, prefix)) = next {
            metrics::gauge!("cairn_http_connections_parked").decrement(1.0);
            self.room.notify_one();
            // The receiver is gone only when the server has stopped; then the connection may close.
            let _ = self.resumed.send(self.admit(arrival, Some(prefix)));
        }
    }

    /// The oldest parked connection of the next network that has a place free. Networks that are at their limit are passed
    /// over; there are never more of those than `connections_max / prefix_max`.
    fn next(&self, state: &mut State) -> Option<(Arrival, Prefix)> {
        if state.closed || state.active >= self.connections_max {
            return None;
        }
        for _ in 0..state.turns.len() {
            let prefix = state.turns.pop_front()?;
            let Some(peers) = state.peers.get_mut(&prefix) else {
                continue;
            };
            if peers.active >= self.prefix_max {
                state.turns.push_back(prefix);
                continue;
            }
            let Some(arrival) = peers.parked.pop_front() else {
                continue;
            };
            peers.active += 1;
            if !peers.parked.is_empty() {
                state.turns.push_back(prefix);
            }
            state.active += 1;
            state.parked -= 1;
            return Some((arrival, prefix));
        }
        None
    }

    /// Waits until another connection could be parked; the listener is not asked for more before.
    pub(super) async fn room_to_park(&self) {
        while self.state().parked >= self.parked_max {
            self.room.notified().await;
        }
    }

    /// The server stops: who still waits is let go, and nobody is resumed.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.turns.clear();
        state.parked = 0;
        for peers in state.peers.values_mut() {
            peers.parked.clear();
        }
        metrics::gauge!("cairn_http_connections_parked").set(0.0);
    }

    /// Connections served now, and connections that wait.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.active, state.parked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn arrival(peer: &str) -> Arrival {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
        drop(client.unwrap());
        Arrival {
            stream: server.unwrap().0,
            peer: peer.parse().unwrap(),
        }
    }

    fn small() -> ServerSettings {
        ServerSettings {
            connections_max: 3,
            prefix_connections_max: 2,
            prefix_parked_max: 3,
            ..ServerSettings::default()
        }
    }

    #[tokio::test]
    async fn one_network_cannot_take_every_place_and_waits_its_turn() {
        let (gate, mut turns) = Gate::new(&small());
        let first = gate.arrive(arrival("192.0.2.1").await, false).unwrap();
        let _second = gate.arrive(arrival("192.0.2.2").await, false).unwrap();
        assert!(gate.arrive(arrival("192.0.2.3").await, false).is_none());
        assert!(turns.try_recv().is_err());
        let other = gate.arrive(arrival("198.51.100.1").await, false).unwrap();
        assert_eq!(gate.counts(), (3, 1));
        drop(other);
        assert!(
            turns.try_recv().is_err(),
            "its network is still at the limit"
        );
        drop(first);
        let resumed = turns.try_recv().unwrap();
        assert_eq!(resumed.arrival.peer, "192.0.2.3".parse::<IpAddr>().unwrap());
        assert_eq!(gate.counts(), (2, 0));
    }

    #[tokio::test]
    async fn networks_take_turns_and_a_flood_is_bounded() {
        let (gate, mut turns) = Gate::new(&small());
        let mut held = Vec::new();
        for peer in ["192.0.2.1", "192.0.2.2", "203.0.113.1"] {
            held.push(gate.arrive(arrival(peer).await, false).unwrap());
        }
        for _ in 0..5 {
            assert!(gate.arrive(arrival("192.0.2.9").await, false).is_none());
        }
        assert!(gate.arrive(arrival("198.51.100.1").await, false).is_none());
        assert_eq!(
            gate.counts(),
            (3, 4),
            "three of the loud network and one of the quiet one wait"
        );
        held.remove(2);
        let quiet = turns.try_recv().unwrap();
        assert_eq!(
            quiet.arrival.peer,
            "198.51.100.1".parse::<IpAddr>().unwrap()
        );
        held.clear();
        drop(quiet);
        let mut served = 0;
        while let Ok(next) = turns.try_recv() {
            served += 1;
            drop(next);
        }
        assert_eq!((served, gate.counts()), (3, (0, 0)));
    }

    #[tokio::test]
    async fn trusted_proxies_have_no_network_limit() {
        let (gate, _turns) = Gate::new(&small());
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(gate.arrive(arrival("127.0.0.1").await, true).unwrap());
        }
        assert_eq!(gate.counts(), (3, 0));
    }
}
