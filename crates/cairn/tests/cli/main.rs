//! The command line as operators and mail servers meet it: the real program, its words and its exit codes.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod care;
mod feeds;
mod home;
mod import;
mod ingest;
mod mail;
mod office;
mod openpgp;
mod pilot;
mod prove;
mod start;
mod tenants;
mod track;
