//! Officers' pages, by HTTP from the sign-in on.

mod browser;
mod flows;
mod rights;
