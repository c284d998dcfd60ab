//! The wal-index of a database: memory and locks shared by the connections of this process.
//!
//! On a real disk it is the `-shm` file. It never survives a power cut in any useful way, so it is plain heap
//! memory here and not recorded.
#![allow(
    unsafe_code,
    reason = "SQLite asks for raw memory that several connections share"
)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

/// Number of lock slots (`SQLITE_SHM_NLOCK`).
const SLOTS: usize = 8;

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    shared: u32,
    exclusive: Option<u64>,
}

/// Regions and locks of one wal-index.
#[derive(Debug, Default)]
pub struct Shm {
    regions: Vec<(NonNull<u8>, Layout)>,
    slots: [Slot; SLOTS],
    users: usize,
}

// SAFETY: the regions are owned by this value and freed by it alone. SQLite, which alone reads and writes them,
// orders its accesses between threads by the locks below and by xShmBarrier.
unsafe impl Send for Shm {}

/// The locks that one connection holds: one bit per slot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// Slots held in common.
    pub shared: u8,
    /// Slots held alone.
    pub exclusive: u8,
}

impl Shm {
    /// One more connection uses the regions.
    pub const fn join(&mut self) {
        self.users += 1;
    }

    /// One fewer; the last one frees the regions.
    pub fn leave(&mut self) {
        self.users = self.users.saturating_sub(1);
        if self.users == 0 {
            self.free();
        }
    }

    /// Region `index`, of `size` bytes, zeroed when new. None when it does not exist and `extend` is false, or
    /// when there is no memory.
    pub fn region(&mut self, index: usize, size: usize, extend: bool) -> Option<NonNull<u8>> {
        while extend && size > 0 && self.regions.len() <= index {
            let layout = Layout::from_size_align(size, 4096).ok()?;
            // SAFETY: `size` is not zero, which is all that alloc_zeroed asks of the layout.
            let memory = unsafe { alloc_zeroed(layout) };
            self.regions.push((NonNull::new(memory)?, layout));
        }
        self.regions.get(index).map(|&(memory, _)| memory)
    }

    /// Takes `count` slots from `first` for connection `who`; false when somebody else holds one.
    pub fn lock(
        &mut self,
        who: u64,
        held: &mut Held,
        slots: (usize, usize),
        exclusive: bool,
    ) -> bool {
        let mask = mask(slots);
        let wanted = self.slots.iter().enumerate().filter(|(i, _)| has(mask, *i));
        for (i, slot) in wanted {
            let shared_by_others = slot.shared - u32::from(has(held.shared, i));
            let alone = slot.exclusive.is_some_and(|owner| owner != who);
            if alone || (exclusive && shared_by_others > 0) {
                return false;
            }
        }
        for (i, slot) in self.slots.iter_mut().enumerate() {
            if !has(mask, i) {
                continue;
            }
            if exclusive {
                slot.exclusive = Some(who);
            } else if !has(held.shared, i) {
                slot.shared += 1;
            }
        }
        if exclusive {
            held.exclusive |= mask;
        } else {
            held.shared |= mask;
        }
        true
    }

    /// Gives `count` slots from `first` back.
    pub fn unlock(&mut self, held: &mut Held, slots: (usize, usize)) {
        let mask = mask(slots);
        for (i, slot) in self.slots.iter_mut().enumerate() {
            if !has(mask, i) {
                continue;
            }
            if has(held.exclusive, i) {
                slot.exclusive = None;
            }
            if has(held.shared, i) {
                slot.shared = slot.shared.saturating_sub(1);
            }
        }
        held.exclusive &= !mask;
        held.shared &= !mask;
    }

    fn free(&mut self) {
        for (memory, layout) in self.regions.drain(..) {
            // SAFETY: allocated in `region` with this very layout, and taken out of the list so that it is freed
            // once. No connection is left that could read it.
            unsafe { dealloc(memory.as_ptr(), layout) };
        }
        self.slots = [Slot::default(); SLOTS];
    }
}

impl Drop for Shm {
    fn drop(&mut self) {
        self.free();
    }
}

/// Bits `first..first + count`.
fn mask((first, count): (usize, usize)) -> u8 {
    (first..first + count)
        .filter(|&i| i < SLOTS)
        .fold(0, |mask, i| mask | 1 << i)
}

const fn has(mask: u8, slot: usize) -> bool {
    mask >> slot & 1 == 1
}
