//! Officers' pages, by HTTP from the sign-in on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails"
)]

mod api;
mod browser;
mod cases;
mod challenges;
mod claims;
mod clusters;
mod constituents;
mod conversation;
mod feeds;
mod flows;
mod keeping;
mod office;
mod office_api;
mod referrals;
mod rights;
mod rules;
mod search;
mod shift;
mod tenants;
