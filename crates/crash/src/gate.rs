//! Doors at which the writer of a program under test can be made to wait, so that a seed and not the scheduler
//! decides which units share a transaction, and what the disk holds at the moment of an acknowledgement.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where a writer may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Before it begins a write transaction.
    Begin,
    /// Before its first write to the write-ahead log.
    Write,
}

/// The doors of one disk; open until shut.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    begin_shut: bool,
    write_shut: bool,
    /// How many may pass [`Door::Begin`] though it is shut.
    passes: usize,
    waiting: Option<Door>,
    abandoned: bool,
}

impl State {
    const fn may_pass(&mut self, door: Door) -> bool {
        match door {
            _ if self.abandoned => true,
            Door::Write => !self.write_shut,
            Door::Begin if self.begin_shut => {
                let pass = self.passes > 0;
                self.passes = self.passes.saturating_sub(1);
                pass
            }
            Door::Begin => true,
        }
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds whoever comes to the door from now on.
    pub fn shut(&self, door: Door) {
        let mut state = self.state();
        match door {
            Door::Begin => state.begin_shut = true,
            Door::Write => state.write_shut = true,
        }
        state.passes = 0;
    }

    /// Lets one writer begin; the next is held again.
    pub fn let_one_begin(&self) {
        let mut state = self.state();
        state.passes = 1;
        state.waiting = None;
        drop(state);
        self.changed.notify_all();
    }

    /// Opens a door.
    pub fn open(&self, door: Door) {
        let mut state = self.state();
        match door {
            Door::Begin => state.begin_shut = false,
            Door::Write => state.write_shut = false,
        }
        state.waiting = None;
        drop(state);
        self.changed.notify_all();
    }

    /// Opens all doors for good: the program has died.
    pub fn abandon(&self) {
        self.state().abandoned = true;
        self.changed.notify_all();
    }

    /// Waits up to `patience` for somebody to be held at the door; false if nobody came.
    pub fn somebody_waits(&self, door: Door, patience: Duration) -> bool {
        let held = |state: &mut State| state.waiting != Some(door);
        let (state, _) = self
            .changed
            .wait_timeout_while(self.state(), patience, held)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting == Some(door)
    }

    /// Called by the VFS where the door is.
    pub(crate) fn pass(&self, door: Door) {
        let mut state = self.state();
        while !state.may_pass(door) {
            if state.waiting != Some(door) {
                state.waiting = Some(door);
                self.changed.notify_all();
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting = None;
    }
}
