//! Taking turns: so many requests are worked on at once; the others wait, and places go round by where they come
//! from. A flood from a few networks waits behind itself, while a person from anywhere else is next.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// Where a request comes from: a keyed hash of its network prefix, made anew at each start, so that it tells nothing.
pub type Origin = u64;

/// The gate. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// Who waits, by origin, first come first served.
    waiting: HashMap<Origin, VecDeque<oneshot::Sender<Place>>>,
    /// Origins with somebody waiting, in the order of their turns.
    turns: VecDeque<Origin>,
}

/// A place inside; leaving it hands it on.
#[derive(Debug)]
pub struct Place(Option<Gate>);

impl Gate {
    /// A gate with so many places.
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: places.max(1),
            waiting: HashMap::new(),
            turns: VecDeque::new(),
        })))
    }

    /// Waits for a place. Nobody is refused; who stops waiting is passed over.
    pub async fn enter(&self, origin: Origin) -> Place {
        let turn = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.free > 0 {
                state.free -= 1;
                return Place(Some(self.clone()));
            }
            let (place, turn) = oneshot::channel();
            let queue = state.waiting.entry(origin).or_default();
            let first = queue.is_empty();
            queue.push_back(place);
            if first {
                state.turns.push_back(origin);
            }
            turn
        };
        // The sender lives as long as the gate, which this borrow keeps.
        turn.await.unwrap_or(Place(None))
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .waiting
            .values()
            .map(VecDeque::len)
            .sum()
    }

    /// Gives a place to the next in turn, or back.
    fn leave(&self) {
        loop {
            let next = {
                let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(origin) = state.turns.pop_front() else {
                    state.free += 1;
                    return;
                };
                let queue = state.waiting.get_mut(&origin);
                let next =
                    queue.and_then(|queue| queue.pop_front().map(|next| (next, queue.is_empty())));
                match next {
                    Some((next, false)) => {
                        state.turns.push_back(origin);
                        Some(next)
                    }
                    Some((next, true)) => {
                        state.waiting.remove(&origin);
                        Some(next)
                    }
                    None => None,
                }
            };
            // Outside the lock: a place that cannot be handed over is dropped, and dropping one asks for the lock.
            if let Some(next) = next {
                match next.send(Place(Some(self.clone()))) {
                    Ok(()) => return,
                    Err(mut unwanted) => unwanted.0 = None,
                }
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(gate) = self.0.take() {
            gate.leave();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lone_comer_is_served_before_the_rest_of_a_crowd() {
        let gate = Gate::new(1);
        let inside = gate.enter(1).await;
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (n, origin) in [1, 1, 1, 1, 2].into_iter().enumerate() {
            let (their_gate, their_list) = (gate.clone(), Arc::clone(&served));
            tasks.push(tokio::spawn(async move {
                let _place = their_gate.enter(origin).await;
                their_list.lock().unwrap().push(origin);
            }));
            while gate.waiting() < n + 1 {
                tokio::task::yield_now().await;
            }
        }
        drop(inside);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*served.lock().unwrap(), [1, 2, 1, 1, 1]);
    }

    #[tokio::test]
    async fn places_of_those_who_gave_up_come_back() {
        let gate = Gate::new(1);
        let inside = gate.enter(1).await;
        let patience = std::time::Duration::from_millis(5);
        assert!(tokio::time::timeout(patience, gate.enter(7)).await.is_err());
        drop(inside);
        let _again = gate.enter(3).await;
        assert_eq!(gate.waiting(), 0);
    }
}
