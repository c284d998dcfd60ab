//! The evidence log's mathematics and texts: a Merkle tree over every change of state (RFC 6962, RFC 9162),
//! checkpoints signed with Ed25519 as C2SP signed notes, tlog-tiles addresses, and receipts that anybody can
//! verify offline (`c2sp.org/tlog-proof@v1`).
//!
//! Pure: bytes, hashes and keys come in as arguments; there is no clock, no randomness, no input or output.
//!
//! | module | what it holds |
//! |---|---|
//! | [`hash`] | SHA-256 with RFC 6962's domain separation; the log entry |
//! | [`merkle`] | the tree's right edge ([`merkle::Frontier`]) and one batch of appends ([`merkle::Grown`]) |
//! | [`proof`] | inclusion and consistency proofs: made from tiles, verified from nothing but hashes |
//! | [`note`] | C2SP signed notes and verifier keys |
//! | [`checkpoint`] | C2SP tlog-checkpoint |
//! | [`keys`] | the published list of the log's keys |
//! | [`tiles`] | C2SP tlog-tiles: paths, hash tiles, entry bundles |
//! | [`receipt`] | the receipt file a reporter keeps |

pub mod checkpoint;
pub mod hash;
pub mod keys;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tiles;
