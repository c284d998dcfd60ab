//! The power-cut simulator.
//!
//! `kill -9` proves little about power: the operating system keeps what was written. Here SQLite runs on a disk
//! in memory ([`disk`]) that writes down every operation; afterwards the disk is rebuilt ([`rebuild`]) as a power
//! cut at any instant might have left it, and what was acknowledged by then is looked for. Programs that cut
//! corners ([`life::Mode::CONTROLS`]) must be caught, or the simulator proves nothing.
//!
//! A development tool: no other crate depends on it. It alone may use `unsafe`, in [`vfs`] and [`shm`], because
//! a SQLite VFS is a table of C functions.

pub mod bare;
pub mod disk;
pub mod gate;
pub mod iofault;
pub mod life;
pub mod rebuild;
pub mod rng;
mod shm;
pub mod sim;
pub mod store;
pub mod tally;
pub mod vfs;
