//! The words every other crate speaks: times, identifiers, actors, labels, money, networks, observables and the two
//! texts a reporter holds (reference and secret). Pure: no clock, no randomness, no input or output.

pub mod actor;
pub mod label;
pub mod money;
pub mod net;
pub mod observable;
pub mod reference;
pub mod text;
pub mod time;
